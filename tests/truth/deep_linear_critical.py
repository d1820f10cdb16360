"""`deep-linear-critical`: the closed form of the minimum, and f in rationals along the path."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

import numpy as np
from flint import fmpq

from certificates import Accepted, Network
from certificates.claims.deep_linear_critical import Claim, Evidence
from tests.support.linear import best_product, critical_point, exact_gradient_square, exact_loss, rational_matrix
from tests.truth.held import Held, at_least, at_most, statement
from tests.truth.trial import Case
from verify.proposals.deep_linear_critical import propose

SAMPLE = 25

_HALVINGS = 120
_LARGEST = 1e308


def draw(rng: np.random.Generator) -> Case:
    """Exact critical points of every rank; thresholds and paths honest and bent, either type claimed."""
    widths = [int(w) for w in rng.integers(1, 4, size=int(rng.integers(3, 6)))]
    kept = [k for k in range(min(widths)) if rng.random() < 0.6]
    network = critical_point(rng, widths, kept, blocks=bool(rng.random() < 0.5))
    found = propose(network)
    kind, evidence = found.claim.type, found.evidence
    if rng.random() < 0.4:
        kind = str(rng.choice(["global-minimum", "saddle"]))
        evidence = replace(evidence, threshold=float(rng.choice([0.0, 1.0, 4.0, 6.0, 9.0, 12.0, 16.0])))
    return Case(Claim(kind, -_LARGEST, _LARGEST), evidence, network, lambda v: _truth(v, evidence, network))


def _truth(verdict: Accepted, evidence: Evidence, network: Network) -> Iterator[Held]:
    here = exact_loss(network)
    yield statement("critical", exact_gradient_square(network) == 0)
    yield at_most("value_upper", verdict.proved.value_upper, here)
    yield at_least("value_lower", verdict.proved.value_lower, here)
    if verdict.proved.type == "global-minimum":
        best = [rational_matrix(factor) for factor in best_product(network)]
        yield statement("global", here <= exact_loss(network, best) * (1 + Fraction(1, 10**9)) + Fraction(1, 10**12))
    else:
        yield statement("descent", any(_moved(evidence, network, k) < here for k in range(_HALVINGS)))


def _moved(evidence: Evidence, network: Network, halvings: int) -> Fraction:
    """The loss f(W(t)) at t = 2^−k."""
    weights = [rational_matrix(layer.weight) for layer in network.layers]
    for (k, power), term in zip(evidence.places, evidence.terms, strict=True):
        shape = network.layers[k - 1].weight.shape
        weights[k - 1] += rational_matrix(np.reshape(term, shape)) * fmpq(1, 2 ** (halvings * power))
    return exact_loss(network, weights)
