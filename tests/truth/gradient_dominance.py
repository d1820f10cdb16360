"""`gradient-dominance`: the least ‖∇f‖²/2f by hill-climbing in the ball, and descents enclosed in Arb."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from certificates import Accepted
from certificates.claims.gradient_dominance import Claim, Descent, Evidence
from tests.truth._balls import balls, bits, high, low, norm, to_ball
from tests.truth._quadratic import Quadratic, draw_quadratic, finite, rational, shifted
from tests.truth.held import Held, at_least, at_most
from tests.truth.trial import Case

SAMPLE = 40

_STEPS = 24


def draw(rng: np.random.Generator) -> Case:
    """Near fits with fewer samples than weights; the closed form, and the matrix inequality with simple multipliers."""
    sizes = int(rng.integers(1, 5)), int(rng.integers(1, 4)), int(rng.integers(1, 5))
    instance = draw_quadratic(rng, sizes=sizes, trained=0.3, near_fit=0.8)
    with np.errstate(all="ignore"):
        evidence = (_ball if rng.random() < 0.7 else _inequality)(rng, instance)
    descent = Descent(1e308, 5e-324, 5e-324) if rng.random() < 0.6 else None
    seed = int(rng.integers(2**32))
    claim = Claim(5e-324, 5e-324, descent)
    return Case(claim, evidence, instance.problem, lambda verdict: _truth(verdict, instance, seed))


def _ball(rng: np.random.Generator, instance: Quadratic) -> Evidence:
    w, v, x, _ = instance.plain
    hidden = x @ w.T * v
    least = float(np.linalg.eigvalsh(4 * (hidden @ hidden.T) * (x @ x.T))[0])
    theta, top = float(rng.choice([0.0, 0.0, 0.5, 1.0])), _fourth(x)
    reach = np.sqrt(max(least, 0.0) / (4 * np.max(v * v) * len(x) * top)) if top > 0 else 1.0
    radius = float(reach or 1.0) * 10.0 ** rng.uniform(-3, 0.1)
    outputs, inputs, outer = instance.sizes
    numbers = (
        np.ldexp(radius, instance.bits),
        theta * inputs**4,
        (top + theta) * rng.choice([1.0001, 1.5]) * inputs**4,
        shifted(least, rng) * outputs * inputs**2 * outer,
    )
    return Evidence("ball", *finite(numbers))


def _fourth(x) -> float:
    """λ_max(T), a bound of the fourth moments."""
    rows, columns = np.triu_indices(x.shape[1])
    pairs = x[:, rows] * x[:, columns] * np.where(rows == columns, 1.0, np.sqrt(2.0))
    return float(np.linalg.eigvalsh(pairs.T @ pairs / len(x))[-1])


def _inequality(rng: np.random.Generator, instance: Quadratic) -> Evidence:
    """S a multiple of I, Θ = 0 or noise, and a constant that floats find."""
    problem, units, used = instance.problem, instance.units, instance.inputs
    w, v = problem.layers[0].weight[np.ix_(units, used)], problem.layers[1].weight[0][units]
    x, n, p = problem.inputs[:, used], len(problem.inputs), w.size
    if p == 0:
        v, w, p = np.ones(1), np.zeros((1, x.shape[1])), x.shape[1]
    jacobians = [2 * ((x @ u.T * v)[:, :, None] * x[:, None, :]).reshape(n, -1) for u in (w, *_units(w.shape))]
    blocks = [[a @ b.T / n**2 for b in jacobians] for a in jacobians]
    kernel = np.block([[(block + block.T) / 2 for block in row] for row in blocks])
    corner, side, rest = kernel[:n, :n], kernel[:n, n:], kernel[n:, n:]
    size = float(np.trace(corner)) / n
    radius = float(np.linalg.norm(w) or 1.0) * 10.0 ** rng.uniform(-4, -0.5)
    spread = size / radius**2 * 10.0 ** rng.uniform(-2, -0.1)
    slack = rest + spread * np.eye(len(rest))
    found = np.nan_to_num(corner - radius**2 * spread * np.eye(n), posinf=0, neginf=0)
    if np.isfinite(slack).all() and np.isfinite(side).all():
        found = found - np.nan_to_num(side @ np.linalg.lstsq(slack, side.T, rcond=None)[0], posinf=0, neginf=0)
    least = float(np.linalg.eigvalsh((found + found.T) / 2)[0])
    constant = max(0.0, shifted(least * n, rng)) * 2 * n * np.float64(float(problem.objective.loss.scale))
    triangle = [spread if a == b else 0.0 for a in range(n) for b in range(a + 1)]
    twists = rng.choice([0.0, 0.0, 1e-6]) * size * rng.normal(size=p * (p + 1) // 2 * (n * (n - 1) // 2))
    numbers = radius, _fourth(x) * 1.01, float(constant)
    radius, moment, constant = finite(numbers)
    return Evidence("lmi", radius, 0.0, moment, 0.0, constant, finite(triangle), finite(twists))


def _units(shape):
    return [unit.reshape(shape) for unit in np.eye(shape[0] * shape[1])]


def _truth(verdict: Accepted, instance: Quadratic, seed: int) -> Iterator[Held]:
    proved: Claim = verdict.proved
    rng = np.random.default_rng(seed)
    witness = _least_quotient(rng, instance, Fraction(proved.radius))
    if witness is not None:
        yield at_least("constant", proved.constant, witness)
    if proved.descent is not None:
        yield from _longer_steps(instance, proved.descent)
        yield from _descents(instance, proved.descent, float(rng.choice([1.0, 1.0, 0.5])))


def _least_quotient(rng: np.random.Generator, instance: Quadratic, radius: Fraction) -> Fraction | None:
    """The least ‖∇f‖²/2f that is found in the ball, exactly."""
    plain = float(radius / Fraction(2) ** instance.bits)
    step, length, best = np.zeros(instance.w.shape), plain, _quotient(instance.plain, 0.0)
    for trial in range(60):
        move = step + length * rng.normal(size=step.shape)
        size = np.linalg.norm(move)
        if size > plain or trial % 3 == 0:
            move *= plain / (size or 1.0)
        found = _quotient(instance.plain, move)
        if found < best:
            step, best = move, found
        elif trial % 4 == 3:
            length *= 0.6
    points = [rational(step) * Fraction(2) ** instance.bits, np.zeros_like(instance.w)]
    return min(
        (value for point in points if (value := _exact_quotient(instance, point, radius)) is not None), default=None
    )


def _quotient(parts, move) -> float:
    w, v, x, y = parts
    hidden = x @ (w + move).T
    r = (hidden**2) @ v - y
    slope = (hidden * r[:, None] * v).T @ x
    return float(np.sum(slope**2) / (r @ r)) if r @ r > 0 else np.inf


def _exact_quotient(instance: Quadratic, move, radius: Fraction) -> Fraction | None:
    """‖∇f‖²/2f at W + move, shrunk into the ball; ``None`` where f = 0."""
    while Fraction((move**2).sum()) > radius**2:
        move = move * (1 - Fraction(1, 2**40))
    value = instance.loss(instance.w + move)
    if value == 0:
        return None
    return Fraction((instance.gradient(instance.w + move) ** 2).sum()) / (2 * value)


def _longer_steps(instance: Quadratic, proved: Descent) -> Iterator[Held]:
    """A multiple of the largest step with which the loss grows, in the units of the plain problem."""
    if instance.bent:
        return
    w, v, x, y = instance.plain
    outputs, inputs, outer = instance.sizes
    factor = (
        4 * float(instance.problem.objective.loss.scale) * outputs * inputs**2 * outer
    )  # ∇f of W is that of ‖r‖²/4 times this
    for doublings in range(1, 12):
        step, moved = proved.step_size_max * 2.0**doublings, w
        start = np.sum((((x @ w.T) ** 2) @ v - y) ** 2)
        for _ in range(20):
            hidden = x @ moved.T
            r = (hidden**2) @ v - y
            moved = moved - step * factor * ((hidden * r[:, None] * v).T @ x)
        end = np.sum((((x @ moved.T) ** 2) @ v - y) ** 2)
        if np.isfinite(step * factor) and start > 0 and not end <= 2 * start:
            yield at_least("descent.step_size_max", proved.step_size_max, step)
            return


def _descents(instance: Quadratic, proved: Descent, share: float) -> Iterator[Held]:
    """Descent with a share of the largest step: how far it goes, how fast it falls."""
    with bits(400):
        w, v, x, y = (balls(part) for part in (instance.w, instance.v, instance.x, instance.y))
        step, scale = (
            to_ball(Fraction(proved.step_size_max) * Fraction(share)),
            to_ball(instance.problem.objective.loss.scale),
        )
        start, losses, farthest = w, [], Fraction(0)
        for _ in range(_STEPS):
            hidden = x @ w.T
            r = (hidden * hidden) @ v - y
            losses.append(scale * np.sum(r * r))
            w = w - step * 4 * scale * ((hidden * r[:, None] * v[None, :]).T @ x)
            farthest = max(farthest, low(norm(w - start)))
        yield at_most("descent.radius", proved.radius, farthest)
        for index, value in enumerate(losses[1:], 1):
            if losses[0] > 0 and value > 0:
                root = (value / losses[0]).root(index) if index > 1 else value / losses[0]
                yield at_least("descent.decrease_rate", proved.decrease_rate, high((1 - root) / step))
