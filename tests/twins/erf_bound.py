"""The polynomials behind ρ ≥ ¼σ⁴/(1 + σ²)⁴ for erf0 (theory 2.5.3), from the derived T₁, T₂, T₃."""

from __future__ import annotations

import sympy as sp

from verify.symbolic.expressions import SIGMA

__all__ = ["gap_numerators"]


def gap_numerators(terms: tuple[sp.Expr, sp.Expr, sp.Expr], constant: sp.Expr) -> tuple[sp.Poly, sp.Poly, sp.Poly]:
    """Numerators of T_k − cσ⁴/(1 + σ²)⁴ in x, where √(1 + 4σ²) = B = 1 + x.

    Parameters
    ----------
    terms
        T₁, T₂, T₃ of erf0 as functions of :data:`SIGMA`.
    constant
        c.

    Guarantee
    ---------
    The denominators are B(B²+1)(B²+3)⁴, B³(B²+1)³(B²+3)⁴ and (B²+1)²(B²+3)⁴, positive for x ≥ 0; SymPy cancels
    nothing else, or :func:`sympy.Poly` raises.
    """
    root, shift = sp.Symbol("B", positive=True), sp.Symbol("x", nonnegative=True)
    envelope = SIGMA**4 / (1 + SIGMA**2) ** 4
    sigma = sp.sqrt(root**2 - 1) / 2
    denominators = (
        root * (root**2 + 1) * (root**2 + 3) ** 4,
        root**3 * (root**2 + 1) ** 3 * (root**2 + 3) ** 4,
        (root**2 + 1) ** 2 * (root**2 + 3) ** 4,
    )
    found = [
        sp.cancel(sp.expand((term - constant * envelope).subs(SIGMA, sigma)) * denominator)
        for term, denominator in zip(terms, denominators, strict=True)
    ]
    first, second, third = (sp.Poly(sp.expand(p.subs(root, 1 + shift)), shift) for p in found)
    return first, second, third
