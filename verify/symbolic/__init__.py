"""Closed forms and identities of chapter 2, derived by SymPy: what the judge's formulas are compared with."""
