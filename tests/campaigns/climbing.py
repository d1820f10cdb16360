"""A search that climbs: every niche keeps the case that strains its ball most, and new cases are changed copies."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, NamedTuple, Protocol

import numpy as np

__all__ = ["Kept", "Outcome", "Room", "Search", "search"]

_FRESH = 0.4
_TIGHT = -1e-3  # from here on a case that strains its ball a little more is no reason to change it again


class Outcome(NamedTuple):
    """One operation at one choice of points of its operands.

    Parameters
    ----------
    case
        Gives what can be changed, or run again.
    niche
        The branch and the kind of numbers; the first entry is the operation's name.
    excess
        (|true − mid| − rad) / rad, or what corresponds to it; NaN where there is no true value.
    violated
        Whether the true value is certainly outside.
    """

    case: Callable[[], Any]
    niche: tuple[Any, ...]
    excess: float
    violated: bool


class Room(Protocol):
    """A part of the arithmetic: where cases come from, and how they are judged."""

    name: str

    def fresh(self, rng: np.random.Generator) -> Any:
        """A case at random."""

    def changed(self, rng: np.random.Generator, case: Any) -> Any:
        """A case like another."""

    def run(self, subject: SimpleNamespace, case: Any, rng: np.random.Generator) -> Iterator[Outcome]:
        """Compare every operation of a case with the truth."""

    def described(self, case: Any) -> str:
        """A case in numbers that read back exactly."""


@dataclass
class Kept:
    """The worst case of a niche, its excess, and how often it was changed in vain."""

    excess: float
    case: Any
    tries: int = 0


@dataclass
class Search:
    """What a search has seen.

    Parameters
    ----------
    room, seed, rounds
        The next round's random numbers depend on the last two only, so that a search can be resumed.
    evaluations
        How many results were compared.
    kept
        The worst case of each niche.
    violations
        Cases that miss the true value, with the niche.
    """

    room: Room
    seed: int
    rounds: int = 0
    evaluations: int = 0
    kept: dict[tuple[Any, ...], Kept] = field(default_factory=dict)
    violations: list[tuple[tuple[Any, ...], Any]] = field(default_factory=list)

    def round(self, subject: SimpleNamespace) -> None:
        """One case, with all its operations."""
        rng = np.random.default_rng([self.seed, self.rounds])
        self.rounds += 1
        for seen in self.room.run(subject, self._next(rng), rng):
            self._record(seen)

    def _next(self, rng: np.random.Generator) -> Any:
        if not self.kept or rng.random() < _FRESH:
            return self.room.fresh(rng)
        kept = list(self.kept.values())
        parent = min((kept[index] for index in rng.integers(len(kept), size=6)), key=lambda found: found.tries)
        parent.tries += 1
        return self.room.changed(rng, parent.case)

    def _record(self, seen: Outcome) -> None:
        self.evaluations += 1
        if seen.violated:
            self.violations.append((seen.niche, seen.case()))
        known = self.kept.get(seen.niche)
        if math.isfinite(seen.excess) and (known is None or known.excess < seen.excess):
            tries = known.tries if known is not None and seen.excess >= _TIGHT else 0
            self.kept[seen.niche] = Kept(seen.excess, seen.case(), tries)

    def report(self, exact: frozenset[str] = frozenset()) -> str:
        """Evaluations, the worst ratio and its case, and what was violated."""
        rounding = {niche: kept for niche, kept in self.kept.items() if niche[0] not in exact}
        niche, worst = max(rounding.items(), key=lambda pair: pair[1].excess)
        lines = [
            f"{self.room.name}: {self.evaluations} evaluations in {self.rounds} cases, {len(self.kept)} niches",
            f"worst ratio true/claimed of an operation that rounds: 1 {worst.excess:+.3g}, {niche[:3]}",
            f"  {self.room.described(worst.case)}",
            f"{len(self.violations)} violations",
            *(f"  {niche[:3]}: {self.room.described(case)}" for niche, case in self.violations[:20]),
        ]
        return "\n".join(lines)


def search(room: Room, subject: SimpleNamespace, evaluations: float, seed: int) -> Search:
    """Search from the start, until something is violated."""
    state = Search(room, seed)
    while state.evaluations < evaluations and not state.violations:
        state.round(subject)
    return state
