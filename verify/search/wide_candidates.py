"""Layers whose gradient may dominate the loss, with shifts for the judge, and balls that trap gradient flow."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from flint import arb

from certificates import Network
from certificates.arithmetic.arb import exact, lower, precision, upper
from certificates.arithmetic.ball_matrix import BallMatrix
from certificates.arithmetic.host import isolated
from certificates.checks.wide_layers import first_growth, narrowest_above
from certificates.claims.wide_gradient_dominance import Evidence
from certificates.enclosures.networks.linearisation import LayerFacts
from certificates.enclosures.networks.upper_layers import (
    SampleJacobians,
    UpperLayers,
    changes,
    moving_layers,
    sample_jacobians,
    upper_layers,
)
from certificates.errors import EnclosureFailure
from certificates.theorems.wide_dominance import Strengths, dominance, flow_distance
from verify.search.frozen_shifts import below

__all__ = ["Candidate", "candidate", "possible", "trapping_radius"]

_TINY = 5e-324
_GROWTH, _FIRST, _MOST = 1.25, 1.02, 30  # the radii that are tried, in units of 2√(f/c) at the weights


@dataclass(frozen=True)
class Candidate:
    """A layer and the shifts for it, with what they should prove.

    Parameters
    ----------
    layer
        N of layers.N.
    evidence
        Its radius is 0.
    """

    layer: int
    evidence: Evidence
    layers: UpperLayers[BallMatrix]
    jacobians: SampleJacobians[BallMatrix] | None

    @property
    def scale(self) -> Fraction:
        """The s of s‖F − Y‖²."""
        return self.layers.network.objective.squared_scale or Fraction(1)

    def constant(self, radius: float = 0.0, facts: tuple[LayerFacts, ...] = ()) -> arb:
        """A lower bound of c on a ball, as the judge finds it if the shifts hold."""
        moved = changes(self.layers, facts, self.jacobians, exact(radius)) if radius > 0 else None
        features, above, _ = self._strengths.on_ball(moved)
        return exact(lower(dominance(self.scale, features, above)))

    @property
    def _strengths(self) -> Strengths:
        evidence, layers = self.evidence, None
        if evidence.layers is not None or evidence.samples is None:
            spectra = [exact(shift).sqrt() for shift in evidence.layers or ()]
            layers = (*spectra, *self.layers.least_slopes())
        samples = None if evidence.samples is None else exact(evidence.samples).sqrt()
        return Strengths(exact(evidence.features).sqrt(), samples, layers)


def possible(network: Network, layer: int) -> Evidence:
    """Shifts of 1: both ways where the widths allow them, at least one where anything lies above the layer."""
    above = len(network.layers) - 1 - layer
    if not above:
        return Evidence(1.0)
    by_layers, by_samples = first_growth(network, layer) is None, narrowest_above(network, layer) is None
    return Evidence(1.0, 1.0 if by_samples or not by_layers else None, (1.0,) * above if by_layers else None)


@isolated(searching=True)
def candidate(network: Network, layer: int, evidence: Evidence) -> Candidate:
    """Shifts slightly below the spectra as they are in float64, for the ways of ``evidence``; a way that fails goes.

    May fail when
    -------------
    An activation is not enclosed, or numbers overflow: :class:`EnclosureFailure`.
    """
    layers = upper_layers(network, BallMatrix, layer)
    jacobians = None if evidence.samples is None else sample_jacobians(layers)
    samples = None if jacobians is None else _below(jacobians.grams.mid.reshape(-1, *(2 * network.widths[-1:])))
    shifts: tuple[float, ...] | None = None
    if evidence.layers is not None:
        shifts = tuple(_below((each.weight @ each.weight.T)[None]) for each in network.layers[layer + 1 :])
        lost = min(shifts) == _TINY or not all(slope > 0 for slope in layers.least_slopes())
        if samples is not None and lost:
            shifts = None
        elif samples == _TINY:
            samples = jacobians = None
    features = _below(layers.features.gram().mid[None])
    return Candidate(layer, Evidence(features, samples, shifts), layers, jacobians)


def _below(matrices: np.ndarray) -> float:
    """A positive number, slightly below all eigenvalues if they are positive."""
    values = np.linalg.eigvalsh(matrices)
    return max(_TINY, below(float(np.min(values)), float(np.max(values))))


@isolated(searching=True)
def trapping_radius(found: Candidate) -> float:
    """The smallest of the radii tried with 4f < ρ²c; 0 where there is none."""
    with precision(128):
        facts, loss = moving_layers(found.layers), exact(found.scale) * found.layers.loss_bounds()[1]
        radius, constant = 0.0, found.constant()
        try:
            for _ in range(_MOST):
                if not constant > 0:
                    return 0.0
                needed = upper(flow_distance(loss, constant))
                if needed < radius:
                    return radius
                radius = max(_GROWTH * radius, _FIRST * needed)
                constant = found.constant(radius, facts)
        except EnclosureFailure:
            return 0.0
    return 0.0
