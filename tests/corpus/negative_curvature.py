"""The corpus of ``negative-curvature``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from certificates import Dense, Network
from tests.corpus._case import Bent, Case, Honest, Malformed
from tests.corpus._malformed import malformed
from tests.corpus._networks import honest, of_other_form, proposed, stronger, with_outer
from tests.support import quadratic as naive
from verify.proposals import negative_curvature

__all__ = ["cases"]


def _first() -> Iterator[Case]:
    rng = np.random.default_rng(2)
    network = naive.network_problem(np.zeros((3, 2)), [1.0, 1.0, 1.0], rng.normal(size=(6, 2)), [1.0] * 6)
    _, claim, evidence = proposed(negative_curvature.propose, network)
    good = Honest("origin", network, claim, evidence)
    yield good
    curvature, descent = 2 * claim.curvature, 2 * claim.descent
    moved = replace(network, layers=(Dense(np.ones((3, 2)), None, True), network.layers[1]))
    yield Bent(
        "direction-too-short",
        2,
        "a direction may leave units out",
        network,
        claim,
        replace(evidence, units=evidence.units[:2]),
    )
    yield Bent(
        "upwards",
        4,
        "the loss bends down where all outer weights are negative and all labels positive",
        with_outer(network, [-1.0, -1.0, -1.0]),
        claim,
        evidence,
    )
    yield Bent("beyond-the-minimum", 4, "the loss bends down beyond its minimum", moved, claim, evidence)
    yield Bent(
        "twice-the-curvature",
        5,
        "a direction bends down twice as much as it does",
        network,
        replace(claim, curvature=curvature),
        evidence,
    )
    yield Bent(
        "twice-the-descent",
        5,
        "a step descends twice as far as it does",
        network,
        replace(claim, descent=descent),
        evidence,
    )
    yield Bent(
        "step-too-long",
        5,
        "a long step descends",
        network,
        claim,
        replace(evidence, step=100.0),
    )
    start = good.data.index(b'"inputs": [', good.data.index(b'"evidence"'))
    end = good.data.index(b"]", start)
    yield Malformed("no-direction", good.data[:start] + b'"inputs": [' + good.data[end:])


def _further() -> Iterator[Case]:

    def origin(seed: int, outer: list[float], labels: list[float]) -> Network:
        return naive.network_problem(
            np.zeros((len(outer), 2)), outer, np.random.default_rng(seed).normal(size=(5, 2)), labels
        )

    dead = origin(42, [1.0, 0.0], [1.0] * 5)
    x = dead.inputs.copy()
    x[:, 1] = 0.0
    start = naive.network_problem(0.1 * np.ones((2, 2)), [1.0, 1.0], _inputs(43), [2.0] * 5)
    found = {
        "negative-signs": proposed(negative_curvature.propose, origin(40, [-1.0, -2.0], [-1.0] * 5)),
        "mixed-signs": proposed(negative_curvature.propose, origin(41, [1.0, -1.0], [1.0, -1.0, 1.0, -1.0, 1.0])),
        "a-dead-unit-and-input": proposed(negative_curvature.propose, replace(dead, inputs=x)),
        "no-critical-point": proposed(negative_curvature.propose, start),
    }
    network, claim, evidence = found["no-critical-point"]
    flat = naive.network_problem(np.zeros((2, 2)), [1.0, 1.0], network.inputs, [0.0] * 5)
    yield Bent(
        "direction-for-more-inputs",
        2,
        "a direction may have more entries than there are inputs",
        network,
        claim,
        replace(evidence, inputs=(*evidence.inputs, 1.0)),
    )
    yield Bent("flat-in-every-direction", 4, "0 bends down where all labels are 0", flat, claim, evidence)
    yield Bent(
        "half-the-gradient",
        5,
        "a point is closer to critical than it is",
        network,
        replace(claim, gradient_norm=claim.gradient_norm / 2),
        evidence,
    )
    yield Bent(
        "descent-of-no-step",
        5,
        "standing still descends",
        network,
        claim,
        replace(evidence, step=0.0),
    )
    yield from honest(found)
    yield Honest("no-descent", network, replace(claim, descent=0.0), evidence)
    yield from stronger(network, claim, evidence, 5)
    yield from of_other_form(network, claim, evidence)
    yield from malformed(Honest("", *found["negative-signs"]).data)


def _inputs(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(5, 2))


def cases() -> Iterator[Case]:
    """Every file."""
    yield from _first()
    yield from _further()
