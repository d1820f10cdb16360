"""The corpus of ``wide-checklist``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from certificates.claims.wide_checklist import Claim, Evidence
from certificates.expression import parse_activation
from tests.corpus._case import Bent, Case, Honest, Malformed
from tests.corpus._malformed import malformed
from tests.corpus._networks import honest, proposed
from tests.support.wide import wide_net
from verify.proposals.wide_checklist import propose

__all__ = ["cases"]

_OPPOSITE = {"true": "false", "false": "true"}


def cases() -> Iterator[Case]:
    """Every file."""
    contradictory = wide_net((2, 3, 2, 2), 4)
    found = {
        "the-last-layer": proposed(propose, wide_net((2, 3, 2), 4, "sigmoid")),
        "contradictory-by-depth": (*proposed(propose, contradictory)[:2], Evidence()),
        "contradictory-by-width": proposed(propose, wide_net((2, 6, 1), 4)),
        "too-narrow": proposed(propose, wide_net((2, 3, 1), 6, bias=False)),
        "a-width-that-grows": (wide_net((2, 4, 2, 3), 4), Claim(1, "true", "true", "false", None, "true"), Evidence()),
        "by-shifts": (contradictory, Claim(1, independent_rows="true"), Evidence((2.0**-8,))),
    }
    yield from honest(found)
    for name in ("the-last-layer", "contradictory-by-depth", "contradictory-by-width"):
        yield from _turned(name, *found[name])
    yield from _other(found)
    good = Honest("", *found["the-last-layer"]).data
    yield Malformed("layer-of-inputs", good.replace(b'"layer": "1"', b'"layer": "0"'))
    yield Malformed("neither-true-nor-false", good.replace(b'"wide": "true"', b'"wide": "maybe"'))
    yield from malformed(good)


def _turned(name: str, network, claim: Claim, evidence: Evidence) -> Iterator[Bent]:
    """Each answer turned around."""
    checks = {"distinct": 4, "wide": 5, "independent_rows": 6, "nonsingular": 7, "contradictory": 8}
    for field, check in checks.items():
        answer = _OPPOSITE[getattr(claim, field)]
        what = f"{field.replace('_', ' ')} is {answer}"
        yield Bent(
            f"{name}-{field.replace('_', '-')}", check, what, network, replace(claim, **{field: answer}), evidence
        )


def _other(found) -> Iterator[Bent]:
    network, claim, evidence = found["contradictory-by-depth"]
    asked = Claim(1, contradictory="true")
    quadratic = replace(network, activations=(network.activations[0], parse_activation("quadratic")))
    yield Bent("slopes-of-zero", 8, "φ' of z² is never 0", quadratic, asked, evidence)
    last = network.layers[2]
    lost = replace(network, layers=(*network.layers[:2], replace(last, weight=np.ones_like(last.weight))))
    yield Bent("equal-outer-weights", 6, "equal rows are independent", lost, replace(claim, nonsingular=None), evidence)
    shifts = replace(evidence, layers=(1e3,))
    yield Bent("a-shift-too-large", 6, "a factor exists above the spectrum", network, claim, shifts)
    for name, layers in (("a-shift-of-zero", (0.0,)), ("a-shift-too-many", (0.1, 0.1))):
        yield Bent(name, 2, "any shifts do", network, claim, replace(evidence, layers=layers))
    yield Bent("a-layer-that-is-not-there", 1, "there is a layer 3", network, replace(claim, layer=3), evidence)
    equal = network.inputs.copy()
    equal[3] = equal[1]
    yield Bent("equal-inputs", 4, "equal rows differ", replace(network, inputs=equal), claim, evidence)
    network, claim, evidence = found["the-last-layer"]
    flat = replace(network, layers=(replace(network.layers[0], weight=0 * network.layers[0].weight), network.layers[1]))
    yield Bent("constant-features", 7, "constant features are independent", flat, claim, evidence)
    weakest = Claim(1, contradictory="false")
    more = replace(network, inputs=network.inputs[:3], targets=network.targets[:3])
    yield Bent("fewer-samples", 8, "more features than samples have a Hessian", more, weakest, evidence)
