"""The corpus of ``descent-path``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from certificates.claims.descent_path import Claim, Evidence
from certificates.expression import parse_activation
from tests.corpus._case import Bent, Case, Honest, Malformed
from tests.corpus._malformed import malformed
from tests.corpus._networks import honest, proposed, stronger
from tests.support.linear import critical_point, linear_problem, linear_weights
from verify.proposals.descent_path import propose

__all__ = ["cases"]


def cases() -> Iterator[Case]:
    """Every file."""
    rng = np.random.default_rng(7)
    anywhere = linear_problem(linear_weights(rng, (3, 2, 2)), rng.normal(size=(6, 3)), rng.normal(size=(6, 2)))
    found = {
        "strict-saddle": proposed(propose, critical_point(rng, (3, 2, 2, 3), (0, 2))),
        "lost-rank": proposed(propose, critical_point(rng, (3, 3, 3, 3), (0,))),
        "zero-weights": proposed(propose, critical_point(rng, (2, 3, 2, 2, 2), ())),
        "a-block-beside": proposed(propose, critical_point(rng, (3, 3, 3, 3, 3), (1,), blocks=True)),
        "no-critical-point": proposed(propose, anywhere),
    }
    yield from honest(found)
    yield from _other_paths(*found["lost-rank"])
    yield from _other_networks(*found["strict-saddle"])
    yield from stronger(*found["no-critical-point"], 5)
    network, claim, evidence = found["no-critical-point"]
    yield Bent(
        "a-critical-point-it-is-not", 5, "∇f is 0 anywhere", network, replace(claim, gradient_norm=0.0), evidence
    )
    good = Honest("", *found["lost-rank"]).data
    yield Malformed("negative-norm", good.replace(b'"gradient_norm": "', b'"gradient_norm": "-1'))
    yield Malformed("negative-curvature", good.replace(b'"curvature": "', b'"curvature": "-1'))
    yield from malformed(good)


def _other_paths(network, claim: Claim, evidence: Evidence) -> Iterator[Bent]:
    places, terms = evidence.places, evidence.terms
    opposite = (*terms[:-1], tuple(-x for x in terms[-1]))
    cases = {
        "the-opposite-way": (4, "a path that rises falls", places, opposite),
        "no-movement": (4, "a constant falls", places, tuple(tuple(0.0 for _ in term) for term in terms)),
        "a-layer-stays": (4, "the loss falls in one layer alone", places[:1], terms[:1]),
        "nothing": (2, "no path falls", (), ()),
        "one-term-too-few": (2, "a place without a term moves", places, terms[:-1]),
        "the-same-place-twice": (2, "terms of one place are one", (places[0], *places), (terms[0], *terms)),
        "a-layer-that-is-not-there": (2, "other layers move", ((9, 1), *places[1:]), terms),
        "power-zero": (2, "the path starts elsewhere", ((1, 0), *places[1:]), terms),
        "power-beyond": (2, "powers have no end", ((1, 65), *places[1:]), terms),
        "a-term-too-short": (2, "a matrix may lack an entry", places, (terms[0][1:], *terms[1:])),
    }
    for name, (check, theorem, where, what) in cases.items():
        yield Bent(name, check, theorem, network, claim, Evidence(where, what))


def _other_networks(network, claim: Claim, evidence: Evidence) -> Iterator[Bent]:
    first, *others = network.layers
    smooth = replace(network, activations=(parse_activation("tanh"), *network.activations[1:]))
    yield Bent("units-of-tanh", 1, "what holds for linear units holds for tanh", smooth, claim, evidence)
    biased = replace(network, layers=(replace(first, bias=np.zeros(2)), *others))
    yield Bent("a-bias", 1, "a bias that is 0 cannot move", biased, claim, evidence)
    frozen = replace(network, layers=(replace(first, trained=False), *others))
    yield Bent("a-frozen-layer-moves", 2, "frozen layers move", frozen, claim, evidence)
    yield Bent(
        "more-curvature", 5, "twice as negative", network, replace(claim, curvature=2 * claim.curvature), evidence
    )
    best = critical_point(np.random.default_rng(0), network.widths, (0, 1))
    yield Bent("at-the-minimum", 4, "a global minimum is none", best, claim, evidence)
