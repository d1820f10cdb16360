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

from certificates.arithmetic.arb import root_above
from certificates.arithmetic.effort import reserve
from certificates.arithmetic.matrix import M, sizes_above
from certificates.enclosures.networks.deflated_norms import Deflated, deflate
from certificates.enclosures.networks.sensitivities import (
    CentreBends,
    Chains,
    Pair,
    Sensitivities,
    Weighted,
    largest,
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
    squares
        The squared entries of H̃ H̃ᵀ.
    """

    slopes: list[FloatArray]
    steepest: list[FloatArray]
    weights: dict[int, Deflated[M]]
    passed: dict[int, FloatArray]
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
    norms = _chain_norms(layers, arithmetic, columns).sensitivities(arithmetic, inputs, columns, output_norms)
    return UnitSensitivities(norms, None if bends is None else _centre(layers, arithmetic, columns, bends))


def _centre(layers: _Layers[M], arithmetic: type[M], columns: dict[int, FloatArray], bends: list[M]) -> CentreBends:
    """The bendings with ĵ |φ''| in the place of ĵ."""
    curved = {k: arithmetic.products_above(columns[k], sizes_above(bend)) for k, bend in enumerate(bends)}
    return CentreBends(
        _bendings_by_units(layers, arithmetic, curved), {k: largest(numbers) for k, numbers in curved.items()}
    )


def _layers(network: Network, arithmetic: type[M], inputs: list[M], slopes: list[M]) -> _Layers[M]:
    weights = {k: deflate(arithmetic.from_exact(network.layers[k].weight).gram()) for k in range(1, len(slopes))}
    reserve(8.0 * sum(slope.shape[0] * slope.shape[1] for slope in slopes))
    sizes = [sizes_above(slope) for slope in slopes]
    return _Layers(
        sizes,
        [np.max(size, axis=1) for size in sizes],
        weights,
        {k: weight.scaled_norms(sizes[k]) for k, weight in weights.items()},
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


def _chain_norms(layers: _Layers[M], arithmetic: type[M], columns: dict[int, FloatArray]) -> Chains:
    """By products of ω: each product of layers ends with the steepest slope of its first one."""
    chains, ones = Chains({}, {}, {}), np.ones(len(layers.steepest[0]))

    def fill(found: dict[Pair, FloatArray], later: int, first: int, reach: FloatArray) -> None:
        for j, passed in _backwards(layers, arithmetic, first, reach):
            found[later, j] = arithmetic.products_above(passed, layers.steepest[j])

    for k in range(len(layers.slopes)):
        roots = arithmetic.roots_above(columns[k])
        chains.bent[k, k] = np.max(roots, axis=1)
        fill(chains.sloped, k + 1, k, ones)
        if k:
            norm = layers.weights[k].scaled_norms(np.ones((1, layers.slopes[k].shape[1])))
            fill(chains.jacobian, k, k - 1, norm * ones)
            fill(chains.bent, k, k - 1, layers.weights[k].scaled_norms(roots))
    return chains


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
