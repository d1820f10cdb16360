"""Chains of operations on hostile balls, many lanes at a time: built at random, and changed a little."""

from __future__ import annotations

from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any

import numpy as np
from flint import arb

from certificates.arithmetic.arb import precision
from tests.campaigns.operations import EXACT, OPERATIONS, Ball
from tests.campaigns.pool import FloatArray, band, midpoints, nudged, radii

__all__ = ["NOTHING", "Chain", "Operand", "changed", "random_chain", "taken"]

_LANES, _UNIFORM_LANES = 64, 12  # of balls that share a radius only the largest is strained
_CONSTANT_BITS = 128
_ROUNDING = sorted(name for name in OPERATIONS if name not in EXACT and " " in name[1:3])  # + − × ÷ and powers
_NAMES = sorted(OPERATIONS) + 3 * _ROUNDING + 6 * ["a / b", "b / a"]  # where underflow is multiplied


@dataclass(frozen=True)
class Operand:
    """Balls: one number a lane or one for all, midpoints and radii each; a third of them, rounded, if ``third``."""

    mid: FloatArray
    rad: FloatArray
    third: bool = False

    def taken(self, lanes: Any) -> Operand:
        """Some of the lanes."""
        return self if self.mid.ndim == 0 else replace(self, mid=self.mid[lanes], rad=taken(self.rad, lanes))

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

    def lane(self, lane: int, step: int) -> Chain:
        """One lane's operations, up to and with ``step``."""
        return replace(self, steps=self.steps[: step + 1]).taken([lane])


def taken(values: FloatArray, lanes: Any) -> FloatArray:
    """Some of the lanes, where there are any."""
    return values[lanes] if values.ndim else values


NOTHING = Operand(np.zeros(()), np.zeros(()))  # of functions of one ball

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
    return name, random_operand(rng, kinds, lanes) if OPERATIONS[name].binary else NOTHING


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
