"""SymPy's own way to the formulas: what only tests compare with."""
