"""How near Y A is to the identity, Y an approximate inverse: what Krawczyk's test asks of a matrix (theory 4.4).

Y comes from an untrusted inversion; whatever it is, the sums below bound what they say.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from certificates.arithmetic.ball_matrix import BallMatrix
from certificates.arithmetic.effort import reserve, spend_flops
from certificates.arithmetic.rounding import UNDERFLOW, FloatArray, inflation, require_finite

__all__ = ["INVERSION", "Preconditioned", "preconditioned"]

INVERSION = 3.0  # times n³ flops of a matrix product: what an inversion takes
_BYTES = 48  # of an entry: Y, Y M, I − Y M, and the absolute values of two of them


@dataclass(frozen=True)
class Preconditioned:
    """What is known of I − Y A and Y b, for one Y.

    Parameters
    ----------
    sums
        Upper bounds of Σ_q |(I − Y A)_pq| for every A in the enclosure, one a row.
    images
        Upper bounds of |(Y b)_p| for every b in the enclosure.
    """

    sums: FloatArray
    images: FloatArray


def preconditioned(matrix: BallMatrix, vector: BallMatrix) -> Preconditioned | None:
    """Row by row, with M the midpoints and R the radii of A: |I − Y A| ≤ |I − Y M| + |Y|R.

    Parameters
    ----------
    matrix, vector
        A (n, n) and b (n, 1).

    Guarantee
    ---------
    As the fields say, with one and the same Y.

    May fail when
    -------------
    The inversion breaks down, or a bound overflows: ``None``, which proves nothing.

    Examples
    --------
    >>> found = preconditioned(BallMatrix.from_exact(np.diag([2.0, 4.0])), BallMatrix.from_exact(np.ones((2, 1))))
    >>> bool(found.sums.max() < 1e-14), bool((found.images >= [0.5, 0.25]).all())
    (True, True)
    """
    size = matrix.shape[0]
    reserve(_BYTES * size * size)
    spend_flops(INVERSION * size**3)
    try:
        with np.errstate(all="ignore"):
            inverse: FloatArray = np.linalg.inv(matrix.mid).astype(np.float64, copy=False)
    except np.linalg.LinAlgError:
        return None
    if not np.isfinite(inverse).all():
        return None
    factor = BallMatrix.from_exact(np.ascontiguousarray(inverse))
    product = factor.times(BallMatrix.from_exact(matrix.mid))
    own = _row_sums(_sizes(BallMatrix.of(BallMatrix.from_exact(np.eye(size)) - product)))
    spread = _row_sums(np.broadcast_to(matrix.rad, matrix.shape))
    with np.errstate(all="ignore"):
        # size products that lose ν/2 each and are only added up, as many sums, and the last one
        turned = (np.abs(inverse) @ spread + size * UNDERFLOW) * inflation(size + 2)
        sums = require_finite((own + turned) * inflation(2), "a row of I − YA")
    return Preconditioned(sums, _sizes(factor.times(vector))[:, 0])


def _sizes(matrix: BallMatrix) -> FloatArray:
    """Upper bounds of all |entries|."""
    return np.maximum(np.abs(matrix.lower()), np.abs(matrix.upper()))


def _row_sums(sizes: FloatArray) -> FloatArray:
    """Of non-negative numbers, rounded up."""
    sums: FloatArray = np.sum(sizes, axis=1) * inflation(sizes.shape[1])
    return sums
