"""Planted quadratic networks: random problems, and their loss written one sample at a time."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from certificates import Dense, Network
from certificates.subjects import Objective, Squared
from tests.support.quadratic import QUADRATIC


def planted_problem(weights, planted, inputs, scale=None) -> Network:
    """‖Wx‖² with the labels ‖W°x‖²; f = ‖·‖²/(4m), so that η = μ, by default."""
    student, teacher = (np.array(each, dtype=float) for each in (weights, planted))
    x = np.array(inputs, dtype=float)
    return Network(
        (Dense(student, None, True), Dense(np.ones((1, len(student))), None, False)),
        (QUADRATIC,),
        x,
        None,
        Objective(Squared(Fraction(1, 4 * len(x)) if scale is None else scale)),
        (Dense(teacher, None, False), Dense(np.ones((1, len(teacher))), None, False)),
    )


def random_planted(rng, d, r, m, *, scale=None, bits=16, away=1.0) -> Network:
    """Gaussian data rounded to multiples of 2^−bits, a well-conditioned teacher, a start at some distance from it."""
    x = np.rint(rng.normal(size=(m, d)) * 2.0**bits) / 2.0**bits
    planted = np.linalg.qr(rng.normal(size=(d, r)))[0].T * rng.uniform(0.8, 1.2, size=(r, 1))
    return planted_problem(planted + away * rng.normal(size=(r, d)) / np.sqrt(d), planted, x, scale)


def gradient(w, planted, x):
    """∇𝓛(W) of 𝓛 = (1/4m)Σ(‖Wx_i‖² − ‖W°x_i‖²)², one sample at a time."""
    total = np.zeros_like(w)
    for row in x:
        residual = np.sum((w @ row) ** 2) - np.sum((planted @ row) ** 2)
        total = total + residual * np.outer(w @ row, row)
    return total / len(x)


def loss(w, planted, x):
    """𝓛(W)."""
    return float(np.mean((((x @ w.T) ** 2).sum(axis=1) - ((x @ planted.T) ** 2).sum(axis=1)) ** 2)) / 4


def fast_gradient(w, planted, x):
    """The same for all samples at once."""
    hidden = x @ w.T
    residual = (hidden**2).sum(axis=1) - ((x @ planted.T) ** 2).sum(axis=1)
    return (hidden * residual[:, None]).T @ x / len(x)
