"""Theorem 6.4.1 on numbers, and against a function of one and of two variables that is known."""

import numpy as np
import pytest

from certificates.arithmetic.arb import exact
from certificates.theorems.kink_minima import kink_minimum

PARTS = {
    "lowest": exact(2),
    "largest": exact(3),
    "turning": exact(1),
    "gradient_norm": exact(0.0625),
    "violation": exact(0.0625),
    "independence": exact(2),
    "radius": 1.0,
}


def with_(**changed):
    return kink_minimum(**{**PARTS, **changed})


def test_the_numbers():
    """δ = 1/32, M = 4, G' = 3/16, ρ = 7/32, ‖ν‖ ≤ (1/16 + 7/8)/2, |f| ≤ 7/512 + 49/512."""
    found = with_()
    assert found.holds
    assert [float(x) for x in (found.growth, found.offset, found.gradient_norm, found.available)] == [
        1, 1 / 32, 3 / 16, 31 / 32,
    ]  # fmt: skip
    assert [float(x) for x in (found.distance, found.multiplier, found.value_error)] == [7 / 32, 15 / 32, 56 / 512]


def test_nothing_held_is_the_theorem_of_a_strict_minimum():
    found = with_(violation=exact(0), independence=None)
    assert float(found.offset) == float(found.multiplier) == 0 and float(found.distance) == 1 / 16


@pytest.mark.parametrize(
    "changed",
    [
        {"turning": exact(2)},
        {"turning": exact(3)},
        {"gradient_norm": exact(0.9)},
        {"violation": exact(2)},
        {"lowest": exact(-5), "largest": exact(0), "violation": exact(3)},
        {"radius": 0.2},
    ],
)
def test_what_is_missing_does_not_hold(changed):
    assert not with_(**changed).holds


def test_a_kink_in_the_plane():
    """f = (x − c)²/2 + y²/2 + |y|/2 + y/4 with its kink at y = 0, from a centre beside it; θ = 1/4."""
    centre, radius, c = np.array([0.02, 0.03]), 0.25, 0.05
    lost = 0.01  # f_θ with another share: its slope in y
    slope = np.linalg.norm([centre[0] - c, centre[1] + lost])
    found = kink_minimum(
        lowest=exact(1), largest=exact(1), turning=exact(0), gradient_norm=exact(float(slope)),
        violation=exact(0.03), independence=exact(1), radius=radius,
    )  # fmt: skip
    assert found.holds and np.hypot(centre[0] - c, centre[1]) <= float(found.distance)
    assert lost <= float(found.multiplier)
