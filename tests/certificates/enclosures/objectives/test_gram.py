"""Gram matrices of Jacobians beside floats, and their sums where each term of a radius is all there is."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from flint import arb

from certificates.arithmetic.arb import precision
from certificates.enclosures.objectives import gram as module
from certificates.enclosures.objectives.gram import GramSum, gram_norm
from certificates.enclosures.objectives.jacobian import JacobianRows
from certificates.enclosures.objectives.point import evaluate
from tests.support.objective_nets import draw_network, jacobians_by_differences


@pytest.mark.parametrize("kind", ["loss", "outputs"])
def test_norms_of_gram_matrices(kind, monkeypatch):
    network = draw_network(4, (2, 3, 3), "softmax", samples=6)
    weights = np.array([0.5, 0.0, 1.0, 2.0, 1e-9, 3.0])
    with precision(128):
        point = evaluate(network)
        bound = gram_norm(point, kind, weights)
        roots = point.loss.roots.mid if kind == "loss" else np.broadcast_to(np.eye(3), (6, 3, 3))
        rows = np.einsum("i,icd,idp->icp", np.sqrt(weights), roots, jacobians_by_differences(network)).reshape(18, -1)
        truth = float(np.linalg.norm(rows, 2) ** 2)
        assert arb(truth * (1 - 1e-8)) <= bound <= arb(truth * 1.05)
        monkeypatch.setattr(module, "_POWER_STEPS", 0)  # no estimate: by squaring
        assert arb(truth * (1 - 1e-8)) <= gram_norm(point, kind, weights) <= arb(truth * 1.05)


def test_no_weight_no_norm():
    network = draw_network(4, (2, 3, 3), "softmax", samples=6)
    with precision(128):
        assert gram_norm(evaluate(network), "loss", np.zeros(6)) <= arb(1e-20)


# ---- sums of Gram matrices, where each term of the radius is all there is --------------------------------------------


def _holds(blocks, radius, truth):
    with precision(128):
        total = GramSum(1)
        for block in blocks:
            total.add(JacobianRows(block, np.array([radius])))
        found = total.matrix()
    error = abs(truth - Fraction(float(found.mid[0, 0])))
    return error, Fraction(float(found.rad[0, 0]))


def test_products_of_many_equal_rows_round_the_same_way():
    """Constant columns: the roundings of a long sum add up, beyond an ulp of the result."""
    worst = Fraction(0)
    for seed in range(20):
        entry = float(np.random.default_rng(seed).uniform(1, 2))
        error, radius = _holds([np.full((4000, 1), entry)], 0.0, 4000 * Fraction(entry) ** 2)
        assert error <= radius
        worst = max(worst, error / (Fraction(2) ** -53 * 4000 * Fraction(entry) ** 2))
    assert worst > 1


def test_sums_of_many_blocks_round_the_same_way():
    worst = Fraction(0)
    for seed in range(20):
        entry = float(np.random.default_rng(seed).uniform(1, 2))
        error, radius = _holds([np.full((1, 1), entry)] * 300, 0.0, 300 * Fraction(entry) ** 2)
        assert error <= radius
        worst = max(worst, error / (300 * Fraction(2) ** -53 * Fraction(entry) ** 2))
    assert worst > 1


def test_a_corner_of_all_balls_is_reached():
    """(c + β)² k = kc² + 2kcβ + kβ²: nothing is to spare."""
    for entry, radius in ((1.0, 2.0**-20), (0.0, 1.0), (2.0**-600, 2.0**-600)):
        truth = 64 * (Fraction(entry) + Fraction(radius)) ** 2
        error, bound = _holds([np.full((64, 1), entry)], radius, truth)
        assert error <= bound <= error * (1 + Fraction(1, 10**8)) + Fraction(2) ** -1060
