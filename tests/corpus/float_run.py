"""The corpus of ``float-run``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from certificates.claims.float_run import Claim, Evidence
from certificates.expression import parse_activation
from tests.corpus._case import Bent, Case, Honest, Malformed
from tests.corpus._malformed import malformed
from tests.corpus._networks import honest, proposed
from tests.support.naive import random_network
from verify.proposals.float_run import propose

__all__ = ["cases"]


def _found(seed: int, widths: tuple[int, ...], name: str = "tanh", **options: object):
    return proposed(propose, random_network(np.random.default_rng(seed), widths, 4, name, residual=1e-7, **options))


def cases() -> Iterator[Case]:
    """Every file."""
    found = {
        "one-hidden-layer": _found(1, (3, 12, 1)),
        "two-hidden-layers-gelu": _found(2, (3, 8, 7, 1), "gelu"),
        "two-outputs-softplus": _found(3, (3, 14, 2), "softplus(1)"),
        "first-layer-alone": _found(4, (3, 12, 1), trained=(True, False)),
        "no-bias-squared-relu": _found(5, (3, 16, 1), "squared_relu", bias=False),
    }
    network, claim, evidence = found["first-layer-alone"]
    found["first-layer-alone"] = (
        network,
        replace(claim, reach=1.01 * claim.reach),
        evidence,
    )  # Arb's β is a little larger
    yield from honest(found)
    yield from _other_networks(*found["one-hidden-layer"])
    yield from _other_claims(*found["one-hidden-layer"])
    yield from _other_evidence(*found["one-hidden-layer"])
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


def _other_claims(network, claim: Claim, evidence: Evidence) -> Iterator[Bent]:
    for name, theorem, changes in (
        ("another-step", "one step is like another", {"step_size": float(np.nextafter(claim.step_size, 1.0))}),
        ("one-step-more", "it goes on", {"steps": claim.steps + 1}),
        ("worse-activations", "φ may be worse", {"value_error": claim.value_error * 1.01}),
        ("worse-slopes", "slopes may be worse", {"slope_error": claim.slope_error * 1.01}),
        ("faster", "it is faster", {"contraction": claim.contraction * 1.01}),
        ("nearer", "the zero is nearer", {"distance_bound": claim.distance_bound * 0.99}),
        ("deeper", "rounding matters less", {"floor": claim.floor * 0.99}),
        ("less-loss", "the loss is smaller", {"loss_factor": claim.loss_factor * 0.99}),
        ("stays-nearer", "weights stay nearer", {"reach": claim.reach * 0.99}),
        ("smaller-inputs", "φ is needed on less", {"largest_input": claim.largest_input * 0.99}),
    ):
        yield Bent(name, 9, theorem, network, replace(claim, **changes), evidence)


def _other_evidence(network, claim: Claim, evidence: Evidence) -> Iterator[Bent]:
    c = evidence.multipliers
    for name, check, theorem, changes in (
        ("no-step", 2, "no step is a step", {"step_size": 0.0}),
        ("keeps-all", 2, "zeros need not drift", {"kept": 1.0}),
        ("share-of-one", 2, "M may be 1", {"share": 1.0}),
        ("too-few-multipliers", 2, "one equation need not hold", {"multipliers": (c[0][:-1],)}),
        ("a-larger-shift", 6, "λ_min is larger", {"kernel_shift_lower": evidence.kernel_shift_lower * 1.01}),
        ("a-smaller-norm", 6, "λ_max is smaller", {"kernel_shift_upper": evidence.kernel_shift_upper * 0.99}),
        ("no-zero-near", 7, "a zero is not needed", {"multipliers": (tuple(1e3 + x for x in c[0]),)}),
        ("for-ever", 8, "rounding never adds up", {"steps": 10**18}),
        ("single-precision", 8, "φ may be that of binary32", {"value_error": 1e-4}),
        ("a-hundred-times-the-step", 8, "steps may be that long", {"step_size": 100 * evidence.step_size}),
        ("a-smaller-ball", 8, "β beyond the ball does not matter", {"ball": 0.5 * evidence.ball}),
        ("u-too-small", 8, "u_M may be below u_0", {"most": 1e-9}),
    ):
        yield Bent(name, check, theorem, network, claim, replace(evidence, **changes))
