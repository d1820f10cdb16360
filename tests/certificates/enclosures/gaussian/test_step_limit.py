"""Integrals of slopes that tend to a step, against floating-point quadrature, and the moments they are for."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

import mpmath
import pytest
from flint import arb

from certificates.arithmetic.arb import exact, lower, upper
from certificates.enclosures.gaussian import step_limit as step_limit_module
from certificates.enclosures.gaussian.moments import moment as enclosed_moment
from certificates.enclosures.gaussian.step_limit import second_derivative_integral, step_limit
from certificates.errors import EnclosureFailure
from certificates.expression import parse_activation

Function = Callable[[float], float]


def _sigmoid(u: float) -> float:
    return 1 / (1 + math.exp(-u))


def _normal(u: float) -> float:
    return math.exp(-u * u / 2) / math.sqrt(2 * math.pi)


def _mish(u: float) -> float:
    """T + zt' with t = 1 − 2/D, t' = 4q(q + 1)/D², D = q² + 2q + 2."""
    q = math.exp(u)
    d = q * q + 2 * q + 2
    return 1 - 2 / d + u * 4 * q * (q + 1) / d**2


# φ' by the formulas of theory 2.2, with κ₋ and κ₊
SLOPES: dict[str, tuple[Function, Fraction, Fraction]] = {
    "silu": (lambda u: _sigmoid(u) * (1 + u * (1 - _sigmoid(u))), Fraction(0), Fraction(1)),
    "gelu": (lambda u: math.erfc(-u / math.sqrt(2)) / 2 + u * _normal(u), Fraction(0), Fraction(1)),
    "mish": (_mish, Fraction(0), Fraction(1)),
    "elu(1)": (lambda u: math.exp(u) if u < 0 else 1.0, Fraction(0), Fraction(1)),
    "smooth_leaky_relu(1/10)": (lambda u: (1 + 9 * _sigmoid(u)) / 10, Fraction(1, 10), Fraction(1)),
    "tanh": (lambda u: 1 / math.cosh(u) ** 2, Fraction(0), Fraction(0)),
}
PAIRS = [(1, 0), (1, 1), (1, 2), (2, 0), (2, 2), (2, 4)]


def integral(function: Function) -> float:
    return float(mpmath.fp.quad(function, [-60, -20, -8, -4, -2, -1, 0, 1, 2, 4, 8, 20, 60]))


def difference(text: str, i: int) -> Function:
    slope, left, right = SLOPES[text]

    def rest(u: float) -> float:
        return slope(u) ** i - float(right if u > 0 else left) ** i

    return rest


def moment(text: str, i: int, j: int, sigma: int) -> float:
    slope = SLOPES[text][0]
    points = [-14, -6, -3, -1, -1 / sigma, 0, 1 / sigma, 1, 3, 6, 14]
    return float(mpmath.fp.quad(lambda z: slope(sigma * z) ** i * z**j * _normal(z), points))


def holds(ball: arb, truth: float, slack: float) -> bool:
    return bool(lower(ball) - slack <= truth <= upper(ball) + slack)


@pytest.mark.parametrize("text", SLOPES)
def test_limits(text: str) -> None:
    found = step_limit(parse_activation(text))
    assert (found.left.rational, found.right.rational) == SLOPES[text][1:]


@pytest.mark.parametrize("text", SLOPES)
def test_integrals_against_quadrature(text: str) -> None:
    limit = step_limit(parse_activation(text))
    for i, j in PAIRS:
        rest = difference(text, i)
        signed = integral(lambda u, rest=rest, j=j: rest(u) * u**j)
        absolute = integral(lambda u, rest=rest, j=j: abs(rest(u)) * abs(u) ** j)
        ball = limit.signed_integral(i, j)
        assert holds(ball, signed, 1e-9 * (1 + absolute))
        assert ball.rad() < 1e-4
        bound = upper(limit.absolute_integral(i, j))
        assert bound >= absolute * (1 - 1e-6)
        assert bound <= absolute * 1.15


@pytest.mark.parametrize("text", SLOPES)
@pytest.mark.parametrize("sigma", [4, 12])
def test_the_expansion_encloses_the_moments(text: str, sigma: int) -> None:
    """α = limit + v^{j+1}(H(0) ± ½v²J_{j+2})/√(2π)."""
    limit = step_limit(parse_activation(text))
    for i, j in PAIRS[:5]:
        truth = moment(text, i, j, sigma)
        bend = limit.absolute_integral(i, j + 2) / (2 * sigma**2)
        inner = limit.signed_integral(i, j) + exact(0).union(bend).union(-bend)
        assert holds(limit.moment(i, j) + inner / (2 * arb.pi()).sqrt() / sigma ** (j + 1), truth, 1e-10), (i, j)


def test_the_limit_moments_of_a_step() -> None:
    """M_j(κ₊ⁱ + (−1)ʲκ₋ⁱ): for the slope of smooth leaky ReLU, ½(1 + 0.1) and (1 − 0.01)/√(2π)."""
    limit = step_limit(parse_activation("smooth_leaky_relu(1/10)"))
    assert limit.moment(1, 0).contains(exact(Fraction(11, 20)))
    assert limit.moment(2, 1).overlaps(exact(Fraction(99, 100)) / (2 * arb.pi()).sqrt())
    assert limit.moment(1, 2).contains(exact(Fraction(11, 20)))


@pytest.mark.parametrize("text", ["silu", "gelu", "tanh"])
def test_integrals_of_second_derivatives(text: str) -> None:
    for i, j in ((1, 2), (2, 4)):
        values = [SLOPES[text][0](k / 64) ** i for k in range(-20 * 64, 20 * 64 + 1)]
        bends = [(a - 2 * b + c) * 64 for a, b, c in zip(values, values[1:], values[2:], strict=False)]
        truth = sum(abs(bend) * abs(k / 64 - 20) ** j for k, bend in enumerate(bends, start=1)) / math.sqrt(2 * math.pi)
        bound = upper(second_derivative_integral(parse_activation(text), i, j))
        assert truth * (1 - 1e-3) <= bound <= 1.6 * truth


@pytest.mark.parametrize("sigma", [Fraction(1, 2), Fraction(2), Fraction(8)])
def test_a_kink_at_zero_contributes_nothing(sigma: Fraction) -> None:
    """Elu: α_{ij}'' = i² E[e^{iσz} z^{j+2} 1_{z<0}] is within σ^{−j−3}K."""
    activation = parse_activation("elu")
    for i, j in PAIRS[:5]:
        rate = i * float(sigma)
        truth = i**2 * mpmath.fp.quad(
            lambda z, rate=rate, j=j: math.exp(rate * z) * z ** (j + 2) * _normal(z), [-14, -4, -1, -0.2, 0]
        )
        bound = second_derivative_integral(activation, i, j + 2) / exact(sigma) ** (j + 3)
        assert abs(truth) <= upper(bound)


@pytest.mark.parametrize("text", ["quadratic", "sin", "z+sin(z)", "exp(z)", "squared_relu", "z*softplus(z)", "log(z)"])
def test_slopes_without_limits_are_refused(text: str) -> None:
    with pytest.raises(EnclosureFailure):
        step_limit(parse_activation(text))


def test_slow_tails_are_refused() -> None:
    """Arctan' is about t⁻²: J_{1,2} is infinite, J_{1,0} is not, but needs t⁻² to spare."""
    limit = step_limit(parse_activation("arctan"))
    for j in (1, 2):
        with pytest.raises(EnclosureFailure, match="too slowly"):
            limit.absolute_integral(1, j)
        with pytest.raises(EnclosureFailure, match="too slowly"):
            limit.signed_integral(1, j)
    assert upper(limit.absolute_integral(1, 0)) >= 3.14159265


