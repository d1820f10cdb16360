"""The corpus of ``width-bound``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

import numpy as np

from certificates.claims.width_bound import Claim, Evidence
from certificates.expression import parse_activation
from tests.corpus._case import Bent, Case, Honest, Malformed
from tests.corpus._malformed import malformed
from tests.corpus._networks import honest, proposed
from verify.generators.wide import unit_data, wide_problem
from verify.proposals.width_bound import propose

__all__ = ["cases"]


def cases() -> Iterator[Case]:
    """Every file."""
    network = wide_problem(*unit_data(4, 3, seed=1), width=2)
    opposite = replace(network, inputs=np.vstack([network.inputs[:3], -network.inputs[0]]))
    biased = replace(network, layers=(replace(network.layers[0], bias=np.zeros(2)), network.layers[1]))
    found = {
        "sharpened": proposed(propose, network),
        "printed": proposed(propose, network, form="printed"),
        "antisymmetric": proposed(propose, network, start="antisymmetric"),
        "printed-antisymmetric": proposed(propose, network, form="printed", start="antisymmetric"),
        "opposite-inputs": proposed(propose, opposite, failure=Fraction(1, 100)),
        "hidden-biases": proposed(propose, biased),
    }
    yield from honest(found)
    yield from _other_networks(*found["sharpened"])
    yield from _other_numbers(*found["sharpened"])
    good = Honest("", *found["sharpened"]).data
    yield Malformed("certain-failure", good.replace(b'"failure": "1/10"', b'"failure": "1"'))
    yield Malformed("another-form", good.replace(b'"form": "sharpened"', b'"form": "best"'))
    yield from malformed(good)


def _other_networks(network, claim: Claim, evidence: Evidence) -> Iterator[Bent]:
    inputs = network.inputs
    twin, scaled, zero = inputs.copy(), inputs.copy(), inputs.copy()
    twin[3], scaled[3], zero[3] = inputs[0], 4 * inputs[0], 0
    for name, check, theorem, bent in (
        ("units-of-tanh", 1, "what holds for ReLU holds for tanh", {"activations": (parse_activation("tanh"),)}),
        ("equal-inputs", 3, "one input can have two labels", {"inputs": twin}),
        ("parallel-inputs", 3, "directions do not matter", {"inputs": scaled}),
        ("an-input-of-zeros", 3, "no input has a direction", {"inputs": zero}),
        ("near-neighbours", 5, "λ₀ is that of others", {"inputs": np.vstack([inputs[:3], inputs[0] + 1e-9])}),
        ("larger-labels", 6, "labels do not matter", {"targets": 64 * network.given_targets}),
    ):
        yield Bent(name, check, theorem, replace(network, **bent), claim, evidence)


def _other_numbers(network, claim: Claim, evidence: Evidence) -> Iterator[Bent]:
    less = Fraction(1023, 1024)
    for name, check, theorem, changes in (
        ("fewer-units", 6, "a part of the units is enough", {"width": claim.width * 0.999}),
        ("fewer-failures", 6, "fewer starts fail", {"failure": claim.failure * less}),
        ("a-faster-flow", 6, "λ is larger", {"eigenvalue": claim.eigenvalue * 1.01}),
        ("the-printed-form", 6, "the printed theorem asks for no more", {"form": "printed"}),
    ):
        yield Bent(name, check, theorem, network, replace(claim, **changes), evidence)
    paired = replace(claim, start="antisymmetric")
    yield Bent("pairs-with-a-residual", 2, "δ₃ may be spent on nothing", network, paired, evidence)
    for name, check, theorem, changes in (
        ("no-residual", 2, "every start has a small residual", {"residual": Fraction(0)}),
        ("negative-residual", 2, "a failure may be negative", {"residual": Fraction(-1, 100)}),
        ("no-flips", 2, "no unit flips", {"flips": Fraction(0)}),
        ("no-kernel", 2, "every kernel is near its limit", {"kernel": Fraction(0)}),
        ("all-of-it", 2, "flips do not fluctuate", {"share": Fraction(1)}),
        ("none-of-it", 2, "there are no flips on average", {"share": Fraction(0)}),
        ("no-shift", 2, "any shift will do", {"shift": 0.0}),
        ("a-larger-shift", 5, "λ₀ is a hundredth larger", {"shift": evidence.shift * 1.01}),
        ("more-failures", 6, "what is spent is more than δ", {"kernel": evidence.kernel + Fraction(1, 1000)}),
    ):
        yield Bent(name, check, theorem, network, claim, replace(evidence, **changes))
