"""Exact instances behind the sharpenings of Soltanolkotabi, Javanmard and Lee."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from verify.theory.counterexamples import Fact, Instance, Matrix

__all__ = ["INSTANCES"]

Vectors = Sequence[tuple[int, ...]]

_SIX: Vectors = ((1, 0, 0), (0, 1, 0), (0, 0, 1), (1, 1, 0), (1, 0, 1), (0, 1, 1))


def _products(inputs: Vectors) -> Matrix:
    """K = ((x_iᵀx_j)²)."""
    return tuple(tuple(Fraction(sum(a * b for a, b in zip(x, z, strict=True))) ** 2 for z in inputs) for x in inputs)


def _determinant(matrix: Matrix) -> Fraction:
    """By elimination, exactly.

    Examples
    --------
    >>> _determinant(((Fraction(0), Fraction(2)), (Fraction(3), Fraction(1))))
    Fraction(-6, 1)
    """
    rows, value = [list(row) for row in matrix], Fraction(1)
    for k in range(len(rows)):
        pivot = next((i for i in range(k, len(rows)) if rows[i][k]), None)
        if pivot is None:
            return Fraction(0)
        if pivot != k:
            rows[k], rows[pivot], value = rows[pivot], rows[k], -value
        value *= rows[k][k]
        for i in range(k + 1, len(rows)):
            factor = rows[i][k] / rows[k][k]
            rows[i] = [a - factor * b for a, b in zip(rows[i], rows[k], strict=True)]
    return value


def _sizes() -> tuple[Fact, ...]:
    return (
        Fact("det K (d = 3, n = 6 = d(d + 1)/2)", _determinant(_products(_SIX)), ">", "", Fraction(0)),
        Fact("det K (d = 3, n = 1 < d)", _determinant(_products(_SIX[:1])), ">", "", Fraction(0)),
        Fact(
            "det K (d = 3, n = 7, below d² = 9)",
            _determinant(_products([*_SIX, (1, 2, 3)])),
            "=",
            "",
            Fraction(0),
        ),
    )


def _realisable() -> tuple[Fact, ...]:
    """Planted labels with more samples than d(d + 1)/2: K is singular, and the loss at W* is 0."""
    inputs: Vectors = ((1, 0), (0, 1), (1, 1), (1, -2))
    planted = ((Fraction(1), Fraction(2)), (Fraction(3), Fraction(-1)))
    outer = (Fraction(1), Fraction(1, 2))
    labels = [_output(planted, outer, x) for x in inputs]
    loss = sum(((_output(planted, outer, x) - y) ** 2 for x, y in zip(inputs, labels, strict=True)), Fraction(0))
    return (
        Fact("det K (d = 2, n = 4)", _determinant(_products(inputs)), "=", "", Fraction(0)),
        Fact("L(W*)", loss / 8, "=", "", Fraction(0)),
    )


def _effective() -> tuple[Fact, ...]:
    """u = (0, 1, −1) has WᵀD_vu = 0."""
    outer, weights, u = (Fraction(1, 100), Fraction(1), Fraction(1)), (1, 1, 1), (0, 1, -1)
    kernel = sum((w * v * a for w, v, a in zip(weights, outer, u, strict=True)), Fraction(0))
    quotient = sum((v * a * a for v, a in zip(outer, u, strict=True)), Fraction(0)) / sum(a * a for a in u)
    return (
        Fact("WᵀD_vu", kernel, "=", "", Fraction(0)),
        Fact("uᵀD_vu/‖u‖²", quotient, ">", "v_min", min(outer)),
    )


def _one_unit(
    outer: Fraction, x: Fraction, label: Fraction, derivatives: tuple[Fraction, Fraction, Fraction]
) -> tuple[Fraction, Fraction, Fraction]:
    """∇²_vv, ∇²_ww and ∇²_vw of L = ½(vφ(wx) − y)², given φ, φ', φ'' at wx."""
    value, slope, bend = derivatives
    residual = outer * value - label
    mixed = outer * slope * x * value + residual * slope * x
    return value**2, (outer * slope * x) ** 2 + residual * outer * bend * x**2, mixed


def _blocks(vv: Fraction, ww: Fraction, vw: Fraction) -> Fact:
    """‖∇²L‖ is at least the Rayleigh quotients of (1, 1) and (1, −1)."""
    least = max(abs(vv + 2 * vw + ww), abs(vv - 2 * vw + ww)) / 2
    return Fact("|uᵀ∇²L u|/‖u‖²", least, ">", "|∇²_vv L| + |∇²_ww L|", abs(vv) + abs(ww))


def _idle_unit() -> tuple[Fact, ...]:
    """tanh has the derivatives 0, 1, 0 at 0; L₁ = ξ = 1, e = 1, 𝒥 = 0."""
    vv, ww, vw = _one_unit(Fraction(0), Fraction(1), Fraction(1), (Fraction(0), Fraction(1), Fraction(0)))
    return (
        Fact("∇²_vv L", vv, "=", "", Fraction(0)),
        Fact("∇²_ww L", ww, "=", "", Fraction(0)),
        _blocks(vv, ww, vw),
        Fact("‖∇²L‖", abs(vw), "=", "‖𝒥‖² + e·c₁, c₁ = L₁ξ, v = 0", Fraction(1)),
    )


def _unit_with_blocks() -> tuple[Fact, ...]:
    """z² at wx = 1 has the derivatives 1, 2, 2."""
    blocks = _one_unit(Fraction(1, 10), Fraction(1), Fraction(10), (Fraction(1), Fraction(2), Fraction(2)))
    return (
        Fact("∇²_vv L", blocks[0], ">", "", Fraction(0)),
        Fact("∇²_ww L", blocks[1], "<", "", Fraction(0)),
        _blocks(*blocks),
    )


def _output(weights: Matrix, outer: Sequence[Fraction], x: tuple[int, ...]) -> Fraction:
    hidden = [sum((w * a for w, a in zip(row, x, strict=True)), Fraction(0)) for row in weights]
    return sum((v * z * z for v, z in zip(outer, hidden, strict=True)), Fraction(0))


INSTANCES: Mapping[str, Instance] = {
    "sjl-2.1": Instance("inputs e_i and e_i + e_j of ℝ³, then (1, 2, 3)", _sizes),
    "sjl-2.2": Instance("inputs (1, 0), (0, 1), (1, 1), (1, −2); W* = ((1, 2), (3, −1)), v* = (1, 1/2)", _realisable),
    "sjl-7.14": Instance("one tanh unit, v = w = 0, one sample x = y = 1", _idle_unit),
    "sjl-7.14-blocks": Instance("one unit z², v = 1/10, w = 1, one sample x = 1, y = 10", _unit_with_blocks),
    "sjl-2.2-v": Instance("d = 1, v = (1/100, 1, 1), W = (1, 1, 1), u = (0, 1, −1)", _effective),
}
