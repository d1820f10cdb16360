"""Small quadratic networks, honest and hostile, with loss, gradient and Hessian in exact rationals.

f(W) = s Σ_i r_i², r_i = Σ_l v_l (w_lᵀx_i)² − y_i: a polynomial, so nothing here is rounded.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from certificates import Network
from tests.support.quadratic import network_problem

__all__ = [
    "Quadratic",
    "draw_quadratic",
    "finite",
    "hostile_number",
    "lowest_curvature",
    "minimiser",
    "rational",
    "shifted",
]

_EXPONENTS = (0, 0, 0, 0, 10, -10, 60, -60, 130, -130, 250, -250)


_STUCK = 1e9  # damping beyond which floats do not descend any more


def rational(array) -> np.ndarray:
    """The exact values of an array, as an array of rationals."""
    return np.vectorize(Fraction, otypes=[object])(np.asarray(array, dtype=float))


@dataclass(frozen=True)
class Quadratic:
    """A problem, and its parts as rationals.

    Parameters
    ----------
    problem
        As the judge gets it.
    plain
        (W, v, X, y) in floats of moderate size, from which the problem was made by powers of two and by bending.
    bits
        W of the problem is W of ``plain`` times 2^bits, where nothing was bent.
    bent
        Whether some entries were made hostile after scaling.
    """

    problem: Network
    plain: tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]
    bits: int
    bent: bool

    def __post_init__(self) -> None:
        """Rationals of everything."""
        parts = (
            self.problem.layers[0].weight,
            self.problem.layers[1].weight[0],
            self.problem.inputs,
            self.problem.given_targets[:, 0],
        )
        for name, part in zip(("w", "v", "x", "y"), parts, strict=True):
            object.__setattr__(self, name, rational(part))

    w: np.ndarray = None  # set from the problem
    v: np.ndarray = None
    x: np.ndarray = None
    y: np.ndarray = None

    @property
    def units(self) -> np.ndarray:
        """Which units enter f."""
        return self.problem.layers[1].weight[0] != 0

    @property
    def inputs(self) -> np.ndarray:
        """Which inputs enter f; all where none does."""
        used = self.problem.inputs.any(axis=0)
        return used if used.any() else np.ones_like(used)

    @property
    def sizes(self) -> tuple[np.float64, np.float64, np.float64]:
        """What outputs, inputs and outer weights of ``plain`` are multiplied by; too large is ∞."""
        _, v, x, _ = self.plain
        with np.errstate(all="ignore"):
            inputs = np.abs(self.problem.inputs).max() / (np.abs(x).max() or 1.0)
            outer = np.abs(self.problem.layers[1].weight).max() / (np.abs(v).max() or 1.0)
            return np.ldexp(1.0, 2 * self.bits) * inputs**2 * outer, np.float64(inputs), np.float64(outer)

    @property
    def sign(self) -> int:
        """−1 where the judge replaces (v, y) by (−v, −y)."""
        return 1 if (self.problem.layers[1].weight > 0).any() else -1

    def residual(self, w) -> np.ndarray:
        """r(W)."""
        return ((self.x @ w.T) ** 2) @ self.v - self.y

    def loss(self, w) -> Fraction:
        """f(W)."""
        return self.problem.objective.loss.scale * Fraction(sum(self.residual(w) ** 2))

    def gradient(self, w) -> np.ndarray:
        """∇f(W)."""
        hidden = self.x @ w.T
        force = (hidden * self.residual(w)[:, None] * self.v[None, :]).T @ self.x
        return 4 * self.problem.objective.loss.scale * force

    def curvature(self, w, u) -> Fraction:
        """D²f(W)[U, U]."""
        hidden, moved = self.x @ w.T, self.x @ u.T
        slope, bend = 2 * ((hidden * moved) @ self.v), 2 * (moved**2 @ self.v)
        return Fraction(2 * self.problem.objective.loss.scale * sum(slope**2 + self.residual(w) * bend))

    def best_loss(self, rng: np.random.Generator, starts: int) -> Fraction:
        """The least loss that is found: f at weights that a search in floats proposes."""
        w, v, x, y = self.plain
        found = [minimiser(start, v, x, y) for start in (w, *rng.normal(size=(starts, *w.shape)))]
        points = [np.zeros_like(w), w, *found]
        scale = Fraction(2) ** self.bits
        return min(self.loss(self.w), *(self.loss(rational(p) * scale) for p in points if np.isfinite(p).all()))


def minimiser(start, v, x, y, iterations=40):
    """Where a damped Newton method in floats stops: Levenberg's steps, then Newton's where they descend."""
    w, damping = start, 1.0
    value, slope, square, hessian = _model(w, v, x, y)
    for iteration in range(iterations):
        matrix = hessian if iteration % 2 and iteration > iterations // 2 else square
        step = np.linalg.lstsq(matrix + damping * np.eye(len(slope)), slope, rcond=None)[0].reshape(w.shape)
        found = _model(w - step, v, x, y)
        if found[0] < value:
            w, (value, slope, square, hessian), damping = w - step, found, max(damping / 10, 1e-14)
        elif (damping := 4 * damping) > _STUCK:
            break
    return w


def _model(w, v, x, y):
    """‖r‖²/2, its gradient, JᵀJ and its Hessian."""
    hidden = x @ w.T
    r = (hidden**2) @ v - y
    jacobian = 2 * ((hidden * v)[:, :, None] * x[:, None, :]).reshape(len(x), -1)
    square = jacobian.T @ jacobian
    return r @ r / 2, r @ jacobian, square, square + np.kron(np.diag(2 * v), (x * r[:, None]).T @ x)


def lowest_curvature(w, v, x, y) -> tuple[float, float]:
    """‖∇‖ and the least eigenvalue of the Hessian of ‖r‖²/2."""
    _, slope, _, hessian = _model(w, v, x, y)
    return float(np.linalg.norm(slope)), float(np.linalg.eigvalsh(hessian)[0])


def hostile_number(rng: np.random.Generator) -> float:
    """Zero, the least numbers, ulp-neighbours of 1, or a power of two of any size."""
    sign = rng.choice([-1.0, 1.0])
    pool = (0.0, 5e-324, 2.0**-1022, 2.0**-540, np.nextafter(1, 2), np.nextafter(1, 0), 2.0**300)
    return float(sign * (rng.choice(pool) if rng.random() < 0.7 else 2.0 ** rng.uniform(-600, 200)))


def finite(numbers) -> tuple[float, ...]:
    """Floats that a file can hold."""
    return tuple(float(number) for number in np.nan_to_num(np.asarray(numbers), posinf=1e308, neginf=-1e308))


def shifted(number: float, rng: np.random.Generator, room: float = 1e-6) -> float:
    """A guess close to a number: below or above it by a share of its size that varies over orders of magnitude."""
    share = rng.choice([0.0, 1e-15, 1e-9, room, 1e-3, 0.3])
    return float(number * (1 - rng.choice([-1, 1], p=[0.2, 0.8]) * share))


def _plain(rng: np.random.Generator, signs: str, sizes):
    k, d, n = sizes
    v = rng.uniform(0.5, 2, k)
    v *= {"positive": 1, "negative": -1, "mixed": rng.choice([-1, 1], k)}[signs]
    w, x = rng.normal(size=(k, d)), rng.normal(size=(n, d))
    if rng.random() < 0.5:  # few bits: exact ties, exact zeros
        w, x = np.rint(2 * w) / 2, np.rint(2 * x) / 2
    y = rng.choice([0.0, 1.0, 3.0]) * rng.normal(size=n)
    if rng.random() < 0.3:
        y = ((x @ rng.normal(size=(2, d)).T) ** 2).sum(axis=1) + rng.choice([0.0, 0.3]) * y
    if rng.random() < 0.15:
        v[rng.integers(k)] = 0.0
    if rng.random() < 0.15:
        x[rng.integers(n)] = x[0] * rng.choice([1.0, -1.0, 1 + 2.0**-40])
    if rng.random() < 0.15:
        x[:, rng.integers(d)] = 0.0
    if rng.random() < 0.2:
        w *= rng.choice([0.0, 1e-3])
    return w, v, x, y


def draw_quadratic(
    rng: np.random.Generator,
    signs: str | None = None,
    *,
    sizes: tuple[int, int, int] | None = None,
    trained: float = 0.5,
    near_fit: float = 0.0,
    hostile: float = 0.15,
) -> Quadratic:
    """A random problem: at a minimum or not, scaled by powers of two, some with hostile entries.

    Parameters
    ----------
    rng, signs, sizes
        The outer weights' signs and (k, d, n); drawn where they are not given.
    trained, near_fit, hostile
        How often the weights are moved to a minimum, the labels close to the outputs, and entries bent.
    """
    signs = signs or str(rng.choice(["positive", "negative", "mixed"]))
    w, v, x, y = _plain(rng, signs, sizes or tuple(int(size) for size in rng.integers(1, [5, 4, 7])))
    if rng.random() < trained:
        moved = minimiser(w, v, x, y)
        w = moved if np.isfinite(moved).all() else w
    if rng.random() < near_fit:
        y = ((x @ w.T) ** 2) @ v + rng.choice([0.0, 1e-6, 1e-3, 0.1]) * rng.normal(size=len(y))
    a, b, c = (int(rng.choice(_EXPONENTS)) for _ in range(3)) if rng.random() < 0.5 else (0, 0, 0)
    scale = Fraction(1, 2 * len(x)) if rng.random() < 0.5 else Fraction(int(rng.integers(1, 99)), 7)
    with np.errstate(all="ignore"):
        parts = [np.ldexp(part, power) for part, power in ((w, b), (v, c), (x, a), (y, 2 * a + 2 * b + c))]
    bent = rng.random() < hostile
    if bent:
        part = parts[rng.integers(4)].reshape(-1)
        part[rng.integers(part.size)] = hostile_number(rng)
    problem = network_problem(*parts, scale * Fraction(2) ** int(rng.choice([0, 0, 0, 300, -300])))
    return Quadratic(problem, (w, v, x, y), b, bent)


def with_labels(instance: Quadratic, labels: np.ndarray) -> Quadratic:
    """The same network with other labels."""
    return replace(instance, problem=replace(instance.problem, targets=labels[:, None]))
