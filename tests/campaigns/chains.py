"""Chains of operations on hostile balls, many at a time: built, changed a little, run, and compared with the truth."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any

import numpy as np
from flint import arb

from certificates.arithmetic.arb import precision
from certificates.errors import EnclosureFailure
from tests.campaigns.operations import EXACT, OPERATIONS, Ball, Operation
from tests.campaigns.pool import FloatArray, band, midpoints, nudged, radii

__all__ = ["Chain", "Evaluation", "Operand", "changed", "random_chain", "run"]

_LANES, _UNIFORM_LANES = 64, 12  # of balls that share a radius only the largest is strained
_CONSTANT_BITS = 128
_EXACT_BITS = 2200  # sums of two doubles are exact
_NAMES = sorted(OPERATIONS) + 3 * sorted(name for name in OPERATIONS if name not in EXACT and " " in name[1:3])


@dataclass(frozen=True)
class Operand:
    """Balls: one number a lane or one for all, midpoints and radii each; a third of them, rounded, if ``third``."""

    mid: FloatArray
    rad: FloatArray
    third: bool = False

    def taken(self, lanes: Any) -> Operand:
        """Some of the lanes."""
        return self if self.mid.ndim == 0 else replace(self, mid=self.mid[lanes], rad=_taken(self.rad, lanes))

    @property
    def kind(self) -> str:
        """How the balls are stored, which decides the branch that is run."""
        return "third" if self.third else "entries" if self.rad.ndim else "uniform" if self.mid.ndim else "scalar"

    def ball(self, subject: SimpleNamespace) -> Ball:
        """The operand of the arithmetic under test."""
        if not self.third:
            return subject.BallArray(self.mid, self.rad)
        with precision(_CONSTANT_BITS):
            return subject.BallArray.from_arb(arb(float(self.mid), float(self.rad)) / 3)


@dataclass(frozen=True)
class Chain:
    """A start, and operations by name, each with its second operand."""

    start: Operand
    steps: tuple[tuple[str, Operand], ...]

    def taken(self, lanes: Any) -> Chain:
        """Some of the lanes."""
        return Chain(self.start.taken(lanes), tuple((name, operand.taken(lanes)) for name, operand in self.steps))

    def until(self, step: int) -> Chain:
        """The first operations, up to and with ``step``."""
        return replace(self, steps=self.steps[: step + 1])


@dataclass(frozen=True)
class Evaluation:
    """One operation at one choice of points of its operands, for every lane.

    Parameters
    ----------
    chain, step
        Where it was; the lanes are those of ``chain``.
    kind
        The branch that was run: the operation and how its operands were stored.
    excess
        (|true − mid| − rad) / rad, one a lane; NaN where there is no true value.
    niches
        What kind of numbers there were, one tuple a lane: chains of one kind are only compared with one another.
    violated
        Whether the true value is certainly outside.
    """

    chain: Chain
    step: int
    kind: tuple[str, str, str]
    excess: FloatArray
    niches: list[tuple[int, ...]]
    violated: np.ndarray


def _taken(values: FloatArray, lanes: Any) -> FloatArray:
    return values[lanes] if values.ndim else values


_NONE = Operand(np.zeros(()), np.zeros(()))  # of functions of one ball

# ---- chains at random ---------------------------------------------------------------------------------------------


def random_operand(rng: np.random.Generator, kinds: tuple[str, ...], lanes: int) -> Operand:
    """Balls from the pool."""
    kind = kinds[rng.integers(len(kinds))]
    if kind in ("scalar", "third"):
        mid = midpoints(rng, 1)
        return Operand(mid.reshape(()), radii(rng, mid).reshape(()), kind == "third")
    if kind == "uniform":
        mid = band(rng, lanes)
        return Operand(mid, radii(rng, mid[:1]).reshape(()))
    mid = midpoints(rng, lanes)
    return Operand(mid, radii(rng, mid))


def _random_step(rng: np.random.Generator, lanes: int, uniform: bool) -> tuple[str, Operand]:
    kinds = ("uniform", "scalar", "scalar", "third") if uniform else ("entries", "entries", "scalar", "third")
    name = _NAMES[rng.integers(len(_NAMES))]
    return name, random_operand(rng, kinds, lanes) if OPERATIONS[name].binary else _NONE


def random_chain(rng: np.random.Generator, longest: int = 8) -> Chain:
    """A start and up to ``longest`` operations; short chains are the rule."""
    uniform = bool(rng.random() < 0.5)
    lanes = _UNIFORM_LANES if uniform else _LANES
    start = random_operand(rng, ("uniform",) if uniform else ("entries",), lanes)
    length = min(int(rng.geometric(0.3)), longest)
    return Chain(start, tuple(_random_step(rng, lanes, uniform) for _ in range(length)))


def _changed_operand(rng: np.random.Generator, operand: Operand, lanes: int) -> Operand:
    mid = _changed_numbers(rng, operand.mid, lanes)
    rad = np.abs(_changed_numbers(rng, operand.rad, lanes))
    fresh = radii(rng, np.resize(mid, lanes if rad.ndim else 1)).reshape(rad.shape)
    return replace(operand, mid=mid, rad=np.where(rng.random(rad.shape) < 0.15, fresh, rad))


def _changed_numbers(rng: np.random.Generator, numbers: FloatArray, lanes: int) -> FloatArray:
    return nudged(rng, np.resize(numbers, lanes)) if numbers.ndim else nudged(rng, numbers.reshape(1)).reshape(())


def changed(rng: np.random.Generator, chain: Chain, longest: int = 8) -> Chain:
    """Copies of one lane, each with some numbers changed; now and then another operation, or one more."""
    uniform = not chain.start.rad.ndim
    lanes = _UNIFORM_LANES if uniform else _LANES
    steps = [
        (name, _changed_operand(rng, operand, lanes) if OPERATIONS[name].binary else operand)
        for name, operand in chain.steps
    ]
    if rng.random() < 0.2:
        steps[rng.integers(len(steps))] = _random_step(rng, lanes, uniform)
    if rng.random() < 0.2 and len(steps) < longest:
        steps.append(_random_step(rng, lanes, uniform))
    return Chain(_changed_operand(rng, chain.start, lanes), tuple(steps))


# ---- running ------------------------------------------------------------------------------------------------------


def run(subject: SimpleNamespace, chain: Chain, rng: np.random.Generator) -> Iterator[Evaluation]:
    """Run a chain on the lanes that have finite results, and compare every operation with the truth.

    The points are taken anew from the balls that enter an operation: a radius that is too small is seen where it
    arises, however little of it the next operation leaves.
    """
    ball = chain.start.ball(subject)
    for step, (name, _) in enumerate(chain.steps):
        operation = OPERATIONS[name]
        feasible = _feasible(operation, ball, chain.steps[step][1])
        if not feasible.any():
            return
        if not feasible.all():
            rad = _taken(ball.rad, feasible)
            chain, ball = chain.taken(feasible), subject.BallArray(ball.mid[feasible], rad, magnitude=ball._magnitude)
        operand = chain.steps[step][1]
        try:
            other = operand.ball(subject)
            result = operation.apply(ball, other)
        except EnclosureFailure:
            return
        yield _compared(chain, step, ball, other, result, rng)
        ball = result


def _feasible(operation: Operation, ball: Ball, operand: Operand) -> np.ndarray:
    with np.errstate(all="ignore"):
        mask = operation.feasible(ball.mid, ball.rad, operand.mid, operand.rad)
    return np.broadcast_to(mask, ball.mid.shape)


def _deviations(
    rng: np.random.Generator, operation: Operation, a: FloatArray, b: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Where in their balls the points are, in [−1, 1]: mostly at the ends that add up."""
    first, second = (np.where(part < 0, -1.0, 1.0) for part in operation.worst(a, b))
    flip = np.where(rng.random(len(a)) < 0.25, -1.0, 1.0)
    inner = rng.integers(-8, 9, (2, len(a))) / 8
    free = rng.random(len(a)) < 0.2
    return np.where(free, inner[0], first * flip), np.where(free, inner[1], second * flip)


