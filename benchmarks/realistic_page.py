"""The page about the fourteen nets: outcomes, advice that was followed, and what the sharper bounds of β give."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.realistic_nets import Remedy

__all__ = ["Bound", "Row", "page"]

_HEAD = """\
# Fourteen realistic nets

`make realistic` trains them and writes this page: data sets of scikit-learn, one to three hidden layers of 64 to 256
units, 2,000 steps of Adam in PyTorch (float32) or scikit-learn, nothing tuned to certificates
(`benchmarks/realistic_nets.py`). Each is certified as trained, else with `--polish`; where that is refused, the advice
is followed to the letter, its alternatives in the order in which they are printed. Times are those of `verify certify`
in all (as trained and polished), on two shared cores; residuals are estimates at the weights as trained; moved is the
distance to the polished weights. `problem select --different` keeps a part of the samples, and the proof is about
those.

"""
_TABLE = """
| net | N | p | residual | needed | outcome | time | then, as advised | moved |
|---|---|---|---|---|---|---|---|---|
"""
_ADVICE = """
## Refusals, and their advice followed

"""
_BOUNDS = """
## β, before and after

Where the nets were certified: the plain form of the bound and the sharper one that the search took, if it did (theory
1.4). Admissible is the largest residual with which the criterion could hold at these weights; step size and rate are
proved with it at the residual there is; a dash says that nothing is. The form from the centre asks for a third
derivative, which ELU has not, and for more work than is spent on wide or deep nets.

| net | form | β(0) | admissible residual | step size | rate |
|---|---|---|---|---|---|
"""


@dataclass(frozen=True)
class Bound:
    """What one bound of β gives at the weights: β(0), the largest admissible residual, step size and rate proved."""

    form: str
    beta: float
    admissible: float
    step: float
    rate: float


@dataclass(frozen=True)
class Row:
    """One net: its sizes, ‖e‖ and what is needed, how it ended, and what following the advice led to."""

    name: str
    equations: int
    parameters: int
    present: float
    needed: float
    outcome: str
    seconds: float
    distance: float
    advice: str
    trials: tuple[tuple[tuple[Remedy, ...], str, float], ...]
    bounds: tuple[Bound, ...]

    def __str__(self) -> str:
        """For the terminal: what the page says about it."""
        said = [self.line(), *(self.refusal().splitlines() if self.advice else []), self.comparison()]
        return "\n".join(filter(None, said))

    def line(self) -> str:
        """A line of the first table."""
        sizes = (f"{self.equations:,}", f"{self.parameters:,}", _three(self.present), _three(self.needed))
        end = (self.outcome, f"{self.seconds:.1f} s", self.in_the_end(), _three(self.distance))
        return f"| {' | '.join((self.name, *sizes, *end))} |"

    def in_the_end(self) -> str:
        """What the advice led to."""
        if not self.trials:
            return ""
        remedies, outcome, seconds = self.trials[-1]
        return f"{', '.join(remedy.name for remedy in remedies)}: {outcome}, {seconds:.1f} s"

    @property
    def proved(self) -> bool:
        """Whether it ended in a proof."""
        return bool(self.bounds)

    def refusal(self) -> str:
        """The refusal, and what was tried."""
        tried = [
            f"  - {', '.join(remedy.name for remedy in remedies)}: {outcome}, {seconds:.1f} s"
            for remedies, outcome, seconds in self.trials
        ]
        return "\n".join([f"- **{self.name}**: {self.advice.replace('|', chr(92) + '|')}", *tried])

    def comparison(self) -> str:
        """A line of the last table."""
        if not self.bounds:
            return ""
        before, after = self.bounds[0], self.bounds[-1]
        names = ("beta", "admissible", "step", "rate")
        forms = " → ".join(dict.fromkeys([before.form, after.form]))
        cells = [forms] + [_change(getattr(before, name), getattr(after, name)) for name in names]
        return f"| {self.name} | {' | '.join(cells)} |"


def page(rows: Sequence[Row]) -> str:
    """Markdown."""
    refused = [row.refusal() for row in rows if row.advice]
    compared = [row.comparison() for row in rows if row.bounds]
    advised = sum(row.proved and bool(row.trials) for row in rows)
    proved = sum(row.proved for row in rows)
    said = f"{proved} of {len(rows)} end in a proof: {proved - advised} as trained or polished, {advised} as advised.\n"
    return (
        _HEAD
        + said
        + _TABLE
        + "\n".join(row.line() for row in rows)
        + "\n"
        + _ADVICE
        + "\n".join(refused)
        + "\n"
        + _BOUNDS
        + "\n".join(compared)
        + "\n"
    )


def _three(value: float) -> str:
    return "–" if math.isnan(value) else f"{value:.3g}"


def _change(before: float, after: float) -> str:
    texts = dict.fromkeys([_three(before), _three(after)])
    return " → ".join(texts)
