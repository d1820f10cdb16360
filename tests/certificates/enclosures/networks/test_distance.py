"""Distances of networks against exact rationals, on both paths."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from certificates.arithmetic.arb import precision, upper
from certificates.arithmetic.arb_matrix import ArbMatrix
from certificates.arithmetic.ball_matrix import BallMatrix
from certificates.enclosures.networks.distance import differs_in_trained_weights_only, parameter_distance
from tests.support.naive import random_network


def _moved(network, step):
    layers = [
        replace(layer, weight=layer.weight + step, bias=None if layer.bias is None else layer.bias * (1 + step))
        if layer.trained
        else layer
        for layer in network.layers
    ]
    return replace(network, layers=tuple(layers))


def _square(first, second):
    total = Fraction(0)
    for a, b in zip(first.layers, second.layers, strict=True):
        pairs = [(a.weight, b.weight), *([] if a.bias is None else [(a.bias, b.bias)])]
        for left, right in pairs if a.trained else []:
            both = zip(left.ravel().tolist(), right.ravel().tolist(), strict=True)
            total += sum(((Fraction(x) - Fraction(y)) ** 2 for x, y in both), Fraction(0))
    return total


@pytest.mark.parametrize(
    ("arithmetic", "slack"), [(BallMatrix, Fraction(1, 10**28)), (ArbMatrix, Fraction(1, 10**640))]
)
@pytest.mark.parametrize("step", [0.0, 5e-324, 1e-300, 1e-20, 0.3, 1e9])
def test_bounds_the_exact_distance_closely(arithmetic, slack, step):
    network = random_network(np.random.default_rng(5), (3, 5, 2), 4)
    other = _moved(network, step)
    assert differs_in_trained_weights_only(network, other)
    with precision(128):
        bound = Fraction(upper(parameter_distance(network, other, arithmetic)))
    exact = _square(network, other)
    assert exact <= bound**2
    assert bound**2 <= exact * (1 + Fraction(1, 2**40)) + slack


def test_balls_are_exact_where_binary64_underflows():
    network = random_network(np.random.default_rng(5), (3, 5, 2), 4)
    zero = replace(network, layers=tuple(replace(x, weight=x.weight * 0.0, bias=None) for x in network.layers))
    tiny = replace(zero, layers=tuple(replace(x, weight=x.weight + 2.0**-1000) for x in zero.layers))
    with precision(128):
        bound = Fraction(upper(parameter_distance(zero, tiny, ArbMatrix)))
    exact = _square(zero, tiny)
    assert exact <= bound**2 <= exact * (1 + Fraction(1, 2**40))
