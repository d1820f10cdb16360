"""`global-landscape`: Rayleigh quotients of the Gram matrix, weights that fit any labels, and where descent ends."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from certificates import Accepted
from certificates.claims.global_landscape import Claim, Evidence
from tests.truth._quadratic import Quadratic, draw_quadratic, finite, lowest_curvature, minimiser, rational, shifted
from tests.truth.held import Held, at_least, statement
from tests.truth.trial import Case

SAMPLE = 40

_BEST_CONDITION = 1e6


def draw(rng: np.random.Generator) -> Case:
    """Few inputs and many units; κ is claimed where all labels can be fitted, and elsewhere."""
    sizes = int(rng.integers(1, 8)), int(rng.integers(1, 4)), int(rng.integers(1, 7))
    instance = draw_quadratic(rng, sizes=sizes, trained=0.0)
    x = instance.plain[2]
    with np.errstate(all="ignore"):
        guess = finite([shifted(float(np.linalg.eigvalsh((x @ x.T) ** 2)[0]), rng) * instance.sizes[1] ** 4])[0]
    claim = Claim(5e-324) if rng.random() < 0.8 else Claim()
    seed = int(rng.integers(2**32))
    return Case(claim, Evidence(guess), instance.problem, lambda verdict: _truth(verdict, instance, seed))


def _truth(verdict: Accepted, instance: Quadratic, seed: int) -> Iterator[Held]:
    positive, negative, d = (instance.v > 0).sum(), (instance.v < 0).sum(), int(instance.inputs.sum())
    claimed = verdict.proved.gram_eigenvalue is not None
    one_sign = max(positive, negative) >= d and min(positive, negative) == 0
    yield statement("signs", min(positive, negative) >= d or (one_sign and not claimed))
    rng = np.random.default_rng(seed)
    w, v, x, _ = instance.plain
    if claimed:
        vector = rational(np.linalg.eigh((x @ x.T) ** 2)[1][:, 0])
        form = vector @ ((instance.x @ instance.x.T) ** 2) @ vector
        yield at_least("gram_eigenvalue", verdict.proved.gram_eigenvalue, Fraction(form) / Fraction(vector @ vector))
        if not instance.bent and np.linalg.cond((x @ x.T) ** 2) < _BEST_CONDITION:
            yield statement("labels fitted", _fits(v, x, rng.normal(size=len(x))))
    if not instance.bent:
        labels = rng.normal(size=len(x))
        ends = [minimiser(start, v, x, labels, 120) for start in rng.normal(size=(4, *w.shape))]
        yield statement("no spurious minimum", not _spurious(ends, v, x, labels))


def _fits(v, x, labels) -> bool:
    """Weights with these outputs, made from the eigenvectors of the symmetric matrix that has them."""
    used = x.any(axis=0)
    x = x[:, used]
    matrix = (x * np.linalg.solve((x @ x.T) ** 2, labels)[:, None]).T @ x
    values, vectors = np.linalg.eigh(matrix)
    w = np.zeros((len(v), x.shape[1]))
    free = {1: list(np.flatnonzero(v > 0)), -1: list(np.flatnonzero(v < 0))}
    for value, vector in zip(values, vectors.T, strict=True):
        if value != 0:
            unit = free[1 if value > 0 else -1].pop()
            w[unit] = np.sqrt(value / v[unit]) * vector
    return bool(np.abs(((x @ w.T) ** 2) @ v - labels).max() < 1e-6 * np.abs(labels).max())


def _spurious(ends, v, x, labels) -> bool:
    """Whether descent ends at a minimum above another."""
    losses = [float(np.sum((((x @ w.T) ** 2) @ v - labels) ** 2)) for w in ends]
    best, size = min(losses), float(labels @ labels)
    for w, loss in zip(ends, losses, strict=True):
        slope, least = lowest_curvature(w, v, x, labels)
        if loss > best + 1e-4 * size and slope < 1e-9 * size and least > 1e-9 * size:
            return True  # a strict minimum; where the Hessian is nearly singular nothing is said
    return False
