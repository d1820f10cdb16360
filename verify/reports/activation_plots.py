"""Pictures of an activation: φ, φ', φ'' over z, and enclosures of T₁, T₂, T₃ over σ with the bound for every σ."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal, cast

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from certificates.document import write_atomically
from certificates.errors import Malformed
from verify.activations.curves import Graph, TermCurve
from verify.reports.pictures import saved

__all__ = ["activation_figure", "picture_format", "save_activation_plot"]

# Okabe and Ito's palette, and markers: told apart without colours.
_COLOURS, _BOUND = ("#0072b2", "#d55e00", "#009e73"), "#1d1d1f"
_LINES, _MARKERS = ("-", "--", "-."), ("o", "s", "^")
_FORMATS = (".png", ".svg", ".pdf")


def activation_figure(name: str, graph: Graph, curve: TermCurve, bound: Any = None) -> Figure:
    """Both pictures side by side.

    Parameters
    ----------
    name
        The activation's spelling; shown as text.
    graph, curve
        As from :mod:`verify.activations.curves`.
    bound
        A proved claim of kind `zhong-rho-global`, drawn as a line; ``None`` if there is none.
    """
    drawing = Figure(figsize=(10, 4.2), layout="constrained")
    FigureCanvasAgg(drawing)
    left, right = drawing.subplots(1, 2)
    _draw_graph(left, graph)
    _draw_terms(right, curve, bound)
    shown = name if len(name) <= 80 else name[:80] + "…"
    drawing.suptitle(f"φ = {shown}", parse_math=False)
    return drawing


def _draw_graph(axes: Axes, graph: Graph) -> None:
    labels = (r"$\varphi$", r"$\varphi'$", r"$\varphi''$")
    for values, label, colour, line in zip(graph.derivatives, labels, _COLOURS, _LINES, strict=True):
        axes.plot(graph.points, values, line, color=colour, linewidth=1.7, label=label)
    slopes = np.concatenate(graph.derivatives[1:])
    visible = slopes[np.isfinite(slopes)]
    if visible.size:  # φ may leave the picture; its derivatives may not, unless they are far larger than φ itself
        low, high = float(visible.min()), float(visible.max())
        low, high = max(min(low, -1.0), -12.0), min(max(high, 1.2), 12.0)
        axes.set_ylim(low - 0.12 * (high - low), high + 0.25 * (high - low))
    axes.set_xlabel("$z$")
    _tidy(axes)


def _draw_terms(axes: Axes, curve: TermCurve, bound: Any) -> None:
    axes.set_xscale("log")
    positive = curve.lower[curve.lower > 0]
    smallest = float(positive.min()) if positive.size else 1.0
    has_negative = bool((curve.lower < -1e-3 * smallest).any())
    if has_negative:
        axes.set_yscale("symlog", linthresh=max(smallest, 1e-12))
        axes.axhline(0, color="#767676", linewidth=0.7)
    else:
        axes.set_yscale("log")
    for index, (colour, marker) in enumerate(zip(_COLOURS, _MARKERS, strict=True)):
        low, high = curve.lower[index], curve.upper[index]
        middle = (low + high) / 2
        shown = np.isfinite(middle) & (has_negative | (low > 0))
        errors = (high - low)[shown] / 2
        style: dict[str, Any] = {"fmt": marker, "markersize": 6.0 - 1.6 * index, "mfc": "none"}
        axes.errorbar(
            curve.sigmas[shown], middle[shown], yerr=errors, color=colour, label=f"$T_{index + 1}$", zorder=3, **style
        )
    if bound is not None:
        _draw_bound(axes, curve.sigmas, bound)
    low, high = axes.get_ylim()
    if not has_negative and high < 10 * low:  # terms that do not depend on σ: a flat line, not its last bits
        axes.set_ylim(low / 5, high * 5)
    axes.set_xlabel(r"$\sigma$")
    _label_sigmas(axes)
    _tidy(axes)


def _label_sigmas(axes: Axes) -> None:
    """Labels with room between them: 1, 2, 5 in plain digits on up to two and a half decades, powers of ten beyond."""
    low, high = axes.get_xlim()
    axes.xaxis.set_minor_formatter(NullFormatter())
    if high < 10**2.5 * low:
        axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))


def _draw_bound(axes: Axes, sigmas: np.ndarray[Any, np.dtype[np.float64]], bound: Any) -> None:
    grid = np.geomspace(sigmas[0], sigmas[-1], 300)
    scaled = float(bound.scale) * grid
    values = float(bound.constant) * scaled**bound.power / (1 + scaled * scaled) ** float(bound.decay)
    axes.plot(grid, values, color=_BOUND, linewidth=1.2, label=r"proved: $\rho\geq$ this, every $\sigma$", zorder=2)


def _tidy(axes: Axes) -> None:
    axes.spines[["top", "right"]].set_visible(False)
    axes.margins(x=0.01)
    axes.grid(alpha=0.25, linewidth=0.6)
    if axes.get_legend_handles_labels()[0]:
        axes.legend(frameon=False, loc="best")


def save_activation_plot(
    name: str, graph: Graph, curve: TermCurve, bound: Any, path: str | Path, *, force: bool = False
) -> None:
    """Write the figure; the ending chooses the format.

    Raises
    ------
    Malformed
        Another ending than .png, .svg or .pdf, or a different file stands there.
    """
    path, style = Path(path), picture_format(path)
    data = saved(lambda: activation_figure(name, graph, curve, bound), style)
    write_atomically(path, data, force=force)


def picture_format(path: str | Path) -> Literal["png", "svg", "pdf"]:
    """The format that an ending names; refuses any other ending."""
    ending = Path(path).suffix.lower()
    if ending not in _FORMATS:
        raise Malformed(
            f"pictures end in {', '.join(_FORMATS)}", place=ascii(str(path)).strip("'"), remedy="choose one of them"
        )
    return cast(Literal["png", "svg", "pdf"], ending[1:])
