"""Residual, tangent kernel and norms at w_0 against explicit Jacobians and against the other arithmetic."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from certificates.arithmetic.arb import precision, upper
from certificates.arithmetic.arb_matrix import ArbMatrix
from certificates.arithmetic.ball_matrix import BallMatrix
from certificates.enclosures.networks import linearisation
from certificates.enclosures.networks.linearisation import linearise
from tests.support.naive import ACTIVATIONS, forward, jacobian, parameters, random_network

CASES = [
    ((3, 5, 1), True, None),
    ((3, 5, 2), False, (True, False)),
    ((3, 4, 3, 2), True, (False, True, True)),
    ((2, 3, 3, 3, 1), True, None),
    ((2, 3, 3, 2), False, (True, False, False)),
]


@pytest.mark.parametrize(("widths", "bias", "trained"), CASES)
@pytest.mark.parametrize("arithmetic", [BallMatrix, ArbMatrix])
def test_kernel_equals_the_explicit_product(widths, bias, trained, arithmetic):
    network = random_network(np.random.default_rng(1), widths, 4, bias=bias, trained=trained)
    explicit = jacobian(network, parameters(network), "tanh")
    with precision(128):
        point = linearise(network, arithmetic, norms=["jacobians"])
        middle = point.kernel.mid if arithmetic is BallMatrix else point.kernel.midpoint()
        residual = np.linalg.norm(forward(network, parameters(network), "tanh") - network.targets)
        assert residual * (1 - 1e-9) <= upper(point.residual_norm) <= residual * (1 + 1e-6)
    np.testing.assert_allclose(middle, explicit @ explicit.T, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("name", sorted(ACTIVATIONS))
def test_fast_kernel_contains_the_arb_kernel(name):
    network = random_network(np.random.default_rng(2), (3, 4, 3, 2), 3, name)
    with precision(128):
        fast = linearise(network, BallMatrix).kernel
        slow = linearise(network, ArbMatrix).kernel
        low, high = fast.lower().ravel(), fast.upper().ravel()
        assert all(
            bool(ball >= float(a)) and bool(ball <= float(b))
            for ball, a, b in zip(slow.entries(), low, high, strict=True)
        )
    assert fast.radius < 1e-10


def test_streaming_in_blocks_changes_nothing_but_rounding(monkeypatch):
    network = random_network(np.random.default_rng(3), (3, 4, 7, 2), 3)
    with precision(128):
        whole = linearise(network, BallMatrix, norms=["jacobians"])
        monkeypatch.setattr(linearisation, "_BLOCK_UNITS", 2)
        parts = linearise(network, BallMatrix, norms=["jacobians"])
    np.testing.assert_allclose(whole.kernel.mid, parts.kernel.mid, rtol=1e-13, atol=1e-13)
    assert whole.sensitivities is not None and parts.sensitivities is not None
    for pair, weighted in whole.sensitivities.coupling.items():
        assert upper(parts.sensitivities.coupling[pair].norm) == pytest.approx(upper(weighted.norm), rel=1e-9)
    assert upper(parts.residual_norm) == pytest.approx(upper(whole.residual_norm), rel=1e-9)
    assert whole.layers[1].range == pytest.approx(parts.layers[1].range, rel=1e-12)


def test_norms_bound_the_true_ones():
    network = random_network(np.random.default_rng(4), (3, 4, 5, 2), 6)
    with precision(128):
        point = linearise(network, BallMatrix, norms=["jacobians"])
    first, second, last = (layer.weight for layer in network.layers)
    z0 = network.inputs @ first.T + network.layers[0].bias
    h1 = np.tanh(z0)
    z1 = h1 @ second.T + network.layers[1].bias
    slopes0, slopes1 = 1 - np.tanh(z0) ** 2, 1 - np.tanh(z1) ** 2
    middle = max(np.linalg.norm(second * row, 2) for row in slopes0)
    outer = np.array([np.linalg.norm(last * row, 2) for row in slopes1])
    chain = np.array([np.linalg.norm((last * b) @ (second * a), 2) for a, b in zip(slopes0, slopes1, strict=True)])
    columns = np.array([np.linalg.norm((last * b) @ second, axis=0) for b in slopes1])
    found = point.sensitivities
    ones = np.hstack([network.inputs, np.ones((6, 1))])
    through = np.array([np.linalg.norm(b[:, None] * (second * a), 2) for a, b in zip(slopes0, slopes1, strict=True)])
    bent = np.sqrt(columns.max(axis=1))[:, None] * ones
    truths = {
        (1, 0, "jacobian"): middle,
        (2, 1, "jacobian"): outer.max(),
        (2, 0, "jacobian"): chain.max(),
        (2, 0, "slope_jacobian"): through.max(),
    }
    for (later, earlier, name), truth in truths.items():
        assert truth * (1 - 1e-12) <= upper(getattr(found, name)[later, earlier]) <= truth * 1.01
    coupled = np.linalg.norm((outer * slopes0.max(axis=1))[:, None] * ones, 2)
    assert coupled * (1 - 1e-12) <= upper(found.coupling[1, 0].norm) <= coupled * 1.02
    coupled = np.linalg.norm(through[:, None] * ones, 2)
    assert coupled * (1 - 1e-12) <= upper(found.coupling[2, 0].norm) <= coupled * 1.02
    fourth = np.linalg.eigvalsh((bent @ bent.T) ** 2)[-1] ** 0.25
    assert fourth * (1 - 1e-12) <= upper(found.bending[0, 0].norm) <= fourth * 1.02
    assert columns.max() * (1 - 1e-12) <= upper(found.adjoint[0]) <= columns.max() * 1.01
    augmented = np.hstack([h1, np.ones((6, 1))])
    assert np.linalg.norm(augmented, 2) <= upper(point.layers[1].input_norm) <= np.linalg.norm(augmented, 2) * 1.01
    assert point.layers[1].range[0] <= z1.min() and z1.max() <= point.layers[1].range[1]


def test_fourth_moment_bounds_the_maximum_over_directions():
    rng = np.random.default_rng(5)
    network = random_network(rng, (2, 3, 1), 7)
    with precision(128):
        bound = upper(linearise(network, BallMatrix).layers[0].input_fourth)
    augmented = np.hstack([network.inputs, np.ones((7, 1))])
    directions = rng.normal(size=(20_000, 3))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    seen = ((augmented @ directions.T) ** 4).sum(axis=0).max() ** 0.25
    assert seen <= bound <= 1.5 * seen


@pytest.mark.parametrize(("bias", "outputs"), list(itertools.product([True, False], [1, 3])))
def test_rows_are_ordered_output_then_sample(bias, outputs):
    network = random_network(np.random.default_rng(6), (2, 4, outputs), 3, bias=bias)
    explicit = jacobian(network, parameters(network), "tanh")
    with precision(128):
        kernel = linearise(network, BallMatrix).kernel
    np.testing.assert_allclose(np.diag(kernel.mid), (explicit**2).sum(axis=1), rtol=1e-12)
