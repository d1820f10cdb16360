"""A fuzzer of ball arithmetic that climbs: ``python -m tests.campaigns.ball_arithmetic --evaluations 1e7 --seed 1``.

An evaluation is one operation at one choice of points of its operands. In every niche (operation, branch, size of the
radius) the chain with the largest |true − mid| / rad is kept, and new chains are changed copies of kept ones.
"""

from __future__ import annotations

import argparse
import math
import pickle
import time
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

from tests.campaigns.chains import Chain, Operand, changed, random_chain
from tests.campaigns.comparison import Evaluation, run
from tests.campaigns.operations import EXACT, OPERATIONS
from tests.campaigns.planted import SOUND

__all__ = ["Kept", "Search", "main", "report", "search"]

_FRESH = 0.4
_TIGHT = -1e-3  # from here on a chain that strains its ball a little more is no reason to change it again


@dataclass
class Kept:
    """The worst chain of a niche, (|true − mid| − rad) / rad there, and how often it was changed in vain."""

    excess: float
    chain: Chain
    tries: int = 0


@dataclass
class Search:
    """What a search has seen.

    Parameters
    ----------
    seed, rounds
        The next round's random numbers depend on these two only, so that a search can be resumed.
    evaluations
        How many results were compared.
    kept
        The worst chain of each niche.
    violations
        Chains whose last operation misses the true value.
    """

    seed: int
    rounds: int = 0
    evaluations: int = 0
    kept: dict[tuple[Any, ...], Kept] = field(default_factory=dict)
    violations: list[Chain] = field(default_factory=list)

    @property
    def worst(self) -> Kept:
        """The largest (|true − mid| − rad) / rad of an operation that rounds."""
        return max((kept for niche, kept in self.kept.items() if niche[0] not in EXACT), key=lambda kept: kept.excess)

    def round(self, subject: SimpleNamespace) -> None:
        """One chain on all lanes."""
        rng = np.random.default_rng([self.seed, self.rounds])
        self.rounds += 1
        if not self.kept or rng.random() < _FRESH:
            chain = random_chain(rng)
        else:
            kept = list(self.kept.values())
            parent = min((kept[index] for index in rng.integers(len(kept), size=6)), key=lambda found: found.tries)
            parent.tries += 1
            chain = changed(rng, parent.chain)
        for seen in run(subject, chain, rng):
            self._record(seen)

    def _record(self, seen: Evaluation) -> None:
        self.evaluations += len(seen.excess)
        for lane in np.flatnonzero(seen.violated):
            self.violations.append(seen.chain.taken([lane]).until(seen.step))
        for lane, (excess, size) in enumerate(zip(seen.excess.tolist(), seen.niches, strict=True)):
            niche = *seen.kind, *size
            if math.isfinite(excess) and (niche not in self.kept or self.kept[niche].excess < excess):
                tries = 0 if excess < _TIGHT or niche not in self.kept else self.kept[niche].tries
                self.kept[niche] = Kept(excess, seen.chain.taken([lane]).until(seen.step), tries)


def search(subject: SimpleNamespace, evaluations: int, seed: int, *, until_violated: bool = True) -> Search:
    """Search from the start."""
    state = Search(seed)
    while state.evaluations < evaluations and not (until_violated and state.violations):
        state.round(subject)
    return state


# ---- the command --------------------------------------------------------------------------------------------------


def described(chain: Chain) -> str:
    """A chain of one lane, in numbers that read back exactly."""
    steps = "; ".join(name + _operand(operand, "b") * OPERATIONS[name].binary for name, operand in chain.steps)
    return f"{_operand(chain.start, 'a')}; {steps}"


def _operand(operand: Operand, letter: str) -> str:
    mid, rad = float(operand.mid.ravel()[0]), float(operand.rad.ravel()[0])
    return f" ({operand.kind} {letter} = {mid.hex()} ± {rad.hex()})"


def report(state: Search) -> str:
    """Evaluations, the worst ratio and its chain, and what was violated."""
    lines = [
        f"{state.evaluations} evaluations in {state.rounds} chains, {len(state.kept)} niches",
        f"worst |true − mid| / rad of an operation that rounds: 1 {state.worst.excess:+.3g}",
        f"  in{described(state.worst.chain)}",
        f"{len(state.violations)} violations",
        *(f"  {described(chain)}" for chain in state.violations[:20]),
    ]
    return "\n".join(lines)


def _resumed(path: Path, seed: int) -> Search:
    if not path.exists():
        return Search(seed)
    state: Search = pickle.loads(path.read_bytes())
    return state if state.seed == seed else Search(seed)


def _saved(path: Path, state: Search) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.write_bytes(pickle.dumps(state))
    part.replace(path)


def main(arguments: list[str] | None = None) -> int:
    """Search until so many evaluations are done, in all runs with this seed; 1 if anything was violated."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--evaluations", type=float, default=1e7, help="in all runs together")
    parser.add_argument("--minutes", type=float, default=math.inf, help="of this run")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--state", type=Path, default=Path("build/campaigns/ball_arithmetic.pickle"), help="to resume")
    options = parser.parse_args(arguments)
    state, start = _resumed(options.state, options.seed), time.monotonic()
    while state.evaluations < options.evaluations and time.monotonic() - start < 60 * options.minutes:
        state.round(SOUND)
        if state.rounds % 2_000 == 0:
            _saved(options.state, state)
    _saved(options.state, state)
    print(report(state))  # noqa: T201 - a command
    return int(bool(state.violations))


if __name__ == "__main__":
    raise SystemExit(main())
