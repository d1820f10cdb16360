"""The corpus of ``wide-gradient-dominance``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from certificates import Dense
from certificates.claims.wide_gradient_dominance import Claim, Evidence
from certificates.expression import parse_activation
from tests.corpus._case import Bent, Case, Honest, Malformed
from tests.corpus._malformed import malformed
from tests.corpus._networks import honest, proposed, stronger
from tests.support.wide import nearly_fitted, wide_net
from verify.proposals.wide_gradient_dominance import propose

__all__ = ["cases"]


def cases() -> Iterator[Case]:
    """Every file."""
    deep = wide_net((2, 6, 3, 2), 4, frozen=(2,))
    found = {
        "the-last-layer": proposed(propose, wide_net((2, 6, 1), 4)),
        "below-the-last-layer": proposed(propose, deep),
        "relu-below-the-layer": proposed(propose, wide_net((2, 7, 1), 4, "relu")),
        "a-basin": proposed(propose, nearly_fitted(wide_net((2, 8, 1), 4), 2.0**-12)),
        "features-that-stay": proposed(propose, wide_net((2, 6, 2), 3, "sigmoid", frozen=(0,))),
        "a-basin-of-a-deep-net": proposed(propose, nearly_fitted(wide_net((2, 6, 4, 1), 4, frozen=(2,)), 2.0**-30)),
    }
    yield from honest(found)
    yield from _other_networks(*found["the-last-layer"])
    yield from _deep(*found["below-the-last-layer"])
    yield from _basin(*found["a-basin"])
    yield from stronger(*found["a-basin"], 9)
    good = Honest("", *found["a-basin"]).data
    yield Malformed("negative-layer", good.replace(b'"layer": "1"', b'"layer": "-1"'))
    yield Malformed("negative-constant", good.replace(b'"constant": "', b'"constant": "-'))
    yield Malformed("negative-distance", good.replace(b'"distance": "', b'"distance": "-'))
    yield from malformed(good)


def _other_networks(network, claim: Claim, evidence: Evidence) -> Iterator[Bent]:
    equal = network.inputs.copy()
    equal[2] = equal[0]
    first, last = network.layers
    narrow = (replace(first, weight=first.weight[:1], bias=first.bias[:1]), replace(last, weight=last.weight[:, :1]))
    frozen = (first, replace(last, trained=False))
    still = (replace(first, weight=0 * first.weight), last)
    for name, check, theorem, other in (
        ("equal-inputs", 3, "two equal rows are independent", replace(network, inputs=equal)),
        ("too-few-units", 3, "two columns have rank 4", replace(network, layers=narrow)),
        ("a-frozen-layer", 1, "a frozen layer has a gradient", replace(network, layers=frozen)),
        ("weights-of-zero", 5, "constant features are independent", replace(network, layers=still)),
    ):
        yield Bent(name, check, theorem, other, claim, evidence)
    x = np.array([[-1.0, 0.0], [0.0, 0.0], [1.0, 0.0], [1.0, 2.0]])
    plain = (replace(first, bias=None), last)
    sigmoid = replace(network, inputs=x, layers=plain, activations=(parse_activation("sigmoid"),))
    yield Bent("opposite-inputs", 3, "inputs that differ have independent features", sigmoid, claim, evidence)
    for name, check, theorem, changes in (
        ("features-too-strong", 5, "a factor exists above the spectrum", {"features": 1.1 * evidence.features}),
        ("features-of-zero", 2, "a shift of zero proves something", {"features": 0.0}),
        ("a-shift-above-the-last-layer", 2, "something lies above the last layer", {"samples": 1.0}),
        ("a-negative-ball", 2, "a ball has any radius", {"radius": -1.0}),
    ):
        yield Bent(name, check, theorem, network, claim, replace(evidence, **changes))
    other = replace(claim, layer=0)
    yield Bent("another-layer", 2, "every layer is the last one", network, other, evidence)
    yield Bent("a-layer-that-is-not-there", 1, "there is a third layer", network, replace(claim, layer=2), evidence)
    yield Bent(
        "a-ball-of-no-evidence", 9, "what holds at a point holds nearby", network, replace(claim, radius=0.5), evidence
    )
    flow = replace(claim, distance=1e9)
    yield Bent("a-flow-of-no-evidence", 8, "gradient flow never leaves", network, flow, evidence)


def _deep(network, claim: Claim, evidence: Evidence) -> Iterator[Bent]:
    weakest = replace(claim, constant=1e-300)
    by_samples, by_layers = replace(evidence, layers=None), Evidence(evidence.features, None, (1e-3,))
    relu = replace(network, activations=(network.activations[0], parse_activation("relu")))
    squared = replace(network, activations=(network.activations[0], parse_activation("quadratic")))
    first, second, last = network.layers
    dead = (first, replace(second, weight=0 * second.weight, bias=np.zeros(3)), last)
    grown = replace(
        network, layers=(first, replace(second, weight=second.weight[:1], bias=second.bias[:1]), _columns(last, 1))
    )
    lost = replace(network, layers=(first, second, replace(last, weight=np.ones((2, 3)))))
    for name, check, theorem, other, how in (
        ("relu-above-the-layer", 1, "ReLU has a slope everywhere", relu, by_samples),
        ("a-slope-of-zero", 6, "φ' of z² is never 0", replace(squared, layers=dead), by_layers),
        ("narrow-above-by-samples", 3, "one unit passes two residuals", grown, by_samples),
        ("narrow-above-by-layers", 3, "one unit passes two residuals", grown, by_layers),
        ("dependent-outputs-by-samples", 6, "equal outer weights are independent", lost, by_samples),
        ("dependent-outputs-by-layers", 6, "equal outer weights are independent", lost, by_layers),
        (
            "samples-too-strong",
            6,
            "J_i is stronger than it is",
            network,
            replace(by_samples, samples=2 * (evidence.samples or 1)),
        ),
        ("layers-too-strong", 6, "W is stronger than it is", network, replace(by_layers, layers=(1e3,))),
        ("no-way", 2, "nothing is asked above the layer", network, Evidence(evidence.features)),
        ("too-many-shifts", 2, "there are two layers above", network, replace(by_layers, layers=(1e-3, 1e-3))),
    ):
        yield Bent(name, check, theorem, other, weakest, how)


def _columns(layer: Dense, count: int) -> Dense:
    return replace(layer, weight=np.ascontiguousarray(layer.weight[:, :count]))


def _basin(network, claim: Claim, evidence: Evidence) -> Iterator[Bent]:
    weakest = replace(claim, constant=1e-300, radius=0.0)
    yield Bent("a-large-ball", 7, "c does not change", network, weakest, replace(evidence, radius=1e3))
    small = replace(evidence, radius=evidence.radius / 2)
    yield Bent("a-ball-that-is-left", 8, "a flow as long as the ball is wide stays in it", network, weakest, small)
    yield Bent(
        "far-from-a-fit",
        8,
        "the loss does not matter",
        replace(network, targets=network.targets + 1),
        weakest,
        evidence,
    )
    relu = replace(network, activations=(parse_activation("relu"),))
    yield Bent("relu-on-a-ball", 1, "the flow of ReLU is that of a smooth f", relu, weakest, evidence)
