"""Isserlis, Hermite and the tensor identities S1–S5, exactly, on small shapes."""

from __future__ import annotations

from itertools import product

import pytest
import sympy as sp

from certificates.expression import parse_activation
from tests.twins.hermite import hermite, hermite_tensor
from tests.twins.isserlis import coordinates, isserlis, polynomial_mean
from tests.twins.tensors import (
    derivative_mean,
    fourth_hermite,
    neuron_tensor,
    outer_power,
    second_moment,
    squared_form_mean,
    third_hermite,
)
from verify.symbolic.derivation import derive
from verify.symbolic.expressions import SIGMA, Z

W = sp.Matrix(sp.symbols("w1:3", real=True))
NORM = sp.sqrt(W.dot(W))


def test_pairings_are_products_of_moments() -> None:
    x = coordinates(3)
    for n in range(7):
        for index in product(range(3), repeat=n) if n < 5 else [(0, 0, 1, 1, 2, 2)[:n], (0, 0, 0, 0, 1, 1)[:n]]:
            assert isserlis(index) == polynomial_mean(sp.prod([x[i] for i in index]), list(x))


def test_squared_form() -> None:
    a = sp.Matrix(3, 3, sp.symbols("a1:10"))
    symmetric = a + a.T
    closed = a.trace() ** 2 + sum(entry**2 for entry in symmetric) / 2
    assert sp.expand(squared_form_mean(a) - closed) == 0


def test_hermite_tensors_are_derivatives_of_the_density() -> None:
    x = coordinates(2)
    bell = sp.exp(-x.dot(x) / 2)
    for i, j, k in product(range(2), repeat=3):
        derivative = -sp.diff(bell, x[i], x[j], x[k]) / bell
        assert sp.expand(sp.simplify(derivative) - hermite_tensor(3, 2)[i, j, k]) == 0


def test_hermite_polynomials_are_orthogonal() -> None:
    assert [hermite(k) for k in (2, 3)] == [Z**2 - 1, Z**3 - 3 * Z]
    for j, k in product(range(6), repeat=2):
        assert polynomial_mean(sp.expand(hermite(j) * hermite(k))) == (sp.factorial(k) if j == k else 0)


@pytest.mark.parametrize("dimension", [2, 3])
def test_coded_tensors_are_the_derived_ones(dimension: int) -> None:
    x = coordinates(dimension)
    for order, coded in ((3, third_hermite(x)), (4, fourth_hermite(x))):
        assert all(
            sp.expand(a - b) == 0
            for a, b in zip(sp.flatten(coded), sp.flatten(hermite_tensor(order, dimension)), strict=True)
        )


@pytest.mark.parametrize(
    ("order", "degree"), [(3, m) for m in range(8)] + [(4, m) for m in range(7)] + [(2, 4), (1, 5)]
)
def test_neuron_tensors_are_rank_one(order: int, degree: int) -> None:
    found = neuron_tensor(Z**degree, W, order)
    constant = derivative_mean(Z**degree, order).subs(SIGMA, NORM)
    closed = outer_power(W, order)
    assert all(sp.expand(a - constant * b) == 0 for a, b in zip(sp.flatten(found), sp.flatten(closed), strict=True))


def test_second_moments_of_a_neuron() -> None:
    slope = 1 + 2 * Z - Z**2 + Z**3 / 3
    unit = W / NORM
    for i in (1, 2):
        power = sp.expand(slope**i)
        a0, a2 = (polynomial_mean(sp.expand(power.subs(Z, SIGMA * Z) * Z**j)).subs(SIGMA, NORM) for j in (0, 2))
        closed = a0 * sp.eye(2) + (a2 - a0) * unit * unit.T
        assert (second_moment(power, W) - closed).applyfunc(sp.simplify) == sp.zeros(2, 2)


def test_third_constant_from_the_moments() -> None:
    cubic = derive(parse_activation("z^5-2*z^3+z")).moments
    constant = derivative_mean(Z**5 - 2 * Z**3 + Z, 3)
    assert sp.expand((cubic[1, 2] - cubic[1, 0]) / SIGMA**2 - constant) == 0
