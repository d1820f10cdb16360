"""Pictures of runs towards a planted model beside their certificate."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from certificates.document import write_atomically
from certificates.errors import Malformed
from verify.crosscheck.planted import OrbitReplay
from verify.reports.pictures import saved

__all__ = ["orbit_figure", "save_orbit_plot"]

# Okabe and Ito's palette, as in the pictures of losses.
_RUNS, _CERTIFIED = ("#0072b2", "#009e73", "#56b4e9"), "#d55e00"
_FORMATS: dict[str, Literal["png", "svg", "pdf"]] = {".png": "png", ".svg": "svg", ".pdf": "pdf"}


def orbit_figure(runs: Sequence[OrbitReplay]) -> Figure:
    """Distances to the planted model on a logarithmic scale, each below its certified envelope."""
    drawing = Figure(figsize=(7.2, 4.2), layout="constrained")
    FigureCanvasAgg(drawing)
    axes = drawing.subplots()
    for run, colour in zip(runs, _RUNS, strict=False):
        steps = np.arange(len(run.distances))
        axes.semilogy(steps, np.maximum(run.distances, 1e-320), color=colour, linewidth=1.9, label=f"from {run.start}")
        certified = np.isfinite(run.envelope)
        label = "certified envelope" if run is runs[0] else None
        axes.semilogy(
            steps[certified], run.envelope[certified], color=_CERTIFIED, linestyle="--", linewidth=1.3, label=label
        )
    axes.set_xlabel("step")
    axes.set_ylabel("distance to the teacher")
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(alpha=0.25, linewidth=0.6)
    axes.legend(frameon=False, loc="best")
    return drawing


def save_orbit_plot(runs: Sequence[OrbitReplay], path: str | Path, *, force: bool = False) -> None:
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
    write_atomically(path, saved(lambda: orbit_figure(runs), style), force=force)
