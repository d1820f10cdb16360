"""λ_min of a limit kernel at unit inputs without a factorisation, in O(n) memory (theory 5.3.1).

K = Σ_k c_k² G^{∘(k+1)}, and Gershgorin's circles of each power: λ_min(G^{∘(k+1)}) ≥ 1 − max_i Σ_{j≠i} |ρ_ij|^{k+1}, or
0. The terms beyond the last coefficient get the factor of the last power: |ρ| ≤ 1.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from flint import arb

from certificates.arithmetic.arb import exact
from certificates.arithmetic.effort import spend
from certificates.arithmetic.rounding import FloatArray, inflation
from certificates.arithmetic.tiles import tile_spans
from certificates.enclosures.kernels.limit import hermite_squares
from certificates.enclosures.kernels.unit_rows import UnitRows
from certificates.expression import Activation

__all__ = ["hadamard_gershgorin", "power_norm"]

_ROWS, _COLUMNS = 64, 2_048  # what is multiplied stays in the cache


def hadamard_gershgorin(inputs: UnitRows, activation: Activation) -> arb:
    """A lower bound of λ_min of the kernel of these unit inputs.

    Parameters
    ----------
    inputs
        The unit inputs.
    activation
        ReLU, or one with a strip lemma.

    Guarantee
    ---------
    Sums of n − 1 powers |ρ|^{k+1}, of the upper ends of |ρ|, pass through at most n + k roundings.
    """
    squares, rest, *_ = hermite_squares(activation)
    degree = len(squares)
    sums = np.zeros((degree + 1, len(inputs.rows)))
    for rows, largest in _strips(inputs, degree):
        power = np.ones_like(largest)
        for k in range(degree + 1):
            power *= largest
            sums[k, rows] += power.sum(axis=1)
    factors = [(1 - _above(row, degree)).max(exact(0)) for row in sums]
    total = sum((exact(a) * f for a, f in zip(squares, factors, strict=False)), exact(0))
    return total + exact(rest) * factors[-1]


def power_norm(inputs: UnitRows, power: int) -> arb:
    """An upper bound of ‖G^{∘p}‖, and of the norm of every higher power: 1 + max_i Σ_{j≠i} |ρ_ij|^p."""
    sums = np.zeros(len(inputs.rows))
    for rows, largest in _strips(inputs, 2):
        powers = np.ones_like(largest)
        for bit in bin(power)[2:]:  # by squaring
            powers *= powers
            if bit == "1":
                powers *= largest
        sums[rows] += powers.sum(axis=1)
    return 1 + _above(sums, 2 * power)


def _strips(inputs: UnitRows, products: int) -> Iterator[tuple[slice, FloatArray]]:
    """Upper ends of |ρ_ij| in some rows and columns, 0 on the diagonal."""
    size = len(inputs.rows)
    for rows in tile_spans(size, _ROWS):
        for columns in tile_spans(size, _COLUMNS):
            rho = inputs.correlations(rows, columns)
            spend(2_000 + 0.02 * products * rho.mid.size)
            largest = np.minimum(np.abs(rho.mid) + rho.radius, 1.0)
            for i in range(max(rows.start, columns.start), min(rows.stop, columns.stop)):
                largest[i - rows.start, i - columns.start] = 0.0
            yield rows, largest


def _above(sums: FloatArray, products: int) -> arb:
    """The largest sum of so many products each, rounded up; what underflows is less than 2⁻⁹⁰⁰."""
    return exact(float(np.max(sums)) * inflation(2 * len(sums) + 2 * products + 4)) + exact(2.0**-900)
