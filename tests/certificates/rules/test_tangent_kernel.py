"""The rule of tangent-kernel: what it proves against Arb, and what it refuses at which check."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from certificates import Accepted, decide
from certificates.arithmetic.arb import precision
from certificates.claims.tangent_kernel import Claim, Evidence
from certificates.errors import MalformedCertificate
from certificates.subjects import Dense
from tests.support.kernel_nets import empirical_matrix, is_above_least, kernel_net, limit_matrix
from verify.proposals.tangent_kernel import propose

X = np.random.default_rng(0).normal(size=(6, 3))


def _weakest(kernel="limit", inputs="stored"):
    return Claim(kernel, inputs, 5e-324, 1e308)


@pytest.mark.parametrize("name", ["relu", "erf"])
@pytest.mark.parametrize("unit", [False, True])
def test_the_limit_lies_between_the_bounds(name, unit):
    network = kernel_net(X, name)
    found = propose(network)
    shift = found.evidence.shift if not unit else 1e-3
    verdict = decide(_weakest(inputs="unit" if unit else "stored"), replace(found.evidence, shift=shift), network)
    with precision(200):
        matrix = limit_matrix(X, name, unit=unit)
        assert is_above_least(matrix, verdict.proved.lower) is False
        assert is_above_least(matrix, verdict.proved.upper) is True
    if not unit:
        assert verdict.proved.upper / verdict.proved.lower < 1.02


@pytest.mark.parametrize(("name", "outputs", "bias"), [("tanh", 1, True), ("erf", 2, False), ("relu", 3, True)])
def test_the_kernel_at_the_weights_lies_between_the_bounds(name, outputs, bias):
    network = kernel_net(X, name, outputs=outputs, bias=bias, units=20)
    found = propose(network, kernel="empirical")
    proved = found.verdict.proved
    with precision(200):
        matrix = empirical_matrix(network)
        assert is_above_least(matrix, proved.lower) is False and is_above_least(matrix, proved.upper) is True
    assert proved.upper / proved.lower < 1.02


def test_frozen_layers_add_nothing_to_the_kernel_at_the_weights():
    network = kernel_net(X, "tanh", units=30)
    first, last = network.layers
    frozen = replace(network, layers=(first, replace(last, trained=False)))
    whole, part = (propose(each, kernel="empirical").verdict.proved for each in (network, frozen))
    assert part.upper < whole.lower


@pytest.mark.parametrize("kernel", ["limit", "empirical"])
def test_planted_labels_change_nothing(kernel):
    network = kernel_net(X, "tanh", units=30)
    teacher = tuple(Dense(layer.weight, None, False) for layer in network.layers)
    planted = replace(network, targets=None, teacher=teacher)
    given, other = (propose(each, kernel=kernel).verdict.proved for each in (network, planted))
    assert given == other


def test_opposite_inputs_of_relu_have_a_half():
    pair = np.array([[0.6, 0.8], [-0.6, -0.8]])
    proved = propose(kernel_net(pair, "relu")).verdict.proved
    assert 0.49 < proved.lower <= 0.5 + 1e-9 and 0.5 - 1e-9 <= proved.upper < 0.5001


def test_a_bias_is_one_more_input():
    pair = np.array([[0.6, 0.8], [-0.6, -0.8]])
    refused = decide(_weakest(inputs="unit"), Evidence(1e-3), kernel_net(pair, "tanh"))
    assert refused.check == 3 and "samples 0 and 1 have opposite inputs" in refused.reason
    assert isinstance(decide(_weakest(inputs="unit"), Evidence(1e-3), kernel_net(pair, "tanh", bias=True)), Accepted)
    zero = np.array([[0.0, 0.0], [1.0, 2.0]])
    refused = decide(_weakest(), Evidence(1e-3), kernel_net(zero, "relu"))
    assert refused.check == 3 and "sample 0 has an input of zeros" in refused.reason
    assert isinstance(decide(_weakest(), Evidence(1e-3), kernel_net(zero, "relu", bias=True)), Accepted)


@pytest.mark.parametrize("kernel", ["limit", "empirical"])
def test_equal_inputs_are_named_as_a_pair(kernel):
    x = X.copy()
    x[4] = x[2]
    x[0, 0], x[1] = 0.0, x[0]
    x[1, 0] = -0.0
    refused = decide(_weakest(kernel), Evidence(1e-3), kernel_net(x, "relu"))
    assert (refused.outcome, refused.check) == ("rejected", 3) and "samples 0 and 1 have identical" in refused.reason


def test_each_number_is_monotone_alone():
    network = kernel_net(X, "relu")
    found = propose(network)
    proved = found.verdict.proved
    assert isinstance(decide(proved, found.evidence, network), Accepted)
    for weaker in (replace(proved, lower=proved.lower / 2), replace(proved, upper=2 * proved.upper)):
        assert isinstance(decide(weaker, found.evidence, network), Accepted)
    for name, end in (("lower", np.inf), ("upper", -np.inf)):
        stronger = replace(proved, **{name: float(np.nextafter(getattr(proved, name), end))})
        assert decide(stronger, found.evidence, network).check == 6


@pytest.mark.parametrize("shift", [0.0, -1.0, float("inf"), float("nan")])
def test_shifts_that_are_none(shift):
    assert decide(_weakest(), Evidence(shift), kernel_net(X, "relu")).check == 2


@pytest.mark.parametrize("direction", [(), (1.0,) * 5, (0.0,) * 6, (float("nan"),) * 6, (1e308, *(0.0,) * 5)])
def test_directions_that_are_none(direction):
    verdict = decide(_weakest(), Evidence(1e-3, (direction[:2], direction[2:])), kernel_net(X, "relu"))
    assert isinstance(verdict, Accepted) if direction[:1] == (1e308,) else verdict.check == 2


def test_what_has_no_limit_kernel():
    assert decide(_weakest(), Evidence(1e-3), kernel_net(X, "elu")).check == 1
    stored = decide(_weakest(), Evidence(1e-3), kernel_net(X, "tanh"))
    assert stored.check == 1 and stored.advice == "the kernel at unit inputs"
    network = kernel_net(X, "relu")
    deep = replace(
        network,
        layers=(network.layers[0], Dense(np.eye(12), None), network.layers[1]),
        activations=network.activations * 2,
    )
    assert decide(_weakest(), Evidence(1e-3), deep).check == 1
    assert decide(_weakest("empirical"), Evidence(None), network).check == 1


def test_claims_that_claim_nothing():
    for kernel, inputs, low, high in (
        ("limit", "stored", 0.0, 1.0),
        ("limit", "stored", 2.0, 1.0),
        ("empirical", "unit", 1.0, 2.0),
        ("limit", "stored", float("nan"), 1.0),
    ):
        with pytest.raises(MalformedCertificate):
            Claim(kernel, inputs, low, high)


def test_the_work_is_estimated_before_it_starts():
    big = np.random.default_rng(1).normal(size=(20_000, 2))
    refused = decide(_weakest(), Evidence(1e-3), kernel_net(big, "relu", units=1))
    assert (refused.check, refused.cause, refused.options) == (4, "budget", "a larger --budget")


def test_circles_need_no_factor():
    network = kernel_net(np.eye(6, 40) + 0.01, "tanh")
    verdict = decide(_weakest(inputs="unit"), Evidence(None), network)
    factor = decide(_weakest(inputs="unit"), Evidence(0.9 * verdict.proved.lower), network)
    assert 0 < factor.proved.lower < verdict.proved.lower <= verdict.proved.upper


def test_the_diagonal_bounds_from_above():
    network = kernel_net(X, "relu")
    verdict = decide(_weakest(), Evidence(1e-3), network)
    assert verdict.proved.upper == pytest.approx(0.5 * float(np.min(np.sum(X**2, axis=1))), rel=1e-12)


@pytest.mark.parametrize("scale", [2.0**-1000, 2.0**-500, 2.0**500, 2.0**-40])
def test_hostile_sizes_of_inputs(scale):
    verdict = decide(_weakest(), Evidence(5e-324 if scale < 1 else 1.0), kernel_net(X * scale, "relu"))
    assert isinstance(verdict, Accepted) or verdict.check == 5 or verdict.cause == "enclosure"
