"""Residuals in slices: the slices and the bound against exact numbers, λ_min against spectra known exactly."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from certificates.arithmetic import slices, spectra
from certificates.arithmetic.arb import exact, lower, precision, upper
from certificates.arithmetic.ball_matrix import BallMatrix
from certificates.arithmetic.effort import limited_effort, remaining_effort
from certificates.arithmetic.rounding import gamma
from certificates.errors import BudgetExhausted, EnclosureFailure

U, NU = Fraction(2) ** -53, Fraction(2) ** -1074


@pytest.fixture(autouse=True)
def _bits():
    with precision(128):
        yield


def _fractions(matrix) -> list[list[Fraction]]:
    return [[Fraction(entry) for entry in row] for row in matrix.tolist()]


def _gram(rows: list[list[Fraction]]) -> list[list[Fraction]]:
    return [[sum((x * y for x, y in zip(a, b, strict=True)), Fraction(0)) for b in rows] for a in rows]


def _factors(rng, size: int):
    """Ordinary, graded row by row, tiny, huge, with a dominant entry, with rows of zeros."""
    plain = np.tril(rng.normal(size=(size, size)))
    yield plain
    yield plain * 10.0 ** rng.uniform(-140, 140, size=(size, 1))
    yield plain * 2.0**-530
    yield plain * 2.0 ** rng.integers(-1060, -500, size=(size, size))
    yield plain + 1e12 * np.eye(size)
    yield plain * (rng.random(size=(size, 1)) < 0.5)


@pytest.mark.parametrize("size", [1, 2, 3, 9])
def test_slices_add_up_and_are_short(size):
    bits = (53 - (size - 1).bit_length()) // 2
    for factor in _factors(np.random.default_rng(size), size):
        high, low = slices.leading_slices(factor)
        for row, h, t in zip(*map(_fractions, (factor, high, low)), strict=True):
            largest = max(*map(abs, row), Fraction(2) ** slices._LEAST_EXPONENT)
            unit = Fraction(2) ** (slices._LEAST_EXPONENT - bits)
            while unit * 2**bits < largest:
                unit *= 2
            assert [x + y for x, y in zip(h, t, strict=True)] == row
            assert all((x / unit).denominator == 1 and abs(x) <= unit * 2**bits for x in h)
            assert all(abs(y) <= unit / 2 for y in t)


@pytest.mark.parametrize("size", [1, 2, 4, 5, 128, 129, 513])
def test_products_of_leading_slices_are_exact(size):
    """Rows of the largest integers that a slice can hold, of either sign: no sum exceeds 2⁵³."""
    rng = np.random.default_rng(size)
    factor = np.where(rng.random(size=(size, size)) < 0.9, 1.0, -1.0) * (
        1 - 2.0**-53 * rng.integers(1, 9, size=(size, size))
    )
    high, _ = slices.leading_slices(factor)
    integers = [[int(x * 2**30) for x in row] for row in high[:3].tolist()]
    truth = [[sum(x * y for x, y in zip(a, b, strict=True)) for b in integers] for a in integers]
    assert [[int(x * 2**60) for x in row[:3]] for row in (high @ high.T)[:3].tolist()] == truth


@pytest.mark.parametrize("exponent", [-1060, -535, -500, -478, 0, 500])
def test_products_of_leading_slices_are_exact_at_every_scale(exponent):
    factor = np.tril(np.random.default_rng(7).uniform(0.5, 1, size=(6, 6))) * 2.0**exponent
    high, _ = slices.leading_slices(factor)
    assert _fractions(high @ high.T) == _gram(_fractions(high))


@pytest.mark.parametrize("size", [1, 5, 12])
def test_the_bound_is_hardly_above_the_exact_residual(size):
    rng = np.random.default_rng(size)
    for factor in _factors(rng, size):
        for error in (0.0, 1e-3):
            shifted = factor @ factor.T
            shifted = shifted + np.diag(np.diagonal(shifted)) * error
            rows = [
                [abs(Fraction(s) - p) for s, p in zip(left, right, strict=True)]
                for left, right in zip(shifted.tolist(), _gram(_fractions(factor)), strict=True)
            ]
            largest = max(sum(row) for row in rows)
            bound = Fraction(upper(slices.sliced_residual_norm(shifted, factor)))
            scale = max(x * x for row in _fractions(factor) for x in row)
            assert max(max(row) for row in rows) <= bound
            assert (
                bound <= largest * (1 + (4 * size + 24) * U) + scale * size**2 * Fraction(2) ** -68 + 8 * size**2 * NU
            )


@pytest.mark.parametrize("size", [1, 2, 40])
def test_the_terms_of_the_bound(monkeypatch, size):
    """Rows' sums (1 + 3u), 2γ_{n+2} ‖m‖‖t‖, 2n²ν; the sums may have lost what 2n roundings allow."""
    rng = np.random.default_rng(size)
    for factor in (np.zeros((size, size)), np.tril(rng.normal(size=(size, size))), np.full((size, size), 2.0**-537)):
        high, low = slices.leading_slices(factor)
        norms = [[sum(x * x for x in row) for row in _fractions(part)] for part in (high, factor, low)]
        products = exact(sum(map(max, norms[0], norms[1])) * sum(norms[2])).sqrt()
        for rows in (0.0, 7.0):
            monkeypatch.setattr(slices, "row_sums", lambda n, _, s=rows: np.full(n, s * (1 - 2 * n * 2.0**-53)))
            truth = exact(rows) * (1 + exact(3 * U)) + 2 * gamma(size + 2) * products + exact(2 * size**2 * NU)
            bound = slices.sliced_residual_norm(np.zeros((size, size)), factor)
            assert truth.lower() <= bound.upper() and bound.lower() <= truth * (1 + exact(2.0**-40)) + exact(2.0**-1000)


