"""Gradient descent in float64, recorded."""
