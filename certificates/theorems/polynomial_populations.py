"""The Hessian of a population loss at planted weights for φ = az² + bz + c, in exact numbers (proposition 4.1.2).

For M = Σ_j v_j w_j a_jᵀ and m = Σ_j v_j a_j,

    ∇²f(W*)[A, A] = E[(Σ_j v_j φ'(w_j·x) a_j·x)²] = E[(2a xᵀMx + b m·x)²] = 4a²((tr M)² + ½‖M + Mᵀ‖²) + b²‖m‖²,

because E[(xᵀMx)²] = (tr M)² + ½‖M + Mᵀ‖² and odd moments vanish. It is 0 exactly where M is antisymmetric (if a ≠ 0)
and m = 0 (if b ≠ 0).
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import lcm

from flint import fmpz_mat

from certificates.arithmetic.effort import spend, spend_rationals
from certificates.arithmetic.exact_rank import rational_rank
from certificates.subjects import Units

__all__ = ["nullity", "second_derivative"]

Rows = Sequence[Sequence[Fraction]]


def second_derivative(linear: Fraction, quadratic: Fraction, teacher: Units, direction: Rows) -> Fraction:
    """∇²f(W*)[A, A], exact.

    Parameters
    ----------
    linear, quadratic
        b and a of φ = az² + bz + c.
    teacher
        W* and v.
    direction
        A, of the shape of W*. The common denominators of W*, v and A are short: that is the caller's to check.

    Examples
    --------
    >>> one, zero = Fraction(1), Fraction(0)
    >>> identity = Units(((one, zero), (zero, one)), (one, one))
    >>> turn, stretch = [[zero, one], [-one, zero]], [[one, zero], [zero, -one]]
    >>> [str(second_derivative(zero, one, identity, rows)) for rows in (turn, stretch)]
    ['0', '16']
    """
    k, d = teacher.width, teacher.dimension
    weights, weight_scale = _integers(teacher.weights)
    outer, outer_scale = _integers([teacher.outer])
    steps, step_scale = _integers(direction)
    _charge(k, d, _words(weights), _words(outer) + _words(steps))
    pulled = fmpz_mat(k, d, [outer[0][j] * entry for j, row in enumerate(steps) for entry in row])  # v_j a_j
    product = (fmpz_mat(weights).transpose() * pulled).tolist()  # M
    trace = sum(int(product[p][p]) for p in range(d))
    doubled = sum((int(product[p][q]) + int(product[q][p])) ** 2 for p in range(d) for q in range(d))
    means = sum(sum(int(pulled[j, p]) for j in range(k)) ** 2 for p in range(d))  # ‖m‖²
    second = 4 * quadratic**2 * (trace**2 + Fraction(doubled, 2)) / weight_scale**2
    return (second + linear**2 * means) / (outer_scale * step_scale) ** 2


def nullity(linear: Fraction, quadratic: Fraction, teacher: Units) -> int:
    """The dimension of the null space of ∇²f(W*), exact.

    With r the rank of the rows with v_j ≠ 0 (b = 0) or of the differences of these rows from the first (b ≠ 0), it is

        kd − [d if b ≠ 0] − [rd − r(r − 1)/2 if a ≠ 0],

    and kd where all v_j are 0.

    Examples
    --------
    >>> one, zero = Fraction(1), Fraction(0)
    >>> identity = Units(((one, zero), (zero, one)), (one, one))
    >>> nullity(one, zero, identity), nullity(zero, one, identity), nullity(one, one, identity)
    (2, 1, 0)
    """
    d = teacher.dimension
    active = [row for row, v in zip(teacher.weights, teacher.outer, strict=True) if v]
    free = teacher.width * d
    if linear and active:
        free -= d
        active = [_difference(row, active[0]) for row in active[1:]]
    if not quadratic:
        return free
    rank = rational_rank(active)
    return free - (rank * d - rank * (rank - 1) // 2)


def _difference(row: Sequence[Fraction], other: Sequence[Fraction]) -> tuple[Fraction, ...]:
    spend_rationals(2 * (_longest(row) + _longest(other)), 2 * len(row))
    return tuple(entry - first for entry, first in zip(row, other, strict=True))


def _longest(row: Sequence[Fraction]) -> int:
    return max(max(entry.numerator.bit_length(), entry.denominator.bit_length()) for entry in row)


def _charge(k: int, d: int, left: float, right: float) -> None:
    """A product of integers of so many words takes as long as 1 + left·right/200 operations; so do sums and squares."""
    spend(2 * k * d * d * (1 + left * right / 200) + 2 * d * d * (1 + (left + right) ** 2 / 200))


def _words(rows: Sequence[Sequence[int]]) -> float:
    return max(entry.bit_length() for row in rows for entry in row) / 64


def _integers(rows: Rows) -> tuple[list[list[int]], int]:
    """The rows times their common denominator, and it."""
    spend_rationals(2 * max(map(_longest, rows)), 4 * len(rows) * len(rows[0]))
    scale = lcm(*(entry.denominator for row in rows for entry in row))
    return [[int(entry * scale) for entry in row] for row in rows], scale
