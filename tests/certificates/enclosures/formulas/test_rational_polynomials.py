"""Polynomials read off formulas, against evaluation at rational points."""

from __future__ import annotations

from fractions import Fraction

import pytest

from certificates.arithmetic.effort import limited_effort
from certificates.enclosures.formulas.rational_polynomials import rational_coefficients
from certificates.errors import BudgetExhausted, EnclosureFailure
from certificates.expression import parse_activation

F = Fraction


def read(text: str) -> tuple[Fraction, ...]:
    return rational_coefficients(parse_activation(text).expression)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("quadratic", lambda z: z * z),
        ("identity", lambda z: z),
        ("(z+1)*(z-1/3)-z^2/7", lambda z: (z + 1) * (z - F(1, 3)) - z * z / 7),
        ("-(z-2)^3+z^3", lambda z: -((z - 2) ** 3) + z**3),
        ("(z-z)^2+5", lambda z: F(5)),
        ("z^0/3", lambda z: F(1, 3)),
        ("(2*z)^2*(z/4-1)^5", lambda z: 4 * z * z * (z / 4 - 1) ** 5),
    ],
)
def test_the_polynomial_has_the_formulas_values(text, value):
    found = read(text)
    for z in (F(0), F(1), F(-3, 2), F(7, 5)):
        assert sum((c * z**power for power, c in enumerate(found)), F(0)) == value(z)
    assert not found or found[-1] != 0


def test_what_cancels_has_no_degree():
    assert read("z-z") == () and read("z^3-z*z^2+2") == (F(2),)


@pytest.mark.parametrize(
    "text", ["tanh(z)", "z^3/z", "piecewise(z, 0, z)", "z^-1", "relu", "exp(z)-exp(z)", "sqrt(2)*z"]
)
def test_what_is_not_written_as_a_polynomial_is_refused(text):
    with pytest.raises(EnclosureFailure, match="polynomial"):
        read(text)


def test_degrees_are_bounded_and_work_is_counted():
    assert len(read("z^64")) == 65
    with pytest.raises(EnclosureFailure, match="degree"):
        read("z^64*z")
    with limited_effort(100), pytest.raises(BudgetExhausted):
        read("(z+1/3)^60")
