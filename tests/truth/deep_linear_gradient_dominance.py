"""`deep-linear-gradient-dominance`: ‖∇f‖² and f in rationals, beside the best product of the network's rank."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace
from fractions import Fraction

import numpy as np

from certificates import Accepted, Network
from certificates.claims.deep_linear_gradient_dominance import Claim, Evidence
from tests.support.linear import (
    best_product,
    exact_gradient_square,
    exact_loss,
    linear_problem,
    linear_weights,
    near_best,
    rational_matrix,
)
from tests.truth.held import Held, at_least, exactly
from tests.truth.trial import Case
from verify.proposals.deep_linear_gradient_dominance import propose

SAMPLE = 25


def draw(rng: np.random.Generator) -> Case:
    """Narrow hidden layers near the best weights, and others anywhere; bounds honest and bent."""
    network = _network(rng)
    found = propose(network)
    return Case(Claim(5e-324), _bent(rng, found.evidence), network, lambda verdict: _truth(verdict, network))


def _network(rng: np.random.Generator) -> Network:
    widths = [int(w) for w in rng.integers(1, 5, size=int(rng.integers(3, 6)))]
    count = int(rng.integers(1, 9))
    x, y = rng.normal(size=(count, widths[0])), rng.normal(size=(count, widths[-1]))
    if rng.random() < 0.15 and widths[0] > 1:
        x[:, 0] = x[:, -1]
    x, y = x * 2.0 ** int(rng.choice([0, 0, 20, -20])), y * 2.0 ** int(rng.choice([0, 0, 20, -20]))
    network = linear_problem(linear_weights(rng, widths), x, y, Fraction(1, int(rng.integers(1, 9))))
    if rng.random() < 0.7:
        network = near_best(network, float(rng.choice([1e-9, 1e-3, 0.1, 0.3])), int(rng.integers(2**32)))
    if rng.random() < 0.2:
        frozen = int(rng.integers(len(network.layers)))
        layers = (replace(each, trained=k != frozen) for k, each in enumerate(network.layers))
        network = replace(network, layers=tuple(layers))
    return network


def _bent(rng: np.random.Generator, evidence: Evidence) -> Evidence:
    """One kind of bound, a little or a lot larger or smaller."""
    if rng.random() < 0.6:
        return evidence
    factor = 1 + float(rng.choice([-1, 1])) * 10.0 ** float(rng.uniform(-12, 0))
    name = str(rng.choice([spec.name for spec in fields(evidence) if spec.name not in ("case", "solution")]))
    value = getattr(evidence, name)
    scaled = tuple(each * factor for each in value) if isinstance(value, tuple) else value * factor
    return replace(evidence, **{name: scaled})


def _truth(verdict: Accepted, network: Network) -> Iterator[Held]:
    best = exact_loss(network, [rational_matrix(factor) for factor in best_product(network)])
    here, square = exact_loss(network), exact_gradient_square(network)
    if here > best:
        yield at_least("constant", verdict.proved.constant, square / (2 * (here - best)))
    found = {fact.symbol: fact for fact in verdict.facts}
    yield from exactly("‖∇f(W)‖²", found["‖∇f(W)‖²"].lower, found["‖∇f(W)‖²"].upper, square)
