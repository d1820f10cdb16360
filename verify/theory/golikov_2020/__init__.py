"""Golikov, An essay on optimization mystery of deep learning: exact instances behind its errata."""
