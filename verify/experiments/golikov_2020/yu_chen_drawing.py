"""The picture of `yu-chen`: g, which touches 0 at the unit, and the losses of runs that end above 0."""

from __future__ import annotations

from math import log

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from numpy.typing import NDArray

__all__ = ["draw"]


def draw(runs: list[NDArray[np.float64]]) -> Figure:
    """Left g(w) = 4σ(w) − 3σ(3w), right the losses less 25/2."""
    drawing = Figure(figsize=(9, 3.4), layout="constrained")
    FigureCanvasAgg(drawing)
    left, right = drawing.subplots(1, 2)
    w = np.linspace(-2, 4, 400)
    left.plot(w, 4 / (1 + np.exp(-w)) - 3 / (1 + np.exp(-3 * w)), color="#0072b2")
    left.plot([log(2)], [0], "o", color="#d55e00", label="w = ln 2")
    left.axhline(0, color="0.6", linewidth=0.8)
    left.set(xlabel="hidden weight w", ylabel="g(w) = Σ eᵢ σ(w xᵢ)")
    left.legend(frameon=False)
    for index, losses in enumerate(runs):
        part = np.linspace(0, 100, len(losses))
        right.plot(part, np.maximum(losses - 12.5, 1e-17), label=f"run {index + 1}", linewidth=1)
    right.set(xlabel="part of the steps, percent", ylabel="loss − 25/2", yscale="log")
    right.legend(frameon=False, fontsize=8)
    for axes in (left, right):
        axes.spines[["top", "right"]].set_visible(False)
        axes.grid(alpha=0.25, linewidth=0.6)
    return drawing
