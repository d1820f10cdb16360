"""The corpus of ``orbit-convergence``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np

from certificates import Dense, Network
from tests.corpus._case import Bent, Case, Honest, Malformed
from tests.corpus._malformed import malformed
from tests.corpus._networks import honest, of_other_form, proposed, stronger
from tests.corpus._orbits import of_other_orbits
from tests.support.planted import random_planted
from verify.proposals import orbit_convergence

__all__ = ["cases"]

_F = Fraction


def _first() -> Iterator[Case]:
    network = random_planted(np.random.default_rng(1), 2, 1, 24, bits=4)
    _, claim, evidence = proposed(orbit_convergence.propose, network)
    good = Honest("one-neuron", network, claim, evidence)
    yield good
    constants = evidence.constants
    high = replace(constants, curvature_shift_lower=constants.curvature_shift_upper * 2)
    heavy = replace(network, teacher=(network.teacher[0], Dense(np.array([[2.0]]), None, False)))
    wide = replace(evidence, radius=100.0)
    yield Bent(
        "heavier-teacher",
        1,
        "a student of outer weight 1 finds the weights of a teacher of outer weight 2",
        heavy,
        claim,
        evidence,
    )
    yield Bent("negative-step", 2, "ascending converges", network, replace(claim, step_size=-claim.step_size), evidence)
    yield Bent(
        "shift-above-the-spectrum",
        4,
        "the curvature across rotations is more than the largest one",
        network,
        claim,
        replace(evidence, constants=high),
    )
    yield Bent(
        "dead-teacher", 4, "convergence to a teacher of rank 0 is geometric", _dead_teacher(network), claim, evidence
    )
    yield Bent(
        "radius-too-large",
        5,
        "distances fall from anywhere",
        network,
        replace(claim, radius=100.0),
        wide,
    )
    yield Bent(
        "step-too-long",
        5,
        "distances fall with any step",
        network,
        replace(claim, step_size=claim.step_size * 1000),
        evidence,
    )
    yield Bent(
        "larger-radius",
        6,
        "the ball is twice as large as its evidence proves",
        network,
        replace(claim, radius=claim.radius * 2),
        evidence,
    )
    yield Bent(
        "faster-limit",
        6,
        "in the limit, distances fall twice as fast as they do",
        network,
        replace(claim, asymptotic_decrease=2 * claim.asymptotic_decrease),
        evidence,
    )
    yield Bent("empty-ball", 2, "every start in a ball of radius 0", network, replace(claim, radius=0.0), evidence)
    yield Malformed("step-as-float", good.data.replace(b'"step_size": "', b'"step_size": "0x1.'))


def _further() -> Iterator[Case]:

    def near(seed: int, d: int, r: int, m: int, **options: Any) -> Network:
        return random_planted(np.random.default_rng(seed), d, r, m, bits=4, **options)

    found = {
        "two-neurons": proposed(orbit_convergence.propose, near(70, 2, 2, 40)),
        "other-scale-of-the-loss": proposed(orbit_convergence.propose, near(71, 2, 1, 24, scale=_F(1, 3))),
        "one-input": proposed(orbit_convergence.propose, near(72, 1, 1, 5)),
        "half-the-step": proposed(orbit_convergence.propose, near(73, 2, 1, 24), step_size=_F(1, 100)),
    }
    network, claim, evidence = found["two-neurons"]
    yield from of_other_orbits(network, claim, evidence)
    yield Bent(
        "negative-radius",
        2,
        "a ball has the radius −1",
        network,
        claim,
        replace(evidence, radius=-1.0),
    )
    yield Bent(
        "faster-by-half",
        6,
        "from half the radius, distances fall twice as fast as they do",
        network,
        replace(claim, half_decrease=2 * claim.half_decrease),
        evidence,
    )
    yield from honest(found)
    yield from stronger(network, claim, evidence, 6)
    yield from of_other_form(network, claim, evidence)
    yield from malformed(Honest("", *next(iter(found.values()))).data)


def _dead_teacher(network: Network) -> Network:
    """A teacher with weights 0: convergence is slower than any geometric rate."""
    if network.teacher is None:
        raise SystemExit("expected planted labels")
    dead = Dense(network.teacher[0].weight * 0, None, False)
    return replace(network, teacher=(dead, network.teacher[1]))


def cases() -> Iterator[Case]:
    """Every file."""
    yield from _first()
    yield from _further()
