"""Holding certificates against real runs."""
