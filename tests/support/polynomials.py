"""Phase-retrieval neurons as polynomial losses, and their float64 gradients."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from verify.problems.polynomials import least_squares


def neuron(seed: int, p: int, n: int):
    """The loss (1/2n)Σ((wᵀx_i)² − (w*ᵀx_i)²)² with eighths as data: (problem, w*)."""
    rng = np.random.default_rng(seed)
    x = [[Fraction(round(v * 8), 8) for v in row] for row in rng.normal(size=(n, p)).tolist()]
    centre = tuple(Fraction(round(v * 8), 8) for v in rng.normal(size=p).tolist())
    residuals = []
    for row in x:
        label = sum(a * b for a, b in zip(row, centre, strict=True)) ** 2
        found = {(0,) * p: -label}
        for i in range(p):
            for j in range(p):
                powers = tuple(int(k == i) + int(k == j) for k in range(p))
                found[powers] = found.get(powers, Fraction(0)) + row[i] * row[j]
        residuals.append(found)
    return least_squares(residuals, Fraction(1, 2 * n)), centre


def values_and_gradients(problem, points):
    """F and ∇f in float64 at the rows of ``points``."""
    total, slopes = np.zeros(len(points)), np.zeros_like(points)
    for square in problem.squares:
        powers = np.array([term.powers for term in square.terms])
        c = np.array([float(term.coefficient) for term in square.terms])
        terms = np.prod(points[:, None, :] ** powers, axis=2)
        residual = terms @ c
        total += float(square.weight) * residual**2
        for j in range(points.shape[1]):
            lowered = powers.copy()
            lowered[:, j] = np.maximum(lowered[:, j] - 1, 0)
            slope = np.prod(points[:, None, :] ** lowered, axis=2) @ (c * powers[:, j])
            slopes[:, j] += 2 * float(square.weight) * residual * slope
    return total, slopes


def in_ball(rng, centre, radius, count):
    """Points of the ball, half of them on its boundary."""
    directions = rng.normal(size=(count, len(centre)))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    lengths = np.where(np.arange(count) % 2 == 0, 1.0, rng.uniform(size=count))
    return np.array([float(c) for c in centre]) + radius * lengths[:, None] * directions
