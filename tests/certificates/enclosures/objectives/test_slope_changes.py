"""Which units may change their side, and τ, against signs at points of the ball and exact norms."""

from __future__ import annotations

import numpy as np
import pytest

from certificates.arithmetic.arb import upper
from certificates.arithmetic.ball_array import BallArray
from certificates.enclosures.objectives.kinks import sides_of
from certificates.enclosures.objectives.slope_changes import has_two_slopes, may_change, turn_across_kinks
from certificates.expression import parse_activation

RELU = sides_of(parse_activation("relu"))


def _drawn(seed, n=40, d=3, k=2, o=1):
    rng = np.random.default_rng(seed)
    x, w = np.rint(rng.normal(size=(n, d)) * 64) / 64, np.rint(rng.normal(size=(k, d)) * 64) / 64
    return rng, x, w, rng.normal(size=(o, k))


def _naive_tau(changes, x, outer, jump):
    """From the definition, in float64."""
    counts, best = changes.sum(axis=1), 0.0
    for unit in range(changes.shape[1]):
        chosen = changes[:, unit]
        matrix = (x[chosen] * counts[chosen, None]).T @ x[chosen]
        best = max(best, np.linalg.eigvalsh(matrix)[-1] * np.sum(outer[:, unit] ** 2))
    return jump * np.sqrt(best / len(x))


@pytest.mark.parametrize("seed", range(3))
def test_signs_change_only_where_they_may(seed):
    rng, x, w, _ = _drawn(seed)
    radius = 0.3
    changes = may_change(BallArray.from_exact(x @ w.T), x, radius)  # products of 1/64ths are exact
    assert changes.any() and not changes.all()
    for sample, unit in np.argwhere(changes):
        if np.abs(x[sample] @ w[unit]) < radius * np.linalg.norm(x[sample]) * (1 - 1e-12):
            moved = w[unit] - radius * np.sign(x[sample] @ w[unit]) * x[sample] / np.linalg.norm(x[sample])
            assert np.sign(x[sample] @ moved) != np.sign(x[sample] @ w[unit])  # it does change there
    for _ in range(200):
        step = rng.normal(size=w.shape)
        moved = w + radius * step / np.linalg.norm(step)
        assert not ((np.sign(x @ moved.T) != np.sign(x @ w.T)) & ~changes).any()


@pytest.mark.parametrize(("pre", "expected"), [(4.75, True), (-5.0, True), (5.0 + 2.0**-40, False), (-5.25, False)])
def test_a_unit_may_change_up_to_the_radius_times_the_length_of_the_sample(pre, expected):
    assert may_change(BallArray.from_exact(np.array([[pre]])), np.array([[3.0, 4.0]]), 1.0).item() is expected


def test_at_radius_zero_only_kinks_remain():
    x = np.array([[1.0, 0.0], [0.0, 1.0], [0.0, 0.0]])
    pre = BallArray.from_exact(x @ np.array([[1.0, 0.0]]).T)
    assert may_change(pre, x, 0.0).ravel().tolist() == [False, True, False]


def test_wide_balls_and_far_radii_count():
    x, zero = np.ones((2, 1)), np.zeros((2, 1))
    assert may_change(BallArray(np.array([[0.5], [2.0]]), np.array([[0.5], [1.5]])), x, 0.25).ravel().tolist() == [
        True,
        False,
    ]
    assert may_change(BallArray.from_exact(zero), x, 0.0).all()
    assert may_change(BallArray.from_exact(np.ones((2, 1))), x, float("inf")).all()


@pytest.mark.parametrize("outputs", [1, 3])
@pytest.mark.parametrize(
    ("text", "jump"),
    [("relu", 1.0), ("leaky_relu(1/4)", 0.75), ("piecewise(-z, 0, z)", 2.0), ("piecewise(z, 0, z/2)", 0.5)],
)
def test_tau_is_that_of_the_definition_just_above(text, jump, outputs):
    _, x, w, outer = _drawn(7, o=outputs)
    changes = may_change(BallArray.from_exact(x @ w.T), x, 0.25)
    found = upper(turn_across_kinks(changes, x, outer, sides_of(parse_activation(text))))
    truth = _naive_tau(changes, x, outer, jump)
    assert truth <= found <= truth * 1.01


@pytest.mark.parametrize("seed", range(3))
def test_the_jacobian_turns_by_no_more(seed):
    """J(W) − J(W*) and r − J(W)D at points of the ball, on its rim and within."""
    rng, x, w, outer = _drawn(seed, n=30)
    radius = 0.4
    tau = upper(turn_across_kinks(may_change(BallArray.from_exact(x @ w.T), x, radius), x, outer, RELU))

    def jacobian(weights):
        return ((x @ weights.T > 0)[:, :, None] * outer[0][None, :, None] * x[:, None, :]).reshape(len(x), -1)

    def outputs(weights):
        return np.maximum(x @ weights.T, 0) @ outer[0]

    largest = 0.0
    for share in rng.uniform(0.2, 1, size=100):
        step = rng.normal(size=w.shape)
        d = share * radius * step / np.linalg.norm(step)
        turn = np.linalg.norm(jacobian(w + d) - jacobian(w), 2) / np.sqrt(len(x))
        bent = outputs(w + d) - outputs(w) - jacobian(w + d) @ d.ravel()
        largest = max(largest, turn, np.linalg.norm(bent) / np.sqrt(len(x)) / np.linalg.norm(d))
    assert 0.1 * tau < largest <= tau


def test_units_without_output_and_empty_sets_turn_nothing():
    x = np.ones((3, 2))
    everything = np.ones((3, 2), dtype=bool)
    assert upper(turn_across_kinks(everything, x, np.zeros((1, 2)), RELU)) == 0
    assert upper(turn_across_kinks(~everything, x, np.ones((1, 2)), RELU)) == 0
    only = upper(turn_across_kinks(everything, x, np.array([[0.0, 2.0]]), RELU))
    assert 2 * np.sqrt(2 * 6 / 3) <= only <= 2 * np.sqrt(2 * 6 / 3) * 1.01  # c = 2: both units are counted


@pytest.mark.parametrize(
    ("text", "expected"),
    [("relu", True), ("leaky_relu(1/2)", True), ("identity", False), ("tanh", False), ("elu(1)", False)],
)
def test_two_slopes(text, expected):
    assert has_two_slopes(parse_activation(text)) is expected
