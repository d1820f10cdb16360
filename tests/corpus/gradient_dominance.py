"""The corpus of ``gradient-dominance``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from certificates import Network
from tests.corpus._case import Bent, Case, Honest, Malformed
from tests.corpus._malformed import malformed
from tests.corpus._networks import honest, of_other_form, proposed, stronger
from tests.support import quadratic as naive
from verify.proposals import gradient_dominance

__all__ = ["cases"]


def _first() -> Iterator[Case]:
    rng = np.random.default_rng(4)
    x, weights = rng.normal(size=(2, 3)), rng.normal(size=(2, 3))
    labels = naive.residual(weights, np.array([1.0, -1.0]), x, np.zeros(2)) + 0.001
    network = naive.network_problem(weights, [1.0, -1.0], x, labels)
    _, claim, evidence = proposed(gradient_dominance.propose, network)
    good = Honest("near-fit", network, claim, evidence)
    yield good
    twin = x.copy()
    twin[1] = twin[0]
    descent, wide = claim.descent, replace(evidence, radius=1000.0)
    yield Bent(
        "multiplier-for-the-ball",
        2,
        "evidence that is not read proves something",
        network,
        claim,
        replace(evidence, multiplier=(1.0,)),
    )
    yield Bent(
        "fourth-moments-too-small",
        4,
        "c₄ is less than it is: the Jacobian hardly changes",
        network,
        claim,
        replace(evidence, moment_shift=0.001),
    )
    yield Bent(
        "twin-inputs",
        5,
        "the Jacobian keeps full rank where inputs repeat",
        replace(network, inputs=twin),
        claim,
        replace(evidence, moment_shift=1000.0),
    )
    yield Bent(
        "ball-too-large",
        5,
        "the Jacobian keeps full rank far away",
        network,
        replace(claim, radius=1000.0),
        wide,
    )
    yield Bent(
        "far-labels",
        6,
        "gradient descent stays in the ball however large the loss is",
        replace(network, targets=network.targets + 1.0),
        claim,
        evidence,
    )
    yield Bent(
        "larger-constant",
        7,
        "the constant is twice what its evidence proves",
        network,
        replace(claim, constant=claim.constant * 2),
        evidence,
    )
    yield Bent(
        "longer-step",
        7,
        "steps twice as long as proved descend",
        network,
        replace(claim, descent=replace(descent, step_size_max=2 * descent.step_size_max)),
        evidence,
    )
    yield Bent(
        "shorter-path",
        7,
        "the path is half as long as proved",
        network,
        replace(claim, descent=replace(descent, radius=descent.radius / 2)),
        evidence,
    )
    yield Malformed("no-radius", good.data.replace(b'"radius": "', b'"radius": "-'))


def _further() -> Iterator[Case]:
    tiny = _near_fit(62, [1.0], 2, 1)
    found = {
        "negative-signs": proposed(gradient_dominance.propose, _near_fit(60, [-1.0, -2.0], 3, 2)),
        "one-sample": proposed(gradient_dominance.propose, _near_fit(61, [1.0, -1.0], 2, 1)),
        "matrix-inequality": proposed(gradient_dominance.propose, tiny, method="lmi"),
    }
    network, claim, evidence = found["negative-signs"]
    inequality = found["matrix-inequality"]
    found["no-descent"] = (network, replace(claim, descent=None), evidence)
    many = _near_fit(63, [-1.0, -2.0], 3, 8)
    still = replace(
        network, layers=(replace(network.layers[0], weight=0 * network.layers[0].weight), network.layers[1])
    )
    faster = replace(claim.descent, decrease_rate=2 * claim.descent.decrease_rate)
    yield Bent(
        "more-samples-than-weights",
        5,
        "eight equations in six unknowns have a Jacobian of full rank",
        many,
        claim,
        replace(evidence, moment_shift=1000.0),
    )
    yield Bent(
        "weights-at-zero",
        5,
        "the Jacobian has full rank at weights 0",
        still,
        claim,
        evidence,
    )
    yield Bent(
        "kernel-above-the-spectrum",
        5,
        "σ_min(J) is 100",
        network,
        claim,
        replace(evidence, kernel_shift=10000.0),
    )
    yield Bent(
        "inequality-without-a-multiplier",
        2,
        "(3.5.2) holds without S",
        network,
        claim,
        replace(evidence, method="lmi", constant=1.0),
    )
    yield Bent(
        "inequality-with-three-times-the-constant",
        5,
        "(3.5.2) holds with three times the constant",
        tiny,
        replace(inequality[1], descent=None),
        replace(inequality[2], constant=3 * inequality[2].constant),
    )
    yield Bent(
        "inequality-on-a-large-ball",
        5,
        "(3.5.2) holds far away",
        tiny,
        replace(inequality[1], descent=None, radius=50.0),
        replace(inequality[2], radius=50.0),
    )
    yield Bent(
        "faster-descent",
        7,
        "descent is twice as fast",
        network,
        replace(claim, descent=faster),
        evidence,
    )
    yield from honest(found)
    yield from stronger(network, claim, evidence, 7)
    yield from of_other_form(network, claim, evidence)
    yield from malformed(Honest("", *next(iter(found.values()))).data)


def _near_fit(seed: int, outer: list[float], d: int, n: int, residual: float = 1e-3) -> Network:
    rng = np.random.default_rng(seed)
    x, w, v = rng.normal(size=(n, d)), rng.normal(size=(len(outer), d)), np.array(outer)
    return naive.network_problem(w, outer, x, naive.residual(w, v, x, np.zeros(n)) + residual)


def cases() -> Iterator[Case]:
    """Every file."""
    yield from _first()
    yield from _further()
