"""Perceptrons written once for floats and for Arb balls: outputs, gradients, Jacobians; hostile spellings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np
from flint import arb
from scipy.special import expit, log_ndtr

from certificates import Network
from tests.truth._balls import balls
from verify.numeric.activations import compile_activation

__all__ = ["ACTIVATIONS", "Perceptron", "as_spelt", "hostile_spelling", "perceptron"]

Scalar = Callable[[Any], Any]


@dataclass(frozen=True)
class Activation:
    """φ and φ' in floats and in balls."""

    floats: tuple[Scalar, Scalar]
    balls: tuple[Scalar, Scalar]


def _gelu(z: arb) -> arb:
    return z * ((z / arb(2).sqrt()).erf() + 1) / 2


def _gelu_slope(z: arb) -> arb:
    return ((z / arb(2).sqrt()).erf() + 1) / 2 + z * (-z * z / 2).exp() / (2 * arb.pi()).sqrt()


def _normal(z):
    return np.exp(-z * z / 2) / np.sqrt(2 * np.pi)


_POSITIVE = arb(0).max

ACTIVATIONS: dict[str, Activation] = {
    "tanh": Activation((np.tanh, lambda z: 1 - np.tanh(z) ** 2), (arb.tanh, lambda z: 1 - z.tanh() * z.tanh())),
    "sigmoid": Activation(
        (expit, lambda z: expit(z) * expit(-z)),
        (lambda z: 1 / (1 + (-z).exp()), lambda z: 1 / (2 + z.exp() + (-z).exp())),
    ),
    "softplus": Activation(
        (lambda z: np.logaddexp(0, z), expit), (lambda z: (1 + z.exp()).log(), lambda z: 1 / (1 + (-z).exp()))
    ),
    "gelu": Activation(
        (lambda z: z * np.exp(log_ndtr(z)), lambda z: np.exp(log_ndtr(z)) + z * _normal(z)), (_gelu, _gelu_slope)
    ),
    "sin": Activation((np.sin, np.cos), (arb.sin, arb.cos)),
    "quadratic": Activation((np.square, lambda z: 2 * z), (lambda z: z * z, lambda z: 2 * z)),
    "identity": Activation((lambda z: z, np.ones_like), (lambda z: z, lambda _: arb(1))),
    "softsign": Activation(
        (lambda z: z / (1 + np.abs(z)), lambda z: (1 + np.abs(z)) ** -2.0),
        (lambda z: z / (1 + abs(z)), lambda z: 1 / ((1 + abs(z)) * (1 + abs(z)))),
    ),
    "elu": Activation(
        (lambda z: np.where(z > 0, z, np.expm1(np.minimum(z, 0))), lambda z: np.exp(np.minimum(z, 0))),
        (lambda z: _POSITIVE(z) + z.min(arb(0)).expm1(), lambda z: z.min(arb(0)).exp()),
    ),
    "squared_relu": Activation(
        (lambda z: np.maximum(z, 0) ** 2, lambda z: 2 * np.maximum(z, 0)),
        (lambda z: _POSITIVE(z) * _POSITIVE(z), lambda z: 2 * _POSITIVE(z)),
    ),
    "64/(64-z)": Activation(
        (lambda z: 64 / (64 - z), lambda z: 64 * (64 - z) ** -2.0),
        (lambda z: 64 / (64 - z), lambda z: 64 / ((64 - z) * (64 - z))),
    ),
}

_FORMULAS = {
    "tanh": "tanh(z)",
    "sigmoid": "sigmoid(z)",
    "softplus": "softplus(z)",
    "gelu": "z/2*(1+erf(z/sqrt(2)))",
    "sin": "sin(z)",
    "quadratic": "z^2",
    "identity": "z",
    "softsign": "piecewise(z/(1-z), 0, z/(1+z))",
    "elu": "piecewise(exp(z)-1, 0, z)",
    "squared_relu": "piecewise(0, 0, z^2)",
    "64/(64-z)": "64/(64-z)",
}
_TINY, _GREAT = "(2^-60)^9", "(2^60)^9"


