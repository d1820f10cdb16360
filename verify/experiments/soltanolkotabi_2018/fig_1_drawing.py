"""The picture of `sjl-fig-1`: the activations, and their mean slope and curvature with certified points."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from numpy.typing import NDArray

from certificates.expression import Activation
from verify.numeric.activations import compile_activation

__all__ = ["Curve", "draw"]

# Okabe and Ito's palette and a line style each: told apart without colours, too.
_COLOURS = ("#d55e00", "#0072b2", "#009e73", "#cc79a7", "#000000")
_STYLES: tuple[str | tuple[int, tuple[int, ...]], ...] = ("-", "--", "-.", ":", (0, (6, 1, 1, 1, 1, 1)))


@dataclass(frozen=True)
class Curve:
    """One activation: its formula, what is proved of it, and certified values of μ and γ at some σ."""

    name: str
    activation: Activation
    proved: str
    sigmas: tuple[float, ...]
    means: tuple[float, ...]
    curvatures: tuple[float, ...]


def draw(curves: list[Curve]) -> Figure:
    """φ, then μ(σ) of all and γ(σ) where it is not 0. Lines in float64, points from certificates."""
    drawing = Figure(figsize=(10, 4.6), layout="constrained")
    FigureCanvasAgg(drawing)
    panels = drawing.subplot_mosaic([["phi", "mean"], ["phi", "curvature"]], width_ratios=(1.15, 1))
    for curve, colour, style in zip(curves, _COLOURS, _STYLES, strict=True):
        _draw_activation(panels["phi"], curve, colour, style)
        _draw_moments(panels["mean"], panels["curvature"], curve, colour, style)
    panels["phi"].set(xlabel="$z$", ylabel=r"$\varphi(z)$", xlim=(-4, 4), ylim=(-1.2, 4.1))
    panels["phi"].legend(frameon=False, loc="upper left")
    for name in ("mean", "curvature"):
        panels[name].set(xscale="log", yscale="log", xlim=(0.05, 20), ylim=(0.02, 8))
    panels["mean"].set_ylabel(r"$\mu(\sigma)$")
    panels["mean"].plot([], [], "o", color="#767676", markersize=5, label="certified; softplus and ReLU coincide")
    panels["mean"].legend(frameon=False, loc="upper right")
    panels["curvature"].set(xlabel=r"$\sigma$", ylabel=r"$\gamma(\sigma)$")
    panels["curvature"].plot([], [], " ", label=r"$\gamma = 0$ for sigmoid, erf, tanh")
    panels["curvature"].legend(frameon=False, loc="upper right", handlelength=0)
    for axes in panels.values():
        axes.spines[["top", "right"]].set_visible(False)
        axes.grid(alpha=0.25, linewidth=0.6)
    return drawing


def _draw_activation(axes: Axes, curve: Curve, colour: str, style: object) -> None:
    z = np.linspace(-4, 4, 801)
    value, _ = compile_activation(curve.activation)(z)
    axes.plot(z, value, color=colour, linestyle=style, linewidth=1.8, label=f"{curve.name}: {curve.proved}")


def _draw_moments(upper: Axes, lower: Axes, curve: Curve, colour: str, style: object) -> None:
    sigmas = np.geomspace(0.05, 20, 121)
    means, curvatures = _moments(curve.activation, sigmas)
    upper.plot(sigmas, means, color=colour, linestyle=style, linewidth=1.8)
    upper.plot(curve.sigmas, curve.means, "o", color=colour, markersize=5)
    if min(curve.curvatures) > 1e-9:
        lower.plot(sigmas, curvatures, color=colour, linestyle=style, linewidth=1.8)
        lower.plot(curve.sigmas, curve.curvatures, "o", color=colour, markersize=5)


def _moments(activation: Activation, sigmas: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """μ and γ by the trapezoidal rule in float64: for the picture only."""
    z, step = np.linspace(-9, 9, 7200, retstep=True)  # no node at 0, where ReLU has no slope
    density = np.exp(-z * z / 2) / np.sqrt(2 * np.pi) * step
    slopes = compile_activation(activation)(sigmas[:, None] * z)[1]
    return slopes @ density, slopes @ (z * density) / sigmas
