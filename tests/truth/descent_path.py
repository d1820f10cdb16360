"""`descent-path`: f in rationals at a point of the path, the gradient, and second differences of a polynomial."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

import numpy as np
from flint import fmpq

from certificates import Accepted, Network
from certificates.claims.descent_path import Claim, Evidence
from tests.support.linear import (
    critical_point,
    exact_gradient_square,
    exact_loss,
    linear_problem,
    linear_weights,
    rational_matrix,
)
from tests.truth.held import Held, at_least, at_most, root_below, statement
from tests.truth.trial import Case
from verify.proposals.descent_path import propose

SAMPLE = 25

_HALVINGS = 120


def draw(rng: np.random.Generator) -> Case:
    """Exact critical points of every rank, and weights anywhere; paths honest and bent."""
    widths = [int(w) for w in rng.integers(1, 4, size=int(rng.integers(3, 6)))]
    kept = [k for k in range(min(widths)) if rng.random() < 0.5]
    if rng.random() < 0.7:
        network = critical_point(rng, widths, kept, blocks=bool(rng.random() < 0.5))
    else:
        x, y = rng.normal(size=(5, widths[0])), rng.normal(size=(5, widths[-1]))
        network = linear_problem(linear_weights(rng, widths), x, y, Fraction(1, int(rng.integers(1, 9))))
    evidence = _bent(rng, propose(network).evidence)
    return Case(Claim(1e308, 0.0), evidence, network, lambda verdict: _truth(verdict, evidence, network))


def _bent(rng: np.random.Generator, evidence: Evidence) -> Evidence:
    """Some terms turned around, or with another power."""
    if rng.random() < 0.6 or not evidence.places:
        return evidence
    chosen = int(rng.integers(len(evidence.places)))
    if rng.random() < 0.5:
        terms = [tuple(-x if k == chosen else x for x in term) for k, term in enumerate(evidence.terms)]
        return replace(evidence, terms=tuple(terms))
    places = [(k, a + int(i == chosen)) for i, (k, a) in enumerate(evidence.places)]
    return replace(evidence, places=tuple(places))


def _truth(verdict: Accepted, evidence: Evidence, network: Network) -> Iterator[Held]:
    here = exact_loss(network)
    yield statement("descent", any(_moved_loss(evidence, network, k) < here for k in range(_HALVINGS)))
    square = exact_gradient_square(network)
    yield at_most("gradient_norm", verdict.proved.gradient_norm, root_below(square))
    if verdict.proved.curvature > 0:
        least = float(np.linalg.eigvalsh(_hessian(network))[0])
        yield at_least("curvature", verdict.proved.curvature, -least + 1e-9 * (1 + abs(least)))


def _moved_loss(evidence: Evidence, network: Network, halvings: int) -> Fraction:
    """The loss f(W(t)) at t = 2^−k."""
    weights = [rational_matrix(layer.weight) for layer in network.layers]
    for (k, power), term in zip(evidence.places, evidence.terms, strict=True):
        shape = network.layers[k - 1].weight.shape
        weights[k - 1] += rational_matrix(np.reshape(term, shape)) * fmpq(1, 2 ** (halvings * power))
    return exact_loss(network, weights)


def _hessian(network: Network) -> np.ndarray:
    """By second differences with steps of 1: f is of degree 2 in each layer, and multilinear in entries of several."""
    shapes = [layer.weight.shape for layer in network.layers]
    start = np.concatenate([layer.weight.ravel() for layer in network.layers])
    cuts = np.cumsum([rows * columns for rows, columns in shapes])[:-1]
    scale = float(network.objective.squared_scale)

    def value(vector):
        outputs = network.inputs
        for part, shape in zip(np.split(vector, cuts), shapes, strict=True):
            outputs = outputs @ part.reshape(shape).T
        return scale * float(np.sum((outputs - network.targets) ** 2))

    size, steps = len(start), np.eye(len(start))
    table = np.zeros((size, size))
    for i in range(size):
        for j in range(i + 1):
            around = [value(start + a * steps[i] + b * steps[j]) for a, b in ((1, 1), (1, -1), (-1, 1), (-1, -1))]
            table[i, j] = table[j, i] = (around[0] - around[1] - around[2] + around[3]) / 4
    return table
