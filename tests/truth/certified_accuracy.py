"""`certified-accuracy`: outputs at the minimiser, found at 200 bits; its own samples, and those of another set."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

import numpy as np

from certificates import Accepted, Network
from certificates.claims.certified_accuracy import Claim
from certificates.language.parts import DataFile
from certificates.subjects import Objective, SoftmaxCrossEntropy, Squared
from tests.truth._balls import bits, high, low
from tests.truth._minima import Drawn, draw_minimum, truth_of_the_minimum
from tests.truth._networks import perceptron
from tests.truth._objectives import BITS
from tests.truth.held import Held, at_least
from tests.truth.trial import Case

SAMPLE = 5


def draw(rng: np.random.Generator) -> Case:
    """Classifiers; now and then the samples of another set, with some on which all outputs are nearly equal."""
    drawn = draw_minimum(rng)
    while isinstance(drawn.network.objective.loss, Squared):
        drawn = draw_minimum(rng)
    other = _samples(rng, drawn) if rng.random() < 0.6 else None
    counted = drawn.network if other is None else other
    name = None if other is None else DataFile("0" * 64, "test.safetensors")
    radius = drawn.evidence.radius
    claim = Claim(counted.sample_count, 0, 0, radius, radius, drawn.flat, name)
    seed = int(rng.integers(2**32))
    return Case(
        claim,
        drawn.evidence,
        drawn.network,
        lambda verdict: _truth(verdict, drawn, counted, seed),
        origin=other,
        given=frozenset({"right", "wrong"}),
    )


def _samples(rng: np.random.Generator, drawn: Drawn) -> Network:
    """Inputs of all sizes, and labels that are classes."""
    network, count = drawn.network, int(rng.integers(1, 6))
    inputs = rng.normal(size=(count, network.widths[0])) * 10.0 ** rng.uniform(-20, 2, size=(count, 1))
    inputs[rng.random(count) < 0.2] = 0.0
    outputs = network.widths[-1]
    softmax = isinstance(network.objective.loss, SoftmaxCrossEntropy)
    labels = np.eye(outputs)[rng.integers(outputs, size=count)] if softmax else rng.integers(2, size=(count, outputs))
    loss = replace(network.objective.loss, class_labels=()) if softmax else network.objective.loss
    return replace(network, inputs=inputs, targets=labels.astype(float), objective=Objective(loss))


def _truth(verdict: Accepted, drawn: Drawn, counted: Network, seed: int) -> Iterator[Held]:
    point = None
    for each in truth_of_the_minimum(verdict, drawn, np.random.default_rng(seed)):
        if isinstance(each, Held):
            yield each
        else:
            point = each
    if point is None:
        return
    right, wrong = _counts(drawn, counted, point)
    yield at_least("right", verdict.proved.right, Fraction(right))
    yield at_least("wrong", verdict.proved.wrong, Fraction(wrong))


def _counts(drawn: Drawn, counted: Network, point: list) -> tuple[int, int]:
    """How many samples are not certainly wrong, and not certainly right, at ŵ."""
    name = drawn.network.activations[0].text.partition("(")[0]
    plain = replace(counted, targets=np.zeros_like(counted.targets), objective=Objective(Squared(Fraction(1))))
    softmax = isinstance(drawn.network.objective.loss, SoftmaxCrossEntropy)
    with bits(BITS):
        outputs = perceptron(plain, name, exact=True).residual(np.array(point, dtype=object))
    right = wrong = 0
    for row, label in zip(outputs, counted.targets == 1, strict=True):
        margins = _margins(row, label, softmax)
        right += min(high(margin) for margin in margins) > 0
        wrong += min(low(margin) for margin in margins) < 0
    return right, wrong


def _margins(row, label: np.ndarray, softmax: bool) -> list:
    """What is positive for a sample that is right, and has one that is negative if it is wrong."""
    if softmax:
        own = int(np.argmax(label))
        return [row[own] - row[other] for other in range(len(row)) if other != own]
    return [z if positive else -z for z, positive in zip(row, label, strict=True)]
