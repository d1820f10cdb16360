"""Planted quadratic networks: exact descents of small ones, and their distance to the teacher up to rotation."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from flint import arb

from certificates import Network
from certificates.language.local_constants import LocalConstants
from tests.support.planted import planted_problem
from tests.truth._balls import to_ball
from tests.truth._quadratic import finite, hostile_number, shifted

__all__ = ["descend", "distance", "draw_constants", "draw_planted"]


def draw_planted(rng: np.random.Generator, away: float) -> Network:
    """One or two hidden units, up to three inputs; data and teacher scaled by powers of two."""
    r = int(rng.integers(1, 3))
    d = int(rng.integers(r, 4))
    m = int(rng.integers(1, 20))
    x = np.rint(rng.normal(size=(m, d)) * 8) / 8
    teacher = np.rint(rng.normal(size=(r, d)) * 16) / 16
    if rng.random() < 0.6:
        teacher = np.linalg.qr(rng.normal(size=(d, r)))[0].T * rng.uniform(0.7, 1.3, size=(r, 1))
    if rng.random() < 0.1:
        teacher[-1] = teacher[0] * rng.choice([0.0, 1.0, 1 + 2.0**-30])
    student = teacher + away * rng.normal(size=teacher.shape)
    size = 2.0 ** int(rng.choice([0, 0, 0, 20, -20, 100, -100]))
    inputs = 2.0 ** int(rng.choice([0, 0, 0, 20, -20, 100, -100]))
    scale = Fraction(1, 4 * m) * Fraction(2) ** int(rng.choice([0, 0, 0, 60, -60]))
    x = x * inputs
    if rng.random() < 0.1:
        x[rng.integers(m), rng.integers(d)] = hostile_number(rng)
    return planted_problem(student * size, teacher * size, x, scale)


def draw_constants(rng: np.random.Generator, problem: Network) -> tuple[LocalConstants, float, float]:
    """Guesses at the constants near the teacher, and λ and Λ themselves in floats."""
    x, teacher = problem.inputs, problem.teacher[0].weight
    with np.errstate(all="ignore"):
        z = np.einsum("nr,nd->nrd", x @ teacher.T, x).reshape(len(x), -1)
        form = np.nan_to_num(z.T @ z / len(x), posinf=1e300, neginf=-1e300)
        rows, columns = np.triu_indices(x.shape[1])
        pairs = x[:, rows] * x[:, columns] * np.where(rows == columns, 1.0, np.sqrt(2.0))
        fourth = float(np.linalg.eigvalsh(np.nan_to_num(pairs.T @ pairs / len(x), posinf=1e300))[-1])
    top = float(np.linalg.eigvalsh(form)[-1])
    vertical = _vertical(teacher)
    square = vertical.T @ vertical
    weight = float(rng.choice([1.0, 4.0])) * top / (np.trace(square) or 1.0)
    least = float(np.linalg.eigvalsh(form + weight * square)[0])
    numbers = (
        shifted(least, rng),
        top * rng.choice([1 + 1e-6, 1 + 1e-3, 1.5, 0.99]),
        weight,
        fourth * rng.choice([1.001, 2]),
    )
    return LocalConstants(*finite(numbers), Fraction(0)), least, top


def _vertical(teacher) -> np.ndarray:
    """The direction of rotation of two units, flat; none for one unit."""
    if len(teacher) == 1:
        return np.zeros((1, teacher.size))
    return np.concatenate([teacher[1], -teacher[0]])[None, :]


def distance(w, teacher) -> arb:
    """The least ‖PW − W°‖ over orthogonal P: ‖W‖² + ‖W°‖² − 2‖WW°ᵀ‖_*, written without cancellation.

    For one or two rows the nearest P is known in closed form, so that W is turned and the difference taken.
    """
    best = None
    cross = w @ teacher.T
    for sign in (1, -1):
        turned = _turned(w, cross, sign)
        if turned is None:
            continue
        difference = turned - teacher
        square = np.sum(difference * difference)
        best = square if best is None or square.mid() < best.mid() else best
    return best.nonnegative_part().sqrt()


def _turned(w, cross, sign: int):
    """PW for the best P of determinant ``sign``."""
    if len(w) == 1:
        return sign * w
    # P = [[c, −εs], [s, εc]], ε = sign; tr(P WW°ᵀ) = c (a + ε d) + s (…): (c, s) points that way
    a, b, c, d = cross[0, 0], cross[0, 1], cross[1, 0], cross[1, 1]
    along, across = a + sign * d, b - sign * c
    size = (along * along + across * across).nonnegative_part().sqrt()
    if not size > 0:
        return None
    cosine, sine = along / size, across / size
    return np.array([cosine * w[0] - sign * sine * w[1], sine * w[0] + sign * cosine * w[1]])


def descend(w, teacher, x, step: arb):
    """One step of gradient descent on 𝓛 = (1/4m)Σ(‖Wx_i‖² − ‖W°x_i‖²)²."""
    hidden, planted = x @ w.T, x @ teacher.T
    r = np.sum(hidden * hidden, axis=1) - np.sum(planted * planted, axis=1)
    return w - step * ((hidden * r[:, None]).T @ x) / to_ball(len(x))
