"""Lemmas E and S against float64 quadrature, mpmath and the limits that are known exactly."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import pairwise

import mpmath
import numpy as np
import pytest
from flint import acb, arb
from hypothesis import given, settings
from hypothesis import strategies as st

from certificates.arithmetic.arb import exact, lower, precision, upper
from certificates.enclosures.gaussian.truncation import gaussian_tail_moment
from certificates.errors import EnclosureFailure
from certificates.theorems import monotone_moments
from certificates.theorems.monotone_moments import EVEN_LEMMAS, even_far, even_near, softplus_far, softplus_near
from tests.support.gaussian import NODES, SLOPES, mean, terms

NAMES = ("tanh", "arctan", "softsign", "softplus")
EXPONENTS = {"tanh": (4, 4.0), "arctan": (4, 3.5), "softsign": (2, 2.5), "softplus": (6, 3.0)}
TINY = Fraction(1, 2**30)

# name -> (f, R) or (o', q) as mpmath functions of w > 0, from their definitions
FUNCTIONS = {
    "tanh": (lambda w: mpmath.sech(w) ** 2, lambda w: (mpmath.tanh(w) / w) ** 2),
    "arctan": (lambda w: 1 / (1 + w * w), lambda w: 1 / (1 + w * w)),
    "softsign": (lambda w: (1 + w) ** -2, lambda w: (1 - (1 + w) ** -2) / w),
}


def _constant(name: str, cell: tuple[Fraction, Fraction], *, near: bool) -> arb:
    with precision(96):
        if name == "softplus":
            return softplus_near(cell) if near else softplus_far(cell)
        return (even_near if near else even_far)(EVEN_LEMMAS[name], cell)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_slope_and_quotient_are_their_definitions(name: str) -> None:
    lemma = EVEN_LEMMAS[name]
    for w in (Fraction(1, 1000), Fraction(1, 3), Fraction(2), Fraction(37)):
        point = acb(exact(w))
        slope, quotient = (lower(function(point).real) for function in (lemma.slope, lemma.quotient))
        with mpmath.workdps(40):
            at = mpmath.mpf(w.numerator) / w.denominator
            assert slope == pytest.approx(float(FUNCTIONS[name][0](at)), rel=1e-12)
            assert quotient == pytest.approx(float(FUNCTIONS[name][1](at)), rel=1e-12)
            rest = 1 - at**lemma.order * mpmath.mpf(quotient)
            assert slope == pytest.approx(float(rest), abs=1e-11)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_hypotheses_of_lemma_e_on_a_grid(name: str) -> None:
    """F(0) = 1; f and R positive and not increasing; u²f not decreasing in the algebraic case."""
    lemma, grid = EVEN_LEMMAS[name], [Fraction(k, 16) for k in range(400)]
    assert lemma.slope(acb(0)).real == 1
    for function in (lemma.slope, lemma.quotient):
        values = [function(acb(exact(w))).real for w in grid]
        assert all(a > b > 0 for a, b in pairwise(values))
    if lemma.integral_12 is None:
        weighted = [exact(w * w) * lemma.slope(acb(exact(w))).real for w in grid]
        assert all(a < b < 1 for a, b in pairwise(weighted))


def test_integrals_of_lemma_e() -> None:
    for name, lemma in EVEN_LEMMAS.items():
        slope = FUNCTIONS[name][0]
        assert lower(lemma.integral_10()) == pytest.approx(float(2 * mpmath.quad(slope, [0, 1, mpmath.inf])), rel=1e-9)
        if lemma.integral_12 is not None:
            second = 2 * mpmath.quad(lambda u, f=slope: u * u * f(u), [0, 1, 60])
            assert lower(lemma.integral_12()) == pytest.approx(float(second), rel=1e-9)


def test_softplus_remainder_is_its_pole_expansion() -> None:
    """R(w) = Σ 2/(a_k²(w² + a_k²)), also off the real line and on both sides of |w| = 2."""
    poles = [((2 * k - 1) * math.pi) ** 2 for k in range(1, 4000)]
    for w in (0, 0.5, 1.9, 1.9j, 1 + 1.6j, 2.1, 2.5j, 1 + 2j, 30, 200):
        found = monotone_moments._softplus_r(acb(w))
        wanted = sum(2 / (a * (complex(w) ** 2 + a)) for a in poles)
        assert complex(found) == pytest.approx(wanted, rel=1e-9)
        slope = complex(w) * complex(monotone_moments._softplus_q(acb(w)))
        assert slope == pytest.approx(complex(mpmath.tanh(mpmath.mpc(w) / 2) / 2), rel=1e-12, abs=1e-15)


def test_softplus_series_agrees_with_the_closed_form_where_both_hold() -> None:
    with precision(200):
        for w in (acb(2), acb(1, 1), acb(-1.5, 1.25)):
            series = monotone_moments._softplus_r_series(w)
            closed = (acb(exact(Fraction(1, 4))) - monotone_moments._softplus_q(w)) / (w * w)
            assert series.overlaps(closed)
            assert not (series + 1e-9).overlaps(closed)
        assert monotone_moments._softplus_r_series(acb(0)).real.contains(exact(Fraction(1, 48)))


def test_softplus_series_remainder_covers_a_cut_series(monkeypatch: pytest.MonkeyPatch) -> None:
    """With three terms the rest is large; the enclosure must grow with it."""
    monkeypatch.setattr(monotone_moments, "_SERIES_TERMS", 3)
    for w in (0.5, 1.0, 1.9, 1.9j):  # on the imaginary axis all terms have one sign
        series = monotone_moments._softplus_r_series(acb(w))
        closed = (acb(0.25) - monotone_moments._softplus_q(acb(w))) / (acb(w) * acb(w))
        assert series.overlaps(closed)


def test_a_moment_that_is_not_finite_is_refused() -> None:
    """A slope of 1/(w − 1) has a pole on the way."""
    with pytest.raises(EnclosureFailure):
        monotone_moments._half_moment(lambda w: 1 / (w - 1), 1, 0, Fraction(1))


@pytest.mark.parametrize("truncation", [10, 2])
@pytest.mark.parametrize(("power", "degree"), [(1, 0), (2, 4), (1, 6)])
def test_half_moments_contain_the_integral(
    power: int, degree: int, truncation: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also when the tail beyond T is a large part of it."""
    monkeypatch.setattr(monotone_moments, "_TRUNCATION", truncation)
    function = EVEN_LEMMAS["softsign"].slope
    for sigma in (Fraction(1, 100), Fraction(1), Fraction(50)):
        found = monotone_moments._half_moment.__wrapped__(function, power, degree, sigma)
        s = float(sigma)

        def integrand(z: mpmath.mpf, s: float = s) -> mpmath.mpf:
            return (1 + s * z) ** (-2 * power) * z**degree * mpmath.exp(-z * z / 2)

        wanted = float(2 * mpmath.quad(integrand, [0, 0.01, 0.1, 1, 3, 8, 20]) / mpmath.sqrt(2 * mpmath.pi))
        assert lower(found) <= wanted * (1 + 1e-12)
        assert wanted <= upper(found) * (1 + 1e-12)
        beyond = (1 + s * truncation) ** (-2 * power) * upper(gaussian_tail_moment(degree, exact(truncation)))
        assert upper(found) <= (wanted + beyond) * (1 + 1e-9)  # h(σT), no more


