"""Pictures of a strict minimum: the spectrum with its proven end, and the slice through the two softest directions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Circle
from numpy.typing import NDArray

from certificates import Fact, Network, Verdict
from certificates.enclosures.objectives.flat import flat_directions
from verify.numeric.smooth_objective import FloatObjective
from verify.reports.pictures import saved
from verify.search.minimum import flat_basis

__all__ = ["MOST_PARAMETERS", "MinimumPicture", "minimum_figure", "minimum_svg", "picture_of"]

Array = NDArray[np.float64]

# Blue and vermilion of Okabe and Ito's palette, as in the pictures of losses.
_SEEN, _CERTIFIED, _FLAT = "#0072b2", "#d55e00", "#767676"
MOST_PARAMETERS = 3_000
_GRID, _LEVELS, _RISE = 41, 12, 0.5


@dataclass(frozen=True)
class MinimumPicture:
    """What is drawn.

    Parameters
    ----------
    values, flat
        Eigenvalues of ∇²f(w_0) in floats, increasing, without those of the flat directions, and how many these are.
    ends
        Proven: λ_min from below, λ_max from above.
    radius
        R, of the ball without another critical point.
    width
        Half the side of the slice, in distances.
    slice
        f − f(w_0) on a grid over the plane of the two softest directions, (k, k).
    """

    values: Array
    flat: int
    ends: tuple[float, float]
    radius: float
    width: float
    slice: Array


def picture_of(network: Network, verdict: Verdict) -> MinimumPicture | None:
    """What there is to draw; ``None`` where nothing is proved of the spectrum, or there are many parameters."""
    facts: dict[str, Fact] = {fact.symbol: fact for fact in verdict.facts}
    radius = getattr(getattr(verdict, "claim", None), "radius", None)
    if radius is None or "λ_min" not in facts or network.trained_parameter_count > MOST_PARAMETERS:
        return None
    objective = FloatObjective(network)
    w, basis = objective.initial(), flat_basis(network, flat_directions(network))
    hessian = objective.hessian(w)
    values, vectors = np.linalg.eigh(hessian + 2 * float(np.linalg.norm(hessian)) * basis @ basis.T)
    kept = len(values) - basis.shape[1]
    ends = facts["λ_min"].lower, facts["λ_max"].upper
    width = max(2.5 * radius, float(np.sqrt(2 * _RISE * abs(objective.value(w)) / max(values[0], 1e-300))))
    plane = vectors[:, : min(2, kept)]
    return MinimumPicture(values[:kept], basis.shape[1], ends, radius, width, _slice(objective, w, plane, width))


def _slice(objective: FloatObjective, w: Array, plane: Array, width: float) -> Array:
    """Outwards from w_0; one row where there is one direction only."""
    steps = np.linspace(-width, width, _GRID)
    rows = steps if plane.shape[1] == 2 else np.zeros(1)
    directions = [plane[:, 0], plane[:, -1] if plane.shape[1] == 2 else 0 * plane[:, 0]]
    here = objective.value(w)
    return np.array([[objective.value(w + a * directions[0] + b * directions[1]) - here for a in steps] for b in rows])


def minimum_figure(picture: MinimumPicture) -> Figure:
    """The spectrum on the left, the slice on the right with the certified ball to scale."""
    drawing = Figure(figsize=(7.6, 3.6), layout="constrained")
    FigureCanvasAgg(drawing)
    spectrum, plane = drawing.subplots(1, 2)
    _draw_spectrum(spectrum, picture)
    _draw_slice(plane, picture)
    return drawing


def _draw_spectrum(axes: Axes, picture: MinimumPicture) -> None:
    numbers = np.arange(1, len(picture.values) + 1)
    axes.semilogy(numbers, np.maximum(picture.values, 1e-320), ".", color=_SEEN, markersize=4, label="in floats")
    for end, label in zip(picture.ends, ("proven ends", None), strict=True):
        axes.axhline(max(end, 1e-320), color=_CERTIFIED, linestyle="--", linewidth=1.3, label=label)
    axes.set_xlabel("number" + (f" (and {picture.flat} flat)" if picture.flat else ""))
    axes.set_ylabel("eigenvalue of the Hessian at the weights")
    _tidy(axes)


def _draw_slice(axes: Axes, picture: MinimumPicture) -> None:
    steps = np.linspace(-picture.width, picture.width, _GRID)
    if len(picture.slice) == 1:
        axes.plot(steps, picture.slice[0], color=_SEEN, label="f − f(w₀)")
        axes.axvspan(-picture.radius, picture.radius, color=_CERTIFIED, alpha=0.4, label="certified ball")
    else:
        rise = np.maximum(picture.slice, 0.0)
        levels = np.linspace(0, max(float(np.quantile(rise, 0.9)), 1e-300), _LEVELS)[1:]
        axes.contour(steps, steps, picture.slice, levels=levels, colors=_SEEN, linewidths=0.8)
        axes.add_patch(
            Circle((0, 0), picture.radius, facecolor=_CERTIFIED, alpha=0.5, label="certified ball at +, to scale")
        )
        axes.plot([0], [0], marker="+", color=_CERTIFIED, markersize=9)
        axes.set_aspect("equal")
        axes.set_ylabel("second softest direction")
    axes.set_xlabel(f"softest direction (R ≈ {picture.radius:.2g})")
    axes.ticklabel_format(style="sci", scilimits=(-3, 4), axis="both", useMathText=True)
    _tidy(axes)


def _tidy(axes: Axes) -> None:
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(alpha=0.25, linewidth=0.6)
    axes.legend(frameon=False, loc="best", fontsize="small")


def minimum_svg(picture: MinimumPicture) -> str:
    """The figure as an SVG element with text as text and reproducible names."""
    drawing = saved(lambda: minimum_figure(picture), "svg", transparent=True).decode()
    return drawing[drawing.index("<svg") :]
