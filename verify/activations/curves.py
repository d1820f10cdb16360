"""Numbers for the pictures of an activation: its graph in float64, and enclosures of T₁, T₂, T₃ over σ."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from flint import arb
from numpy.typing import NDArray

from certificates.arithmetic.arb import exact, lower, upper
from certificates.arithmetic.effort import limited_effort
from certificates.enclosures.gaussian.rho_terms import zhong_terms
from certificates.enclosures.intervals.derivatives import derivatives_arb
from certificates.errors import BudgetExhausted, EnclosureFailure
from certificates.expression import Activation, smooth_pieces

__all__ = ["Graph", "TermCurve", "graph", "term_curve"]

Array = NDArray[np.float64]
Progress = Callable[[str, int, int], None]

_BITS = 40
_EFFORT = 3e6
_POINTS_PER_OCTAVE = 2
_STEPS = 400


@dataclass(frozen=True)
class Graph:
    """φ, φ', φ'' at points; NaN at breakpoints, where the curve is broken, and where there is no enclosure."""

    points: Array
    derivatives: tuple[Array, Array, Array]


@dataclass(frozen=True)
class TermCurve:
    """Enclosures [lower, upper] of T₁, T₂, T₃ (rows) at each σ (columns); NaN where there is none."""

    sigmas: Array
    lower: Array
    upper: Array


def graph(activation: Activation) -> Graph:
    """Midpoints of enclosures over a range that shows the breakpoints and what is around 0.

    Examples
    --------
    >>> from certificates.expression import parse_activation
    >>> found = graph(parse_activation("relu"))
    >>> float(found.points[-1]), float(found.derivatives[0][-1]), int(np.isnan(found.derivatives[1]).sum())
    (5.0, 5.0, 1)
    """
    breakpoints = smooth_pieces(activation.expression)[1]
    reach = Fraction(5) + max((abs(b) for b in breakpoints), default=Fraction(0)) * Fraction(5, 4)
    points = sorted({*breakpoints, *(reach * Fraction(k, _STEPS // 2) for k in range(-_STEPS // 2, _STEPS // 2 + 1))})
    rows = [_values(activation, point, point in breakpoints) for point in points]
    columns = np.array(rows, dtype=np.float64).T
    return Graph(np.array([float(p) for p in points]), (columns[0], columns[1], columns[2]))


def _values(activation: Activation, point: Fraction, is_breakpoint: bool) -> list[float]:
    try:
        values = [float(value.mid()) for value in derivatives_arb(activation, exact(point), 2)]
    except EnclosureFailure:
        return [float("nan")] * 3
    return [values[0], float("nan"), float("nan")] if is_breakpoint else values


def term_curve(activation: Activation, sigmas: Sequence[Fraction], progress: Progress | None = None) -> TermCurve:
    """Enclose the terms at given σ and on a grid around them.

    Parameters
    ----------
    activation
        φ.
    sigmas
        What the picture must cover; a decade is added on each side.
    progress
        Called as ``progress(name, step, steps)``.
    """
    grid = _grid(min(sigmas), max(sigmas))
    rows = []
    for step, sigma in enumerate(grid):
        if progress is not None:
            progress("picture", step, len(grid))
        rows.append(_terms(activation, sigma))
    table = np.array(rows, dtype=np.float64)
    return TermCurve(np.array([float(s) for s in grid]), table[:, :, 0].T, table[:, :, 1].T)


def _grid(smallest: Fraction, largest: Fraction) -> list[Fraction]:
    """Short dyadic numbers, evenly spaced on a logarithmic scale."""
    start, stop = np.log2(float(smallest)) - 3, np.log2(float(largest)) + 3
    exponents = np.linspace(start, stop, int((stop - start) * _POINTS_PER_OCTAVE) + 1)
    return [Fraction(f"{2.0**e:.4g}") for e in exponents if 1e-9 <= 2.0**e <= 1e9]


def _terms(activation: Activation, sigma: Fraction) -> list[tuple[float, float]]:
    try:
        with limited_effort(_EFFORT):
            balls: tuple[arb, ...] = zhong_terms(activation, sigma, _BITS).all
    except (EnclosureFailure, BudgetExhausted):
        return [(float("nan"), float("nan"))] * 3
    return [(lower(ball), upper(ball)) for ball in balls]
