"""Bounds of φ' at infinity against its values, on random points beyond where each begins."""

import random
from fractions import Fraction

import pytest
from flint import arb

from certificates.arithmetic.arb import exact
from certificates.enclosures.infinity.growth import slope_growth
from certificates.enclosures.intervals.derivatives import derivatives_arb
from certificates.errors import EnclosureFailure
from certificates.expression import CATALOGUE, parse_activation

NAMES = [f"{name}(1/10)" if name == "smooth_leaky_relu" else name for name in CATALOGUE]
FORMULAS = [
    "z^3-z",
    "z^2*tanh(z)",
    "sqrt(1+z^2)",
    "log(1+z^2)",
    "piecewise(z^3, 5, 125)",
    "z*sigmoid(z)^3",
    "z^4/(1+z^2)",
]
FORMULAS += ["piecewise(exp(z), 0, 1+z^2)", "piecewise(-z^5, -40, 40^5, 40, z^5)", "sin(z)*z", "exp(-z^2)*z^7"]


@pytest.mark.parametrize("beyond", [Fraction(0), Fraction(1, 1000), Fraction(3), Fraction(50), Fraction(10**6)])
@pytest.mark.parametrize("text", [*NAMES, *FORMULAS])
def test_no_slope_beyond_exceeds_the_bound(text, beyond):
    activation, generator = parse_activation(text), random.Random(text)
    growth = slope_growth(activation, beyond)
    for _ in range(30):
        w = float(beyond) + generator.choice([0.0, 1e-6, 1.0, 30.0, 1e4]) * generator.random()
        w = generator.choice([-1, 1]) * max(w, float(beyond))
        try:
            slope = derivatives_arb(activation, arb(w), 1)[1]
        except EnclosureFailure:
            continue
        bound = growth.constant
        power = exact(1)
        for _ in range(growth.power):
            power *= abs(arb(w))
        assert not abs(slope) > bound + growth.slope * power, w


def test_far_out_the_bound_is_that_of_the_tail():
    assert slope_growth(parse_activation("tanh"), Fraction(50)).constant < 1e-42
    assert slope_growth(parse_activation("arctan"), Fraction(1000)).constant < 2.1e-6
    assert slope_growth(parse_activation("gelu"), Fraction(30)).constant < 1.0000001
    assert slope_growth(parse_activation("tanh"), Fraction(0)).constant == 1


def test_powers_are_those_of_the_leading_term():
    assert slope_growth(parse_activation("z^3-z"), Fraction(1)).power == 2
    assert slope_growth(parse_activation("squared_relu"), Fraction(1)).power == 1
    assert slope_growth(parse_activation("sqrt(1+z^2)"), Fraction(1)).power == 0
    assert slope_growth(parse_activation("z^2*tanh(z)"), Fraction(1)).slope < 100


@pytest.mark.parametrize(
    "text", ["exp(z)", "exp(z^2)", "z*exp(z/100)", "piecewise(0, 0, exp(z)-1)", "1/z", "log(z^2)*z"]
)
def test_what_has_no_global_power_bound_is_refused(text):
    with pytest.raises(EnclosureFailure):
        slope_growth(parse_activation(text), Fraction(0))


def test_a_breakpoint_beyond_the_start_needs_the_global_bound():
    """The last formula is not in force at 10: φ' = 75 there, although it is 0 beyond 20."""
    growth = slope_growth(parse_activation("piecewise(z^3, 20, 8000)"), Fraction(10))
    assert growth.constant + growth.slope * exact(20) ** growth.power >= 1200
