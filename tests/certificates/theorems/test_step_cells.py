"""Cells for slopes that tend to a step: every inequality against float64 quadrature and mpmath."""

from __future__ import annotations

from fractions import Fraction
from math import factorial, sqrt

import mpmath
import numpy as np
import pytest
from flint import arb
from hypothesis import given, settings
from hypothesis import strategies as st

from certificates.arithmetic.arb import lower, precision, upper
from certificates.enclosures.infinity.derivative_bounds import derivative_bound
from certificates.errors import EnclosureFailure
from certificates.expression import parse_activation
from certificates.theorems import step_cells
from certificates.theorems.step_cells import (
    Bessel,
    Envelope,
    far_constant,
    middle_constant,
    near_constant,
    third_term_far,
    third_term_near,
)
from tests.support.gaussian import NODES, SLOPES, mean, ratio, terms

SECOND = Bessel(2, 1)
SHAPES = {"gelu": (6, Bessel(3, 3)), "silu": (6, Bessel(3, 3)), "mish": (4, Bessel(2, 2)), "elu": (2, Bessel(2, 1))}
RULES = {"gelu": "trapezoid", "silu": "trapezoid", "mish": "trapezoid", "elu": "integral"}
MP_SLOPES = {
    "gelu": lambda w: mpmath.ncdf(w) + w * mpmath.npdf(w),
    "silu": lambda w: mpmath.diff(lambda x: x / (1 + mpmath.exp(-x)), w),
    "mish": lambda w: mpmath.diff(lambda x: x * mpmath.tanh(mpmath.log1p(mpmath.exp(x))), w),
}


def _envelope(name: str) -> Envelope:
    return Envelope(SHAPES[name][0], Fraction(SHAPES[name][0], 2))


def _constant(name: str, cell: tuple[Fraction, Fraction], region: str) -> float:
    phi, envelope = parse_activation(name), _envelope(name)
    with precision(96):
        if region == "near":
            return lower(near_constant(phi, envelope, SHAPES[name][1], SECOND, cell, RULES[name]))
        if region == "middle":
            return lower(middle_constant(phi, envelope, cell, RULES[name]))
        return lower(far_constant(phi, envelope, cell))


def _true(name: str, sigma: float) -> float:
    return ratio(SLOPES[name], sigma, SHAPES[name][0], SHAPES[name][0] / 2)


# ---- the inequalities one by one -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["gelu", "silu", "mish"])
@pytest.mark.parametrize("order", [0, 1, 2, 3])
def test_taylor_quotient_has_the_stated_lipschitz_bound(name: str, order: int) -> None:
    """|q'| ≤ sup|f^{(m+1)}|/(m+1)!, with near equality somewhere: the factor is (m+1)! and no larger."""
    f, bound = MP_SLOPES[name], upper(derivative_bound(parse_activation(name), order + 2)) / factorial(order + 1)
    with mpmath.workdps(40):
        taylor = mpmath.taylor(f, 0, order - 1) if order else []

        def quotient(w: mpmath.mpf) -> mpmath.mpf:
            return (f(w) - sum(c * w**k for k, c in enumerate(taylor))) / w**order

        slopes = [abs(mpmath.diff(quotient, mpmath.mpf(k) / 7)) for k in range(-30, 31) if k]
    assert max(slopes) <= bound
    if order == 0:
        assert max(slopes) >= 0.9 * bound


def test_taylor_quotient_of_elu_across_its_kink() -> None:
    """Order 1: q jumps at 0 (from 1 to 0), but its slope on each side is at most sup|f''|/2."""
    bound = upper(derivative_bound(parse_activation("elu"), 3)) / 2
    w = -np.geomspace(1e-4, 30, 4000)
    slope = (w * np.exp(w) - np.expm1(w)) / w**2
    assert np.all(slope <= bound * (1 + 1e-7))
    assert slope.max() >= bound * (1 - 1e-3)


