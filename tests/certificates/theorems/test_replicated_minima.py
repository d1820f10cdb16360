"""Rational values against Arb, and derivatives of g against differences in high precision."""

from __future__ import annotations

from fractions import Fraction

import pytest
from flint import arb

from certificates.theorems.replicated_minima import jet_at, outputs, residual_conditions
from tests.truth._balls import bits, to_ball

_PHI = {"sigmoid": lambda z: 1 / (1 + (-z).exp()), "tanh": lambda z: z.tanh()}


@pytest.mark.parametrize("name", ["sigmoid", "tanh"])
@pytest.mark.parametrize("multiple", [-7, -1, 0, 1, 2, 40])
def test_values_and_derivatives_at_multiples_of_ln_2(name, multiple):
    with bits(900):
        phi, z, h = _PHI[name], multiple * arb(2).log(), arb(2) ** -200
        jet = jet_at(name, multiple)
        assert abs(phi(z) - to_ball(jet.value)) < arb(2) ** -800
        assert abs((phi(z + h) - phi(z - h)) / (2 * h) - to_ball(jet.slope)) < arb(2) ** -300
        assert abs((phi(z + h) - 2 * phi(z) + phi(z - h)) / (h * h) - to_ball(jet.bend)) < arb(2) ** -190


def test_the_conditions_are_derivatives_of_g():
    rows, unit, residual = ((1, 2), (-1, 1), (3, 0)), (1, -1), (Fraction(2), Fraction(-1), Fraction(1, 3))
    value, gradient, hessian = residual_conditions("tanh", rows, unit, residual)
    with bits(900):
        h = arb(2) ** -200

        def g(da, db):
            ln2 = arb(2).log()
            theta = (unit[0] * ln2 + da * h, unit[1] * ln2 + db * h)
            return sum(
                (to_ball(e) * (theta[0] * x[0] + theta[1] * x[1]).tanh() for e, x in zip(residual, rows, strict=True)),
                arb(0),
            )

        assert abs(g(0, 0) - to_ball(value)) < arb(2) ** -800
        for k, step in enumerate(((1, 0), (0, 1))):
            slope = (g(*step) - g(*(-s for s in step))) / (2 * h)
            assert abs(slope - to_ball(gradient[k])) < arb(2) ** -300
        mixed = (g(1, 1) - g(1, -1) - g(-1, 1) + g(-1, -1)) / (4 * h * h)
        assert abs(mixed - arb(hessian[0, 1])) < arb(2) ** -190 and hessian[0, 1] == hessian[1, 0]


def test_outputs_are_sums_of_units_and_an_offset():
    found = outputs("sigmoid", ((1,), (2,)), ((1,), (-1,)), (Fraction(3), Fraction(6)), Fraction(1))
    assert found == [1 + Fraction(2) + Fraction(2), 1 + Fraction(12, 5) + Fraction(6, 5)]
