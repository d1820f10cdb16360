"""What both matrices of balls do, so that every enclosure of a network is written once over the two.

``BallMatrix`` (binary64 with error bounds, on BLAS) and ``ArbMatrix`` (Arb, entry by entry) share no code; a rule asks
:func:`certificates.checks.matrices.matrices` which of them it computes with, and nothing else tells them apart.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Protocol, Self, TypeVar

import numpy as np
from flint import arb

from certificates.arithmetic.ball_array import BallArray
from certificates.arithmetic.rounding import BoolArray, FloatArray

__all__ = ["M", "Matrix", "sizes_above"]


class Matrix(Protocol):
    """A matrix of balls, immutable.

    Guarantee
    ---------
    Every operation contains the exact result for every choice of points in its operands; every norm is an upper bound
    for all of them.

    May fail when
    -------------
    Numbers overflow: :class:`~certificates.errors.EnclosureFailure`.
    """

    @property
    def shape(self) -> tuple[int, ...]:
        """(rows, columns)."""

    @classmethod
    def from_exact(cls, array: FloatArray) -> Self:
        """The matrix itself, every ball a point."""

    @classmethod
    def roots_of_two(cls, marked: BoolArray) -> Self:
        """A row with √2 at the marked places and 1 elsewhere."""

    @classmethod
    def stack(cls, blocks: Sequence[Self]) -> Self:
        """Blocks above one another."""

    # ---- shape ----------------------------------------------------------------------------------------------

    @property
    def T(self) -> Self:  # noqa: N802 - the field's name
        """The transpose."""

    def take_row(self, index: int) -> Self:
        """Row ``index`` as a matrix with one row."""

    def with_ones(self) -> Self:
        """[A, 1]: a column of ones for a bias."""

    def tile(self, rows: int, columns: int) -> Self:
        """A rows × columns block matrix of copies."""

    def block_diagonal(self, copies: int) -> Self:
        """I ⊗ A."""

    # ---- sums and products ----------------------------------------------------------------------------------

    def add(self, other: Self) -> Self:
        """A + B."""

    def scale(self, factor: Fraction) -> Self:
        """A times a rational number."""

    def hadamard(self, other: Self) -> Self:
        """A ∘ B, entry by entry."""

    def add_to_rows(self, vector: FloatArray) -> Self:
        """A + 1 vᵀ for an exact vector v."""

    def scale_columns(self, row: Self) -> Self:
        """A diag(v) for the single row v."""

    def scale_rows(self, vector: FloatArray) -> Self:
        """diag(v) A for an exact vector v."""

    def times(self, other: Self) -> Self:
        """A B."""

    def gram(self) -> Self:
        """A Aᵀ."""

    def dot(self, other: Self) -> arb:
        """An enclosure of aᵀb for two columns."""

    def sample_grams(self, groups: int) -> Self:
        """Row i is B_i B_iᵀ, flattened; rows of A are ordered (group, sample)."""

    def sample_matrix(self, index: int, groups: int) -> Self:
        """Row ``index`` of :meth:`sample_grams` as the square matrix that it was."""

    def map_pair(
        self,
        array: Callable[[BallArray], tuple[BallArray, BallArray]],
        ball: Callable[[arb], tuple[arb, arb]],
    ) -> tuple[Self, Self]:
        """Two functions of every entry, given as one of whole arrays and as one of single balls."""

    # ---- norms ----------------------------------------------------------------------------------------------

    def largest_row_norm(self) -> arb:
        """An upper bound of max_i ‖a_i‖₂ over the rows."""

    def largest_column_norm(self) -> arb:
        """An upper bound of ‖A‖_{1→2}."""

    def frobenius_norm(self) -> arb:
        """An upper bound of ‖A‖_F."""

    def operator_norm(self) -> arb:
        """An upper bound of ‖A‖₂."""

    def nonnegative_spectral_radius(self) -> arb:
        """An upper bound of λ_max of a symmetric matrix with non-negative entries."""

    def group_column_norms(self, groups: int) -> FloatArray:
        """Upper bounds of ‖B_i e_j‖, shape (samples, columns), for rows ordered (group, sample)."""

    def sample_norms(self, groups: int) -> FloatArray:
        """Upper bounds of ‖B_i‖₂, one a sample, given the rows of :meth:`sample_grams`."""

    @staticmethod
    def products_above(left: FloatArray, right: FloatArray) -> FloatArray:
        """Left · right of non-negative numbers, rounded up, entry by entry; the shapes may differ as numpy's do."""

    @staticmethod
    def roots_above(squares: FloatArray) -> FloatArray:
        """√x, rounded up."""

    @staticmethod
    def lengths_above(left: FloatArray, right: FloatArray) -> FloatArray:
        """√(x² + y²), rounded up, of arrays of one shape."""

    def scaled_spectral_radii(
        self, scales: FloatArray, vectors: FloatArray, steps: int
    ) -> tuple[FloatArray, FloatArray]:
        """Upper bounds of λ_max(diag(s) A diag(s)), A symmetric with non-negative entries, s each column of ``scales``.

        By Collatz–Wielandt at ``vectors``, untrusted and improved by so many steps; the improved ones come back too.
        """

    def range(self) -> tuple[float, float]:
        """(lower, upper) bounds of all entries."""

    def entry_bounds(self) -> tuple[FloatArray, FloatArray]:
        """(lower, upper) bounds of every entry."""

    # ---- spectra --------------------------------------------------------------------------------------------

    def smallest_eigenvalue(self, shift: float) -> arb | None:
        """A lower bound of λ_min near the untrusted shift, or ``None`` when it proves none."""

    def largest_eigenvalue(self, shift: float) -> arb | None:
        """An upper bound of λ_max near the untrusted shift, or ``None`` when it proves none."""


M = TypeVar("M", bound=Matrix)


def sizes_above(matrix: Matrix) -> FloatArray:
    """The largest absolute value in every entry's ball."""
    low, high = matrix.entry_bounds()
    return np.maximum(np.abs(low), np.abs(high))
