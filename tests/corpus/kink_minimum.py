"""The corpus of ``kink-minimum``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np

from certificates import Network, decide
from certificates.claims.kink_minimum import Claim, Evidence
from certificates.expression import parse_activation
from certificates.subjects import Logistic, Objective, SoftmaxCrossEntropy, Squared
from tests.corpus._case import Bent, Case, Honest, Malformed
from tests.corpus._malformed import malformed
from tests.support.kinks import random_relu_net, vector_f
from verify.proposals.kink_minimum import propose

__all__ = ["cases"]


def _found(network: Network, *, polish: bool = True) -> tuple[Any, Any, Any]:
    """The polished problem with claim and evidence."""
    found = propose(network, polish=polish)
    if found.claim is None:
        raise SystemExit(f"kink-minimum: {found.verdict.explanation()}")
    return found.problem, found.claim, found.evidence


def _random(seed: int, widths: tuple[int, int, int], loss: Any, **options: Any) -> tuple[Any, Any, Any]:
    network = random_relu_net(np.random.default_rng(seed), widths, 12, loss, rate=Fraction(1, 40), **options)
    return _found(network)


def _unpenalised_shift(network: Network) -> Network:
    """Without a penalty on the output bias: its shift is flat."""
    kept = tuple(decay for decay in network.objective.decay if decay.tensor != "layers.1.bias")
    return replace(network, objective=replace(network.objective, decay=kept))


def cases() -> Iterator[Case]:
    """Every file."""
    vector = _found(vector_f(), polish=False)
    good = Honest("vector-f", *vector)
    yield good
    softmax = random_relu_net(np.random.default_rng(2), (2, 3, 3), 12, SoftmaxCrossEntropy, rate=Fraction(1, 40))
    flat = _found(_unpenalised_shift(softmax))
    for name, parts in {
        "residuals": _random(0, (2, 3, 1), Squared),
        "leaky": _random(0, (2, 3, 1), Squared, activation="leaky_relu(1/4)"),
        "two-labels": _random(0, (2, 3, 1), Logistic),
        "steeper-on-the-left": _random(1, (2, 3, 1), Squared, activation="leaky_relu(2)"),
        "absolute-value-like": _random(0, (2, 3, 1), Squared, activation="piecewise(-z/2,0,z)"),
        "three-classes": _found(softmax),
        "a-flat-direction": flat,
        "equal-samples": _twice(vector),
        "no-kink": _found(vector_f(0.25)),
    }.items():
        yield Honest(name, *parts)
    yield from _other_problems(*vector)
    yield from _other_evidence(*vector)
    yield from _stronger(*vector)
    yield _barely_held(vector[2])
    network, claim, evidence = flat
    theorem = "a softmax with a free bias has a strict minimum on the whole space"
    yield Bent("no-flat-direction", 10, theorem, network, replace(claim, flat=()), evidence)
    yield from _malformed(good.data)


def _twice(parts: tuple[Any, Any, Any]) -> tuple[Any, Any, Any]:
    """Vector F with its kink's sample in two halves: equal rows of C."""
    network, claim, evidence = parts
    rows = [0, 1, 1, 2]
    objective = replace(network.objective, sample_weights=(Fraction(2), Fraction(1), Fraction(1), Fraction(2)))
    objective = replace(objective, loss=Squared(Fraction(1, 4)))
    halved = replace(network, inputs=network.inputs[rows], targets=network.targets[rows], objective=objective)
    share = evidence.shares[0]
    return halved, replace(claim, kinks=((1, 0), (2, 0))), replace(evidence, shares=(share, share))


def _other_problems(network: Network, claim: Claim, evidence: Evidence) -> Iterator[Bent]:
    hidden, outer = network.layers
    act = partial(_with_activation, network)
    plain = Objective(network.objective.loss)
    unpenalised = replace(network, objective=plain)
    off = replace(hidden, bias=np.array([2.0**-20]))
    for name, check, theorem, other in (
        ("tanh", 1, "kinks of ReLU are kinks of tanh", act("tanh")),
        ("a-jump", 1, "an activation that jumps has kinks", act("piecewise(0, 0, 1)")),
        ("frozen-outer-layer", 1, "a frozen layer is trained", _frozen(network, 1)),
        ("frozen-hidden-layer", 1, "a frozen layer is trained", _frozen(network, 0)),
        ("two-hidden-layers", 1, "one hidden layer is two", _deep(unpenalised)),
        ("label-beyond", 5, "a kink with θ = 2 is a minimum (vector F, −1/20)", vector_f(-0.05)),
        ("label-above", 5, "a concave kink is a minimum (vector F, +1/4)", vector_f(0.25)),
        ("without-penalty", 7, "rescaling a unit costs something without a penalty", unpenalised),
        ("off-the-kink", 10, "weights a millionth off are as near", replace(network, layers=(off, outer))),
    ):
        bent = evidence
        if name == "label-beyond":
            bent = replace(evidence, shares=(2.0,))
        yield Bent(name, check, theorem, other, claim, bent)


