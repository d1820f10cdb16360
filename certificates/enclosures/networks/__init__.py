"""What networks compute, enclosed: residuals, tangent kernels, bounds of curvature, distances."""
