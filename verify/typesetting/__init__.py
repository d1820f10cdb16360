"""Formulas, decimals and escaping: what every page is set with."""
