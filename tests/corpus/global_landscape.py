"""The corpus of ``global-landscape``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from certificates import Network
from certificates.claims.global_landscape import Claim
from tests.corpus._case import Bent, Case, Honest, Malformed
from tests.corpus._malformed import malformed
from tests.corpus._networks import honest, of_other_form, proposed, stronger, with_outer
from tests.support import quadratic as naive
from verify.proposals.global_landscape import propose

__all__ = ["cases"]


def _first() -> Iterator[Case]:
    rng = np.random.default_rng(1)
    x, y = rng.normal(size=(3, 2)), rng.normal(size=3)
    weights = rng.normal(size=(4, 2))
    mixed = naive.network_problem(weights, [1.0, 2.0, -1.0, -0.5], x, y)
    _, claim, evidence = proposed(propose, mixed)
    plain = Claim()
    good = Honest("mixed-signs", mixed, claim, evidence)
    yield good
    twin = x.copy()
    twin[2] = -2 * twin[0]
    kappa = claim.gram_eigenvalue
    yield Bent(
        "dead-units-count",
        2,
        "a unit with outer weight 0 helps to leave a saddle",
        with_outer(mixed, [1.0, 0.0, -1.0, -0.5]),
        plain,
        evidence,
    )
    yield Bent(
        "three-and-one",
        2,
        "2d units are enough whatever their signs",
        with_outer(mixed, [1.0, 2.0, 1.0, -0.5]),
        plain,
        evidence,
    )
    yield Bent(
        "one-sign-fits-all-labels",
        2,
        "sums of squares fit negative labels",
        with_outer(mixed, [1.0, 2.0, 1.0, 0.5]),
        claim,
        evidence,
    )
    yield Bent("parallel-inputs", 4, "one direction can have two labels", replace(mixed, inputs=twin), claim, evidence)
    yield Bent("larger-eigenvalue", 5, "λ_min(K) is twice what it is", mixed, Claim(2 * kappa), evidence)
    yield Honest("negative-signs", with_outer(mixed, [-1.0, -2.0]), plain, evidence)
    negative = good.data.replace(b'"gram_eigenvalue": "', b'"gram_eigenvalue": "-')
    yield Malformed("negative-eigenvalue", negative)


def _further() -> Iterator[Case]:
    mixed, single = _network(30, [1.0, 1.0, -1.0, -1.0, 0.0], 2, 3), _network(31, [2.0, -1.0], 1, 1)
    dead = _network(32, [1.0, -1.0], 2, 1)
    x = dead.inputs.copy()
    x[:, 1] = 0.0
    found = {
        "a-dead-unit": proposed(propose, mixed),
        "one-sample": proposed(propose, single),
        "a-dead-input": proposed(propose, replace(dead, inputs=x)),
        "positive-signs": proposed(propose, _network(33, [1.0, 0.5, 2.0], 3, 9)),
    }
    network, claim, evidence = found["a-dead-unit"]
    mirrored, zero = network.inputs.copy(), network.inputs.copy()
    mirrored[2], zero[1] = (-mirrored[0], 0.0)
    many = _network(30, [1.0, 1.0, -1.0, -1.0], 2, 4)
    plain = Claim()
    yield Bent(
        "one-unit-too-few",
        2,
        "fewer units than inputs exclude spurious minima",
        _network(30, [1.0], 2, 3),
        plain,
        evidence,
    )
    yield Bent(
        "one-of-each-sign",
        2,
        "fewer units than inputs exclude spurious minima",
        _network(30, [1.0, -1.0], 2, 3),
        plain,
        evidence,
    )
    yield Bent(
        "mirrored-inputs",
        4,
        "x and −x can have two labels",
        replace(network, inputs=mirrored),
        claim,
        evidence,
    )
    yield Bent(
        "a-sample-of-zeros",
        4,
        "0 can have a label that is not 0",
        replace(network, inputs=zero),
        claim,
        evidence,
    )
    yield Bent(
        "more-samples-than-pairs",
        4,
        "four samples have any labels in two dimensions",
        many,
        claim,
        evidence,
    )
    yield Bent(
        "shift-above-the-spectrum", 4, "λ_min(K) is a million", network, claim, replace(evidence, gram_shift=1000000.0)
    )
    yield from honest(found)
    yield from stronger(network, claim, evidence, 5)
    yield from of_other_form(network, claim, evidence)
    yield from malformed(Honest("", *next(iter(found.values()))).data)


def _network(seed: int, outer: list[float], d: int, n: int, *, noise: float = 1.0) -> Network:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, d))
    return naive.network_problem(rng.normal(size=(len(outer), d)), outer, x, noise * rng.normal(size=n))


def cases() -> Iterator[Case]:
    """Every file."""
    yield from _first()
    yield from _further()
