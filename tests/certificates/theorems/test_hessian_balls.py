"""Theorem 4.2.2 against Hessians of residuals that attain its constants, and its members against one another."""

from __future__ import annotations

import numpy as np
import pytest

from certificates.arithmetic.arb import exact, lower, upper
from certificates.theorems.hessian_balls import Slopes, between, by_gram, by_hessian, turning_along, turning_of


def _slopes(largest, smallest, residual, beta, gamma):
    return Slopes(*(None if x is None else exact(x) for x in (largest, smallest, residual, beta, gamma)))


def _residuals(rng):
    """r(w) = r_0 + J w + ½ (w·Q_i w)_i with ‖D²r‖ ≤ β, γ = 0: Hessians in closed form."""
    count, size = int(rng.integers(3, 7)), int(rng.integers(1, 4))
    jacobian, start = rng.normal(size=(count, size)), rng.normal(size=count) * rng.choice([0.0, 0.1, 1.0])
    bends = rng.normal(size=(count, size, size)) * 0.3
    bends = (bends + bends.transpose(0, 2, 1)) / 2
    beta = np.linalg.norm(bends.reshape(count * size, size), 2)  # ≥ sup ‖(u·Q_i u')_i‖

    def hessian(w):
        turned = jacobian + bends @ w
        residual = start + jacobian @ w + np.einsum("iab,a,b->i", bends, w, w) / 2
        return turned.T @ turned + np.einsum("i,iab->ab", residual, bends)

    singular = np.linalg.svd(jacobian, compute_uv=False)
    return hessian, size, (singular[0], singular[-1] if count >= size else 0.0, np.linalg.norm(start), beta, 0.0)


@pytest.mark.parametrize("seed", range(30))
def test_hessians_on_the_ball_lie_between(seed):
    rng = np.random.default_rng(seed)
    hessian, size, numbers = _residuals(rng)
    slopes, radius = _slopes(*numbers), float(rng.choice([0.01, 0.05, 0.2]))
    ends = np.linalg.eigvalsh(hessian(np.zeros(size)))
    least, most, distance = exact(float(ends[0])), exact(float(ends[-1])), exact(radius)
    members = (
        by_gram(slopes, distance, exact(0)),
        by_hessian(least, most, turning_of(slopes, distance)),
        between(least, most, slopes, distance),
    )
    span = []
    for _ in range(60):
        step = rng.normal(size=size)
        span += list(np.linalg.eigvalsh(hessian(step * radius / np.linalg.norm(step)))[[0, -1]])
    for member in members:
        assert member.strength is None or lower(member.strength) <= min(span) + 1e-12, member.way
        assert member.smoothness is None or upper(member.smoothness) >= max(span) - 1e-12, member.way


def test_one_parameter_attains_what_is_said_of_a_form():
    """r = w + ½βw²: f'' = (1 + βw)² + β(w + ½βw²), so that f''(R) − f''(0) is the bound."""
    beta, radius = 0.25, 0.5
    rise = (1 + beta * radius) ** 2 + beta * (radius + beta * radius**2 / 2) - 1
    slopes = _slopes(1.0, 1.0, 0.0, beta, 0.0)
    assert float(turning_along(slopes, exact(radius), exact(1))) == pytest.approx(rise, rel=1e-12)
    assert float(by_gram(slopes, exact(radius), exact(0)).smoothness) == pytest.approx(1 + rise, rel=1e-12)
    assert turning_along(_slopes(1.0, 1.0, 0.0, beta, None), exact(radius), exact(1)) is None


def test_without_a_residual_the_first_and_the_third_agree():
    slopes, radius = _slopes(2.0, 0.5, 0.0, 0.25, 0.0), exact(0.125)
    first, third = by_gram(slopes, radius, exact(0)), between(exact(0.25), exact(4), slopes, radius)
    assert float(first.strength) == pytest.approx(float(third.strength))
    assert float(first.smoothness) == pytest.approx(float(third.smoothness))
    second = by_hessian(exact(0.25), exact(4), turning_of(slopes, radius))
    assert lower(second.strength) < lower(third.strength)


