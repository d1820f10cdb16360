"""Closed forms as functions of numbers: float64 by numpy and scipy, any precision by mpmath."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sympy as sp

from verify.symbolic.expressions import SIGMA

__all__ = ["to_mpmath", "to_numpy"]


def to_numpy(expression: sp.Expr, variable: sp.Symbol = SIGMA) -> Callable[[Any], Any]:
    """A float64 function of arrays. It has the formula's cancellation: no error control.

    Examples
    --------
    >>> float(to_numpy(1 / (1 + SIGMA))(3.0))
    0.25
    """
    compiled = sp.lambdify(variable, expression, modules=["scipy", "numpy"])
    return lambda values: compiled(values) + 0.0 * values  # constants take the shape of the argument


def to_mpmath(expression: sp.Expr, variable: sp.Symbol = SIGMA) -> Callable[[Any], Any]:
    """A function of mpmath numbers at mpmath's current precision.

    Examples
    --------
    >>> import mpmath
    >>> with mpmath.workdps(30):
    ...     print(to_mpmath(sp.sqrt(1 + SIGMA))(mpmath.mpf(1)))
    1.41421356237309504880168872421
    """
    return sp.lambdify(variable, expression, modules="mpmath")  # type: ignore[no-any-return]
