"""Inputs divided by their norms, and correlations of rows with one radius for all (theory 5.3.1)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from certificates.arithmetic.ball_array import BallArray
from certificates.arithmetic.effort import reserve, spend, spend_flops
from certificates.arithmetic.rounding import UNIT_ROUNDOFF, FloatArray
from certificates.errors import EnclosureFailure

__all__ = ["UnitRows", "unit_rows"]

IntArray = NDArray[np.intp]

_MOST_COLUMNS = 2**20


@dataclass(frozen=True, eq=False)
class UnitRows:
    """x_i/‖x_i‖ and ‖x_i‖ for rows that are not zero.

    Parameters
    ----------
    rows
        (n, d); entries err by at most (d/2 + 4)u relatively.
    norms
        (n,); likewise. Not finite where they overflow.
    """

    rows: FloatArray
    norms: FloatArray

    def correlations(self, rows: slice, columns: slice) -> BallArray:
        """ρ_ij = x_iᵀx_j/‖x_i‖‖x_j‖ of these rows and columns, within [−1, 1]; 1 on the diagonal.

        Guarantee
        ---------
        The radius is (2d + 12)u for all: γ_d + dν for the product of rows of norm nearly 1, twice (d/2 + 4)u for the
        rows themselves, as |x̂_i|ᵀ|x̂_j| ≤ 1. Midpoints are moved to [−1, 1], where ρ is.
        """
        left, right = self.rows[rows], self.rows[columns]
        reserve(8.0 * len(left) * len(right))
        spend_flops(2.0 * len(left) * right.size)
        with np.errstate(all="ignore"):
            mid = left @ right.T
            np.clip(mid, -1.0, 1.0, out=mid)
        for i in range(max(rows.start, columns.start), min(rows.stop, columns.stop)):
            mid[i - rows.start, i - columns.start] = 1.0
        return BallArray(mid, (2 * self.rows.shape[1] + 12) * UNIT_ROUNDOFF, magnitude=1.0)

    def chords(self, left: IntArray, right: IntArray, signs: FloatArray) -> BallArray:
        """‖x̂_i − s x̂_j‖/2 for single pairs, s = ±1: what tells neighbours apart where 1 − |ρ| is lost to rounding.

        Guarantee
        ---------
        The rows err by (d/2 + 4)u each in norm, differences and their norm by (d/2 + 4)u of at most 2: (d + 10)u of the
        half in all.
        """
        spend(200 + 0.01 * left.size * self.rows.shape[1])
        differences = self.rows[left] - signs[:, None] * self.rows[right]
        halves = np.sqrt(np.einsum("ij,ij->i", differences, differences)) / 2
        return BallArray(halves, (self.rows.shape[1] + 12) * UNIT_ROUNDOFF)

    def norm_balls(self, rows: slice) -> BallArray:
        """‖x_i‖ of these rows."""
        relative = (self.rows.shape[1] / 2 + 6) * UNIT_ROUNDOFF
        norms = self.norms[rows]
        if not (np.isfinite(norms).all() and (norms > 2.0**-900).all()):
            raise EnclosureFailure("the norm of an input is beyond binary64's range; rescale the inputs")
        return BallArray(norms, norms * relative)


def unit_rows(inputs: FloatArray) -> UnitRows:
    """Divide by the norms; powers of two are taken out first, so nothing overflows.

    May fail when
    -------------
    A row is zero, or there are more than 2²⁰ columns: :class:`EnclosureFailure`.

    Examples
    --------
    >>> found = unit_rows(np.array([[3.0, 4.0], [1e300, 0.0]]))
    >>> found.norms.tolist(), found.correlations(slice(0, 2), slice(0, 1)).mid.ravel().tolist()
    ([5.0, 1e+300], [1.0, 0.6])
    """
    spend(200 + 0.03 * inputs.size)
    largest = np.max(np.abs(inputs), axis=1)
    if not (largest > 0).all() or inputs.shape[1] > _MOST_COLUMNS:
        raise EnclosureFailure("an input is zero, or has more than 2^20 entries")
    exponents = np.frexp(largest)[1]
    scaled = np.ldexp(inputs, -exponents[:, None])  # largest entries in [1/2, 1): what underflows does not count
    norms = np.sqrt(np.einsum("ij,ij->i", scaled, scaled))
    with np.errstate(all="ignore"):
        return UnitRows(scaled / norms[:, None], np.ldexp(norms, exponents))
