"""The corpus of ``spurious-minimum``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from certificates import Network, decide
from certificates.claims.spurious_minimum import Claim, Evidence
from tests.corpus._case import Bent, Case, Honest, Malformed
from tests.corpus._malformed import malformed
from tests.corpus._minima import bent_minima, labels_classifier, softmax_classifier
from tests.corpus._networks import proposed
from tests.support.minima import vector
from tests.support.spurious import deep_regressor, frozen_minima, planted_minimum, two_minima, weighted_regressor
from verify.proposals.spurious_minimum import propose
from verify.search.better_weights import better_weights, teacher_weights
from verify.search.minimum import in_pieces

__all__ = ["cases"]


def cases() -> Iterator[Case]:
    """Every file."""
    softmax = softmax_classifier()
    good = Honest("three-classes", *proposed(propose, softmax, better_weights(softmax)))
    yield good
    outer = Honest("frozen-output", *proposed(propose, *frozen_minima()))
    yield outer
    for name, network in (
        ("two-labels", labels_classifier()),
        ("two-hidden-layers", deep_regressor()),
        ("residuals-with-weights", weighted_regressor()),
    ):
        yield Honest(name, *proposed(propose, *two_minima(network)))
    planted = planted_minimum()
    exact = Honest("planted-labels", *proposed(propose, planted, teacher_weights(planted)))
    yield exact
    yield from _other_labels(exact.subject, exact.claim, exact.evidence)
    network, claim, evidence = good.subject, good.claim, good.evidence
    yield from bent_minima(network, claim, evidence, every=2)
    yield from _stronger(network, claim, evidence)
    yield from _witnesses(outer.subject, outer.claim, outer.evidence)
    yield Bent("saddle", 5, "u = v = 0 is a minimum (vector B)", vector("B"), replace(claim, flat=()), evidence)
    yield from malformed(good.data)
    gap = b'"gap": "' + good.data.split(b'"gap": "')[1].split(b'"')[0] + b'"'
    yield Malformed("no-gap", good.data.replace(gap, b'"gap": "0"'))
    yield Malformed("a-negative-gap", good.data.replace(gap, b'"gap": "-1"'))


def _other_labels(network: Network, claim: Claim, evidence: Evidence) -> Iterator[Bent]:
    """The minimum is that of one teacher."""
    assert network.teacher is not None
    hidden, output = network.teacher
    near = replace(network, teacher=(replace(hidden, weight=hidden.weight + 1e-3), output))
    yield Bent("a-teacher-nearby", 7, "a teacher's labels are those of one nearby", near, claim, evidence)


def _stronger(network: Network, claim: Claim, evidence: Evidence) -> Iterator[Bent]:
    """Each number stronger than what this evidence proves."""
    proved: Claim = decide(claim, evidence, network).proved
    more, less = 1 + 2.0**-10, 1 - 2.0**-10
    for name, number in (
        ("gap", proved.gap * more),
        ("radius", proved.radius * more),
        ("distance", proved.distance * less),
        ("value_lower", proved.value_upper),
        ("value_upper", proved.value_lower),
    ):
        theorem, each = "a number stronger than its evidence proves", replace(proved, **{name: number})
        yield Bent(f"stronger-{name.replace('_', '-')}", 10, theorem, network, each, evidence)


def _witnesses(network: Network, claim: Claim, evidence: Evidence) -> Iterator[Bent]:
    """Other weights that prove nothing."""
    better, given = _flat(evidence), network.layers[0].weight
    relabelled = given[[1, 0, 2]]  # the first two have the same outer weight
    best = replace(network, layers=(replace(network.layers[0], weight=better.reshape(3, 3)), network.layers[1]))
    at_best = propose(best, given.ravel())
    for name, check, theorem, witness in (
        ("witness-too-short", 8, "weights that are not given are better", better[:-1]),
        ("witness-of-both-layers", 8, "the frozen weights may be moved, too", np.append(better, [2.0, 2.0, 2.0])),
        ("no-witness", 8, "every strict minimum is spurious", np.zeros(0)),
        ("the-minimum-itself", 9, "a minimum is better than itself", given.ravel()),
        ("units-relabelled", 9, "a minimum is better than its relabelled copy", relabelled.ravel()),
        ("worse-weights", 9, "the zero network is better than a fitted one", np.zeros(9)),
        ("signs-turned", 9, "turned signs of all units change nothing", -better),
    ):
        yield Bent(name, check, theorem, network, claim, replace(evidence, witness=in_pieces(witness)))
    theorem = "the best minimum known is spurious"
    weakest = replace(claim, gap=5e-324, radius=at_best.evidence.radius, distance=at_best.evidence.radius)
    yield Bent("the-better-minimum", 9, theorem, best, weakest, at_best.evidence)


def _flat(evidence: Evidence) -> np.ndarray:
    return np.array([number for piece in evidence.witness for number in piece])
