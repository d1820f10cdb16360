"""What the runs of `zhong-recovery` show: criteria, refusals, and notes for the reader of the table."""

from __future__ import annotations

import numpy as np

from certificates.expression import parse_activation
from verify.experiments.reproduction import is_proved, judged
from verify.experiments.zhong_2017.planted_samples import tensor_coefficient, tensor_order
from verify.experiments.zhong_2017.recovery_settings import Family, Settings
from verify.experiments.zhong_2017.recovery_trials import Descent, Trial
from verify.experiments.zhong_2017.tensor_start import NoStart, require_identifiable

__all__ = ["Recovered", "criteria", "error_slope", "notes", "refusals"]

_SLOPE_WITHIN = (-0.65, -0.35)
_RECOVERED_SHARE, _RECOVERED_FROM = 0.9, 20_000
_NEAR = 0.25  # the start's error for which n is named


class Recovered:
    """The trials of one family."""

    def __init__(self, family: Family, trials: tuple[Trial, ...]) -> None:
        self.family, self.trials = family, trials
        self.order = tensor_order(parse_activation(family.formula)) or 0

    def at(self, count: int) -> tuple[Descent, ...]:
        """The descents whose start is read off so many samples."""
        return tuple(each for trial in self.trials for each in trial.descents if each.count == count)

    def errors(self, count: int) -> np.ndarray:
        """‖W_0 − PW*‖, infinite without a start."""
        return np.array([each.error for each in self.at(count)])

    @property
    def needed(self) -> float:
        """About which n the median error is 1/4, as it falls like n^(−½) from the largest n."""
        last = self.family.counts[-1]
        return float(last * (np.median(self.errors(last)) / _NEAR) ** 2)


def error_slope(found: Recovered) -> float | None:
    """The slope of the median error in n, both logarithmic; ``None`` where a median start is missing."""
    errors = [found.errors(count) for count in found.family.counts]
    if len(errors) < 2 or not all(each.size for each in errors):
        return None
    medians = np.array([float(np.median(each)) for each in errors])
    if not np.isfinite(medians).all():
        return None
    return float(np.polyfit(np.log(found.family.counts), np.log(medians), 1)[0])


def criteria(settings: Settings, found: list[Recovered]) -> list[tuple[str, bool]]:
    """What the runs are to show, and whether they do; what cannot be evaluated is not met."""
    asked = [_slope_criterion(found[0])]
    asked += [_recovery_criterion(settings, each) for each in found if each.family.formula == "squared_relu"]
    asked += [_last_criterion(settings, each) for each in found if each.order == 4]
    asked += [_rate_criterion(each) for each in found]
    trials = [trial for each in found for trial in each.trials]
    accepted = sum(is_proved(trial.proof) for trial in trials)
    asked.append((f"every W* has a certified ball ({accepted} of {len(trials)})", accepted == len(trials)))
    refused = refusals()
    text = f"{', '.join(case for case, _ in refused)} are refused with a reason"
    asked.append((text, all(reason for _, reason in refused)))
    return asked


def _slope_criterion(found: Recovered) -> tuple[str, bool]:
    low, high = _SLOPE_WITHIN
    text, slope = f"{found.family.name}: slope of log error in log n within [{low}, {high}]", error_slope(found)
    if slope is None:
        return judged(text, None, "a median start is missing")
    return judged(f"{text}, found {slope:.3f}", low <= slope <= high)


def _recovery_criterion(settings: Settings, found: Recovered) -> tuple[str, bool]:
    text = f"{found.family.name}: recovered in at least 9 of 10 for every n ≥ {_RECOVERED_FROM:,}"
    counts = [count for count in found.family.counts if count >= _RECOVERED_FROM]
    if not counts:
        return judged(text, None, "no such n")
    return judged(text, all(_share(settings, found, count) >= _RECOVERED_SHARE for count in counts))


def _last_criterion(settings: Settings, found: Recovered) -> tuple[str, bool]:
    last = found.family.counts[-1]
    text = f"{found.family.name}, fourth order: recovered in at least 9 of 10 for n = {last:,}"
    return judged(text, _share(settings, found, last) >= _RECOVERED_SHARE)


def _share(settings: Settings, found: Recovered, count: int) -> float:
    runs = found.at(count)
    return sum(each.recovered(settings.tolerance) for each in runs) / len(runs)


def _rate_criterion(found: Recovered) -> tuple[str, bool]:
    text = f"{found.family.name}: no step in the certified ball is slower than certified"
    agrees = [trial.agrees for trial in found.trials if trial.agrees is not None]
    if not agrees:
        return judged(text, None, "no run enters a certified ball")
    return judged(f"{text} ({len(agrees)} of {len(found.trials)} W* looked at)", all(agrees))


def refusals() -> tuple[tuple[str, str], ...]:
    """Planted weights that no such tensor shows, and the reason that is given; empty where none is."""
    rows = np.eye(3)[:2]
    cases: tuple[tuple[str, str, np.ndarray], ...] = (
        ("k > d", "squared_relu", np.vstack([np.eye(2), [[0.6, 0.8]]])),
        ("dependent w_i", "squared_relu", np.vstack([rows, rows.sum(axis=0)[None] / 2])),
        ("m_3(‖w_i‖) = 0", "z^3-z^5/10", rows),
        ("m_3 = m_4 = 0", "quadratic", rows),
    )
    return tuple((case, _reason(text, weights)) for case, text, weights in cases)


def _reason(text: str, weights: np.ndarray) -> str:
    try:
        require_identifiable(parse_activation(text), weights)
    except NoStart as reason:
        return str(reason)
    return ""


def notes(settings: Settings, found: list[Recovered]) -> tuple[str, ...]:
    """What a reader of the table must know."""
    return (
        (
            f"x ~ N(0, I), d = {settings.dimension}, W* nearly orthonormal unit rows, v = ±1 (1 for odd φ), seed "
            f"{settings.seed}; the tensor sees n samples, gradient descent the first {settings.trained:,} with the "
            "certified step. Errors are ‖W − PW*‖ for the best permutation P."
        ),
        (
            "Reduced sizes: fewer trials and samples than in the full run, run(settings=FULL) of "
            "verify.experiments.zhong_2017.recovery with FULL of recovery_settings."
            if settings == Settings()
            else "Sizes other than the default ones."
        ),
        (
            "M_3 vanishes for ReLU, leaky ReLU and softplus (linear plus even): there the start is read off M_4, which "
            f"the slides do not have. n for a start within {_NEAR} of W*, about: {'; '.join(map(_needed, found))}."
        ),
        (
            f"Recovered: signs are right, and W is within {settings.tolerance:g} of PW* or has entered the ball from "
            "which convergence is proved. Certified is the factor on the whole ball; measured the one near W*."
        ),
        "Refused: " + "; ".join(reason for _, reason in refusals()) + ".",
    )


def _needed(each: Recovered) -> str:
    size = abs(tensor_coefficient(parse_activation(each.family.formula), each.order))
    return (
        f"{each.family.formula}, k = {each.family.units}: {each.needed:,.2g} "
        f"(M_{each.order}, |m_{each.order}(1)| = {size:.3g})"
    )
