"""`deep-linear-gap`: f in rationals at the best product of the network's rank that floats find."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

import numpy as np

from certificates import Accepted, Network
from certificates.claims.deep_linear_gap import Claim, Evidence
from tests.support.linear import best_product, exact_loss, linear_problem, linear_weights, near_best, rational_matrix
from tests.truth.held import Held, at_most, exactly
from tests.truth.trial import Case
from verify.proposals.deep_linear_gap import propose

SAMPLE = 30


def draw(rng: np.random.Generator) -> Case:
    """Widths, ranks and sizes of all kinds, at random weights or at the best ones; dual points honest and bent."""
    network = _network(rng)
    found = propose(network)
    evidence = found.evidence if found.claim is not None else Evidence(0.0, ())
    return Case(Claim(1e308), _bent(rng, evidence), network, lambda verdict: _truth(verdict, network))


def _network(rng: np.random.Generator) -> Network:
    widths = [int(w) for w in rng.integers(1, 5, size=int(rng.integers(3, 6)))]
    count = int(rng.integers(1, 9))
    x, y = rng.normal(size=(count, widths[0])), rng.normal(size=(count, widths[-1]))
    if rng.random() < 0.3:
        x, y = rng.integers(-2, 3, size=x.shape) * 1.0, rng.integers(-2, 3, size=y.shape) * 1.0
    if rng.random() < 0.2 and widths[0] > 1:
        x[:, 0] = x[:, -1]
    weights = linear_weights(rng, widths)
    if rng.random() < 0.2:
        weights = [np.zeros_like(weight) for weight in weights]
    x, y = x * 2.0 ** int(rng.choice([0, 0, 30, -30])), y * 2.0 ** int(rng.choice([0, 0, 30, -30]))
    network = linear_problem(weights, x, y, Fraction(1, int(rng.integers(1, 9))))
    return near_best(network) if rng.random() < 0.3 else network


def _bent(rng: np.random.Generator, evidence: Evidence) -> Evidence:
    if rng.random() < 0.6:
        return evidence
    factor = 1 + float(rng.choice([-1, 1])) * 10.0 ** float(rng.uniform(-12, 0))
    rows = tuple(tuple(entry * factor for entry in row) for row in evidence.dual)
    return (
        Evidence(evidence.threshold, rows)
        if rng.random() < 0.5
        else replace(evidence, threshold=evidence.threshold * factor)
    )


def _truth(verdict: Accepted, network: Network) -> Iterator[Held]:
    best = exact_loss(network, [rational_matrix(factor) for factor in best_product(network)])
    here = exact_loss(network)
    yield at_most("gap", verdict.proved.gap, max(Fraction(0), here - best))
    loss = next(each for each in verdict.facts if each.symbol == "f(W)")
    yield from exactly("f(W)", loss.lower, loss.upper, here)
