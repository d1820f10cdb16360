"""The corpus of ``planted-convergence``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np

from certificates import Dense, Network
from certificates.expression import parse_activation
from certificates.subjects import Objective, Squared
from tests.corpus._case import Bent, Case, Honest, Malformed
from tests.corpus._malformed import malformed
from tests.corpus._networks import honest, proposed, stronger
from tests.support.planted_frozen import random_frozen, vector_9_2
from verify.proposals import planted_convergence

__all__ = ["cases"]


def cases() -> Iterator[Case]:
    """Every file."""
    found = {
        "tanh": _found(1, "tanh", 2, 2, 40, away=0.01),
        "relu": _found(1, "relu", 2, 2, 60, away=1e-4),
        "leaky": _found(7, "leaky_relu(1/4)", 1, 2, 40),
        "squared-relu-far-start": _found(3, "squared_relu", 1, 3, 40, away=2.0),
        "biases-and-two-outputs": _found(4, "softplus", 2, 2, 60, away=1e-4, biased=True, outputs=2),
        "other-scale-of-the-loss": _found(5, "tanh", 1, 2, 24, scale=Fraction(1, 3)),
        "vector-9-2": proposed(planted_convergence.propose, vector_9_2()),
    }
    yield from honest(found)
    yield from _other_problems(*found["tanh"])
    yield from _other_claims(*found["tanh"])
    yield from _other_evidence(*found["tanh"])
    yield from _kinks(*found["relu"])
    yield from stronger(*found["tanh"], 9)
    good = Honest("", *found["tanh"]).data
    yield from malformed(good)
    yield Malformed("step-as-float", good.replace(b'"step_size": "', b'"step_size": "0x1.'))
    yield Malformed(
        "start-beyond-the-ball", good.replace(b'"distance": "0x1.', b'"distance": "0x1.8p+9", "was": "0x1.')
    )


def _found(seed: int, activation: str, k: int, d: int, n: int, **options: Any) -> tuple[Any, Any, Any]:
    network = random_frozen(np.random.default_rng(seed), activation, k, d, n, bits=6, **options)
    return proposed(planted_convergence.propose, network)


def _other_problems(network: Network, claim: Any, evidence: Any) -> Iterator[Bent]:
    hidden, last = network.layers
    teacher = network.teacher
    if teacher is None:
        raise SystemExit("expected planted labels")
    labels = np.tanh(network.inputs @ teacher[0].weight.T) @ last.weight.T
    copied = np.repeat(teacher[0].weight[:1], 2, axis=0)
    flipped = Dense(last.weight * -1, None, False)
    wide = Dense(np.vstack([teacher[0].weight, copied[:1]]), None, False), Dense(np.ones((1, 3)), None, False)
    labelled, layered = partial(_given, network), partial(_layers, network)
    offset, moved = replace(last, bias=np.zeros(1)), replace(hidden, weight=hidden.weight + 1)
    turned = replace(network, activations=(parse_activation("sin(3*z)"),))
    for name, check, theorem, other in (
        ("given-labels", 1, "labels rounded to binary64 have a residual of 0", labelled(labels)),
        ("one-label-changed", 1, "one wrong label leaves the residual 0", labelled(labels + np.eye(len(labels), 1))),
        ("other-output-layer", 1, "hidden weights make up for a sign of the output", layered(hidden, flipped)),
        ("output-bias", 1, "an output bias of the network alone fits", layered(hidden, offset)),
        ("trained-output", 1, "a statement about W is one about V and W", layered(hidden, replace(last, trained=True))),
        ("frozen-hidden", 1, "a frozen layer is trained", _frozen_hidden(network)),
        ("wider-teacher", 1, "two units fit what three plant", replace(network, teacher=wide)),
        ("two-hidden-layers", 1, "one hidden layer is two", _deep(network)),
        ("copied-unit", 4, "two equal units have one best direction", _planted(network, copied)),
        ("unit-without-output", 4, "a unit that is not seen is found", _outer(network, np.array([[1.0, 0.0]]))),
        ("few-samples", 4, "three samples identify four weights", replace(network, inputs=network.inputs[:3])),
        ("far-start", 8, "weights far off are a start in the ball", layered(moved, last)),
        ("larger-loss", 6, "the step for a loss eight times as large", _scaled(network, 8)),
        ("phi-swapped", 4, "constants of tanh are those of sin(3z)", turned),
    ):  # fmt: skip
        yield Bent(name, check, theorem, other, claim, evidence)


def _other_claims(network: Network, claim: Any, evidence: Any) -> Iterator[Bent]:
    yield Bent(
        "step-too-long",
        6,
        "distances fall with any step",
        network,
        replace(claim, step_size=claim.step_size * 64),
        evidence,
    )
    bold = replace(claim, radius=4 * claim.radius)
    yield Bent("larger-radius", 9, "the ball is four times as large as its evidence proves", network, bold, evidence)
    unique = replace(claim, unique_radius=2 * claim.unique_radius)
    yield Bent("larger-uniqueness", 9, "nothing else is critical twice as far", network, unique, evidence)


def _other_evidence(network: Network, claim: Any, evidence: Any) -> Iterator[Bent]:
    for name, check, theorem, changes in (
        (
            "radius-past-the-limit",
            5,
            "the residual pulls from twice the largest radius",
            {"radius": 2 * evidence.unique_radius},
        ),
        (
            "uniqueness-past-the-limit",
            7,
            "it is unique past the limit",
            {"unique_radius": 1.25 * evidence.unique_radius},
        ),
        ("least-inflated", 4, "σ_min is a hundredth larger", {"shift_lower": 1.03 * evidence.shift_lower}),
        ("largest-deflated", 4, "‖J‖ is a hundredth smaller", {"shift_upper": 0.98 * evidence.shift_upper}),
        (
            "fourth-deflated",
            4,
            "the inputs have smaller fourth moments",
            {"fourth_shift": 0.98 * evidence.fourth_shift},
        ),
        ("theta-of-another", 4, "λ_max(T − θE) does not depend on θ", {"theta": evidence.theta + 2}),
        ("negative-radius", 2, "a ball has the radius −1", {"radius": -1.0}),
    ):
        yield Bent(name, check, theorem, network, claim, replace(evidence, **changes))


def _kinks(network: Network, claim: Any, evidence: Any) -> Iterator[Bent]:
    sharp = vector_9_2("relu")
    on_kink = replace(evidence, shift_lower=0.05, shift_upper=4.0, radius=1e-9, unique_radius=0.0)
    weak = replace(claim, radius=1e-9, step_size_max=0.0, unique_radius=0.0, distance=None)
    yield Bent("sample-on-a-kink", 5, "a ReLU contracts across a kink at the teacher", sharp, weak, on_kink)
    far = replace(evidence, radius=0.5, unique_radius=0.0)
    yield Bent("across-many-kinks", 5, "a ReLU contracts beyond its kinks", network, claim, far)


def _given(network: Network, labels: np.ndarray) -> Network:
    return replace(network, teacher=None, targets=labels)


def _layers(network: Network, hidden: Dense, last: Dense) -> Network:
    return replace(network, layers=(hidden, last))


def _frozen_hidden(network: Network) -> Network:
    hidden, last = network.layers
    return _layers(network, replace(hidden, trained=False), replace(last, trained=True))


def _planted(network: Network, weight: np.ndarray) -> Network:
    return replace(network, teacher=(Dense(weight, None, False), network.layers[1]))


def _outer(network: Network, weight: np.ndarray) -> Network:
    last = Dense(weight, None, False)
    return replace(network, layers=(network.layers[0], last), teacher=(network.teacher[0], last))  # type: ignore[index]


def _scaled(network: Network, factor: int) -> Network:
    return replace(network, objective=Objective(Squared(factor * network.objective.loss.scale)))


def _deep(network: Network) -> Network:
    hidden, last = network.layers
    between = Dense(np.eye(len(hidden.weight)), None, False)
    teacher = (network.teacher[0], between, last)  # type: ignore[index]
    return replace(network, layers=(hidden, between, last), activations=network.activations * 2, teacher=teacher)
