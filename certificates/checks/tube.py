"""Gradient descent replayed in binary64, and how far the exact run with the same step may be from it (theorem 1.7.1).

The judge's own run: from w̃_k it encloses ∇f, moves by the midpoints, rounds, and adds to the radius of the tube what it
knows of rounding and of radii. The exact run lies in the tube, whatever bits this machine's products have.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from flint import arb

from certificates.arithmetic.arb import exact, upper
from certificates.arithmetic.ball_matrix import BallMatrix
from certificates.arithmetic.rounding import UNDERFLOW, UNIT_ROUNDOFF, FloatArray, inflation
from certificates.enclosures.networks.curvature import curvature
from certificates.enclosures.networks.linearisation import Linearisation, linearise
from certificates.enclosures.objectives.hessian import gradient
from certificates.enclosures.objectives.parameters import tensor_slices
from certificates.enclosures.objectives.point import evaluate
from certificates.errors import EnclosureFailure
from certificates.language.curvature_forms import CurvatureForm
from certificates.subjects import Network
from certificates.theorems.tube import next_radius

__all__ = ["Tube", "replayed", "trained_weights", "with_trained_weights"]


@dataclass(frozen=True)
class Tube:
    """The run after k steps.

    Parameters
    ----------
    network
        The problem at w̃_k, exact floats.
    radius
        E_k ≥ ‖w_k − w̃_k‖, a point.
    growth
        The product of the factors by which radii grew so far.
    """

    network: Network
    radius: arb
    growth: arb


def replayed(network: Network, step: float, form: CurvatureForm) -> Iterator[Tube]:
    """The tubes after 0, 1, 2, … steps of gradient descent w ← w − ``step`` ∇f(w) over the trained parameters.

    Parameters
    ----------
    network
        A plain sum of squares; its weights are the start, exactly.
    step
        η, positive.
    form
        Which bound of β, one that asks for no norms beyond those of whole layers.

    Guarantee
    ---------
    The exact run from the given weights is within ``radius`` of ``network`` after as many steps as were asked for.

    May fail when
    -------------
    Numbers overflow, or an activation is not enclosed: :class:`EnclosureFailure`.
    """
    tube = Tube(network, exact(0), exact(1))
    while True:
        yield tube
        tube = _next(tube, step, form)


def _next(tube: Tube, step: float, form: CurvatureForm) -> Tube:
    network = tube.network
    slope = gradient(evaluate(network))
    point: Linearisation[BallMatrix] = linearise(network, BallMatrix)
    beta = curvature(point, network.activations, upper(tube.radius), form)
    scale = exact(network.objective.loss.scale)
    before = trained_weights(network)
    after, missed = _moved(before, step, slope)
    norm = point.kernel.operator_norm().sqrt()
    factor, radius = next_radius(tube.radius, exact(step), scale, point.residual_norm, norm, beta, missed)
    return Tube(with_trained_weights(network, after), radius, exact(upper(tube.growth * factor)))


def _moved(weights: FloatArray, step: float, slope: BallMatrix) -> tuple[FloatArray, arb]:
    """fl(w − fl(η m)), m the midpoints of ∇f, and a bound of its distance to w − η∇f.

    The product errs by u|ηm| + ν, the difference by u times what it is rounded to.
    """
    mid = slope.mid[0]
    with np.errstate(all="ignore"):
        after: FloatArray = weights - step * mid
    if not np.isfinite(after).all():
        raise EnclosureFailure("descent overflowed")
    rounded = 2 * exact(UNIT_ROUNDOFF) * (exact(abs(step)) * _length(mid) + _length(after))
    underflow = exact(len(after)) * exact(UNDERFLOW)
    return after, exact(abs(step)) * _length(np.broadcast_to(slope.rad, slope.shape)) + rounded + underflow


def _length(vector: FloatArray) -> arb:
    """An upper bound of the Euclidean norm."""
    with np.errstate(all="ignore"):
        size = float(np.linalg.norm(vector)) * inflation(vector.size + 4)
    if not np.isfinite(size):
        raise EnclosureFailure("a length overflowed")
    return exact(size) + exact(vector.size) * exact(2.0**-530)  # squares that underflow are below 2⁻¹⁰⁷⁴ each


def trained_weights(network: Network) -> FloatArray:
    """The trained parameters in the order of the gradient."""
    trained = [part for layer in network.layers if layer.trained for part in (layer.weight, layer.bias)]
    return np.concatenate([part.ravel() for part in trained if part is not None])


def with_trained_weights(network: Network, weights: FloatArray) -> Network:
    """The same problem at other trained parameters."""
    slices, layers = tensor_slices(network), list(network.layers)
    for index, layer in enumerate(layers):
        if layer.trained:
            weight = weights[slices[f"layers.{index}.weight"]].reshape(layer.weight.shape)
            bias = None if layer.bias is None else weights[slices[f"layers.{index}.bias"]]
            layers[index] = replace(layer, weight=weight, bias=bias)
    return replace(network, layers=tuple(layers))
