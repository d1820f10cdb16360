"""Counts of active and of turning units against exact rationals; bounds of κ against patterns that are turned."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from certificates import Dense, Network
from certificates.arithmetic.arb import exact
from certificates.arithmetic.ball_matrix import BallMatrix
from certificates.enclosures.networks import relu_flips
from certificates.enclosures.networks.relu_flips import (
    ReluStart,
    relu_start,
    turned_kernel,
    turning_of_all,
    turning_of_units,
)
from certificates.expression import parse_activation
from certificates.subjects import Objective, Squared

RADII = (0.0, 0.01, 0.1, 0.5, 3.0)


def _network(seed: int, *, bias: bool = False, whole: bool = False) -> Network:
    rng = np.random.default_rng(seed)
    n, d, m = 5, 3, 41
    x, w = rng.normal(size=(n, d)), rng.normal(size=(m, d))
    if whole:  # many pre-activations are exactly 0
        x, w = np.rint(x), np.rint(w)
    hidden = Dense(w, np.rint(rng.normal(size=m)) if bias else None)
    outer = Dense(0.25 * rng.choice([-1.0, 1.0], size=(1, m)), np.array([0.5]) if bias else None, False)
    y = rng.normal(size=(n, 1))
    return Network((hidden, outer), (parse_activation("relu"),), x, y, Objective(Squared(Fraction(1, 2))))


def _rational(network: Network):
    """Exact pre-activations, and ‖x̃_i‖²."""
    rows = [[Fraction(v) for v in row] for row in network.layers[0].weight]
    inputs = [[Fraction(v) for v in row] for row in network.inputs]
    if network.layers[0].bias is not None:
        rows = [[*row, Fraction(b)] for row, b in zip(rows, network.layers[0].bias, strict=True)]
        inputs = [[*row, Fraction(1)] for row in inputs]
    pre = [[sum(a * b for a, b in zip(w, x, strict=True)) for x in inputs] for w in rows]
    return pre, [sum(v * v for v in x) for x in inputs], inputs


CASES = [(seed, bias, whole) for seed in range(3) for bias in (False, True) for whole in (False, True)]


@pytest.mark.parametrize(("seed", "bias", "whole"), CASES)
@pytest.mark.parametrize("block", [7, 2**14])
def test_counts_are_those_of_rationals_and_ties_turn(seed, bias, whole, block, monkeypatch):
    monkeypatch.setattr(relu_flips, "_BLOCK", block)
    network = _network(seed, bias=bias, whole=whole)
    start = relu_start(network, RADII, RADII)
    pre, squares, _ = _rational(network)
    active = np.array([[z > 0 for z in row] for row in pre], dtype=int)
    assert np.array_equal(start.active, active.T @ active)
    for radius, counts in zip(RADII, start.flips, strict=True):
        turned = np.array(
            [[z * z <= Fraction(radius) ** 2 * s for z, s in zip(row, squares, strict=True)] for row in pre], dtype=int
        )
        assert (counts >= turned.T @ turned).all() and (counts - turned.T @ turned).max() <= (0 if radius else 1)


@pytest.mark.parametrize("bias", [False, True])
def test_the_residual_is_that_of_rationals(bias):
    network = _network(4, bias=bias)
    pre, _, _ = _rational(network)
    last = network.layers[1]
    outputs = [sum(Fraction(v) * max(row[i], 0) for v, row in zip(last.weight[0], pre, strict=True)) for i in range(5)]
    offset = Fraction(0 if last.bias is None else float(last.bias[0]))
    square = sum((o + offset - Fraction(float(y))) ** 2 for o, y in zip(outputs, network.targets[:, 0], strict=True))
    found = relu_start(network, ()).residual
    assert found * found >= exact(square) and found * found <= exact(square) * (1 + exact(2.0**-40))


def _patterns(rng, network: Network, radius: float, index: int, together: bool):
    """Jacobians over v of weights within the radius, two at a time, pushed towards kinks."""
    _, _, inputs = _rational(network)
    x = np.array([[float(v) for v in row] for row in inputs])
    w = network.layers[0].weight if network.layers[0].bias is None else np.column_stack(
        [network.layers[0].weight, network.layers[0].bias]
    )  # fmt: skip
    ball = []
    for _ in range(2):
        chosen = x[rng.integers(len(x), size=len(w))]
        push = -np.sign(np.sum(w * chosen, axis=1))[:, None] * chosen
        push /= np.linalg.norm(push, axis=1, keepdims=True)
        if together:
            push *= rng.permutation(np.r_[np.ones(3), np.zeros(len(w) - 3)])[:, None]
            push /= np.linalg.norm(push)
        moved = w + push * radius * (1 - 1e-9)
        ball.append(((x @ moved.T) > 0)[:, :, None] * x[:, None, :])
    start = ((x @ w.T) > 0)[:, :, None] * x[:, None, :]
    pairs = [(ball[0], start)] if together else [(ball[0], start), (ball[0], ball[1])]
    return max(np.linalg.norm((a - b).reshape(len(x), -1), 2) for a, b in pairs)


@pytest.mark.parametrize("together", [False, True])
def test_no_pattern_within_the_radius_is_farther_than_kappa(together):
    turn, closest = turning_of_all if together else turning_of_units, 0.0
    for seed in range(12):
        network = _network(seed, bias=seed % 2 == 1)
        start = relu_start(network, RADII, RADII)
        norm = start.gram.operator_norm()
        for index, radius in enumerate(RADII[1:], 1):
            bound = float(turn(start, index, norm).mid())
            seen = max(_patterns(np.random.default_rng(k), network, radius, index, together) for k in range(4))
            assert seen <= bound * (1 + 1e-9)
            closest = max(closest, seen / bound if bound else 0.0)
    assert closest > 0.5


def test_kappa_is_attained_where_one_input_turns_every_unit():
    """One sample: κ(R)² = ‖x‖² times the number of units that turn."""
    network = Network(
        (Dense(np.array([[0.5], [-0.25], [2.0]]), None), Dense(np.ones((1, 3)), None, False)),
        (parse_activation("relu"),), np.array([[2.0]]), np.array([[1.0]]), Objective(Squared(Fraction(1))),
    )  # fmt: skip
    start = relu_start(network, *2 * ((0.2, 0.25, 0.5, 2.0),))
    assert [int(counts[0, 0]) for counts in start.flips] == [0, 1, 2, 3]
    norm = start.gram.operator_norm()
    for index, turned in enumerate((0, 1, 2, 3)):
        assert float(turning_of_units(start, index, norm).mid()) == pytest.approx(2 * np.sqrt(turned), rel=1e-9)
    assert start.reached == (0, 1, 1, 2)  # 0.25² + 0.5² ≤ 4, and 2² more is beyond it
    assert float(turned_kernel(start).mid[0, 0]) == 8.0
    assert float(turning_of_all(start, 3, norm).mid()) == pytest.approx(2 * np.sqrt(2), rel=1e-9)


def test_squares_that_underflow_are_summed_from_below():
    """Distances of 1.8e-162 whose squares are rounded up to 2⁻¹⁰⁷⁴, of which R² pays for more."""
    gap, count = 1.8e-162, 300
    network = Network(
        (Dense(np.full((count, 1), gap), None), Dense(np.ones((1, count)), None, False)),
        (parse_activation("relu"),), np.array([[1.0]]), np.array([[1.0]]), Objective(Squared(Fraction(1))),
    )  # fmt: skip
    radius = 2.0**-537 * np.sqrt(200)
    assert gap * gap == 2.0**-1074 and Fraction(gap) ** 2 * count < Fraction(radius) ** 2
    assert relu_start(network, (), (radius,)).reached == (count,)


def test_only_what_is_asked_for_is_counted():
    network = _network(0)
    assert relu_start(network, RADII).reached == () and relu_start(network, (), RADII).flips == ()


@pytest.mark.parametrize("together", [False, True])
def test_kinks_of_unequal_inputs_are_as_far_as_rationals_say(together):
    """Lengths and rows from 2⁻⁶⁰ to 2⁶⁰, radii that are distances: ties turn, what is beyond them does not."""
    rng = np.random.default_rng(5)
    network = _network(6)
    network = replace(network, inputs=network.inputs * np.array([2.0**-60, 1, 1, 2.0**30, 2.0**60])[:, None])
    pre, squares, _ = _rational(network)
    gaps = np.array([[z * z / s for z, s in zip(row, squares, strict=True)] for row in pre])
    for square in rng.permutation(np.sort(gaps[:, 1:3].ravel()))[:6]:
        radius = float(np.sqrt(float(square)))
        for factor in (1 - 2.0**-40, 1, 1 + 2.0**-40):
            most = Fraction(radius * factor) ** 2
            if together:
                sums = np.cumsum(np.sort(gaps[:, 1:3], axis=0), axis=0)
                seen = relu_start(network, (), (radius * factor,)).reached[0]
                assert seen >= (sums <= most).sum(axis=0).max()
            else:
                turned = (gaps <= most).astype(int)
                seen = relu_start(network, (radius * factor,)).flips[0]
                assert (seen >= turned.T @ turned).all()


def test_units_of_uncertain_sign_are_inactive_and_turn_at_any_radius():
    """Last weights that cancel the rest but for roundings: computed signs are often wrong, and none is believed."""
    rng = np.random.default_rng(7)
    inputs, weights = rng.normal(size=(1, 6)), rng.normal(size=(200, 6))
    weights[:, -1] = -(weights[:, :-1] @ inputs[0, :-1]) / inputs[0, -1]
    network = Network(
        (Dense(weights, None), Dense(np.ones((1, 200)), None, False)),
        (parse_activation("relu"),), inputs, np.array([[0.0]]), Objective(Squared(Fraction(1))),
    )  # fmt: skip
    pre, _, _ = _rational(network)
    wrong = np.sign(weights @ inputs[0]) != np.array([(z > 0) - (z < 0) for (z,) in pre])
    assert wrong.sum() > 10
    start = relu_start(network, (1e-100,), (1e-100,))
    residual = sum(max(z, Fraction(0)) for (z,) in pre)
    assert start.residual >= exact(residual) and np.maximum(weights @ inputs[0], 0).sum() < 0.9 * residual
    assert start.active[0, 0] == 0 and start.flips[0][0, 0] == 200 and start.reached == (200,)


@pytest.mark.parametrize("unit", [1.0, 2.0**-540, 2.0**300])
def test_lengths_are_from_above_whatever_a_sum_loses(unit):
    rows = np.random.default_rng(8).normal(size=(40, 257))
    rows[0] = [1.0, *[2.0**-27] * 256]
    rows[1] = [2.0**-27] * 256 + [1.0]
    network = Network(
        (Dense(np.ones((2, 257)), None), Dense(np.ones((1, 2)), None, False)),
        (parse_activation("relu"),), unit * rows, np.ones((40, 1)), Objective(Squared(Fraction(1))),
    )  # fmt: skip
    for row, length in zip(network.inputs, relu_start(network, ()).lengths, strict=True):
        assert Fraction(float(length)) ** 2 >= sum(Fraction(float(x)) ** 2 for x in row)
        assert unit < 1 or length <= np.linalg.norm(row) * (1 + 1e-12)


def test_sums_that_round_up_count_no_unit_too_few():
    """Squares of 1 + ¾·2⁻⁴³: from the 512th on, every sum in binary64 adds 1 + 2⁻⁴³."""
    count = 1_024
    network = Network(
        (Dense(np.full((count, 1), 1 + 0.375 * 2.0**-43), None), Dense(np.ones((1, count)), None, False)),
        (parse_activation("relu"),), np.array([[1.0]]), np.array([[1.0]]), Objective(Squared(Fraction(1))),
    )  # fmt: skip
    radius = np.nextafter(32 * network.layers[0].weight[0, 0], np.inf)
    assert relu_start(network, (), (float(radius),)).reached == (count,)


def test_kappa_takes_sizes_from_above_and_the_smaller_of_both_bounds():
    """Opposite signs do not cancel: units that turn by pairs may turn either way."""
    mid = np.array([[1.0, -0.5, 0.0], [-0.5, 1.0, 0.25], [0.0, 0.25, 1.0]])
    gram = BallMatrix(mid, np.full((3, 3), 0.25))
    counts = 4 * np.array([[1, 1, 0], [1, 1, 0], [0, 0, 0]])
    start = ReluStart(gram, np.ones(3), counts, exact(0), (counts, np.diag([1, 3, 2])), (7,))
    for index, norm, square in ((0, 100, 4 * (1.25 + 0.75)), (0, 1.5, 6), (1, 100, 3.75), (1, 1, 3)):
        assert float(turning_of_units(start, index, exact(norm)).mid()) ** 2 == pytest.approx(square, rel=1e-6)
    assert float(turning_of_all(start, 0, exact(2)).mid()) ** 2 == pytest.approx(14, rel=1e-12)
    assert bool((turned_kernel(start).mid == mid * counts).all())
