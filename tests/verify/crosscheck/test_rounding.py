"""What float64 makes of a residual, against the same residual at 200 bits."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from flint import arb, arb_mat, ctx

from certificates import Network
from tests.support.naive import random_network
from verify.crosscheck.rounding import residual_floor
from verify.numeric.mlp import FloatNetwork
from verify.search.polish import levenberg_marquardt


def exact_residual(network: Network) -> np.ndarray:
    """F − y of a tanh network, rounded once at the end."""

    def matrix(array):
        return arb_mat([[arb(float(value)) for value in row] for row in array])

    before, ctx.prec = ctx.prec, 200
    try:
        hidden = matrix(network.inputs)
        for index, layer in enumerate(network.layers):
            hidden = hidden * matrix(layer.weight.T) + matrix(np.tile(layer.bias, (network.sample_count, 1)))
            if index < len(network.layers) - 1:
                rows = [[hidden[i, j].tanh() for j in range(hidden.ncols())] for i in range(hidden.nrows())]
                hidden = arb_mat(rows)
        difference = hidden - matrix(network.targets)
        return np.array(
            [[float(difference[i, j]) for j in range(difference.ncols())] for i in range(difference.nrows())]
        )
    finally:
        ctx.prec = before


@pytest.mark.parametrize("widths", [(4, 40, 1), (3, 20, 20, 2), (3, 12, 12, 12, 1)])
@pytest.mark.parametrize("size", [1.0, 100.0])
def test_it_is_above_the_error_and_not_far_above(widths, size):
    network = levenberg_marquardt(random_network(np.random.default_rng(1), widths, 5, residual=size)).network
    net = FloatNetwork(network)
    error = float(np.linalg.norm(net.residual(net.initial()) - exact_residual(network)))
    floor = residual_floor(network)
    assert 4 * error < floor < 1e4 * max(error, 2.0**-52)


def test_it_grows_where_large_terms_cancel():
    """Where what is counted from sizes of outputs alone would be too small."""
    network = random_network(np.random.default_rng(1), (4, 40, 1), 5)
    wide = replace(network.layers[1], weight=network.layers[1].weight * 1e9)
    assert residual_floor(replace(network, layers=(network.layers[0], wide))) > 1e4 * residual_floor(network)
