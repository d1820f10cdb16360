"""The corpus of ``no-local-minimum``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

import numpy as np

from certificates import Network
from certificates.expression import parse_activation
from certificates.subjects import Decay
from tests.corpus._case import Bent, Case, Honest
from tests.corpus._malformed import malformed
from tests.corpus._networks import honest, proposed, stronger
from tests.support.minima import vector
from tests.support.objective_nets import draw_network
from tests.support.objectives import weighted
from tests.support.planted import random_planted
from tests.support.saddles import no_minimum
from verify.proposals import no_local_minimum

__all__ = ["cases"]


def _copied() -> Network:
    """Two units that are copies of one another: a degenerate saddle is no isolated point, and still no minimum."""
    network = draw_network(3, (2, 2, 1), "logistic", samples=6, decay=False)
    first, second = network.layers
    weight, outer = first.weight.copy(), second.weight.copy()
    weight[1], outer[0, 1] = weight[0], outer[0, 0]
    bias = None if first.bias is None else np.repeat(first.bias[:1], 2)
    return replace(network, layers=(replace(first, weight=weight, bias=bias), replace(second, weight=outer)))


def _penalised(network: Network, rate: int) -> Network:
    """Every weight penalised so much that f bends up."""
    names = [f"layers.{index}.{name}" for index in range(len(network.layers)) for name in ("weight", "bias")]
    present = [name for name in names if not (name.endswith("bias") and network.layers[int(name[7])].bias is None)]
    decay = tuple(Decay(name, Fraction(rate)) for name in present)
    return replace(network, objective=replace(network.objective, decay=decay))


def cases() -> Iterator[Case]:
    """Every file."""
    found = {
        "vector-b": proposed(no_local_minimum.propose, vector("B")),
        "softmax": no_minimum((2, 3, 3), "softmax", samples=7),
        "smoothed-softplus": no_minimum((2, 2, 2), "smoothed", activation="softplus", weighted=True),
        "two-hidden-layers": no_minimum((2, 2, 2, 1), "squared"),
        "copied-units": proposed(no_local_minimum.propose, _copied()),
        "no-penalty": no_minimum((2, 3, 2), "soft", decay=False),
        "first-layer-frozen-last": no_minimum((2, 3, 1), "logistic", frozen=(1,), decay=False),
    }
    yield from honest(found)
    network, claim, evidence = found["softmax"]
    by_samples = replace(evidence, radius=evidence.radius / 64, turning="samples")
    yield Honest("turning-by-samples", network, replace(claim, radius=by_samples.radius), by_samples)
    upwards = tuple(float(index == 0) for index in range(len(evidence.direction)))
    bent = {
        "direction-too-short": (
            2,
            "a direction may leave parameters out",
            network,
            claim,
            replace(evidence, direction=evidence.direction[:-1]),
        ),
        "direction-too-long": (
            2,
            "a direction may have more entries than parameters",
            network,
            claim,
            replace(evidence, direction=(*evidence.direction, 1.0)),
        ),
        "another-direction": (
            4,
            "f bends down along a direction in which it bends up",
            network,
            claim,
            replace(evidence, direction=upwards),
        ),
        "reversed-direction": (
            4,
            "the order of the parameters does not matter",
            network,
            claim,
            replace(evidence, direction=tuple(reversed(evidence.direction))),
        ),
        "ten-times-the-radius": (
            4,
            "the Hessian does not turn",
            network,
            replace(claim, radius=10 * evidence.radius),
            replace(evidence, radius=10 * evidence.radius),
        ),
        "a-heavy-penalty": (4, "a penalty does not bend f upwards", _penalised(network, 9), claim, evidence),
        "twice-the-curvature": (
            5,
            "f bends down twice as much as it does",
            network,
            replace(claim, curvature=2 * claim.curvature),
            evidence,
        ),
        "radius-beyond-the-evidence": (
            5,
            "what holds on a ball holds beyond it",
            network,
            replace(claim, radius=1.5 * evidence.radius),
            evidence,
        ),
        "half-the-gradient": (
            5,
            "a point is closer to critical than it is",
            network,
            replace(claim, gradient_norm=claim.gradient_norm / 2),
            evidence,
        ),
        "other-labels": (
            5,
            "the gradient is that of other labels",
            replace(network, targets=network.given_targets[::-1].copy()),
            replace(claim, curvature=1e-9, radius=1e-9),
            replace(evidence, radius=1e-9),
        ),
        "the-first-sample-twice": (5, "a sample counts as often as one likes", weighted(network), claim, evidence),
        "planted-labels": (
            1,
            "labels that are stored nowhere were given",
            random_planted(np.random.default_rng(1), 2, 2, 5),
            claim,
            evidence,
        ),
        "on-a-kink": (
            0,
            "ReLU has second derivatives everywhere",
            _kinked(),
            claim,
            replace(evidence, direction=(1.0,) * _kinked().trained_parameter_count),
        ),
    }
    for name, parts in bent.items():
        yield Bent(name, *parts)
    yield _at_a_minimum()
    yield from stronger(network, claim, evidence, 5)
    yield from malformed(Honest("", *found["vector-b"]).data)


def _kinked() -> Network:
    network = draw_network(2, (2, 3, 3), "softmax", samples=7, biased=False)
    inputs = network.inputs.copy()
    inputs[0] = 0.0
    return replace(network, inputs=inputs, activations=(parse_activation("relu"),))


def _at_a_minimum() -> Bent:
    _, claim, evidence = proposed(no_local_minimum.propose, vector("B"))
    return Bent("at-a-minimum", 4, "a strict minimum is none", vector("A"), claim, replace(evidence, radius=1e-6))
