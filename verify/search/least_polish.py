"""The least change of the weights that certifies, on the path of Levenberg–Marquardt steps.

The path ends at the first iterate that would certify, by estimates. Between the last that would not and this one, more
damped steps lead to every residual between theirs; the one that is taken is within a factor 2 of the largest that would
certify with the wanted share of the decrease per step.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from certificates.subjects import Network
from verify.numeric.mlp import FloatNetwork
from verify.search.polish import MAX_STEPS, Descent, End, Iterate, Polished, between
from verify.search.trapping import Margin

__all__ = ["WANTED_SHARE", "least_polish"]

WANTED_SHARE = 1 / 16
"""Of the decrease per step that zero residual gives: a residual of 3/4 of the largest that certifies (see Margin)."""

_WITHIN = 2.0
_TRIALS = 16
_BELOW, _SURELY_BELOW = 0.8, 0.6  # of the estimated threshold
_TWICE = 1.9  # 5 percent below 2
_APART = 1.02
_HOPELESS = 2.0  # times what is needed: an iterate with such a residual is only looked at now and then
_SKIPPED = 8


def least_polish(
    network: Network,
    margin: Callable[[Network], Margin],
    *,
    share: float = WANTED_SHARE,
    max_steps: int = MAX_STEPS,
    progress: Callable[[int, float], None] = lambda *_: None,
) -> Iterator[Polished]:
    """Weights that should certify, the least change first, for a judge who may refuse the first ones.

    Parameters
    ----------
    network
        A problem with N ≤ p whose weights as given do not certify.
    margin
        What weights lack, in estimates.
    share
        The wanted share of the decrease per step that zero residual gives, in [0, 1).
    max_steps, progress
        As in :func:`~verify.search.polish.levenberg_marquardt`.

    Yields
    ------
    Polished
        The least change; the first iterate that would certify; the last iterate, where the residual stalls. Only the
        last if no iterate would.
    """
    net = FloatNetwork(network)
    run = Descent(net, max_steps, progress)
    search = _Search(net, margin, share)
    iterates = iter(run)
    found = search.follow(iterates)
    if found is not None:
        yield search.polished(search.nearest(found), "enough")
        yield search.polished(found, "enough")
        for iterate in iterates:
            search.advance(iterate)
    yield search.polished(search.path[-1], run.ended)


@dataclass
class _Search:
    """The path since the last iterate that would not certify, and what was found on it."""

    net: FloatNetwork
    margin: Callable[[Network], Margin]
    share: float
    path: list[Iterate] = field(default_factory=list)
    norms: list[float] = field(default_factory=list)
    trials: list[tuple[Iterate, Margin]] = field(default_factory=list)

    def advance(self, iterate: Iterate) -> None:
        self.norms.append(iterate.norm)
        self.path.append(iterate)

    def follow(self, iterates: Iterator[Iterate]) -> Iterate | None:
        """The first iterate that would certify; those given do not."""
        for iterate in iterates:
            self.advance(iterate)
            if self._is_hopeless(iterate):
                continue
            if self._passes(iterate) and len(self.norms) > 1:
                return iterate
            self.path = [iterate]
        last = self.path[-1]
        return last if len(self.path) > 1 and self._passes(last) else None

    def nearest(self, found: Iterate) -> Iterate:
        """Within a factor 2 of the threshold, by bisection in the residual's norm."""
        failing, passing = self.path[0].norm, found
        for _ in range(_TRIALS):
            if failing <= _WITHIN * passing.norm:
                break
            trial = self._at(self._guess(passing.norm, failing))
            if self._passes(trial):
                passing = trial
            else:
                failing = trial.norm
        return passing

    def polished(self, end: Iterate, ended: End) -> Polished:
        """How these weights were reached, with what was found on the way."""
        moved = float(np.linalg.norm(end.weights - self.net.initial()))
        before = [norm for norm in self.norms if norm > end.norm]
        seen = tuple(found for iterate, found in self.trials if iterate.norm > end.norm)
        here = next((found for iterate, found in self.trials if iterate is end), None)
        margins = (*seen, self.margin(self.net.network(end.weights)) if here is None else here)
        return Polished(self.net.network(end.weights), moved, (*before, end.norm), ended, margins)

    def _passes(self, iterate: Iterate) -> bool:
        found = self.margin(self.net.network(iterate.weights))
        self.trials.append((iterate, found))
        return found.share > 0 and found.share >= self.share

    def _is_hopeless(self, iterate: Iterate) -> bool:
        if not self.trials or len(self.path) > _SKIPPED:
            return False
        return iterate.norm > _HOPELESS * self.trials[-1][1].needed

    def _guess(self, passing: float, failing: float) -> float:
        """A residual to try: below the estimated threshold first, then above it, to end there."""
        threshold = (1 - self.share**0.5) * self.trials[-1][1].needed
        guess = _BELOW * threshold if passing < _SURELY_BELOW * threshold else _TWICE * passing
        inside = passing * _APART < guess < failing / _APART
        return guess if inside else float(np.sqrt(max(passing, 1e-16 * failing) * failing))

    def _at(self, norm: float) -> Iterate:
        """The point of the path with a residual of that norm."""
        before, after = next((a, b) for a, b in pairwise(self.path) if b.norm <= norm)
        return between(self.net, before, after, norm)
