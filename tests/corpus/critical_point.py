"""The corpus of ``critical-point``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

import numpy as np

from certificates import Dense, Network, decide
from certificates.claims.critical_point import Claim, Evidence
from certificates.expression import parse_activation
from certificates.subjects import Objective, Squared
from tests.corpus._case import Bent, Case, Honest
from tests.corpus._malformed import malformed
from tests.corpus._networks import honest, proposed
from tests.support.minima import vector
from tests.support.planted import random_planted
from tests.support.saddles import copied_saddle, saddle
from verify.proposals import critical_point

__all__ = ["cases", "maximum"]


def maximum() -> Network:
    """f(w) = sin(w)² with its maximum at π/2: a frozen output, one trained weight."""
    layers = (Dense(np.array([[np.pi / 2]]), None), Dense(np.array([[1.0]]), None, False))
    data = np.array([[1.0]]), np.array([[0.0]])
    return Network(layers, (parse_activation("sin(z)"),), *data, Objective(Squared(Fraction(1))))


def cases() -> Iterator[Case]:
    """Every file."""
    found = {
        "vector-b": proposed(critical_point.propose, vector("B")),
        "vector-a-a-minimum": proposed(critical_point.propose, vector("A")),
        "vector-d-flat-bias": proposed(critical_point.propose, vector("D")),
        "strict-maximum": proposed(critical_point.propose, maximum()),
        "softmax-saddle": proposed(critical_point.propose, saddle("softmax")),
        "squared-saddle": proposed(critical_point.propose, saddle("squared")),
    }
    yield from honest(found)
    yield from _bent(*found["vector-b"])
    yield from _bent_flat(*found["vector-d-flat-bias"])
    yield Bent(
        "a-maximum-as-a-minimum",
        5,
        "a strict maximum is a strict minimum",
        maximum(),
        replace(found["strict-maximum"][1], index=0, negative_curvature=0.0),
        found["strict-maximum"][2],
    )
    yield from _stronger(*found["softmax-saddle"])
    yield from malformed(Honest("", *found["vector-b"]).data)


def _bent(network: Network, claim: Claim, evidence: Evidence) -> Iterator[Bent]:
    """Of vector B, the saddle at the origin."""
    moved = replace(network, layers=(replace(network.layers[0], weight=np.array([[1e-3]])), *network.layers[1:]))
    bent = {
        "a-saddle-as-a-minimum": (
            5,
            "a strict saddle is a minimum",
            network,
            replace(claim, index=0, negative_curvature=0.0),
            evidence,
        ),
        "an-index-too-many": (5, "a strict saddle is a maximum", network, replace(claim, index=2), evidence),
        "an-index-beyond-the-parameters": (
            5,
            "three of two eigenvalues are negative",
            network,
            replace(claim, index=3),
            evidence,
        ),
        "shift-too-large": (5, "the next eigenvalue is twice as large", network, claim, replace(evidence, shift=1.2)),
        "ten-times-the-radius": (
            6,
            "the Hessian does not turn",
            network,
            replace(claim, radius=10 * claim.radius),
            replace(evidence, radius=10 * evidence.radius),
        ),
        "moved-away": (7, "a point has no gradient where it has one", moved, claim, evidence),
        "inner-ball-too-small": (
            7,
            "the critical point is nearer than it is",
            moved,
            claim,
            replace(evidence, inner_radius=1e-6),
        ),
        "balls-exchanged": (
            3,
            "the small ball may be the large one",
            network,
            claim,
            replace(evidence, inner_radius=evidence.radius, radius=evidence.inner_radius),
        ),
        "no-shift": (3, "an eigenvalue of 0 is none", network, claim, replace(evidence, shift=0.0)),
        "a-negative-radius": (3, "a ball may have no points", network, claim, replace(evidence, inner_radius=-1.0)),
        "flat-where-nothing-is": (
            2,
            "a direction is flat that is not",
            network,
            replace(claim, flat=("output.bias shift",)),
            evidence,
        ),
        "copied-units": (
            5,
            "copies of units leave a saddle isolated",
            copied_saddle(),
            replace(claim, radius=1e-9, distance=1e-9),
            replace(evidence, radius=1e-9, inner_radius=1e-9),
        ),
        "planted-labels": (
            5,
            "a saddle of given labels is one of planted labels",
            random_planted(np.random.default_rng(1), 2, 2, 5),
            claim,
            evidence,
        ),
        "deeper-than-it-is": (
            8,
            "the least eigenvalue is twice as negative",
            network,
            replace(claim, negative_curvature=2 * claim.negative_curvature),
            evidence,
        ),
    }
    for name, parts in bent.items():
        yield Bent(name, *parts)


def _stronger(network: Network, claim: Claim, evidence: Evidence) -> Iterator[Bent]:
    """Each number a thousandth beyond what is proved; the value's interval cut on either side."""
    proved = decide(claim, evidence, network).proved
    quarter = (proved.value_upper - proved.value_lower) / 4
    for name, value in {
        "radius": proved.radius * 1.001,
        "distance": proved.distance * 0.999,
        "nondegeneracy": proved.nondegeneracy * 1.001,
        "negative_curvature": proved.negative_curvature * 1.001,
        "value_lower": proved.value_lower + quarter,
        "value_upper": proved.value_upper - quarter,
    }.items():
        theorem = "a number a thousandth stronger than its evidence proves"
        yield Bent(
            f"stronger-{name}".replace("_", "-"), 8, theorem, network, replace(proved, **{name: value}), evidence
        )


def _bent_flat(network: Network, claim: Claim, evidence: Evidence) -> Iterator[Bent]:
    """Of vector D, a minimum modulo the shift of its output bias."""
    theorem = "a minimum is strict along a direction in which f is constant"
    yield Bent("a-flat-direction-is-left-out", 2, theorem, network, replace(claim, flat=()), evidence)
    more = replace(claim, flat=(*claim.flat, "output.weight shift"))
    yield Bent("a-flat-direction-too-many", 2, "a penalised direction is flat", network, more, evidence)