def test_every_breakpoint_counts() -> None:
    """ReLU6: J_{i,j} = H_{i,j}(0) = 6^{j+1}/(j + 1); of 1 on (−1, 2) and 0 beyond, but for a step: by hand."""
    six = step_limit(parse_activation("piecewise(0, 0, z, 6, 6)"))
    for i in (1, 2):
        for j in (0, 1, 2):
            exactly = 6 ** (j + 1) / (j + 1)
            assert float(six.signed_integral(i, j).mid()) == pytest.approx(exactly, rel=1e-12)
            assert exactly <= upper(six.absolute_integral(i, j)) <= 1.2 * exactly
    bent = step_limit(parse_activation("piecewise(0, -1, (z+1)^2/6, 2, z-1/2)"))  # f = (u + 1)/3 on (−1, 2)
    assert float(bent.signed_integral(1, 0).mid()) == pytest.approx(1 / 6 - 2 / 3, rel=1e-12)
    assert second_derivative_integral(parse_activation("piecewise(0, -1, (z+1)^2/6, 2, z-1/2)"), 1, 2) == 0
    squared = upper(second_derivative_integral(parse_activation("piecewise(0, -1, (z+1)^2/6, 2, z-1/2)"), 2, 2))
    assert 1 <= squared * math.sqrt(2 * math.pi) * 9 / 2 / 3 <= 1.2  # (f²)'' = 2/9


