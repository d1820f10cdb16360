"""Kernels, norms and bounds of one hidden layer beside Jacobians written out."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from certificates.arithmetic.arb import exact, lower, precision, upper
from certificates.arithmetic.arb_matrix import ArbMatrix
from certificates.arithmetic.ball_matrix import BallMatrix
from certificates.enclosures.objectives.both_layers import (
    around,
    both_layers,
    fourth_moment,
    khatri_rao_gram,
    schur_bound,
)
from certificates.enclosures.objectives.frozen_output import at_teacher
from tests.support.naive import jacobian, parameters
from tests.support.shallow import shallow_problem


@pytest.fixture(autouse=True)
def _bits():
    with precision(128):
        yield


def _problem(seed=1, **options):
    return shallow_problem(np.random.default_rng(seed), 3, 5, 4, **options)


def _given(network):
    return replace(network, teacher=None, targets=np.zeros((network.sample_count, 1)))


@pytest.mark.parametrize("arithmetic", [BallMatrix, ArbMatrix])
@pytest.mark.parametrize("trained", [(True, True), (True, False)])
def test_kernels_are_those_of_the_jacobian(arithmetic, trained):
    network = _problem(trained=trained)
    point = both_layers(network, arithmetic)
    whole = jacobian(_given(network), parameters(network), "tanh")
    hidden = whole[:, : network.layers[0].weight.size]
    for kernel, rows in ((point.kernel, whole), (point.hidden_kernel, hidden)):
        low, high = kernel.entry_bounds()
        assert (low <= rows @ rows.T + 1e-12).all() and (rows @ rows.T - 1e-12 <= high).all()
        assert (high - low < 1e-11).all()


def test_the_residual_is_zero_by_definition_at_the_teacher_only():
    here, moved = _problem(), _problem(away=0.5)
    assert both_layers(here, BallMatrix).residual_norm == 0
    assert both_layers(at_teacher(moved), BallMatrix).residual_norm == 0
    outputs = np.tanh(here.inputs @ here.layers[0].weight.T) @ here.layers[1].weight.T
    assert 0 < upper(both_layers(replace(here, teacher=None, targets=outputs), BallMatrix).residual_norm) < 1e-12
    outputs = [np.tanh(moved.inputs @ w.weight.T) @ v.weight.T for w, v in (moved.layers, moved.teacher)]
    found = both_layers(moved, BallMatrix).residual_norm
    assert np.isclose(upper(found), np.linalg.norm(outputs[0] - outputs[1]), rtol=1e-9)


@pytest.mark.parametrize("shift", [None, 40.0])
def test_fourth_moments_are_bounded_in_every_direction(shift):
    network, rng = _problem(), np.random.default_rng(0)
    bound = fourth_moment(both_layers(network, BallMatrix), network.inputs, Fraction(1), shift)
    directions = np.vstack([network.inputs, rng.normal(size=(50, 3))])
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    assert ((network.inputs @ directions.T) ** 4).mean(axis=0).max() <= upper(bound) * (1 + 1e-12)
    assert fourth_moment(both_layers(network, BallMatrix), network.inputs, Fraction(1), 1e-3) is None


@pytest.mark.parametrize("radius", [0.0, 0.1, 2.0])
@pytest.mark.parametrize("both", [True, False])
def test_the_jacobian_turns_no_faster_between_points_of_the_ball(radius, both):
    network, rng = _problem(3, trained=(True, both)), np.random.default_rng(0)
    given, centre = _given(network), parameters(network)
    point = both_layers(network, BallMatrix)
    fourth = fourth_moment(point, network.inputs, Fraction(0), None)
    beta = upper(around(point, exact(radius), fourth, moves_outer=both).turning(both))
    for _ in range(20):
        steps = rng.normal(size=(2, centre.size))
        one, two = centre + radius * steps / np.linalg.norm(steps, axis=1, keepdims=True) * rng.uniform(
            0, 1, size=(2, 1)
        )
        change = np.linalg.norm(jacobian(given, one, "tanh") - jacobian(given, two, "tanh"), 2)
        assert change <= np.sqrt(network.sample_count) * beta * np.linalg.norm(one - two) + 1e-12


@pytest.mark.parametrize("both", [True, False])
def test_bounds_hold_at_what_the_ball_reaches(both):
    """The slope of z² is 2|z|: its bound grows with the ball, and so does that of the outer weights if they move."""
    network = _problem(trained=(True, both), name="quadratic")
    point, x = both_layers(network, BallMatrix), network.inputs
    (w, v), radius = (layer.weight for layer in network.layers), 2.0
    ball = around(point, exact(radius), exact(3), moves_outer=both)
    for i, row in enumerate(x):
        length = np.linalg.norm(row)
        furthest = np.abs((w + radius * np.sign(w @ row)[:, None] * row / length) @ row).max()
        assert 2 * furthest <= upper(ball.slope) * (1 + 1e-12), i
    assert np.isclose(upper(ball.outer), np.abs(v).max() + (radius if both else 0))
    assert upper(ball.bend) == 2


def test_khatri_rao_has_no_more_rank_than_symmetric_matrices():
    rng = np.random.default_rng(4)
    full, singular = (khatri_rao_gram(BallMatrix.from_exact(rng.normal(size=(n, 3)))) for n in (6, 7))
    assert full.smallest_eigenvalue(1e-6) > 0
    assert abs(np.linalg.eigvalsh(singular.mid)[0]) < 1e-12 and singular.smallest_eigenvalue(1e-6) is None


def test_schur_bounds_the_least_eigenvalue_of_the_kernel():
    rng = np.random.default_rng(5)
    for _ in range(50):
        n, k, d = rng.integers(1, 6, size=3)
        psi, x = rng.normal(size=(n, k)), rng.normal(size=(n, d))
        ends = [max(0.0, np.linalg.eigvalsh(part @ part.T)[0]) for part in (psi, x)]
        shortest = [np.sum(part**2, axis=1).min() for part in (x, psi)]
        bound = lower(schur_bound(*(exact(float(number)) for number in (*ends, *shortest))))
        assert bound <= np.linalg.eigvalsh((psi @ psi.T) * (x @ x.T))[0] + 1e-9