@pytest.mark.parametrize("name", SHAPES)
@pytest.mark.parametrize("weight", [0, 1])
def test_hermite_coefficients_bound_the_terms_and_have_the_stated_slope(name: str, weight: int) -> None:
    """T ≥ σ^{2m}B², and |B(σ) − B(σ')| ≤ slope |σ − σ'|."""
    choice = SHAPES[name][1] if weight == 0 else SECOND
    hermite = sum(c * NODES**k for c, k in step_cells._hermite(choice.degree))
    moment = mpmath.fac2(2 * (choice.order + 1 + weight) - 1)
    slope = upper(derivative_bound(parse_activation(name), choice.order + 2)) / factorial(choice.order + 1)
    slope *= sqrt(moment)

    def coefficient(sigma: float) -> float:
        values = SLOPES[name](sigma * NODES) * NODES**weight * hermite
        return mean(values) / sigma**choice.order / sqrt(factorial(choice.degree))

    sigmas = np.linspace(0.2, 2, 19)
    found = [coefficient(s) for s in sigmas]
    for a, b, sigma in zip(found, found[1:], sigmas, strict=False):
        assert abs(a - b) <= slope * 0.1
        assert terms(SLOPES[name], sigma)[weight] >= sigma ** (2 * choice.order) * a * a * (1 - 1e-9)


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.slow) if name in ("gelu", "mish") else name for name in SHAPES]
)
def test_second_derivatives_of_moments(name: str) -> None:
    """Second differences, also for elu, whose f' jumps at 0."""
    phi, h = parse_activation(name), 1 / 64
    for sigma in (0.3, 3.0):
        for i, j in step_cells._PAIRS:
            values = [mean(SLOPES[name](s * NODES) ** i * NODES**j) for s in (sigma - h, sigma, sigma + h)]
            bend = abs(values[0] - 2 * values[1] + values[2]) / h**2
            assert bend <= upper(step_cells._second_derivative(phi, i, j, Fraction(sigma - h))) * (1 + 1e-9)


@pytest.mark.parametrize("name", SHAPES)
@pytest.mark.parametrize("v", [Fraction(1, 50), Fraction(1, 5), Fraction(1)])
def test_far_moments_contain_the_moments(name: str, v: Fraction) -> None:
    limit = step_cells.step_limit(parse_activation(name))
    for i, j in step_cells._PAIRS:
        found = step_cells._far_moment(limit, i, j, step_cells.exact(v))
        wanted = mean(SLOPES[name](NODES / float(v)) ** i * NODES**j)
        assert lower(found) - 1e-12 <= wanted <= upper(found) + 1e-12


@pytest.mark.parametrize("name", SHAPES)
def test_second_derivatives_decay_with_their_power(name: str) -> None:
    """α_{ij}'' ~ σ^{−j−3} far out."""
    phi = parse_activation(name)
    for i, j in step_cells._PAIRS:
        near, far = (upper(step_cells._second_derivative(phi, i, j, Fraction(sigma))) for sigma in (64, 128))
        assert near == pytest.approx(2 ** (j + 3) * far, rel=1e-6)


ELU_OF_TWICE = "piecewise(exp(2*z)-1, 0, 2*z)"  # f = 2e^{2u}, f' = 4e^{2u}, f'' = 8e^{2u} where u < 0


@pytest.mark.parametrize(("name", "scale"), [("elu", 1), (ELU_OF_TWICE, 2)])
def test_bounds_for_elu_worked_by_hand(name: str, scale: int) -> None:
    """Where f < 1, f = f' = f'' = e^u and (f²)'' = 4e^{2u}: |α''| ≤ M₂, 4M₂, 4M₄ and |B'| ≤ √M₄/2, √M₆/2.

    For φ(2z) the moments are those at 2σ, times 2 or 4, so that α'' has 2³ or 2⁴ and B' has 2³.
    """
    phi, tiny = parse_activation(name), Fraction(1, 2**10)
    for i, j, wanted in ((1, 0, 1), (1, 2, 3), (2, 0, 4), (2, 2, 12)):
        factor = scale ** (i + 2)
        found = upper(step_cells._second_derivative(phi, i, j, tiny))
        assert found == pytest.approx(factor * wanted, rel=1e-6)
    at, half = Fraction(1, 2 * scale), Fraction(1, 16 * scale**2)
    thin, wide = (at, at + Fraction(1, 2**40)), (at - half, at + half)
    for weight, wanted in ((0, sqrt(3) / 2), (1, sqrt(15) / 2)):
        values = [
            lower(
                step_cells._bessel(phi, SECOND, weight, c, step_cells._near_moments(phi, SECOND, SECOND, c, "integral"))
            )
            for c in (thin, wide)
        ]
        assert values[0] - values[1] == pytest.approx(scale**3 * wanted * float(half), rel=1e-6)


