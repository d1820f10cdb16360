"""Figure 2 of Soltanolkotabi, Javanmard and Lee: when does gradient descent fit a planted softplus network?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from verify.certification.proofs import NetworkProof
from verify.experiments.reproduction import Progress, Reproduction, is_proved
from verify.experiments.soltanolkotabi_2018.fig_2_proofs import Failure, classify
from verify.experiments.soltanolkotabi_2018.fig_2_reading import LABELS, Panel, criteria, notes, panel_of
from verify.experiments.soltanolkotabi_2018.planted_trials import GridPoint
from verify.experiments.soltanolkotabi_2018.softplus_trials import Settings, Trials, run_trials
from verify.theory.soltanolkotabi_2018.printed import FIGURE_2

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["TITLE", "run"]

TITLE = "Figure 2 of Soltanolkotabi, Javanmard and Lee: success of gradient descent on planted softplus networks"


def run(progress: Progress | None = None, settings: Settings | None = None) -> Reproduction:
    """Run both panels, fit, polish what failed, and certify what it led to.

    Parameters
    ----------
    progress
        Called as ``progress(name, step, steps)``.
    settings
        The reduced sizes by default; the paper's own are lost.
    """
    chosen = Settings() if settings is None else settings
    grids = {"a": chosen.widths, "b": chosen.dimensions}
    total = sum(map(len, grids.values()))
    done: dict[str, list[tuple[Trials, tuple[Failure, ...]]]] = {name: [] for name in grids}
    for step, (name, point) in enumerate((name, point) for name, grid in grids.items() for point in grid):
        done[name].append(_at(chosen, point, progress, step, total))
    panels = [panel_of(chosen, name, results) for name, results in done.items()]
    return _reproduction(chosen, panels, _proofs(panels))


def _at(
    settings: Settings, point: GridPoint, progress: Progress | None, step: int, total: int
) -> tuple[Trials, tuple[Failure, ...]]:
    def tell(what: str) -> None:
        if progress is not None:
            progress(f"d={point.dimension} k={point.units}, {what}", step, total)

    tell("descent")
    trials = run_trials(settings, point)
    failures = []
    for failure in classify(trials):
        tell(f"polishing, run {failure.index + 1} of {len(trials.weights)}")
        failures.append(failure)
    return trials, tuple(failures)


def _proofs(panels: list[Panel]) -> dict[str, NetworkProof]:
    return {
        _name(panel.name, trials, failure): failure.proof
        for panel in panels
        for trials, failures in zip(panel.trials, panel.failures, strict=True)
        for failure in failures
        if failure.proof is not None
    }


def _name(panel: str, trials: Trials, failure: Failure) -> str:
    experiment, start = divmod(failure.index, trials.per_experiment)
    return f"{panel}-d{trials.point.dimension}-k{trials.point.units}-{experiment + 1}-{start + 1}-{failure.label}"


def _reproduction(settings: Settings, panels: list[Panel], proofs: dict[str, NetworkProof]) -> Reproduction:
    found = criteria(panels, proofs)
    return Reproduction(
        title=TITLE,
        source=FIGURE_2,
        header=("panel", "d", "k", "k(d + 1)", "runs that reached", "successes", "failed: " + ", ".join(LABELS)),
        rows=tuple(row for panel in panels for row in _rows(settings, panel)),
        notes=(*notes(settings, panels), *(f"{'met' if met else 'NOT met'}: {text}" for text, met in found)),
        proofs=proofs,
        document={
            "experiment": "sjl-fig-2",
            "settings": _settings(settings),
            "panels": [_document(settings, panel) for panel in panels],
            "criteria": [{"criterion": text, "met": met} for text, met in found],
            "certificates": len(proofs),
        },
        is_complete=all(map(is_proved, proofs.values())) and all(met for _, met in found),
        figure=lambda: _figure(settings, panels),
    )


def _rows(settings: Settings, panel: Panel) -> list[tuple[str, ...]]:
    return [
        (
            f"({panel.name})",
            str(trials.point.dimension),
            str(trials.point.units),
            f"{trials.parameters} {'≥' if trials.parameters >= settings.samples else '<'} n",
            f"{int(trials.reached.sum())}/{trials.reached.size}",
            f"{trials.successes}/{settings.experiments}",
            ", ".join(str(counts[label]) for label in LABELS),
        )
        for trials, counts in zip(panel.trials, panel.counts, strict=True)
    ]


def _settings(settings: Settings) -> dict[str, Any]:
    names = ("samples", "experiments", "initialisations", "budget", "tolerance", "level", "seed")
    return {name: getattr(settings, name) for name in names}


def _document(settings: Settings, panel: Panel) -> dict[str, Any]:
    return {
        "panel": panel.name,
        "positions": list(panel.positions),
        "fractions": list(panel.fractions),
        "fitted": list(panel.fitted),
        "runs_reached": [int(trials.reached.sum()) for trials in panel.trials],
        "failures": [{label: counts[label] for label in LABELS} for counts in panel.counts],
        "failed_runs": [_failed_run(panel.name, trials, failure) for trials, failure in _each(panel)],
        "midpoint": None if panel.fit is None else panel.fit.midpoint,
        "slope": None if panel.fit is None else panel.fit.slope,
        "crossing": None if panel.fit is None else panel.fit.crossing(settings.level),
    }


def _each(panel: Panel) -> list[tuple[Trials, Failure]]:
    pairs = zip(panel.trials, panel.failures, strict=True)
    return [(trials, failure) for trials, failures in pairs for failure in failures]


def _failed_run(panel: str, trials: Trials, failure: Failure) -> dict[str, Any]:
    return {
        "run": _name(panel, trials, failure),
        "relative_loss": failure.before,
        "after_polishing": failure.after,
        "length_over_planted": failure.size,
        "certificate": None if failure.proof is None else failure.proof.claim.kind,
    }


def _figure(settings: Settings, panels: list[Panel]) -> Figure:
    from verify.experiments.soltanolkotabi_2018.fig_2_drawing import Curve, draw

    curves = [
        Curve(p.name, p.positions, p.fractions, p.fitted, p.fit, settings.level, tuple(_shares(p))) for p in panels
    ]
    return draw(curves)


def _shares(panel: Panel) -> list[dict[str, float]]:
    shares = []
    for trials, counts in zip(panel.trials, panel.counts, strict=True):
        parts: dict[str, int] = {"reached": int(trials.reached.sum()), **{label: counts[label] for label in LABELS}}
        shares.append({name: count / trials.reached.size for name, count in parts.items()})
    return shares
