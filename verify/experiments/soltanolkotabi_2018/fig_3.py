"""Figure 3 of Soltanolkotabi, Javanmard and Lee: when does gradient descent fit a planted quadratic network?"""

from __future__ import annotations

from collections import Counter
from itertools import compress
from typing import TYPE_CHECKING, Any

from verify.certification.proofs import NetworkProof
from verify.experiments.reproduction import Progress, Reproduction, is_proved
from verify.experiments.soltanolkotabi_2018.fig_3_proofs import Label, label_runs, prove_runs
from verify.experiments.soltanolkotabi_2018.fig_3_reading import FIT_FROM, Panel, criteria, notes
from verify.experiments.soltanolkotabi_2018.logistic import fit_logistic
from verify.experiments.soltanolkotabi_2018.planted_trials import GridPoint, Mode, Settings, Trials, run_trials
from verify.theory.soltanolkotabi_2018.printed import FIGURE_3

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["TITLE", "run"]

TITLE = "Figure 3 of Soltanolkotabi, Javanmard and Lee: success of gradient descent on planted quadratic networks"

_MODES: tuple[Mode, ...] = ("both", "fixed")


def run(progress: Progress | None = None, settings: Settings | None = None) -> Reproduction:
    """Run both panels in both modes, fit, and certify single runs.

    Parameters
    ----------
    progress
        Called as ``progress(name, step, steps)``.
    settings
        The reduced sizes by default; the paper's own are lost.
    """
    chosen = Settings() if settings is None else settings
    grids = {"a": chosen.widths, "b": chosen.dimensions}
    tasks = [(mode, name, point) for mode in _MODES for name, grid in grids.items() for point in grid]
    done: dict[tuple[Mode, str], list[tuple[Trials, tuple[Label, ...]]]] = {}
    proofs: dict[str, NetworkProof] = {}
    for step, (mode, name, point) in enumerate(tasks):
        if progress is not None:
            progress(f"{mode} d={point.dimension} k={point.units}", step, len(tasks))
        trials = run_trials(chosen, mode, point)
        found = prove_runs(trials, chosen.samples)
        proofs |= found
        done.setdefault((mode, name), []).append((trials, label_runs(trials, found)))
    panels = [_panel(chosen, mode, name, grids[name], results) for (mode, name), results in done.items()]
    return _reproduction(chosen, panels, proofs)


def _panel(
    settings: Settings,
    mode: Mode,
    name: str,
    grid: tuple[GridPoint, ...],
    results: list[tuple[Trials, tuple[Label, ...]]],
) -> Panel:
    positions = tuple(point.units if name == "a" else point.dimension for point in grid)
    fitted = tuple(point.freedom >= FIT_FROM * settings.samples for point in grid)
    counts = [trials.successes for trials, _ in results]
    fit = fit_logistic(list(compress(positions, fitted)), list(compress(counts, fitted)), settings.experiments)
    trials, labels = zip(*results, strict=True)
    return Panel(name, mode, positions, fitted, trials, labels, fit)


def _reproduction(settings: Settings, panels: list[Panel], proofs: dict[str, NetworkProof]) -> Reproduction:
    found = criteria(settings, panels, proofs)
    return Reproduction(
        title=TITLE,
        source=FIGURE_3,
        header=(
            "panel",
            "mode",
            "d",
            "k",
            "kd − k(k−1)/2",
            "successes",
            "runs: global, second-order, saddle, budget",
            "proved runs",
        ),
        rows=tuple(row for panel in panels for row in _rows(settings, panel, proofs)),
        notes=(*notes(settings, panels), *(f"{'met' if met else 'NOT met'}: {text}" for text, met in found)),
        proofs=proofs,
        document={
            "experiment": "sjl-fig-3",
            "settings": _settings(settings),
            "panels": [_document(settings, panel) for panel in panels],
            "criteria": [{"criterion": text, "met": met} for text, met in found],
            "certificates": len(proofs),
        },
        is_complete=all(map(is_proved, proofs.values())) and all(met for _, met in found),
        figure=lambda: _figure(settings, panels),
    )


def _rows(settings: Settings, panel: Panel, proofs: dict[str, NetworkProof]) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for trials, labels in zip(panel.trials, panel.labels, strict=True):
        point, counts = trials.point, Counter(labels)
        proved = sum(name.startswith(f"{panel.mode}-d{point.dimension}-k{point.units}-") for name in proofs)
        rows.append(
            (
                f"({panel.name})",
                panel.mode,
                str(point.dimension),
                str(point.units),
                f"{point.freedom} {'≥' if point.freedom >= settings.samples else '<'} n",
                f"{trials.successes}/{settings.experiments}",
                ", ".join(str(counts[label]) for label in ("global", "second-order", "saddle", "budget")),
                str(proved),
            )
        )
    return rows


def _settings(settings: Settings) -> dict[str, Any]:
    names = ("samples", "experiments", "initialisations", "budget", "tolerance", "level", "seed")
    return {name: getattr(settings, name) for name in names}


def _document(settings: Settings, panel: Panel) -> dict[str, Any]:
    return {
        "panel": panel.name,
        "mode": panel.mode,
        "positions": list(panel.positions),
        "fractions": list(panel.fractions),
        "fitted": list(panel.fitted),
        "runs": [dict(Counter(labels)) for labels in panel.labels],
        "stalled": [trials.run.outcomes.count("stalled") for trials in panel.trials],
        "midpoint": None if panel.fit is None else panel.fit.midpoint,
        "crossing": None if panel.fit is None else panel.fit.crossing(settings.level),
        "freedom_equals_n_at": panel.threshold,
    }


def _figure(settings: Settings, panels: list[Panel]) -> Figure:
    from verify.experiments.soltanolkotabi_2018.fig_3_drawing import Curve, draw

    curves = [
        Curve(p.name, p.mode, p.positions, p.fractions, p.fitted, p.fit, settings.level, p.threshold) for p in panels
    ]
    return draw(curves)
