"""Lemma 1.7.3 against executed loops in binary64: sums in any order, φ as wrong as allowed; Arb at 300 bits."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from flint import arb, arb_mat

from certificates.arithmetic.arb import exact, lower, precision, upper
from certificates.arithmetic.arb_matrix import ArbMatrix
from certificates.arithmetic.ball_matrix import BallMatrix
from certificates.enclosures.networks.linearisation import linearise
from certificates.enclosures.networks.loop_rounding import Loop, LoopRounding, loop_layers, loop_rounding
from certificates.enclosures.networks.on_ball import on_ball
from tests.support.naive import random_network

U = 2.0**-53
OMEGA = 8 * U
SHAPES = ((2, 3, 1), (5, 16, 1), (4, 6, 5, 2), (3, 5, 4, 4, 1), (3, 4, 4, 4, 3, 2), (30, 40, 1))


# ---- a loop, with its products given -------------------------------------------------------------------------------


def blas(left, right, _rng):
    return left @ right


def permuted(left, right, rng):
    order = rng.permutation(left.shape[1])
    return np.ascontiguousarray(left[:, order]) @ np.ascontiguousarray(right[order])


def one_by_one(left, right, rng):
    """One term after the other, the smallest last: the order that loses most."""
    terms = left[:, :, None] * right[None, :, :]
    order = np.argsort(-abs(terms), axis=1)
    return np.cumsum(np.take_along_axis(terms, order, axis=1), axis=1)[:, -1, :]


def upward(left, right, _rng):
    """Of two orders, the larger result of each entry: errors of one sign."""
    return np.maximum(one_by_one(left, right, None), (left[:, ::-1] @ right[::-1]))


PRODUCTS = (blas, permuted, one_by_one, upward)


def executed(network, step, product, rng, error):
    """ê and the next weights, layer by layer; φ = tanh is wrong by ``error``."""
    values, inputs = [], [network.inputs]
    for index, layer in enumerate(network.layers):
        ones = () if layer.bias is None else (np.ones((len(inputs[-1]), 1)),)
        theta = layer.weight if layer.bias is None else np.hstack([layer.weight, layer.bias[:, None]])
        values.append(product(np.hstack([inputs[-1], *ones]), theta.T, rng))
        if index < len(network.layers) - 1:
            inputs.append(np.tanh(values[-1]) + error * rng.choice([-1.0, 1.0], size=values[-1].shape))
    residual = values[-1] - network.targets
    delta, after = residual, []
    for index in range(len(network.layers) - 1, -1, -1):
        layer = network.layers[index]
        ones = () if layer.bias is None else (np.ones((len(inputs[index]), 1)),)
        gradient = product(delta.T, np.hstack([inputs[index], *ones]), rng)
        theta = layer.weight if layer.bias is None else np.hstack([layer.weight, layer.bias[:, None]])
        after.insert(0, theta - step * gradient)
        if index:
            delta = product(delta, layer.weight, rng) * (1 - inputs[index] ** 2)
    return residual, after


# ---- the same without rounding -------------------------------------------------------------------------------------


def _matrix(array) -> arb_mat:
    return arb_mat([[arb(float(x)) for x in row] for row in np.atleast_2d(array)])


def _map(matrix: arb_mat, function) -> arb_mat:
    rows, columns = matrix.nrows(), matrix.ncols()
    return arb_mat([[function(matrix[i, j]) for j in range(columns)] for i in range(rows)])


def _padded(matrix: arb_mat, layer) -> arb_mat:
    if layer.bias is None:
        return matrix
    ends = range(matrix.nrows())
    return arb_mat([[*(matrix[i, j] for j in range(matrix.ncols())), arb(1)] for i in ends])


def _theta(layer) -> arb_mat:
    return _matrix(layer.weight if layer.bias is None else np.hstack([layer.weight, layer.bias[:, None]]))


def exact_step(network, step, residual):
    """E(w), and w − ηJᵀê for the given ê, without rounding."""
    inputs = [_matrix(network.inputs)]
    for layer in network.layers:
        pre = _padded(inputs[-1], layer) * _theta(layer).transpose()
        inputs.append(_map(pre, lambda z: z.tanh()))
    wrong = pre - _matrix(network.targets)
    delta, after = _matrix(residual), []
    for index in range(len(network.layers) - 1, -1, -1):
        layer = network.layers[index]
        after.insert(0, _theta(layer) - (delta.transpose() * _padded(inputs[index], layer)) * arb(step))
        back = delta * _matrix(layer.weight)
        slope = _map(inputs[index], lambda h: 1 - h * h)
        if index:
            delta = arb_mat([[back[i, j] * slope[i, j] for j in range(back.ncols())] for i in range(back.nrows())])
    return wrong, after


def _norm(matrices) -> float:
    total = arb(0)
    for matrix in matrices:
        for i in range(matrix.nrows()):
            for j in range(matrix.ncols()):
                total += matrix[i, j] ** 2
    return upper(total.sqrt())


# ---- one against the other -----------------------------------------------------------------------------------------


def certified(network, step, arithmetic=BallMatrix, radius=0.0) -> LoopRounding:
    with precision(128):
        point = linearise(network, arithmetic)
        ball = on_ball(point.layers, network.activations, exact(radius))
        layers = loop_layers(network, point.layers, ball, arithmetic)
        loop = Loop(exact(OMEGA), exact(2 * OMEGA + 3 * U), exact(step), exact(max(1.0, step)))
        size = sum((layer.weight_size**2 for layer in layers if layer.trained), exact(0)).sqrt()
        return loop_rounding(
            layers,
            network.activations,
            network.sample_count,
            loop,
            residual=point.residual_norm,
            jacobian=point.kernel.frobenius_norm().sqrt(),
            weights=size,
        )


def _ratios(rng, shape, step, residual, gain):
    """How much of δ_e and of δ_r is reached."""
    network = random_network(
        rng, shape, int(rng.integers(1, 9)), residual=residual, gain=gain, bias=bool(rng.integers(2))
    )
    bound, seen = certified(network, step), [0.0, 0.0]
    with precision(300):
        for product in PRODUCTS:
            error = OMEGA / 2 * float(rng.integers(0, 2))
            found, after = executed(network, step, product, rng, error)
            wrong, moved = exact_step(network, step, found)
            seen[0] = max(seen[0], _norm([_matrix(found) - wrong]) / lower(bound.residual))
            apart = [_matrix(one) - other for one, other in zip(after, moved, strict=True)]
            seen[1] = max(seen[1], _norm(apart) / lower(bound.step))
    return seen


def _worst(rng, count):
    worst = [0.0, 0.0]
    for _ in range(count):
        shape = SHAPES[rng.integers(len(SHAPES) - 1)]
        numbers = (float(10 ** rng.uniform(-3, 6)), float(10 ** rng.uniform(-12, 3)), float(10 ** rng.uniform(-3, 1)))
        worst = [max(pair) for pair in zip(worst, _ratios(rng, shape, *numbers), strict=True)]
    return worst


def test_executed_steps_are_as_wrong_as_allowed():
    worst = _worst(np.random.default_rng(1), 12)
    assert 0.02 < max(worst) <= 1


@pytest.mark.slow
def test_many_executed_steps():
    worst = _worst(np.random.default_rng(2), 2_000)
    assert worst[0] <= 1 and worst[1] <= 1


def test_the_last_rounding_alone_reaches_its_bound():
    """A step too small to move anything: r = ηJᵀê, the gradient's part; a step that moves everything: ½ ulp each."""
    ratios = _ratios(np.random.default_rng(4), (5, 16, 1), 0.05, 1e-3, 1.0)
    assert 0.1 < ratios[1] <= 1


