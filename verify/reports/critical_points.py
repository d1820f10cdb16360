"""The picture of critical points: their values against their index, spurious minima in a colour of their own."""

from __future__ import annotations

from pathlib import Path

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from certificates.document import write_atomically
from verify.certification.find_results import Found
from verify.reports.pictures import saved

__all__ = ["critical_points_figure", "save_critical_points"]

# Okabe and Ito's palette, as in the other pictures; a marker each, for those who see no colours.
_STYLES = {
    "strict-minimum": ("#009e73", "o", "strict minimum"),
    "spurious-minimum": ("#d55e00", "s", "spurious minimum"),
    "critical-point": ("#0072b2", "^", "critical point"),
    "no-local-minimum": ("#56b4e9", "v", "no minimum in a ball"),
}


def critical_points_figure(found: Found) -> Figure:
    """Values of the certified points against how many directions lead down."""
    drawing = Figure(figsize=(6.4, 4.2), layout="constrained")
    FigureCanvasAgg(drawing)
    axes = drawing.subplots()
    for kind, (colour, marker, label) in _STYLES.items():
        chosen = [each.point for each in found.certified if each.proof.claim.kind == kind]
        if chosen:
            places = [point.index for point in chosen], [point.value for point in chosen]
            axes.scatter(*places, color=colour, marker=marker, s=34, alpha=0.85, label=label, linewidths=0)
    axes.set_xlabel("index")
    axes.set_ylabel("f")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(alpha=0.25, linewidth=0.6)
    axes.legend(frameon=False, loc="best")
    return drawing


def save_critical_points(found: Found, path: Path) -> None:
    """Write the picture; an earlier one of the same search gives way."""
    write_atomically(path, saved(lambda: critical_points_figure(found), "svg"), force=True)
