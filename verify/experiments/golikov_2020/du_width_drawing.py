"""The picture of `du-width`: widths over the number of samples, on logarithmic axes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from verify.experiments.golikov_2020.du_width import Row
    from verify.experiments.golikov_2020.widths import Name

__all__ = ["draw"]

_CERTIFIED: tuple[tuple[Name, bool, str, str, str], ...] = (
    ("relu", True, "ReLU flow, pairs", "#d55e00", "-"),
    ("relu", False, "ReLU flow, plain", "#d55e00", ":"),
    ("tanh", True, "tanh, pairs", "#0072b2", "-"),
    ("tanh", False, "tanh, plain", "#0072b2", ":"),
    ("softplus", True, "softplus, pairs", "#009e73", "-"),
    ("softplus", False, "softplus, plain", "#009e73", ":"),
)


def draw(rows: list[Row]) -> Figure:
    """One panel for d = n and one for d = n/2; open circles are no proofs."""
    drawing = Figure(figsize=(9, 4.4), layout="constrained")
    FigureCanvasAgg(drawing)
    panels = drawing.subplots(1, 2, sharey=True)
    for axes, title, chosen in (
        (panels[0], "d = n", [row for row in rows if row.dimension == row.samples]),
        (panels[1], "d = n/2", [row for row in rows if row.dimension != row.samples]),
    ):
        _panel(axes, chosen)
        axes.set(title=title, xlabel="samples n", xscale="log", yscale="log")
        axes.set_xticks([row.samples for row in chosen], [str(row.samples) for row in chosen])
        axes.minorticks_off()
        axes.spines[["top", "right"]].set_visible(False)
        axes.grid(alpha=0.25, linewidth=0.6)
    panels[0].set_ylabel("units m")
    handles, labels = panels[0].get_legend_handles_labels()
    drawing.legend(
        handles, labels, title="full circles: certified", loc="outside right center", frameon=False, fontsize=8
    )
    return drawing


def _panel(axes: Axes, rows: list[Row]) -> None:
    n = [row.samples for row in rows]
    axes.plot(n, [row.printed.claim.width for row in rows], "s-", color="0.2", label="the theorem, as printed")
    axes.plot(n, [row.sharpened.claim.width for row in rows], "s--", color="0.5", label="sharpened")
    for name, paired, label, colour, line in _CERTIFIED:
        found = [row.widths[name, paired] for row in rows]
        axes.plot(n, [each.units for each in found], line, color=colour, label=label, linewidth=1.2)
        for samples, each in zip(n, found, strict=True):
            axes.plot([samples], [each.units], "o", color=colour, mfc=colour if each.is_certified else "white", ms=5)
