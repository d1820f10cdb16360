"""Norms by units and layers against the maps they bound, built entry by entry from Jacobians of small networks."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from certificates.arithmetic.arb import exact, precision, upper
from certificates.arithmetic.arb_matrix import ArbMatrix
from certificates.arithmetic.ball_matrix import BallMatrix
from certificates.enclosures.networks.linearisation import linearise
from certificates.errors import EnclosureFailure
from tests.support.naive import random_network
from tests.twins.curvature_forms import Bound
from verify.problems import from_arrays

CASES = [((3, 4, 3, 2), 5), ((2, 3, 4, 3, 1), 4), ((2, 1, 1, 1), 3), ((3, 5, 4, 1), 1)]


def _norm(matrix):
    return float(np.linalg.norm(matrix, 2))


def _found(network, arithmetic=BallMatrix):
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
    found, truth, top = _found(network, arithmetic).norms, Bound(network, name, 0.0), len(widths) - 2
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
    outer = [np.linalg.norm(back, axis=1) for back in truth.back]
    _bounds_the_bendings(found.bending, outer, truth, rng)
    for hidden, bound in found.adjoint.items():
        assert upper(bound) >= outer[hidden].max() * (1 - 1e-12)


@pytest.mark.parametrize(("widths", "samples"), CASES)
@pytest.mark.parametrize("arithmetic", [BallMatrix, ArbMatrix])
@pytest.mark.parametrize("name", ["tanh", "gelu"])
def test_bounds_the_bendings_of_the_centre(widths, samples, arithmetic, name):
    rng = np.random.default_rng(8)
    network = random_network(rng, widths, samples, name, gain=1.2)
    found, truth = _found(network, arithmetic).centre, Bound(network, name, 0.0)
    curved = [np.linalg.norm(b, axis=1) * np.abs(c) for b, c in zip(truth.back, truth.bend, strict=False)]
    _bounds_the_bendings(found.bending, curved, truth, rng)
    assert all(upper(bound) >= curved[hidden].max() * (1 - 1e-12) for hidden, bound in found.bent.items())


def _bounds_the_bendings(bending, weights, truth, rng):
    """(Σ_i ‖diag(c_i)^{1/2} A_{kj,i} dθ_j h̃_i‖⁴)^{1/4}, at many directions: spread, of one unit, of one rank."""
    for (hidden, earlier), bound in bending.items():
        scaled = np.sqrt(weights[hidden])[:, :, None] * truth.chain[hidden, earlier]
        assert upper(bound.largest) >= max(_norm(m) for m in scaled) * (1 - 1e-12)
        width, inputs = scaled.shape[2], truth.inputs[earlier]
        for index in range(30):
            left = rng.normal(size=width) if index % 2 else np.eye(width)[index % width]
            step = (
                np.outer(left, rng.normal(size=inputs.shape[1]))
                if index % 3
                else rng.normal(size=(width, inputs.shape[1]))
            )
            moved = np.einsum("nab,bc,nc->na", scaled, step / np.linalg.norm(step), inputs)
            assert upper(bound.norm) >= (np.linalg.norm(moved, axis=1) ** 4).sum() ** 0.25 * (1 - 1e-12)


def test_there_are_no_bendings_of_a_centre_whose_second_derivative_jumps():
    network = random_network(np.random.default_rng(6), (2, 3, 3, 1), 3, "elu(1)")
    assert _found(network).centre is None
    assert _found(random_network(np.random.default_rng(6), (2, 3, 3, 1), 3, "gelu")).centre is not None


def test_is_not_there_where_it_was_not_asked_for():
    network = random_network(np.random.default_rng(7), (2, 3, 1), 3)
    assert _found(network) is None


POWERS = [
    (0, -600, -600, -600, 0),
    (-300, -500, -300, 0, 900),
    (400, -700, 0, 500, -200),
    (0, 300, -800, 0, 500),
    (-1000, 1, 1, 1, 0),
]


@pytest.mark.parametrize("arithmetic", [BallMatrix, ArbMatrix])
@pytest.mark.parametrize("powers", POWERS)
def test_tiny_times_huge_stays_above_the_truth(powers, arithmetic):
    """A linear chain whose layers are multiplied by powers of two: so are all norms, also where doubles underflow."""
    rng, widths = np.random.default_rng(8), (3, 4, 3, 2, 2, 1)
    weights = [rng.normal(size=(b, a)) for a, b in pairwise(widths)]
    layers = [np.ldexp(weight, power) for weight, power in zip(weights, powers, strict=True)]
    inputs = rng.normal(size=(5, 3))
    network = from_arrays(layers, None, "identity", inputs, np.zeros((5, 1)))
    try:
        norms = _found(network, arithmetic).norms
    except EnclosureFailure:
        assert arithmetic is BallMatrix and max(powers) > 200  # squares of squares leave binary64
        return

    def between(later, earlier):
        """‖A_{kj}‖ without its power of two, and the power."""
        product = np.linalg.multi_dot(weights[later:earlier:-1]) if later - earlier > 1 else weights[later]
        return _norm(product), sum(powers[earlier + 1 : later + 1])

    def check(bound, size, power):
        assert bound >= exact(size * (1 - 1e-12)) * exact(2) ** power

    for (later, earlier), bound in norms.jacobian.items():
        check(bound, *between(later, earlier))
    for (later, earlier), bound in norms.coupling.items():
        outer = between(4, later) if later < 4 else (1.0, 0)
        inner = between(later - 1, earlier) if later - 1 > earlier else (1.0, 0)
        features = np.linalg.multi_dot([inputs, *(w.T for w in weights[:earlier])]) if earlier else inputs
        power = outer[1] + inner[1] + sum(powers[:earlier])
        check(bound.norm, outer[0] * inner[0] * _norm(features), power)
