"""Norms of samples' Jacobians and of their Gram matrices, beside Jacobians in floats by the definition."""

from __future__ import annotations

import numpy as np
import pytest
from flint import arb

from certificates.arithmetic.arb import precision
from certificates.enclosures.objectives import jacobian
from certificates.enclosures.objectives.jacobian import gram_norm, jacobian_norms
from certificates.enclosures.objectives.point import evaluate
from tests.support.objective_nets import draw_network
from verify.numeric.mlp import Perceptron


def _jacobians(network):
    """(n, o, p) by central differences of float outputs."""
    net = Perceptron(network)
    w, step = net.initial(), 1e-6
    columns = [(net.outputs(w + step * e) - net.outputs(w - step * e)) / (2 * step) for e in np.eye(len(w))]
    return np.stack(columns, axis=2)


@pytest.mark.parametrize("widths", [(2, 3, 1), (3, 4, 2), (2, 3, 3, 2)])
@pytest.mark.parametrize("frozen", [(), (0,), (1,)])
def test_norms_of_samples(widths, frozen):
    network = draw_network(2, widths, "squared", frozen=frozen)
    with precision(128):
        found = jacobian_norms(evaluate(network))
    truth = np.linalg.norm(_jacobians(network), 2, axis=(1, 2))
    assert (found >= truth * (1 - 1e-8)).all() and (found <= truth * 1.02 + 1e-12).all()


@pytest.mark.parametrize("kind", ["loss", "outputs"])
def test_norms_of_gram_matrices(kind, monkeypatch):
    network = draw_network(4, (2, 3, 3), "softmax", samples=6)
    weights = np.array([0.5, 0.0, 1.0, 2.0, 1e-9, 3.0])
    with precision(128):
        point = evaluate(network)
        bound = gram_norm(point, kind, weights)
        roots = point.loss.roots.mid if kind == "loss" else np.broadcast_to(np.eye(3), (6, 3, 3))
        rows = np.einsum("i,icd,idp->icp", np.sqrt(weights), roots, _jacobians(network)).reshape(18, -1)
        truth = float(np.linalg.norm(rows, 2) ** 2)
        assert arb(truth * (1 - 1e-8)) <= bound <= arb(truth * 1.05)
        monkeypatch.setattr(jacobian, "_POWER_STEPS", 0)  # no estimate: by squaring
        assert arb(truth * (1 - 1e-8)) <= gram_norm(point, kind, weights) <= arb(truth * 1.05)


def test_no_weight_no_norm():
    network = draw_network(4, (2, 3, 3), "softmax", samples=6)
    with precision(128):
        assert gram_norm(evaluate(network), "loss", np.zeros(6)) <= arb(1e-20)
