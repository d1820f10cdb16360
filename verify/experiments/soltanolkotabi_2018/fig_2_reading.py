"""How `sjl-fig-2` is read: a panel's dots and fit, what the curves should show, and notes for the reader."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import compress

from verify.certification.proofs import NetworkProof
from verify.experiments.reproduction import is_proved, judged
from verify.experiments.soltanolkotabi_2018.fig_2_proofs import FLOOR, Failure, Label
from verify.experiments.soltanolkotabi_2018.logistic import Logistic, fit_logistic
from verify.experiments.soltanolkotabi_2018.softplus_trials import Settings, Trials

__all__ = ["LABELS", "Panel", "criteria", "notes", "panel_of"]

LABELS: tuple[Label, ...] = ("global", "spurious", "saddle", "undecided")

_FIT_FROM = 0.6  # times n: with fewer parameters the planted model is identifiable, and success grows again
_FAR = 3.0  # times the length of the planted weights
_FEW, _MANY = (0.6, 0.9), 2.4  # times n: parameters where failure is asked for, and where success is


@dataclass(frozen=True, eq=False)
class Panel:
    """One curve.

    Parameters
    ----------
    name
        ``a``: k varies; ``b``: d varies.
    samples
        n.
    positions, fitted
        k or d, and whether the point takes part in the fit.
    trials, failures
        At each position.
    fit
        The logistic curve through the success counts.
    """

    name: str
    samples: int
    positions: tuple[int, ...]
    fitted: tuple[bool, ...]
    trials: tuple[Trials, ...]
    failures: tuple[tuple[Failure, ...], ...]
    fit: Logistic | None

    @property
    def fractions(self) -> tuple[float, ...]:
        """Of experiments whose every run reached a global minimum."""
        return tuple(each.successes / len(each.inputs) for each in self.trials)

    @property
    def counts(self) -> tuple[Counter[Label], ...]:
        """Failed runs by what became of them."""
        return tuple(Counter(each.label for each in found) for found in self.failures)


def panel_of(settings: Settings, name: str, done: list[tuple[Trials, tuple[Failure, ...]]]) -> Panel:
    """Fit the success counts of the points with enough parameters."""
    trials, failures = zip(*done, strict=True)
    positions = tuple(each.point.units if name == "a" else each.point.dimension for each in trials)
    fitted = tuple(each.parameters >= _FIT_FROM * settings.samples for each in trials)
    counts = [each.successes for each in trials]
    fit = fit_logistic(list(compress(positions, fitted)), list(compress(counts, fitted)), settings.experiments)
    return Panel(name, settings.samples, positions, fitted, trials, failures, fit)


def criteria(panels: list[Panel], proofs: Mapping[str, NetworkProof]) -> list[tuple[str, bool]]:
    """What the curves should show; what cannot be evaluated is not met."""
    found: list[tuple[str, bool]] = []
    for panel in panels:
        met = None if panel.fit is None else panel.fit.slope > 0
        found.append(judged(f"({panel.name}): success grows", met, "no logistic curve fits"))
        few = _at(panel, (share * panel.samples for share in _FEW))
        many = _at(panel, (_MANY * panel.samples, float("inf")))
        text = f"({panel.name}): success at most 0.3 where {_FEW[0]}n ≤ k(d + 1) ≤ {_FEW[1]}n"
        found.append(judged(text, max(few) <= 0.3 if few else None, "the grid has no such point"))
        text = f"({panel.name}): success at least 0.9 where k(d + 1) ≥ {_MANY}n"
        found.append(judged(text, min(many) >= 0.9 if many else None, "the grid has no such point"))
    return [*found, ("every certificate is accepted", all(map(is_proved, proofs.values())))]


def _at(panel: Panel, ends: Iterable[float]) -> list[float]:
    low, high = ends
    pairs = zip(panel.trials, panel.fractions, strict=True)
    return [fraction for trials, fraction in pairs if low <= trials.parameters <= high]


def notes(settings: Settings, panels: list[Panel]) -> tuple[str, ...]:
    """What a reader of the table must know."""
    fits = "; ".join(
        f"({each.name}) "
        + (
            "no fit"
            if each.fit is None
            else f"1/2 at {each.fit.midpoint:.2f}, {settings.level:g} at {each.fit.crossing(settings.level):.2f}"
        )
        for each in panels
    )
    total = sum((count for panel in panels for count in panel.counts), Counter[Label]())
    far = sum(f.label == "undecided" and f.size > _FAR for p in panels for found in p.failures for f in found)
    proved = Counter(each.label for p in panels for found in p.failures for each in found if each.proof is not None)
    return (
        (
            f"Sizes are ours and small, the paper's numbers are lost: n = {settings.samples}, {settings.experiments} "
            f"experiments with {settings.initialisations} initialisations at each point, seed {settings.seed}."
        ),
        (
            f"An experiment succeeds if every initialisation has L ≤ {settings.tolerance:g}·‖y‖²/(2n); the minimum is "
            "0. Gradient descent on v and W with Armijo backtracking from Barzilai–Borwein trial steps, at most "
            f"{settings.budget} of them."
        ),
        (
            f"Logistic fits: {fits}. They leave out points with k(d + 1) < {_FIT_FROM}n, where success grows again: "
            "with so few parameters the planted model is identifiable."
        ),
        (
            "Slow is not spurious: every failed run is polished (Levenberg–Marquardt, then L-BFGS and Newton). Of "
            f"{sum(total.values())}: "
            + ", ".join(f"{total[label]} {label} ({proved[label]} with certificate)" for label in LABELS)
            + f". Of the undecided ones, {far} end with weights over {_FAR:g} times as long as the planted ones: in "
            "valleys that seem to go on for ever, without a minimum to certify."
        ),
        (
            f"Global: the polished loss is at most {FLOOR:g} of the zero predictor's; where n ≤ k(d + 1) a certificate "
            "says that gradient descent goes to loss 0 from there. Spurious: a certified strict minimum, worse than "
            "the planted weights. Saddle: certainly no local minimum around the polished weights. Labels are the "
            "teacher's outputs in float64."
        ),
    )
