"""Gradient descent on a planted quadratic network, every iterate enclosed (theory 3.6.5).

𝓛 depends on the data through their fourth moments only: with C = WᵀW − W°ᵀW° and the exact integer matrix
T = 2⁴ᵉ Σ vech(x_ix_iᵀ)vech(x_ix_iᵀ)ᵀ (2ᵉ clears the inputs' denominators),

    ∇𝓛(W) = W · mat(T (2 − δ_ab)C_ab) / (2⁴ᵉ m),

so a step costs O(d⁴) whatever m is.
"""

from __future__ import annotations

import numpy as np
from flint import arb, arb_mat, fmpz_mat

from certificates.arithmetic.arb import exact
from certificates.arithmetic.arb_matrix import ArbMatrix
from certificates.arithmetic.effort import reserve, spend, word_count
from certificates.enclosures.quadratic.planted import PlantedQuadratic
from certificates.errors import EnclosureFailure
from certificates.subjects import FloatArray

__all__ = ["ExactMoments", "descend_enclosed", "exact_moments", "integer_bits"]

_BLOCK_SAMPLES = 2048
_WORD = 64
_SMALL_BITS = 30  # products of two such integers fit int64
_MOST_BITS = 1024
_STEPS_BETWEEN_LOOKS = 32
_HUGE = exact(2) ** 4096


class ExactMoments:
    """T as integers with the exponent that scales it.

    Parameters
    ----------
    table
        2⁴ᵉ Σ vech(x_ix_iᵀ)vech(x_ix_iᵀ)ᵀ, pairs in the order of ``numpy.tril_indices``.
    exponent
        e.
    samples, dimension
        m and d.
    """

    def __init__(self, table: fmpz_mat, exponent: int, samples: int, dimension: int) -> None:
        self.table, self.exponent, self.samples, self.dimension = table, exponent, samples, dimension

    def unit(self) -> arb:
        """1/(2⁴ᵉ m)."""
        return exact(2) ** (-4 * self.exponent) / self.samples


def _exponent(inputs: FloatArray) -> int:
    """The least e ≥ 0 for which every 2ᵉ x is an integer."""
    mantissas, exponents = np.frexp(inputs[inputs != 0])
    if not mantissas.size:
        return 0
    whole = (mantissas * 2.0**53).astype(np.int64)
    trailing = np.frexp((whole & -whole).astype(np.float64))[1] - 1
    return max(0, int(np.max(53 - trailing - exponents)))


def integer_bits(inputs: FloatArray) -> int:
    """How many bits the integers 2ᵉ x have at most."""
    largest = float(np.max(np.abs(inputs), initial=0.0))
    return max(1, _exponent(inputs) + int(np.frexp(largest)[1]))


def exact_moments(inputs: FloatArray) -> ExactMoments:
    """Compute T exactly.

    May fail when
    -------------
    The inputs spread over more than 1024 bits: :class:`EnclosureFailure`.

    Examples
    --------
    >>> moments = exact_moments(np.array([[0.5, 2.0]]))
    >>> moments.exponent, [int(entry) for entry in moments.table.entries()]
    (1, [1, 4, 16, 4, 16, 64, 16, 64, 256])
    """
    bits = integer_bits(inputs)
    if bits > _MOST_BITS:
        raise EnclosureFailure("the inputs spread over too many powers of two for exact moments")
    exponent, (samples, dimension) = _exponent(inputs), inputs.shape
    size = dimension * (dimension + 1) // 2
    words = 1 + 4 * bits / _WORD
    reserve(size * (size * 8 * words + min(samples, _BLOCK_SAMPLES) * (60 + bits / 4)))
    blocks = 1 + (samples - 1) // _BLOCK_SAMPLES
    spend(size * samples * (2 + words + 0.005 * size * words) + blocks * size**2 * (1 + 0.2 * words))
    table = fmpz_mat(size, size)
    for start in range(0, samples, _BLOCK_SAMPLES):
        products = _integer_products(inputs[start : start + _BLOCK_SAMPLES], exponent, bits)
        block = fmpz_mat(size, len(products) // size, products)
        table += block * block.transpose()
    return ExactMoments(table, exponent, samples, dimension)


def _integer_products(inputs: FloatArray, exponent: int, bits: int) -> list[int]:
    """2²ᵉ x_a x_b for the pairs a ≥ b, one row a pair, flat."""
    first, second = np.tril_indices(inputs.shape[1])
    if bits <= _SMALL_BITS:
        small = np.ldexp(inputs.T, exponent).astype(np.int64)  # 2.0**exponent may overflow
        flat: list[int] = (small[first] * small[second]).ravel().tolist()
        return flat
    columns = [[_integer(x, exponent) for x in column] for column in inputs.T.tolist()]
    pairs = zip(first.tolist(), second.tolist(), strict=True)
    return [x * y for a, b in pairs for x, y in zip(columns[a], columns[b], strict=True)]


def _integer(x: float, exponent: int) -> int:
    numerator, denominator = x.as_integer_ratio()
    return (numerator << exponent) // denominator


def descend_enclosed(planted: PlantedQuadratic, moments: ExactMoments, step: arb, steps: int) -> ArbMatrix:
    """Enclose W_T after ``steps`` steps of size μ for 𝓛 from the given weights.

    Guarantee
    ---------
    The result contains the exact iterate. Radii grow geometrically, by 1.1 a step for small steps, by 2 for large ones.

    May fail when
    -------------
    The run diverges, or its balls do: :class:`EnclosureFailure`. The sizes cube at every step, so the exponents of a
    run that is not stopped would outgrow any budget.
    """
    table, factor = arb_mat(moments.table), step * moments.unit()
    teacher, weights = (ArbMatrix.from_exact(each).table for each in (planted.planted, planted.network.weights))
    target = teacher.transpose() * teacher
    effort = _step_effort(table, weights)
    for count in range(1, steps + 1):
        spend(effort)
        force = _force(table, weights.transpose() * weights - target, moments.dimension)
        weights = weights - weights * force * factor
        if count % _STEPS_BETWEEN_LOOKS == 0 and not all(abs(entry) < _HUGE for entry in weights.entries()):
            raise EnclosureFailure("the run diverges, or its balls grow beyond use: try more bits or a smaller step")
    return ArbMatrix.from_entries(weights.nrows(), weights.ncols(), weights.entries())


def _step_effort(table: arb_mat, weights: arb_mat) -> float:
    """Operations of a step: the interpreter's share, and what products of long numbers take."""
    pairs, (rows, columns), words = table.nrows(), (weights.nrows(), weights.ncols()), word_count()
    products = pairs * pairs + 2.0 * rows * columns * columns
    return 60 + 8 * pairs + 3 * rows * columns + 0.05 * words * (1 + words / 16) * products


def _force(table: arb_mat, excess: arb_mat, dimension: int) -> arb_mat:
    """The symmetric matrix mat(T (2 − δ_ab)C_ab)."""
    pairs = [(a, b) for a in range(dimension) for b in range(a + 1)]
    column = [excess[a, b] if a == b else 2 * excess[a, b] for a, b in pairs]
    image = (table * arb_mat(len(pairs), 1, column)).entries()
    force = arb_mat(dimension, dimension)
    for (a, b), entry in zip(pairs, image, strict=True):
        force[a, b] = force[b, a] = entry
    return force
