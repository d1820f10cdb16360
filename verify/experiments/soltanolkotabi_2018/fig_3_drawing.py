"""The picture of `sjl-fig-3`: success fractions, logistic curves, and where they cross the level."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from verify.experiments.soltanolkotabi_2018.logistic import Logistic

__all__ = ["Curve", "draw"]

_STYLES = {"both": ("#0072b2", "o", "v and W trained"), "fixed": ("#d55e00", "s", "v = 1 fixed")}
_AXES = {"a": "hidden units k", "b": "input dimension d"}


@dataclass(frozen=True)
class Curve:
    """Dots and their fit.

    Parameters
    ----------
    panel, mode
        ``a`` or ``b``; ``both`` or ``fixed``.
    positions, fractions
        The dots.
    fitted
        Which of them the curve is fitted to; the others are hollow.
    fit, level
        The curve and the probability of its dashed line.
    threshold
        Where kd − k(k − 1)/2 = n.
    """

    panel: str
    mode: str
    positions: tuple[int, ...]
    fractions: tuple[float, ...]
    fitted: tuple[bool, ...]
    fit: Logistic | None
    level: float
    threshold: float


def draw(curves: list[Curve]) -> Figure:
    """Panels (a) and (b) side by side, a colour and a marker for each mode."""
    drawing = Figure(figsize=(10, 4), layout="constrained")
    FigureCanvasAgg(drawing)
    for axes, name in zip(drawing.subplots(1, 2, sharey=True), "ab", strict=True):
        mine = [curve for curve in curves if curve.panel == name]
        for curve in mine:
            _draw(axes, curve)
        if mine:
            axes.axvline(mine[0].threshold, color="#767676", linewidth=1, linestyle=":", label="kd − k(k−1)/2 = n")
        axes.set(xlabel=_AXES[name], title=f"({name})", ylim=(-0.04, 1.04))
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.spines[["top", "right"]].set_visible(False)
        axes.grid(alpha=0.25, linewidth=0.6)
    drawing.axes[0].set_ylabel("fraction of experiments")
    drawing.axes[0].legend(frameon=False, loc="center right", fontsize=9)
    return drawing


def _draw(axes: Axes, curve: Curve) -> None:
    colour, marker, label = _STYLES[curve.mode]
    side = 1 if curve.mode == "fixed" else -1
    fitted, fractions = np.array(curve.fitted), np.array(curve.fractions)
    positions = np.array(curve.positions) + 0.06 * side  # dots on top of each other stay visible
    axes.plot(positions[fitted], fractions[fitted], marker, color=colour, markersize=6, label=label)
    axes.plot(positions[~fitted], fractions[~fitted], marker, color=colour, markersize=6, fillstyle="none")
    if curve.fit is None:
        return
    x = np.linspace(np.array(curve.positions)[fitted].min(), max(curve.positions), 301)
    axes.plot(x, [curve.fit(each) for each in x], color=colour, linewidth=1.6)
    crossing = curve.fit.crossing(curve.level)
    if x[0] <= crossing <= x[-1]:
        axes.plot([crossing, crossing], [0, curve.level], "--", color=colour, linewidth=1.2)
        axes.annotate(
            f"{crossing:.1f}",
            (crossing, 0.02),
            color=colour,
            fontsize=9,
            xytext=(-4 * side, 0),
            textcoords="offset points",
            ha="right" if side > 0 else "left",
        )
