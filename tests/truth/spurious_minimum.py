"""`spurious-minimum`: f at the minimiser, found at 200 bits, and f at the other weights, by hyper-dual numbers."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from certificates import Accepted, Network
from certificates.claims.spurious_minimum import Claim, Evidence
from tests.support.minima import fitted
from tests.support.objective_nets import LOSSES, draw_network
from tests.truth._balls import bits, high, low
from tests.truth._minima import NOTHING, Drawn, draw_minimum, labelled, truth_of_the_minimum
from tests.truth._objectives import BITS
from tests.truth.held import Held, at_least, at_most
from tests.truth.trial import Case
from tests.twins.hyper_dual import derivative_along
from verify.numeric.smooth_objective import FloatObjective
from verify.search.minimum import in_pieces
from verify.search.random_starts import random_start

SAMPLE = 10

_STARTS, _CURVED = 5, 1e-6


def draw(rng: np.random.Generator) -> Case:
    """The worst of some minima, or any; witnesses that are the best one, the minimum itself, moved, or random."""
    minima = _minima(rng) if rng.random() < 0.8 else []
    drawn = draw_minimum(rng, minima[-1] if minima else None)
    found, witness = drawn.evidence, _witness(rng, drawn, minima)
    parts = found.radius, found.inner_radius, found.shift_lower, found.shift_upper, found.correction
    claim = Claim(5e-324, found.radius, found.radius, -1e308, 1e308, drawn.flat)
    seed = int(rng.integers(2**32))
    return Case(
        claim,
        Evidence(*parts, witness=in_pieces(witness)),
        drawn.network,
        lambda verdict: _truth(verdict, drawn, witness, seed),
    )


def _minima(rng: np.random.Generator) -> list[Network]:
    """A network of a few units at what Newton's method finds from some starts, the best first."""
    units, seed = int(rng.integers(2, 4)), int(rng.integers(2**32))
    network = draw_network(
        seed,
        (1, units, 1),
        str(rng.choice(LOSSES[:2])),
        activation=str(rng.choice(["tanh", "sin"])),
        samples=int(rng.integers(4, 9)),
        frozen=(1,) if rng.random() < 0.8 else (),
        biased=bool(rng.random() < 0.2),
        decay=bool(rng.random() < 0.4),
    )
    network = labelled(rng, network)
    objective = FloatObjective(network)
    with np.errstate(all="ignore"):
        starts = (objective.network(random_start(network, seed, k)) for k in range(_STARTS))
        found = [(objective.value(FloatObjective(each).initial()), each) for each in map(_fitted, starts)]
    return [each for value, each in sorted(found, key=lambda pair: pair[0]) if np.isfinite(value) and _strict(each)]


def _strict(network: Network) -> bool:
    objective = FloatObjective(network)
    return bool(np.linalg.eigvalsh(np.nan_to_num(objective.hessian(objective.initial())))[0] > _CURVED)


def _fitted(network: Network) -> Network:
    return fitted(network, steps=30)


def _witness(rng: np.random.Generator, drawn: Drawn, minima: list[Network]) -> np.ndarray:
    kind = int(rng.integers(7))
    if minima and kind > 1:
        return FloatObjective(minima[0]).initial()
    if kind == 0:
        return drawn.start + rng.normal(size=len(drawn.start)) * 10.0 ** rng.uniform(-12, 1)
    with np.errstate(all="ignore"):
        itself = FloatObjective(_fitted(drawn.network)).initial()
    random = random_start(drawn.network, int(rng.integers(2**32)), 0)
    return itself if kind == 1 and np.isfinite(itself).all() else random


def _truth(verdict: Accepted, drawn: Drawn, witness: np.ndarray, seed: int) -> Iterator[Held]:
    proved, point = verdict.proved, None
    for each in truth_of_the_minimum(verdict, drawn, np.random.default_rng(seed)):
        if isinstance(each, Held):
            yield each
        else:
            point = each
    if point is None:
        return
    with bits(BITS):
        nowhere = [0.0] * len(drawn.start)
        value = derivative_along(drawn.network, point, nowhere, nowhere).a
        other = derivative_along(drawn.network, witness.tolist(), nowhere, nowhere).a
        yield at_least("gap", proved.gap, high(value - other) + NOTHING)
        yield at_least("value_lower", proved.value_lower, high(value) + NOTHING)
        yield at_most("value_upper", proved.value_upper, low(value) - NOTHING)
