"""The norms of the adjoint form by layers and by units, without a matrix for any sample (theory 1.4.5).

Where :mod:`sensitivities` takes the norm of a product of layers for every sample, here each layer passes on a factor,
ω_{k,i} = ‖diag(φ'_{k,i}) W_k‖. For the centre form, weights stay with their units: with c_ip ≥ 0,

    (Σ_i (Σ_p c_ip (dθ_p · h̃_i)²)²)^{1/2} ≤ Σ_p (Σ_i c_ip² (dθ_p · h̃_i)⁴)^{1/2} ≤ ‖dθ‖² max_p κ₄(diag(c_·p)^{1/2} H̃).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Generic

import numpy as np
from flint import arb

from certificates.arithmetic.arb import root_above
from certificates.arithmetic.effort import reserve
from certificates.arithmetic.matrix import M
from certificates.enclosures.networks.deflated_norms import Deflated, deflate
from certificates.enclosures.networks.sensitivities import (
    CentreBends,
    Pair,
    Sensitivities,
    Weighted,
    largest,
    weighted,
)
from certificates.subjects import FloatArray, Network

__all__ = ["FOURTH_STEPS", "UnitSensitivities", "unit_sensitivities"]

FOURTH_STEPS = 2  # of power iteration for the fourth moments of a unit


@dataclass(frozen=True)
class UnitSensitivities:
    """Norms for the adjoint form, and for that of the centre; the latter ``None`` without second derivatives."""

    norms: Sensitivities
    centre: CentreBends | None


@dataclass(frozen=True)
class _Layers(Generic[M]):
    """What the layers are at w_0; lists run over the hidden ones.

    Parameters
    ----------
    slopes, steepest
        |φ'_k| from above, (n, d_k), and its largest number of every sample.
    weights, passed
        W_k W_kᵀ taken apart, and ω_{k,i}, (n,), for k ≥ 1.
    inputs, squares
        H̃, and the squared entries of H̃ H̃ᵀ.
    """

    slopes: list[FloatArray]
    steepest: list[FloatArray]
    weights: dict[int, Deflated[M]]
    passed: dict[int, FloatArray]
    inputs: list[M]
    squares: list[M]


def unit_sensitivities(
    network: Network,
    arithmetic: type[M],
    inputs: list[M],
    slopes: list[M],
    columns: dict[int, FloatArray],
    output_norms: dict[int, FloatArray],
    bends: list[M] | None = None,
) -> UnitSensitivities:
    """Bound every norm of :class:`UnitSensitivities`.

    Parameters
    ----------
    network, arithmetic, inputs, slopes, output_norms
        As in :func:`~certificates.enclosures.networks.sensitivities.sample_sensitivities`.
    columns
        The column norms of ∂F_i/∂h_k, (n, d_k), of every hidden layer.
    bends
        φ''(z_k) of every hidden layer, if φ'' is continuous.

    Guarantee
    ---------
    All fields of ``norms`` bound the exact quantities of the exact network from above; ``centre.bending`` bounds the
    maps of theory 1.4.5, for which the law of 1.4.3 holds on the ball.
    """
    layers = _layers(network, arithmetic, inputs, slopes)
    hidden, ones = len(slopes), np.ones(network.sample_count)
    samples, sloped = _jacobians(layers, arithmetic, ones)
    jacobian = {pair: largest(norms) for pair, norms in samples.items()}
    norms = Sensitivities(
        {**jacobian, **{(hidden, k): largest(output_norms[k]) for k in range(hidden)}},
        sloped,
        _couplings(layers, arithmetic, {**output_norms, hidden: ones}),
        _bendings(layers, arithmetic, columns),
        {k: largest(norms) for k, norms in columns.items()},
        columns,
        samples,
    )
    return UnitSensitivities(norms, None if bends is None else _centre(layers, arithmetic, columns, bends))


def _centre(layers: _Layers[M], arithmetic: type[M], columns: dict[int, FloatArray], bends: list[M]) -> CentreBends:
    """The bendings with ĵ |φ''| in the place of ĵ."""
    curved = {k: arithmetic.products_above(columns[k], _sizes(bend)) for k, bend in enumerate(bends)}
    return CentreBends(
        _bendings_by_units(layers, arithmetic, curved), {k: largest(numbers) for k, numbers in curved.items()}
    )


def _layers(network: Network, arithmetic: type[M], inputs: list[M], slopes: list[M]) -> _Layers[M]:
    weights = {k: deflate(arithmetic.from_exact(network.layers[k].weight).gram()) for k in range(1, len(slopes))}
    reserve(8.0 * sum(slope.shape[0] * slope.shape[1] for slope in slopes))
    sizes = [_sizes(slope) for slope in slopes]
    return _Layers(
        sizes,
        [np.max(size, axis=1) for size in sizes],
        weights,
        {k: weight.scaled_norms(sizes[k]) for k, weight in weights.items()},
        inputs,
        [gram.hadamard(gram) for gram in (matrix.gram() for matrix in inputs)],
    )


def _backwards(
    layers: _Layers[M], arithmetic: type[M], first: int, reach: FloatArray
) -> Iterator[tuple[int, FloatArray]]:
    """Go back from a layer with a factor of every sample; what lies behind the slopes of layer j is j's, in the end."""
    for j in range(first, -1, -1):
        yield j, reach
        if j:
            reach = arithmetic.products_above(reach, layers.passed[j])


