"""ρ(h) against the values of the theory's table, its naive twin, and gradient descent itself."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from certificates.arithmetic.arb import exact, lower, precision, upper
from certificates.theorems.teacher_basin import Regularity, envelope_steps, step_factor
from tests.support.planted import fast_gradient, loss
from verify.descent.planted import moments_of, orbit_distance
from verify.search.planted import near

TABLE = Regularity(exact(0.58837), exact(5.3910), exact(3.72144))


def _rho(bounds, step, distance) -> float:
    with precision(128):
        return upper(step_factor(bounds, exact(step), exact(distance)))


def naive(lam, big, c4, mu, h) -> float:
    """ρ(h) as the theory prints it, in float64."""
    slow = max(abs(1 - 2 * mu * lam), abs(1 - 2 * mu * big)) + mu * (3 * math.sqrt(big * c4) * h + c4 * h * h)
    beta = h / math.sqrt(lam / c4)
    omega = 1 - mu * (math.sqrt(big) + math.sqrt(c4) * h) ** 2
    if not (beta < 1 and omega * (2 - beta) >= beta):
        return slow
    return min(slow, math.sqrt(max(0.0, 1 - mu * lam * (2 - beta) * (omega * (2 - beta) - beta))))


def test_the_tables_row():
    assert _rho(TABLE, 0.005, 0.3880) < 1 < _rho(TABLE, 0.005, 0.3890)
    assert _rho(TABLE, 0.005, 0.1940) == pytest.approx(0.99784, abs=5e-6)
    assert _rho(TABLE, 0.005, 0.0) == pytest.approx(0.994116, abs=5e-7)


def test_near_the_teacher_the_factor_is_that_of_the_linear_map():
    with precision(128):
        for step in (0.01, 0.1):
            limit = 1 - 2 * exact(step) * TABLE.lower
            assert abs(_rho(TABLE, step, 0.0) - upper(limit)) < 1e-15
        too_large = exact(1.5) / TABLE.upper  # beyond 1/Λ the linear map itself diverges
        assert step_factor(TABLE, too_large, exact(0)) > 1
        assert upper(step_factor(TABLE, too_large, exact(0))) == pytest.approx(2, rel=1e-12)  # |1 − 2μΛ|, μΛ = 3/2


numbers = st.floats(1e-3, 1e2)


@settings(deadline=None, derandomize=True)
@given(lam=numbers, ratio=st.floats(1, 1e3), c4=numbers, mu=st.floats(1e-4, 3), h=st.floats(0, 3))
def test_the_naive_twin_agrees_and_the_factor_grows_with_the_distance(lam, ratio, c4, mu, h):
    bounds = Regularity(exact(lam), exact(lam * ratio), exact(c4))
    mu = mu / (lam * ratio)
    values = [_rho(bounds, mu, each) for each in (h / 2, h, 1.01 * h)]
    assert values[0] <= values[1] * (1 + 1e-15) <= values[2] * (1 + 2e-15)
    beside = [naive(lam, lam * ratio, c4, mu, each) for each in (h * (1 - 1e-12), h * (1 + 1e-12))]
    assert beside[0] * (1 - 1e-9) - 1e-9 <= values[1] <= beside[1] * (1 + 1e-9) + 1e-9


@settings(deadline=None, derandomize=True)
@given(lam=numbers, ratio=st.floats(1, 1e3), c4=numbers, mu=st.floats(1e-3, 1), h=st.floats(0, 2))
def test_weaker_constants_give_a_larger_factor(lam, ratio, c4, mu, h):
    big, mu = lam * ratio, mu / (4 * lam * ratio)
    here = _rho(Regularity(exact(lam), exact(big), exact(c4)), mu, h)
    for weaker in ((lam / 1.1, big, c4), (lam, big * 1.1, c4), (lam, big, c4 * 1.1)):
        assert _rho(Regularity(*map(exact, weaker)), mu, h) >= here * (1 - 1e-15)


@pytest.mark.parametrize("distance", [0.0, 0.1, 0.35, 0.41])
def test_at_low_precision_the_factor_is_rounded_up(distance):
    for digits in range(100, 140):
        step = digits / 2e4
        with precision(256):
            truth = step_factor(TABLE, exact(step), exact(distance))
        with precision(12):
            coarse = step_factor(TABLE, exact(step), exact(distance))
        assert coarse >= truth


def test_a_step_that_solves_in_one_has_a_factor():
    """μ = 1/(2λ) with λ = Λ: ρ² is 0 up to rounding, and the root of a ball around 0 is no number."""
    with precision(53):
        assert step_factor(Regularity(exact(0.3), exact(0.3), exact(1)), exact(Fraction(5, 3)), exact(0)) < 1e-7


def test_the_envelope_ends_where_its_recursion_does():
    with precision(128):
        step, h, count = exact(0.005), exact(0.25), 0
        while not h <= exact(1e-3):
            h, count = (step_factor(TABLE, step, h) * h).upper(), count + 1
        assert envelope_steps(TABLE, step, exact(0.25), exact(1e-3), 10_000) == count
        assert envelope_steps(TABLE, step, exact(0.25), exact(1e-3), count) == count
        assert envelope_steps(TABLE, step, exact(0.25), exact(1e-3), count - 1) is None
        assert envelope_steps(TABLE, step, exact(0.25), exact(0.25), 0) == 0
        assert lower(h) <= 1e-3


def attack(rng: np.random.Generator, d: int, r: int, m: int, directions: int) -> int:
    """Steps of gradient descent from random and worst directions against ρ; returns how many were compared."""
    from certificates.enclosures.quadratic.planted import planted_quadratic, vertical_directions
    from tests.support.planted import random_planted

    problem = planted_quadratic(random_planted(rng, d, r, m))
    planted, x = problem.planted, problem.network.inputs
    found = near(problem, moments_of(x))
    lam, big, c4 = (lower(each) for each in (found.bounds.lower, found.bounds.upper, found.bounds.fourth))
    if lam <= 0:
        return 0
    hidden = x @ planted.T
    rows = (hidden[:, :, None] * x[:, None, :]).reshape(m, -1)
    form, vertical = rows.T @ rows / m, vertical_directions(planted)
    _, vectors = np.linalg.eigh(form + 1e3 * big * vertical @ vertical.T)
    worst = [vectors[:, 0], -vectors[:, 0], *np.linalg.eigh(form)[1][:, -2:].T]
    compared = 0
    for direction in [*worst, *rng.normal(size=(directions, planted.size))]:
        for share in (1e-3, 0.3, 0.7, 0.99, 1.5):
            push = share * math.sqrt(lam / c4) * direction.reshape(planted.shape) / np.linalg.norm(direction)
            start = planted + push
            h, _ = orbit_distance(start, planted)
            for mu in (0.1 / big, 0.4 / big, 1 / big, 1.7 / big):
                after, _ = orbit_distance(start - mu * fast_gradient(start, planted, x), planted)
                assert after <= _rho(found.bounds, mu, h) * h * (1 + 1e-9) + 1e-14
                compared += 1
            beta = h / math.sqrt(lam / c4)
            if beta < 1:  # theorem 3.6.2 (iii) and (ii)
                value, gain = loss(start, planted, x), math.sqrt(big) + math.sqrt(c4) * h
                assert value * (1 + 1e-9) + 1e-18 >= lam * (1 - beta / 2) ** 2 * h * h
                slope = np.linalg.norm(fast_gradient(start, planted, x))
                assert slope <= 2 * gain * math.sqrt(value) * (1 + 1e-9) + 1e-14
    return compared


def test_gradient_descent_obeys_the_factor():
    assert attack(np.random.default_rng(1), 4, 2, 400, 3) > 100


@pytest.mark.slow
def test_campaign_gradient_descent_obeys_the_factor_everywhere():
    rng = np.random.default_rng(2)
    compared = 0
    for _ in range(600):
        d = int(rng.integers(1, 9))
        compared += attack(rng, d, int(rng.integers(1, d + 1)), int(rng.integers(30, 1500)), 4)
    assert compared > 50_000
