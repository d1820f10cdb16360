"""The loss of a deep linear network along a polynomial path of weights, exactly (theorem 5.1.5).

f(W(t)) is a polynomial in t. If its lowest coefficient beyond the constant one is negative, f(W(t)) < f(W(0)) for all
small t > 0, and W(0) is no local minimum. Along W + tD the coefficient of t² is half of the form of ∇²f at D.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import TypeAlias

from certificates.arithmetic.dyadic_matrix import DyadicMatrix
from certificates.arithmetic.effort import spend
from certificates.theorems.deep_linear import LinearNetwork

__all__ = ["Path", "coefficients", "lowest"]

Path: TypeAlias = Mapping[int, DyadicMatrix]
"""A matrix of polynomials: its coefficient of each power."""


def coefficients(network: LinearNetwork, moved: Sequence[Path]) -> dict[int, Fraction]:
    """Those of f(W(t)) − f(W(0)), the powers from 1 on, none of them 0.

    Parameters
    ----------
    network
        With W(0).
    moved
        For each layer the coefficients of its path, powers from 1 on; empty where it stays.
    """
    product: dict[int, DyadicMatrix] = {}
    for weight, own in zip(network.weights, moved, strict=True):
        layer = {0: weight, **own}
        product = _times(layer, product) if product else layer
    found: dict[int, Fraction] = {}
    for power, matrix in product.items():
        found[power] = found.get(power, Fraction(0)) - 2 * matrix.inner(network.cross)
        through = matrix.times(network.gram)
        for other, right in product.items():
            spend(2)
            found[power + other] = found.get(power + other, Fraction(0)) + through.inner(right)
    return {power: network.scale * found[power] for power in sorted(found) if power and found[power]}


def lowest(found: Mapping[int, Fraction]) -> tuple[int, Fraction] | None:
    """(q, c) of the lowest term c t^q; ``None`` if f is constant on the path."""
    return next(iter(sorted(found.items())), None)


def _times(left: Path, right: Path) -> dict[int, DyadicMatrix]:
    found: dict[int, DyadicMatrix] = {}
    for i, a in left.items():
        for j, b in right.items():
            spend(2)
            product = a.times(b)
            found[i + j] = found[i + j].plus(product) if i + j in found else product
    return found
