"""The corpus of ``certified-accuracy``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from certificates.subjects import Squared
from tests.corpus._case import Bent, Case, Honest, Malformed
from tests.corpus._malformed import malformed
from tests.corpus._minima import bent_minima, deep_classifier, labels_classifier, softmax_classifier, vectors
from tests.corpus._networks import proposed
from tests.support.minima import vector
from verify.proposals.certified_accuracy import propose

__all__ = ["cases"]


def cases() -> Iterator[Case]:
    """Every file."""
    good = Honest("three-classes", *proposed(propose, softmax_classifier()))
    yield good
    for name, network in {
        **{f"vector-{name.lower()}": network for name, network in vectors().items()},
        "two-labels": labels_classifier(),
        "two-hidden-layers": deep_classifier(),
    }.items():
        yield Honest(name, *proposed(propose, network))
    network, claim, evidence = good.subject, good.claim, good.evidence
    yield Honest("nothing-counted", network, replace(claim, right=0, wrong=0), evidence)
    yield from bent_minima(network, claim, evidence, every=2)
    for name, fields in (
        ("a-larger-ball", {"radius": claim.radius * 1.01}),
        ("a-shorter-distance", {"distance": claim.distance / 1.01}),
        ("one-more-right", {"right": claim.right + 1, "wrong": claim.wrong - 1}),
        ("one-more-wrong", {"right": claim.right - 1, "wrong": claim.wrong + 1}),
    ):
        theorem = "a number stronger than its evidence proves"
        yield Bent(name, 9, theorem, network, replace(claim, **fields), evidence)
    yield Bent(
        "saddle",
        5,
        "u = v = 0 is a minimum (vector B)",
        vector("B"),
        replace(claim, flat=(), samples=1, right=0, wrong=0),
        evidence,
    )
    soft = network.targets.copy()
    soft[0] = [0.5, 0.5, 0.0]
    yield Bent("a-soft-label", 8, "half a class is a class", replace(network, targets=soft), claim, evidence)
    more = replace(claim, samples=claim.samples + 1)
    yield Bent("another-sample", 8, "there is one sample more", network, more, evidence)
    squares = replace(network, objective=replace(network.objective, loss=Squared(network.objective.loss.scale)))
    yield Bent("residuals", 0, "numbers have classes", squares, claim, evidence)
    if claim.right + claim.wrong < claim.samples:
        raise SystemExit("some samples are not counted")
    yield from malformed(good.data)
    yield Malformed("more-than-all", good.data.replace(b'"wrong": "', b'"wrong": "9', 1))
