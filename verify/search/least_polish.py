"""The least change of the weights that certifies, on the path of Levenberg–Marquardt steps.

The path ends at the first iterate that would certify, by estimates. Between the last that would not and this one, more
damped steps lead to every residual between theirs; the one that is taken is within a factor 2 of the largest that would
certify with the wanted share of the decrease per step. The search ends where that is known, by a residual that is too
large or by the estimate of the threshold at the weights themselves, so few weights have to be looked at.
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
_BELOW = 0.8  # of the estimated threshold: what is tried
_NEAR_ENOUGH = 0.6  # of the threshold as estimated there: twice as much is surely too large
_APART = 1.02
_HOPELESS = 2.0  # times what is needed: an iterate with such a residual is only looked at now and then
_SKIPPED = 8


def least_polish(
    network: Network,
    margin: Callable[[Network], Margin],
    *,
    start: Margin | None = None,
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
    start
        The same of the weights as given, if it is known.
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
    search, iterates = _Search(net, margin, share), iter(run)
    search.begin(next(iterates), margin(network) if start is None else start)
    found = search.follow(iterates)
    if found is not None:
        yield search.polished(search.nearest(found), "enough")
        yield search.polished(found, "enough")
        for iterate in iterates:
            search.advance(iterate)
    yield search.polished(search.path[-1], run.ended)


@dataclass(frozen=True)
class _Trial:
    """Weights that were looked at."""

    norm: float
    network: Network
    margin: Margin


@dataclass
class _Search:
    """The path since the last iterate that would not certify, and what was found on it."""

    net: FloatNetwork
    margin: Callable[[Network], Margin]
    share: float
    path: list[Iterate] = field(default_factory=list)
    norms: list[float] = field(default_factory=list)
    trials: list[_Trial] = field(default_factory=list)

    def begin(self, iterate: Iterate, known: Margin) -> None:
        """At the weights as given."""
        self.advance(iterate)
        self.trials.append(_Trial(iterate.norm, self.net.network(iterate.weights), known))

    def advance(self, iterate: Iterate) -> None:
        self.norms.append(iterate.norm)
        self.path.append(iterate)

    def follow(self, iterates: Iterator[Iterate]) -> Iterate | None:
        """The first iterate that would certify."""
        for iterate in iterates:
            self.advance(iterate)
            if self._is_hopeless(iterate):
                continue
            if self._passes(iterate):
                return iterate
            self.path = [iterate]
        last = self.path[-1]
        return last if len(self.path) > 1 and self._passes(last) else None

    def nearest(self, found: Iterate) -> Iterate:
        """Within a factor 2 of the threshold, by bisection in the residual's norm."""
        failing, passing = self.path[0].norm, found
        for _ in range(_TRIALS):
            threshold = (1 - self.share**0.5) * self.trials[-1].margin.needed
            if failing <= _WITHIN * passing.norm or passing.norm >= _NEAR_ENOUGH * threshold:
                break
            trial = self._at(_guess(_BELOW * threshold, passing.norm, failing))
            if self._passes(trial):
                passing = trial
            else:
                failing = trial.norm
        return passing

    def polished(self, end: Iterate, ended: End) -> Polished:
        """How these weights were reached, with what was found on the way."""
        moved = float(np.linalg.norm(end.weights - self.net.initial()))
        here = next((trial for trial in self.trials if trial.norm == end.norm), None) or self._look(end)
        before = tuple(norm for norm in self.norms if norm > end.norm)
        seen = tuple(trial.margin for trial in self.trials if trial.norm > end.norm)
        return Polished(here.network, moved, (*before, end.norm), ended, (*seen, here.margin))

    def _passes(self, iterate: Iterate) -> bool:
        share = self._look(iterate).margin.share
        return share > 0 and share >= self.share

    def _look(self, iterate: Iterate) -> _Trial:
        network = self.net.network(iterate.weights)
        self.trials.append(_Trial(iterate.norm, network, self.margin(network)))
        return self.trials[-1]

    def _is_hopeless(self, iterate: Iterate) -> bool:
        return len(self.path) <= _SKIPPED and iterate.norm > _HOPELESS * self.trials[-1].margin.needed

    def _at(self, norm: float) -> Iterate:
        """The point of the path with a residual of that norm."""
        before, after = next((a, b) for a, b in pairwise(self.path) if b.norm <= norm)
        return between(self.net, before, after, norm)


def _guess(wanted: float, passing: float, failing: float) -> float:
    """A residual to try between two: the wanted one, or their geometric mean."""
    inside = passing * _APART < wanted < failing / _APART
    return wanted if inside else float(np.sqrt(max(passing, 1e-16 * failing) * failing))
