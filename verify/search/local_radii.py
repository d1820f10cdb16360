"""Radii for a theorem about all starts near a point: how far a start may lie, and how long its path is (theory 4.5)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from flint import arb

from certificates import Network
from certificates.arithmetic.arb import exact, lower, precision, upper
from certificates.arithmetic.ball_matrix import BallMatrix
from certificates.claims.local_convergence import Columns
from certificates.enclosures.objectives.both_layers import (
    BothLayers,
    around,
    both_layers,
    fourth_moment,
    khatri_rao_gram,
)
from certificates.errors import EnclosureFailure
from certificates.theorems.local_convergence import Centre, LocalConvergence, centre_of, converge
from verify.descent.planted import moments_of
from verify.search.planted import fourth_moment as guessed_moment

__all__ = ["Surroundings", "survey_of"]

_BITS = 128
_MOST_INPUTS = 30  # beyond, matrices of d(d + 1)/2 rows are not worth a few percent
_ROUNDS, _HALVINGS = 12, 14
_BELOW, _ABOVE = 1 - 2.0**-20, 1 + 2.0**-20  # shifts beside eigenvalues of float64
_WIDER = 1 + 2.0**-12  # a path beside the shortest one that an estimate of β allows


@dataclass(frozen=True)
class Surroundings:
    """The centre with untrusted shifts for it.

    Parameters
    ----------
    point, centre
        θ₀ in balls, and the bounds that the shifts prove; no centre where λ_min(K) > 0 is not proved.
    shift
        Of K, from below.
    theta, fourth_shift, fourth
        For the fourth moments of the inputs, and χ/n that they prove.
    columns
        For what is reported beside the theorem.
    """

    point: BothLayers[BallMatrix]
    centre: Centre | None
    shift: float
    theta: Fraction
    fourth_shift: float | None
    fourth: arb
    columns: Columns

    def path_radius(self, start_radius: float) -> float | None:
        """About the least R that is proved for all starts within r; ``None`` if none is found.

        β is a bound on the ball of radius r + R. Given β, R is the smaller root of a quadratic, which grows with β: R
        and β are raised in turn until they fit.
        """
        if self.centre is None:
            return None
        path = 0.0
        for _ in range(_ROUNDS):
            longer = self._root(self._at(start_radius, path), start_radius)
            if longer is None:
                return None
            if longer <= path:
                break
            path = longer * _WIDER
        found = self._at(start_radius, path) if path > 0 else None
        return path if found is not None and found.holds else None

    def largest_start_radius(self) -> float:
        """The largest r, up to a few percent, with a path radius; 0 if only θ₀ has one, or not even it."""
        at_centre = None if self.centre is None else self._at(0.0, 0.0)
        if self.centre is None or at_centre is None:
            return 0.0
        low, high = 0.0, lower(self.centre.smallest) / max(upper(at_centre.turning), 1e-300)
        low, high = 0.0, min(high, 1e300)
        for _ in range(_HALVINGS):
            middle = (low + high) / 2 if low > 0 else high / 8
            low, high = (middle, high) if self.path_radius(middle) is not None else (low, middle)
        return low

    def _root(self, found: LocalConvergence | None, start_radius: float) -> float | None:
        """The R at which ½∫σ is what is needed, with this β; a little more than nothing where nothing is needed."""
        if self.centre is None or found is None:
            return None
        beta, needed = upper(found.turning), upper(found.needed)
        slope = lower(self.centre.smallest) - beta * start_radius
        inside = slope * slope - 4 * beta * needed
        if not (slope > 0 and inside > 0):
            return None
        return float(max(4 * needed / (slope + np.sqrt(inside)), 2.0**-40 * slope / max(beta, 1e-300)))

    def _at(self, start_radius: float, path_radius: float) -> LocalConvergence | None:
        if self.centre is None:
            return None
        with precision(_BITS):
            try:
                reach = exact(start_radius) + exact(path_radius)
                ball = around(self.point, reach, self.fourth, moves_outer=self.centre.moves_outer)
            except EnclosureFailure:
                return None
            return converge(self.centre, ball, start_radius, path_radius)


def survey_of(network: Network) -> Surroundings:
    """Look at a network of one hidden layer and one output at its weights.

    May fail when
    -------------
    As :func:`~certificates.enclosures.objectives.both_layers.both_layers`.
    """
    with precision(_BITS):
        point = both_layers(network, BallMatrix)
        shift = _below(point.kernel)
        smallest = point.kernel.smallest_eigenvalue(shift)
        centre = None if smallest is None or not smallest > 0 else centre_of(point, smallest, network)
        return Surroundings(point, centre, shift, *_fourth(point, network), _columns(point))


def _fourth(point: BothLayers[BallMatrix], network: Network) -> tuple[Fraction, float | None, arb]:
    """θ, a shift and χ/n; the n × n matrix where that of moments is large, or proves no more."""
    plain = fourth_moment(point, network.inputs, Fraction(0), None)
    if plain is None:  # pragma: no cover - asked without a shift
        raise ValueError("no bound without a shift")
    if network.inputs.shape[1] > _MOST_INPUTS:
        return Fraction(0), None, plain
    theta, largest = guessed_moment(moments_of(network.inputs))
    shift = largest * _ABOVE
    found = fourth_moment(point, network.inputs, theta, shift)
    return (theta, shift, found) if found is not None and upper(found) < upper(plain) else (Fraction(0), None, plain)


def _columns(point: BothLayers[BallMatrix]) -> Columns:
    weights = point.weights if point.weights.shape[0] <= point.weights.shape[1] else point.weights.T
    return Columns(
        hidden_lower=_below(point.hidden_kernel),
        weights_lower=_below(weights.gram()),
        products_lower=_below(khatri_rao_gram(point.inputs)),
        inputs_lower=_below(point.inputs.gram()),
        slopes_lower=_below(point.slopes.gram()),
    )


def _below(matrix: BallMatrix) -> float:
    """A little less than λ_min, as float64 sees it."""
    values = np.linalg.eigvalsh(matrix.mid) if np.isfinite(matrix.mid).all() else np.zeros(1)
    return float(values[0] * _BELOW - 2.0**-46 * values[-1])
