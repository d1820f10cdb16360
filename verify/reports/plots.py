"""Pictures of a run beside its certificate."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter, ScalarFormatter

from certificates.document import write_atomically
from certificates.errors import Malformed
from verify.crosscheck.replay import Replay
from verify.reports.pictures import saved

__all__ = ["loss_figure", "loss_svg", "save_plot"]

# Blue and vermilion of Okabe and Ito's palette: told apart by colour-blind readers, and by lightness in print.
_RUN, _CERTIFIED, _FLOOR = "#0072b2", "#d55e00", "#767676"
_FORMATS: dict[str, Literal["png", "svg", "pdf"]] = {".png": "png", ".svg": "svg", ".pdf": "pdf"}
_TINY = 1e-320  # a loss of exactly 0 has no place on a logarithmic axis


def loss_figure(replay: Replay) -> Figure:
    """Loss and certified envelope on a logarithmic scale, and the distance from the start below the radius."""
    drawing = Figure(figsize=(7.2, 5.4), layout="constrained")
    FigureCanvasAgg(drawing)
    loss, distance = drawing.subplots(2, 1, sharex=True, height_ratios=(3, 2))
    _draw_loss(loss, replay)
    _draw_distance(distance, replay)
    return drawing


def _draw_loss(axes: Axes, replay: Replay) -> None:
    steps = replay.run.steps
    envelope, losses = np.maximum(replay.envelope, _TINY), np.maximum(replay.run.losses, _TINY)
    axes.semilogy(steps, envelope, color=_CERTIFIED, linestyle="--", linewidth=1.5, label="certified envelope")
    axes.semilogy(steps, losses, color=_RUN, linewidth=1.9, label="gradient descent in float64")
    if losses.min() < 1e3 * replay.floor:
        axes.axhline(replay.floor, color=_FLOOR, linestyle=":", label="rounding floor")
    axes.set_ylabel("loss")
    _tidy(axes)
    if np.log10(axes.get_ylim()[1] / axes.get_ylim()[0]) > 2:
        axes.yaxis.set_minor_formatter(NullFormatter())  # powers of ten say enough


def _draw_distance(axes: Axes, replay: Replay) -> None:
    axes.axhline(replay.radius, color=_CERTIFIED, linestyle="--", linewidth=1.5, label="certified radius")
    axes.plot(replay.run.steps, replay.run.distances, color=_RUN, linewidth=1.9, label="distance from the start")
    axes.set_ylim(0, 1.12 * max(replay.radius, float(replay.run.distances.max())))
    formatter = ScalarFormatter(useMathText=True)
    formatter.set_powerlimits((-3, 4))
    axes.yaxis.set_major_formatter(formatter)
    axes.set_xlabel("step")
    axes.set_ylabel("distance")
    _tidy(axes)


def _tidy(axes: Axes) -> None:
    axes.spines[["top", "right"]].set_visible(False)
    axes.margins(x=0.01)
    axes.grid(alpha=0.25, linewidth=0.6)
    axes.legend(frameon=False, loc="best")


def loss_svg(replay: Replay) -> str:
    """The figure as an SVG element with text as text and reproducible names."""
    drawing = saved(lambda: loss_figure(replay), "svg", transparent=True).decode()
    return drawing[drawing.index("<svg") :]


def save_plot(replay: Replay, path: str | Path, *, force: bool = False) -> None:
    """Write the figure; the ending chooses the format.

    Raises
    ------
    Malformed
        Another ending than .png, .svg or .pdf, or a different file stands there.
    """
    path = Path(path)
    style = _FORMATS.get(path.suffix.lower())
    if style is None:
        raise Malformed(f"pictures end in {', '.join(_FORMATS)}", place=str(path), remedy="choose one of them")
    write_atomically(path, saved(lambda: loss_figure(replay), style), force=force)
