"""λ_min of matrices that fit no memory: the judge's tiles in a folder, made by one process or by a cluster."""
