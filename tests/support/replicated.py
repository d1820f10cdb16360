"""Repeated units that are minima: those of the theory, and turned ones."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from math import lcm

from flint import fmpz, fmpz_mat

from certificates.theorems.replicated_minima import jet_at
from verify.proposals.replicated_minimum import YU_CHEN, RepeatedUnit

__all__ = ["BOTH_BIASES", "HIDDEN_BIAS", "NEGATIVE", "OF_TANH", "kernel_residuals"]

HIDDEN_BIAS = RepeatedUnit(
    tuple((x,) for x in (-4, -3, -1, 1, 3, 4)),
    (1, 0),
    (15895, -16899, 6364, -4488, 5712, -3468),
    Fraction(1),
    biases="hidden",
)
BOTH_BIASES = RepeatedUnit(
    tuple((x,) for x in (-4, -3, -2, -1, 1, 2, 3, 4)),
    (1, 0),
    (-15058345, 47463885, -62832800, 42204588, -42094584, 62424000, -46901232, 14794488),
    Fraction(1),
    Fraction(3),
    "both",
)
NEGATIVE = replace(YU_CHEN, residual=tuple(-e for e in YU_CHEN.residual), outer=Fraction(-9))


def kernel_residuals(name: str, rows, unit, *, output_bias: bool) -> list[tuple[int, ...]]:
    """Integer residuals with Σeφ = 0 and Σeφ'x̃ = 0, and Σe = 0 with an output bias: a basis of them."""
    jets = [jet_at(name, sum(a * b for a, b in zip(unit, row, strict=True))) for row in rows]
    table = [[jet.value for jet in jets]]
    table += [[jet.slope * row[k] for jet, row in zip(jets, rows, strict=True)] for k in range(len(unit))]
    if output_bias:
        table.append([Fraction(1)] * len(rows))
    whole = []
    for line in table:
        common = lcm(*(entry.denominator for entry in line))
        whole.append([fmpz(int(entry * common)) for entry in line])
    basis, nullity = fmpz_mat(whole).nullspace()
    columns = basis.transpose().tolist()[: int(nullity)]
    return [tuple(int(entry) for entry in column) for column in columns]


def _of_tanh() -> RepeatedUnit:
    inputs = ((1,), (2,), (3,))
    (residual,) = kernel_residuals("tanh", inputs, (1,), output_bias=False)
    bend = sum(e * jet_at("tanh", x[0]).bend * x[0] ** 2 for e, x in zip(residual, inputs, strict=True))
    return RepeatedUnit(inputs, (1,), residual, Fraction(2 if bend > 0 else -2))


OF_TANH = _of_tanh()
