"""Theorem 4.1.1: the bound is below the least eigenvalue of random rows, for every t, and attained at some rows."""

from __future__ import annotations

from fractions import Fraction
from math import pi

import numpy as np
import pytest
from flint import arb

from certificates.arithmetic.arb import exact
from certificates.enclosures.gaussian.rho_terms import zhong_terms
from certificates.expression import parse_activation
from certificates.theorems.planted_curvature import planted_curvature
from tests.support.population import smallest_curvature

F = Fraction

TABLE = {
    "relu": (F(1), 0.25 - 1 / (2 * pi)),
    "leaky_relu(1/100)": (F(1), 0.0890372),
    "squared_relu": (F(3), 9 * (1 - 2 / pi)),
    "erf0": (F(1), 5**-1.5 - 1 / 27),
    "tanh": (F(1), 0.0491930),
    "sigmoid": (F(1), 2.14402e-3),
    "softplus": (F(1), 6.86813e-4),
}


def distance(name: str, sigma: Fraction) -> arb:
    terms = zhong_terms(parse_activation(name), sigma)
    return terms.first.min(terms.second)


@pytest.mark.parametrize("name", TABLE)
def test_the_table_of_squared_distances(name):
    sigma, value = TABLE[name]
    assert float(distance(name, sigma).mid()) == pytest.approx(value, rel=1e-5)


def test_erf_at_ten():
    assert float(distance("erf0", F(10)).mid()) == pytest.approx(1.2441e-4, rel=1e-4)


@pytest.mark.parametrize("name", ["relu", "squared_relu", "tanh"])
def test_the_bound_is_below_the_least_eigenvalue(name):
    """Random rows and outer weights in the plane, at σ_k and at smaller t; without t² or σ_1² it would fail."""
    rng, closest = np.random.default_rng(4), 0.0
    for _ in range(3):
        rows = rng.normal(size=(2, 2)) * rng.choice([0.5, 1.0])
        outer = rng.choice([-2.0, -1.0, 0.5, 1.0], size=2)
        singular = np.linalg.svd(rows, compute_uv=False)
        least = smallest_curvature(name, rows, outer, 2)[0]
        for share in (1, 0.7):
            t = F(float(singular[-1] * share))
            bound = planted_curvature(
                exact(float(min(outer**2))),
                distance(name, t),
                exact(t),
                exact(float(singular[0] ** 2)),
                exact(float(np.prod(singular))),
                2,
            )
            closest = max(closest, float(bound.mid()) / least)
    assert 0.01 < closest < 1


def test_it_is_attained_at_three_orthonormal_rows():
    bound = planted_curvature(exact(1), distance("relu", F(1)), exact(1), exact(1), exact(1), 3)
    assert float(bound.mid()) == pytest.approx(0.0908450569081047, abs=1e-12)


def test_every_factor_counts():
    """v², ρ̃, t^{k+2}, σ_1² and the volume: 3 · 5 · 2⁵/(7 · 11)."""
    found = planted_curvature(exact(3), exact(5), exact(2), exact(7), exact(11), 3)
    assert float(found.mid()) == pytest.approx(480 / 77)
