"""The picture of how times grow."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter, ScalarFormatter

from benchmarks.sweep import Sweep, exponent

__all__ = ["scaling_figure"]

_OURS, _PEER = "#0072b2", "#d55e00"  # of Okabe and Ito's palette


def scaling_figure(sweeps: Sequence[Sweep]) -> Figure:
    """One panel a sweep, both axes logarithmic, the fitted exponents in the legend."""
    drawing = Figure(figsize=(8.4, 6.6), layout="constrained")
    FigureCanvasAgg(drawing)
    for axes, sweep in zip(drawing.subplots(2, 2).flat, sweeps, strict=True):
        _panel(axes, sweep)
    return drawing


def _panel(axes: Axes, sweep: Sweep) -> None:
    for name, seconds, colour, mark in (
        ("gradcert", sweep.ours, _OURS, "o"),
        (sweep.peer, sweep.theirs, _PEER, "s"),
    ):
        sizes = sweep.sizes[: len(seconds)]
        label = f"{name}, ~ ${sweep.size}^{{{exponent(sizes, seconds):.1f}}}$"
        axes.loglog(sizes, seconds, marker=mark, markersize=5, color=colour, linewidth=1.8, label=label)
    axes.set_title(sweep.title, fontsize=11)
    axes.set_xlabel(f"${sweep.size}$")
    axes.set_ylabel("seconds")
    axes.set_xticks(sweep.sizes)
    axes.xaxis.set_major_formatter(ScalarFormatter())
    axes.xaxis.set_minor_formatter(NullFormatter())
    if np.log10(axes.get_ylim()[1] / axes.get_ylim()[0]) > 1:
        axes.yaxis.set_minor_formatter(NullFormatter())
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(alpha=0.25, linewidth=0.6)
    axes.legend(frameon=False, loc="upper left")
