"""The corpus of ``deep-linear-critical``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from certificates.claims.deep_linear_critical import Claim, Evidence
from certificates.expression import parse_activation
from tests.corpus._case import Bent, Case, Honest, Malformed
from tests.corpus._malformed import malformed
from tests.corpus._networks import honest, proposed
from tests.support.linear import critical_point, linear_problem
from verify.proposals.deep_linear_critical import propose

__all__ = ["cases"]


def cases() -> Iterator[Case]:
    """Every file."""
    rng = np.random.default_rng(11)
    found = {
        "global-minimum": proposed(propose, critical_point(rng, (3, 2, 2, 3), (0, 1))),
        "strict-saddle": proposed(propose, critical_point(rng, (3, 2, 2, 3), (0, 2))),
        "labels-are-reached": proposed(propose, critical_point(rng, (2, 3, 3), (0, 1))),
        **{
            f"zero-weights-of-{depth}-layers": proposed(propose, critical_point(rng, (2,) * (depth + 1), ()))
            for depth in (3, 4, 5)
        },
    }
    yield from honest(found)
    yield from _of_a_minimum(*found["global-minimum"])
    yield from _of_a_saddle(*found["strict-saddle"])
    good = Honest("", *found["global-minimum"]).data
    yield Malformed("another-type", good.replace(b'"type": "global-minimum"', b'"type": "minimum"'))
    yield Malformed("curvature-of-a-minimum", good.replace(b'"curvature": "0x0.0p+0"', b'"curvature": "0x1.0p+0"'))
    yield from malformed(good)


def _of_a_minimum(network, claim: Claim, evidence: Evidence) -> Iterator[Bent]:
    first, *others = network.layers
    smooth = replace(network, activations=(parse_activation("tanh"), *network.activations[1:]))
    yield Bent("units-of-tanh", 1, "what holds for linear units holds for tanh", smooth, claim, evidence)
    biased = replace(network, layers=(replace(first, bias=np.zeros(2)), *others))
    yield Bent("a-bias", 1, "a bias that is 0 is critical", biased, claim, evidence)
    frozen = replace(network, layers=(replace(first, trained=False), *others))
    yield Bent("a-frozen-layer", 1, "f is a function of layers that stay", frozen, claim, evidence)
    moved = replace(first, weight=first.weight + 2.0**-40)
    near = replace(network, layers=(moved, *others))
    yield Bent("nearly-critical", 4, "a small gradient is none", near, claim, evidence)
    larger = replace(network, targets=network.targets * (1 + 2.0**-50))
    yield Bent("labels-a-little-larger", 4, "the last bits of labels do not matter", larger, claim, evidence)
    swapped = replace(network, targets=np.diag([3.0, 2.0, 4.0]) @ np.eye(3))
    yield Bent("another-order-of-labels", 4, "what is kept need not fit", swapped, claim, evidence)
    for name, tau in (("threshold-too-large", 16.1), ("threshold-too-small", 3.9), ("no-threshold", 0.0)):
        yield Bent(name, 5, "any number separates two spectra", network, claim, Evidence(tau))
    yield Bent("negative-threshold", 2, "τ may be anything", network, claim, Evidence(-1.0))
    saddle = replace(claim, type="saddle")
    yield Bent("a-saddle-without-path", 2, "no path falls", network, saddle, evidence)
    rising = Evidence(0.0, ((1, 1),), ((1.0,) * 6,))
    yield Bent("a-saddle-at-the-minimum", 5, "a minimum is no minimum", network, saddle, rising)


def _of_a_saddle(network, claim: Claim, evidence: Evidence) -> Iterator[Bent]:
    minimum = replace(claim, type="global-minimum", curvature=0.0)
    for name, tau in (("a-saddle-is-a-minimum", 4.0), ("a-saddle-at-nothing-is-a-minimum", 0.0)):
        yield Bent(name, 5, "what is left out may be larger than what is kept", network, minimum, Evidence(tau))
    lost = replace(linear_problem([np.zeros((2, 3)), np.zeros((3, 2))], np.eye(3), np.diag([4.0, 3.0, 2.0])))
    yield Bent("no-rank-is-enough", 5, "zero weights are the best", lost, minimum, Evidence(20.0))
    doubled = Evidence(0.0, evidence.places, tuple(tuple(0.0 * x for x in term) for term in evidence.terms))
    yield Bent("no-movement", 5, "a constant falls", network, claim, doubled)
    powers = Evidence(0.0, tuple((k, 0) for k, _ in evidence.places), evidence.terms)
    yield Bent("power-zero", 2, "the path starts elsewhere", network, claim, powers)
    value = claim.value_lower
    for name, changes in (
        ("a-value-above", {"value_lower": np.nextafter(value, np.inf), "value_upper": value + 1}),
        ("a-value-below", {"value_lower": value - 1, "value_upper": np.nextafter(value, 0)}),
        ("more-curvature", {"curvature": np.nextafter(claim.curvature, np.inf)}),
    ):
        stronger = replace(claim, **{field: float(number) for field, number in changes.items()})
        yield Bent(name, 6, "a last bit more than is true", network, stronger, evidence)
