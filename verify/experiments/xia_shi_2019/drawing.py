"""The picture of `xia-shi-fig-2`: relative error, sizes of signal and noise, and their ratio."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from numpy.typing import NDArray

__all__ = ["Curve", "draw"]

Array = NDArray[np.float64]

_COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7")


@dataclass(frozen=True, eq=False)
class Curve:
    """Measurements of one run.

    Parameters
    ----------
    dimension
        n.
    steps, errors
        t and the relative error.
    raw, aligned
        (α, β) of M_t and of M_tQ_t, (records, 2).
    entry_step
        From where convergence is proved.
    """

    dimension: int
    steps: NDArray[np.int64]
    errors: Array
    raw: Array
    aligned: Array
    entry_step: int | None


def draw(curves: list[Curve]) -> Figure:
    """Panels (a), (b), (c), all with logarithmic ordinates."""
    drawing = Figure(figsize=(12, 4), layout="constrained")
    FigureCanvasAgg(drawing)
    error, size, ratio = drawing.subplots(1, 3)
    for curve, colour in zip(curves, _COLOURS, strict=False):
        _draw(error, size, ratio, curve, colour)
    error.plot([], [], "v", color="#767676", label="proved from here on")
    for axes, label, title in (
        (error, "relative error", "(a)"),
        (size, "α and β", "(b)"),
        (ratio, "α/β", "(c)"),
    ):
        axes.set(yscale="log", xlabel="t", ylabel=label, title=title)
        axes.spines[["top", "right"]].set_visible(False)
        axes.grid(alpha=0.25, linewidth=0.6)
    for style, label in (("-", "α, aligned"), ("--", "β, aligned"), (":", "α, as printed"), ("-.", "β, as printed")):
        size.plot([], [], style, color="#767676", label=label)
    for style, label in (("-", "aligned, M_tQ_t"), (":", "as printed, M_t")):
        ratio.plot([], [], style, color="#767676", label=label.replace("_t", "ₜ"))
    for axes, place in ((error, "lower left"), (size, "lower left"), (ratio, "upper left")):
        axes.legend(frameon=False, fontsize=9, loc=place)
    return drawing


def _draw(error: Axes, size: Axes, ratio: Axes, curve: Curve, colour: str) -> None:
    error.plot(curve.steps, curve.errors, color=colour, linewidth=1.6, label=f"n = {curve.dimension}")
    if curve.entry_step is not None:
        at = float(np.interp(curve.entry_step, curve.steps, curve.errors))
        error.plot([curve.entry_step], [at], "v", color=colour, markersize=7)
    for column, style, raw_style in ((0, "-", ":"), (1, "--", "-.")):
        size.plot(curve.steps, curve.aligned[:, column], style, color=colour, linewidth=1.4)
        size.plot(curve.steps, curve.raw[:, column], raw_style, color=colour, linewidth=1.2)
    ratio.plot(curve.steps, curve.aligned[:, 0] / curve.aligned[:, 1], color=colour, linewidth=1.6)
    ratio.plot(curve.steps, curve.raw[:, 0] / curve.raw[:, 1], ":", color=colour, linewidth=1.6)
