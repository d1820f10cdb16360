"""The picture of `zhong-recovery`: errors of tensor starts against n, and runs into the certified ball."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from numpy.typing import NDArray

__all__ = ["Curve", "Run", "draw"]

Array = NDArray[np.float64]

# Okabe and Ito's palette
_COLOURS = ("#0072b2", "#56b4e9", "#009e73", "#d55e00", "#e69f00", "#cc79a7")
_GREY = "#767676"


@dataclass(frozen=True, eq=False)
class Curve:
    """Errors of the starts of one family.

    Parameters
    ----------
    label
        φ, k and the tensor.
    counts, errors
        n, and ‖W_0 − PW*‖ of every trial, infinite without a start.
    """

    label: str
    counts: tuple[int, ...]
    errors: tuple[Array, ...]


@dataclass(frozen=True, eq=False)
class Run:
    """‖W_t − PW*‖ of one run, and when it enters the certified ball."""

    count: int
    distances: Array
    entry: int | None


def draw(curves: list[Curve], runs: list[Run], radius: float | None, factor: float | None) -> Figure:
    """(a) Errors against n; (b) the runs of one W*, each with its certified envelope from where it enters the ball."""
    drawing = Figure(figsize=(11, 4.2), layout="constrained")
    FigureCanvasAgg(drawing)
    left, right = drawing.subplots(1, 2)
    _draw_errors(left, curves)
    _draw_runs(right, runs, radius, factor)
    for axes in (left, right):
        axes.spines[["top", "right"]].set_visible(False)
        axes.grid(alpha=0.25, linewidth=0.6)
        axes.legend(frameon=False, fontsize=8)
    return drawing


def _draw_errors(axes: Axes, curves: list[Curve]) -> None:
    for curve, colour in zip(curves, _COLOURS, strict=False):
        medians = [float(np.median(each)) for each in curve.errors]
        axes.loglog(curve.counts, medians, "o-", color=colour, linewidth=1.6, markersize=4, label=curve.label)
        for count, each in zip(curve.counts, curve.errors, strict=True):
            seen = each[np.isfinite(each)]
            axes.plot(np.full(len(seen), count), seen, ".", color=colour, markersize=3, alpha=0.4)
    if curves:
        ends = np.array([min(curve.counts[0] for curve in curves), max(curve.counts[-1] for curve in curves)])
        start = float(np.median(curves[0].errors[0])) * np.sqrt(curves[0].counts[0])
        axes.plot(ends, start / np.sqrt(ends), ":", color=_GREY, linewidth=1, label="n^(−½)")
    axes.set(xlabel="samples n of the tensor", ylabel="‖W₀ − PW*‖", title="(a) error of the tensor start")


def _draw_runs(axes: Axes, runs: list[Run], radius: float | None, factor: float | None) -> None:
    for run, colour in zip(runs, _COLOURS, strict=False):
        steps = np.arange(len(run.distances))
        axes.semilogy(steps, np.maximum(run.distances, 1e-320), color=colour, linewidth=1.6, label=f"n = {run.count:,}")
        if run.entry is not None and factor is not None:
            inside = steps[run.entry :]
            envelope = run.distances[run.entry] * np.sqrt(factor) ** (inside - run.entry)
            label = "certified from the entry on" if run is runs[-1] else None
            axes.semilogy(inside, envelope, "--", color=_GREY, linewidth=1.1, label=label)
    if radius is not None:
        axes.axhline(radius, color=_GREY, linewidth=1, linestyle=":", label="certified radius")
    axes.set(xlabel="step", ylabel="‖W_t − PW*‖", title="(b) gradient descent from it")
