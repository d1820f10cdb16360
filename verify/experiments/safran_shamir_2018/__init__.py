"""Safran and Shamir 2018: spurious minima of the population loss of ReLU students."""
