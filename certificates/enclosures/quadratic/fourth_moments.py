"""The fourth-moment constant of inputs, c_4 ≥ sup_{‖a‖=1} (1/n)Σ c_i²(a·x_i)⁴ (lemma 3.0.1 d).

Then Σ c_i²‖Ax_i‖²‖Bx_i‖² ≤ n c_4 ‖A‖²‖B‖² for all matrices A and B, lemma 4.0.2.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from flint import arb

from certificates.arithmetic.matrix import M
from certificates.subjects import FloatArray

__all__ = ["BLOCK_SAMPLES", "fourth_moment_bound", "moment_matrix"]

BLOCK_SAMPLES = 2048
"""Sums over samples are formed in blocks: less memory, and shorter sums have smaller error bounds."""


def moment_matrix(
    inputs: FloatArray, arithmetic: type[M], theta: Fraction = Fraction(0), scales: FloatArray | None = None
) -> M:
    """T − θE on svec coordinates, T = (1/n)Σ c_i² svec(x_ix_iᵀ)svec(x_ix_iᵀ)ᵀ, E = svec(I)svec(I)ᵀ − I.

    Rows are the pairs a ≤ b in the order of ``numpy.triu_indices``; off-diagonal coordinates carry √2.

    Parameters
    ----------
    inputs
        The x_i, (n, d), exact.
    arithmetic
        Which matrices of balls.
    theta
        θ.
    scales
        The c_i, (n,), exact; ``None`` for 1.
    """
    first, second = np.triu_indices(inputs.shape[1])
    roots = arithmetic.roots_of_two(first != second)
    moments = arithmetic.from_exact(np.zeros((len(first), len(first))))
    for start in range(0, len(inputs), BLOCK_SAMPLES):
        rows = slice(start, start + BLOCK_SAMPLES)
        left = arithmetic.from_exact(inputs[rows][:, first])
        products = left.hadamard(arithmetic.from_exact(inputs[rows][:, second])).scale_columns(roots)
        if scales is not None:
            products = products.scale_rows(scales[rows])
        moments = moments.add(products.T.gram())
    diagonal = (first == second).astype(np.float64)
    exchange = np.outer(diagonal, diagonal) - np.eye(len(first))
    return moments.scale(Fraction(1, len(inputs))).add(arithmetic.from_exact(exchange).scale(-theta))


def fourth_moment_bound(
    inputs: FloatArray, arithmetic: type[M], theta: Fraction, shift: float, scales: FloatArray | None = None
) -> arb | None:
    """An upper bound of c_4, or ``None`` when the untrusted shift is too small.

    Guarantee
    ---------
    c_4 ≤ λ_max(T − θE) for every real θ, because svec(aaᵀ) is a unit vector on which E vanishes (lemma
    3.0.1 d). θ = 0 loses a factor of about (d + 2)/3 on Gaussian data.
    """
    return moment_matrix(inputs, arithmetic, theta, scales).largest_eigenvalue(shift)