def test_both_arithmetics_agree():
    network = random_network(np.random.default_rng(5), (3, 4, 3, 1), 4)
    fast, slow = certified(network, 0.1), certified(network, 0.1, ArbMatrix)
    for name in ("residual", "step", "largest", "reach"):
        assert abs(upper(getattr(fast, name)) / upper(getattr(slow, name)) - 1) < 1e-6


@pytest.mark.parametrize("shape", SHAPES)
def test_grows_with_the_ball_and_the_step(shape):
    network = random_network(np.random.default_rng(6), shape, 3)
    here, around, farther = certified(network, 0.1), certified(network, 0.1, radius=0.1), certified(network, 0.2)
    assert here.residual < around.residual and here.step < around.step and here.reach < around.reach
    assert here.step < farther.step and not here.residual < farther.residual


def test_a_point_nearby_is_within_the_bound_of_the_ball():
    rng = np.random.default_rng(7)
    network = random_network(rng, (3, 5, 4, 1), 4)
    layers = tuple(
        replace(layer, weight=layer.weight + 0.01 * rng.normal(size=layer.weight.shape)) for layer in network.layers
    )
    ball, point = certified(network, 0.1, radius=0.5), certified(replace(network, layers=layers), 0.1)
    assert upper(point.reach) < lower(ball.reach)


def test_long_steps_may_overflow():
    network = random_network(np.random.default_rng(9), (3, 5, 4, 1), 4)
    assert certified(network, 0.1).peak < 1e6 and certified(network, 2.0**1022).peak > exact(2) ** 1023


def test_frozen_layers_have_no_gradient():
    rng = np.random.default_rng(8)
    network = random_network(rng, (3, 5, 4, 1), 4)
    layers = tuple(replace(layer, trained=index == 1) for index, layer in enumerate(network.layers))
    part, whole = certified(replace(network, layers=layers), 0.1), certified(network, 0.1)
    assert part.step < whole.step and upper(part.residual) == upper(whole.residual)
