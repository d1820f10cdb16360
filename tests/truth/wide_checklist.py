"""`wide-checklist`: ranks in rationals, Hessians by differences of gradients at 600 bits, a last layer that fits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import combinations, pairwise

import numpy as np
from flint import arb_mat, fmpq, fmpq_mat

from certificates import Accepted, Dense, Network
from certificates.claims.wide_checklist import Claim, Evidence
from certificates.expression import parse_activation
from certificates.subjects import Objective, Squared
from tests.truth._balls import balls, bits, to_ball
from tests.truth._networks import Perceptron, perceptron
from tests.truth.held import Held, statement
from tests.truth.trial import Case
from verify.proposals.wide_checklist import propose

SAMPLE = 20

_NAMES = ("tanh", "sigmoid", "softplus", "gelu", "sin", "identity", "quadratic", "squared_relu")
_STEP = Fraction(1, 2**120)


def draw(rng: np.random.Generator) -> Case:
    """Small networks, many of them with exactly as many features as samples; equal inputs, rows that depend."""
    name = str(rng.choice(_NAMES))
    network = _network(rng, name)
    found = propose(network)
    claim = found.claim if found.claim is not None else Claim(1, distinct="true")
    if rng.random() < 0.4:  # one answer turned around
        field = str(rng.choice(["distinct", "wide", "independent_rows", "nonsingular", "contradictory"]))
        claim = Claim(claim.layer, **{field: "true" if getattr(claim, field) == "false" else "false"})
    evidence = found.evidence
    if rng.random() < 0.3:
        above = network.layers[claim.layer + 1 :]
        values = [float(np.linalg.eigvalsh(each.weight @ each.weight.T)[0]) for each in above]
        factor = float(rng.choice([0.5, 0.999, 1.001]))
        evidence = Evidence(tuple(max(5e-324, factor * value) for value in values))
    return Case(claim, evidence, network, lambda verdict: _truth(verdict, network, name))


def _network(rng: np.random.Generator, name: str) -> Network:
    depth, d, n, o = int(rng.choice([1, 2, 2, 3])), *(int(size) for size in rng.integers(1, [4, 5, 3]))
    bias = rng.random() < 0.6
    hidden = [int(width) for width in rng.integers(1, 5, size=depth)]
    if rng.random() < 0.6:
        hidden[int(rng.integers(depth))] = max(1, n - bias)
    widths = [d, *hidden, o]
    layers = tuple(
        Dense(rng.normal(size=(b, a)), rng.normal(size=b) if bias else None, bool(rng.random() < 0.7))
        for a, b in pairwise(widths)
    )
    if rng.random() < 0.2:
        weight = layers[-1].weight
        weight[-1] = weight[0] * (1 + float(rng.choice([0.0, 2.0**-40])))
    if not any(layer.trained for layer in layers):
        layers = (*layers[:-1], replace(layers[-1], trained=True))
    x = np.rint(4 * rng.normal(size=(n, d))) / 4 if rng.random() < 0.3 else rng.normal(size=(n, d))
    scale = Fraction(1, n) * Fraction(2) ** int(rng.choice([-1, 0, 40]))
    y = rng.normal(size=(n, o))
    return Network(layers, (parse_activation(name),) * depth, x, y, Objective(Squared(scale)))


# ---- truth --------------------------------------------------------------------------------------------------------


def _truth(verdict: Accepted, network: Network, name: str) -> Iterator[Held]:
    claim, k = verdict.claim, verdict.claim.layer
    rows = [tuple(map(Fraction, row)) for row in network.inputs.tolist()]
    features = network.widths[k] + (network.layers[k].bias is not None)
    known = {
        "distinct": all(a != b for a, b in combinations(rows, 2)),
        "wide": features >= network.sample_count,
        "independent_rows": all(_rank(layer.weight) == len(layer.weight) for layer in network.layers[k + 1 :]),
    }
    for field, truth in known.items():
        if getattr(claim, field) is not None:
            yield statement(field, (getattr(claim, field) == "true") == truth)
    block = replace(
        network, layers=tuple(replace(layer, trained=index >= k) for index, layer in enumerate(network.layers))
    )
    if claim.nonsingular is not None:
        least = _least_pivot(block, name)
        truth = least > 1e-25 if claim.nonsingular == "true" else least < 1e-15
        yield statement("nonsingular", truth)
    if claim.contradictory == "false":
        yield statement("contradictory", all(known.values()) and _fits_all(block, name))


def _rank(matrix: np.ndarray) -> int:
    return fmpq_mat([[fmpq(*float(x).as_integer_ratio()) for x in row] for row in matrix]).rank()


def _least_pivot(block: Network, name: str, weights=None) -> float:
    """σ_min/σ_max of the Hessian, roughly: the largest entry of its inverse beside its own; 0 if it is singular."""
    with bits(600):
        plain = perceptron(block, name, exact=True)
        matrix = _hessian(plain, plain.weights() if weights is None else weights)
        try:
            inverse = arb_mat(matrix.tolist()).inv().entries()
        except ZeroDivisionError:
            return 0.0
        largest = max(float(abs(x).mid()) for x in inverse)
        return 1 / (largest * max(float(abs(x).mid()) for x in matrix.ravel())) if largest < np.inf else 0.0


def _hessian(plain: Perceptron, w) -> np.ndarray:
    """Differences over 2⁻¹²⁰ at 600 bits: exact to some 70 digits, so that what is below 60 of them is 0."""
    step, columns = to_ball(_STEP), []
    for index in range(len(w)):
        unit = balls(np.eye(len(w))[index]) * step
        columns.append((plain.loss_and_gradient(w + unit)[1] - plain.loss_and_gradient(w - unit)[1]) / (2 * step))
    matrix = np.array(columns)
    size = max((float(abs(x).mid()) for x in matrix.ravel()), default=0.0)
    wide = to_ball(Fraction(size) / 10**60) if 0 < size < np.inf else to_ball(0)
    return np.vectorize(lambda x: x if abs(x) > wide else to_ball(0), otypes=[object])(matrix)


def _fits_all(block: Network, name: str) -> bool:
    """A last layer that fits all labels: the gradient there is small beside the one at the given weights."""
    plain = perceptron(block, name, exact=False)
    hidden = plain.inputs
    for w, b, _ in plain.layers[:-1]:
        hidden = plain.value(hidden @ w.T if b is None else hidden @ w.T + b)
    if block.layers[-1].bias is not None:
        hidden = np.hstack([hidden, np.ones((len(hidden), 1))])
    solution = np.linalg.lstsq(hidden, block.targets, rcond=None)[0]
    return bool(np.linalg.norm(hidden @ solution - block.targets) < 1e-3 * (1 + np.linalg.norm(block.targets)))
