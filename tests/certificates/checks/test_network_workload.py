"""The estimate of the work against the meter's count of it, which no clock enters."""

from __future__ import annotations

import numpy as np
import pytest

from certificates.arithmetic.arb import precision
from certificates.arithmetic.ball_matrix import BallMatrix
from certificates.arithmetic.effort import FLOPS_PER_OPERATION, limited_effort, remaining_effort
from certificates.checks.network_workload import network_workload
from certificates.checks.workload import DEFAULT_BUDGET
from certificates.enclosures.networks.linearisation import linearise
from certificates.memory import forget
from tests.support.naive import random_network

ALLOWED = DEFAULT_BUDGET / FLOPS_PER_OPERATION


@pytest.mark.parametrize("norms", [(), ("products",), ("jacobians",), ("jacobians", "hessians")])
@pytest.mark.parametrize(
    ("widths", "samples"),
    [
        ((5, 60, 50, 1), 20),
        ((3, 8, 8, 8, 8, 8, 1), 40),
        pytest.param((4, 10, 90, 10, 1), 15, marks=pytest.mark.slow),
        ((5, 30, 30, 4), 12),
    ],
)
def test_deep_networks_cost_what_is_estimated(widths, samples, norms):
    network = random_network(np.random.default_rng(1), widths, samples)
    work = network_workload(network, norms=norms, curvatures=0)
    estimate = work.operations / FLOPS_PER_OPERATION + work.scalars
    forget()
    with precision(128), limited_effort(ALLOWED):
        linearise(network, BallMatrix, norms=norms)
        spent = ALLOWED - remaining_effort()
    assert (0.1 if not norms else 0.7) * spent <= estimate <= 3 * spent  # small ones have a price of their own


def test_three_wide_layers_fit_the_default_budget():
    network = random_network(np.random.default_rng(2), (10, 1024, 1024, 1024, 1), 500)
    work = network_workload(network, norms=("products",), curvatures=33)
    assert work.excess("fast", DEFAULT_BUDGET / 2) is None
    assert network_workload(network, norms=("jacobians",), curvatures=33).excess("fast", DEFAULT_BUDGET) is not None
