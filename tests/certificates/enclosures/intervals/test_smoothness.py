"""Which activations are C¹ across their breakpoints: the whole catalogue and users' formulas with hidden jumps."""

from __future__ import annotations

from fractions import Fraction

import pytest

from certificates.enclosures.formulas.exact_constants import ExactRing, equal
from certificates.enclosures.formulas.jets import jet
from certificates.enclosures.intervals.smoothness import is_certainly_c2, smoothness
from certificates.expression import parse_activation, parse_expression

SMOOTH = [
    "identity", "quadratic", "tanh", "sigmoid", "softplus", "softplus(7/2)", "erf", "erf0", "gelu", "silu", "mish",
    "softsign", "arctan", "smooth_leaky_relu(1/10)", "sin", "squared_relu", "elu", "leaky_relu(1)",
    "piecewise(softplus(z)-log(2), 0, z/2)",
    "piecewise(1-cos(z), 0, z^2/2)",
    "piecewise(sigmoid(z), 0, 1/2+z/4)",
    "piecewise(erf(z), 0, z/sqrt(atan(1)))",
    "piecewise(exp(z), 1/2, exp(1/2)*(z+1/2))",
    "piecewise(log(z), 4, 2*log(2)+z/4-1)",
    "piecewise(sqrt(z), 8, 2*sqrt(2)+(z-8)/(4*sqrt(2)))",
    "piecewise(tanh(z), 1, tanh(1)+(z-1)*(1-tanh(1)^2))",
    "piecewise(-tanh(-z), -1, tanh(-1)+(z+1)*(1-tanh(1)^2))",
    "piecewise(1/z, 1, 2-z)",
    "z*piecewise(0, 0, z)",
    "piecewise(0, 0, piecewise(z^2, 1, 2*z-1))",
    "piecewise(exp(2*z), 1, exp(1)^2*(2*z-1))",
]  # fmt: skip

JUMPING = {
    "relu": "φ' jumps from 0 to 1 at z = 0",
    "leaky_relu": "φ' jumps from 1/100 to 1 at z = 0",
    "elu(2)": "φ' jumps from 2 to 1 at z = 0",
    "piecewise(tanh(z), 1, z/2+tanh(1)-1/2)": "φ' jumps from 0.419974 to 1/2 at z = 1",
    "piecewise(z, 0, z+1e-30)": "φ jumps from 0 to 1.00000e-30 at z = 0",
    "piecewise(tanh(z), 1, tanh(z)+1e-30)": "φ jumps by 1.00000e-30 at z = 1",
    "piecewise(z, 0, z*(1+1e-30))": "φ' jumps by 1.00000e-30 at z = 0",
    "piecewise(z, 1, 1, 2, 3)": "φ jumps from 1 to 3 at z = 2",
    "piecewise(0, 0, z, 1, z+1)": "φ jumps from 1 to 2 at z = 1",
    "piecewise(1, 0, sqrt(z))": "φ jumps from 1 to 0 at z = 0",
    "piecewise(1, 0, sqrt(z), 4, 7/3)": "φ jumps from 1 to 0 at z = 0",
    "piecewise(z, 1, z, 2, 3)": "φ jumps from 2 to 3 at z = 2",
    "tanh(piecewise(0, 0, z))": "φ' jumps from 0 to 1 at z = 0",
}

UNKNOWN = {
    "piecewise(sqrt(z), 0, z)": "not decided exactly",
    "piecewise(1/z, 0, z)": "not decided exactly",
    # previous_bug_09: |z| had the slope 0 at 0, so the first was smooth, and the second, which is −z, had a kink
    "piecewise(sqrt(z^2), 0, 0)": "sqrt of an expression that vanishes",
    "piecewise(-z, 0, -sqrt(z^2))": "sqrt of an expression that vanishes",
    "piecewise(sqrt(z^3), 0, 0)": "sqrt of an expression that vanishes",
    # one number in two spellings: the values agree, and the slopes are not shown to
    "piecewise(z*(sqrt(2)+sqrt(3)), 0, z*sqrt(5+2*sqrt(6)))": "not decided whether φ' is continuous",
    "piecewise(sqrt(2)+sqrt(3), 0, sqrt(5+2*sqrt(6)))": "not decided whether φ is continuous",
    "piecewise(log(z), -1, 0)": "logarithm",
    "piecewise(log(1-exp(z)), 1, 0)": "logarithm",
    "piecewise(sqrt(z), -4, 0)": "square root",
    "piecewise(z*((2^64)^64)^64, 1, z)": "too large",
    "piecewise(sin(z)^2+cos(z)^2, 1, 1)": "not decided whether φ is continuous",
}


@pytest.mark.parametrize("text", SMOOTH)
def test_certainly_c11(text: str) -> None:
    found = smoothness(parse_activation(text))
    assert found.is_certainly_c11, found.reason
    assert found.is_certainly_continuous
    assert not found.is_certainly_not_c11


@pytest.mark.parametrize("text", JUMPING)
def test_jumps_are_named(text: str) -> None:
    found = smoothness(parse_activation(text))
    assert found.is_certainly_not_c11
    assert not found.is_certainly_c11
    assert JUMPING[text] in found.reason
    assert found.is_certainly_continuous is not found.is_certainly_discontinuous
    assert found.is_certainly_discontinuous == ("φ jumps" in JUMPING[text])


@pytest.mark.parametrize("text", UNKNOWN)
def test_what_is_not_decided_is_neither(text: str) -> None:
    found = smoothness(parse_activation(text))
    assert not found.is_certainly_c11
    assert not found.is_certainly_not_c11
    assert not found.is_certainly_discontinuous
    assert UNKNOWN[text] in found.reason


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        ("exp(1/2)*exp(1/2)", "exp(1)", True),
        ("exp(log(3)+1)", "3*exp(1)", True),
        ("log(exp(2)*4/3)", "2+2*log(2)-log(3)", True),
        ("sqrt(2)*sqrt(8)", "4", True),
        ("1/sqrt(2)", "sqrt(2)/2", True),
        ("sqrt(4*atan(1))", "2*sqrt(atan(1))", True),
        ("sigmoid(-2)", "1-sigmoid(2)", True),
        ("softplus(-2)", "softplus(2)-2", True),
        ("cos(-1)", "cos(1)", True),
        ("(1+tanh(1))^2", "1+2*tanh(1)+tanh(1)^2", True),
        ("1/(1+exp(1))", "2/(2+2*exp(1))", True),
        ("sqrt(3)", "1.7320508075688772935274463415058723669428", False),
        ("exp(1)^40", "exp(40)+1e-90", False),
        ("tanh(1)", "(exp(2)-1)/(exp(2)+1)", None),
    ],
)
def test_equality_of_exact_constants(left: str, right: str, same: bool | None) -> None:
    ring = ExactRing()
    values = [jet(parse_expression(text), ring.number(Fraction(1)), 0, ring)[0] for text in (left, right)]
    assert values[0] is not None
    assert values[1] is not None
    assert equal(values[0], values[1]) is same


@pytest.mark.parametrize(
    ("text", "smooth"),
    [
        ("tanh", True),
        ("piecewise(0, 0, z^3)", True),
        ("piecewise(z, 0, sin(z))", True),
        ("piecewise(0, 0, z^2)", False),
        ("elu", False),
        ("relu", False),
        ("piecewise(0, 1, log(z)^3)", True),
        ("piecewise(0, 0, z^2*exp(z)*sin(z)-z^3)", True),
    ],
)
def test_a_continuous_second_derivative(text: str, smooth: bool) -> None:
    assert is_certainly_c2(parse_activation(text)) is smooth
