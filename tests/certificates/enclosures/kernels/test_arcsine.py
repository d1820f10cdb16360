"""The arc sine of balls against Arb, up to the ends."""

from __future__ import annotations

import numpy as np
import pytest

from certificates.arithmetic.arb import exact, precision
from certificates.arithmetic.ball_array import BallArray
from certificates.enclosures.kernels.arcsine import arcsine


@pytest.fixture(autouse=True)
def _bits():
    with precision(200):
        yield


def _asin(x: float):
    return exact(x).asin() if abs(x) < 1 else exact(x) * exact(1).asin()


@pytest.mark.parametrize("radius", [0.0, 2.0**-50, 1e-10, 2.0**-5])
def test_both_ends_of_every_ball_are_contained(radius):
    rng = np.random.default_rng(0)
    near = 1 - 10.0 ** rng.uniform(-16, 0, size=200)
    mids = np.concatenate([rng.uniform(-1, 1, size=200), near, -near, [0.0, 1.0, -1.0, 1 - 2.0**-53, 5e-324]])
    found = arcsine(BallArray(mids, radius))
    for mid, value, spread in zip(mids, found.mid, found.rad, strict=True):
        for end in (max(mid - radius, -1.0), min(mid + radius, 1.0), mid):
            assert abs(_asin(float(end)) - exact(float(value))) <= exact(float(spread))


def test_radii_are_close_inside_and_a_root_at_the_ends():
    found = arcsine(BallArray(np.array([0.0, 0.9, 0.999999, 1.0]), 1e-14))
    assert found.rad == pytest.approx([1.4e-14, 2.7e-14, 7.1e-12, 1.6e-7], rel=0.5)
