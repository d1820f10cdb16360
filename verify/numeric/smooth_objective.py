"""Any objective of a network in floats: value, gradient, and the full Hessian."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from certificates.subjects import Network
from verify.numeric.activations import compile_twice, rational
from verify.numeric.mlp import Array, Perceptron
from verify.numeric.sample_losses import curvatures, gradients, labels_of, values
from verify.numeric.second_derivatives import Samples, flat_places

__all__ = ["FloatObjective", "penalties"]

_ENTRIES = 2**19  # of one factor of a product: what stays near the processor


class FloatObjective(Perceptron):
    """f(w) = Σ_i ω_i ℓ_i(F_i(w)) + ½ Σ_t λ_t ‖w_t − c_t‖² as a function of the flat vector of trained parameters.

    Parameters
    ----------
    network
        The problem: any loss, weights of samples, penalties, frozen layers, any depth.

    Notes
    -----
    The gradient at a ``longdouble`` vector is computed in that precision, where the platform has one.

    Examples
    --------
    >>> import verify
    >>> f = FloatObjective(verify.from_arrays([[[2.0]], [[3.0]]], None, "identity", [[1.0]], [[0.0]], loss="sum"))
    >>> w = f.initial()
    >>> f.value(w), f.gradient(w).tolist(), f.hessian(w).tolist()
    (36.0, [36.0, 24.0], [[18.0, 24.0], [24.0, 8.0]])
    """

    def __init__(self, network: Network) -> None:
        super().__init__(network)
        self._twice = [compile_twice(activation) for activation in network.activations]
        self._rates, self._centre = penalties(network)
        self._cast: dict[np.dtype[Any], tuple[Array, Array]] = {}

    def value(self, w: Array) -> float:
        """f(w); infinite where it overflows."""
        return self._value(w, self.outputs(w))

    def gradient(self, w: Array) -> Array:
        """∇f(w), (p,)."""
        return self.value_and_gradient(w)[1]

    def value_and_gradient(self, w: Array) -> tuple[float, Array]:
        """Both, by one forward pass."""
        passed = self._forward(w)
        with np.errstate(all="ignore"):
            gradient = self._backward(passed, self._cotangents(passed.outputs))
            return self._value(w, passed.outputs), gradient + self._rates.astype(w.dtype) * (w - self._centre)

    def hessian(self, w: Array) -> Array:
        """∇²f(w), (p, p), exactly symmetric, in binary64; with NaN where it overflows."""
        layers = list(self._layers(w))
        weights, trained = [weight for weight, _ in layers], [layer.trained for layer in self._network.layers]
        widest = max(len(weight) for weight in weights)
        chunk = max(1, _ENTRIES // max(len(w), widest**2))
        blocks = np.zeros((len(w), len(w)))
        with np.errstate(all="ignore"):
            for first in range(0, self._network.sample_count, chunk):
                self._samples(layers, trained, slice(first, first + chunk)).add_to(blocks)
        blocks = np.triu(blocks) + np.triu(blocks, 1).T
        places = flat_places(weights, [bias is not None for _, bias in layers], trained)
        found = np.empty_like(blocks)
        found[np.ix_(places, places)] = blocks
        found.flat[:: len(w) + 1] += self._rates.astype(np.float64)
        return found

    def _value(self, w: Array, outputs: Array) -> float:
        weights, labels = self._given(w.dtype)
        with np.errstate(all="ignore"):  # an infinite loss is an answer
            terms = weights[:, 0] * values(self._network.objective.loss, outputs, labels)
            moved = w - self._centre
            return float(terms.sum() + np.sum(self._rates.astype(w.dtype) * moved * moved) / 2)

    def _cotangents(self, outputs: Array) -> Array:
        weights, labels = self._given(outputs.dtype)
        return weights * gradients(self._network.objective.loss, outputs, labels)

    def _given(self, dtype: np.dtype[Any]) -> tuple[Array, Array]:
        """ω_i s, (n, 1), and the labels, in a precision."""
        if dtype not in self._cast:
            objective, count = self._network.objective, self._network.sample_count
            given = objective.sample_weights or (Fraction(1),)
            weights = np.array([rational(weight * objective.loss.scale, dtype) for weight in given], dtype)
            labels = labels_of(objective.loss, self.targets, dtype)
            self._cast[dtype] = np.broadcast_to(weights[:, None], (count, 1)), labels
        return self._cast[dtype]

    def _samples(self, layers: list[tuple[Array, Array | None]], trained: list[bool], rows: slice) -> Samples:
        """What the Hessian of some samples is made of."""
        inputs: list[Array] = []
        slopes: list[Array] = []
        bends: list[Array] = []
        hidden: Array = self._network.inputs[rows]
        for index, (weight, bias) in enumerate(layers):
            inputs.append(hidden if bias is None else np.hstack([hidden, np.ones((len(hidden), 1))]))
            affine = inputs[-1] @ (weight if bias is None else np.hstack([weight, bias[:, None]])).T
            if index < len(self._twice):
                hidden, slope, bend = self._twice[index](affine)
                slopes.append(slope)
                bends.append(bend)
        loss, (weights, labels) = self._network.objective.loss, (each[rows] for each in self._given(affine.dtype))
        cotangents, curved = weights * gradients(loss, affine, labels), weights[:, :, None] * curvatures(loss, affine)
        return Samples([weight for weight, _ in layers], trained, inputs, slopes, bends, cotangents, curved)


def penalties(network: Network) -> tuple[Array, Array]:
    """λ and c of every parameter; 0 where nothing is penalised."""
    rates: list[Array] = []
    centres: list[Array] = []
    decays = {decay.tensor: decay for decay in network.objective.decay}
    for index, layer in enumerate(network.layers):
        for name, tensor in (("weight", layer.weight), ("bias", layer.bias)):
            if layer.trained and tensor is not None:
                decay = decays.get(f"layers.{index}.{name}")
                rate = 0 if decay is None else rational(decay.rate, np.dtype(np.longdouble))
                rates.append(np.full(tensor.size, rate, np.longdouble))
                centre = None if decay is None else decay.centre
                centres.append(np.zeros(tensor.size) if centre is None else centre.ravel())
    return np.concatenate(rates), np.concatenate(centres)