def test_what_is_not_known_bounds_nothing():
    rough = _slopes(2.0, None, 0.1, 0.25, None)
    assert turning_of(rough, exact(1)) is None
    assert by_gram(rough, exact(1), exact(0)).strength is None
    nothing = between(exact(1), exact(4), rough, exact(1))
    assert nothing.strength is None and nothing.smoothness is None
    far = between(exact(0.01), exact(4), _slopes(2.0, None, 0.1, 0.25, 0.0), exact(1))  # βR = .25 > √(.01 + .025)
    assert far.strength is None and far.smoothness is not None
    assert between(exact(-1), exact(-0.5), _slopes(2.0, None, 0.1, 0.25, 0.0), exact(1)).smoothness is None


def test_a_penalty_enters_the_first_upper_bound():
    slopes = _slopes(2.0, 0.5, 0.0, 0.0, 0.0)
    assert float(by_gram(slopes, exact(1), exact(3)).smoothness) == 7


def test_beyond_the_gram_radius_nothing_is_left():
    found = by_gram(_slopes(2.0, 0.5, 0.0, 1.0, 0.0), exact(1), exact(0))
    assert lower(found.strength) == -2.5


def test_the_better_of_two():
    first, second = _slopes(2.0, None, 0.5, 0.25, None), _slopes(1.0, 0.25, 1.0, 0.5, 0.125)
    best = first.best(second)
    assert tuple(map(float, (best.largest, best.smallest, best.residual, best.beta, best.gamma))) == (
        1.0,
        0.25,
        0.5,
        0.25,
        0.125,
    )
    assert first.best(first).gamma is None and float(second.best(second).smallest) == 0.25


# ---- every term, with numbers that binary64 holds: at R = 1 βR = 1/4, ē = 21/8, βē = κ = 21/32 ---------------------

TERMS, PULL = _slopes(2.0, 1.0, 0.5, 0.25, 0.125), 0.65625


def _ends(found):
    return tuple(None if bound is None else float(bound) for bound in (found.strength, found.smoothness))


def test_the_gram_matrix_alone():
    assert _ends(by_gram(TERMS, exact(1), exact(3))) == (0.75**2 - PULL, 2.25**2 + PULL + 3)


def test_a_jacobian_that_may_turn_to_zero_has_no_gram_part():
    """The square of s₀ − βR < 0 grows with R."""
    assert float(by_gram(TERMS, exact(64), exact(0)).strength) == -0.25 * (0.5 + 2 * 64 + 0.125 * 64**2)


def test_the_hessian_and_how_far_it_turns():
    turned = turning_of(TERMS, exact(1))
    assert float(turned) == 3 * 0.25 * 2 + 0.125 + 1.5 * 0.25**2
    assert _ends(by_hessian(exact(3), exact(5), turned)) == (3 - 1.71875, 5 + 1.71875)


def test_between_them():
    """Roots of λ₀ + βe₀ = 4 and Λ₀ + βe₀ = 9."""
    found = between(exact(3.875), exact(8.875), TERMS, exact(1))
    assert _ends(found) == (3.875 - 1 + 0.0625 - PULL, 8.875 + 1.5 + 0.0625 + PULL)


@pytest.mark.parametrize(("spare", "bounds"), [(0.0, False), (2.0**-30, True)])
def test_the_least_eigenvalue_needs_t_below_one(spare, bounds):
    """T = βR/√(λ₀ + βe₀)."""
    found = between(exact(0.25**2 - 0.125 + spare), exact(8.875), TERMS, exact(1))
    assert (found.strength is not None) == bounds


def test_along_a_direction():
    assert float(turning_along(TERMS, exact(1), exact(0.5))) == 2 * 0.5 * 0.25 + 0.0625 + PULL
