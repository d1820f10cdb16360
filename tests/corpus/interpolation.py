"""The corpus of ``interpolation``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from certificates.claims.interpolation import Claim, Evidence
from certificates.expression import parse_activation
from tests.corpus._case import Bent, Case, Honest, Malformed
from tests.corpus._malformed import malformed
from tests.corpus._networks import honest, proposed
from tests.support.naive import random_network
from verify.proposals.interpolation import propose

__all__ = ["cases"]


def _found(seed: int, widths: tuple[int, ...], name: str = "tanh", **options: object):
    return proposed(propose, random_network(np.random.default_rng(seed), widths, 5, name, residual=1e-3, **options))


def cases() -> Iterator[Case]:
    """Every file."""
    found = {
        "one-hidden-layer": _found(1, (4, 20, 1)),
        "two-hidden-layers-gelu": _found(2, (4, 9, 8, 1), "gelu"),
        "two-outputs-softplus": _found(3, (4, 20, 2), "softplus(1)"),
        "last-layer-alone": _found(4, (4, 20, 1), "sigmoid", trained=(False, True)),
        "no-bias-squared-relu": _found(5, (4, 24, 1), "squared_relu", bias=False),
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
    still = tuple(replace(layer, weight=layer.weight * 0) for layer in network.layers)
    for name, check, theorem, other in (
        ("more-equations-than-parameters", 1, "twelve equations in nine unknowns can be solved", many),
        ("twin-samples", 3, "one input can have two targets", replace(network, inputs=twin)),
        ("relu", 4, "a kinked network is smooth", replace(network, activations=(parse_activation("relu"),))),
        ("jump", 4, "a jump bends nothing", replace(network, activations=(parse_activation("piecewise(z, 0, z+1)"),))),
        ("dead-network", 6, "a network that cannot move fits", replace(network, layers=still)),
        ("far-targets", 7, "any targets are near", replace(network, targets=network.targets + 8.0)),
    ):
        yield Bent(name, check, theorem, other, claim, evidence)


def _other_numbers(network, claim: Claim, evidence: Evidence) -> Iterator[Bent]:
    c = evidence.multipliers
    for name, theorem, changes in (
        ("nearer", "the minimiser is nearer", {"radius": claim.radius * 0.99}),
        ("steeper", "the Jacobian there is larger", {"singular_value": claim.singular_value * 1.01}),
    ):
        yield Bent(name, 8, theorem, network, replace(claim, **changes), evidence)
    for name, check, theorem, changes in (
        ("no-ball", 2, "β at the weights alone is enough", {"reach": 0.0}),
        ("too-few-multipliers", 2, "one equation need not hold", {"multipliers": (c[0][:-1],)}),
        ("another-depth", 2, "norms of samples are those of units", {"curvature": "sample-centre"}),
        ("a-larger-shift", 6, "λ_min is a hundredth larger", {"kernel_shift": evidence.kernel_shift * 1.01}),
        ("a-negative-shift", 6, "K + I is K", {"kernel_shift": -1.0}),
        ("a-ball-too-small", 7, "β beyond the ball is that within", {"reach": evidence.reach * 0.9}),
        ("no-step", 7, "no step is needed", {"multipliers": ((0.0,) * len(c[0]),), "reach": 1e-9}),
        ("the-opposite-step", 7, "signs do not matter", {"multipliers": (tuple(-x for x in c[0]),)}),
    ):
        yield Bent(name, check, theorem, network, claim, replace(evidence, **changes))
