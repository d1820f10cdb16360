"""A multilayer perceptron in float64: residual, loss, gradient, tangent kernel, and back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from certificates.errors import MalformedProblem
from certificates.subjects import Dense, Layer, Network
from verify.numeric.activations import compile_activation

__all__ = ["Array", "FloatNetwork", "Passed", "Perceptron"]

Array = NDArray[Any]
"""Of binary64; where the vector of parameters is of ``longdouble``, so is all that is computed from it."""


class Passed(NamedTuple):
    """A forward pass: (weight, bias) and input of each layer, φ' of each hidden layer, the outputs."""

    layers: list[tuple[Array, Array | None]]
    inputs: list[Array]
    slopes: list[Array]
    outputs: Array


class Perceptron:
    """The network of a problem as a function of the flat vector of its trained parameters, whatever is minimised.

    Parameters
    ----------
    network
        The problem. The flat vector lists weight and bias of every trained layer in order.

    Attributes
    ----------
    targets
        y, (n, o). Planted labels are what the teacher computes in float64.

    Examples
    --------
    >>> import verify
    >>> net = Perceptron(verify.from_arrays([[[2.0]], [[3.0]]], None, "identity", [[1.0]], [[0.0]]))
    >>> net.outputs(net.initial()).tolist()
    [[6.0]]
    """

    def __init__(self, network: Network) -> None:
        self._network = network
        self._activations = [compile_activation(activation) for activation in network.activations]
        self.targets = self._planted(network.teacher) if network.targets is None else network.targets

    def _planted(self, teacher: tuple[Layer, ...] | None) -> Array:
        hidden = self._network.inputs
        for index, layer in enumerate(teacher or ()):
            hidden = hidden @ layer.weight.T
            if index < len(self._activations):
                hidden = self._activations[index](hidden)[0]
        return hidden

    def initial(self) -> Array:
        """The trained parameters as given, flat."""
        parts: list[Array] = []
        for layer in self._network.layers:
            if layer.trained:
                parts += [layer.weight.ravel()] + ([] if layer.bias is None else [layer.bias])
        return np.concatenate(parts)

    def _layers(self, w: Array) -> Iterator[tuple[Array, Array | None]]:
        at = 0
        for layer in self._network.layers:
            weight, bias = layer.weight, layer.bias
            if layer.trained:
                weight, at = w[at : at + weight.size].reshape(weight.shape), at + weight.size
                if bias is not None:
                    bias, at = w[at : at + bias.size], at + bias.size
            yield weight, bias

    def network(self, w: Array) -> Network:
        """The problem with these trained parameters."""
        layers = tuple(
            Dense(np.array(weight), None if bias is None else np.array(bias), given.trained)
            for (weight, bias), given in zip(self._layers(w), self._network.layers, strict=True)
        )
        return replace(self._network, layers=layers)

    def _forward(self, w: Array) -> Passed:
        layers, inputs = list(self._layers(w)), [np.asarray(self._network.inputs, w.dtype)]
        slopes: list[Array] = []
        for index, (weight, bias) in enumerate(layers):
            with np.errstate(all="ignore"):  # a wild step overflows; its caller sees that and refuses it
                affine = inputs[-1] @ weight.T
            if bias is not None:
                affine += bias
            if index == len(layers) - 1:
                return Passed(layers, inputs, slopes, affine)
            value, slope = self._activations[index](affine)
            inputs.append(value)
            slopes.append(slope)
        raise ValueError("a network without layers")

    def outputs(self, w: Array) -> Array:
        """F(w), shape (n, o)."""
        return self._forward(w).outputs

    def slopes(self, w: Array) -> list[Array]:
        """φ' of every hidden layer, shape (n, width)."""
        return self._forward(w).slopes

    def pull_back(self, w: Array, cotangent: Array) -> Array:
        """Jᵀ c for c of shape (n, o), flat."""
        return self._backward(self._forward(w), cotangent)

    def _backward(self, passed: Passed, cotangent: Array) -> Array:
        layers, inputs, slopes, _ = passed
        parts: list[Array] = []
        for index in range(len(layers) - 1, -1, -1):
            if self._network.layers[index].trained:
                here = [(cotangent.T @ inputs[index]).ravel()]
                here += [] if layers[index][1] is None else [cotangent.sum(axis=0)]
                parts = here + parts
            if index > 0:
                cotangent = (cotangent @ layers[index][0]) * slopes[index - 1]
        return np.concatenate(parts)


class FloatNetwork(Perceptron):
    """With residual, loss, gradient and tangent kernel of a plain sum of squares.

    Raises
    ------
    MalformedProblem
        The objective is another function.

    Examples
    --------
    >>> import verify
    >>> net = FloatNetwork(verify.from_arrays([[[2.0]], [[3.0]]], None, "identity", [[1.0]], [[0.0]], loss="sum"))
    >>> net.loss(net.initial())
    36.0
    """

    def __init__(self, network: Network) -> None:
        super().__init__(network)
        scale = network.objective.squared_scale
        if scale is None:
            raise MalformedProblem("expected a plain sum of squares", place="objective")
        self._scale = float(scale)

    def residual(self, w: Array) -> Array:
        """F(w) − y, shape (n, o)."""
        return self.outputs(w) - self.targets

    def loss(self, w: Array) -> float:
        """S ‖F(w) − y‖²."""
        error = self.residual(w)
        return self._scale * float(np.vdot(error, error))

    def loss_and_gradient(self, w: Array) -> tuple[float, Array]:
        """Loss and its gradient over the trained parameters."""
        passed = self._forward(w)
        error = passed.outputs - self.targets
        gradient = self._backward(passed, 2 * self._scale * error)
        return self._scale * float(np.vdot(error, error)), gradient

    def tangent_kernel(self, w: Array) -> Array:
        """K = J Jᵀ by layer-wise Gram products, rows ordered sample · o + output."""
        layers, inputs, slopes, outputs = self._forward(w)
        samples, width = outputs.shape
        kernel = np.zeros((samples * width, samples * width))
        adjoint = np.tile(np.eye(width), (samples, 1))  # rows (sample, output)
        for index in range(len(layers) - 1, -1, -1):
            if self._network.layers[index].trained:
                gram = inputs[index] @ inputs[index].T + (0.0 if layers[index][1] is None else 1.0)
                kernel += (adjoint @ adjoint.T) * np.repeat(np.repeat(gram, width, axis=0), width, axis=1)
            if index > 0:
                adjoint = (adjoint @ layers[index][0]) * np.repeat(slopes[index - 1], width, axis=0)
        return kernel
