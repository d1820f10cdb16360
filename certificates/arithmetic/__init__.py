"""Rigorous arithmetic: Arb scalars and matrices, error-bounded binary64 arrays, spectra."""
