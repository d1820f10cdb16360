"""λ_min of a limit kernel at unit inputs without a factorisation, in O(n) memory (theory 5.3.1).

K = Σ_k c_k² G^{∘(k+1)}, and Gershgorin's circles of each power: λ_min(G^{∘(k+1)}) ≥ 1 − max_i Σ_{j≠i} |ρ_ij|^{k+1}, or
0. The terms beyond the last coefficient get the factor of the last power: |ρ| ≤ 1.
"""

from __future__ import annotations

import numpy as np
from flint import arb

from certificates.arithmetic.arb import exact
from certificates.arithmetic.effort import spend
from certificates.arithmetic.rounding import inflation
from certificates.arithmetic.tiles import tile_spans
from certificates.enclosures.kernels.limit import hermite_squares
from certificates.enclosures.kernels.unit_rows import UnitRows
from certificates.expression import Activation

__all__ = ["hadamard_gershgorin"]

_ROWS = 256


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
    squares, rest, _ = hermite_squares(activation)
    size, degree = len(inputs.rows), len(squares)
    sums = np.zeros((degree + 1, size))
    for rows in tile_spans(size, _ROWS):
        for columns in tile_spans(size, _ROWS * 16):
            rho = inputs.correlations(rows, columns)
            spend(2_000 + 0.02 * degree * rho.mid.size)
            largest = np.minimum(np.abs(rho.mid) + rho.radius, 1.0)
            for i in range(max(rows.start, columns.start), min(rows.stop, columns.stop)):
                largest[i - rows.start, i - columns.start] = 0.0
            power = np.ones_like(largest)
            for k in range(degree + 1):
                power *= largest
                sums[k, rows] += power.sum(axis=1)
    worst = [exact(float(x) * inflation(2 * size + degree + 4)) for x in sums.max(axis=1)]
    zero = exact(0)
    factors = [(1 - each).max(zero) for each in worst]
    total = sum((exact(a) * f for a, f in zip(squares, factors, strict=False)), zero)
    return total + exact(rest) * factors[-1] - exact(2.0**-900)  # powers that underflow
