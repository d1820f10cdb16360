"""How many eigenvalues of a symmetric matrix are negative, and how far from 0 all of them are (lemma 4.0.3).

Let Q have k columns, approximate eigenvectors of the smallest eigenvalues from an untrusted decomposition.

*Below.* Let M be the midpoints of A, and ‖A − M‖ ≤ ε. If QᵀMQ ⪯ −cI, c > 0, and ‖Q‖² ≤ g, then xᵀAx ≤ −(c/g − ε)‖x‖²
on the range of Q, whose dimension is k because xᵀMx vanishes nowhere on it but at 0: λ_k ≤ −(c/g − ε) by Courant and
Fischer.

*Above.* If A + τQQᵀ ⪰ bI, then xᵀAx ≥ b‖x‖² for every x orthogonal to the range of Q: λ_{k+1} ≥ b.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import isfinite

import numpy as np
from flint import arb

from certificates.arithmetic.arb import exact
from certificates.arithmetic.ball_matrix import BallMatrix
from certificates.arithmetic.effort import reserve, spend_flops
from certificates.arithmetic.rounding import FloatArray, inflation
from certificates.arithmetic.spectra import radius_norm

__all__ = ["EIGENVECTORS", "Inertia", "inertia"]

EIGENVECTORS = 12.0  # times n³ flops of a matrix product: what a decomposition takes


@dataclass(frozen=True)
class Inertia:
    """Of a symmetric matrix whose k-th eigenvalue is to be negative and whose next one positive.

    Parameters
    ----------
    below
        λ_k ≤ −c for every point c of this ball that is positive; ``None`` if k = 0.
    above
        λ_{k+1} ≥ b for every point b of this ball; ``None`` if the factorisation failed.
    lowest
        A number that is at least λ_1, if it is negative; ``None`` if k = 0.
    """

    below: arb | None
    above: arb | None
    lowest: arb | None

    @property
    def gap(self) -> arb | None:
        """A lower bound of every |λ_i|, if exactly k eigenvalues are certainly negative and none is 0."""
        if self.above is None or not self.above > 0:
            return None
        if self.below is None:
            return self.above
        return self.below.min(self.above) if self.below > 0 else None


def inertia(matrix: BallMatrix, index: int, shift: float) -> Inertia:
    """Bounds on both sides of 0, k = ``index`` eigenvalues below it.

    Parameters
    ----------
    matrix
        A (n, n), symmetric.
    index
        k; nothing is proved of more than n.
    shift
        A guess slightly below λ_{k+1}, finite; not trusted.

    Guarantee
    ---------
    What the fields say, for every symmetric A in the enclosure.

    Examples
    --------
    >>> found = inertia(BallMatrix.from_exact(np.diag([-2.0, 3.0])), 1, 2.9)
    >>> bool(found.gap > 1.9), inertia(BallMatrix.from_exact(np.diag([-2.0, 3.0])), 0, 2.9).gap
    (True, None)
    """
    if index > matrix.shape[0]:
        return Inertia(None, None, None)
    if index == 0:
        return Inertia(None, matrix.smallest_eigenvalue(shift), None)
    values, vectors = _eigenvectors(matrix.mid, index)
    columns = BallMatrix.from_exact(vectors)
    below, lowest = _below(matrix, columns)
    lift = 2 * (abs(float(values[0])) + abs(shift))
    if not isfinite(lift):
        return Inertia(below, None, lowest)
    lifted = matrix.add(columns.gram().scale(Fraction(lift)))
    return Inertia(below, lifted.smallest_eigenvalue(shift), lowest)


def _eigenvectors(mid: FloatArray, count: int) -> tuple[FloatArray, FloatArray]:
    """Approximate ones of the smallest eigenvalues; zeros, which prove nothing, where there are none."""
    size = len(mid)
    reserve(24.0 * size * size)
    spend_flops(EIGENVECTORS * size**3)
    try:
        values, vectors = np.linalg.eigh(mid)
    except np.linalg.LinAlgError:
        return np.zeros(size), np.zeros((size, count))
    return values, np.ascontiguousarray(vectors[:, :count])


def _below(matrix: BallMatrix, vectors: BallMatrix) -> tuple[arb, arb]:
    """c/g − ε, not positive where nothing is proved, and the least of the columns' quotients, ε added."""
    diagonal, others = _discs(vectors.T.times(BallMatrix.from_exact(matrix.mid).times(vectors)))
    own, beside = _discs(vectors.T.gram())
    largest, length = _largest_sum(diagonal, others), _largest_sum(own, beside)
    error = radius_norm(matrix)
    if not largest < 0:
        return -largest, largest + error
    return -largest / length - error, exact(float(np.min(diagonal))) / length + error


def _discs(matrix: BallMatrix) -> tuple[FloatArray, FloatArray]:
    """Upper bounds of the diagonal entries, and of the sums of the other entries' sizes in each row (Gershgorin)."""
    sizes = np.maximum(np.abs(matrix.lower()), np.abs(matrix.upper()))
    np.fill_diagonal(sizes, 0.0)
    sums: FloatArray = np.sum(sizes, axis=1) * inflation(len(sizes) + 2)
    return np.ascontiguousarray(np.diagonal(matrix.upper())), sums


def _largest_sum(left: FloatArray, right: FloatArray) -> arb:
    return exact(float(np.max(np.nextafter(left + right, np.inf))))
