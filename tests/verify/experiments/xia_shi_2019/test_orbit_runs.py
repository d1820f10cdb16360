"""Runs towards a planted factor against naive sums over the samples."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from verify.experiments.xia_shi_2019.orbit_runs import Settings, _sizes, planted_problem, run_orbit, tail_factor

SMALL = Settings(dimensions=(4,), columns=2, samples_per_dimension=30, step=Fraction(1, 20), steps=60, record_every=20)


@pytest.fixture(scope="module")
def small():
    return run_orbit(SMALL, planted_problem(SMALL, 4))


def test_the_run_is_gradient_descent_on_the_printed_loss(small):
    """Step by step with (7), from the sums over all samples."""
    x, planted = small.problem.inputs, small.planted.T
    factor = small.problem.layers[0].weight.T.copy()
    labels = ((x @ planted) ** 2).sum(axis=1)
    for t in range(61):
        if t % 20 == 0:
            np.testing.assert_allclose(small.weights[t // 20], factor.T, rtol=1e-9, atol=1e-12)
        excess = ((x @ factor) ** 2).sum(axis=1) - labels
        factor = factor - (1 / 20) * (x.T * excess) @ (x @ factor) / len(x)
    assert small.problem.objective.loss.scale == Fraction(1, 4 * len(x))


def test_errors_are_distances_over_all_rotations(small):
    angles = np.linspace(0, 2 * np.pi, 4_001)
    turns = np.array([[np.cos(angles), -np.sin(angles)], [np.sin(angles), np.cos(angles)]]).transpose(2, 0, 1)
    turns = np.concatenate([turns, turns @ np.diag([1.0, -1.0])])
    for weights, error in zip(small.weights, small.errors, strict=True):
        nearest = min(np.linalg.norm(turn @ weights - small.planted) for turn in turns)
        assert error * np.linalg.norm(small.planted) == pytest.approx(nearest, abs=1e-3)


def test_sizes_by_the_definition():
    rng = np.random.default_rng(1)
    factor, planted = rng.standard_normal((5, 3)), rng.standard_normal((5, 3))
    along = [(m @ p) / (p @ p) * p for m, p in zip(factor.T, planted.T, strict=True)]
    rest = [m - a for m, a in zip(factor.T, along, strict=True)]
    expected = [np.sqrt(sum(c @ c for c in columns) / 3) for columns in (along, rest)]
    np.testing.assert_allclose(_sizes(factor.T, planted.T), expected, rtol=1e-13)


def test_alignment_only_helps(small):
    assert (small.aligned[:, 1] <= small.raw[:, 1] + 1e-12).all()


def test_entering_and_tails(small):
    distances = small.errors * np.linalg.norm(small.planted)
    first = next(int(t) for t, d in zip(small.steps, distances, strict=True) if d <= distances.min())
    assert small.first_within(distances.min()) == first > 0
    assert small.first_within(0.0) is None
    assert small.first_within(1e9) == 0
    steps = np.arange(0, 100, 10)
    assert tail_factor(steps, 0.97**steps, np.full(10, True)) == pytest.approx(0.97)
    assert tail_factor(steps, 0.97**steps, np.full(10, False)) is None


def test_numbers_are_short_and_seeds_matter():
    problem = planted_problem(SMALL, 4)
    for array in (problem.inputs, problem.layers[0].weight, problem.teacher[0].weight):
        assert (array * 2**16 == np.rint(array * 2**16)).all()
    other = planted_problem(replace(SMALL, seed=5), 4)
    assert not np.array_equal(other.inputs, problem.inputs)
    np.testing.assert_allclose(np.linalg.norm(problem.teacher[0].weight, axis=1), 1, atol=1e-4)
