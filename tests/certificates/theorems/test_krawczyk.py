"""Krawczyk's test against functions whose critical points are known."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest

from certificates.theorems.krawczyk import krawczyk_distance


@pytest.mark.parametrize("seed", range(40))
def test_the_point_is_where_it_is_said_to_be_and_alone(seed):
    """F' = (x − a)(x − b) around w_0 near a: F'' = 2x − a − b on w_0 ± r, Y its inverse at w_0."""
    rng = np.random.default_rng(seed)
    a, b = 0.0, float(rng.uniform(0.1, 2))
    start, radius = float(rng.normal()) * b * 10.0 ** rng.uniform(-6, -0.5), b * float(rng.uniform(0.01, 1.2))
    bend = 2 * start - a - b
    images, sums = abs((start - a) * (start - b) / bend), abs(2 * radius / bend)
    found = krawczyk_distance(np.array([sums]), np.array([images]), radius)
    if found is None:
        return
    inside = [root for root in (a, b) if abs(root - start) <= radius]
    assert len(inside) == 1 and abs(inside[0] - start) <= found * (1 + 1e-12) < radius * (1 + 1e-12)


def test_each_row_has_its_own_room():
    sums, images = np.array([0.9, 0.0]), np.array([0.05, 0.9])
    assert krawczyk_distance(sums, images, 1.0) == pytest.approx(0.9, rel=1e-12)
    assert krawczyk_distance(sums, images, 1.0) > 0.9
    assert krawczyk_distance(sums, np.array([0.1, 0.9]), 1.0) is None  # 0.1/(1 − 0.9) = 1 is not inside


def test_the_distance_is_rounded_up():
    """Against exact rationals: 1 − s and the quotient are both rounded, and either may lose."""
    rng = np.random.default_rng(0)
    for total, image in zip((rng.random(200) / 2).tolist(), rng.random(200).tolist(), strict=True):
        found = krawczyk_distance(np.array([total]), np.array([image]), 3.0)
        assert Fraction(found) * (1 - Fraction(total)) >= Fraction(image)
        assert krawczyk_distance(np.array([total]), np.array([image]), found) is None


@pytest.mark.parametrize("sums", [1.0, 1.5, math.inf, math.nan])
def test_no_contraction_proves_nothing(sums):
    assert krawczyk_distance(np.array([0.1, sums]), np.array([0.0, 0.0]), 1.0) is None


def test_bounds_that_are_no_numbers_prove_nothing():
    assert krawczyk_distance(np.array([0.5]), np.array([math.nan]), 1.0) is None
    assert krawczyk_distance(np.array([0.5]), np.array([math.inf]), 1.0) is None
