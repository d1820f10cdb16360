"""Quadratic networks and polynomial losses, enclosed."""