def test_the_scaled_moment_tends_to_its_limit_from_below() -> None:
    """U(v) = E[f(z/v)z²]/v² = E[z²/(v² + z²)] for arctan: 1 at v = 0, and 1 − O(v)."""
    found = [monotone_moments._u(EVEN_LEMMAS["arctan"], v) for v in (Fraction(0), Fraction(1, 1000), Fraction(1, 10))]
    assert found[0] == 1 and found[0] > found[1] > found[2]
    assert found[1] > 0.99 and found[2] > 0.8


def test_poles_in_a_ball_never_give_a_finite_value() -> None:
    wide = acb(arb(0, 4), arb(0, 4))
    for lemma in EVEN_LEMMAS.values():
        assert not lemma.slope(wide).is_finite()
        assert not lemma.quotient(wide).is_finite()
    assert not monotone_moments._softplus_r(wide).is_finite()
    assert not monotone_moments._softplus_q(wide).is_finite()


@pytest.mark.parametrize(
    ("name", "near", "limit"),
    [
        ("tanh", False, math.pi / 6),  # σ⁴T₃ → I₁₀I₁₂/2π
        ("tanh", True, 2.0),  # T₁ ~ ½φ₃²σ⁴, φ₃ = −2
        ("arctan", False, math.pi / 2 / math.sqrt(2 * math.pi)),  # T₁ ~ T₂ ~ ∫f²u^{2k}/τ = (π/2)/τ: 0.6265, theory 2.5
        ("softsign", False, 2 / 3 / math.sqrt(2 * math.pi)),  # (2/3)/τ: 0.2659 of theory 2.5
        ("softsign", True, 4 * (1 - 2 / math.pi)),
        ("softplus", True, 1 / 384),
        ("softplus", False, 1 / 4 - 1 / (2 * math.pi)),
    ],
)
def test_limits_at_zero_and_infinity(name: str, near: bool, limit: float) -> None:
    found = _constant(name, (Fraction(0), TINY), near=near)
    assert upper(found) <= limit * (1 + 1e-12)
    assert lower(found) == pytest.approx(limit, rel=1e-4)


