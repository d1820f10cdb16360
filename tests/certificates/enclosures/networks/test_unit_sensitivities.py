"""Norms by units and layers against the maps they bound, built entry by entry from Jacobians of small networks."""

from __future__ import annotations

import numpy as np
import pytest

from certificates.arithmetic.arb import precision, upper
from certificates.arithmetic.arb_matrix import ArbMatrix
from certificates.arithmetic.ball_matrix import BallMatrix
from certificates.enclosures.networks.linearisation import linearise
from tests.support.naive import random_network
from tests.twins.curvature_forms import Bound
from tests.twins.unit_adjoint import UnitBound

CASES = [((3, 4, 3, 2), 5), ((2, 3, 4, 3, 1), 4), ((2, 1, 1, 1), 3), ((3, 5, 4, 1), 1)]


def _norm(matrix):
    return float(np.linalg.norm(matrix, 2))


def _found(network, arithmetic):
    with precision(128):
        return linearise(network, arithmetic, norms=["products"]).products


def _map(truth, later, earlier):
    """dθ_j ↦ (‖A_{Lℓ,i}‖ B_{ℓj,i} dθ_j h̃_i)_i as a matrix."""
    outer = truth.norm[truth.size - 1, later]
    blocks = [
        outer[i] * np.kron(truth.before[later, earlier][i], truth.inputs[earlier][i][None]) for i in range(truth.count)
    ]
    return np.vstack(blocks)


@pytest.mark.parametrize(("widths", "samples"), CASES)
@pytest.mark.parametrize("arithmetic", [BallMatrix, ArbMatrix])
@pytest.mark.parametrize("name", ["tanh", "gelu"])
def test_bounds_what_it_names(widths, samples, arithmetic, name):
    rng = np.random.default_rng(5)
    network = random_network(rng, widths, samples, name, gain=1.2)
    found, truth, top = _found(network, arithmetic), Bound(network, name, 0.0), len(widths) - 2
    for pair, bound in found.jacobian.items():
        assert upper(bound) >= truth.norm[pair].max() * (1 - 1e-12)
    for pair, bounds in found.sample_jacobian.items():
        assert (bounds >= truth.norm[pair] * (1 - 1e-12)).all()
    for pair, bound in found.slope_jacobian.items():
        assert upper(bound) >= max(_norm(m) for m in truth.before[pair]) * (1 - 1e-12)
    for (later, earlier), bound in found.coupling.items():
        assert upper(bound.norm) >= _norm(_map(truth, later, earlier)) * (1 - 1e-12)
        pairs = zip(truth.norm[top, later], truth.before[later, earlier], strict=True)
        assert upper(bound.largest) >= max(u * _norm(m) for u, m in pairs) * (1 - 1e-12)
    for (hidden, earlier), bound in found.bending.items():
        roots = np.sqrt(np.linalg.norm(truth.back[hidden], axis=1))
        scaled = roots[:, :, None] * truth.chain[hidden, earlier]
        assert upper(bound.largest) >= max(_norm(m) for m in scaled) * (1 - 1e-12)
        for _ in range(20):
            step = rng.normal(size=(scaled.shape[2], truth.inputs[earlier].shape[1]))
            step = np.outer(step[:, 0], step[0]) if rng.random() < 0.5 else step
            moved = np.einsum("nab,bc,nc->na", scaled, step / np.linalg.norm(step), truth.inputs[earlier])
            assert upper(bound.norm) >= (np.linalg.norm(moved, axis=1) ** 4).sum() ** 0.25 * (1 - 1e-12)


@pytest.mark.parametrize(("widths", "samples"), CASES)
def test_is_the_formula_where_the_inputs_have_few_columns(widths, samples):
    network = random_network(np.random.default_rng(6), widths, samples, "tanh")
    found, twin = _found(network, BallMatrix), UnitBound(network, "tanh", 0.0)
    form = twin._couplings()
    for (later, earlier), bound in found.coupling.items():
        assert upper(bound.norm) <= form[later, earlier] * 1.2


def test_is_not_there_where_it_was_not_asked_for():
    network = random_network(np.random.default_rng(7), (2, 3, 1), 3)
    assert _found(network, BallMatrix) is None