def hostile_spelling(rng: np.random.Generator, name: str) -> str:
    """Another formula of the same function, in which parts underflow, overflow or cancel."""
    if name == "64/(64-z)" and rng.random() < 0.8:
        # z + c − c is z with a radius close to 64, and the quotient underflows before it is scaled back
        far, power = 2 ** int(rng.integers(54, 58)), int(rng.choice([0, 20, 50, 56, 60]))
        shape = f"(2^-50)^20*2^-{power}/(64-(z+{far}-{far}))"
        whole = f"64*((2^50)^10*((2^50)^10*(2^{power}*({shape}))))"
        return whole if rng.random() < 0.3 else f"piecewise({whole}, {2**30}, {whole})"
    text = _FORMULAS[name]
    smooth = "piecewise" not in text
    spellings = [
        f"{_TINY}*({text})*{_GREAT}",
        f"({text})/{_GREAT}*{_GREAT}",
        f"({text})*(z^2+1)/(z^2+1)",
        f"({text})+(z+{2**60}-z-{2**60})",
        f"{_GREAT}*({_TINY}*({_TINY}*({text})))*{_GREAT}",
        f"1/({_GREAT}/({_GREAT}))*({text})",
        f"{_GREAT}*(({text})/(2+({_TINY}*z)^2)/{_GREAT})*2",  # off by far less than anything that is measured
        *([f"piecewise({text}, {2**30}, {text})", f"piecewise({text}, 1/3, {text})"] if smooth else []),
    ]
    return str(rng.choice(spellings))


@dataclass
class Perceptron:
    """Weights, data and activation as arrays of one type.

    Parameters
    ----------
    layers
        (W, b or ``None``, trained) of every layer.
    inputs, targets, scale
        As in the problem.
    value, slope
        φ and φ' for arrays of this type.
    """

    layers: list[tuple[Any, Any, bool]]
    inputs: Any
    targets: Any
    scale: Any
    value: Scalar
    slope: Scalar

    def weights(self) -> np.ndarray:
        """The trained parameters, flat."""
        parts = [part.ravel() for w, b, trained in self.layers if trained for part in (w, b) if part is not None]
        return np.concatenate(parts)

    def _unflatten(self, flat) -> list[tuple[Any, Any]]:
        found, at = [], 0
        for w, b, trained in self.layers:
            if trained:
                w, at = flat[at : at + w.size].reshape(w.shape), at + w.size
                if b is not None:
                    b, at = flat[at : at + b.size], at + b.size
            found.append((w, b))
        return found

    def residual(self, flat) -> np.ndarray:
        """F(w) − y, (n, o)."""
        return self._sweep(self._unflatten(flat))[0]

    def _sweep(self, layers):
        hidden, entered, slopes = self.inputs, [], []
        for index, (w, b) in enumerate(layers):
            entered.append(hidden)
            hidden = hidden @ w.T if b is None else hidden @ w.T + b
            if index < len(layers) - 1:
                slopes.append(self.slope(hidden))
                hidden = self.value(hidden)
        return hidden - self.targets, entered, slopes

    def _backward(self, layers, entered, slopes, sensitivity) -> np.ndarray:
        """Jᵀ times an (n, o) array, flat."""
        parts: list[Any] = []
        for index in range(len(layers) - 1, -1, -1):
            if self.layers[index][2]:
                here = [(sensitivity.T @ entered[index]).ravel()]
                here += [] if layers[index][1] is None else [np.sum(sensitivity, axis=0)]
                parts = here + parts
            if index > 0:
                sensitivity = (sensitivity @ layers[index][0]) * slopes[index - 1]
        return np.concatenate(parts)

    def loss_and_gradient(self, flat) -> tuple[Any, np.ndarray, np.ndarray]:
        """(f, ∇f, e)."""
        layers = self._unflatten(flat)
        e, entered, slopes = self._sweep(layers)
        return self.scale * np.sum(e * e), 2 * self.scale * self._backward(layers, entered, slopes, e), e

    def transposed(self, flat, array) -> np.ndarray:
        """J(w)ᵀ times an (n, o) array."""
        layers = self._unflatten(flat)
        _, entered, slopes = self._sweep(layers)
        return self._backward(layers, entered, slopes, array)


def _entries(function: Scalar) -> Scalar:
    return np.vectorize(function, otypes=[object])


def as_spelt(network: Network) -> Perceptron:
    """The problem in floats that underflow, overflow and cancel wherever the formula of its activation does."""
    evaluate = compile_activation(network.activations[0])
    plain = perceptron(network, "identity", exact=False)
    return replace(plain, value=lambda z: evaluate(z)[0], slope=lambda z: evaluate(z)[1])


def perceptron(network: Network, name: str, *, exact: bool) -> Perceptron:
    """The problem in floats, or in balls of the current precision."""
    convert = balls if exact else (lambda array: array)
    layers = [
        (convert(layer.weight), None if layer.bias is None else convert(layer.bias), layer.trained)
        for layer in network.layers
    ]
    value, slope = ACTIVATIONS[name].balls if exact else ACTIVATIONS[name].floats
    if exact:
        value, slope = _entries(value), _entries(slope)
    scale = (
        balls(np.array([Fraction(network.objective.loss.scale)], dtype=object))[0]
        if exact
        else float(network.objective.loss.scale)
    )
    return Perceptron(layers, convert(network.inputs), convert(network.given_targets), scale, value, slope)