def _compared(chain: Chain, step: int, ball: Ball, other: Ball, result: Ball, rng: np.random.Generator) -> Evaluation:
    name, operand = chain.steps[step]
    operation, count = OPERATIONS[name], len(ball.mid)
    b = np.broadcast_to(operand.mid, count)
    s, t = _deviations(rng, operation, ball.mid, b)
    columns = (ball.mid, ball.rad, s, b, operand.rad, t, result.mid, result.rad)
    lanes = zip(*(np.broadcast_to(column, count).tolist() for column in columns), strict=True)
    kind = (name, "entries" if ball.rad.ndim else "uniform", operand.kind if operation.binary else "")
    with precision(_EXACT_BITS):
        pairs = [_excess(operation, operand.third, *lane) for lane in lanes]
    violated = np.array([wrong for _, wrong in pairs]) | ~_ends_hold(result)
    niches = _niches(ball, operand, result) if operation.binary else _niches(ball, _NONE, result)
    return Evaluation(chain, step, kind, np.array([excess for excess, _ in pairs]), niches, violated)


def _excess(
    operation: Operation,
    third: bool,
    a: float,
    r: float,
    s: float,
    b: float,
    q: float,
    t: float,
    mid: float,
    rad: float,
) -> tuple[float, bool]:
    x, y = arb(a) + arb(r) * s, arb(b) + arb(q) * t
    y = y / 3 if third else y
    truth = operation.truth(x, y) if operation.bits is None else _at(operation.bits, operation.truth, x, y)
    if truth is None:
        return np.nan, False
    gap = abs(truth - mid) - rad
    return (float(gap.mid()) / rad if rad > 0 else 0.0), bool(gap > 0)


def _at(bits: int, truth: Callable[[arb, arb], arb | None], x: arb, y: arb) -> arb | None:
    with precision(bits):
        return truth(x, y)


def _niches(ball: Ball, operand: Operand, result: Ball) -> list[tuple[int, ...]]:
    """What kind of numbers a lane has: sizes of the result's radius and midpoint, and of the operands' radii."""
    columns = (
        np.searchsorted([2.0**-1000, 2.0**-100, 2.0**100], result.rad),
        np.searchsorted([2.0**-1074, 2.0**-1021], np.abs(result.mid), side="right"),
        _width(ball),
        _width(operand),
    )
    lanes = (np.broadcast_to(column, result.mid.shape).tolist() for column in columns)
    return list(zip(*lanes, strict=True))


def _width(ball: Ball | Operand) -> FloatArray:
    return (ball.rad > 0) + 1.0 * (ball.rad > np.abs(ball.mid) / 2)


def _ends_hold(result: Ball) -> np.ndarray:
    """Whether the ends are outside the ball, and the magnitude above every midpoint."""
    with np.errstate(all="ignore"):
        low = _not_above(result.lower(), result.mid, -result.rad)
        high = _not_above(-result.upper(), -result.mid, -result.rad)
    return low & high & (np.abs(result.mid) <= result.magnitude)


def _not_above(end: FloatArray, mid: FloatArray, shift: FloatArray) -> np.ndarray:
    """Whether end ≤ mid + shift, which is the rounded sum and what it lost, exactly."""
    total = mid + shift
    part = total - mid
    lost = (mid - (total - part)) + (shift - part)
    return np.asarray((end < total) | ((end == total) & (lost >= 0)) | ~np.isfinite(total))
