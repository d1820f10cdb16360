"""Where the potential finds its zero: F = w_1 + ½ w_2², whose zeros are known, with β = 1 everywhere."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from flint import arb

from certificates.arithmetic.arb import exact, precision
from certificates.theorems.potential_descent import descend, flow
from certificates.theorems.potential_starts import Foot, start_at_foot, start_at_weights
from tests.certificates.theorems.test_potential_descent import Parabola

ZERO, ONE = exact(0), exact(1)


@pytest.fixture(autouse=True)
def _bits():
    with precision(200):
        yield


def _is(ball: arb, value: float, rel: float = 1e-13) -> bool:
    return float(ball) == pytest.approx(value, rel=rel)


def _q(number: str) -> arb:
    return exact(Fraction(number))


def _newton(w: tuple[str, str]) -> tuple[arb, arb]:
    """ξ and σ at w."""
    first, second = (_q(x) for x in w)
    sigma = (1 + second**2).sqrt()
    return abs(first + second**2 / 2) / sigma, sigma


def test_from_the_weights():
    """Vector V4."""
    step, sigma = _newton(("1/5", "3/10"))
    start = start_at_weights(step, sigma, ONE, 2.0, ZERO)
    assert _is(step, 0.234667439879182) and _is(start.distance, 0.269433981649572)
    found = flow(start, ONE)
    assert _is(found.ratio, 0.347837774610382) and _is(found.travel, 0.0899888581116773)
    assert start.distance >= 0.236493828052949 and found.ratio >= 0.229756004143771  # the truth


def test_the_ball_holds_all_that_is_needed():
    """V4 with ϱ one percent too small: r + 2E + R."""
    step, sigma = _newton(("1/5", "3/10"))
    start = start_at_weights(step, sigma, ONE, 2.0, ZERO)
    needed = float(start.offset + flow(start, ONE).reach)
    assert needed == pytest.approx(2 * 0.269433981649572 + 0.0899888581116773)
    assert start_at_weights(step, sigma, ONE, 0.26, ZERO) is None


@pytest.mark.parametrize("epsilon", ["0", "1/100"])
def test_no_zero_or_none_with_a_slope(epsilon):
    """F = w²/2 + ε: h ≥ ½ everywhere, and at ½ nothing is left of σ."""
    for w in ("1/2", "1", "3"):
        step, sigma = (_q(w) ** 2 / 2 + _q(epsilon)) / _q(w), _q(w)
        start = start_at_weights(step, sigma, ONE, 100.0, ZERO)
        assert start is None or not flow(start, ONE).holds


def test_slack_is_a_ball_of_starts():
    step, sigma = _newton(("1/50", "3/10"))
    tight, loose = (start_at_weights(step, sigma, ONE, 9.0, exact(e)) for e in (0.0, 0.01))
    assert _is(loose.distance - tight.distance, 0.01) and _is(loose.offset - tight.offset, 0.02)
    assert _is(tight.singular_value - loose.singular_value, 0.02)
    for angle in np.linspace(0, 2 * math.pi, 50):
        w = np.array([0.02, 0.3]) + 0.01 * np.array([math.cos(angle), math.sin(angle)])
        z = Parabola.zero_near(w)
        assert np.linalg.norm(w - z) <= float(loose.distance) and math.hypot(1, z[1]) >= float(loose.singular_value)
        assert np.linalg.norm(z - [0.02, 0.3]) <= float(loose.offset)


def _foot(w_hat: tuple[str, str], nu: str) -> tuple[arb, arb, Foot]:
    """The start (1/5, 3/10) seen from ŵ."""
    step, sigma = _newton(w_hat)
    v = [_q(x) - _q(y) for x, y in zip(("1/5", "3/10"), w_hat, strict=True)]
    missed = ((v[0] - _q(nu)) ** 2 + (v[1] - _q(nu) * _q(w_hat[1])) ** 2).sqrt()
    return step, sigma, Foot((v[0] ** 2 + v[1] ** 2).sqrt(), missed, abs(_q(nu)))


def test_from_a_foot():
    """Vector V5; a second pass makes σ_* larger."""
    step, sigma, foot = _foot(("-1/32", "1/4"), "9/40")
    assert _is(foot.missed, 0.00883883476483184)
    start = start_at_foot(step, sigma, ONE, 2.0, foot, ZERO)
    assert _is(start.distance, 0.236593665384346) and _is(start.offset, 0.0114769473156792)
    assert _is(start.singular_value, float(sigma) - 0.0114769473156792)
    assert start_at_foot(step, sigma, ONE, 0.0228, foot, ZERO) is None  # y_0 = 0.02280989…
    first = 0.236593665384346 / (float(sigma) - 0.0228098961673080)
    assert first == pytest.approx(0.234723736335934, rel=1e-13)
    z = Parabola.zero_near(np.array([0.2, 0.3]))
    assert np.linalg.norm(z - [-1 / 32, 0.25]) == pytest.approx(0.00623092775785, rel=1e-9)


@pytest.mark.parametrize(("w_hat", "nu"), [(("-1/32", "1/4"), "-9/40"), (("15/32", "1/4"), "9/40")])
def test_a_wrong_foot_is_refused(w_hat, nu):
    start = start_at_foot(*_foot(w_hat, nu)[:2], ONE, 2.0, _foot(w_hat, nu)[2], ZERO)
    assert start is None or not flow(start, ONE).holds or not start.offset + flow(start, ONE).reach < 2.0


def test_drawn_feet_hold_the_truth():
    """Any ŵ and ν: what is proved of the nearest zero is true of it, for every start of the slack."""
    rng, seen = np.random.default_rng(3), 0
    for _ in range(800):
        t, size = rng.normal(), 10.0 ** rng.uniform(-3, -0.7)
        foot_at = np.array([-(t**2) / 2, t]) + size * 0.1 * rng.normal(size=2)
        nu, slack = rng.uniform(-0.4, 0.4), size * rng.uniform(0, 0.2)
        w = foot_at + nu * np.array([1.0, foot_at[1]]) + size * rng.normal(size=2)
        sigma = math.hypot(1, foot_at[1])
        step = abs(foot_at[0] + foot_at[1] ** 2 / 2) / sigma
        missed = np.linalg.norm(w - foot_at - nu * np.array([1.0, foot_at[1]]))
        foot = Foot(*(exact(float(x) * (1 + 1e-14)) for x in (np.linalg.norm(w - foot_at), missed, abs(nu))))
        start = start_at_foot(exact(step), exact(sigma), ONE, 50.0, foot, exact(slack))
        if start is None or not start.singular_value > 0:
            continue
        seen += 1
        angle = rng.uniform(0, 2 * math.pi)
        moved = w + slack * np.array([math.cos(angle), math.sin(angle)])
        z = Parabola.zero_near(moved)
        assert np.linalg.norm(moved - z) <= float(start.distance) * (1 + 1e-12)
        assert math.hypot(1, z[1]) >= float(start.singular_value) * (1 - 1e-12)
        assert np.linalg.norm(z - foot_at) <= float(start.offset) * (1 + 1e-9)
    assert seen > 250


def test_a_foot_or_weights_that_bend_too_much_for_a_step():
    """Descent asks for more than the flow."""
    step, sigma = _newton(("1/5", "3/10"))
    start = start_at_weights(step, sigma, ONE, 2.0, ZERO)
    assert not descend(start, ONE, exact(4), exact(Fraction(3, 8))).holds
    assert descend(start, ONE, exact(4), exact(Fraction(1, 100))).holds
