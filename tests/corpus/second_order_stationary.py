"""The corpus of ``second-order-stationary``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np

from certificates import Network
from tests.corpus._case import Bent, Case, Honest, Malformed
from tests.corpus._malformed import malformed
from tests.corpus._networks import honest, of_other_form, proposed, stronger, with_outer
from tests.support import quadratic as naive
from tests.support.planted import random_planted
from verify.proposals import second_order_stationary

__all__ = ["cases"]

_F = Fraction


def _first() -> Iterator[Case]:
    network = naive.trained(naive.random_problem(np.random.default_rng(3), 3, 2, 8))
    _, claim, evidence = proposed(second_order_stationary.propose, network)
    good = Honest("noisy-labels", network, claim, evidence)
    yield good
    mixed = with_outer(network, [1.0, 1.0, -1.0])
    direction = replace(evidence, units=(1.0, 0.0, 0.0), fourth_moment_shift=1000.0)
    flat = network.inputs.copy()
    flat[:, 1] = flat[:, 0]
    yield Bent(
        "direction-too-long",
        2,
        "a direction may have more entries than there are units",
        network,
        claim,
        replace(evidence, units=(1.0,) * 4),
    )
    yield Bent(
        "shift-above-the-spectrum",
        4,
        "G is positive definite at a minimum with noisy labels",
        network,
        claim,
        replace(evidence, force_lower=1000.0),
    )
    yield Bent(
        "equal-inputs",
        5,
        "the covariance of two equal inputs is not singular",
        replace(network, inputs=flat),
        claim,
        _wide(evidence, covariance_shift=0.1),
    )
    yield Bent(
        "any-direction-for-mixed-signs",
        5,
        "the row for one sign holds for both",
        mixed,
        claim,
        _wide(direction, covariance_shift=None),
    )
    yield Bent(
        "half-the-gradient",
        6,
        "the gradient is half what it is",
        network,
        replace(claim, gradient_norm=claim.gradient_norm / 2),
        evidence,
    )
    yield Bent(
        "half-the-gap",
        6,
        "the gap is half what its evidence proves",
        network,
        replace(claim, gap=claim.gap / 2),
        evidence,
    )
    yield Bent(
        "other-labels",
        6,
        "the gap does not depend on the labels",
        replace(network, targets=-network.targets),
        claim,
        _wide(evidence),
    )
    yield Malformed("negative-gap", good.data.replace(b'"gap": "', b'"gap": "-'))


def _further() -> Iterator[Case]:
    planted = random_planted(np.random.default_rng(52), 3, 2, 30, scale=_F(1, 60), away=1e-06)
    found = {
        "mixed-signs": proposed(
            second_order_stationary.propose, naive.trained(_network(50, [1.0, -1.0, 1.0, -2.0], 2, 9))
        ),
        "negative-signs": proposed(second_order_stationary.propose, naive.trained(_network(51, [-1.0, -2.0], 2, 8))),
        "planted-labels": proposed(second_order_stationary.propose, planted),
        "no-critical-point": proposed(second_order_stationary.propose, _network(53, [1.0, 1.0], 2, 6, noise=9.0)),
    }
    network, claim, evidence = found["no-critical-point"]
    wide = replace(evidence, force_lower=-10000.0, force_upper=10000.0, hessian_shift=None)
    yield Bent(
        "upper-shift-below-the-spectrum",
        4,
        "G ⪯ −1,000",
        network,
        claim,
        replace(evidence, force_upper=-1000.0),
    )
    yield Bent(
        "hessian-above-the-spectrum",
        5,
        "∇²L ⪰ 10,000",
        network,
        claim,
        replace(wide, hessian_shift=10000.0),
    )
    yield Bent(
        "moments-above-the-spectrum",
        5,
        "λ_min(T) is 10,000",
        network,
        claim,
        replace(wide, moment_shift=10000.0),
    )
    yield Bent(
        "gram-of-many-samples",
        5,
        "more samples than products are independent",
        network,
        claim,
        replace(wide, gram_shift=0.1),
    )
    yield Bent(
        "fourth-moment-too-small",
        5,
        "c₄ is less than it is",
        network,
        claim,
        replace(wide, fourth_moment_shift=0.001),
    )
    yield from honest(found)
    yield from stronger(network, claim, evidence, 6)
    yield from of_other_form(network, claim, evidence)
    yield from malformed(Honest("", *next(iter(found.values()))).data)


def _wide(evidence: Any, **fields: Any) -> Any:
    """The evidence with bounds of G that hold anyway, and without the whole Hessian."""
    return replace(evidence, force_lower=-1e4, force_upper=1e4, hessian_shift=None, **fields)


def _network(seed: int, outer: list[float], d: int, n: int, *, noise: float = 1.0) -> Network:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, d))
    return naive.network_problem(rng.normal(size=(len(outer), d)), outer, x, noise * rng.normal(size=n))


def cases() -> Iterator[Case]:
    """Every file."""
    yield from _first()
    yield from _further()
