"""The picture of `sjl-fig-2`: success fractions with logistic curves, and what became of the failed runs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from verify.experiments.soltanolkotabi_2018.logistic import Logistic

__all__ = ["Curve", "draw"]

_COLOUR = "#0072b2"
_AXES = {"a": "hidden units k", "b": "input dimension d"}
_PARTS = {
    "reached": ("#0072b2", ""),
    "global": ("#56b4e9", ""),
    "spurious": ("#d55e00", "//"),
    "saddle": ("#f0e442", ".."),
    "undecided": ("#bbbbbb", ""),
}
_NAMES = {
    "reached": "global minimum reached",
    "global": "global after polishing",
    "spurious": "certified spurious minimum",
    "saddle": "certified: no minimum there",
    "undecided": "undecided",
}


@dataclass(frozen=True)
class Curve:
    """One panel.

    Parameters
    ----------
    panel
        ``a`` or ``b``.
    positions, fractions
        The dots.
    fitted
        Which of them the curve is fitted to; the others are hollow.
    fit, level
        The curve and the probability of its dashed line.
    shares
        Of all runs at a position, by what became of them.
    """

    panel: str
    positions: tuple[int, ...]
    fractions: tuple[float, ...]
    fitted: tuple[bool, ...]
    fit: Logistic | None
    level: float
    shares: tuple[dict[str, float], ...]


def draw(curves: list[Curve]) -> Figure:
    """Fractions of experiments above, shares of runs below."""
    drawing = Figure(figsize=(10, 6.4), layout="constrained")
    FigureCanvasAgg(drawing)
    rows = drawing.subplots(2, len(curves), sharey="row", squeeze=False, height_ratios=(1.1, 1))
    for column, curve in enumerate(curves):
        _draw_fractions(rows[0][column], curve)
        _draw_shares(rows[1][column], curve)
        rows[0][column].set(title=f"({curve.panel})", ylim=(-0.04, 1.04))
        rows[1][column].set(xlabel=_AXES[curve.panel], ylim=(0, 1))
    rows[0][0].set_ylabel("fraction of experiments")
    rows[1][0].set_ylabel("share of runs")
    rows[1][0].legend(frameon=True, framealpha=0.9, loc="lower right", fontsize=8)
    for axes in drawing.axes:
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.spines[["top", "right"]].set_visible(False)
        axes.grid(alpha=0.25, linewidth=0.6)
    return drawing


def _draw_fractions(axes: Axes, curve: Curve) -> None:
    fitted, fractions, positions = map(np.array, (curve.fitted, curve.fractions, curve.positions))
    axes.plot(positions[fitted], fractions[fitted], "o", color=_COLOUR, markersize=6)
    axes.plot(positions[~fitted], fractions[~fitted], "o", color=_COLOUR, markersize=6, fillstyle="none")
    if curve.fit is None:
        return
    x = np.linspace(positions[fitted].min(), positions.max(), 301)
    axes.plot(x, [curve.fit(each) for each in x], color=_COLOUR, linewidth=1.6)
    crossing = curve.fit.crossing(curve.level)
    if x[0] <= crossing <= x[-1]:
        axes.plot([crossing, crossing], [0, curve.level], "--", color=_COLOUR, linewidth=1.2)
        axes.annotate(f"{crossing:.1f}", (crossing, 0.02), xytext=(4, 0), textcoords="offset points", fontsize=9)


def _draw_shares(axes: Axes, curve: Curve) -> None:
    below, width = np.zeros(len(curve.positions)), 0.7 * float(np.min(np.diff(curve.positions), initial=2))
    for name, (colour, hatch) in _PARTS.items():
        heights = np.array([each.get(name, 0.0) for each in curve.shares])
        axes.bar(
            curve.positions, heights, width, bottom=below, color=colour, hatch=hatch, label=_NAMES[name], linewidth=0
        )
        below += heights
