"""A network at its weights, with the derivatives of its activations and its losses, in balls (theory 6.1)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from flint import arb

from certificates.arithmetic.arb import exact
from certificates.arithmetic.ball_array import BallArray
from certificates.arithmetic.ball_matrix import BallMatrix
from certificates.arithmetic.close_products import close_product
from certificates.enclosures.intervals.array_derivatives import derivatives
from certificates.enclosures.objectives.loss_terms import LossTerms, loss_terms
from certificates.enclosures.objectives.rows import repeated
from certificates.memory import remembered
from certificates.subjects import Layer, Network

__all__ = ["BallLayer", "Point", "affine", "ball_layers", "evaluate", "outputs_at", "sample_weights"]


@dataclass(frozen=True)
class BallLayer:
    """One affine map z = W h + b, its numbers in balls.

    Parameters
    ----------
    weight, bias
        W, (out, in), and b as a row, or ``None``.
    trained
        Whether gradient descent moves it.
    """

    weight: BallMatrix
    bias: BallMatrix | None
    trained: bool

    @property
    def parameter_count(self) -> int:
        """Entries of weight and bias."""
        rows, columns = self.weight.shape
        return rows * (columns + (self.bias is not None))


@dataclass(frozen=True)
class Point:
    """Everything at w_0 that gradient, Hessian and their bounds are made of.

    Parameters
    ----------
    network
        The problem.
    layers
        Its layers in balls.
    inputs
        H of every layer, (n, in), without a column of ones.
    pre, slopes, bends
        z, φ'(z), φ''(z) of every hidden layer, (n, out).
    outputs
        F, (n, o).
    weights
        ω_i times the scale of the loss, (n, 1).
    loss
        The losses without scale and weight.
    """

    network: Network
    layers: tuple[BallLayer, ...]
    inputs: tuple[BallMatrix, ...]
    pre: tuple[BallMatrix, ...]
    slopes: tuple[BallMatrix, ...]
    bends: tuple[BallMatrix, ...]
    outputs: BallMatrix
    weights: BallArray
    loss: LossTerms

    @property
    def parameter_count(self) -> int:
        """p, trained parameters."""
        return sum(layer.parameter_count for layer in self.layers if layer.trained)

    @property
    def output_gradients(self) -> BallMatrix:
        """ω_i g_i, (n, o): the gradient of the losses' sum at the outputs."""
        return BallMatrix.of(self.loss.gradient * repeated(self.weights, self.outputs.shape[1]))


@remembered(1)
def evaluate(network: Network) -> Point:
    """Enclose a network with given labels at its weights.

    Guarantee
    ---------
    Every field contains the exact quantity; at a breakpoint of φ, both one-sided derivatives.

    May fail when
    -------------
    An activation is not enclosed at some pre-activation, or numbers overflow: :class:`EnclosureFailure`.
    """
    layers = ball_layers(network)
    inputs, pre, slopes, bends = [BallMatrix.from_exact(network.inputs)], [], [], []
    for layer, activation in zip(layers[:-1], network.activations, strict=True):
        pre.append(affine(layer, inputs[-1]))
        value, slope, bend = map(BallMatrix.of, derivatives(activation, pre[-1], 2))
        inputs.append(value)
        slopes.append(slope)
        bends.append(bend)
    outputs = affine(layers[-1], inputs[-1])
    return Point(
        network,
        layers,
        tuple(inputs),
        tuple(pre),
        tuple(slopes),
        tuple(bends),
        outputs,
        sample_weights(network),
        loss_terms(network.objective.loss, outputs, network.given_targets),
    )


def ball_layers(network: Network) -> tuple[BallLayer, ...]:
    """The given weights, exact."""
    return tuple(map(_ball_layer, network.layers))


def _ball_layer(layer: Layer) -> BallLayer:
    bias = None if layer.bias is None else BallMatrix.from_exact(layer.bias[None])
    return BallLayer(BallMatrix.from_exact(layer.weight), bias, layer.trained)


def affine(layer: BallLayer, inputs: BallMatrix) -> BallMatrix:
    """H Wᵀ + 1 bᵀ, as close as it gets: what is lost here is lost in every gradient."""
    found = close_product(inputs, layer.weight.T)
    return found if layer.bias is None else found.add(layer.bias.tile(found.shape[0], 1))


def outputs_at(network: Network, inputs: np.ndarray) -> BallMatrix:
    """F at other inputs, (k, d), exact."""
    layers = ball_layers(network)
    values = BallMatrix.from_exact(inputs)
    for layer, activation in zip(layers[:-1], network.activations, strict=True):
        values = BallMatrix.of(derivatives(activation, affine(layer, values), 0)[0])
    return affine(layers[-1], values)


def sample_weights(network: Network) -> BallArray:
    """ω_i times the scale of the loss, (n, 1)."""
    objective = network.objective
    given = objective.sample_weights or (Fraction(1),) * network.sample_count
    balls: dict[Fraction, arb] = {weight: exact(weight * objective.loss.scale) for weight in set(given)}
    arrays = {weight: BallArray.from_arb(ball) for weight, ball in balls.items()}
    mid = np.array([[float(arrays[weight].mid)] for weight in given])
    rad = np.array([[float(arrays[weight].rad)] for weight in given])
    return BallArray(mid, rad)
