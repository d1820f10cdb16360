"""Exact instances behind errata of the essay: sigmoids at multiples of ln 2 are rational."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
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


def _second_difference(function: Callable[[Fraction, Fraction], Fraction], i: int, j: int) -> Fraction:
    """∂_i∂_j at (1, 1), of a quadratic function."""
    corners = [(a, b, a * b) for a in (1, -1) for b in (1, -1)]
    moved = ((sign, [1 + Fraction(a * (k == i) + b * (k == j)) for k in (0, 1)]) for a, b, sign in corners)
    return sum((sign * function(*point) for sign, point in moved), Fraction(0)) / 4


def _hessian_block() -> tuple[Fact, ...]:
    """f(w) = ½(w·x − 1)² for an active unit at x = (1, 2)."""
    x = (1, 2)

    def loss(first: Fraction, second: Fraction) -> Fraction:
        return (x[0] * first + x[1] * second - 1) ** 2 / 2

    return tuple(
        Fact(f"∂_{i + 1}∂_{j + 1} f", _second_difference(loss, i, j), "=", f"x_{i + 1}x_{j + 1}", Fraction(x[i] * x[j]))
        for i in (0, 1)
        for j in (0, 1)
    )


def _gradient_decay() -> tuple[Fact, ...]:
    """f = ½(u − y)², u = m^−½ Σ a_r max(w_r x, 0), at x = 1 and u − y = 1, half of the units active."""
    found = []
    for units in (2, 200):
        one = Fraction(1, units)  # (a_r x e/√m)²
        found.append(Fact(f"‖∂f/∂w_r‖² of an active unit, m = {units}", one, "=", "1/m", Fraction(1, units)))
        found.append(Fact(f"‖∇f‖², m = {units}", one * (units // 2), "=", "", Fraction(1, 2)))
    return tuple(found)


def _full_rank() -> tuple[Fact, ...]:
    a, b = 1, 2
    return (
        Fact("xᵀx", Fraction(a * a + b * b), ">", "", Fraction(0)),
        Fact("det xxᵀ", Fraction(a * a * b * b - (a * b) ** 2), "=", "", Fraction(0)),
    )


def _bottleneck() -> tuple[Fact, ...]:
    """The columns of a product of widths 1, 2, 2 are multiples of one another: there is only one."""
    ends, hidden = (1, 2), 2
    return (Fact("the largest rank of W₂W₁", Fraction(min(*ends, hidden)), "<", "hidden units", Fraction(hidden)),)


def _second_order() -> tuple[Fact, ...]:
    def flat(w: int) -> Fraction:
        return Fraction((max(w, 0) - 1) ** 2, 2)

    a, w, y = 0, 1, 1  # of ½(aw − y)²: ∂_aa = w², ∂_ww = a², ∂_aw = 2aw − y
    return (
        Fact("f(−2)", flat(-2), "=", "f(−1)", flat(-1)),
        Fact("f(−2)", flat(-2), ">", "f(1)", flat(1)),
        Fact("det ∇²f at (a, w) = (0, 1)", Fraction(w**2 * a**2 - (2 * a * w - y) ** 2), "<", "", Fraction(0)),
    )


INSTANCES: Mapping[str, Instance] = {
    "golikov-4.4": Instance(
        "three sigmoid units with weights (1, 2, 3) ln 2 at −1, 0, 1, without biases and with (0, 1, 3) ln 2",
        _opposite_inputs,
    ),
    "golikov-hessian-block": Instance("½(w·x − 1)² of one active unit at x = (1, 2)", _hessian_block),
    "golikov-gradient-decay": Instance("m units at the sample 1, half of them active, residual 1", _gradient_decay),
    "golikov-full-rank": Instance("one sample x = (1, 2)", _full_rank),
    "golikov-second-order": Instance("one unit at x = y = 1, its output weight frozen and trained", _second_order),
    "golikov-bottleneck": Instance("widths 1, 2, 2", _bottleneck),
}
