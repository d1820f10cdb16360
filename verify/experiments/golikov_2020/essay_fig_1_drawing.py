"""The picture of `essay-fig-1`: above what is measured by width, below what is proved beside what is measured."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator, PercentFormatter

from verify.experiments.golikov_2020.width_criteria import median_epochs
from verify.experiments.golikov_2020.width_proofs import Wide, needed
from verify.experiments.golikov_2020.width_trials import Settings, Trial
from verify.experiments.reproduction import is_proved

__all__ = ["draw"]

_MEASURED, _PROVED = "#0072b2", "#d55e00"


def draw(settings: Settings, trials: Sequence[Trial], proved: Sequence[Wide]) -> Figure:
    """Errors by epoch, epochs and accuracy by width; constants by width, and a flow beside its bound."""
    drawing = Figure(figsize=(11, 7), layout="constrained")
    FigureCanvasAgg(drawing)
    rows = drawing.add_gridspec(2, 1)
    above, below = drawing.add_subfigure(rows[0]), drawing.add_subfigure(rows[1])
    above.suptitle(f"measured: cross-entropy, {settings.samples:,} images", fontsize=10)
    below.suptitle(
        f"proved and measured: squared loss, {settings.proof_samples} images, the same networks", fontsize=10
    )
    errors, epochs, accuracy = above.subplots(1, 3)
    constants, flow = below.subplots(1, 2)
    _draw_errors(errors, settings, trials)
    _draw_epochs(epochs, settings, trials)
    _draw_accuracy(accuracy, settings, trials)
    _draw_constants(constants, settings, proved)
    _draw_flow(flow, proved)
    for axes in (epochs, accuracy):
        _scale_widths(axes, settings.widths)
    _scale_widths(constants, [wide.width for wide in proved])
    for axes in (errors, epochs, accuracy, constants, flow):
        axes.spines[["top", "right"]].set_visible(False)
        axes.grid(alpha=0.25, linewidth=0.6)
    return drawing


def _scale_widths(axes: Axes, widths: Sequence[int]) -> None:
    ticks = [width for width in widths if width & (width - 1) == 0]
    axes.set(xscale="log", xlabel="units w of each hidden layer")
    axes.set_xticks(ticks, list(map(str, ticks)))
    axes.xaxis.set_minor_locator(NullLocator())


def _draw_errors(axes: Axes, settings: Settings, trials: Sequence[Trial]) -> None:
    """Mean over the starts; a run that has ended keeps its 0."""
    colours = colormaps["viridis"](np.linspace(0, 0.9, len(settings.widths)))
    for width, colour in zip(settings.widths, colours, strict=True):
        mine = [trial.errors for trial in trials if trial.width == width]
        longest = max(map(len, mine))
        mean = np.mean([np.pad(errors, (0, longest - len(errors))) for errors in mine], axis=0) / settings.samples
        axes.plot(mean, color=colour, linewidth=1.3, label=str(width))
    axes.set(xlabel="epochs", ylabel="training images that are wrong, mean", ylim=(0, 1))
    axes.set_yscale("symlog", linthresh=1e-3)
    axes.set_yticks([0, 1e-3, 1e-2, 0.1, 1], ["0", "0.1 %", "1 %", "10 %", "100 %"])
    axes.yaxis.set_minor_locator(NullLocator())
    axes.legend(title="w", frameon=False, fontsize=8, title_fontsize=8, loc="upper left", bbox_to_anchor=(1, 1))


def _draw_epochs(axes: Axes, settings: Settings, trials: Sequence[Trial]) -> None:
    top = 1.12 * settings.epochs
    fitted = [trial for trial in trials if np.isfinite(trial.epochs)]
    never = [trial for trial in trials if not np.isfinite(trial.epochs)]
    axes.plot([t.width for t in fitted], [t.epochs for t in fitted], "o", color=_MEASURED, alpha=0.45, markersize=4)
    medians = {width: median_epochs(trials, width) for width in settings.widths}
    finite = [width for width in settings.widths if np.isfinite(medians[width])]
    axes.plot(finite, [medians[width] for width in finite], color=_MEASURED, label="median")
    axes.plot(
        [t.width for t in never],
        [top] * len(never),
        "x",
        color="0.4",
        markersize=5,
        label=f"never within {settings.epochs}",
    )
    axes.axhline(settings.epochs, color="0.6", linewidth=0.8, linestyle=":")
    axes.set(ylabel="epochs until all are right", ylim=(0, 1.05 * top))
    axes.legend(frameon=False, fontsize=8)


def _draw_accuracy(axes: Axes, settings: Settings, trials: Sequence[Trial]) -> None:
    axes.plot([t.width for t in trials], [t.accuracy for t in trials], "o", color=_MEASURED, alpha=0.45, markersize=4)
    means = [np.mean([t.accuracy for t in trials if t.width == width]) for width in settings.widths]
    axes.plot(settings.widths, means, color=_MEASURED, label="mean")
    axes.set(ylabel="test images that are right")
    axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0, symbol=" %"))
    axes.legend(frameon=False, fontsize=8, loc="lower right")


def _draw_constants(axes: Axes, settings: Settings, proved: Sequence[Wide]) -> None:
    widths = [wide.width for wide in proved]
    after = [wide.after.quotient for wide in proved]
    hollow: dict[str, Any] = {"color": _MEASURED, "linestyle": ":", "fillstyle": "none", "markersize": 5}
    axes.plot(
        widths, [wide.at_start.quotient for wide in proved], "o", label="‖∇f‖²/f, measured at the start", **hollow
    )
    axes.plot(widths, after, "s", label="‖∇f‖²/f, measured after descent", **hollow)
    for name, marker, where in (("start", "o", "at the start"), ("trained", "s", "after descent")):
        held = [wide for wide in proved if is_proved(wide.found[name])]
        bounds = [wide.found[name].claim.constant for wide in held]
        places = [wide.width for wide in held]
        axes.plot(places, bounds, f"{marker}-", color=_PROVED, markersize=5, label=f"c, proved {where}")
    least = needed(settings)
    axes.axvspan(min(widths) / 1.3, least - 0.5, color="0.92", zorder=0)
    words: dict[str, Any] = {"transform": axes.get_xaxis_transform(), "fontsize": 8, "color": "0.35"}
    axes.text(min(widths), 0.05, f"w < {least}: the theorem says nothing", **words)
    axes.set(yscale="log", ylabel="by the last layer's gradient", xlim=(min(widths) / 1.3, 1.3 * max(widths)))
    axes.set_ylim(axes.get_ylim()[0] / 10, 1e5)  # room for the words
    axes.legend(frameon=False, fontsize=8, loc="upper left", ncols=2)


def _draw_flow(axes: Axes, proved: Sequence[Wide]) -> None:
    held = [wide for wide in proved if is_proved(wide.alone)]
    colours = colormaps["viridis"](np.linspace(0, 0.9, max(len(held), 2)))
    for wide, colour in zip(held, colours, strict=False):
        bound = np.exp(-wide.alone.claim.constant * wide.times)
        axes.plot(wide.times, wide.flow, color=colour, linewidth=1.3, label=f"w = {wide.width}")
        axes.plot(wide.times, bound, "--", color=colour, linewidth=1.3)
    axes.plot([], [], color="0.4", label="measured")
    axes.plot([], [], "--", color="0.4", label="exp(−ct), proved")
    axes.set(xscale="log", yscale="log", ylim=(1e-8, 2), xlabel="time t of gradient flow by the last layer alone")
    axes.set_ylabel("f(t)/f(0)")
    axes.legend(frameon=False, fontsize=8, loc="lower left")
