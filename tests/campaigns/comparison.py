"""Running a chain in the arithmetic under test, and comparing every operation with the truth."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from types import SimpleNamespace

import numpy as np
from flint import arb

from certificates.arithmetic.arb import precision
from certificates.errors import EnclosureFailure
from tests.campaigns.chains import NOTHING, Chain, Operand, changed, random_chain, taken
from tests.campaigns.climbing import Outcome
from tests.campaigns.operations import OPERATIONS, Ball, Operation
from tests.campaigns.pool import FloatArray

__all__ = ["Arrays"]

_EXACT_BITS = 2200  # sums of two doubles are exact


class Arrays:
    """The room of ball arrays, for :class:`tests.campaigns.climbing.Search`."""

    name = "arrays"

    def fresh(self, rng: np.random.Generator) -> Chain:
        """A chain at random."""
        return random_chain(rng)

    def changed(self, rng: np.random.Generator, case: Chain) -> Chain:
        """Copies of a chain's lane, each a little changed."""
        return changed(rng, case)

    def run(self, subject: SimpleNamespace, case: Chain, rng: np.random.Generator) -> Iterator[Outcome]:
        """Every operation of a chain, lane by lane."""
        return _run(subject, case, rng)

    def described(self, case: Chain) -> str:
        """A chain of one lane, in numbers that read back exactly."""
        steps = "; ".join(name + _text(operand, "b") * OPERATIONS[name].binary for name, operand in case.steps)
        return f"{_text(case.start, 'a')}; {steps}"


def _text(operand: Operand, letter: str) -> str:
    mid, rad = float(operand.mid.ravel()[0]), float(operand.rad.ravel()[0])
    return f" ({operand.kind} {letter} = {mid.hex()} ± {rad.hex()})"


def _run(subject: SimpleNamespace, chain: Chain, rng: np.random.Generator) -> Iterator[Outcome]:
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
            rad = taken(ball.rad, feasible)
            chain, ball = chain.taken(feasible), subject.BallArray(ball.mid[feasible], rad, magnitude=ball._magnitude)
        operand = chain.steps[step][1]
        try:
            other = operand.ball(subject)
            result = operation.apply(ball, other)
        except EnclosureFailure:
            return
        yield from _compared(chain, step, ball, other, result, rng)
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


def _compared(
    chain: Chain, step: int, ball: Ball, other: Ball, result: Ball, rng: np.random.Generator
) -> Iterator[Outcome]:
    name, operand = chain.steps[step]
    operation, count = OPERATIONS[name], len(ball.mid)
    b = np.broadcast_to(operand.mid, count)
    s, t = _deviations(rng, operation, ball.mid, b)
    columns = (ball.mid, ball.rad, s, b, operand.rad, t, result.mid, result.rad)
    lanes = zip(*(np.broadcast_to(column, count).tolist() for column in columns), strict=True)
    kind = (name, "entries" if ball.rad.ndim else "uniform", operand.kind if operation.binary else "")
    with precision(_EXACT_BITS):
        pairs = [_excess(operation, operand.third, *lane) for lane in lanes]
    wrong_ends = ~_ends_hold(result)
    niches = _niches(ball, operand if operation.binary else NOTHING, result)
    for lane, ((excess, wrong), niche) in enumerate(zip(pairs, niches, strict=True)):
        yield Outcome(partial(chain.lane, lane, step), (*kind, *niche), excess, wrong or bool(wrong_ends[lane]))


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
