"""Local minima of networks of every width, made of one unit that is repeated (theorem 5.2.7).

f_i = Σ_r v_r φ(θ_r·x̃_i) + b, L = ½Σ e_i², e = f − y. Let every θ_r = θ, Σ v_r = V with all v_r of one sign, and
g(t) = Σ_i e_i φ(t·x̃_i). If

    g(θ) = 0,    ∇g(θ) = Σ e_i φ'(θ·x̃_i) x̃_i = 0,    V ∇²g(θ) = V Σ e_i φ''(θ·x̃_i) x̃_i x̃_iᵀ ≻ 0,

and Σ e_i = 0 where b is trained, then V g ≥ 0 near θ, so that L' ≥ L + ⟨e, f' − f⟩ = L + Σ v_r' g(θ_r') ≥ L for all
weights near by, of any number of units. If φ is the sigmoid or tanh, θ a multiple of ln 2 and x̃ integer, everything is
rational.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from flint import fmpq, fmpq_mat

__all__ = ["Jet", "Rows", "jet_at", "outputs", "residual_conditions"]

Rows = Sequence[Sequence[int]]


@dataclass(frozen=True)
class Jet:
    """The values φ(z), φ'(z) and φ''(z)."""

    value: Fraction
    slope: Fraction
    bend: Fraction


def jet_at(name: str, multiple: int) -> Jet:
    """φ and its derivatives at k ln 2, exactly.

    Parameters
    ----------
    name
        ``sigmoid``, 2^k/(2^k + 1), or ``tanh``, (4^k − 1)/(4^k + 1).
    multiple
        k, of any sign.

    Examples
    --------
    >>> jet_at("sigmoid", 1), jet_at("tanh", 1).value
    (Jet(value=Fraction(2, 3), slope=Fraction(2, 9), bend=Fraction(-2, 27)), Fraction(3, 5))
    """
    power = Fraction(2) ** multiple
    if name == "sigmoid":
        s = power / (power + 1)
        return Jet(s, s * (1 - s), s * (1 - s) * (1 - 2 * s))
    t = (power * power - 1) / (power * power + 1)
    return Jet(t, 1 - t * t, -2 * t * (1 - t * t))


def outputs(name: str, rows: Rows, units: Rows, outer: Sequence[Fraction], offset: Fraction) -> list[Fraction]:
    """The numbers f_i of units θ_r = units_r ln 2 at the inputs x̃_i."""
    return [
        sum((v * jet_at(name, _product(unit, row)).value for unit, v in zip(units, outer, strict=True)), offset)
        for row in rows
    ]


def residual_conditions(
    name: str, rows: Rows, unit: Sequence[int], residual: Sequence[Fraction]
) -> tuple[Fraction, list[Fraction], fmpq_mat]:
    """The numbers g(θ), ∇g(θ) and ∇²g(θ)."""
    jets = [jet_at(name, _product(unit, row)) for row in rows]
    size = len(unit)
    value = sum((e * jet.value for e, jet in zip(residual, jets, strict=True)), Fraction(0))
    slopes = [e * jet.slope for e, jet in zip(residual, jets, strict=True)]
    bends = [e * jet.bend for e, jet in zip(residual, jets, strict=True)]
    gradient = [sum((s * row[k] for s, row in zip(slopes, rows, strict=True)), Fraction(0)) for k in range(size)]
    hessian = [
        sum((b * row[j] * row[k] for b, row in zip(bends, rows, strict=True)), Fraction(0))
        for j in range(size)
        for k in range(size)
    ]
    return value, gradient, fmpq_mat(size, size, [fmpq(h.numerator, h.denominator) for h in hessian])


def _product(unit: Sequence[int], row: Sequence[int]) -> int:
    return sum(a * b for a, b in zip(unit, row, strict=True))
