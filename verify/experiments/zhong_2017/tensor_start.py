"""Weights from moments of labels (theory 4.6): M_j = E[y He_j(x)] = Σ v_i m_j(‖w_i‖) w̄_i^{⊗j}, diagonalised.

The third order where it carries anything, else the fourth (ReLU, leaky ReLU, softplus: linear plus even). Everything
beyond the second moments is formed in the k dimensions of their leading eigenvectors.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import permutations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

from certificates.expression import Activation
from verify.experiments.zhong_2017.label_moments import Moments, hermite_tensor, moments
from verify.experiments.zhong_2017.planted_samples import PlantedSamples, tensor_coefficient, tensor_order

__all__ = [
    "Moments",
    "NoStart",
    "TensorStart",
    "diagonalised",
    "matched",
    "moments",
    "require_identifiable",
    "tensor_start",
]

Array = NDArray[np.float64]

_DRAWS = 20
_VANISHING = 1e-9
_DEPENDENT = 1e-8  # of the largest singular value
_REAL = 1e-9
_LEAST_NORM, _LARGEST_NORM = 2.0**-4, 2.0**4


class NoStart(ValueError):
    """No weights can be read off the tensor; the message says why."""


@dataclass(frozen=True, eq=False)
class TensorStart:
    """Weights from which gradient descent starts.

    Parameters
    ----------
    weights, outer
        W, (k, d), and v = ±1, (k,), in any order.
    order
        3 or 4.
    misfit
        Of the tensor and its k terms, relative to the tensor.
    """

    weights: Array
    outer: Array
    order: int
    misfit: float


def require_identifiable(activation: Activation, weights: Array) -> int:
    """The order of the tensor to use for weights W*, (k, d).

    Raises
    ------
    NoStart
        The terms of the tensor do not show all units.
    """
    units, dimension = weights.shape
    if units > dimension:
        raise NoStart(f"k = {units} > d = {dimension}: simultaneous diagonalisation needs k ≤ d")
    order = tensor_order(activation)
    if order is None:
        raise NoStart(f"{activation.text}: m_3 and m_4 vanish for all norms, so that both tensors are 0")
    values = np.linalg.svd(weights, compute_uv=False)
    if values[-1] <= _DEPENDENT * values[0]:
        raise NoStart("the weights w_i are dependent: their tensor has fewer terms, or terms that are not unique")
    for unit, norm in enumerate(np.linalg.norm(weights, axis=1)):
        if abs(tensor_coefficient(activation, order, float(norm))) <= _VANISHING:
            raise NoStart(f"m_{order}(‖w_{unit}‖) = 0 at ‖w_{unit}‖ = {norm:.6g}: the tensor does not see this unit")
    return order


def tensor_start(samples: PlantedSamples, count: int, rng: np.random.Generator) -> TensorStart:
    """Read weights off the first ``count`` samples.

    Raises
    ------
    NoStart
        By :func:`require_identifiable`; no draw has real eigenvectors.
    """
    order = require_identifiable(samples.activation, samples.weights)
    units = len(samples.weights)
    found = moments(samples, count)
    basis = _subspace(samples, count, found, units)
    tensor = hermite_tensor(samples, count, basis, order, found.projected(basis))
    directions, coefficients, misfit = diagonalised(tensor, rng)
    return _weights(samples.activation, order, found, basis @ directions, coefficients, misfit)


def _subspace(samples: PlantedSamples, count: int, found: Moments, units: int) -> Array:
    """The span of the w_i, (d, k): from M_2, or from Σ_j M_3(I, I, e_j)² where M_2 vanishes."""
    form = found.hermite
    if abs(tensor_coefficient(samples.activation, 2)) <= _VANISHING:
        tensor = hermite_tensor(samples, count, np.eye(len(form)), 3, found)
        form = np.einsum("abj,bcj->ac", tensor, tensor)
    values, vectors = np.linalg.eigh(form)
    leading: Array = vectors[:, np.argsort(-np.abs(values))[:units]]
    return leading


def diagonalised(tensor: Array, rng: np.random.Generator) -> tuple[Array, Array, float]:
    """Unit vectors p_i, (k, k) by columns, and c_i with T ≈ Σ c_i p_i^{⊗j}: the best of twenty diagonalisations.

    Raises
    ------
    NoStart
        No draw has real eigenvectors.

    Examples
    --------
    >>> tensor = np.zeros((2, 2, 2))
    >>> tensor[0, 0, 0], tensor[1, 1, 1] = 3.0, -2.0
    >>> vectors, numbers, misfit = diagonalised(tensor, np.random.default_rng(0))
    >>> sorted(abs(numbers).round(9).tolist()), misfit < 1e-12
    ([2.0, 3.0], True)
    """
    best: tuple[Array, Array, float] | None = None
    for _ in range(_DRAWS):
        vectors = _common_eigenvectors(*(_contracted(tensor, rng) for _ in range(2)))
        if vectors is None:
            continue
        terms = np.stack([_power(vector, tensor.ndim).ravel() for vector in vectors.T], axis=1)
        numbers: Array = np.linalg.lstsq(terms, tensor.ravel(), rcond=None)[0].astype(np.float64)
        misfit = float(np.linalg.norm(tensor.ravel() - terms @ numbers))
        if best is None or misfit < best[2]:
            best = vectors, numbers, misfit
    if best is None:
        raise NoStart("no draw has real eigenvectors: too few samples, or terms that are nearly dependent")
    return best[0], best[1], best[2] / max(float(np.linalg.norm(tensor)), 5e-324)


def _contracted(tensor: Array, rng: np.random.Generator) -> Array:
    """A symmetric matrix T(·, ·, a, …)."""
    while tensor.ndim > 2:
        tensor = tensor @ rng.standard_normal(tensor.shape[-1])
    matrix: Array = (tensor + tensor.T) / 2
    return matrix


def _common_eigenvectors(left: Array, right: Array) -> Array | None:
    """Of left · right⁻¹, by columns; ``None`` where they are not real."""
    try:
        _, vectors = np.linalg.eig(left @ np.linalg.inv(right))
    except np.linalg.LinAlgError:
        return None
    if np.abs(vectors.imag).max() > _REAL:
        return None
    real: Array = vectors.real / np.linalg.norm(vectors.real, axis=0)
    return real


def _power(vector: Array, order: int) -> Array:
    found = vector
    for _ in range(order - 1):
        found = np.multiply.outer(found, vector)
    return found


def _weights(
    activation: Activation, order: int, found: Moments, directions: Array, numbers: Array, misfit: float
) -> TensorStart:
    """Signs and lengths: c_i = v_i m_j(‖w_i‖), v_i = ±1."""
    sign = np.sign(tensor_coefficient(activation, order))
    if order == 3:
        outer = _signs(activation, 2, found.hermite, directions)
        directions = directions * np.sign(numbers * outer * sign)
    else:
        outer = np.sign(numbers * sign)
        directions = directions * outer * _signs(activation, 1, found.first, directions)
    lengths = np.array([_norm_of(activation, order, abs(float(number))) for number in numbers])
    return TensorStart((directions * lengths).T, outer, order, misfit)


def _signs(activation: Activation, order: int, moment: Array, directions: Array) -> Array:
    """Signs of the coefficients of u_i^{⊗j} in M_j over m_j; 1 where m_j = 0: there both signs are one network."""
    coefficient = tensor_coefficient(activation, order)
    if abs(coefficient) <= _VANISHING:
        return np.ones(directions.shape[1])
    terms = np.stack([_power(vector, order).ravel() for vector in directions.T], axis=1)
    signs: Array = np.sign(np.linalg.lstsq(terms, moment.ravel(), rcond=None)[0] * coefficient)
    return np.where(signs == 0, 1.0, signs)


def _norm_of(activation: Activation, order: int, size: float) -> float:
    """σ with |m_j(σ)| = size in [1/16, 16], where |m_j| is taken to grow; else the nearer end."""

    def excess(norm: float) -> float:
        return abs(tensor_coefficient(activation, order, norm)) - size

    if excess(_LEAST_NORM) >= 0:
        return _LEAST_NORM
    return _LARGEST_NORM if excess(_LARGEST_NORM) <= 0 else float(brentq(excess, _LEAST_NORM, _LARGEST_NORM, rtol=1e-9))


def matched(weights: Array, outer: Array, planted: Array) -> tuple[Array, Array]:
    """Rows and outer weights in the order that is nearest to W*."""
    best = min(permutations(range(len(planted))), key=lambda order: np.linalg.norm(weights[list(order)] - planted))
    return weights[list(best)], outer[list(best)]