def _barely_held(evidence: Evidence) -> Bent:
    """Vector F with θ = 0.999, at weights a little off."""
    network = vector_f(-0.1001)
    off = replace(network.layers[0], bias=np.array([2.0**-14]))
    claim = Claim(evidence.radius, evidence.radius, 5e-324, -1e9, 1e9, ((1, 0),))
    theorem = "a force that drowns in what the shares miss holds a unit at its kink"
    bent = replace(evidence, shares=(0.999,))
    return Bent("barely-held", 9, theorem, replace(network, layers=(off, network.layers[1])), claim, bent)


def _with_activation(network: Network, text: str) -> Network:
    return replace(network, activations=(parse_activation(text),))


def _deep(network: Network) -> Network:
    hidden, outer = network.layers
    return replace(network, layers=(hidden, hidden, outer), activations=network.activations * 2)


def _frozen(network: Network, index: int) -> Network:
    """With a frozen layer, and no penalty on it."""
    layers = list(network.layers)
    layers[index] = replace(layers[index], trained=False)
    kept = tuple(decay for decay in network.objective.decay if not decay.tensor.startswith(f"layers.{index}."))
    return replace(network, layers=tuple(layers), objective=replace(network.objective, decay=kept))


def _other_evidence(network: Network, claim: Claim, evidence: Evidence) -> Iterator[Bent]:
    pairs = ((0, 0), (1, 0))
    for name, check, theorem, said, bent in (
        ("no-share", 2, "a kink needs no share", claim, replace(evidence, shares=())),
        ("a-sample-too-many", 2, "there is a fourth sample", replace(claim, kinks=((3, 0),)), evidence),
        ("a-kink-missing", 4, "the kink may be left out", replace(claim, kinks=()), replace(evidence, shares=())),
        ("a-large-ball", 4, "no other unit changes side far away", _wide(claim), replace(evidence, radius=0.75)),
        ("a-share-of-two", 5, "a slope of 2 is between those of ReLU", claim, replace(evidence, shares=(2.0,))),
        ("a-negative-share", 5, "a slope of −1 is between those of ReLU", claim, replace(evidence, shares=(-1.0,))),
        (
            "a-kink-too-many",
            5,
            "a unit is 0 where it is 1",
            replace(claim, kinks=pairs),
            replace(evidence, shares=(0.5, evidence.shares[0])),
        ),
        ("a-shift-too-large", 7, "the curvature is larger", claim, replace(evidence, shift=2 * evidence.shift)),
        ("a-shift-too-small", 7, "no curvature is needed", claim, replace(evidence, shift=evidence.shift / 4)),
        ("a-turning-ball", 7, "the Hessian does not turn", _wide(claim), replace(evidence, radius=0.1)),
        ("another-share", 7, "any slope at the kink is critical", claim, replace(evidence, shares=(0.3,))),
        ("a-tiny-ball", 8, "a minimum lies within a ball however small", claim, replace(evidence, radius=1e-18)),
    ):
        yield Bent(name, check, theorem, network, said, bent)


def _wide(claim: Claim) -> Claim:
    return replace(claim, radius=0.75)


def _stronger(network: Network, claim: Claim, evidence: Evidence) -> Iterator[Bent]:
    """Each number stronger than what this evidence proves."""
    proved: Claim = decide(claim, evidence, network).proved
    more, less = 1 + 2.0**-10, 1 - 2.0**-10
    numbers = {
        "radius": proved.radius * more,
        "distance": proved.distance * less,
        "growth": proved.growth * more,
        "value_lower": proved.value_upper,
        "value_upper": proved.value_lower,
    }
    theorem = "a number stronger than its evidence proves"
    for name, number in numbers.items():
        each = replace(proved, **{name: number})
        yield Bent(f"stronger-{name.replace('_', '-')}", 10, theorem, network, each, evidence)


def _malformed(good: bytes) -> Iterator[Malformed]:
    yield from malformed(good)
    yield Malformed("a-kink-of-three", good.replace(b'"kinks": [', b'"kinks": [["0", "0", "0"], ', 1))
    yield Malformed("a-kink-twice", good.replace(b'"kinks": [', b'"kinks": [["1", "0"], ', 1))
    yield Malformed("a-negative-sample", good.replace(b'"kinks": [', b'"kinks": [["-1", "0"], ', 1))
    yield Malformed("a-negative-penalty", good.replace(b'"penalty": "', b'"penalty": "-', 1))
