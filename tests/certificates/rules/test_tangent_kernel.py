"""The rule of tangent-kernel: what it proves against Arb, and what it refuses at which check."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from flint import arb

from certificates import Accepted, decide
from certificates.arithmetic.arb import precision
from certificates.checks.network_workload import network_workload
from certificates.claims.tangent_kernel import Claim, Evidence
from certificates.enclosures.kernels import limit
from certificates.enclosures.kernels.limit import LimitKernel
from certificates.enclosures.kernels.unit_rows import unit_rows
from certificates.errors import MalformedCertificate
from certificates.rules import tangent_kernel
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


@pytest.mark.parametrize(
    ("name", "kernel", "inputs", "sign", "check"),
    [
        ("relu", "limit", "stored", 1, 3),
        ("relu", "limit", "stored", -1, 0),
        ("leaky_relu(1/10)", "limit", "stored", 1, 3),
        ("identity", "limit", "stored", -1, 3),
        ("erf", "limit", "stored", 1, 0),
        ("erf", "limit", "unit", 1, 3),
        ("tanh", "limit", "unit", -1, 3),
        ("softplus", "limit", "unit", -1, 0),
        ("tanh", "empirical", "stored", 1, 0),
        ("softplus", "empirical", "stored", -1 / 3, 0),
        ("tanh", "empirical", "stored", -1 / 3, 3),
        ("sigmoid", "empirical", "stored", -1 / 3, 0),
        ("relu", "empirical", "stored", 1, 3),
        ("relu", "empirical", "stored", -1, 0),
        ("leaky_relu(1/10)", "empirical", "stored", 1, 3),
        ("identity", "empirical", "stored", -1, 3),
    ],
)
def test_multiples_are_named_where_lengths_do_not_matter(name, kernel, inputs, sign, check):
    x = np.array([[1.0, 2.0, 0.5], [0.25, -1.0, 1.0]])
    x = np.vstack([x, 3 * sign * x[0]])
    verdict = decide(_weakest(kernel, inputs), Evidence(1e-3), kernel_net(x, name))
    assert isinstance(verdict, Accepted) if not check else verdict.check == 3 and "samples 0 and 2" in verdict.reason


def test_a_bias_anywhere_tells_multiples_opposites_and_zeros_apart_at_the_weights():
    x = np.array([[1.0, 2.0, 0.5], [0.25, -1.0, 1.0]])
    for name, factor in (("relu", 3.0), ("relu", 0.0), ("tanh", -1.0), ("tanh", 0.0)):
        network = kernel_net(np.vstack([x, factor * x[0]]), name)
        assert decide(_weakest("empirical"), Evidence(1e-3), network).check == 3
        hidden, last = network.layers
        for layers in ((replace(hidden, bias=np.ones(12)), last), (hidden, replace(last, bias=np.ones(1)))):
            verdict = decide(_weakest("empirical"), Evidence(1e-6), replace(network, layers=layers))
            kink = name == "relu" and factor == 0 and layers[0].bias is None  # slopes from side to side
            assert verdict.check == 5 if kink else isinstance(verdict, Accepted)


@pytest.mark.parametrize(("names", "factor"), [(("relu", "softplus"), 3.0), (("tanh", "softplus"), -1.0)])
def test_one_layer_that_tells_inputs_apart_is_enough(names, factor):
    x = np.array([[1.0, 2.0, 0.5], [0.25, -1.0, 1.0]])
    network = kernel_net(np.vstack([x, factor * x[0]]), names[0])
    first, last = network.layers
    middle = Dense(np.random.default_rng(1).normal(size=(12, 12)) / 4, None)
    for second, check in ((names[0], 3), (names[1], 0)):
        activations = (network.activations[0], kernel_net(X, second).activations[0])
        deep = replace(network, layers=(first, middle, last), activations=activations)
        verdict = decide(_weakest("empirical"), Evidence(1e-6), deep)
        assert isinstance(verdict, Accepted) if not check else verdict.check == check


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


def _gaussian_mean(slope, rho: float) -> float:
    """E φ'(u)φ'(v) for standard normal u, v of correlation ρ by the trapezoidal rule in two dimensions."""
    z = np.arange(-10, 10, 0.1)
    weights = np.exp(-(z**2) / 2) * 0.1 / np.sqrt(2 * np.pi)
    v = rho * z[:, None] + np.sqrt(1 - rho * rho) * z[None]
    return float(np.sum(weights[:, None] * weights[None] * slope(z)[:, None] * slope(v)))


SLOPES = {"softplus": lambda z: 1 / (1 + np.exp(-z)), "tanh": lambda z: np.cosh(z) ** -2.0}


@pytest.mark.parametrize("name", ["softplus", "tanh"])
@pytest.mark.parametrize("degree", [0, 3])
@pytest.mark.parametrize("rho", [-0.95, 0.0, 0.6])
def test_what_a_short_series_leaves_out_counts_above(monkeypatch, name, degree, rho):
    monkeypatch.setattr(limit, "_DEGREE", degree)
    network = kernel_net(np.array([[1.0, 0.0], [rho, np.sqrt(1 - rho * rho)]]), name)
    verdict = decide(_weakest(inputs="unit"), Evidence(1e-3, ((1.0, -np.copysign(1.0, rho)),)), network)
    least = _gaussian_mean(SLOPES[name], 1.0) - abs(rho * _gaussian_mean(SLOPES[name], rho))
    assert verdict.proved.lower < least * (1 + 1e-9) and verdict.proved.upper > least * (1 - 1e-9)


def test_what_is_left_out_is_a_norm_and_a_trace():
    """Rows of correlation ½: 2.5 times 1 + 2/2⁴ beyond the third power, and 3 times 0.5."""
    inputs = unit_rows(np.linalg.cholesky(0.5 + 0.5 * np.eye(3)))
    found = tangent_kernel._left_out(LimitKernel(inputs, True, "", coefficients=(1.0, 2.0, 3.0), rest=2.5, rounded=0.5))
    assert float(found) == pytest.approx(2.5 * 1.125 + 1.5)


@pytest.mark.parametrize("seed", range(8))
def test_the_diagonal_is_rounded_up(seed):
    x = np.random.default_rng(seed).normal(size=(1, 3))
    proved = decide(_weakest(), Evidence(1e-3), kernel_net(x, "relu")).proved
    assert Fraction(proved.upper) >= sum(Fraction(a) ** 2 for a in x[0].tolist()) / 2


def test_bounds_that_may_be_negative_prove_nothing(monkeypatch):
    monkeypatch.setattr(tangent_kernel, "enclosed_smallest_eigenvalue", lambda *_: (arb(0, 1), None))
    assert decide(_weakest(), Evidence(1e-3), kernel_net(X, "relu")).check == 5


@pytest.mark.parametrize(("name", "other"), [("tanh", [-0.6, -0.8]), ("tanh", [0.0, 0.0]), ("relu", [0.3, 0.4])])
def test_opposite_inputs_multiples_and_zeros_may_be_told_apart_at_the_weights(name, other):
    network = kernel_net(np.array([[0.6, 0.8], other]), name)
    first, last = network.layers
    biased = replace(network, layers=(first, replace(last, bias=np.ones(1))))
    assert isinstance(decide(_weakest("empirical"), Evidence(1e-3), biased), Accepted)


def test_a_limit_kernel_has_a_row_for_each_sample_whatever_the_outputs():
    network = kernel_net(X, "relu", outputs=3)
    assert isinstance(decide(_weakest(), Evidence(1e-3, ((1.0,) * 6,)), network), Accepted)
    assert decide(_weakest(), Evidence(1e-3, ((1.0,) * 18,)), network).check == 2


@pytest.mark.parametrize(
    ("kernel", "evidence", "operations", "entries"),
    [("limit", Evidence(1.0), 7, 3.8), ("limit", Evidence(), 3.8, 1), ("empirical", Evidence(1.0), 7, 3.8)],
)
def test_estimates_grow_with_the_samples(kernel, evidence, operations, entries):
    claim = _weakest(kernel, "unit" if evidence.shift is None else "stored")
    small, large = (
        tangent_kernel._workload(claim, evidence, kernel_net(np.ones((n, 2)), "relu", units=1))
        for n in (200_000, 400_000)
    )
    assert large.operations > operations * small.operations and large.entries > entries * small.entries


def test_the_factor_is_part_of_the_estimate():
    network = kernel_net(np.ones((3_000, 2)), "relu", units=1)
    whole = tangent_kernel._workload(_weakest("empirical"), Evidence(1.0), network).operations
    assert whole >= network_workload(network).operations + 3_000.0**3
