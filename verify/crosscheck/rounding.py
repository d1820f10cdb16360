"""How far binary64 can resolve a network's residual: below that a run says nothing about a certificate."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from certificates import Network
from certificates.arithmetic.arb import precision
from certificates.arithmetic.arb_matrix import ArbMatrix
from certificates.enclosures.networks.layers import activate, affine
from certificates.errors import EnclosureFailure
from verify.numeric.mlp import FloatNetwork

__all__ = ["residual_floor"]

_BITS = 128
_SAMPLES = 16
_MARGIN = 16  # for other samples and the weights' own rounding after a step, |Δw| ≤ u|w|


def residual_floor(network: Network) -> float:
    """By how much ‖F(w) − y‖ in binary64 may be wrong at the given weights and after a step, about.

    The larger of two estimates: the errors at a few samples, whose outputs are enclosed in balls of 128 bits, with a
    margin; and roundings counted. Enclosures in binary64 would be bounds, and up to 10⁴ times what happens.

    Examples
    --------
    >>> import verify
    >>> net = verify.from_arrays([[[0.5]], [[1.0]]], None, "tanh", [[1.0]], [[0.5]])
    >>> 1e-16 < residual_floor(net) < 1e-14
    True
    """
    return float(np.sqrt(network.residual_count)) * max(_MARGIN * _seen(network), _counted(network))


def _seen(network: Network) -> float:
    """The root mean square error of single outputs at a few samples, spread evenly; 0 if there is no enclosure."""
    rows = np.unique(np.linspace(0, network.sample_count - 1, min(_SAMPLES, network.sample_count)).astype(np.intp))
    few = replace(network, inputs=network.inputs[rows], targets=network.given_targets[rows])
    net = FloatNetwork(few)
    try:
        with precision(_BITS):
            exact = _outputs(few).midpoint()
    except EnclosureFailure:
        return 0.0
    return float(np.sqrt(np.mean(np.square(net.outputs(net.initial()) - exact))))


def _outputs(network: Network) -> ArbMatrix:
    """An enclosure of F, shape (n, o)."""
    hidden = ArbMatrix.from_exact(network.inputs)
    for layer, activation in zip(network.layers[:-1], network.activations, strict=True):
        hidden, _ = activate(activation, affine(layer, hidden))
    return affine(network.layers[-1], hidden)


def _counted(network: Network) -> float:
    """16 L u √width · max(1, |y|) with L layers: an output that is off by its own rounding."""
    unit = 2.0**-53 * 16 * len(network.layers) * np.sqrt(max(network.widths))
    return float(unit * max(1.0, float(np.abs(network.given_targets).max())))
