"""Minima of ReLU networks on their kinks, in float64: a smooth homotopy, then Newton's method along the kinks."""
