"""Quadratic networks written naively, in float64 and in exact rationals, and random problems of their kind."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from scipy.optimize import minimize

from certificates import Dense, Network
from certificates.expression import parse_activation
from certificates.subjects import Objective, Squared

QUADRATIC = parse_activation("quadratic")


def network_problem(weights, outer, inputs, labels, scale=None, *, trained=(True, False)) -> Network:
    """A network problem with the given first layer, outer weights, data and labels; f = ‖·‖²/(2n) by default."""
    layers = (
        Dense(np.array(weights, dtype=float), None, trained[0]),
        Dense(np.array([outer], dtype=float), None, trained[1]),
    )
    x = np.array(inputs, dtype=float)
    y = np.array(labels, dtype=float)[:, None]
    return Network(layers, (QUADRATIC,), x, y, Objective(Squared(Fraction(1, 2 * len(x)) if scale is None else scale)))


def random_problem(rng, k, d, n, signs="positive", *, noise=1.0, gain=1.0) -> Network:
    """Gaussian data; labels of a planted rank-2 model plus noise."""
    outer = {
        "positive": np.ones(k),
        "spread": rng.uniform(0.5, 2, k),
        "mixed": np.where(np.arange(k) % 2 == 0, 1.0, -1.0) * rng.uniform(0.5, 2, k),
    }[signs]
    x, teacher = rng.normal(size=(n, d)), rng.normal(size=(2, d)) / np.sqrt(d)
    y = ((x @ teacher.T) ** 2).sum(axis=1) + noise * rng.normal(size=n)
    return network_problem(gain * rng.normal(size=(k, d)) / np.sqrt(d), outer, x, y)


def residual(w, v, x, y):
    return ((x @ w.T) ** 2) @ v - y


def loss(w, v, x, y):
    """L in the scaling 1/(2n)."""
    return float(np.sum(residual(w, v, x, y) ** 2)) / (2 * len(x))


def force(w, v, x, y):
    """G."""
    return sum(r * np.outer(a, a) for r, a in zip(residual(w, v, x, y), x, strict=True)) / len(x)


def gradient(w, v, x, y):
    """∇L, one sample at a time."""
    total = np.zeros_like(w)
    for r, a in zip(residual(w, v, x, y), x, strict=True):
        for unit in range(len(w)):
            total[unit] += r * v[unit] * 2 * (w[unit] @ a) * a
    return total / len(x)


def hessian(w, v, x, y, step=1e-5):
    """∇²L by central differences of the gradient."""
    size = w.size
    rows = []
    for index in range(size):
        e = np.zeros(size)
        e[index] = step
        e = e.reshape(w.shape)
        rows.append(((gradient(w + e, v, x, y) - gradient(w - e, v, x, y)) / (2 * step)).ravel())
    return np.array(rows)


def exact_loss(w, v, x, y) -> Fraction:
    """L as a rational, from the exact values of the doubles."""
    total = Fraction(0)
    for a, label in zip(x, y, strict=True):
        value = -Fraction(float(label))
        for row, outer in zip(w, v, strict=True):
            inner = sum((Fraction(float(p)) * Fraction(float(c)) for p, c in zip(row, a, strict=True)), Fraction(0))
            value += Fraction(float(outer)) * inner * inner
        total += value * value
    return total / (2 * len(x))


def trained(problem: Network, *, steps: int = 2_000) -> Network:
    """The same problem with its first layer moved to a local minimum of L by L-BFGS."""
    w, v = problem.layers[0].weight, problem.layers[1].weight[0]
    x, y = problem.inputs, problem.given_targets[:, 0]

    def both(flat):
        z = x @ flat.reshape(w.shape).T
        r = (z * z) @ v - y
        return r @ r / (2 * len(x)), (2 * v[:, None] * ((z * r[:, None]).T @ x) / len(x)).ravel()

    options = {"maxiter": steps, "maxfun": 2 * steps, "gtol": 1e-10, "ftol": 0.0, "maxcor": 30}
    found = minimize(both, w.ravel(), jac=True, method="L-BFGS-B", options=options)
    return network_problem(found.x.reshape(w.shape), v, x, y, problem.objective.loss.scale)


def exact_loss_at(w, units, inputs, step: Fraction, v, x, y) -> Fraction:
    """L at W + t u bᵀ as a rational."""
    moved = [
        [Fraction(float(entry)) + step * Fraction(u) * Fraction(b) for entry, b in zip(row, inputs, strict=True)]
        for row, u in zip(w, units, strict=True)
    ]
    total = Fraction(0)
    for a, label in zip(x, y, strict=True):
        value = -Fraction(float(label))
        for row, outer in zip(moved, v, strict=True):
            inner = sum((p * Fraction(float(c)) for p, c in zip(row, a, strict=True)), Fraction(0))
            value += Fraction(float(outer)) * inner * inner
        total += value * value
    return total / (2 * len(x))


def exact_gradient_square(w, v, x, y) -> Fraction:
    """‖∇L‖_F² as a rational, from the exact values of the doubles."""
    rows, data = [[[Fraction(c) for c in row] for row in np.asarray(matrix).tolist()] for matrix in (w, x)]
    outer, labels = ([Fraction(c) for c in np.asarray(vector).tolist()] for vector in (v, y))
    inner = [[sum(p * c for p, c in zip(row, a, strict=True)) for row in rows] for a in data]
    residuals = [
        sum(o * z * z for o, z in zip(outer, products, strict=True)) - label
        for products, label in zip(inner, labels, strict=True)
    ]
    total = Fraction(0)
    for unit, weight in enumerate(outer):
        for axis in range(len(data[0])):
            entry = sum(2 * r * weight * z[unit] * a[axis] for r, z, a in zip(residuals, inner, data, strict=True))
            total += (entry / len(data)) ** 2
    return total
