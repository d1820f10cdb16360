"""‖∇f‖ at weights that binary64 does not hold: w_0 + w_lo, in Arb at the working precision (theory 6.4).

Binary64 encloses a gradient to within its rounding errors only, and a minimum of tiny curvature asks for less.
Nothing else needs so many digits: one pass forward and one back, each entry a ball of 128 bits.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import partial
from itertools import pairwise
from typing import assert_never

import numpy as np
from flint import arb, arb_mat

from certificates.arithmetic.arb import exact, root_above
from certificates.arithmetic.arb_matrix import ArbMatrix
from certificates.arithmetic.effort import spend
from certificates.enclosures.intervals.array_derivatives import value_and_slope
from certificates.enclosures.intervals.derivatives import value_and_slope_arb
from certificates.subjects import FloatArray, Layer, Logistic, Network, SoftmaxCrossEntropy, Squared

__all__ = ["gradient_effort", "precise_gradient_norm"]

_Tensor = tuple[str, ArbMatrix]  # its name in the problem file, and its entries; a bias is one row

# In units of the meter, for each entry: an activation with its slope, a probability, a product of two matrices.
_ACTIVATION, _PROBABILITY, _PRODUCT = 60.0, 12.0, 0.12


def gradient_effort(network: Network) -> float:
    """About how many operations on balls a gradient takes; planted labels are the teacher's work."""
    n, widths = network.sample_count, network.widths
    pairs = sum(a * b for a, b in pairwise(widths))
    own = 3 * _PRODUCT * pairs + _ACTIVATION * sum(widths[1:-1]) + _PROBABILITY * widths[-1] + 6.0 * sum(widths)
    shapes = [(float(len(layer.weight)), float(layer.weight.size)) for layer in network.teacher or ()]
    return n * (own + sum(_PRODUCT * size + (_ACTIVATION + 6.0) * rows for rows, size in shapes))


def precise_gradient_norm(network: Network, correction: FloatArray) -> arb:
    """An upper bound of ‖∇f(w_0 + w_lo)‖ over the trained parameters.

    Parameters
    ----------
    network
        The problem; w_0 are its weights.
    correction
        w_lo, (p,): layer by layer those that are trained, weight row by row, then bias.

    Guarantee
    ---------
    A point that is at least the norm; at a breakpoint of φ, for each choice of a one-sided derivative.

    May fail when
    -------------
    An activation is not enclosed at some pre-activation, or numbers overflow: :class:`EnclosureFailure`.
    """
    squares = exact(0)
    penalties = {decay.tensor: decay for decay in network.objective.decay}
    weights = _moved_layers(network, correction)
    for name, slope in _loss_gradient(network, weights):
        penalty = penalties.get(name)
        if penalty is not None:
            centre = np.zeros(slope.shape) if penalty.centre is None else np.atleast_2d(penalty.centre)
            offset = weights[name].add(ArbMatrix.from_exact(-centre))
            slope = slope.add(offset.scale(penalty.rate))
        squares += slope.frobenius_norm() ** 2
    return root_above(squares)


def _moved_layers(network: Network, correction: FloatArray) -> dict[str, ArbMatrix]:
    """All weights and biases, those that are trained with their part of w_lo."""
    found, at = dict[str, ArbMatrix](), 0
    for index, layer in enumerate(network.layers):
        for name, array in (("weight", layer.weight), ("bias", layer.bias)):
            if array is None:
                continue
            values = ArbMatrix.from_exact(np.atleast_2d(array))
            if layer.trained:
                low = correction[at : at + array.size].reshape(values.shape)
                values, at = values.add(ArbMatrix.from_exact(low)), at + array.size
            found[f"layers.{index}.{name}"] = values
    return found


