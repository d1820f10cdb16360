"""Small networks with any objective, and what is true of them: derivatives in Arb at 200 bits by hyper-dual numbers."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import mpmath
import numpy as np
from flint import arb, arb_mat

from certificates import Dense, Network
from tests.support.objective_nets import LOSSES, draw_network
from tests.truth._balls import bits, high, low
from tests.twins.hyper_dual import derivative_along
from verify.numeric.smooth_objective import FloatObjective

__all__ = ["BITS", "curvature_at", "draw_objective", "eigenvalues_at", "full_hessian", "newton", "slope_at", "solved"]

BITS = 200


def draw_objective(rng: np.random.Generator) -> Network:
    """Any loss, one to three layers that move, penalties or none; now and then saturated, copied, dead, hostile."""
    outputs, depth = int(rng.integers(1, 4)), int(rng.choice([1, 1, 1, 2]))
    widths = (int(rng.integers(1, 3)), *(int(width) for width in rng.integers(1, 3, size=depth)), outputs)
    losses = LOSSES if outputs > 1 else LOSSES[:2]
    network = draw_network(
        int(rng.integers(2**32)),
        widths,
        str(rng.choice(losses)),
        activation=str(rng.choice(["tanh", "tanh", "softplus", "sin"])),
        samples=(samples := int(rng.integers(1, 5))),
        frozen=(int(rng.integers(depth + 1)),) if rng.random() < 0.2 else (),
        biased=bool(rng.random() < 0.5),
        scale=float(rng.choice([0.5, 1.0, 1.0, 3.0, 30.0], p=[0.2, 0.3, 0.3, 0.15, 0.05])),
        decay=bool(rng.random() < 0.7),
        weighted=bool(rng.random() < 0.3 and samples > 1),
    )
    return _bent(rng, network)


def _bent(rng: np.random.Generator, network: Network) -> Network:
    """Units that are copies or dead, inputs that are 0, the origin."""
    first, second = network.layers[0].weight.copy(), network.layers[1].weight.copy()
    inputs = network.inputs.copy()
    if rng.random() < 0.15 and len(first) > 1:
        first[1], second[:, 1] = first[0], second[:, 0]
    if rng.random() < 0.1:
        first[0], second[:, 0] = 0.0, 0.0
    if rng.random() < 0.1:
        inputs[:, 0] = 0.0
    if rng.random() < 0.1:
        first[:], second[:] = 0.0, 0.0
    layers = (
        replace(network.layers[0], weight=first),
        replace(network.layers[1], weight=second),
        *network.layers[2:],
    )
    return replace(network, layers=tuple(Dense(x.weight, x.bias, x.trained) for x in layers), inputs=inputs)


def newton(objective: FloatObjective, weights: np.ndarray, steps: int = 60) -> np.ndarray:
    """Steps towards a point without a gradient, of any index, as long as the gradient shrinks."""
    slope = objective.gradient(weights)
    for _ in range(steps):
        values, vectors = np.linalg.eigh(objective.hessian(weights))
        along, damping = vectors.T @ slope, 0.0
        for _ in range(30):
            scaled = np.where(np.abs(values) > 1e-12, values / (values * values + damping + 1e-300), 0.0)
            moved = weights - vectors @ (scaled * along)
            found = objective.gradient(moved)
            if np.linalg.norm(found) < np.linalg.norm(slope):
                break
            damping = max(4 * damping, 1e-6)
        else:
            return weights
        weights, slope = moved, found
    return weights


def curvature_at(network: Network, weights, direction) -> arb:
    """uᵀ∇²f(w)u."""
    with bits(BITS):
        return derivative_along(network, weights, direction, direction).d


def slope_at(network: Network, weights) -> list[arb]:
    """∇f(w)."""
    with bits(BITS):
        units = np.eye(len(weights))
        return [derivative_along(network, weights, unit, unit).b for unit in units]


def full_hessian(network: Network, weights) -> arb_mat:
    """∇²f(w)."""
    with bits(BITS):
        size, units = len(weights), np.eye(len(weights))
        found = arb_mat(size, size)
        for i in range(size):
            for j in range(i + 1):
                found[i, j] = found[j, i] = derivative_along(network, weights, units[i], units[j]).d
        return found


def eigenvalues_at(network: Network, weights) -> list[Fraction]:
    """Those of ∇²f(w), to about fifty digits, in order."""
    matrix = full_hessian(network, weights)
    size = len(weights)
    with mpmath.workprec(BITS):
        entries = [[_number(matrix[i, j]) for j in range(size)] for i in range(size)]
        values = mpmath.eigsy(mpmath.matrix(entries), eigvals_only=True)
        found = []
        for value in values:
            sign, mantissa, exponent, _ = value._mpf_
            found.append((-1 if sign else 1) * Fraction(int(mantissa)) * Fraction(2) ** int(exponent))
        return sorted(found)


def _number(ball: arb) -> mpmath.mpf:
    mantissa, exponent = ball.mid().man_exp()
    return mpmath.ldexp(mpmath.mpf(int(mantissa)), int(exponent))


def solved(network: Network, start, flat: np.ndarray, steps: int = 9) -> list[arb] | None:
    """A critical point by Newton's method from close to it, to some fifty digits; ``None`` if it goes elsewhere.

    Parameters
    ----------
    start
        Floats.
    flat
        Rows that span the directions along which f is constant: nothing moves along them.
    """
    with bits(BITS):
        weights = [arb(float(entry)) for entry in start]
        for _ in range(steps):
            matrix = full_hessian(network, weights)
            for row in flat:
                for i, j in np.argwhere(np.outer(row, row)):
                    matrix[int(i), int(j)] += arb(float(row[i] * row[j]))
            slope = arb_mat([[entry.mid()] for entry in slope_at(network, weights)])
            try:
                step = matrix.mid().solve(slope).mid()
            except ZeroDivisionError:
                return None
            weights = [(w - step[k, 0]).mid() for k, w in enumerate(weights)]
            length = max(high(abs(step[k, 0])) for k in range(len(weights)))
            if length < Fraction(1, 10**45):
                return weights
            if length > 10**3:
                return None
    return None


def distance_below(weights, start) -> Fraction:
    """At most ‖w − w_0‖ of a point that is known to fifty digits."""
    with bits(BITS):
        total = sum(((w - arb(float(s))) ** 2 for w, s in zip(weights, start, strict=True)), arb(0))
        return max(low(total.sqrt()) - Fraction(1, 10**40), Fraction(0))
