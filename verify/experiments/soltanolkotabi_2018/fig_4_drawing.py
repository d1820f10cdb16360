"""The picture of `sjl-fig-4`: the root of the loss against iterations for several widths."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from numpy.typing import NDArray

__all__ = ["draw"]

# Okabe and Ito's palette and a line style each: told apart without colours, too.
_COLOURS = ("#d55e00", "#e69f00", "#009e73", "#0072b2", "#cc79a7", "#000000")
_STYLES: tuple[str | tuple[int, tuple[int, ...]], ...] = ("-", "--", "-.", ":", (0, (6, 1, 1, 1)), (0, (1, 1)))


def draw(places: NDArray[np.int64], curves: Mapping[int, NDArray[np.float64]]) -> Figure:
    """The median of the runs of each width, and every run as a thin line."""
    drawing = Figure(figsize=(7, 4.4), layout="constrained")
    FigureCanvasAgg(drawing)
    axes = drawing.subplots()
    for index, (units, runs) in enumerate(curves.items()):
        colour, style = _COLOURS[index % len(_COLOURS)], _STYLES[index % len(_STYLES)]
        axes.plot(places + 1, runs.T, color=colour, linewidth=0.6, alpha=0.4)
        axes.plot(places + 1, np.median(runs, axis=0), color=colour, linestyle=style, linewidth=2, label=f"k = {units}")
    axes.set(xscale="log", yscale="log", xlabel="iterations + 1", ylabel=r"$\sqrt{L/L_0}$")
    axes.legend(frameon=False, loc="lower left")
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(alpha=0.25, linewidth=0.6)
    return drawing
