"""Exact instances behind errata of the essay: sigmoids at multiples of ln 2 are rational."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from verify.theory.counterexamples import Fact, Instance, Matrix

__all__ = ["INSTANCES", "features", "sigmoid_of_ln2"]

_INPUTS = (-1, 0, 1)
_SLOPES, _OFFSETS = (1, 2, 3), (0, 1, 3)  # of three units, in units of ln 2


def sigmoid_of_ln2(multiple: int) -> Fraction:
    """1/(1 + e^−z) at z = k ln 2.

    Examples
    --------
    >>> sigmoid_of_ln2(1), sigmoid_of_ln2(-1)
    (Fraction(2, 3), Fraction(1, 3))
    """
    return 1 / (1 + Fraction(2) ** -multiple)


def features(slopes: Sequence[int], offsets: Sequence[int]) -> Matrix:
    """Three units at the inputs −1, 0, 1, one row an input."""
    return tuple(tuple(sigmoid_of_ln2(w * x + b) for w, b in zip(slopes, offsets, strict=True)) for x in _INPUTS)


def _determinant(matrix: Matrix) -> Fraction:
    (a, b, c), (d, e, f), (g, h, i) = matrix
    return a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)


def _product(left: Sequence[int], right: Sequence[int]) -> list[int]:
    """Of two polynomials, the lowest coefficient first."""
    found = [0] * (len(left) + len(right) - 1)
    for i, a in enumerate(left):
        for j, b in enumerate(right):
            found[i + j] += a * b
    return found


def _opposite_inputs() -> tuple[Fact, ...]:
    """With q = e^−z, σ(z) = 1/(1 + q) and σ(−z) = q/(1 + q): q + 1 ones over 1 + q, a polynomial identity."""
    one_plus_q = [1, 1]
    sums = [a + b for a, b in zip(_product([1, 0], one_plus_q), _product([0, 1], one_plus_q), strict=True)]
    left = [a - b for a, b in zip(sums, _product(one_plus_q, one_plus_q), strict=True)]
    identity = tuple(
        Fact(f"coefficient of q^{power} in (1 + q)²(σ(z) + σ(−z) − 1)", Fraction(value), "=", "", Fraction(0))
        for power, value in enumerate(left)
    )
    without = _determinant(features(_SLOPES, (0, 0, 0)))
    having = _determinant(features(_SLOPES, _OFFSETS))
    return (
        *identity,
        Fact("det F₁ without biases", without, "=", "", Fraction(0)),
        Fact("det F₁ with biases", having, ">" if having > 0 else "<", "", Fraction(0)),
    )


INSTANCES: Mapping[str, Instance] = {
    "golikov-4.4": Instance(
        "three sigmoid units with weights (1, 2, 3) ln 2 at −1, 0, 1, without biases and with (0, 1, 3) ln 2",
        _opposite_inputs,
    ),
}
