"""Golikov 2020, an essay on the optimisation of deep networks: what it summarises, at exact and at real weights."""
