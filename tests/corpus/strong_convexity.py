"""The corpus of ``strong-convexity``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from certificates import Network
from certificates.claims.strong_convexity import Claim, Evidence
from certificates.expression import parse_activation
from tests.corpus._case import Bent, Case, Honest, Malformed
from tests.corpus._malformed import malformed
from tests.corpus._minima import deep_classifier, regressor, softmax_classifier
from tests.corpus._networks import proposed, stronger
from tests.support.frozen import given, planted, vector
from verify.proposals.strong_convexity import propose

__all__ = ["cases"]


def cases() -> Iterator[Case]:
    """Every file."""
    good = Honest("planted", *proposed(propose, vector()))
    yield good
    rng = np.random.default_rng(1)
    rows, weights = rng.normal(size=(12, 2)), np.array([[1.0, 0.25], [-0.5, 1.0]])
    near = planted(rows, weights, weights + 2.0**-12)
    for name, network in {
        "near-the-teacher": near,
        "labels-with-noise": given(vector(), 0.05),
        "relu-in-its-cell": planted(rows, weights, activation="relu"),
        "squared-relu-beyond-its-cell": planted(rows, weights, activation="squared_relu"),
        "three-classes": softmax_classifier(),
        "two-hidden-layers": deep_classifier(),
        "residuals-with-weights": regressor(),
    }.items():
        yield Honest(name, *proposed(propose, network))
    subject, claim, evidence = good.subject, good.claim, good.evidence
    yield Honest("no-minimiser", subject, replace(claim, minimiser=None), evidence)
    yield from stronger(subject, claim, evidence, 9)
    yield from _other_labels(subject, claim, evidence)
    yield from _other_problems(subject, claim, evidence)
    yield from _other_evidence(subject, claim, evidence)
    yield from malformed(good.data)
    yield Malformed("labels-of-neither-kind", good.data.replace(b'"planted"', b'"guessed"', 1))


def _other_labels(network: Network, claim: Claim, evidence: Evidence) -> Iterator[Bent]:
    floats = given(network)
    one = floats.targets.copy()
    one[3] += 0.5
    as_given = replace(claim, labels="given")
    yield Bent("planted-of-given-labels", 1, "a tiny residual is none", floats, claim, evidence)
    yield Bent("given-of-planted-labels", 1, "exact labels are given ones", network, as_given, evidence)
    yield Bent("no-residual", 9, "labels in binary64 are met exactly", floats, as_given, evidence)
    yield Bent(
        "one-label-changed",
        5,
        "the Hessian does not depend on a label",
        replace(floats, targets=one),
        as_given,
        evidence,
    )


def _other_problems(network: Network, claim: Claim, evidence: Evidence) -> Iterator[Bent]:
    hidden, last = network.layers
    moved = replace(hidden, weight=hidden.weight * (1 + 2.0**-4))
    few = replace(network, inputs=network.inputs[:3])
    trained = replace(network, layers=(hidden, replace(last, trained=True)))
    wide = replace(claim, flat=("input 0",))
    in_cell = replace(evidence, frozen=None)
    for name, check, theorem, problem, asserted, seen in (
        ("relu-on-a-kink", 5, "a ReLU bends nowhere", _with(network, "relu"), claim, evidence),
        (
            "squared-relu",
            6,
            "φ'' of a squared ReLU is Lipschitz",
            _with(network, "squared_relu"),
            claim,
            _loose(in_cell),
        ),
        ("other-activation", 5, "sigmoid is tanh", _with(network, "sigmoid"), claim, evidence),
        ("fewer-samples-than-weights", 5, "three equations fix four weights", few, claim, evidence),
        ("trained-output", 5, "an output that moves is frozen", trained, claim, evidence),
        (
            "away-from-the-teacher",
            5,
            "the Hessian is the same elsewhere",
            replace(network, layers=(moved, last)),
            claim,
            evidence,
        ),
        ("a-flat-direction", 2, "an input that varies is flat", network, wide, evidence),
    ):
        yield Bent(name, check, theorem, problem, asserted, seen)


def _with(network: Network, activation: str) -> Network:
    return replace(network, activations=(parse_activation(activation),))


def _loose(evidence: Evidence) -> Evidence:
    """With shifts of the Hessian that hold for many activations."""
    shifts = evidence.hessian
    return evidence if shifts is None else replace(evidence, hessian=replace(shifts, lower=-100.0, upper=100.0))


def _other_evidence(network: Network, claim: Claim, evidence: Evidence) -> Iterator[Bent]:
    shifts, frozen = evidence.hessian, evidence.frozen
    if shifts is None or frozen is None or frozen.fourth_moment is None:
        raise SystemExit("the vector has shifts of every kind")
    bends: tuple[tuple[str, int, str, dict[str, Any]], ...] = (
        ("radius-doubled-past-the-limit", 7, "f is strongly convex four times as far", {"radius": 4 * evidence.radius}),
        ("no-ball", 3, "a ball may have no radius", {"radius": 0.0}),
        ("no-shifts", 3, "constants need no evidence", {"hessian": None, "frozen": None}),
        (
            "least-eigenvalue-inflated",
            5,
            "λ_min is 1 % larger",
            {"hessian": replace(shifts, lower=1.01 * shifts.lower)},
        ),
        (
            "largest-eigenvalue-deflated",
            5,
            "λ_max is 1 % less",
            {"hessian": replace(shifts, upper=0.99 * shifts.upper)},
        ),
        ("s0-inflated", 5, "s_0 is 1 % larger", {"frozen": replace(frozen, gram_lower=1.01**2 * frozen.gram_lower)}),
        ("large-s0-deflated", 5, "S_0 is 1 % less", {"frozen": replace(frozen, gram_upper=0.98 * frozen.gram_upper)}),
        ("chi-deflated", 5, "χ is 1 % less", {"frozen": replace(frozen, fourth_moment=0.99 * frozen.fourth_moment)}),
        ("xi-deflated", 5, "ξ is less", {"frozen": replace(frozen, covariance_upper=0.99 * frozen.covariance_upper)}),
    )
    for name, check, theorem, fields in bends:
        yield Bent(name, check, theorem, network, claim, replace(evidence, **fields))
