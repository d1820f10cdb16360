"""The ladder σ α'_{i,j} = α_{i,j+2} − (j + 1) α_{i,j}: Stein's lemma for z^{j+1} f(σz)ⁱ (theory 2.1)."""

from __future__ import annotations

import sympy as sp

from verify.symbolic.closed_forms import tidy
from verify.symbolic.expressions import SIGMA, Z
from verify.symbolic.gaussian_tilt import density

__all__ = ["ladder_integrand", "next_moment"]


def next_moment(moment: sp.Expr, j: int) -> sp.Expr:
    """α_{i,j+2} = (j + 1) α_{i,j} + σ ∂α_{i,j}/∂σ.

    Examples
    --------
    >>> next_moment(1 / sp.sqrt(1 + SIGMA**2), 0).equals((1 + SIGMA**2) ** sp.Rational(-3, 2))
    True
    """
    rise = tidy(SIGMA * sp.diff(moment, SIGMA))
    return tidy((j + 1) * moment + rise)


def ladder_integrand(function: sp.Expr, j: int) -> sp.Expr:
    """[z^{j+2} − (j+1)zʲ − zʲ σ∂_σ] F(σz) n(z) plus the derivative in z of z^{j+1} F n: zero, which is the ladder.

    Parameters
    ----------
    function
        F(σz), in SymPy.
    j
        The power, j ≥ 0.
    """
    left = (Z ** (j + 2) - (j + 1) * Z**j) * function - Z**j * SIGMA * sp.diff(function, SIGMA)
    return left * density() + sp.diff(Z ** (j + 1) * function * density(), Z)
