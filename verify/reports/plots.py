"""Pictures of a run beside its certificate."""

from __future__ import annotations

import io
from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from certificates.document import write_atomically
from certificates.errors import Malformed
from verify.crosscheck.replay import Replay

__all__ = ["figure", "save_plot", "svg"]

# distinguishable by lightness as well as by hue
_RUN, _CERTIFIED, _FLOOR = "#1b5e9b", "#c2571a", "#8a8a8a"
_FORMATS = (".png", ".svg", ".pdf")


def figure(replay: Replay) -> Figure:
    """Loss and certified envelope on a logarithmic scale, and the distance from the start below the radius."""
    drawing = Figure(figsize=(7.2, 5.6), layout="constrained")
    FigureCanvasAgg(drawing)
    loss, distance = drawing.subplots(2, 1, sharex=True, height_ratios=(3, 2))
    _draw_loss(loss, replay)
    _draw_distance(distance, replay)
    return drawing


def _draw_loss(axes: Axes, replay: Replay) -> None:
    steps, losses = replay.run.steps, replay.run.losses
    axes.semilogy(
        steps, np.maximum(replay.envelope, 1e-320), color=_CERTIFIED, linestyle="--", label="certified envelope"
    )
    axes.semilogy(steps, np.maximum(losses, 1e-320), color=_RUN, linewidth=1.8, label="gradient descent (float64)")
    if losses.min() < 1e3 * replay.floor:
        axes.axhline(replay.floor, color=_FLOOR, linestyle=":", label="rounding floor")
    axes.set_ylabel("loss f(w)")
    axes.legend(frameon=False, loc="best")
    _tidy(axes)


def _draw_distance(axes: Axes, replay: Replay) -> None:
    axes.plot(replay.run.steps, replay.run.distances, color=_RUN, linewidth=1.8, label="distance from the start")
    axes.axhline(replay.radius, color=_CERTIFIED, linestyle="--", label="certified radius")
    axes.set_ylim(bottom=0)
    axes.set_xlabel("step")
    axes.set_ylabel("distance")
    axes.legend(frameon=False, loc="best")
    _tidy(axes)


def _tidy(axes: Axes) -> None:
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(alpha=0.25)


def svg(replay: Replay) -> str:
    """The figure as an SVG element with text as text and reproducible names."""
    buffer = io.StringIO()
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "gradcert", "font.family": "sans-serif"}):
        figure(replay).savefig(buffer, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    text = buffer.getvalue()
    return text[text.index("<svg") :]


def save_plot(replay: Replay, path: str | Path, *, force: bool = False) -> None:
    """Write the figure; the ending chooses the format.

    Raises
    ------
    Malformed
        Another ending than .png, .svg or .pdf, or a different file stands there.
    """
    path = Path(path)
    if path.suffix.lower() not in _FORMATS:
        raise Malformed(f"pictures end in {', '.join(_FORMATS)}", place=str(path), remedy="choose one of them")
    buffer = io.BytesIO()
    figure(replay).savefig(buffer, format=path.suffix[1:].lower(), dpi=160)
    write_atomically(path, buffer.getvalue(), force=force)
