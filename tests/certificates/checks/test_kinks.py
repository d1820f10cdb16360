"""Networks, kinks, balls and rows that the theorem on kinks does not cover are refused, each by its check."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from certificates.arithmetic.arb import exact, precision
from certificates.checks.kinks import require_independent, require_kinks, require_sides_kept, require_two_sides
from certificates.checks.outcome import Refusal
from certificates.enclosures.objectives.kink_forces import HeldRow, movements
from certificates.enclosures.objectives.kinks import Sides, held_point
from certificates.expression import parse_activation
from tests.support.kinks import vector_f
from tests.support.objective_nets import draw_network

RELU = Sides(Fraction(0), Fraction(1))


def test_two_slopes_and_two_trained_layers():
    assert require_two_sides(1, vector_f()) == RELU
    smooth = replace(vector_f(), activations=(parse_activation("tanh"),))
    frozen = draw_network(1, (2, 3, 2), activation="relu", frozen=(0,))
    for network in (smooth, frozen, draw_network(1, (2, 3, 3, 2), activation="relu")):
        with pytest.raises(Refusal, match="one hidden layer") as caught:
            require_two_sides(1, network)
        assert not caught.value.certain and caught.value.check == 1


def test_kinks_and_shares_become_arrays():
    held, shares = require_kinks(2, ((1, 0),), (0.25,), vector_f())
    assert held.tolist() == [[False], [True], [False]] and shares.ravel().tolist() == [0.0, 0.25, 0.0]


@pytest.mark.parametrize(
    ("kinks", "shares"), [(((3, 0),), (0.5,)), (((0, 1),), (0.5,)), (((0, 0),), ()), (((0, 0),), (np.inf,))]
)
def test_kinks_and_shares_that_do_not_fit_are_rejected(kinks, shares):
    with pytest.raises(Refusal, match="do not fit") as caught:
        require_kinks(2, kinks, shares, vector_f())
    assert caught.value.certain and caught.value.check == 2


def test_only_units_that_are_held_may_meet_their_kinks():
    network, nobody = draw_network(1, (2, 3, 1), "squared", activation="relu", samples=2), np.zeros((2, 3), dtype=bool)
    with precision(128):
        point = held_point(network, RELU, nobody, np.zeros((2, 3)))
        distances = np.abs(point.pre[0].mid)
        closest = np.unravel_index(np.argmin(distances / movements(point, 1.0)[:, None]), (2, 3))
        reached = float((distances / movements(point, 1.0)[:, None])[closest])
        require_sides_kept(4, point, nobody, movements(point, reached * 0.999))
        with pytest.raises(Refusal, match=f"unit {closest[1]} may be at its kink on sample {closest[0]}"):
            require_sides_kept(4, point, nobody, movements(point, reached * 1.001))
        nobody[closest] = True
        require_sides_kept(4, point, nobody, movements(point, reached * 1.001))


def test_rows_are_independent_unit_by_unit():
    samples, one = np.array([[3.0, 4.0], [6.0, 8.0], [1.0, 0.0]]), exact(1)
    with precision(128):
        assert require_independent(6, samples, []) is None
        found = require_independent(6, samples, [HeldRow(0, 0, one), HeldRow(1, 1, one), HeldRow(2, 1, one)])
        truth = float(np.linalg.svd(samples[[1, 2]])[1][-1])
        assert found is not None and truth * 0.99 < float(found.mid()) and found <= exact(truth * (1 + 1e-12))
        with pytest.raises(Refusal, match="unit 1 is held are not shown to be independent") as caught:
            require_independent(6, samples, [HeldRow(0, 1, one), HeldRow(1, 1, one)])
    assert caught.value.check == 6
