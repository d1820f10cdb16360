"""Formulas differentiated without symbols, three times over, so that quadratures that must meet share no formula.

``jets`` serves ranges, kernels and curvature (first derivatives over any ring, ``ball_rings`` among them);
``power_series`` the integral and the Taylor rule; ``dual_numbers`` points where one-sided derivatives are exact.
``exact_constants`` are their numbers that no ball replaces.
"""
