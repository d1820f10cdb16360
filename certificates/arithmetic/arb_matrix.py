"""Matrices of Arb balls: the slow, independent twin of :class:`certificates.arithmetic.ball_matrix.BallMatrix`.

No BLAS, no a-priori error bound and no platform assumption enters here; Arb carries a ball for every entry. What both
do is :class:`~certificates.arithmetic.matrix.Matrix`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from functools import reduce

import numpy as np
from flint import arb, arb_mat

from certificates.arithmetic.arb import exact, lower, root_above, upper
from certificates.arithmetic.ball_array import BallArray
from certificates.arithmetic.effort import reserve, spend, word_count
from certificates.arithmetic.power_iteration import improved_vectors, leading_vector
from certificates.arithmetic.rounding import BoolArray, FloatArray
from certificates.errors import EnclosureFailure

__all__ = ["ArbMatrix"]

_SQUARINGS = 8
_BYTES = 120  # of a ball in a matrix, or in a list


class ArbMatrix:
    """A matrix of balls at the working precision.

    Guarantee
    ---------
    Every operation contains the exact result for every choice of points in its operands.

    Examples
    --------
    >>> a = ArbMatrix.from_exact(np.array([[3.0, 4.0]]))
    >>> bool(a.largest_row_norm().contains(5))
    True
    """

    __slots__ = ("shape", "table")

    def __init__(self, table: arb_mat) -> None:
        self.table = table
        self.shape = (table.nrows(), table.ncols())
        spend(20 + 2 * self.shape[0] * self.shape[1])

    @classmethod
    def from_exact(cls, array: FloatArray) -> ArbMatrix:
        """The matrix itself, every ball a point."""
        rows, columns = array.shape
        reserve(_BYTES * rows * columns)
        return cls(arb_mat(rows, columns, array.ravel().tolist()))

    @classmethod
    def from_entries(cls, rows: int, columns: int, entries: Iterable[arb]) -> ArbMatrix:
        """A matrix from its balls, row by row; refuses balls that are not finite."""
        balls = list(entries)
        if not all(ball.is_finite() for ball in balls):
            raise EnclosureFailure("an intermediate result overflowed at this precision")
        return cls(arb_mat(rows, columns, balls))

    @classmethod
    def roots_of_two(cls, marked: BoolArray) -> ArbMatrix:
        """A row with √2 at the marked places and 1 elsewhere."""
        one, root = exact(1), exact(2).sqrt()
        return cls.from_entries(1, len(marked), (root if here else one for here in marked))

    def entries(self) -> list[arb]:
        """All balls, row by row."""
        balls: list[arb] = self.table.entries()
        return balls

    def _rows(self) -> list[list[arb]]:
        balls, width = self.entries(), self.shape[1]
        return [balls[start : start + width] for start in range(0, len(balls), width)]

    def midpoint(self) -> FloatArray:
        """Rounded midpoints: a guess for untrusted factorisations, no enclosure."""
        values = np.array([float(ball.mid()) for ball in self.entries()])
        return values.reshape(self.shape)

    # ---- shape ----------------------------------------------------------------------------------------------

    @property
    def T(self) -> ArbMatrix:  # noqa: N802 - the field's name
        """The transpose."""
        return ArbMatrix(self.table.transpose())

    def take_row(self, index: int) -> ArbMatrix:
        """Row ``index`` as a matrix with one row."""
        return ArbMatrix(arb_mat(1, self.shape[1], [self.table[index, j] for j in range(self.shape[1])]))

    def with_ones(self) -> ArbMatrix:
        """[A, 1]."""
        one = exact(1)
        rows = [[*row, one] for row in self._rows()]
        return ArbMatrix(arb_mat(self.shape[0], self.shape[1] + 1, [ball for row in rows for ball in row]))

    def tile(self, rows: int, columns: int) -> ArbMatrix:
        """A rows × columns block matrix of copies."""
        reserve(_BYTES * self.shape[0] * rows * self.shape[1] * columns)
        wide = [row * columns for row in self._rows()] * rows
        size = (self.shape[0] * rows, self.shape[1] * columns)
        return ArbMatrix(arb_mat(*size, [ball for row in wide for ball in row]))

    @classmethod
    def stack(cls, blocks: Sequence[ArbMatrix]) -> ArbMatrix:
        """Blocks above one another."""
        balls = [ball for block in blocks for ball in block.entries()]
        return cls(arb_mat(sum(block.shape[0] for block in blocks), blocks[0].shape[1], balls))

    def block_diagonal(self, copies: int) -> ArbMatrix:
        """I ⊗ A."""
        reserve(_BYTES * self.shape[0] * self.shape[1] * copies * copies)
        zero, rows = exact(0), []
        for copy in range(copies):
            before, after = [zero] * (self.shape[1] * copy), [zero] * (self.shape[1] * (copies - copy - 1))
            rows += [before + row + after for row in self._rows()]
        size = (self.shape[0] * copies, self.shape[1] * copies)
        return ArbMatrix(arb_mat(*size, [ball for row in rows for ball in row]))

    # ---- products -------------------------------------------------------------------------------------------

    def add(self, other: ArbMatrix) -> ArbMatrix:
        """A + B."""
        return ArbMatrix(self.table + other.table)

    def scale(self, factor: Fraction) -> ArbMatrix:
        """A times a rational number."""
        return ArbMatrix(self.table * exact(factor))

    def hadamard(self, other: ArbMatrix) -> ArbMatrix:
        """A ∘ B, entry by entry."""
        products = [a * b for a, b in zip(self.entries(), other.entries(), strict=True)]
        return ArbMatrix(arb_mat(*self.shape, products))

    def add_to_rows(self, vector: FloatArray) -> ArbMatrix:
        """A + 1 vᵀ for an exact vector v."""
        return self.add(ArbMatrix.from_exact(np.broadcast_to(vector, self.shape)))

    def scale_columns(self, row: ArbMatrix) -> ArbMatrix:
        """A diag(v) for the single row v."""
        factors = row.entries()
        balls = [a * b for line in self._rows() for a, b in zip(line, factors, strict=True)]
        return ArbMatrix(arb_mat(*self.shape, balls))

    def scale_rows(self, vector: FloatArray) -> ArbMatrix:
        """diag(v) A for an exact vector v."""
        balls = [a * exact(float(v)) for line, v in zip(self._rows(), vector, strict=True) for a in line]
        return ArbMatrix(arb_mat(*self.shape, balls))

    def times(self, other: ArbMatrix) -> ArbMatrix:
        """A B."""
        _charge_product(*self.shape, other.shape[1])
        return ArbMatrix(self.table * other.table)

    def gram(self) -> ArbMatrix:
        """A Aᵀ."""
        _charge_product(*self.shape, self.shape[0])
        return ArbMatrix(self.table * self.table.transpose())

    def dot(self, other: ArbMatrix) -> arb:
        """An enclosure of aᵀb for two columns."""
        return self.T.times(other).entries()[0]

    def map_pair(
        self,
        array: Callable[[BallArray], tuple[BallArray, BallArray]],  # noqa: ARG002 - the twin's
        ball: Callable[[arb], tuple[arb, arb]],
    ) -> tuple[ArbMatrix, ArbMatrix]:
        """Two functions of every entry; the one of balls is used."""
        first, second = zip(*(ball(entry) for entry in self.entries()), strict=True)
        return ArbMatrix.from_entries(*self.shape, first), ArbMatrix.from_entries(*self.shape, second)

    def sample_grams(self, groups: int) -> ArbMatrix:
        """Row i is B_i B_iᵀ, flattened; rows of A are ordered (group, sample)."""
        rows = self._rows()
        count = self.shape[0] // groups
        reserve(_BYTES * count * groups * groups)
        spend(count * groups * groups * (2 + self.shape[1]) * (1 + word_count() / 8))
        balls = [
            _dot(rows[a * count + i], rows[b * count + i])
            for i in range(count)
            for a in range(groups)
            for b in range(groups)
        ]
        return ArbMatrix(arb_mat(count, groups * groups, balls))

    def sample_matrix(self, index: int, groups: int) -> ArbMatrix:
        """Row ``index`` of :meth:`sample_grams` as the square matrix that it was."""
        return ArbMatrix(arb_mat(groups, groups, [self.table[index, j] for j in range(groups * groups)]))

    # ---- norms ----------------------------------------------------------------------------------------------

    def largest_row_norm(self) -> arb:
        """An upper bound of max_i ‖a_i‖₂ over the rows."""
        return root_above(_largest(_dot(row, row) for row in self._rows()))

    def largest_column_norm(self) -> arb:
        """An upper bound of ‖A‖_{1→2}."""
        return self.T.largest_row_norm()

    def frobenius_norm(self) -> arb:
        """An upper bound of ‖A‖_F."""
        balls = self.entries()
        return root_above(_dot(balls, balls))

    def group_column_norms(self, groups: int) -> FloatArray:
        """Upper bounds of ‖B_i e_j‖, shape (samples, columns), for rows ordered (group, sample)."""
        spend(10 * self.shape[0] * self.shape[1])
        rows, count = self._rows(), self.shape[0] // groups
        norms = [
            [_norm_above([rows[a * count + i][j] for a in range(groups)]) for j in range(self.shape[1])]
            for i in range(count)
        ]
        return np.array(norms)

    def sample_norms(self, groups: int) -> FloatArray:
        """Upper bounds of ‖B_i‖₂, one a sample, given the rows of :meth:`sample_grams`."""
        grams = (ArbMatrix(arb_mat(groups, groups, row)) for row in self._rows())
        return np.array([upper(root_above(gram.operator_norm())) for gram in grams])

    @staticmethod
    def products_above(left: FloatArray, right: FloatArray) -> FloatArray:
        """Left · right of non-negative numbers, rounded up."""
        first, second = np.broadcast_arrays(left, right)
        spend(20 + 4 * first.size)
        pairs = zip(first.ravel().tolist(), second.ravel().tolist(), strict=True)
        return np.array([upper(exact(x) * exact(y)) for x, y in pairs]).reshape(first.shape)

    @staticmethod
    def roots_above(squares: FloatArray) -> FloatArray:
        """√x, rounded up."""
        spend(20 + 4 * squares.size)
        return np.array([upper(exact(x).sqrt()) for x in squares.ravel().tolist()]).reshape(squares.shape)

    @staticmethod
    def lengths_above(left: FloatArray, right: FloatArray) -> FloatArray:
        """√(x² + y²), rounded up."""
        spend(20 + 8 * left.size)
        pairs = zip(left.ravel().tolist(), right.ravel().tolist(), strict=True)
        lengths = [upper(root_above(exact(x) ** 2 + exact(y) ** 2)) for x, y in pairs]
        return np.array(lengths).reshape(left.shape)

    def operator_norm(self) -> arb:
        """An upper bound of ‖A‖₂ by repeated squaring of the smaller Gram matrix."""
        gram = self.gram() if self.shape[0] <= self.shape[1] else self.T.gram()
        power, scales = gram, []
        for _ in range(_SQUARINGS):
            scale = _point_above(power.frobenius_norm())  # a point of Arb: a double would overflow
            if scale == 0:
                return exact(0)
            scales.append(scale)
            power = ArbMatrix(power.table / scale).gram()
        norm = power.frobenius_norm()
        for scale in reversed(scales):
            norm = root_above(norm) * scale
        return _point_above(root_above(norm))

    def nonnegative_spectral_radius(self) -> arb:
        """An upper bound of λ_max of a symmetric matrix with non-negative entries (Collatz–Wielandt)."""
        spend(100 + 8 * self.shape[0] ** 2)
        vector = leading_vector(np.abs(self.midpoint()))
        positive = arb_mat(self.shape[0], 1, vector.tolist())
        image = ArbMatrix(_map(self.table, abs) * positive).entries()
        return _largest(y / exact(float(x)) for x, y in zip(vector, image, strict=True))

    def scaled_spectral_radii(
        self, scales: FloatArray, vectors: FloatArray, steps: int
    ) -> tuple[FloatArray, FloatArray]:
        """Upper bounds of λ_max(diag(s) A diag(s)) for A with non-negative entries and each column s of ``scales``.

        It has the eigenvalues of A diag(s)², and those are at most max_i (A s²y)_i / y_i for every positive y.
        """
        vectors = improved_vectors(np.abs(self.midpoint()), scales, vectors, steps)
        spend(8 * scales.size)
        weighted = [
            exact(s) ** 2 * exact(y) for s, y in zip(scales.ravel().tolist(), vectors.ravel().tolist(), strict=True)
        ]
        image = (
            ArbMatrix(_map(self.table, abs))
            .times(ArbMatrix.from_entries(scales.shape[0], scales.shape[1], weighted))
            .entries()
        )
        quotients = [ball / exact(y) for ball, y in zip(image, vectors.ravel().tolist(), strict=True)]
        return np.array(
            [upper(_largest(quotients[unit :: scales.shape[1]])) for unit in range(scales.shape[1])]
        ), vectors

    def range(self) -> tuple[float, float]:
        """(lower, upper) bounds of all entries."""
        balls = self.entries()
        return lower(reduce(arb.min, balls)), upper(reduce(arb.max, balls))

    def entry_bounds(self) -> tuple[FloatArray, FloatArray]:
        """(lower, upper) bounds of every entry."""
        balls = self.entries()
        spend(4 * len(balls))
        low, high = np.array([lower(ball) for ball in balls]), np.array([upper(ball) for ball in balls])
        return low.reshape(self.shape), high.reshape(self.shape)

    # ---- spectra --------------------------------------------------------------------------------------------

    def smallest_eigenvalue(self, shift: float) -> arb | None:
        """A lower bound of λ_min by the residual form, or ``None`` when the untrusted factorisation breaks down.

        Guarantee
        ---------
        s − ‖A − sI − LLᵀ‖_∞ ≤ λ_min(A) for whatever L; the residual is enclosed entry by entry.
        """
        size, shift = self.shape[0], float(shift)  # what is subtracted is what the bound starts from
        spend(100 + 8 * size * size)
        shifted = self.midpoint()
        try:
            with np.errstate(all="ignore"):
                shifted.flat[:: size + 1] -= shift
                factor = np.linalg.cholesky(shifted)
        except np.linalg.LinAlgError:
            return None
        if not np.isfinite(factor).all():
            return None
        diagonal = arb_mat(size, size, (np.eye(size) * shift).ravel().tolist())
        residual = ArbMatrix(self.table - diagonal - ArbMatrix.from_exact(factor.astype(np.float64)).gram().table)
        return exact(shift) - _largest(sum((abs(b) for b in row), exact(0)) for row in residual._rows())

    def largest_eigenvalue(self, shift: float) -> arb | None:
        """An upper bound of λ_max, or ``None``."""
        bound = ArbMatrix(-self.table).smallest_eigenvalue(-shift)
        return None if bound is None else -bound


def _charge_product(rows: int, inner: int, columns: int) -> None:
    """A product of matrices of balls takes some 20 ns for each product of two 128-bit numbers."""
    reserve(_BYTES * rows * columns)
    words = word_count()
    spend(20 + 0.05 * words * (1 + words / 16) * rows * inner * columns)


def _map(table: arb_mat, function: Callable[[arb], arb]) -> arb_mat:
    return arb_mat(table.nrows(), table.ncols(), [function(ball) for ball in table.entries()])


def _dot(left: Sequence[arb], right: Sequence[arb]) -> arb:
    return sum((a * b for a, b in zip(left, right, strict=True)), exact(0))


def _norm_above(balls: Sequence[arb]) -> float:
    bound = upper(root_above(_dot(balls, balls)))
    if bound == float("inf"):
        raise EnclosureFailure("a norm overflowed at this precision")
    return bound


def _largest(balls: Iterable[arb]) -> arb:
    """A point that is certainly ≥ every point of every ball; refuses NaN."""
    return _point_above(reduce(arb.max, balls))


def _point_above(ball: arb) -> arb:
    if not ball.is_finite():
        raise EnclosureFailure("a norm overflowed at this precision")
    end: arb = ball.upper()
    return end
