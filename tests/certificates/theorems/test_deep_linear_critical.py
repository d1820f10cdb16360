"""Theorem 5.1.6 against the closed form of the minimum, for labels whose singular values are known."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from certificates.checks.deep_linear import linear_network
from certificates.theorems.deep_linear_critical import global_failure
from tests.support.linear import critical_point, linear_problem

WIDTHS = [(3, 2, 3), (3, 1, 3), (4, 2, 2, 3), (3, 3, 2, 4), (2, 5, 3), (3, 3, 2)]


@pytest.mark.parametrize("widths", WIDTHS)
def test_only_the_largest_singular_values_are_kept_at_a_minimum(widths):
    """Y = diag(d, …, 2): keeping the first r of them is best, and any τ between the squares shows it."""
    rank, low = min(widths), min(widths[0], widths[-1])
    values = np.arange(low, 0, -1) + 1.0
    for size in range(rank + 1):
        for kept in combinations(range(low), size):
            network = linear_network(critical_point(np.random.default_rng(1), widths, kept))
            shown = any(global_failure(network, float(tau)) is None for tau in [0.0, *values**2, *(values**2 - 0.5)])
            assert shown == (kept == tuple(range(rank)))


def test_the_threshold_reaches_from_what_is_left_to_what_is_kept():
    network = linear_network(critical_point(np.random.default_rng(0), (3, 2, 3), (0, 1)))  # 16, 9 kept, 4 left
    for tau, failed in ((3.999, "Γ"), (4.0, None), (9.0, None), (9.001, "RSRᵀ"), (0.0, "Γ")):
        found = global_failure(network, tau)
        assert (found is None) if failed is None else failed in found


def test_labels_that_are_reached_need_no_rank_and_dependent_inputs_no_inverse():
    x = np.array([[1.0, 1.0, 0.0], [2.0, 2.0, 0.0]])
    zero = linear_problem([np.zeros((1, 3)), np.zeros((2, 1))], x, np.zeros((2, 2)))
    assert global_failure(linear_network(zero), 0.0) is None
    best = linear_problem([[[0.5, 0.5, 7.0]], [[1.0], [0.0]]], x, [[1.0, 2.0], [2.0, -1.0]])
    assert global_failure(linear_network(best), 0.0) is None  # y₂ ⊥ x, y₁ = x
    tied = linear_problem([[[1.0, 0.0]], [[1.0], [0.0]]], np.eye(2), np.eye(2))
    assert global_failure(linear_network(tied), 1.0) is None  # either of two equal values
    assert global_failure(linear_network(tied), np.nextafter(1.0, 2)) is not None
