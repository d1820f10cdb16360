"""How `sjl-fig-3` is read: a panel's dots and fit, what the curves should show, and notes for the reader."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from verify.certification.proofs import NetworkProof
from verify.experiments.reproduction import is_proved, judged
from verify.experiments.soltanolkotabi_2018.fig_3_proofs import STATIONARY, Label
from verify.experiments.soltanolkotabi_2018.logistic import Logistic
from verify.experiments.soltanolkotabi_2018.planted_trials import Mode, Settings, Trials

__all__ = ["FIT_FROM", "Panel", "criteria", "notes"]

FIT_FROM = 0.85  # times n: with less freedom the planted model is identifiable, and success grows again
_CLEARLY_ABOVE = 1.3  # times n: freedom at which success is asked for


@dataclass(frozen=True, eq=False)
class Panel:
    """One curve of one panel.

    Parameters
    ----------
    name, mode
        ``a`` or ``b``, and what is trained.
    positions, fitted
        k or d, and whether the point takes part in the fit.
    trials, labels
        At each position.
    fit
        The logistic curve through the success counts.
    """

    name: str
    mode: Mode
    positions: tuple[int, ...]
    fitted: tuple[bool, ...]
    trials: tuple[Trials, ...]
    labels: tuple[tuple[Label, ...], ...]
    fit: Logistic | None

    @property
    def fractions(self) -> tuple[float, ...]:
        """Of experiments whose every run reached a global minimum."""
        return tuple(each.successes / len(each.inputs) for each in self.trials)

    @property
    def threshold(self) -> float:
        """The k or d, as a real number, with kd − k(k − 1)/2 = n."""
        point, samples = self.trials[0].point, int(self.trials[0].inputs.shape[1])
        if self.name == "b":
            return (samples + point.units * (point.units - 1) / 2) / point.units
        twice = 2 * point.dimension + 1
        return (twice - math.sqrt(max(0, twice * twice - 8 * samples))) / 2


def notes(settings: Settings, panels: list[Panel]) -> tuple[str, ...]:
    """What a reader of the table must know."""
    fits = "; ".join(
        f"({each.name}) {each.mode}: "
        + (
            "no fit"
            if each.fit is None
            else f"1/2 at {each.fit.midpoint:.2f}, {settings.level:g} at {each.fit.crossing(settings.level):.2f}"
        )
        for each in panels
    )
    return (
        (
            f"Sizes are ours, the paper's numbers are lost: n = {settings.samples}, {settings.experiments} experiments "
            f"with {settings.initialisations} initialisations at each point, seed {settings.seed}."
        ),
        (
            f"An experiment succeeds if every initialisation has L ≤ {settings.tolerance:g}·‖y‖²/(2n); the minimum is "
            "0. Gradient descent with Armijo backtracking from Barzilai–Borwein trial steps, at most "
            f"{settings.budget} of them."
        ),
        "Mode both trains v from Rademacher signs, as the text describes; mode fixed has v = 1, as Theorem 2.2 asks.",
        (
            f"Logistic fits: {fits}. They leave out points with kd − k(k−1)/2 < {FIT_FROM}n, where success grows "
            "again: with so few parameters the planted model is identifiable, and no logistic curve fits."
        ),
        (
            f"Runs: global has reached the threshold. Second-order: above it, with ‖∇f‖ ≤ {STATIONARY:g} and ∇²f ⪰ "
            f"−{STATIONARY:g} I in W proved, as at a spurious local minimum. Saddle: a direction of negative curvature "
            "is proved. Budget is everything else, stalled runs of mode both included; it does not say what is there."
        ),
        (
            "Certificates: these, and the optimality gap of each successful run where k ≥ d or (k+1)(k+2)/2 > n, for "
            "the outer weights as they are."
        ),
    )


def criteria(settings: Settings, panels: list[Panel], proofs: Mapping[str, NetworkProof]) -> list[tuple[str, bool]]:
    """What the curves should show, theory 3.7.1; what cannot be evaluated is not met."""
    found: list[tuple[str, bool]] = []
    for panel in panels:
        where = f"({panel.name}) {panel.mode}"
        if panel.name == "a":
            below = [f for t, f in _fractions(panel) if t.point.freedom < settings.samples]
            above = [f for t, f in _fractions(panel) if t.point.freedom >= _CLEARLY_ABOVE * settings.samples]
            text = f"{where}: success at most 0.3 at the last point below n, at least 0.9 from {_CLEARLY_ABOVE}n on"
            met = below[-1] <= 0.3 and min(above) >= 0.9 if below and above else None
            found.append(judged(text, met, "the grid has no point on one of the sides"))
        wide = {"a": 1.0, "b": 1.5}[panel.name]
        target = panel.threshold
        text = f"{where}: midpoint within {wide:g} of {target:.2f}, where kd − k(k−1)/2 = n"
        met = None if panel.fit is None else abs(panel.fit.midpoint - target) <= wide
        found.append(judged(text, met, "no logistic curve fits"))
    text = (
        "every certificate is accepted: gaps of successful runs where the relaxation is exact, saddles of failed ones"
    )
    return [*found, (text, all(map(is_proved, proofs.values())))]


def _fractions(panel: Panel) -> list[tuple[Trials, float]]:
    return list(zip(panel.trials, panel.fractions, strict=True))
