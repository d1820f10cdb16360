"""The corpus of ``strict-minimum``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from certificates import Network, decide
from certificates.claims.strict_minimum import Claim, Evidence
from tests.corpus._case import Bent, Case, Honest, Malformed
from tests.corpus._malformed import malformed
from tests.corpus._minima import bent_minima, deep_classifier, labels_classifier, regressor, softmax_classifier, vectors
from tests.corpus._networks import proposed
from tests.support.minima import vector
from tests.support.spurious import planted_minimum
from verify.proposals.strict_minimum import propose

__all__ = ["cases"]


def cases() -> Iterator[Case]:
    """Every file."""
    good = Honest("three-classes", *proposed(propose, softmax_classifier()))
    yield good
    for name, network in {
        **{f"vector-{name.lower()}": network for name, network in vectors().items()},
        "two-labels": labels_classifier(),
        "two-hidden-layers": deep_classifier(),
        "residuals-with-weights": regressor(),
        "planted-labels": planted_minimum(),
    }.items():
        yield Honest(name, *proposed(propose, network))
    network, claim, evidence = good.subject, good.claim, good.evidence
    yield Honest("no-loop", network, replace(claim, float_loop=None), replace(evidence, float_loop=None))
    yield from bent_minima(network, claim, evidence)
    yield from _stronger(network, claim, evidence)
    yield from _loops(network, claim, evidence)
    yield Bent(
        "saddle",
        5,
        "u = v = 0 is a minimum (vector B)",
        vector("B"),
        replace(claim, flat=(), float_loop=None),
        evidence,
    )
    yield from _malformed(good.data)


def _stronger(network: Network, claim: Claim, evidence: Evidence) -> Iterator[Bent]:
    """Each number stronger than what this evidence proves."""
    proved: Claim = decide(claim, evidence, network).proved
    more, less = 1 + 2.0**-10, 1 - 2.0**-10
    numbers: dict[str, float] = {
        "radius": proved.radius * more,
        "distance": proved.distance * less,
        "strong_convexity": proved.strong_convexity * more,
        "smoothness": proved.smoothness * less,
        "value_lower": proved.value_upper,
        "value_upper": proved.value_lower,
        "step_size_max": proved.step_size_max * more,
    }
    theorem = "a number stronger than its evidence proves"
    for name, number in numbers.items():
        each = replace(proved, **{name: number})
        yield Bent(f"stronger-{name.replace('_', '-')}", 9, theorem, network, each, evidence)
    if proved.float_loop is None or proved.float_loop.horizon is None:
        raise SystemExit("no loop is claimed")
    for name, factor in (("drift", less), ("horizon", more)):
        loop = replace(proved.float_loop, **{name: getattr(proved.float_loop, name) * factor})
        each = replace(proved, float_loop=loop)
        yield Bent(f"stronger-loop-{name.replace('_', '-')}", 9, theorem, network, each, evidence)


def _loops(network: Network, claim: Claim, evidence: Evidence) -> Iterator[Bent]:
    loop, seen = claim.float_loop, evidence.float_loop
    if loop is None or seen is None:
        raise SystemExit("no loop is claimed")
    for name, theorem, fields in (
        ("a-loop-of-long-steps", "a step twice as long contracts as well", {"step_size": 2 * seen.step_size}),
        ("a-loop-of-rough-gradients", "rough gradients do not lead away", {"gradient_error": 1.0}),
        ("a-loop-that-stands", "a step of no length is one", {"step_size": 0.0}),
    ):
        bent = replace(evidence, float_loop=replace(seen, **fields))
        yield Bent(name, 8, theorem, network, claim, bent)
    other = replace(claim, float_loop=replace(loop, step_size=loop.step_size / 2))
    yield Bent("another-loop", 9, "what holds of one step of a loop holds of another", network, other, evidence)
    unseen = replace(evidence, float_loop=None)
    yield Bent("a-loop-without-evidence", 9, "loops need no evidence", network, claim, unseen)


def _malformed(good: bytes) -> Iterator[Malformed]:
    yield from malformed(good)
    yield Malformed(
        "a-direction-twice", good.replace(b'"output.bias shift"', b'"output.bias shift", "output.bias shift"', 1)
    )
    yield Malformed("flat-without-a-list", good.replace(b'"flat": [', b'"flat": "none", "flat_": [', 1))