@pytest.mark.parametrize(("name", "scale"), [("elu", 1), (ELU_OF_TWICE, 2)])
def test_third_term_of_elu_worked_by_hand(name: str, scale: int) -> None:
    """|∂α_{1j}| ≤ sup|f'| M_{j+1}, M = √(2/π), 1, 2√(2/π), with sup|f'| = 1, or 4 for φ(2z)."""
    f = scale * SLOPES["elu"](scale * NODES)
    a, b, c = (mean(f * NODES**j) for j in range(3))
    h, m = scale**2 / 64, sqrt(2 / np.pi)
    wanted = a * c - h * m * (2 * a + c) - 2 * h * h * m * m - (b + h) ** 2  # the ball of a product is symmetric
    found = third_term_near(parse_activation(name), (1 - Fraction(1, 64), 1 + Fraction(1, 64)), "integral")
    assert lower(found) == pytest.approx(wanted, rel=1e-7)  # radii have 30 bits


def test_middle_cells_use_the_curvature_of_the_moments(monkeypatch: pytest.MonkeyPatch) -> None:
    def steep(*_: object) -> arb:
        return arb(1000)

    monkeypatch.setattr(step_cells, "_second_derivative", steep)
    for name in SHAPES:
        assert max(_terms(name, (Fraction(1), Fraction(17, 16)), "middle")) < 0


