"""`certified-run`: the whole run in Arb at 320 bits, its loss from step T on, and where it goes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import numpy as np

from certificates import Accepted, Network
from certificates.claims.certified_run import Claim
from tests.support.starts import start
from tests.truth._balls import bits, high, low, norm, to_ball
from tests.truth._networks import perceptron
from tests.truth.held import Held, at_least, at_most
from tests.truth.trial import Case
from verify.proposals.certified_run import propose

SAMPLE = 6

_LONGEST, _MORE = 150, 12


def draw(rng: np.random.Generator) -> Case:
    """Small networks at random starts, of all shapes; evidence as found and bent."""
    name = str(rng.choice(["tanh", "softplus", "gelu", "sin", "sigmoid"]))
    network = _network(rng, name)
    share = Fraction(float(rng.choice([0.1, 0.3, 0.8]))) / _steepness(network, name)
    found = propose(network, step_size=share)
    evidence = found.evidence
    if rng.random() < 0.4:
        evidence = replace(
            evidence,
            steps=max(0, evidence.steps + int(rng.integers(-3, 4))),
            epsilon=min(0.99, evidence.epsilon * float(rng.choice([1.0, 1.2, 0.9]))),
            grid=tuple(node * float(rng.choice([1.0, 1.5, 0.7])) for node in evidence.grid[-1:]),
        )
    claim = Claim(float(share), 2**31, 1e308, 0.0, 1e308)
    return Case(claim, evidence, network, lambda verdict: _truth(verdict, network, name))


def _network(rng: np.random.Generator, name: str) -> Network:
    widths = [int(rng.integers(1, 4)), *(int(w) for w in rng.integers(6, 20, size=int(rng.choice([1, 1, 2])))), 1]
    frozen = (0,) if rng.random() < 0.1 else (len(widths) - 2,) if rng.random() < 0.2 else ()
    scale = Fraction(2) ** int(rng.choice([-1, -1, 0, 20, -20]))
    seed = int(rng.integers(2**31))
    samples = int(rng.integers(1, 4))
    return start(tuple(widths), samples, name, seed=seed, bias=bool(rng.random() < 0.7), frozen=frozen, scale=scale)


def _steepness(network: Network, name: str) -> Fraction:
    """2sλ_max(K) at the start, about."""
    plain = perceptron(network, name, exact=False)
    w, shape = plain.weights(), plain.targets.shape
    rows = np.array([plain.transposed(w, unit.reshape(shape)) for unit in np.eye(shape[0] * shape[1])])
    return 2 * network.objective.squared_scale * Fraction(max(float(np.linalg.norm(rows, 2)) ** 2, 1e-6))


def _truth(verdict: Accepted, network: Network, name: str) -> Iterator[Held]:
    proved = verdict.proved
    if proved.steps > _LONGEST:
        return
    with bits(320):
        exact = perceptron(network, name, exact=True)
        begin = w = exact.weights()
        step, losses = to_ball(Fraction(proved.step_size)), []
        for k in range(proved.steps + _MORE):
            loss, slope, _ = exact.loss_and_gradient(w)
            if k >= proved.steps:
                losses.append(loss)
                yield at_most("distance", proved.distance, low(norm(w - begin)))
            w = w - step * slope
        yield at_most("loss_bound", proved.loss_bound, low(losses[0]))
        for before, after in pairwise(losses):
            if before > 0 and before.rel_accuracy_bits() > 40:
                yield at_least("decrease_rate", proved.decrease_rate, high((1 - after / before) / step))
