"""Formulas and their derivatives without symbols, three times over: quadratures that are to meet share no derivative.

``jets``, over any ring (``ball_rings``; ``exact_constants``, which no ball replaces; expansions at infinity): networks,
ranges, smoothness, tails, identities. ``dual_numbers``, the slope at one number: the integral and the trapezoidal rule,
which ask for it thousands of times. ``power_series``, all coefficients at once: the Taylor rule, and the integrals of
the limits of steps.
"""
