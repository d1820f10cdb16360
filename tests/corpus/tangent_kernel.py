"""The corpus of ``tangent-kernel``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from certificates import Dense
from certificates.claims.tangent_kernel import Claim, Evidence
from certificates.expression import parse_activation
from tests.corpus._case import Bent, Case, Honest, Malformed
from tests.corpus._malformed import malformed
from tests.corpus._networks import honest, proposed, stronger
from tests.support.kernel_nets import kernel_net
from verify.proposals.tangent_kernel import propose

__all__ = ["cases"]


def cases() -> Iterator[Case]:
    """Every file."""
    x = np.random.default_rng(1).normal(size=(6, 3)).round(2)
    pair = np.array([[1.0, 2.0], [-1.0, -2.0]])
    relu = kernel_net(x, "relu", units=3)
    circles = kernel_net(np.eye(5) + 0.125, "tanh", units=3)
    found = {
        "relu": proposed(propose, relu),
        "relu-with-a-bias": proposed(propose, kernel_net(x, "relu", units=3, bias=True)),
        "opposite-inputs-of-relu": proposed(propose, kernel_net(pair, "relu", units=3)),
        "leaky-relu": proposed(propose, kernel_net(x, "leaky_relu(1/10)", units=3)),
        "erf": proposed(propose, kernel_net(x, "erf", units=3)),
        "tanh-at-unit-inputs": proposed(propose, kernel_net(x, "tanh", units=3)),
        "at-the-weights": proposed(propose, kernel_net(x[:, :2], "tanh", units=8), kernel="empirical"),
        "two-outputs-at-the-weights": proposed(propose, kernel_net(x[:4], "erf", outputs=2), kernel="empirical"),
        "without-a-factor": (circles, Claim("limit", "unit", 0.0625, 0.5), Evidence()),
    }
    yield from honest(found)
    yield from _other_networks(*found["relu"])
    yield from _other_evidence(*found["relu"])
    yield from _other_claims(found)
    yield from stronger(*found["relu"], 6)
    yield from _without_a_factor(*found["without-a-factor"])
    good = Honest("", *found["relu"]).data
    yield Malformed("lower-above-upper", good.replace(b'"lower": "', b'"lower": "1'))
    yield Malformed("no-such-kernel", good.replace(b'"kernel": "limit"', b'"kernel": "neural"'))
    yield Malformed("negative-lower", good.replace(b'"lower": "', b'"lower": "-'))
    yield from malformed(good)


def _other_networks(network, claim: Claim, evidence: Evidence) -> Iterator[Bent]:
    x = network.inputs
    equal, zero = x.copy(), x.copy()
    equal[4], zero[2] = equal[1], 0.0
    for name, check, theorem, inputs in (
        ("equal-inputs", 3, "two equal rows are independent", equal),
        ("an-input-of-zeros", 3, "a row of zeros is positive", zero),
        ("smaller-inputs", 5, "K does not depend on the inputs' lengths", x / 4),
        ("nearly-equal-inputs", 5, "what nearly repeats is as good as another", np.vstack([x[:5], x[4] + 2.0**-30])),
    ):
        yield Bent(name, check, theorem, replace(network, inputs=inputs), claim, evidence)
    first, last = network.layers
    deep = replace(network, layers=(first, Dense(np.eye(3), None), last), activations=network.activations * 2)
    yield Bent("two-hidden-layers", 1, "one hidden layer is two", deep, claim, evidence)
    elu = replace(network, activations=(parse_activation("elu"),))
    yield Bent("elu", 1, "the kernel of ReLU is that of ELU", elu, claim, evidence)
    tanh = replace(network, activations=(parse_activation("tanh"),))
    yield Bent("tanh-as-stored", 1, "Hermite's series needs no unit inputs", tanh, claim, evidence)
    sloped = replace(network, activations=(parse_activation("leaky_relu(3/4)"),))
    yield Bent("another-slope", 5, "every slope is as good", sloped, claim, evidence)


def _other_evidence(network, claim: Claim, evidence: Evidence) -> Iterator[Bent]:
    huge = replace(claim, upper=1e300)
    many = (*evidence.direction, (1.0,))
    for name, check, theorem, other in (
        ("shift-too-large", 5, "a factor exists above the spectrum", replace(evidence, shift=1.1 * evidence.shift)),
        ("shift-of-zero", 2, "a shift of zero proves something", replace(evidence, shift=0.0)),
        ("negative-shift", 2, "a negative shift proves something", replace(evidence, shift=-1.0)),
        ("no-shift-as-stored", 1, "circles of powers need no unit inputs", replace(evidence, shift=None)),
        ("direction-too-long", 2, "a direction of other dimension", replace(evidence, direction=many)),
        ("direction-of-zeros", 2, "0/0 bounds something", replace(evidence, direction=((0.0,) * 6,))),
    ):
        yield Bent(name, check, theorem, network, huge if check == 5 else claim, other)
    other = replace(evidence, direction=((1.0, *(0.0,) * 5),))
    yield Bent("another-direction", 6, "every direction is the lowest", network, claim, other)
    yield Bent("no-direction", 6, "the diagonal is the spectrum", network, claim, replace(evidence, direction=None))
    low = replace(evidence, shift=evidence.shift / 2)
    yield Bent("half-the-shift", 6, "a bound is twice what is proved", network, claim, low)


def _other_claims(found) -> Iterator[Bent]:
    network, claim, evidence = found["relu"]
    unit = replace(claim, inputs="unit")
    yield Bent("of-unit-inputs", 5, "the inputs' norms do not matter", network, unit, evidence)
    weights = replace(claim, kernel="empirical")
    yield Bent("at-the-weights-instead", 5, "the limit is the kernel at the weights", network, weights, evidence)
    tanh, claim, evidence = found["tanh-at-unit-inputs"]
    opposite = np.vstack([tanh.inputs[:5], -tanh.inputs[1]])
    again = replace(tanh, inputs=opposite)
    yield Bent("opposite-inputs-of-tanh", 3, "an odd φ separates x from −x", again, claim, evidence)


def _without_a_factor(network, claim: Claim, evidence: Evidence) -> Iterator[Bent]:
    close = replace(network, inputs=np.ones((5, 5)) + 0.125 * np.eye(5))
    yield Bent("circles-that-overlap", 5, "Gershgorin's circles never reach 0", close, claim, evidence)
    strong = replace(claim, lower=0.125)
    yield Bent("circles-say-less", 6, "a circle is a point", network, strong, evidence)
