"""Activations on intervals: derivatives, ranges, signs and smoothness, piece by piece."""
