"""One hidden layer under a frozen output, labels planted by a teacher: random problems, and theory's small ones."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from certificates import Dense, Network
from certificates.expression import parse_activation
from certificates.subjects import Objective, Squared

__all__ = ["frozen_problem", "random_frozen", "vector_9_2"]


def frozen_problem(student, teacher, outer, inputs, activation, *, scale=None, bias=None) -> Network:
    """s‖Vφ(Wx + b) − Vφ(W*x)‖²; s = 1/2n by default, so that f = L."""
    weights, planted, v, x = (np.array(each, dtype=float) for each in (student, teacher, outer, inputs))
    out = Dense(np.atleast_2d(v), None, False)
    return Network(
        (Dense(weights, None if bias is None else np.array(bias, dtype=float), True), out),
        (parse_activation(activation),),
        x,
        None,
        Objective(Squared(Fraction(1, 2 * len(x)) if scale is None else scale)),
        (Dense(planted, None, False), out),
    )


def random_frozen(
    rng, activation, units, dimension, samples, *, away=0.0, bits=16, biased=False, outputs=1, scale=None
) -> Network:
    """Gaussian inputs, orthonormal rows where there is room, v = ±1; a start at some distance."""
    x = np.rint(rng.normal(size=(samples, dimension)) * 2.0**bits) / 2.0**bits
    planted = np.linalg.qr(rng.normal(size=(max(dimension, units), units)))[0].T[:, :dimension]
    outer = rng.choice([-1.0, 1.0], size=(outputs, units))
    start = planted + away * rng.normal(size=planted.shape) / np.sqrt(planted.size)
    bias = away * rng.normal(size=units) / units if biased else None
    return frozen_problem(start, planted, outer, x, activation, scale=scale, bias=bias)


def vector_9_2(activation="tanh") -> Network:
    """Test vector 9.2: eight samples with short coordinates, two units, W* = I."""
    rows = [(1, 0), (0, 1), (0.6, 0.8), (-0.8, 0.6), (1, 1), (1, -1), (2, 1), (-1, 2)]
    return frozen_problem(np.eye(2), np.eye(2), [1, 1], rows, activation)
