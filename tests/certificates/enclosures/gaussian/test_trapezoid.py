"""The trapezoidal rule: its error bound against the true error, its truncation, and its refusals."""

from fractions import Fraction

import pytest
from flint import arb

from certificates.arithmetic.arb import exact, precision
from certificates.enclosures.formulas.dual_numbers import slope_of
from certificates.enclosures.gaussian.moments import moments
from certificates.enclosures.gaussian.strips import Strip
from certificates.enclosures.gaussian.trapezoid import _step_in_strip, trapezoidal_moments
from certificates.enclosures.infinity.growth import Growth
from certificates.errors import EnclosureFailure
from certificates.expression import parse_activation

BOUNDED = Growth(exact(1), exact(0), 0)


@pytest.mark.parametrize("bits", [53, 100, 300])
@pytest.mark.parametrize("j", [0, 2, 4])
def test_erf0_in_closed_form(bits, j):
    """α_{i,j} = (j − 1)!! (1 + 2iσ²)^{−(j+1)/2}."""
    orders = [(0, j), (1, j), (2, j), (3, j)]
    found = moments(parse_activation("erf0"), orders, Fraction(3, 4), bits, quadrature="trapezoid")
    with precision(bits + 100):
        for (i, _), ball in zip(orders, found, strict=True):
            root = (1 + 2 * i * exact(Fraction(9, 16))).sqrt()
            truth = exact({0: 1, 2: 1, 4: 3}[j]) / root
            for _ in range(j):
                truth = truth / root
            assert ball.overlaps(truth)
            assert ball.rad() < arb(2) ** (4 - bits)


def test_the_discretisation_error_is_covered():
    """For the constant 1, h Σ n(kh) − 1 = 2Σ_m e^{−2π²m²/h²} (Poisson): the bound must exceed it, in every strip."""
    lemma = Strip(None, lambda y: y * 0 + 1)
    for a in (Fraction(1, 2), Fraction(2), Fraction(6)):
        for goal in (10, 30, 90):
            with precision(200):
                found = _step_in_strip(lemma, [(0, 0)], Fraction(1), a, exact(Fraction(1, 2**goal)))
                assert found is not None
                h, (error,) = found
                true_error = 2 * (-2 * arb.pi() * arb.pi() / exact(h * h)).exp()
                assert true_error < error
                assert error < exact(Fraction(1, 2**goal))


def test_the_discretisation_error_is_in_the_ball():
    """At step 1 the sum for the constant 1 is off by 5·10⁻⁹, and T = 12 leaves nothing else."""
    with precision(100):
        ball = trapezoidal_moments(
            parse_activation("identity"), [(0, 0)], Fraction(1), 1, Fraction(12), BOUNDED, slope_of
        )[0]
        assert ball.contains(1)
        assert ball.mid() != 1
        assert ball.rad() > 1e-9


def test_a_wider_step_would_miss_the_goal():
    """The step is the largest power of two: the bound at 2h is above the goal (or h is 1 already)."""
    lemma = Strip(Fraction(3, 2), lambda y: y.cos() ** -2)
    with precision(150):
        h, errors = _step_in_strip(lemma, [(2, 2)], Fraction(1), Fraction(3, 2), exact(Fraction(1, 2**60)))
        ratio = (2 * arb.pi() * exact(Fraction(3, 2)) / exact(2 * h)).exp() - 1
        same = (2 * arb.pi() * exact(Fraction(3, 2)) / exact(h)).exp() - 1
        assert errors[0] * same / ratio > exact(Fraction(1, 2**60))


def test_nodes_beyond_the_truncation_are_counted():
    """With T = 2 the ball is as wide as the tail, and still holds the truth."""
    with precision(100):
        cut = trapezoidal_moments(parse_activation("tanh"), [(1, 0)], Fraction(1), 60, Fraction(2), BOUNDED, slope_of)[
            0
        ]
    whole = moments(parse_activation("tanh"), [(1, 0)], Fraction(1), 60)[0]
    assert cut.contains(whole)
    assert cut.rad() > 0.03
    assert cut.rad() < 0.05


def test_a_truncation_before_the_terms_decrease_is_refused():
    with pytest.raises(EnclosureFailure, match="cut off too early"), precision(100):
        trapezoidal_moments(parse_activation("tanh"), [(1, 12)], Fraction(1), 60, Fraction(2), BOUNDED, slope_of)


@pytest.mark.parametrize("text", ["relu", "elu", "softsign", "z*tanh(z)", "sqrt(1+z^2)"])
def test_no_lemma_no_rule(text):
    with pytest.raises(EnclosureFailure, match="no strip lemma"):
        moments(parse_activation(text), [(1, 0)], Fraction(1), quadrature="trapezoid")


@pytest.mark.parametrize("name", ["tanh", "erf0", "sin", "gelu"])
def test_too_many_nodes_are_refused_at_once(name):
    with pytest.raises(EnclosureFailure, match=r"nodes at|too fine a step"):
        moments(parse_activation(name), [(1, 0)], Fraction(10**9), quadrature="trapezoid")
