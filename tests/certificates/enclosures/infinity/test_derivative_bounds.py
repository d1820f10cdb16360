"""Suprema of derivatives over the whole line: the table of theory 2.2, samples, and what grows."""

from __future__ import annotations

from fractions import Fraction
from math import factorial

import pytest
from flint import arb

from certificates.arithmetic.arb import exact, precision
from certificates.enclosures.formulas.ball_rings import arb_ring
from certificates.enclosures.formulas.jets import jet
from certificates.enclosures.infinity.derivative_bounds import derivative_bound
from certificates.errors import EnclosureFailure
from certificates.expression import parse_activation, smooth_pieces

# theory 2.2, second table: sup |φ'|, sup |φ''|, sup |φ'''| (classical part), as closed formulas or 11 digits
TABLE: dict[str, tuple[str, str, str]] = {
    "identity": ("1", "0", "0"),
    "relu": ("1", "0", "0"),
    "leaky_relu(1/100)": ("1", "0", "0"),
    "softplus": ("1", "1/4", "1/(6*sqrt(3))"),
    "softplus(2)": ("1", "1/2", "4/(6*sqrt(3))"),
    "sigmoid": ("1/4", "1/(6*sqrt(3))", "1/8"),
    "tanh": ("1", "4/(3*sqrt(3))", "2"),
    "erf0": ("1", "sqrt(2/exp(1))", "2"),
    "erf": ("1/sqrt(atan(1))", "sqrt(2/exp(1))/sqrt(atan(1))", "2/sqrt(atan(1))"),
    "gelu": ("(1+erf(1))/2+1/(2*exp(1)*sqrt(atan(1)))", "0.797884560802865", "0.778769635055732"),
    "silu": ("1.09983932012887", "1/2", "0.30818151579"),
    "mish": ("1.08849816125", "0.64420463723", "0.58841204486"),
    "elu(1)": ("1", "1", "1"),
    "softsign": ("1", "2", "6"),
    "arctan": ("1", "0.649519052838329", "2"),
    "smooth_leaky_relu(1/10)": ("1", "9/40", "0.9/(6*sqrt(3))"),
    "sin": ("1", "1", "1"),
}


def constant(formula: str) -> arb:
    with precision(128):
        value = jet(parse_activation(formula).expression, None, 0, arb_ring())[0]
    return exact(0) if value is None else value


@pytest.mark.parametrize("derivative", [1, 2, 3])
@pytest.mark.parametrize("text", TABLE)
def test_the_table_of_the_theory(text: str, derivative: int) -> None:
    """The bound is above the supremum and at most a thousandth too large."""
    supremum = constant(TABLE[text][derivative - 1])
    bound = derivative_bound(parse_activation(text), derivative)
    assert not bound < supremum
    assert bound < supremum * exact(Fraction(10011, 10000)) + exact(Fraction(1, 10**9))


@pytest.mark.parametrize(
    ("text", "derivative"),
    [
        ("tanh", 4),
        ("gelu", 4),
        ("elu(3/2)", 4),
        ("z*atan(z)", 2),
        ("sqrt(1+z^2)", 2),
        ("log(1+z^2)", 1),
        ("cos(z)^2", 3),
        ("tanh(z/10)", 1),
        ("softplus(softplus(z))", 2),
        ("piecewise(0, 20, (z-20)^2/(1+z))", 2),
        ("z*exp(-z^2/200)", 1),
    ],
)
def test_no_sample_exceeds_the_bound(text: str, derivative: int) -> None:
    activation = parse_activation(text)
    bound = derivative_bound(activation, derivative)
    pieces, breakpoints = smooth_pieces(activation.expression)
    largest = exact(0)
    with precision(200):
        for k in range(-500, 501):
            point = Fraction(k, 10)  # to ±50, beyond the start of the tails
            piece = pieces[sum(b < point for b in breakpoints)]
            value = jet(piece, exact(point), derivative, arb_ring())[derivative]
            size = exact(0) if value is None else abs(value) * factorial(derivative)
            assert not size > bound, point
            largest = largest.max(size)
    assert bound < exact(Fraction(21, 10)) * largest


@pytest.mark.parametrize(
    ("text", "derivative"),
    [
        ("quadratic", 1),
        ("squared_relu", 1),
        ("exp(z)", 1),
        ("exp(z)", 3),
        ("z*log(1+z^2)", 1),
        ("sin(z^2)", 1),
        ("z^3", 2),
        ("1/z", 1),
        ("log(z)", 1),
        ("log(-1-z^2)", 1),
        ("log(-1-z^2)", 2),
        ("sqrt(z^2)", 1),
        ("1/(z-100)", 1),
        ("z/sin(z)", 1),
    ],
)
def test_what_grows_or_is_undefined_has_no_bound(text: str, derivative: int) -> None:
    with pytest.raises(EnclosureFailure):
        derivative_bound(parse_activation(text), derivative)


@pytest.mark.parametrize(
    ("text", "supremum"),
    [("20*tanh(z/20)", 1), ("z*sigmoid(z/20)", Fraction(11, 10)), ("z*exp(-z^2/5000)", 1), ("tanh(z-20)", 1)],
)
def test_stretched_and_shifted_activations_settle_further_out(text: str, supremum: Fraction) -> None:
    bound = derivative_bound(parse_activation(text), 1)
    assert not bound < exact(supremum - Fraction(1, 5000))
    assert bound < exact(supremum * Fraction(11, 10))


@pytest.mark.parametrize("text", ["piecewise(z^2/(100-z), 0, 0)", "piecewise(0, 0, z^2/(100+z))"])
def test_a_supremum_at_infinity_counts_on_both_sides(text: str) -> None:
    """At ±16 the slope is 0.26; it tends to ±1."""
    assert not derivative_bound(parse_activation(text), 1) < 1


def test_one_sided_values_at_a_breakpoint_count() -> None:
    """Elu'' jumps from 1 to 0 at 0: the supremum 1 is attained from the left only."""
    assert not derivative_bound(parse_activation("piecewise(exp(z), 0, 1)"), 1) < 1
