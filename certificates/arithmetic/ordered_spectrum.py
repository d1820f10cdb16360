"""All eigenvalues of a symmetric matrix of Arb balls, in ascending order (lemma 4.0.1)."""

from __future__ import annotations

import numpy as np
from flint import arb

from certificates.arithmetic.arb import exact, hull, lower, upper
from certificates.arithmetic.arb_matrix import ArbMatrix
from certificates.arithmetic.effort import reserve, spend_flops
from certificates.arithmetic.inertia import EIGENVECTORS
from certificates.arithmetic.rounding import FloatArray
from certificates.errors import EnclosureFailure

__all__ = ["ordered_spectrum"]


def ordered_spectrum(matrix: ArbMatrix) -> list[arb]:
    """Enclose λ_1 ≤ … ≤ λ_n.

    Parameters
    ----------
    matrix
        A (n, n), symmetric.

    Guarantee
    ---------
    Ball i contains λ_i(A) for every symmetric A in the enclosure. With D = QᵀAQ and Γ = QᵀQ for the untrusted
    eigenvectors Q of the midpoints, λ_i(D) = θλ_i(A) with θ in the discs of Γ (Ostrowski), and λ_i(D) differs from
    the i-th diagonal entry, in order, by the largest row sum of the others at most (Weyl).

    May fail when
    -------------
    There are no eigenvectors, or those found are far from orthogonal: :class:`EnclosureFailure`.

    Examples
    --------
    >>> found = ordered_spectrum(ArbMatrix.from_exact(np.array([[2.0, 1.0], [1.0, 2.0]])))
    >>> [bool(abs(ball - n) < 1e-14) for ball, n in zip(found, (1, 3))]
    [True, True]
    """
    vectors = ArbMatrix.from_exact(_eigenvectors(matrix.midpoint()))
    own, beside = _discs(vectors.T.gram())
    diagonal, others = _discs(vectors.T.times(matrix.times(vectors)))
    radius = exact(max(others))
    factor = hull(
        exact(min(lower(ball - exact(rest)) for ball, rest in zip(own, beside, strict=True))),
        exact(max(upper(ball + exact(rest)) for ball, rest in zip(own, beside, strict=True))),
    )
    if not factor > 0:
        raise EnclosureFailure("no eigenvectors that are nearly orthogonal were found")
    ends = zip(sorted(map(lower, diagonal)), sorted(map(upper, diagonal)), strict=True)
    return [hull(exact(low) - radius, exact(high) + radius) / factor for low, high in ends]


def _eigenvectors(mid: FloatArray) -> FloatArray:
    reserve(24.0 * mid.size)
    spend_flops(EIGENVECTORS * len(mid) ** 3)
    try:
        return np.ascontiguousarray(np.linalg.eigh(mid)[1])
    except np.linalg.LinAlgError as error:
        raise EnclosureFailure("the eigenvectors of a matrix were not found") from error


def _discs(matrix: ArbMatrix) -> tuple[list[arb], list[float]]:
    """The diagonal entries, and upper bounds of the sums of the other entries' sizes in each row (Gershgorin)."""
    size, balls = matrix.shape[0], matrix.entries()
    rows = [balls[start : start + size] for start in range(0, size * size, size)]
    sums = [sum((abs(ball) for j, ball in enumerate(row) if j != i), exact(0)) for i, row in enumerate(rows)]
    return [row[i] for i, row in enumerate(rows)], [upper(total) for total in sums]