def test_a_slope_minus_its_limit() -> None:
    """Of z − tanh z, f − 1 = −sech²: H = −2, 4/3 for j = 0 and −π²/6, (π² − 6)/9 for j = 2."""
    limit = step_limit(parse_activation("z-tanh(z)"))
    assert limit.common is not None and limit.common.rational == 1
    wanted = {(1, 0): -2, (2, 0): 4 / 3, (1, 2): -(math.pi**2) / 6, (2, 2): (math.pi**2 - 6) / 9, (1, 1): 0}
    for (i, j), value in wanted.items():
        assert float(limit.signed_integral(i, j, centred=True).mid()) == pytest.approx(value, rel=1e-9, abs=1e-12)
        assert upper(limit.absolute_integral(i, j, centred=True)) >= abs(value)
    assert step_limit(parse_activation("silu")).common is None


ONE_SIDED = ["piecewise(z/(1-z), 0, z)", "piecewise(z, 0, z/(1+z))"]  # an algebraic tail on one side alone


@pytest.mark.parametrize("text", ["(z+sqrt(z^2+4))/2", "softsign", "gelu", *ONE_SIDED])
def test_the_crude_distance_holds_for_algebraic_tails(text: str) -> None:
    phi = parse_activation(text)
    limit = step_limit(phi)
    for v in (Fraction(1, 40), Fraction(1, 5), Fraction(1)):
        for i, j in ((1, 0), (1, 1), (1, 2), (2, 0), (2, 2)):
            distance = abs(enclosed_moment(phi, i, j, 1 / v) - limit.moment(i, j))
            assert distance.lower() <= limit.crude_distance(i, j, exact(v))


def test_the_start_moves_out_for_what_settles_late() -> None:
    assert step_limit(parse_activation("sigmoid(z-100)")).start == 128
    assert step_limit(parse_activation("piecewise(0, 100, z-100)")).start == 200


def test_second_derivatives_beyond_the_cells(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tails alone, from R = 8 on, for tanh: ∫_R^∞ |g|uʲ ≤ R^{j+1}|g(R)|, and (f²)'' = 2(f'² + f f'')."""
    tanh = parse_activation("tanh")
    early = replace(step_limit(tanh), start=Fraction(8))
    monkeypatch.setattr(step_limit_module, "step_limit", lambda _: early)
    monkeypatch.setattr(step_limit_module, "_side_cells", lambda *_: [])
    bound = second_derivative_integral.__wrapped__  # what is remembered belongs to the real start
    f, f1, f2 = (abs(float(mpmath.diff(mpmath.tanh, 8, k))) for k in (1, 2, 3))
    for i, j in ((1, 0), (1, 2), (2, 0), (2, 4)):
        bend = f2 if i == 1 else 2 * (f1 * f1 + f * f2)
        both_sides = 2 * 8 ** (j + 1) * bend / math.sqrt(2 * math.pi)
        assert upper(bound(tanh, i, j)) == pytest.approx(both_sides, rel=1e-2)


@pytest.mark.parametrize("cell", [(Fraction(1), Fraction(9, 8)), (Fraction(-1), Fraction(-15, 16))])
def test_the_ranges_of_a_cell_reach_from_end_to_end(cell: tuple[Fraction, Fraction]) -> None:
    """The first three derivatives of tanh are monotone on these cells: their ranges end at the ends."""
    found = step_limit_module._ranges(parse_activation("tanh").expression, cell)
    for k, ball in enumerate(found, start=1):
        low, high = sorted(float(mpmath.diff(mpmath.tanh, float(end), k)) for end in cell)
        assert lower(ball) <= low and high <= upper(ball)
        assert upper(ball) - lower(ball) < 1.5 * (high - low)