@pytest.mark.parametrize("name", SHAPES)
def test_middle_cells_move_by_the_slopes_of_their_terms(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without curvature a cell of half width h loses h|T'| at its centre; T' by differences of quadratures."""

    def flat(*_: object) -> arb:
        return arb(0)

    monkeypatch.setattr(step_cells, "_second_derivative", flat)
    power, half = SHAPES[name][0], Fraction(1, 2**13)
    for centre in (Fraction(1, 2), Fraction(2)):
        found = _terms(name, (centre - half, centre + half), "middle")
        at, h = float(centre), float(half)
        envelope = (at + h) ** power / (1 + (at - h) ** 2) ** (power / 2)
        here, above, below = (terms(SLOPES[name], sigma) for sigma in (at, at + h, at - h))
        for constant, value, high, low in zip(found, here, above, below, strict=True):
            lost = value - constant * envelope
            assert lost == pytest.approx(abs(high - low) / 2, rel=1e-2, abs=2e-9)


def test_the_curvature_is_that_of_the_whole_cell(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bound for all σ' ≥ σ serves a cell from its near end on."""
    asked, real = set(), step_cells._second_derivative

    def noted(activation: object, i: int, j: int, sigma: Fraction) -> arb:
        asked.add(sigma)
        return real(activation, i, j, sigma)

    monkeypatch.setattr(step_cells, "_second_derivative", noted)
    _terms("elu", (Fraction(3), Fraction(7, 2)), "middle")
    assert asked == {Fraction(3)}


def test_polynomials_in_the_distance_from_the_centre() -> None:
    """(1 + 2δ)(3 − δ) = 3 + 5δ − 2δ²; for |δ| ≤ 1/2 it is at least 3 − 5/2 − 2/4."""
    product = step_cells._product((arb(1), arb(2)), (arb(3), arb(-1)))
    assert [float(c.mid()) for c in product[:3]] == [3, 5, -2] and all(c == 0 for c in product[3:])
    assert step_cells._lowest(product, arb(0.5)) == 0
    difference = step_cells._difference((arb(1),), product, (arb(0), arb(1)))
    assert [float(c.mid()) for c in difference[:3]] == [-2, -6, 2]


def test_hermite_polynomials() -> None:
    wanted = {1: {1: 1}, 2: {2: 1, 0: -1}, 3: {3: 1, 1: -3}, 4: {4: 1, 2: -6, 0: 3}, 5: {5: 1, 3: -10, 1: 15}}
    for degree, coefficients in wanted.items():
        assert {power: c for c, power in step_cells._hermite(degree)} == coefficients
    assert step_cells._hermite(0) == [(1, 0)]


def test_envelope_is_its_supremum_or_more() -> None:
    rng = np.random.default_rng(5)
    for _ in range(200):
        power = int(rng.integers(0, 9))
        decay = Fraction(power + int(rng.integers(0, 5)), 2)
        a, b = sorted(Fraction(int(k), 64) for k in rng.integers(1, 256, 2))
        envelope = Envelope(power, decay)
        sigma = np.linspace(float(a), float(b), 50)
        one = step_cells.exact(1)
        assert (
            lower(envelope.constant_on((a, b), one)) * np.max(sigma**power / (1 + sigma**2) ** float(decay)) < 1.0000001
        )
        v = sigma ** (2 * float(decay) - power) / (1 + sigma**2) ** float(decay)
        assert lower(envelope.constant_far((a, b), one)) * np.max(v) < 1.0000001


# ---- cells ---------------------------------------------------------------------------------------------------------


def _terms(name: str, cell: tuple[Fraction, Fraction], region: str) -> list[float]:
    phi, envelope = parse_activation(name), _envelope(name)
    with precision(96):
        if region == "near":
            found = step_cells._near_terms(phi, envelope, SHAPES[name][1], SECOND, cell, RULES[name])
        elif region == "middle":
            found = step_cells._middle_terms(phi, envelope, cell, RULES[name])
        else:
            found = step_cells._far_terms(phi, envelope, cell)
        return [lower(constant) for constant in found]


def _hold_on_a_random_cell(name: str, region: str, data: st.DataObject) -> None:
    """Each of the three constants that is positive, also on wide cells and where another one is smaller."""
    power = SHAPES[name][0]
    start = data.draw(
        st.fractions(Fraction(1, 10), Fraction(2) if region != "far" else Fraction(1), max_denominator=32)
    )
    width = data.draw(st.fractions(Fraction(1, 512), Fraction(1, 2), max_denominator=512))
    bounds = _terms(name, (start, start + width), region)
    for part in (0.0, data.draw(st.floats(0, 1)), 1.0):
        at = float(start) + part * float(width)
        sigma = 1 / at if region == "far" else at
        envelope = sigma**power / (1 + sigma**2) ** (power / 2)
        for bound, term in zip(bounds, terms(SLOPES[name], sigma), strict=True):
            assert max(bound, 0) * envelope <= term * (1 + 1e-8)


@pytest.mark.parametrize("region", ["near", "middle", "far"])
@pytest.mark.parametrize("name", SHAPES)
@settings(max_examples=4)
@given(data=st.data())
def test_constants_hold_on_their_cells(name: str, region: str, data: st.DataObject) -> None:
    _hold_on_a_random_cell(name, region, data)


@pytest.mark.slow
@pytest.mark.parametrize("region", ["near", "middle", "far"])
@pytest.mark.parametrize("name", SHAPES)
@settings(max_examples=300)
@given(data=st.data())
def test_constants_hold_on_many_cells(name: str, region: str, data: st.DataObject) -> None:
    _hold_on_a_random_cell(name, region, data)


@pytest.mark.parametrize("name", SHAPES)
def test_constants_are_sharp_on_thin_cells(name: str) -> None:
    """In between and far out they tend to ρ itself; near 0 to the share of one Hermite coefficient."""
    thin = Fraction(1, 2**20)
    for at in (Fraction(1, 2), Fraction(1), Fraction(3)):
        assert _constant(name, (at, at + thin), "middle") == pytest.approx(_true(name, float(at)), rel=1e-3)
    assert _constant(name, (Fraction(0), thin), "far") == pytest.approx(1 / 4 - 1 / (2 * np.pi), rel=1e-4)
    limit = {"gelu": 4 / (3 * np.pi), "silu": 1 / 24, "mish": 0.096**2 / 2, "elu": 1 / (4 * np.pi)}[name]
    assert _constant(name, (Fraction(0), thin), "near") == pytest.approx(limit, rel=2e-3)


@pytest.mark.parametrize("name", SHAPES)
def test_near_constants_survive_the_cancellation_close_to_zero(name: str) -> None:
    """A Hermite coefficient of size σ^m is a difference of numbers of size 1: on [2⁻³⁰, 2⁻²⁹] too it has its limit."""
    limit = {"gelu": 4 / (3 * np.pi), "silu": 1 / 24, "mish": 0.096**2 / 2, "elu": 1 / (4 * np.pi)}[name]
    found = _constant(name, (Fraction(1, 2**30), Fraction(1, 2**29)), "near")
    assert found == pytest.approx(limit, rel=2e-3)


@pytest.mark.parametrize("name", SHAPES)
def test_near_constants_on_thin_cells_away_from_zero(name: str) -> None:
    """Each of T₁ and T₂ gives its Hermite coefficient squared over the envelope; T₃ gives itself."""
    power, first = SHAPES[name]
    at, thin = Fraction(1, 2), Fraction(1, 2**20)
    sigma = float(at)
    envelope = sigma**power / (1 + sigma**2) ** (power / 2)
    found = _terms(name, (at, at + thin), "near")
    for weight, choice in ((0, first), (1, SECOND)):
        hermite = sum(c * NODES**k for c, k in step_cells._hermite(choice.degree))
        square = mean(SLOPES[name](sigma * NODES) * NODES**weight * hermite) ** 2 / factorial(choice.degree)
        assert found[weight] == pytest.approx(square / envelope, rel=1e-3)
    assert found[2] == pytest.approx(terms(SLOPES[name], sigma)[2] / envelope, rel=1e-3)


@pytest.mark.parametrize("name", SHAPES)
def test_third_terms_hold_on_their_cells(name: str) -> None:
    phi = parse_activation(name)
    for k in range(8):
        cell = (Fraction(k, 4), Fraction(k, 4) + Fraction(1, 8))
        near = lower(third_term_near(phi, cell, "integral"))
        far = lower(third_term_far(phi, cell))
        for part in np.linspace(0.01, 1, 5):
            at = float(cell[0]) + part / 8
            assert near <= terms(SLOPES[name], at)[2] + 1e-12
            assert far <= terms(SLOPES[name], 1 / at)[2] + 1e-12
    assert third_term_near(phi, (Fraction(0), Fraction(1, 64)), "integral") > 0


# ---- must refuse ---------------------------------------------------------------------------------------------------

CELL = (Fraction(1, 4), Fraction(5, 16))


@pytest.mark.parametrize(
    ("name", "power", "first", "second", "words"),
    [
        ("gelu", 4, Bessel(3, 3), SECOND, "do not fit"),
        ("gelu", 6, Bessel(3, 3), Bessel(5, 4), "do not fit"),
        ("gelu", 6, Bessel(2, 3), SECOND, "not orthogonal"),
        ("elu", 2, Bessel(1, 1), SECOND, "not orthogonal"),
        ("elu", 2, Bessel(2, 1), Bessel(1, 0), "not orthogonal"),
        ("gelu", 6, Bessel(3, 3), Bessel(3, 3), "not orthogonal"),
        ("elu", 4, Bessel(2, 2), SECOND, "kink"),
        ("elu(2)", 2, Bessel(2, 1), SECOND, "jumps at 0"),
        ("piecewise(z, 1, 2*z-1)", 2, Bessel(2, 1), SECOND, "breakpoint"),
    ],
)
def test_near_cells_refuse(name: str, power: int, first: Bessel, second: Bessel, words: str) -> None:
    envelope = Envelope(power, Fraction(power, 2))
    with pytest.raises(EnclosureFailure, match=words):
        near_constant(parse_activation(name), envelope, first, second, CELL, "integral")


def test_cells_that_start_absurdly_close_to_zero_are_refused() -> None:
    cell = (Fraction(0), Fraction(1, 2**5000))
    with pytest.raises(EnclosureFailure, match="too close"):
        near_constant(parse_activation("gelu"), _envelope("gelu"), Bessel(3, 3), SECOND, cell, "trapezoid")


def test_a_growing_envelope_is_refused_far_out() -> None:
    with pytest.raises(EnclosureFailure, match="grows"):
        far_constant(parse_activation("gelu"), Envelope(6, Fraction(5, 2)), (Fraction(0), Fraction(1, 8)))


@pytest.mark.parametrize(
    ("name", "power", "orders"),
    [("tanh", 4, (1, 3, 4)), ("z-tanh(z)", 4, (1, 3, 0)), ("piecewise(0, 0, z, 6, 6)", 0, (1, 3, 4))],
)
def test_equal_limits_need_an_envelope_that_falls(name: str, power: int, orders: tuple[int, ...]) -> None:
    """T₁, T₂ and T₃ fall like v, v³ and v⁴, or 1 where φ' does not tend to 0."""
    phi, cell = parse_activation(name), (Fraction(0), Fraction(1, 64))
    least = Fraction(power + max(orders), 2)
    assert far_constant(phi, Envelope(power, least), cell) > 0
    with pytest.raises(EnclosureFailure, match="more slowly"):
        far_constant(phi, Envelope(power, least - Fraction(1, 2)), cell)
