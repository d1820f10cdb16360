"""The page about minima of trained nets: what was proved of each, and how many of the seeds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from statistics import median
from typing import Any

__all__ = ["Row", "page"]

_HEAD = """\
# Minima of trained nets

`make minima` fits scikit-learn's `MLPClassifier` and `MLPRegressor` (`lbfgs`, standardised data, three quarters to
train on), imports each with exactly the objective that it minimised, polishes it and proves a minimum; nothing is
tuned to certificates (`benchmarks/minima.py`). For ReLU the same penalty stands on the biases,
too. Numbers are medians over the certified seeds: λ the strong convexity (for ReLU the growth), R the radius within
which the minimum is the only critical point, moved the distance from the fitted to the polished weights (first seed),
right what is certain at the exact minimiser. Times are those of finding, with polishing, and of checking, on two cores.

| net | p | certified | λ | R | distance to ŵ | moved | f fitted → minimum | right of train, test | find | check |
|---|---|---|---|---|---|---|---|---|---|---|
"""


@dataclass(frozen=True)
class Row:
    """One net with one seed.

    Parameters
    ----------
    name, seed, parameters
        Which, and its p.
    found, checked
        Seconds.
    claim, polished, counts
        What was proved, how the weights were found, (right, wrong, samples) of training and test samples.
    refusal
        Why nothing was.
    """

    name: str
    seed: int
    parameters: int
    found: float
    checked: float = 0.0
    claim: Any = None
    polished: Any = None
    counts: tuple[tuple[int, int, int], ...] = ()
    refusal: str = ""

    def line(self) -> str:
        """For the terminal."""
        start = f"{self.name}, seed {self.seed}, p = {self.parameters}: "
        if self.claim is None:
            return f"{start}not certified in {self.found:.1f} s: {self.refusal}"
        strength = getattr(self.claim, "strong_convexity", None) or getattr(self.claim, "growth", 0.0)
        return (
            f"{start}λ = {strength:.3g}, R = {self.claim.radius:.3g}, {self.counts}, found in {self.found:.1f} s, "
            f"checked in {self.checked:.1f} s"
        )


def page(rows: Sequence[Row]) -> str:
    """The page in Markdown."""
    lines, refused = [], []
    for name, group in groupby(rows, key=lambda row: row.name):
        seeds = list(group)
        lines.append(_line(name, seeds))
        refused += [f"- {row.name}, seed {row.seed}: {row.refusal}" for row in seeds if row.claim is None]
    tail = "\n## Not certified\n\n" + "\n".join(refused) + "\n" if refused else ""
    return _HEAD + "\n".join(lines) + "\n" + tail


def _line(name: str, seeds: list[Row]) -> str:
    good = [row for row in seeds if row.claim is not None]
    share = f"{len(good)} of {len(seeds)}"
    parameters, found = seeds[0].parameters, _median(row.found for row in seeds)
    if not good:
        return f"| {name} | {parameters} | {share} | | | | | | | {found:.1f} s | |"
    strength = _median(getattr(r.claim, "strong_convexity", None) or getattr(r.claim, "growth", 0.0) for r in good)
    cells = [
        f"{strength:.3g}",
        f"{_median(row.claim.radius for row in good):.2g}",
        f"{_median(row.claim.distance for row in good):.1g}",
        _of_polish(good, lambda run: f"{run.distance:.3g}"),
        _of_polish(good, lambda run: f"{run.losses[0]:.6g} → {run.losses[1]:.6g}"),
        _shares(good[0]),
        f"{found:.1f} s",
        f"{_median(row.checked for row in good):.1f} s",
    ]
    return f"| {name} | {parameters} | {share} | " + " | ".join(cells) + " |"


def _of_polish(good: list[Row], said: Any) -> str:
    first = good[0].polished
    return "" if first is None else said(first)


def _shares(row: Row) -> str:
    return ", ".join(f"{right}/{total}" for right, _, total in row.counts)


def _median(values: Any) -> float:
    return float(median(list(values)))