def _loss_gradient(network: Network, weights: dict[str, ArbMatrix]) -> Iterator[_Tensor]:
    """∂(Σ ω_i ℓ_i)/∂ of every trained tensor."""
    inputs, slopes, outputs = _forward(network, network.layers, weights)
    adjoint = _sample_gradients(network, outputs)
    ones = ArbMatrix.from_exact(np.ones((1, network.sample_count)))
    for index in range(len(network.layers) - 1, -1, -1):
        layer, weight = network.layers[index], f"layers.{index}.weight"
        if layer.trained:
            yield weight, adjoint.T.times(inputs[index])
            if layer.bias is not None:
                yield f"layers.{index}.bias", ones.times(adjoint)
        if index > 0:
            adjoint = adjoint.times(weights[weight]).hadamard(slopes[index - 1])


def _forward(
    network: Network, layers: tuple[Layer, ...], weights: dict[str, ArbMatrix]
) -> tuple[list[ArbMatrix], list[ArbMatrix], ArbMatrix]:
    """The input of every layer, φ' of every hidden one, and F; of the network's layers, or of its teacher's."""
    inputs, slopes = [ArbMatrix.from_exact(network.inputs)], list[ArbMatrix]()
    ones = ArbMatrix.from_exact(np.ones((network.sample_count, 1)))
    for index, layer in enumerate(layers):
        pre = inputs[-1].times(weights[f"layers.{index}.weight"].T)
        if layer.bias is not None:
            pre = pre.add(ones.times(weights[f"layers.{index}.bias"]))
        if index == len(layers) - 1:
            return inputs, slopes, pre
        activation = network.activations[index]
        value, slope = pre.map_pair(partial(value_and_slope, activation), partial(value_and_slope_arb, activation))
        inputs.append(value)
        slopes.append(slope)
    raise ValueError("a network without layers")  # pragma: no cover - refused by the problem


def _sample_gradients(network: Network, outputs: ArbMatrix) -> ArbMatrix:
    """ω_i s g_i, one row a sample."""
    count, width = outputs.shape
    spend(_PROBABILITY * count * width)
    objective = network.objective
    if network.teacher is not None:
        outputs = outputs.add(_planted(network).scale(Fraction(-1)))
    entries = outputs.entries()
    given = objective.sample_weights or (Fraction(1),) * count
    scales = {weight: exact(weight * objective.loss.scale) for weight in set(given)}
    found: list[arb] = []
    for index, weight in enumerate(given):
        row = _gradient(network, index, entries[index * width : (index + 1) * width])
        found += [scales[weight] * entry for entry in row]
    return ArbMatrix(arb_mat(count, width, found))


def _planted(network: Network) -> ArbMatrix:
    """What the teacher computes, (n, o)."""
    layers = network.teacher or ()
    weights = {f"layers.{index}.weight": ArbMatrix.from_exact(layer.weight) for index, layer in enumerate(layers)}
    return _forward(network, layers, weights)[2]


def _gradient(network: Network, index: int, outputs: list[arb]) -> list[arb]:
    """g_i without scale and weight; of planted labels, whose loss is squared, the outputs are residuals already."""
    if network.targets is None:
        return [2 * residual for residual in outputs]
    loss, labels = network.objective.loss, network.given_targets[index].tolist()
    match loss:
        case Squared():
            return [2 * (z - exact(y)) for z, y in zip(outputs, labels, strict=True)]
        case Logistic():
            return [1 / (1 + (-z).exp()) - exact(q) for z, q in zip(outputs, labels, strict=True)]
        case SoftmaxCrossEntropy():
            goal = [exact(q) for q in labels]
            if loss.class_labels:
                goal = [exact(q) for q in loss.class_labels[labels.index(1.0)]]
            return [p - q for p, q in zip(_softmax(outputs), goal, strict=True)]
        case _:
            assert_never(loss)


def _softmax(outputs: list[arb]) -> list[arb]:
    """e^{z_c}/Σe^{z_j}, about the largest midpoint, whichever it is."""
    peak = max((z.mid() for z in outputs), key=float)
    powers = [(z - peak).exp() for z in outputs]
    total = sum(powers, exact(0))
    return [power / total for power in powers]