def _terms(name: str, cell: tuple[Fraction, Fraction], *, near: bool) -> list[float]:
    with precision(96):
        if name == "softplus":
            found = (monotone_moments._softplus_near if near else monotone_moments._softplus_far)(cell)
        else:
            lemma = EVEN_LEMMAS[name]
            found = (monotone_moments._even_near if near else monotone_moments._even_far)(lemma, cell)
        return [lower(constant) for constant in found]


def _hold_on_a_random_cell(name: str, near: bool, data: st.DataObject) -> None:
    """Each of the three constants, also on wide cells and where another one is smaller."""
    power, decay = EXPONENTS[name]
    start = data.draw(st.fractions(Fraction(1, 20), Fraction(3, 2), max_denominator=64))
    width = data.draw(st.fractions(Fraction(1, 512), Fraction(1, 2), max_denominator=512))
    bounds = _terms(name, (start, start + width), near=near)
    for part in (0.0, data.draw(st.floats(0, 1)), 1.0):
        at = float(start) + part * float(width)
        sigma = at if near else 1 / at
        envelope = sigma**power / (1 + sigma**2) ** decay
        for bound, term in zip(bounds, terms(SLOPES[name], sigma), strict=True):
            assert bound * envelope <= term * (1 + 1e-8)


@pytest.mark.parametrize("near", [True, False])
@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=6)
@given(data=st.data())
def test_constants_hold_on_their_cells(name: str, near: bool, data: st.DataObject) -> None:
    _hold_on_a_random_cell(name, near, data)


@pytest.mark.slow
@pytest.mark.parametrize("near", [True, False])
@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=400)
@given(data=st.data())
def test_constants_hold_on_many_cells(name: str, near: bool, data: st.DataObject) -> None:
    _hold_on_a_random_cell(name, near, data)


@pytest.mark.parametrize("near", [True, False])
@pytest.mark.parametrize("name", NAMES)
def test_constants_are_sharp_on_thin_cells(name: str, near: bool) -> None:
    power, decay = EXPONENTS[name]
    for at in (Fraction(1, 16), Fraction(1, 2), Fraction(1)):
        found = _terms(name, (at, at + TINY), near=near)
        sigma = float(at) if near else 1 / float(at)
        wanted = [term * (1 + sigma**2) ** decay / sigma**power for term in terms(SLOPES[name], sigma)]
        assert found == pytest.approx(wanted, rel=1e-5)
        assert lower(_constant(name, (at, at + TINY), near=near)) == pytest.approx(min(wanted), rel=1e-5)


def test_cells_use_the_end_that_theory_5_2_says() -> None:
    """Region II for tanh and arctan: what is subtracted is taken at v₁, the rest at v₂."""
    v1, v2, tau = 0.25, 0.75, math.sqrt(2 * math.pi)

    def g(name: str, i: int, j: int, v: float) -> float:
        return tau * mean(SLOPES[name](NODES / v) ** i * np.abs(NODES) ** j) / v ** (j + 1)

    tanh = _terms("tanh", (Fraction(1, 4), Fraction(3, 4)), near=False)
    factor = (1 + v1**2) ** 4
    first = g("tanh", 2, 0, v2) / tau - v2 * g("tanh", 1, 0, v1) ** 2 / tau**2
    second = g("tanh", 2, 2, v2) / tau - v2**3 * g("tanh", 1, 2, v1) ** 2 / tau**2
    assert tanh[:2] == pytest.approx([first / v2**3 * factor, second / v2 * factor], rel=1e-9)
    arctan = _terms("arctan", (Fraction(1, 4), Fraction(3, 4)), near=False)
    weighted = g("arctan", 1, 2, v1) * v1 / tau  # U(v₁)
    second = g("arctan", 2, 2, v2) / tau - v2 * weighted**2
    assert arctan[1] == pytest.approx(second * (1 + v1**2) ** 3.5, rel=1e-9)


def test_a_wide_cell_is_no_proof() -> None:
    for name in NAMES:
        assert not _constant(name, (Fraction(0), Fraction(4)), near=False) > 0
