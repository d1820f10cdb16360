from __future__ import annotations

import math

import pytest
from scipy.integrate import quad

from certificates.arithmetic.arb import exact
from certificates.enclosures.intervals.derivatives import derivatives_arb
from certificates.expression import parse_activation
from verify.theory.zhong_2017.printed import COLUMNS, MARKS, NUMBERS, SIGMAS

_FORMULAS = {
    "ReLU": lambda z: max(z, 0.0),
    "leaky ReLU": lambda z: max(z, 0.01 * z),
    "squared ReLU": lambda z: max(z, 0.0) ** 2,
    "sigmoid": lambda z: 1 / (1 + math.exp(-z)),
    "tanh": lambda z: (math.exp(z) - math.exp(-z)) / (math.exp(z) + math.exp(-z)),
    "erf": lambda z: quad(lambda t: math.exp(-t * t), 0, z)[0],
    "linear": lambda z: z,
    "quadratic": lambda z: z * z,
}


def test_the_tables_are_complete():
    assert len(NUMBERS) == 11
    assert len(MARKS) * len(COLUMNS) == 40
    cells = {(n.function.name, sigma) for n in NUMBERS for sigma in n.sigmas}
    assert len(cells) == sum(len(n.sigmas) for n in NUMBERS) == 7 * len(SIGMAS)
    assert {name for name, _ in cells} == set(_FORMULAS) - {"sigmoid"}
    assert {row.function.name for row in MARKS} == set(_FORMULAS)


def test_ticks_of_each_column():
    ticks = [sum(row.marks[k] for row in MARKS) for k in range(5)]
    assert dict(zip(COLUMNS, ticks, strict=True)) == {"P1": 7, "P2": 6, "P3.a": 6, "P3.b": 3, "P1,2,3": 6}


@pytest.mark.parametrize("row", MARKS, ids=lambda row: row.function.name)
def test_the_catalogue_means_the_printed_formula(row):
    activation = parse_activation(row.function.catalogue)
    for z in (-2, -1, 1, 3):
        found = float(derivatives_arb(activation, exact(z), 0)[0].mid())
        assert found == pytest.approx(_FORMULAS[row.function.name](z), abs=1e-12)
