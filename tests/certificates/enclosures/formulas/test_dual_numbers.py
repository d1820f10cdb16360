"""Slopes by pairs against the jets, which share no formula with them, and against mpmath in the complex plane.

Each function stands inside a product, so that its value and its slope both count, and its argument has a slope.
"""

from __future__ import annotations

from fractions import Fraction

import mpmath
import pytest
from flint import acb, arb

from certificates.arithmetic.arb import exact, precision
from certificates.enclosures.formulas.ball_rings import arb_ring
from certificates.enclosures.formulas.dual_numbers import slope_of
from certificates.enclosures.formulas.jets import jet
from certificates.errors import EnclosureFailure
from certificates.expression import parse_expression
from certificates.expression.syntax import FUNCTIONS

INNER = "(1/4+z^2*z/8)"  # positive at the points right of -5/4, slope 3z²/8
COMPOSED = [f"z*{name}({INNER})" for name in FUNCTIONS]
COMPOSED += [f"{name}(3*z+{name}(z/2))" for name in ("softplus", "erf", "atan", "tanh", "exp", "cos")]
COMPOSED += [
    "z*tanh(softplus(3*z))",
    "(z/3-2)*exp(z)",
    "(z^3+z)*sin(z)",
    "exp(z*3)*(-cos(z))",
    "z*(exp(z)/3)",
    "exp(z)/(2+z^2)",
    "(z+exp(z))^4*z",
    "(z*z+1)^0*z^2",
    "z*(2*exp(z))",
    "z^2*(exp(z)*(1/3))",
    "z*(sin(z)+cos(2*z))",
    "z*(sin(z)-cos(2*z))",
    "exp(z)+sin(3*z)-z^2",
    "-(exp(z)*z)",
    "exp(2*z)/7",
]
POINTS = [-1.0, Fraction(-1, 3), Fraction(1, 2), 2.25]


@pytest.mark.parametrize("text", COMPOSED)
def test_real_slopes_equal_those_of_the_jets(text):
    formula = parse_expression(text)
    with precision(160):
        for point in POINTS:
            found, truth = slope_of(formula)(exact(point)), jet(formula, exact(point), 1, arb_ring())[1]
            assert truth is not None and found.overlaps(truth) and found.rad() + truth.rad() < 1e-35, point


MPMATH = {name: getattr(mpmath, name) for name in ("tanh", "exp", "log", "sqrt", "erf", "atan", "sin", "cos")}
MPMATH |= {"sigmoid": lambda u: 1 / (1 + mpmath.exp(-u)), "softplus": lambda u: mpmath.log(1 + mpmath.exp(u))}


@pytest.mark.parametrize("text", COMPOSED)
def test_complex_slopes_equal_numerical_ones(text):
    python = text.replace("^", "**").replace("1/4", "mpf(1)/4").replace("1/3", "mpf(1)/3")
    names = {**MPMATH, "mpf": mpmath.mpf}
    with mpmath.workdps(40), precision(140):
        for re, im in ((0.75, 0.25), (-0.75, -0.25)):
            truth = mpmath.diff(lambda z: eval(python, names, {"z": z}), mpmath.mpc(re, im))  # noqa: S307
            found = acb(slope_of(parse_expression(text))(acb(re, im)))
            error = abs(found - acb(arb(mpmath.nstr(truth.real, 35)), arb(mpmath.nstr(truth.imag, 35))))
            assert error < 1e-16, (re, im)


@pytest.mark.parametrize("text", ["7", "3*exp(2)", "log(2)*(1-3)"])
def test_the_slope_of_a_constant_is_exactly_zero(text):
    assert slope_of(parse_expression(text))(arb(2)).is_zero()


@pytest.mark.parametrize("text", ["log(1-2)", "1/(2-2)", "z+sqrt(-1)", "z*(exp(z)/(1-1))"])
def test_constants_that_are_not_defined_are_refused(text):
    """Also where their slope would not depend on them."""
    with pytest.raises(EnclosureFailure):
        slope_of(parse_expression(text))(arb(2))
