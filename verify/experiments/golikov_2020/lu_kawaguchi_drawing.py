"""The picture of `lu-kawaguchi`: what critical points are, by depth, and of which orders the saddles' paths."""

from __future__ import annotations

from collections import Counter

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

__all__ = ["draw"]

_STYLES = {
    "global": ("#0072b2", "global minimum"),
    "full": ("#e69f00", "strict saddle, rk R = r"),
    "lost": ("#d55e00", "saddle, rk R < r"),
}


def draw(points: list[tuple[int, str, int]]) -> Figure:
    """Bars of (H, kind, order)."""
    drawing = Figure(figsize=(9, 3.6), layout="constrained")
    FigureCanvasAgg(drawing)
    left, right = drawing.subplots(1, 2)
    depths = sorted({depth for depth, _, _ in points})
    foot = dict.fromkeys(depths, 0)
    for kind, (colour, label) in _STYLES.items():
        counts = Counter(depth for depth, found, _ in points if found == kind)
        left.bar(depths, [counts[d] for d in depths], bottom=list(foot.values()), color=colour, label=label, width=0.6)
        foot = {depth: foot[depth] + counts[depth] for depth in depths}
    left.set_ylim(0, 1.35 * max(foot.values()))  # room for the legend
    orders = sorted({order for _, _, order in points if order})
    for place, depth in enumerate(depths):
        counts = Counter(order for found, _, order in points if found == depth and order)
        shift = (place - (len(depths) - 1) / 2) * 0.2
        right.bar([order + shift for order in orders], [counts[o] for o in orders], width=0.2, label=f"H = {depth}")
    left.set(xlabel="layers H", ylabel="critical points")
    right.set(xlabel="order of the fall along the path", ylabel="saddles", yscale="symlog")
    for axes in (left, right):
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.spines[["top", "right"]].set_visible(False)
        axes.legend(frameon=False, fontsize=8)
    return drawing
