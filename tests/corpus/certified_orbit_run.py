"""The corpus of ``certified-orbit-run``."""

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
from verify.proposals import certified_orbit_run

__all__ = ["cases"]

_F = Fraction


def _first() -> Iterator[Case]:
    network = random_planted(np.random.default_rng(1), 2, 1, 24, bits=4)
    _, claim, evidence = proposed(certified_orbit_run.propose, network)
    good = Honest("one-neuron", network, claim, evidence)
    yield good
    far = replace(network, layers=(Dense(network.layers[0].weight * 100, None, True), network.layers[1]))
    half = replace(claim, entry_distance=claim.entry_distance / 2)
    yield Bent(
        "rotation-too-short",
        2,
        "a distance needs no rotation",
        network,
        claim,
        replace(evidence, rotation=()),
    )
    yield Bent(
        "before-the-start",
        2,
        "there is an iterate before the first",
        network,
        claim,
        replace(evidence, entry_step=-1),
    )
    yield Bent("diverging-run", 0, "a run that diverges has entered the basin", far, claim, evidence)
    yield Bent(
        "rotation-of-length-two", 6, "stretching is a rotation", network, claim, replace(evidence, rotation=(2.0,))
    )
    yield Bent("closer", 7, "the run comes twice as close as it does", network, half, evidence)
    yield Bent(
        "faster",
        7,
        "distances fall twice as fast as they do",
        network,
        replace(claim, decrease=claim.decrease * 2),
        evidence,
    )
    yield Bent(
        "earlier",
        7,
        "the run enters the basin a step earlier than it does",
        network,
        replace(claim, entry_step=evidence.entry_step - 1),
        evidence,
    )
    yield Malformed("too-precise", good.data.replace(b'"bits": "', b'"bits": "99999'))


def _further() -> Iterator[Case]:

    def near(seed: int, d: int, r: int, m: int, **options: Any) -> Network:
        return random_planted(np.random.default_rng(seed), d, r, m, bits=4, **options)

    found = {
        "two-neurons": proposed(certified_orbit_run.propose, near(80, 2, 2, 40, away=0.2)),
        "other-scale-of-the-loss": proposed(certified_orbit_run.propose, near(81, 2, 1, 24, scale=_F(1, 3))),
        "one-input": proposed(certified_orbit_run.propose, near(82, 1, 1, 5)),
        "at-the-start": proposed(certified_orbit_run.propose, near(83, 2, 1, 24, away=0.001)),
    }
    network, claim, evidence = found["two-neurons"]
    late = replace(evidence, entry_step=10**7)
    yield from of_other_orbits(network, claim, evidence)
    yield Bent(
        "step-beyond-all",
        2,
        "nothing: a run of ten million steps would only take time",
        network,
        replace(claim, entry_step=10**7),
        late,
    )
    yield Bent(
        "no-rotation",
        6,
        "0 is a rotation; twice the rate in the limit",
        network,
        claim,
        replace(evidence, rotation=(0.0,) * 4),
    )
    yield Bent(
        "negative-step",
        2,
        "ascending converges",
        network,
        replace(claim, step_size=-claim.step_size),
        evidence,
    )
    yield Bent(
        "faster-in-the-limit",
        7,
        "in the limit, distances fall twice as fast as they do",
        network,
        replace(claim, asymptotic_decrease=2 * claim.asymptotic_decrease),
        evidence,
    )
    yield from honest(found)
    yield from stronger(network, claim, evidence, 7)
    yield from of_other_form(network, claim, evidence)
    yield from malformed(Honest("", *next(iter(found.values()))).data)


def cases() -> Iterator[Case]:
    """Every file."""
    yield from _first()
    yield from _further()
