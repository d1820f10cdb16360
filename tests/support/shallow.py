"""Networks φ(XWᵀ)v with given and with planted labels."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from certificates import Dense, Network
from certificates.expression import parse_activation
from certificates.subjects import Objective, Squared

__all__ = ["shallow_problem"]


def shallow_problem(
    rng, d, k, n, name="tanh", *, away=0.0, trained=(True, True), residual=None, scale=None, gain=1.0
) -> Network:
    """Labels planted by a teacher at some distance, or given with a residual of that norm."""
    x, w, v = rng.normal(size=(n, d)), gain * rng.normal(size=(k, d)) / np.sqrt(d), rng.choice([-1.0, 1.0], size=(1, k))
    shifts = [rng.normal(size=part.shape) for part in (w, v)]
    size = np.sqrt(sum(np.sum(part**2) for part in shifts))
    layers = tuple(
        Dense(part + (away * shift / size if moves else 0.0), None, moves)
        for part, shift, moves in zip((w, v), shifts, trained, strict=True)
    )
    objective = Objective(Squared(Fraction(1, 2 * n) if scale is None else scale))
    activation, teacher = parse_activation(name), tuple(Dense(part, None, False) for part in (w, v))
    if residual is None:
        return Network(layers, (activation,), x, None, objective, teacher)
    from verify.numeric.mlp import FloatNetwork

    blank = Network(layers, (activation,), x, np.zeros((n, 1)), objective)
    net, noise = FloatNetwork(blank), rng.normal(size=(n, 1))
    outputs = net.residual(net.initial()).reshape(n, 1)
    return Network(layers, (activation,), x, outputs + residual * noise / np.linalg.norm(noise), objective)
