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
from certificates.enclosures.objectives.loss_terms import LossTerms, exact_fit, loss_terms, squared_terms
from certificates.enclosures.objectives.rows import repeated
from certificates.memory import remembered
from certificates.subjects import Layer, Network

__all__ = [
    "BallLayer",
    "Point",
    "affine",
    "ball_layers",
    "evaluate",
    "outputs_at",
    "planted_labels",
    "sample_weights",
    "stands_at_teacher",
]


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
    """Enclose a network at its weights; planted labels are balls of what the teacher computes.

    Guarantee
    ---------
    Every field contains the exact quantity; at a breakpoint of φ, both one-sided derivatives. Where the network stands
    at its teacher (:func:`stands_at_teacher`), losses and their gradients are 0 without a radius.

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
        _loss(network, outputs),
    )


def _loss(network: Network, outputs: BallMatrix) -> LossTerms:
    """Of given labels, or of planted ones, whose loss is squared."""
    if network.teacher is None:
        return loss_terms(network.objective.loss, outputs, network.given_targets)
    if stands_at_teacher(network):
        return exact_fit(*outputs.shape)
    entries = BallArray(outputs.mid, np.broadcast_to(outputs.rad, outputs.shape))  # small numbers keep small radii
    return squared_terms(entries - planted_labels(network))


def stands_at_teacher(network: Network) -> bool:
    """Whether the labels are planted, and the network is its teacher: the same weights, and biases that are 0 if any.

    Guarantee
    ---------
    Then F(x_i) = y_i exactly. Nothing is inferred from a small residual.
    """
    return network.teacher is not None and all(
        np.array_equal(mine.weight, planted.weight) and (mine.bias is None or not mine.bias.any())
        for mine, planted in zip(network.layers, network.teacher, strict=True)
    )


def planted_labels(network: Network) -> BallMatrix:
    """Balls of what the teacher computes, (n, o); the labels must be planted."""
    return _outputs(network, network.teacher or (), network.inputs)


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
    return _outputs(network, network.layers, inputs)


def _outputs(network: Network, given: tuple[Layer, ...], inputs: np.ndarray) -> BallMatrix:
    layers = tuple(map(_ball_layer, given))
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
