"""`second-order-stationary`: exact gradient, exact curvature along the lowest eigenvector, and better weights."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from certificates import Accepted
from certificates.claims.second_order_stationary import Claim, Evidence
from tests.support import quadratic as naive
from tests.truth._quadratic import Quadratic, draw_quadratic, finite, rational, shifted
from tests.truth.held import Held, at_most, root_below
from tests.truth.trial import Case

SAMPLE = 15

_HUGE = 1e308


def draw(rng: np.random.Generator) -> Case:
    """Points near minima and far from them; each optional part of the evidence now and then, most guesses close."""
    instance = draw_quadratic(rng, trained=0.7)
    w, v, x, y = instance.plain
    used = instance.inputs
    x, w = x[:, used], w[:, used]
    low, high = np.linalg.eigvalsh(naive.force(w, v, x, y) * instance.sign)[[0, -1]]
    outputs, inputs, outer = instance.sizes
    options = _options(rng, instance, (w, v, x, y))
    with np.errstate(all="ignore"):
        sizes = {
            "hessian_shift": outputs * inputs**2 * outer,
            "covariance_shift": inputs**2,
            "moment_shift": inputs**4,
            "gram_shift": inputs**4,
            "fourth_moment_shift": inputs**4,
        }
        options = {name: finite([value * sizes[name]])[0] for name, value in options.items()}
        room = float(rng.choice([0.0, 1e-9, 1e-3, 0.5])) * (1 + abs(high) + abs(low))
        force = finite([(low - room) * outputs * inputs**2, (high + room) * outputs * inputs**2])
        theta = Fraction(finite([rng.choice([0.0, 0.5, 1.0]) * inputs**4])[0])
    units = tuple(rng.normal(size=int(instance.units.sum())).tolist()) if rng.random() < 0.3 else ()
    evidence = Evidence(*force, theta=theta, units=units, **options)
    seed = int(rng.integers(2**32))
    return Case(Claim(_HUGE, _HUGE, _HUGE), evidence, instance.problem, lambda verdict: _truth(verdict, instance, seed))


def _options(rng: np.random.Generator, instance: Quadratic, parts) -> dict[str, float]:
    """Optional shifts of the plain problem, each with its own chance."""
    x = parts[2]
    n, d = x.shape
    rows, columns = np.triu_indices(d)
    pairs = x[:, rows] * x[:, columns] * np.where(rows == columns, 1.0, np.sqrt(2.0))
    found = {
        "hessian_shift": lambda: _hessian(*parts)[0][0] - 1e-9,
        "covariance_shift": lambda: np.linalg.eigvalsh(x.T @ x / n)[0],
        "moment_shift": lambda: np.linalg.eigvalsh(pairs.T @ pairs / n)[0],
        "gram_shift": lambda: np.linalg.eigvalsh((x @ x.T) ** 2)[0],
        "fourth_moment_shift": lambda: 1.001 * np.linalg.eigvalsh(pairs.T @ pairs / n)[-1] + 1e-9,
    }
    return {
        name: shifted(float(value()), rng) if name != "fourth_moment_shift" else float(value())
        for name, value in found.items()
        if rng.random() < 0.3
    }


def _hessian(w, v, x, y):
    """Eigenvalues and vectors of ∇²L in floats."""
    hidden = x @ w.T
    r = (hidden**2) @ v - y
    jacobian = 2 * ((hidden * v)[:, :, None] * x[:, None, :]).reshape(len(x), -1)
    matrix = jacobian.T @ jacobian + np.kron(np.diag(2 * v), (x * r[:, None]).T @ x)
    return np.linalg.eigh(matrix / len(x))


def _truth(verdict: Accepted, instance: Quadratic, seed: int) -> Iterator[Held]:
    proved: Claim = verdict.proved
    square = Fraction((instance.gradient(instance.w) ** 2).sum())
    yield at_most("gradient_norm", proved.gradient_norm, root_below(square))
    vectors = _hessian(*instance.plain)[1]
    for index in (0, -1):
        direction = rational(vectors[:, index].reshape(instance.w.shape))
        form = instance.curvature(instance.w, direction) / Fraction((direction**2).sum())
        yield at_most("curvature_deficit", proved.curvature_deficit, -form)
    best = instance.best_loss(np.random.default_rng(seed), 2)
    yield at_most("gap", proved.gap, instance.loss(instance.w) - best)
