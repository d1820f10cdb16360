"""The picture of `safran-shamir`: values and least curvatures of the certified points against the teachers' number."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from verify.experiments.safran_shamir_2018.points import Family, Point

__all__ = ["draw"]

_STYLES: dict[Family, tuple[str, str, str]] = {
    "one turned": ("#0072b2", "o", "n = k, one turned"),
    "two turned": ("#009e73", "^", "n = k, two turned"),
    "two share": ("#d55e00", "s", "n = k + 1, two share"),
}


def draw(points: list[Point]) -> Figure:
    """F(ŵ), and |λ| of the Hessian nearest to 0; saddles are hollow."""
    drawing = Figure(figsize=(10, 4), layout="constrained")
    FigureCanvasAgg(drawing)
    left, right = drawing.subplots(1, 2)
    for family in _STYLES:
        mine = [point for point in points if point.family == family and point.claim is not None]
        _draw(left, family, mine, [point.claim.value_upper for point in mine if point.claim is not None])
        _draw(right, family, mine, [point.claim.nondegeneracy for point in mine if point.claim is not None])
    left.set(xlabel="teachers k", ylabel="population loss F(ŵ)", ylim=(0, None))
    right.set(xlabel="teachers k", ylabel="least |λ| of the Hessian at ŵ", ylim=(0, None))
    left.legend(frameon=False, fontsize=9)
    return drawing


def _draw(axes: Axes, family: Family, points: list[Point], values: list[float]) -> None:
    colour, marker, label = _STYLES[family]
    kinds = {True: "full", False: "none"}
    for minimum, fill in kinds.items():
        chosen = [
            (point.k, value)
            for point, value in zip(points, values, strict=True)
            if point.claim is not None and point.claim.is_minimum is minimum
        ]
        if chosen:
            name = label if minimum else f"{label}: saddle"
            axes.plot(*zip(*chosen, strict=True), marker, color=colour, markersize=5, fillstyle=fill, label=name)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(alpha=0.25, linewidth=0.6)
