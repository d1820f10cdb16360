"""Matrices with error bounds on top of BLAS products (theory 0.2), and the norms of such matrices.

BLAS is trusted for one thing only: that each entry of a product is a sum of the k products of its row and column
in *some* order (no Strassen-type algorithm; probed by :mod:`certificates.arithmetic.platform`). Then the error is
at most γ_k |A||B| + kν entrywise, and |A||B| is at most the product of the largest row and column norms.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from fractions import Fraction

import numpy as np
from flint import arb

from certificates.arithmetic import spectra
from certificates.arithmetic.arb import exact, upper
from certificates.arithmetic.ball_array import BallArray
from certificates.arithmetic.effort import reserve, spend, spend_flops
from certificates.arithmetic.rounding import UNDERFLOW, BoolArray, FloatArray, gamma, inflation

__all__ = ["BallMatrix", "batch_times", "widened"]

_BYTES = 32  # of an entry: midpoint, radius and what an operation holds meanwhile


class BallMatrix(BallArray):
    """A two-dimensional :class:`BallArray` with products and norms; the fast twin of ``ArbMatrix``.

    Examples
    --------
    >>> a = BallMatrix.from_exact(np.array([[3.0, 4.0]]))
    >>> bool(a.gram().contains(np.array([[25.0]])).all()), a.largest_row_norm() >= exact(5)
    (True, True)
    """

    __slots__ = ()

    @classmethod
    def of(cls, array: BallArray) -> BallMatrix:
        """View a 2-d ball array as a matrix."""
        return array if isinstance(array, cls) else cls(array.mid, array.rad, magnitude=array._magnitude)

    @classmethod
    def from_exact(cls, array: FloatArray) -> BallMatrix:
        """The matrix itself, radius 0."""
        return cls(array)

    @classmethod
    def roots_of_two(cls, marked: BoolArray) -> BallMatrix:
        """A row with √2 at the marked places and 1 elsewhere: fl(√2) errs by half an ulp, 2⁻⁵³."""
        return cls(np.where(marked, np.sqrt(2.0), 1.0)[None], np.where(marked, 2.0**-52, 0.0)[None])

    # ---- shape ----------------------------------------------------------------------------------------------

    @property
    def T(self) -> BallMatrix:  # noqa: N802 - the field's name
        """The transpose."""
        return BallMatrix(self.mid.T, self.rad.T, magnitude=self._magnitude)

    def with_ones(self) -> BallMatrix:
        """[A, 1]: a column of ones for a bias."""
        ones = np.ones((self.shape[0], 1))
        rad = self.rad if self.is_uniform else np.hstack([self.rad, np.zeros_like(ones)])
        return BallMatrix(np.hstack([self.mid, ones]), rad)

    def tile(self, rows: int, columns: int) -> BallMatrix:
        """A rows × columns block matrix of copies."""
        reserve(_BYTES * self.mid.size * rows * columns)
        rad = self.rad if self.is_uniform else np.tile(self.rad, (rows, columns))
        return BallMatrix(np.tile(self.mid, (rows, columns)), rad, magnitude=self._magnitude)

    @classmethod
    def stack(cls, blocks: Sequence[BallMatrix]) -> BallMatrix:
        """Blocks above one another."""
        if len(blocks) == 1:
            return blocks[0]
        rads = [np.broadcast_to(block.rad, block.shape) for block in blocks]
        rad = max(b.radius for b in blocks) if all(b.is_uniform for b in blocks) else np.vstack(rads)
        return cls(np.vstack([block.mid for block in blocks]), rad)

    def block_diagonal(self, copies: int) -> BallMatrix:
        """I ⊗ A."""
        reserve(_BYTES * self.mid.size * copies * copies)
        eye = np.eye(copies)
        rad: FloatArray = np.kron(eye, np.broadcast_to(self.rad, self.shape)).astype(np.float64, copy=False)
        mid: FloatArray = np.kron(eye, self.mid).astype(np.float64, copy=False)
        return BallMatrix(mid, 0.0 if self.radius == 0 else rad)

    # ---- products -------------------------------------------------------------------------------------------

    def add_to_rows(self, vector: FloatArray) -> BallMatrix:
        """A + 1 vᵀ for an exact vector v."""
        return BallMatrix.of(self + BallArray.from_exact(np.broadcast_to(vector, self.shape)))

    def scale_columns(self, row: BallMatrix) -> BallMatrix:
        """A diag(v) for the single row v."""
        return BallMatrix.of(self * row)

    def scale_rows(self, vector: FloatArray) -> BallMatrix:
        """diag(v) A for an exact vector v."""
        return BallMatrix.of(self * BallArray.from_exact(vector[:, None]))

    def take_row(self, index: int) -> BallMatrix:
        """Row ``index`` as a matrix with one row."""
        rad = self.rad if self.is_uniform else self.rad[index : index + 1]
        return BallMatrix(self.mid[index : index + 1], rad)

    def sample_grams(self, groups: int) -> BallMatrix:
        """Row i is the Gram matrix B_i B_iᵀ, flattened, of the i-th sample's rows (rows ordered (group, sample))."""
        count, inner = self.shape[0] // groups, self.shape[1]
        _charge_product(groups * groups, inner, count)
        cube = self.mid.reshape(groups, count, inner)
        with np.errstate(all="ignore"):
            mid = np.einsum("aij,bij->iab", cube, cube).reshape(count, groups * groups)
        row = self._largest_norm(1)
        return BallMatrix(mid, upper(_product_radius(inner, row, row, self.radius, self.radius)))

    def sample_matrix(self, index: int, groups: int) -> BallMatrix:
        """Row ``index`` of :meth:`sample_grams` as the square matrix that it was."""
        rad = self.rad if self.is_uniform else self.rad[index].reshape(groups, groups)
        return BallMatrix(self.mid[index].reshape(groups, groups), rad)

    def add(self, other: BallMatrix) -> BallMatrix:
        """A + B."""
        return BallMatrix.of(self + other)

    def scale(self, factor: Fraction) -> BallMatrix:
        """A times a rational number; −A is exact."""
        return BallMatrix.of(-self if factor == -1 else self * factor)

    def hadamard(self, other: BallMatrix) -> BallMatrix:
        """A ∘ B, entry by entry."""
        return BallMatrix.of(self * other)

    def times(self, other: BallMatrix) -> BallMatrix:
        """A B.

        Guarantee
        ---------
        The result contains A B for all points of both operands: its uniform radius is at least
        γ_k |A||B| + kν + |A|β + α|B| + kαβ, k the inner size, α and β the largest radii.
        """
        inner = self.shape[1]
        _charge_product(self.shape[0], inner, other.shape[1])
        with np.errstate(all="ignore"):
            mid = self.mid @ other.mid
        row, column = self._largest_norm(1), other._largest_norm(0)
        return BallMatrix(mid, upper(_product_radius(inner, row, column, self.radius, other.radius)))

    def gram(self) -> BallMatrix:
        """A Aᵀ, symmetric bit for bit."""
        inner = self.shape[1]
        _charge_product(self.shape[0], inner, self.shape[0])
        with np.errstate(all="ignore"):
            mid = self.mid @ self.mid.T
        row = self._largest_norm(1)
        return BallMatrix(mid, upper(_product_radius(inner, row, row, self.radius, self.radius)))

    def dot(self, other: BallMatrix) -> arb:
        """An enclosure of aᵀb for two columns."""
        product = self.T.times(other)
        return exact(float(product.mid[0, 0])) + arb(0, product.radius)

    def map_pair(
        self,
        array: Callable[[BallArray], tuple[BallArray, BallArray]],
        ball: Callable[[arb], tuple[arb, arb]],  # noqa: ARG002 - the twin's
    ) -> tuple[BallMatrix, BallMatrix]:
        """Two functions of every entry; the one of arrays is used."""
        first, second = array(self)
        return BallMatrix.of(first), BallMatrix.of(second)

    # ---- norms ----------------------------------------------------------------------------------------------

    def _squared_norms(self, axis: int) -> FloatArray:
        """Upper bounds of the squared norms of the midpoints' rows (axis 1) or columns (axis 0).

        ``count`` products that lose ν/2 each and are only added up; a square and count sums on the longest path.
        """
        count = self.shape[axis]
        with np.errstate(all="ignore"):
            squares = np.einsum("ij,ij->i" if axis == 1 else "ij,ij->j", self.mid, self.mid)
            bounds: FloatArray = (squares + count * UNDERFLOW) * inflation(count + 2)
            return bounds

    def _largest_norm(self, axis: int) -> arb:
        """An upper bound of the midpoints' largest row or column norm."""
        return exact(float(np.max(self._squared_norms(axis), initial=0.0))).sqrt()

    def largest_row_norm(self) -> arb:
        """An upper bound of max_i ‖a_i‖₂ over the rows, radii included: they move a row of k by √k r at most."""
        return self._largest_norm(1) + exact(self.shape[1]).sqrt() * exact(self.radius)

    def largest_column_norm(self) -> arb:
        """An upper bound of max_j ‖a_{·j}‖₂ = ‖A‖_{1→2}, radii included, likewise."""
        return self._largest_norm(0) + exact(self.shape[0]).sqrt() * exact(self.radius)

    def frobenius_norm(self) -> arb:
        """An upper bound of ‖A‖_F ≤ ‖mid‖_F + √(pq) r."""
        count = self.mid.size
        with np.errstate(all="ignore"):
            total = float(np.sum(self._squared_norms(1))) * inflation(count + 2)
        return exact(total).sqrt() + exact(count).sqrt() * exact(self.radius)

    def group_column_norms(self, groups: int) -> FloatArray:
        """Upper bounds of ‖B_i e_j‖, shape (samples, columns), for rows ordered (group, sample).

        B_i (groups, columns) is the matrix of the i-th sample's rows a·n + i, a < groups; radii move its columns by
        √groups r. A root is at least √ν, beside which what √groups r loses to underflow does not count.
        """
        count = self.shape[0] // groups
        cube = self.mid.reshape(groups, count, self.shape[1])
        with np.errstate(all="ignore"):
            squares = np.einsum("aij,aij->ij", cube, cube)
            norms = np.sqrt((squares + groups * UNDERFLOW) * inflation(groups + 2))
            bounds: FloatArray = (norms + np.sqrt(float(groups)) * self.radius) * inflation(8)
            return bounds

    def sample_norms(self, groups: int) -> FloatArray:
        """Upper bounds of ‖B_i‖₂, one a sample, given the rows of :meth:`sample_grams`."""
        norms = spectra.operator_norms(self.mid.reshape(-1, groups, groups), self.radius)
        roots: FloatArray = np.sqrt(norms) * inflation(4)
        return roots

    @staticmethod
    def products_above(left: FloatArray, right: FloatArray) -> FloatArray:
        """Left · right of non-negative numbers, rounded up."""
        spend(20 + 0.03 * max(np.size(left), np.size(right)))
        return np.nextafter(left * right, np.inf)

    @staticmethod
    def roots_above(squares: FloatArray) -> FloatArray:
        """√x, rounded up."""
        spend(20 + 0.03 * squares.size)
        return np.nextafter(np.sqrt(squares), np.inf)

    @staticmethod
    def lengths_above(left: FloatArray, right: FloatArray) -> FloatArray:
        """√(x² + y²), rounded up; the squares lose ν/2 each, and nothing but their sum is multiplied."""
        spend(20 + 0.06 * left.size)
        with np.errstate(all="ignore"):
            squares = (left * left + right * right) * inflation(3) + 4 * UNDERFLOW
            return np.nextafter(np.sqrt(squares), np.inf)

    def operator_norm(self) -> arb:
        """An upper bound of ‖A‖₂ (see :func:`certificates.arithmetic.spectra.operator_norm`)."""
        return spectra.operator_norm(self)

    def nonnegative_spectral_radius(self) -> arb:
        """An upper bound of λ_max of a symmetric matrix with non-negative entries."""
        return spectra.largest_eigenvalue_of_nonnegative(self)

    def scaled_spectral_radii(
        self, scales: FloatArray, vectors: FloatArray, steps: int
    ) -> tuple[FloatArray, FloatArray]:
        """Upper bounds of λ_max(diag(s) A diag(s)) for A with non-negative entries and each column s of ``scales``."""
        return spectra.radii_of_scaled_nonnegative(self, scales, vectors, steps)

    def smallest_eigenvalue(self, shift: float) -> arb | None:
        """A lower bound of λ_min, or ``None`` (see :func:`certificates.arithmetic.spectra.smallest_eigenvalue`)."""
        return spectra.smallest_eigenvalue(self, shift)

    def largest_eigenvalue(self, shift: float) -> arb | None:
        """An upper bound of λ_max, or ``None``: λ_max(A) = −λ_min(−A)."""
        bound = spectra.smallest_eigenvalue(-self, -shift)
        return None if bound is None else -bound

    def range(self) -> tuple[float, float]:
        """(lower, upper) bounds of all entries."""
        if not self.is_uniform or self.radius == 0:
            return float(np.min(self.lower())), float(np.max(self.upper()))
        low, high = float(np.min(self.mid)) - self.radius, float(np.max(self.mid)) + self.radius
        return math.nextafter(low, -math.inf), math.nextafter(high, math.inf)

    def entry_bounds(self) -> tuple[FloatArray, FloatArray]:
        """(lower, upper) bounds of every entry."""
        return self.lower(), self.upper()


