"""The trapezoidal rule: its error bound against the true error, its truncation, and its refusals."""

from dataclasses import replace
from fractions import Fraction
from math import frexp

import pytest
from flint import arb

from certificates.arithmetic.arb import exact, precision
from certificates.enclosures.formulas.dual_numbers import slope_of
from certificates.enclosures.gaussian.moments import moments
from certificates.enclosures.gaussian.strips import Strip, strip
from certificates.enclosures.gaussian.trapezoid import (
    _WIDTHS,
    _at_width,
    _best_width,
    _moment_bounds,
    trapezoidal_moments,
)
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
                least = exact(Fraction(1, 2**goal))
                found = _at_width(_moment_bounds(lemma, [(0, 0)], Fraction(1), a), a, least).step(least)
                assert found is not None
                h, (error,) = found
                true_error = 2 * (-2 * arb.pi() * arb.pi() / exact(h * h)).exp()
                assert true_error < error
                assert error < least


def test_the_discretisation_error_is_in_the_ball():
    """At step 1 the sum for the constant 1 is off by 5·10⁻⁹, and T = 12 leaves nothing else."""
    with precision(100):
        ball = trapezoidal_moments(
            parse_activation("identity"), [(0, 0)], Fraction(1), 1, Fraction(12), BOUNDED, slope_of
        )[0]
        assert ball.contains(1)
        assert ball.mid() != 1
        assert ball.rad() > 1e-9


@pytest.mark.parametrize("bits", [10, 60, 200])
def test_a_wider_step_would_miss_the_goal(bits):
    """The step has four bits and is the largest such one: with the next the bound is above the goal."""
    lemma, a, goal = Strip(Fraction(3, 2), lambda y: y.cos() ** -2), Fraction(3, 2), exact(Fraction(1, 2**bits))
    with precision(250):
        found = _at_width(_moment_bounds(lemma, [(2, 2)], Fraction(1), a), a, goal).step(goal)
        assert found is not None
        h, (error,) = found
        unit = Fraction(2) ** (frexp(float(h))[1] - 4)
        assert (h / unit).denominator == 1
        following = h + unit
        rates = [(2 * arb.pi() * exact(a) / exact(step)).exp() - 1 for step in (h, following)]
        assert error < goal < error * rates[0] / rates[1]


def test_a_guess_that_is_too_wide_is_narrowed():
    """What the floats say is no evidence: the step is taken back until the bound is proven below the goal."""
    goal = exact(Fraction(1, 2**60))
    with precision(150):
        width = _at_width(
            _moment_bounds(Strip(None, lambda y: y * 0 + 1), [(0, 0)], Fraction(1), Fraction(6)), Fraction(6), goal
        )
        found, wider = width.step(goal), replace(width, guess=1.8 * width.guess).step(goal)
        assert found is not None and wider is not None and all(error < goal for error in wider[1])
        assert Fraction(7, 8) * found[0] <= wider[0] <= found[0] * Fraction(9, 8)
        assert replace(width, guess=1e-5).step(goal) is None and replace(width, guess=float("nan")).step(goal) is None


@pytest.mark.parametrize("sigma", [Fraction(1, 10), Fraction(1), Fraction(10)])
@pytest.mark.parametrize("name", ["tanh", "softplus", "gelu", "erf0"])
def test_no_other_width_allows_a_wider_step(name, sigma):
    lemma, goal = strip(parse_activation(name)), exact(Fraction(1, 2**100))
    assert lemma is not None
    with precision(150):
        bounds_at = lambda a: _moment_bounds(lemma, [(2, 1)], sigma, a)  # noqa: E731
        widest = None if lemma.half_width is None else lemma.half_width / sigma
        best = _best_width(bounds_at, widest, goal)
        widths = [a if widest is None else min(a, widest) for a in _WIDTHS]
        assert best.guess == max(_at_width(bounds_at(a), a, goal).guess for a in widths)


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
