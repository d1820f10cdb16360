"""‖diag(s) A‖ for many scalings s of the rows of one matrix, at the price of one factorisation (theory 1.4.5).

With AAᵀ ⪯ λI + PPᵀ, P of a few columns and λ what they leave over,

    diag(s) AAᵀ diag(s) ⪯ λ diag(s)² + diag(s) PPᵀ diag(s),   ‖diag(s) A‖² ≤ λ max s² + ‖Pᵀ diag(s)² P‖.

P comes from guessed eigenvectors, and λ from a proof that λI − (AAᵀ − PPᵀ) is positive semidefinite: any P will do.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Generic

import numpy as np
from flint import arb

from certificates.arithmetic.arb import exact, root_above, upper
from certificates.arithmetic.effort import reserve, spend_flops
from certificates.arithmetic.matrix import M
from certificates.arithmetic.rounding import FloatArray, require_finite

__all__ = ["MOST_COLUMNS", "Deflated", "deflate"]

MOST_COLUMNS = 12  # of P

_SLACK, _ROOM = 2.0**-20, 2.0**-30  # of λ and of ‖A‖²: what the proof needs above the guess


@dataclass(frozen=True)
class Deflated(Generic[M]):
    """λ and P with AAᵀ ⪯ λI + PPᵀ.

    Parameters
    ----------
    gram
        An enclosure of AAᵀ.
    rest
        λ ≥ 0; every point of the ball will do.
    products
        Row p holds all P_pa P_pb, (rows of A, r²); ``None`` without columns.
    columns
        r.
    """

    gram: M
    rest: arb
    products: M | None
    columns: int

    def scaled_norms(self, scales: FloatArray) -> FloatArray:
        """Bound ‖diag(s) A‖ from above for each row s of the scales, which are exact and non-negative.

        Examples
        --------
        >>> from certificates.arithmetic.ball_matrix import BallMatrix
        >>> matrix = BallMatrix.from_exact(np.array([[3.0, 0.0], [0.0, 1.0]]))
        >>> found = deflate(matrix.gram()).scaled_norms(np.array([[1.0, 2.0], [0.0, 1.0]]))
        >>> bool(3 <= found[0] < 3.47 and 1 <= found[1] < 1.0001)
        True
        """
        reserve(32.0 * scales.size)
        arithmetic = type(self.gram)
        left = arithmetic.products_above(np.max(scales, axis=1), np.full(len(scales), upper(root_above(self.rest))))
        kept = np.zeros(len(scales))
        if self.products is not None:
            matrix = arithmetic.from_exact(scales)
            kept = matrix.hadamard(matrix).times(self.products).sample_norms(self.columns)
        return require_finite(arithmetic.lengths_above(left, kept), "a norm of scaled rows")


def deflate(gram: M) -> Deflated[M]:
    """Split a Gram matrix into its leading part and a bound of what is left.

    Parameters
    ----------
    gram
        An enclosure of AAᵀ.

    Guarantee
    ---------
    AAᵀ ⪯ λI + PPᵀ for every symmetric matrix of the enclosure.
    """
    guess = _guess(gram)
    if guess is not None:
        leading, shift = guess
        part = gram.from_exact(leading)
        rest = gram.add(part.gram().scale(Fraction(-1))).largest_eigenvalue(shift)
        if rest is not None:
            count = leading.shape[1]
            left, right = np.repeat(leading, count, axis=1), np.tile(leading, (1, count))
            products = gram.from_exact(left).hadamard(gram.from_exact(right))
            return Deflated(gram, rest.max(exact(0)), products, count)
    return Deflated(gram, gram.operator_norm(), None, 0)


def _guess(gram: M) -> tuple[FloatArray, float] | None:
    """(P, a number just above λ), or ``None`` where there is no room for columns or floats do not find them."""
    low, high = gram.entry_bounds()
    middle, size = low / 2 + high / 2, len(low)
    count = min(MOST_COLUMNS, size - 1)
    if count < 1 or not np.isfinite(middle).all():
        return None
    spend_flops(20.0 * size**3)
    try:
        values, vectors = np.linalg.eigh(middle)
    except np.linalg.LinAlgError:
        return None
    rest = max(float(values[-count - 1]), 0.0)
    with np.errstate(all="ignore"):
        leading = vectors[:, -count:] * np.sqrt(np.maximum(values[-count:] - rest, 0.0))
    shift = rest * (1 + _SLACK) + _ROOM * float(values[-1])
    return (leading, shift) if np.isfinite(leading).all() and math.isfinite(shift) else None