def test_rounding_of_the_remaining_products_is_charged(monkeypatch):
    """Sixty equal terms an entry: HHᵀ leaves less than 2⁻²⁰ of LLᵀ to the rounded products, for which γ alone pays."""
    factor = np.full((60, 60), 0.1)
    high, low = slices.leading_slices(factor)
    shifted = high @ high.T
    monkeypatch.setattr(slices, "row_sums", lambda n, _: np.zeros(n))
    monkeypatch.setattr(slices, "gamma", lambda _: exact(0))
    rest = 60 * (Fraction(high[0, 0]) * Fraction(low[0, 0]) + Fraction(low[0, 0]) * Fraction(0.1))
    assert Fraction(shifted[0, 0]) + rest == 60 * Fraction(0.1) ** 2  # what is left to the rounded products
    assert abs(rest) <= 60 * 2 * Fraction(0.1) ** 2 * Fraction(2) ** -22
    assert upper(slices.sliced_residual_norm(shifted, factor)) <= 2.0**-1000  # γ was all that paid


def test_sums_of_rows_over_tiles(monkeypatch):
    rng = np.random.default_rng(1)
    for size, side, whole in ((7, 3, 0), (9, 3, 0), (10, 4, 10), (1, 1, 0)):
        monkeypatch.setattr(slices, "_TILE", side)
        monkeypatch.setattr(slices, "_ONE_TILE", whole)
        half = rng.integers(-50, 50, size=(size, size)).astype(np.float64)
        matrix, asked = np.tril(half) + np.tril(half, -1).T, []

        def tile(rows, columns, matrix=matrix, asked=asked):
            asked.append((rows, columns))
            return matrix[rows, columns].copy()

        assert slices.row_sums(size, tile).tolist() == np.abs(matrix).sum(axis=1).tolist()
        assert all(columns.start <= rows.start for rows, columns in asked)
        assert len(asked) == (1 if size <= whole else sum(range(1, -(-size // side) + 1)))


def test_overflow_is_no_bound():
    with pytest.raises(EnclosureFailure, match="residual"):
        slices.sliced_residual_norm(np.zeros((2, 2)), np.full((2, 2), 1e200))


# ---- eigenvalues known exactly ---------------------------------------------------------------------------------------


def _known(size: int, smallest: int, seed: int = 0) -> np.ndarray:
    """HDH/n with Hadamard's H and D of multiples of 2^smallest in (0, 1], the least of them once: exact in binary64."""
    hadamard = np.ones((1, 1))
    while len(hadamard) < size:
        hadamard = np.block([[hadamard, hadamard], [hadamard, -hadamard]])
    units = np.random.default_rng(seed).integers(2 ** (-smallest - 9), 2**-smallest, size=size).astype(np.float64)
    units[size // 3] = 1.0
    return (hadamard * units) @ hadamard * (2.0**smallest / size)


LARGE = pytest.param(1024, -42, marks=pytest.mark.slow)


@pytest.mark.parametrize(("size", "smallest"), [(64, -44), (256, -44), (1024, -40), LARGE])
def test_the_smallest_eigenvalue_at_condition_ten_to_the_twelfth(monkeypatch, size, smallest):
    """Proven to within a hundredth where the first look proves less than seven eighths or nothing."""
    matrix, truth, looks = _known(size, smallest), Fraction(2) ** smallest, []
    real = spectra.sliced_residual_norm
    monkeypatch.setattr(spectra, "sliced_residual_norm", lambda *given: looks.append(real(*given)) or looks[-1])
    bound = BallMatrix.from_exact(matrix).smallest_eigenvalue(float(truth) * (1 - 2.0**-4))
    assert looks and truth * Fraction(9, 10) <= Fraction(lower(bound)) <= truth
    first = spectra._residual_norm(matrix, np.linalg.cholesky(matrix))
    assert not first < exact(truth / 8)


@pytest.mark.parametrize(("size", "smallest"), [(64, -44), (64, -46), (256, -44)])
def test_no_shift_proves_more_than_the_truth(size, smallest):
    """At, just above and far above λ_min; λ_min = 0 and below are never proven positive."""
    matrix, truth = _known(size, smallest), 2.0**smallest
    for part in (0.999, 1.0, 1 + 2.0**-20, 1.01, 2.0, 100.0):
        bound = BallMatrix.from_exact(matrix).smallest_eigenvalue(truth * part)
        assert bound is None or bound <= exact(truth)
    for below in (truth, 2 * truth):
        for shift in (2.0**-60, truth / 8, truth / 2):
            bound = BallMatrix.from_exact(matrix - below * np.eye(size)).smallest_eigenvalue(shift)
            assert bound is None or bound <= exact(truth - below)


@pytest.mark.parametrize("excess", [2.0**-45, 2.0**-40, 1.0])
def test_a_factor_of_another_matrix_is_seen_through(monkeypatch, excess):
    """LLᵀ = A − sI + εI although s > λ_min: the residual's norm is all that keeps the bound true."""
    size, smallest = 64, 2.0**-44
    matrix = _known(size, -44)
    real = np.linalg.cholesky
    monkeypatch.setattr(spectra.np.linalg, "cholesky", lambda a: real(a + excess * np.eye(size)))
    for shift in (smallest * 1.5, smallest + excess / 2):
        bound = BallMatrix.from_exact(matrix).smallest_eigenvalue(shift)
        assert bound is None or bound <= exact(smallest)


def test_the_closer_look_is_asked_for_only_where_it_may_help(monkeypatch):
    asked = []
    monkeypatch.setattr(spectra, "sliced_residual_norm", lambda *_: asked.append(1) or exact(5))
    monkeypatch.setattr(spectra, "_residual_norm", lambda *_: exact(0.1249))
    matrix = BallMatrix.from_exact(2 * np.eye(3))
    assert lower(matrix.smallest_eigenvalue(1.0)) > 0.875 and not asked
    monkeypatch.setattr(spectra, "_residual_norm", lambda *_: exact(0.126))
    assert 0.873 < lower(matrix.smallest_eigenvalue(1.0)) < 0.875 and asked  # the better one of two bounds
    asked.clear()
    for shift in (-1.0, 0.0):
        matrix.smallest_eigenvalue(shift)
    BallMatrix(2 * np.eye(3), 0.4).smallest_eigenvalue(1.0)
    assert not asked


def test_the_closer_look_is_paid_before_it_is_taken():
    matrix = BallMatrix.from_exact(_known(64, -46))
    with limited_effort(1e9):
        matrix.smallest_eigenvalue(2.0**-47)
        cost = 1e9 - remaining_effort()
    with limited_effort(cost - 20), pytest.raises(BudgetExhausted):
        matrix.smallest_eigenvalue(2.0**-47)
    with limited_effort(1e9, 16 * 64 * 64 - 1), pytest.raises(BudgetExhausted, match="bytes"):
        matrix.smallest_eigenvalue(2.0**-47)