def _jacobians(
    layers: _Layers[M], arithmetic: type[M], ones: FloatArray
) -> tuple[dict[Pair, FloatArray], dict[Pair, arb]]:
    """‖A_{kj,i}‖ for hidden k > j, and max_i ‖diag(φ'_{ℓ−1,i}) A_{ℓ−1,j,i}‖ for ℓ > j."""
    samples, sloped = dict[Pair, FloatArray](), dict[Pair, arb]()
    for k, weight in layers.weights.items():
        norm = weight.scaled_norms(np.ones((1, layers.slopes[k].shape[1])))
        for j, reach in _backwards(layers, arithmetic, k - 1, norm * ones):
            samples[k, j] = arithmetic.products_above(reach, layers.steepest[j])
    for k in range(len(layers.slopes)):
        for j, reach in _backwards(layers, arithmetic, k, ones):
            sloped[k + 1, j] = largest(arithmetic.products_above(reach, layers.steepest[j]))
    return samples, sloped


def _couplings(layers: _Layers[M], arithmetic: type[M], output_norms: dict[int, FloatArray]) -> dict[Pair, Weighted]:
    """‖diag(u) H̃_j‖ with u_i = ‖A_{Lℓ,i}‖ ω_{ℓ−1,i} … ω_{j+1,i} max_p |φ'_{j,ip}|."""
    found = dict[Pair, Weighted]()
    for k in range(len(layers.slopes)):
        for j, reach in _backwards(layers, arithmetic, k, output_norms[k + 1]):
            found[k + 1, j] = weighted(layers.inputs[j], arithmetic.products_above(reach, layers.steepest[j]), 1)
    return found


def _bendings(layers: _Layers[M], arithmetic: type[M], columns: dict[int, FloatArray]) -> dict[Pair, Weighted]:
    """κ₄(diag(v) H̃_j)^{1/2}; for j < k, v_i = ‖diag(ĵ_{k,i})^{1/2} W_k‖ ω_{k−1,i} … ω_{j+1,i} max_p |φ'_{j,ip}|."""
    found = dict[Pair, Weighted]()
    for k in range(len(layers.slopes)):
        roots = arithmetic.roots_above(columns[k])
        found[k, k] = weighted(layers.inputs[k], np.max(roots, axis=1), 2)
        for j, reach in _backwards(layers, arithmetic, k - 1, layers.weights[k].scaled_norms(roots)) if k else ():
            found[k, j] = weighted(layers.inputs[j], arithmetic.products_above(reach, layers.steepest[j]), 2)
    return found


def _bendings_by_units(layers: _Layers[M], arithmetic: type[M], columns: dict[int, FloatArray]) -> dict[Pair, Weighted]:
    """max_p κ₄(diag(c_·p)^{1/2} H̃_j)^{1/2}, c the given columns for j = k, (r_i φ'_{j,ip})² for what passes W_k."""
    found = dict[Pair, Weighted]()
    for k in range(len(layers.slopes)):
        found[k, k] = _fourth(layers.squares[k], columns[k])
        roots = arithmetic.roots_above(columns[k])
        for j, reach in _backwards(layers, arithmetic, k - 1, layers.weights[k].scaled_norms(roots)) if k else ():
            weights = arithmetic.products_above(reach[:, None], layers.slopes[j])
            found[k, j] = _fourth(layers.squares[j], arithmetic.products_above(weights, weights))
    return found


def _fourth(squares: M, weights: FloatArray) -> Weighted:
    """max_p λ_max([c_ip c_jp (h̃_i · h̃_j)²])^{1/4} for each column of the weights c, and (max c)^{1/2}."""
    reserve(40.0 * weights.size)
    radii, _ = squares.scaled_spectral_radii(weights, np.ones(weights.shape), FOURTH_STEPS)
    return Weighted(root_above(largest(radii)).sqrt(), largest(weights).sqrt())


def _sizes(balls: M) -> FloatArray:
    low, high = balls.entry_bounds()
    return np.maximum(np.abs(low), np.abs(high))
