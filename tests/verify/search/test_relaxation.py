"""The convex relaxation by factors, beside an interior-point solver and exact truths."""

from __future__ import annotations

import numpy as np
import pytest

from tests.twins.relaxation import semidefinite_residual
from verify.search.relaxation import relaxed_residual

RNG = np.random.default_rng(3)
GAUSSIAN = RNG.normal(size=(40, 6))
PLANTED = np.square(GAUSSIAN @ RNG.normal(size=(6, 2))).sum(axis=1)
CASES = {
    "noise alone": (GAUSSIAN, RNG.normal(size=40)),
    "planted, with noise": (GAUSSIAN, PLANTED + 0.1 * RNG.normal(size=40)),
    "planted, some far below": (GAUSSIAN, PLANTED - 5 * (RNG.random(40) < 0.2)),
    "scaled inputs": (GAUSSIAN * np.geomspace(1, 0.03, 6), PLANTED + RNG.normal(size=40)),
    "counts": (np.rint(2 * GAUSSIAN), RNG.normal(size=40)),
    "heavy tails": (RNG.standard_t(2, size=(40, 6)), RNG.standard_t(2, size=40)),
    "tiny and huge": (1e-9 * GAUSSIAN, 1e12 * RNG.normal(size=40)),
}


@pytest.mark.parametrize("name", CASES)
def test_it_is_no_farther_from_the_labels_than_an_interior_point(name):
    inputs, labels = CASES[name]
    ours, (theirs, status) = relaxed_residual(inputs, labels), semidefinite_residual(inputs, labels)
    assert status == "optimal" and np.linalg.norm(ours) <= np.linalg.norm(theirs) * (1 + 1e-8)


@pytest.mark.parametrize("name", ["noise alone", "planted, with noise", "planted, some far below", "counts"])
def test_newton_takes_the_dual_point_to_rounding(name):
    inputs, labels = CASES[name]
    residual = relaxed_residual(inputs, labels)
    force = (inputs.T * residual) @ inputs
    assert np.linalg.eigvalsh(force)[0] > -1e-11 * np.linalg.norm(force)


def test_labels_below_zero_are_best_met_by_zero():
    labels = -np.abs(CASES["noise alone"][1])
    assert relaxed_residual(GAUSSIAN, labels) == pytest.approx(-labels, rel=1e-9)


@pytest.mark.slow  # three seconds
def test_labels_within_reach_leave_nothing():
    assert np.abs(relaxed_residual(GAUSSIAN, PLANTED)).max() < 1e-6 * PLANTED.max()


def test_a_residual_that_overflows_is_none():
    assert relaxed_residual(np.ones((3, 1)), np.array([1.7e308, 1.7e308, -1.7e308])) is None  # −4/3 · 1.7e308


@pytest.mark.slow
def test_what_newton_finds_is_taken_although_l_bfgs_leaves_a_force_that_is_positive():
    """Thirty inputs, six hundred samples: the better dual point is the stationary one, not that of the larger λ_min."""
    rng = np.random.default_rng(0)
    inputs, teacher = rng.normal(size=(600, 30)), rng.normal(size=(2, 30)) / np.sqrt(30)
    labels = np.square(inputs @ teacher.T).sum(axis=1) + rng.normal(size=600)
    residual = relaxed_residual(inputs, labels)
    primal, dual = residual @ residual, -residual @ residual - 2 * residual @ labels
    assert abs(primal - dual) <= 1e-11 * primal
