"""The corpus of ``deep-linear-gap``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

import numpy as np

from certificates import Dense
from certificates.claims.deep_linear_gap import Claim, Evidence
from certificates.expression import parse_activation
from certificates.subjects import Objective, Squared
from tests.corpus._case import Bent, Case, Honest, Malformed
from tests.corpus._malformed import malformed
from tests.corpus._networks import honest, proposed, stronger
from tests.support.linear import linear_problem, linear_weights, near_best
from verify.proposals.deep_linear_gap import propose

__all__ = ["cases"]


def cases() -> Iterator[Case]:
    """Every file."""
    rng = np.random.default_rng(1)
    x, y = rng.normal(size=(10, 4)).round(2), rng.normal(size=(10, 3)).round(2)
    narrow = near_best(linear_problem(linear_weights(rng, (4, 3, 2, 3)), x, y), 0.3)
    plain = np.rint(4 * x) / 4
    dependent = np.column_stack([plain[:, :2], plain[:, 0] + plain[:, 1], plain[:, 0] - plain[:, 1]])
    found = {
        "narrow-in-the-middle": proposed(propose, narrow),
        "dependent-inputs": proposed(propose, linear_problem(linear_weights(rng, (4, 2, 3)), dependent, y)),
        "more-inputs-than-samples": proposed(propose, linear_problem(linear_weights(rng, (4, 1, 3)), x[:2], y[:2])),
        "no-narrow-layer": proposed(propose, linear_problem(linear_weights(rng, (4, 5, 3)), x, y, Fraction(1, 10))),
        "planted": proposed(propose, linear_problem(linear_weights(rng, (4, 2, 3)), x, None, teacher=[x[:3], y[:3]])),
        "zero-weights": proposed(propose, linear_problem([np.zeros((1, 4)), np.zeros((3, 1))], x, y)),
    }
    yield from honest(found)
    yield from _other_networks(*found["narrow-in-the-middle"])
    yield from _other_duals(*found["narrow-in-the-middle"])
    yield from stronger(*found["narrow-in-the-middle"], 5)
    good = Honest("", *found["narrow-in-the-middle"]).data
    yield Malformed("negative-gap", good.replace(b'"gap": "', b'"gap": "-'))
    yield from malformed(good)


def _other_networks(network, claim: Claim, evidence: Evidence) -> Iterator[Bent]:
    first, *others = network.layers
    smooth = replace(network, activations=(parse_activation("tanh"), *network.activations[1:]))
    biased = replace(network, layers=(replace(first, bias=np.full(3, 0.25)), *others))
    yield Bent("units-of-tanh", 1, "what holds for linear units holds for tanh", smooth, claim, evidence)
    yield Bent("a-bias", 1, "a bias changes nothing", biased, claim, evidence)
    doubled = replace(network, objective=Objective(Squared(Fraction(1))))
    yield Bent("twice-the-loss", 5, "a gap does not depend on the scale", doubled, claim, evidence)
    far = replace(network, layers=(Dense(4 * first.weight, None), *others))
    yield Bent("weights-far-away", 5, "every point is as good", far, claim, evidence)
    rng = np.random.default_rng(2)
    wide = replace(network, layers=tuple(Dense(w, None) for w in linear_weights(rng, (4, 3, 3, 3))))
    yield Bent("a-wider-layer", 5, "a bottleneck is no constraint", wide, claim, evidence)
    opposite = replace(network, targets=-network.given_targets)
    yield Bent("opposite-labels", 5, "a gap does not depend on the signs of the labels", opposite, claim, evidence)
    more = replace(network, targets=2 * network.given_targets)
    yield Bent("larger-labels", 4, "Σ does not depend on the labels", more, claim, evidence)
    longer = replace(network, inputs=2 * network.inputs)
    yield Bent("larger-inputs", 5, "f(W) does not depend on the inputs", longer, claim, evidence)


def _other_duals(network, claim: Claim, evidence: Evidence) -> Iterator[Bent]:
    dual, tau = evidence.dual, evidence.threshold
    nothing = tuple((0.0,) * (i + 1) for i in range(3))
    negative = tuple((0.0,) * i + (-1.0,) for i in range(3))
    cases = {
        "a-row-is-missing": (2, "a dual point of two outputs bounds three", tau, dual[:2]),
        "a-row-is-too-long": (2, "entries above the diagonal are another matrix", tau, (*dual[:2], (*dual[2], 0.0))),
        "no-rows": (2, "nothing bounds something", tau, ()),
        "nothing-dual": (4, "Σ ⪯ τI without Z", tau, nothing),
        "negative-dual": (4, "a negative Z lowers the bound without end", 2 * tau + 1e3, negative),
        "threshold-of-nothing": (4, "Z bounds Σ alone", 0.0, dual),
        "threshold-below-zero": (4, "a negative τ lowers the bound without end", -tau, dual),
        "threshold-too-large": (5, "τ costs nothing", 2 * tau, dual),
        "a-last-bit-less": (4, "feasible up to rounding is feasible", tau * (1 - 1e-6), dual),
    }
    for name, (check, theorem, threshold, rows) in cases.items():
        yield Bent(name, check, theorem, network, claim, Evidence(threshold, rows))
