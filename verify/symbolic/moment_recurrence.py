"""The ladder σ α'_{i,j} = α_{i,j+2} − (j + 1) α_{i,j}: Stein's lemma for z^{j+1} f(σz)ⁱ (theory 2.1)."""

from __future__ import annotations

import sympy as sp

from verify.symbolic.closed_forms import tidy
from verify.symbolic.expressions import SIGMA

__all__ = ["next_moment"]


def next_moment(moment: sp.Expr, j: int) -> sp.Expr:
    """α_{i,j+2} = (j + 1) α_{i,j} + σ ∂α_{i,j}/∂σ.

    Examples
    --------
    >>> next_moment(1 / sp.sqrt(1 + SIGMA**2), 0).equals((1 + SIGMA**2) ** sp.Rational(-3, 2))
    True
    """
    rise = tidy(SIGMA * sp.diff(moment, SIGMA))
    return tidy((j + 1) * moment + rise)
