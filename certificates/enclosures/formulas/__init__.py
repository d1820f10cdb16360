"""Activations as formulas: derivatives and series in balls and exact constants. Serves: see each module."""
