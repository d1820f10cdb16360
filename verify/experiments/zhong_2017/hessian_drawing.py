"""The picture of `zhong-hessian`: λ_min against the bound, and what the bound loses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

__all__ = ["Dot", "draw"]

_COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000")
_MARKERS = "osD^v<>"


@dataclass(frozen=True)
class Dot:
    """One teacher.

    Parameters
    ----------
    loss
        κ²λ.
    curvature
        λ_min, proved from below.
    ours, slides
        The bounds with ρ̃ and with ρ.
    """

    loss: float
    curvature: float
    ours: float
    slides: float


def draw(groups: Mapping[str, Sequence[Dot]]) -> Figure:
    """Left: λ_min over the bounds, above the diagonal. Right: their quotient against κ²λ."""
    drawing = Figure(figsize=(11, 4.6), layout="constrained")
    FigureCanvasAgg(drawing)
    against, quotient = drawing.subplots(1, 2)
    for axes in (against, quotient):
        axes.set(xscale="log", yscale="log")
        axes.spines[["top", "right"]].set_visible(False)
        axes.grid(alpha=0.25, linewidth=0.6)
    for (name, dots), colour, marker in zip(groups.items(), _COLOURS, _MARKERS, strict=False):
        _draw(against, quotient, name, dots, colour, marker)
    ends = against.get_xlim()
    against.plot(ends, ends, color="#767676", linewidth=1, label="λ_min = bound")
    against.plot([], [], "o", color="#767676", fillstyle="none", label="bound with ρ")
    against.set(xlabel="bound: ρ̃/(κ²λ), hollow ρ/(κ²λ)", ylabel="λ_min, proved", xlim=ends)
    quotient.axhline(1, color="#767676", linewidth=1)
    quotient.set(xlabel="κ²λ", ylabel="λ_min ÷ bound")
    against.legend(frameon=False, fontsize=8, loc="lower right")
    return drawing


def _draw(against: Axes, quotient: Axes, name: str, dots: Sequence[Dot], colour: str, marker: str) -> None:
    losses, curvatures = [dot.loss for dot in dots], [dot.curvature for dot in dots]
    for bounds, label, hollow in (([d.ours for d in dots], name, False), ([d.slides for d in dots], None, True)):
        face = "none" if hollow else colour
        ratios = [c / b for c, b in zip(curvatures, bounds, strict=True)]
        for axes, x, y in ((against, bounds, curvatures), (quotient, losses, ratios)):
            axes.plot(x, y, marker, color=colour, markerfacecolor=face, markersize=5, alpha=0.8, label=label)
