"""`optimality-gap`: f at better weights, found by Newton's method from many starts and evaluated in rationals."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from certificates import Accepted
from certificates.claims.optimality_gap import Claim, Evidence
from tests.support import quadratic as naive
from tests.truth._quadratic import Quadratic, draw_quadratic, finite, hostile_number, shifted
from tests.truth.held import Held, at_most
from tests.truth.trial import Case

SAMPLE = 20


def draw(rng: np.random.Generator) -> Case:
    """Dual points, near the network's own residual or not; matrices near a least-squares solution; hostile entries."""
    instance = draw_quadratic(rng, trained=0.6)
    method = str(rng.choice(["dual", "self-dual", "self-dual", "least-squares", "nonnegative"]))
    evidence = _EVIDENCE[method](rng, instance)
    seed = int(rng.integers(2**32))
    return Case(Claim(1e308), evidence, instance.problem, lambda verdict: _truth(verdict, instance, seed))


def _dual(rng: np.random.Generator, instance: Quadratic) -> Evidence:
    w, v, x, y = instance.plain
    own = instance.sign * naive.residual(w, v, x, y)
    nu = own + rng.choice([0.0, 0.01, 1.0]) * np.abs(rng.normal(size=len(x)))
    if rng.random() < 0.3:
        nu = rng.normal(size=len(x)) + rng.choice([0.0, 1.0, 3.0])
    outputs, inputs, _ = instance.sizes
    least = float(np.linalg.eigvalsh((x * nu[:, None]).T @ x / len(x))[0])
    with np.errstate(all="ignore"):
        scaled, size = nu * outputs, outputs * inputs**2
        if rng.random() < 0.1:
            scaled[rng.integers(len(scaled))] = hostile_number(rng)
        return Evidence("dual", finite([shifted(least, rng) * size])[0], 0.0, finite(scaled), _columns(rng, instance))


def _self_dual(rng: np.random.Generator, instance: Quadratic) -> Evidence:
    w, v, x, y = instance.plain
    own = instance.sign * naive.residual(w, v, x, y)
    t = float(rng.choice([0.0, 1e-12, 1e-6, 0.1, 1.0, 5.0]))
    least = float(np.linalg.eigvalsh((x * (own + t)[:, None]).T @ x / len(x))[0])
    outputs, inputs, _ = instance.sizes
    with np.errstate(all="ignore"):
        shift, moved = finite([shifted(least, rng) * outputs * inputs**2, t * outputs])
    return Evidence("self-dual", shift, moved, (), _columns(rng, instance))


def _columns(rng: np.random.Generator, instance: Quadratic) -> tuple[int, ...]:
    """Inputs that span the others, or are said to."""
    d = int(instance.inputs.sum())
    if rng.random() < 0.7:
        return ()
    return tuple(sorted(rng.choice(d, size=int(rng.integers(1, d + 1)), replace=False).tolist()))


def _least_squares(rng: np.random.Generator, instance: Quadratic) -> Evidence:
    *_, x, y = instance.plain
    d, used = int(instance.inputs.sum()), instance.inputs
    x = x[:, used]
    rows, columns = np.triu_indices(d)
    features = x[:, rows] * x[:, columns] * np.where(rows == columns, 1.0, 2.0)
    matrix = np.linalg.lstsq(features, instance.sign * y, rcond=None)[0]
    matrix = matrix * (1 + rng.choice([0.0, 1e-9, 0.1]) * rng.normal(size=matrix.shape))
    orthonormal = x[:, rows] * x[:, columns] * np.where(rows == columns, 1.0, np.sqrt(2.0))
    least = float(np.linalg.eigvalsh(orthonormal.T @ orthonormal / len(x))[0])
    outputs, inputs, _ = instance.sizes
    with np.errstate(all="ignore"):
        return Evidence(
            "least-squares", finite([shifted(least, rng) * inputs**4])[0], 0.0, finite(matrix * outputs / inputs**2)
        )


_EVIDENCE = {
    "dual": _dual,
    "self-dual": _self_dual,
    "least-squares": _least_squares,
    "nonnegative": lambda _rng, _instance: Evidence("nonnegative"),
}


def _truth(verdict: Accepted, instance: Quadratic, seed: int) -> Iterator[Held]:
    best = instance.best_loss(np.random.default_rng(seed), 2)
    yield at_most("gap", verdict.proved.gap, instance.loss(instance.w) - best)
