"""Draws, descents and the problems made of them, on a grid of a few small networks."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from verify.experiments.soltanolkotabi_2018.planted_trials import GridPoint, Settings, run_trials

SMALL = Settings(samples=8, experiments=2, initialisations=3, budget=2_000)


@pytest.mark.parametrize(("d", "k"), [(4, 1), (4, 3), (4, 4), (4, 9), (3, 2)])
def test_freedom_is_the_rank_of_the_differential(d, k):
    """Of W ↦ WᵀW at random W."""
    weights = np.random.default_rng(1).standard_normal((k, d))
    columns = []
    for entry in np.eye(k * d):
        moved = entry.reshape(k, d)
        columns.append((moved.T @ weights + weights.T @ moved).ravel())
    assert GridPoint(d, k).freedom == np.linalg.matrix_rank(np.array(columns))


@pytest.mark.parametrize(("d", "k", "exact"), [(3, 3, True), (5, 2, False), (5, 3, True), (9, 2, False)])
def test_where_the_relaxation_is_exact(d, k, exact):
    assert GridPoint(d, k).has_exact_relaxation(9) is exact  # (k + 1)(k + 2)/2 = 10 for k = 3


def test_modes_see_the_same_draws_and_seeds_others():
    fixed, both = (run_trials(SMALL, mode, GridPoint(3, 2)) for mode in ("fixed", "both"))
    np.testing.assert_array_equal(fixed.inputs, both.inputs)
    np.testing.assert_array_equal(fixed.teachers, both.teachers)
    assert (fixed.outer == 1).all()
    assert not (both.outer == np.sign(both.outer)).all()  # it was trained
    other = run_trials(replace(SMALL, seed=2), "fixed", GridPoint(3, 2))
    assert not (other.inputs == fixed.inputs).any()


def test_a_run_is_judged_by_its_loss():
    trials = run_trials(SMALL, "fixed", GridPoint(3, 3))
    for index, outcome in enumerate(trials.run.outcomes):
        problem = trials.problem(index)
        teacher = problem.teacher[0].weight
        labels = ((problem.inputs @ teacher.T) ** 2).sum(axis=1)
        outputs = ((problem.inputs @ problem.layers[0].weight.T) ** 2).sum(axis=1)
        loss = float(problem.objective.loss.scale) * ((outputs - labels) ** 2).sum()
        assert loss == pytest.approx(trials.run.losses[index], rel=1e-6, abs=1e-14)
        assert (outcome == "reached") == (loss <= 1e-6 * (labels @ labels) / 16 * (1 + 1e-6))
        assert problem.objective.loss.scale == Fraction(1, 16)
        assert not problem.layers[1].trained


def test_one_failed_start_spoils_its_experiment():
    trials = run_trials(SMALL, "fixed", GridPoint(3, 3))
    assert trials.per_experiment == 3
    spoilt = replace(trials, run=replace(trials.run, outcomes=("reached",) * 5 + ("budget",)))
    clean = replace(trials, run=replace(trials.run, outcomes=("reached",) * 6))
    assert (clean.successes, spoilt.successes) == (2, 1)
