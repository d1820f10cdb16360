"""Singular Hessians: each structure is named where it is the reason, and gone once its remedy was followed."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from certificates import Dense, Network
from certificates.expression import parse_activation
from certificates.subjects import Decay, Objective, SoftmaxCrossEntropy, Squared
from tests.support.naive import random_network
from tests.support.objectives import logistic
from verify.numeric.smooth_objective import FloatObjective
from verify.search.objective_polish import polish_objective
from verify.search.singular_causes import singular_causes

WEIGHTS = ("layers.0.weight", "layers.1.weight")
RNG = np.random.default_rng(8)
INPUTS = RNG.normal(size=(24, 2))


def _network(
    first: Dense,
    outer: Dense,
    *penalised: str,
    activation: str = "tanh",
    inputs: np.ndarray = INPUTS,
    noise: float = 0.0,
) -> Network:
    """Without noise the gradient vanishes where nothing is penalised, with it second derivatives take part."""
    decay = tuple(Decay(name, Fraction(1, 50)) for name in penalised)
    acts, targets = (parse_activation(activation),), np.zeros((len(inputs), len(outer.weight)))
    blank = Network((first, outer), acts, inputs, targets, Objective(Squared(Fraction(1, 9)), decay))
    objective = FloatObjective(blank)
    outputs = objective.outputs(objective.initial())
    return replace(blank, targets=outputs + noise * np.random.default_rng(1).normal(size=outputs.shape))


def _dense(out: int, into: int, seed: int) -> Dense:
    rng = np.random.default_rng(seed)
    return Dense(rng.normal(size=(out, into)), rng.normal(size=out))


def _found(network: Network) -> list[str]:
    return [cause.found for cause in singular_causes(network)]


def _smallest(network: Network) -> float:
    f = FloatObjective(network)
    return float(np.abs(np.linalg.eigvalsh(f.hessian(f.initial()))).min())


def test_nothing_is_said_of_a_regular_hessian():
    network = _network(_dense(3, 2, 0), _dense(1, 3, 1), noise=0.1)
    assert _smallest(network) > 1e-6 and _found(network) == []


def test_dead_units_are_named_after_polishing_and_can_be_removed():
    network = random_network(np.random.default_rng(0), (2, 2, 1), 6, residual=0.5)
    decay = tuple(Decay(name, Fraction(20)) for name in WEIGHTS)
    found = polish_objective(replace(network, objective=Objective(Squared(Fraction(1, 6)), decay)))
    assert found.ended == "singular"
    (cause,) = singular_causes(found.network)
    assert cause.found.startswith(
        "unit 0 of layers.0, unit 1 of layers.0: each carries nothing: its incoming and outgoing"
    )
    assert cause.remedy == "remove it, or penalise layers.0.bias"
    objective = found.network.objective
    held = replace(objective, decay=(decay[0], Decay("layers.0.bias", Fraction(1)), decay[1]))
    assert singular_causes(replace(found.network, objective=held)) == ()
    assert _smallest(replace(found.network, objective=held)) > 1e-3


def test_relu_units_that_are_always_or_never_active():
    first = Dense(np.array([[0.1, 0.2], [0.2, -0.1]]), np.array([9.0, -9.0]))
    found = polish_objective(_network(first, _dense(2, 2, 3), *WEIGHTS, activation="relu", noise=0.3))
    assert found.ended == "singular"
    always, never = sorted(singular_causes(found.network), key=lambda cause: cause.found)
    assert always.found.startswith("unit 0 of layers.0 is affine on all samples (always active)")
    assert never.found.startswith("unit 1 of layers.0 carries nothing")
    penalties = found.network.objective.decay
    held = (penalties[0], Decay("layers.0.bias", Fraction(1, 50)), penalties[1])
    network = replace(found.network, objective=replace(found.network.objective, decay=held))
    assert always.remedy.startswith("penalise layers.0.bias")
    assert singular_causes(network) == () and _smallest(network) > 1e-4


def test_units_without_slopes_do_not_answer():
    first = Dense(np.array([[0.1, 0.2], [0.2, -0.1]]), np.array([0.1, -9.0]))
    network = _network(first, _dense(1, 2, 3), activation="relu")
    assert any(text.startswith("unit 1 of layers.0 does not answer to any sample") for text in _found(network))


def test_relu_units_can_be_rescaled_without_penalties():
    network = _network(_dense(2, 2, 4), _dense(1, 2, 5), activation="relu")
    texts = _found(network)
    assert len(texts) == 1 and texts[0].startswith(
        "unit 0 of layers.0, unit 1 of layers.0: each is positively homogeneous"
    )


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_copies_share_what_they_give(sign):
    first = _dense(2, 2, 6)
    copied = Dense(np.vstack([first.weight, sign * first.weight[1]]), np.append(first.bias, sign * first.bias[1]))
    network = _network(copied, _dense(1, 3, 7), "layers.0.weight")
    (cause, *_) = singular_causes(network)
    assert cause.found.startswith("units 1 and 2 of layers.0 have proportional values")
    assert cause.remedy == f"add {sign:g} times the outgoing weights of unit 2 to those of unit 1, and remove unit 2"
    outer = network.layers[1].weight.copy()
    outer[:, 1] += sign * outer[:, 2]
    merged = replace(network, layers=(first, Dense(outer[:, :2], network.layers[1].bias)))
    f, g = FloatObjective(network), FloatObjective(merged)
    np.testing.assert_allclose(f.outputs(f.initial()), g.outputs(g.initial()), rtol=1e-12)
    assert _found(merged) == []


def test_copies_of_homogeneous_units_under_a_penalty():
    """At a minimum: the same unit of the minimum with one unit less, in two shares."""
    one = _network(
        Dense(np.array([[1.0, 0.5]]), np.array([0.3])), Dense(np.array([[2.0]]), None), activation="identity"
    )
    rates = [Decay(name, Fraction(1, 50)) for name in (WEIGHTS[0], "layers.0.bias", WEIGHTS[1])]
    found = polish_objective(replace(one, objective=replace(one.objective, decay=tuple(rates))))
    assert found.ended == "minimum"
    first, outer = found.network.layers
    shares = np.array([[0.6], [0.8]])
    layers = (Dense(shares * first.weight, (shares * first.bias).ravel()), Dense(outer.weight * shares.T, None))
    (cause,) = singular_causes(replace(found.network, layers=layers))
    assert cause.found.startswith("units 0 and 1 of layers.0 are multiples of each other")
    assert cause.remedy.startswith("add 1.33333 times")


@pytest.mark.parametrize(
    ("inputs", "rank"), [(INPUTS[:, [0, 1, 0]], "3 of 4"), (np.hstack([INPUTS, np.ones((24, 1))]), "3 of 4")]
)
def test_inputs_that_depend_on_each_other(inputs, rank):
    first, outer = _dense(2, 3, 9), _dense(1, 2, 10)
    (cause,) = singular_causes(_network(first, outer, inputs=inputs))
    assert (
        cause.found
        == f"layers.0: its inputs and bias span {rank} dimensions on the samples, and no penalty holds its weights"
    )
    assert cause.remedy == "remove columns that depend on others, or penalise layers.0.weight"
    assert _found(_network(first, outer, "layers.0.weight", inputs=inputs)) == []


def test_columns_of_zeros_and_shifts_are_split_off_by_claims():
    """They are no causes; the smallest eigenvalue off them is not 0."""
    network = _network(_dense(2, 3, 11), _dense(2, 2, 12), inputs=np.hstack([INPUTS, np.zeros((24, 1))]))
    labels = np.eye(2)[np.arange(24) % 2]
    softmax = replace(network, targets=labels, objective=Objective(SoftmaxCrossEntropy(Fraction(1, 24))))
    assert _smallest(softmax) < 1e-12 and _found(softmax) == []


def test_too_few_equations():
    network = random_network(np.random.default_rng(13), (2, 4, 1), 4, residual=0.0)
    texts = _found(network)
    assert texts[0].startswith("all samples are fitted, by 17 parameters that no penalty holds and 4 equations")


def test_cross_entropy_without_a_penalty_has_no_minimum():
    network = logistic(random_network(np.random.default_rng(14), (2, 3, 1), 5))
    outputs = FloatObjective(network).outputs(FloatObjective(network).initial())
    right = replace(network, targets=(outputs > 0).astype(float))
    assert _found(right)[0].startswith("every sample is classified rightly and no penalty holds the output layer")
    wrong = replace(network, targets=(outputs < 0).astype(float))
    assert not any("classified" in text for text in _found(wrong))
    decay = (Decay("layers.1.weight", Fraction(1, 9)), Decay("layers.1.bias", Fraction(1, 9)))
    held = replace(right, objective=replace(right.objective, decay=decay))
    assert not any("classified" in text for text in _found(held))


@pytest.mark.parametrize("label", [0.0, 1.0])
def test_a_label_that_all_samples_share_has_no_minimum(label):
    network = logistic(random_network(np.random.default_rng(14), (2, 3, 2), 5))
    targets = np.array([[each, label] for each in (0.0, 1.0, 0.0, 0.0, 1.0)])
    texts = _found(replace(network, targets=targets))
    assert texts[0].startswith("all samples agree on output 1: no penalty holds its bias")
    held = (Decay("layers.1.bias", Fraction(1, 9)),)
    assert _found(replace(network, targets=targets, objective=replace(network.objective, decay=held))) == []