def _charge_product(rows: int, inner: int, columns: int) -> None:
    """The flops, and what the bounds take for a matrix of any size."""
    reserve(_BYTES * rows * columns)
    spend(300)
    spend_flops(2.0 * rows * inner * columns)


def _product_radius(inner: int, row: arb, column: arb, left_radius: float, right_radius: float) -> arb:
    """γ_k |â||b̂| + kν for the product of the midpoints, ‖â‖₁β + α‖b̂‖₁ + kαβ for the radii; ‖·‖₁ ≤ √k ‖·‖₂."""
    alpha, beta, count = exact(left_radius), exact(right_radius), exact(inner)
    spread = count.sqrt() * (row * beta + alpha * column) + count * alpha * beta
    return gamma(inner) * row * column + count * exact(UNDERFLOW) + spread


def batch_times(left: BallArray, right: BallArray) -> BallArray:
    """A_b B_b for every matrix of two batches, (batch, p, k) and (batch, k, q), with one radius.

    Guarantee
    ---------
    As :meth:`BallMatrix.times`, with the largest row and column of the whole batch.
    """
    count, rows, inner = left.shape
    columns = right.shape[2]
    reserve(_BYTES * count * rows * columns)
    spend(600)
    spend_flops(2.0 * count * rows * inner * columns)
    with np.errstate(all="ignore"):
        mid = np.matmul(left.mid, right.mid)
        row = np.max(np.einsum("bij,bij->bi", left.mid, left.mid), initial=0.0)
        column = np.max(np.einsum("bij,bij->bj", right.mid, right.mid), initial=0.0)
        row_size, column_size = (
            exact(float((size + inner * UNDERFLOW) * inflation(inner + 2))).sqrt() for size in (row, column)
        )
    return BallArray(mid, upper(_product_radius(inner, row_size, column_size, left.radius, right.radius)))


def widened(matrix: BallMatrix, error: arb) -> BallMatrix:
    """The same midpoints, every radius larger by an error."""
    with np.errstate(all="ignore"):
        return BallMatrix(matrix.mid, np.nextafter(matrix.rad + upper(error), np.inf))
