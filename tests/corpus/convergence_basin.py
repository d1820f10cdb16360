"""The corpus of ``convergence-basin``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from certificates.claims.convergence_basin import Claim, Evidence
from certificates.expression import parse_activation
from tests.corpus._case import Bent, Case, Honest, Malformed
from tests.corpus._malformed import malformed
from tests.corpus._networks import honest, proposed
from tests.support.naive import random_network
from verify.proposals.convergence_basin import propose

__all__ = ["cases"]


def _found(seed: int, widths: tuple[int, ...], name: str = "tanh", **options: object):
    return proposed(propose, random_network(np.random.default_rng(seed), widths, 4, name, residual=1e-6, **options))


def cases() -> Iterator[Case]:
    """Every file."""
    found = {
        "one-hidden-layer": _found(1, (3, 12, 1)),
        "two-hidden-layers-gelu": _found(2, (3, 8, 7, 1), "gelu"),
        "two-outputs-softplus": _found(3, (3, 14, 2), "softplus(1)"),
        "first-layer-alone": _found(4, (3, 12, 1), "sigmoid", trained=(True, False)),
        "no-bias-squared-relu": _found(5, (3, 16, 1), "squared_relu", bias=False),
    }
    yield from honest(found)
    yield from _other_networks(*found["one-hidden-layer"])
    yield from _other_numbers(*found["one-hidden-layer"])
    good = Honest("", *found["one-hidden-layer"]).data
    yield Malformed("another-bound", good.replace(b'"curvature": "', b'"curvature": "x'))
    yield from malformed(good)


def _other_networks(network, claim: Claim, evidence: Evidence) -> Iterator[Bent]:
    twin = network.inputs.copy()
    twin[3] = twin[1]
    many = random_network(np.random.default_rng(6), (2, 2, 1), 12)
    for name, check, theorem, other in (
        ("more-equations-than-parameters", 1, "twelve equations in nine unknowns have zeros", many),
        ("twin-samples", 3, "one input can have two targets", replace(network, inputs=twin)),
        ("relu", 4, "a kinked network is smooth", replace(network, activations=(parse_activation("relu"),))),
        ("far-targets", 7, "zeros are everywhere", replace(network, targets=network.targets + 8.0)),
    ):
        yield Bent(name, check, theorem, other, claim, evidence)


def _other_numbers(network, claim: Claim, evidence: Evidence) -> Iterator[Bent]:
    c = evidence.multipliers
    for name, theorem, changes in (
        ("more-starts", "the ball is larger", {"radius": claim.radius * 1.01}),
        ("longer-steps", "steps may be longer", {"step_size_max": claim.step_size_max * 1.01}),
        ("faster", "it is faster", {"decrease_rate": claim.decrease_rate * 1.01}),
        ("nearer", "iterates stay nearer", {"reach": claim.reach * 0.99}),
        ("zeros-nearer", "zeros are nearer", {"distance_bound": claim.distance_bound * 0.99}),
        ("less-loss", "the loss is smaller", {"loss_bound": claim.loss_bound * 0.99}),
    ):
        yield Bent(name, 9, theorem, network, replace(claim, **changes), evidence)
    for name, check, theorem, changes in (
        ("u-beyond-a-half", 2, "u_c may be any", {"most": 0.6}),
        ("no-step", 2, "no step is a step", {"step_size": 0.0}),
        ("too-few-multipliers", 2, "one equation need not hold", {"multipliers": (c[0][:-1],)}),
        ("a-larger-shift", 6, "λ_min is larger", {"kernel_shift_lower": evidence.kernel_shift_lower * 1.01}),
        ("a-smaller-norm", 6, "λ_max is smaller", {"kernel_shift_upper": evidence.kernel_shift_upper * 0.99}),
        ("no-zero-near", 7, "a zero is not needed", {"multipliers": (tuple(1e3 + x for x in c[0]),)}),
        ("twice-the-ball", 8, "twice as many starts converge", {"radius": 2 * evidence.radius}),
        ("ten-times-the-step", 8, "steps may be ten times as long", {"step_size": 10 * evidence.step_size}),
        ("a-smaller-ball", 8, "β beyond the ball does not matter", {"ball": 0.9 * evidence.ball}),
        ("u-at-a-half", 8, "Ψ need not be positive", {"most": 0.5}),
    ):
        yield Bent(name, check, theorem, network, claim, replace(evidence, **changes))
