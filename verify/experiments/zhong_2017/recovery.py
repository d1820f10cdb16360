"""Recovery as in Zhong et al.: a tensor start, gradient descent, and what is proved about descent from near W*."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from certificates import Accepted
from verify.certification.proofs import NetworkProof
from verify.experiments.reproduction import Progress, Reproduction
from verify.experiments.zhong_2017.recovery_reading import Recovered, criteria, error_slope, notes, refusals
from verify.experiments.zhong_2017.recovery_settings import Settings
from verify.experiments.zhong_2017.recovery_trials import Descent, Trial, run_trial
from verify.theory.zhong_2017.printed import SOURCE

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["TITLE", "run"]

TITLE = "Recovery of planted weights: tensor start and gradient descent, beside the certified ball and rate"


def run(progress: Progress | None = None, settings: Settings | None = None) -> Reproduction:
    """Run all trials, prove, and compare.

    Parameters
    ----------
    progress
        Called as ``progress(name, step, steps)``.
    settings
        The reduced sizes by default; :data:`~verify.experiments.zhong_2017.recovery_settings.FULL` for the whole.
    """
    chosen = Settings() if settings is None else settings
    total, step = sum(family.trials for family in chosen.families), 0
    found: list[Recovered] = []
    for place, family in enumerate(chosen.families):
        trials: list[Trial] = []
        for index in range(family.trials):
            if progress is not None:
                progress(family.name, step, total)
            trials.append(run_trial(chosen, place, index))
            step += 1
        found.append(Recovered(family, tuple(trials)))
    return _reproduction(chosen, found)


def _reproduction(settings: Settings, found: list[Recovered]) -> Reproduction:
    met = criteria(settings, found)
    return Reproduction(
        title=TITLE,
        source=f"{SOURCE}, tensor initialisation and linear convergence",
        header=(
            "φ",
            "k",
            "tensor",
            "n",
            "error of the start: median (least, largest)",
            "signs",
            "recovered",
            "starts in the ball",
            "factor of the distance a step: measured",
            "certified",
        ),
        rows=tuple(row for each in found for row in _rows(settings, each)),
        notes=(*notes(settings, found), *(f"{'met' if holds else 'NOT met'}: {text}" for text, holds in met)),
        proofs=_written(settings, found),
        document={
            "experiment": "zhong-recovery",
            "settings": {
                name: getattr(settings, name) for name in ("dimension", "trained", "steps", "tolerance", "seed")
            },
            "families": [_document(settings, each) for each in found],
            "refusals": [{"case": case, "reason": reason} for case, reason in refusals()],
            "criteria": [{"criterion": text, "met": holds} for text, holds in met],
        },
        is_complete=all(holds for _, holds in met),
        figure=lambda: _figure(found),
    )


def _written(settings: Settings, found: list[Recovered]) -> dict[str, NetworkProof]:
    """A few of each family; all are judged."""
    chosen = [trial for each in found for trial in each.trials[: settings.written]]
    return {f"{trial.proof.problem_name}-planted-convergence": trial.proof for trial in chosen}


def _rows(settings: Settings, found: Recovered) -> list[tuple[str, ...]]:
    return [_row(settings, found, count) for count in found.family.counts]


def _row(settings: Settings, found: Recovered, count: int) -> tuple[str, ...]:
    runs, errors = found.at(count), found.errors(count)
    tails = [each.tail_factor for each in runs if each.tail_factor is not None]
    factors = [trial.factor for trial in found.trials if trial.factor is not None]
    spread = f"{np.median(errors):.3f} ({errors.min():.3f}, {errors.max():.3f})"
    return (
        found.family.formula,
        str(found.family.units),
        f"M_{found.order}",
        f"{count:,}",
        spread,
        f"{sum(each.right_signs for each in runs)}/{len(runs)}",
        f"{sum(each.recovered(settings.tolerance) for each in runs)}/{len(runs)}",
        f"{sum(each.entry == 0 for each in runs)}/{len(runs)}",
        f"{np.median(tails):.4f}" if tails else "–",
        f"{np.sqrt(np.median(factors)):.4f}" if factors else "not proved",
    )


def _document(settings: Settings, found: Recovered) -> dict[str, Any]:
    return {
        "activation": found.family.formula,
        "units": found.family.units,
        "order": found.order,
        "slope": error_slope(found),
        "samples_for_an_error_of_one_quarter": found.needed if np.isfinite(found.needed) else None,
        "trials": [
            {
                "radius": trial.proof.claim.radius if isinstance(trial.proof.verdict, Accepted) else None,
                "certified_factor_of_the_squared_distance": trial.factor,
                "starts": [_start_document(settings, each) for each in trial.descents],
            }
            for trial in found.trials
        ],
    }


def _start_document(settings: Settings, each: Descent) -> dict[str, Any]:
    return {
        "samples": each.count,
        "error": each.error if len(each.distances) else None,
        "why": each.why or None,
        "right_signs": each.right_signs,
        "recovered": each.recovered(settings.tolerance),
        "steps": max(0, len(each.distances) - 1),
        "entered_the_ball_at": each.entry,
        "measured_factor": each.tail_factor,
        "largest_factor_of_the_squared_distance_in_the_ball": each.worst_after_entry,
    }


def _figure(found: list[Recovered]) -> Figure:
    from verify.experiments.zhong_2017.recovery_drawing import Curve, Run, draw

    curves = [
        Curve(
            f"{each.family.formula}, k = {each.family.units}, M_{each.order}",
            each.family.counts,
            tuple(each.errors(count) for count in each.family.counts),
        )
        for each in found
    ]
    first = found[0].trials[0]
    runs = [Run(each.count, each.distances, each.entry) for each in first.descents]
    radius = first.proof.claim.radius if isinstance(first.proof.verdict, Accepted) else None
    return draw(curves, runs, radius, first.factor)
