"""Eigenvalue bounds against exact spectra, near-singular matrices and other arithmetic."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from flint import arb_mat, fmpq, fmpq_mat

from certificates.arithmetic import slices, spectra
from certificates.arithmetic.arb import exact, lower, precision, upper
from certificates.arithmetic.arb_matrix import ArbMatrix
from certificates.arithmetic.ball_matrix import BallMatrix

BOTH = pytest.mark.parametrize("kind", [BallMatrix, ArbMatrix])


@pytest.fixture(autouse=True)
def _bits():
    with precision(128):
        yield


def _is_certainly_at_most_smallest(matrix: np.ndarray, bound: float) -> bool:
    """A − bI ⪰ 0, decided exactly: all leading minors of A − (b − tiny)I positive over the rationals."""
    size = len(matrix)
    slack = Fraction(max(abs(bound), 1.0)) * Fraction(1, 2**80)
    shift = Fraction(bound) - slack
    entries = [Fraction(float(matrix[i, j])) - (shift if i == j else 0) for i in range(size) for j in range(size)]
    rational = fmpq_mat(size, size, [fmpq(e.numerator, e.denominator) for e in entries])
    table = rational.table()
    return all(fmpq_mat([row[:k] for row in table[:k]]).det() > 0 for k in range(1, size + 1))


def _adversarial(rng: np.random.Generator) -> np.ndarray:
    """Symmetric, near singular, graded or clustered; exactly representable."""
    size = int(rng.integers(1, 7))
    basis, _ = np.linalg.qr(rng.normal(size=(size, size)))
    values = 10.0 ** rng.uniform(-16, 0, size=size) * rng.choice([1, 1, 1, -1], size=size)
    matrix = (basis * values) @ basis.T
    grading = 10.0 ** rng.uniform(-3, 3, size=size) if rng.random() < 0.3 else np.ones(size)
    matrix = matrix * grading[:, None] * grading
    return (matrix + matrix.T) / 2


def _smallest_violations(rng: np.random.Generator, count: int) -> tuple[int, int]:
    """(violations, bounds obtained): shifts at, below and above the computed eigenvalue."""
    violations = proved = 0
    for _ in range(count):
        matrix = _adversarial(rng)
        guess = float(np.linalg.eigvalsh(matrix)[0])
        shift = guess + rng.choice([-1e-3, -1e-9, -1e-14, -1e-16, 0.0, 1e-16, 1e-12]) * max(1e-12, np.abs(matrix).max())
        bound = BallMatrix.from_exact(matrix).smallest_eigenvalue(float(shift))
        if bound is not None:
            proved += 1
            violations += not _is_certainly_at_most_smallest(matrix, lower(bound))
    return violations, proved


def test_smallest_eigenvalue_is_a_lower_bound_on_near_singular_matrices():
    violations, proved = _smallest_violations(np.random.default_rng(1), 300)
    assert violations == 0 and proved > 100


@pytest.mark.slow
def test_smallest_eigenvalue_is_a_lower_bound_on_ten_thousand_matrices():
    violations, proved = _smallest_violations(np.random.default_rng(2), 10_000)
    assert violations == 0 and proved > 3_000


@BOTH
def test_bounds_are_tight(kind):
    rng = np.random.default_rng(3)
    factor = rng.normal(size=(30, 90))
    matrix = factor @ factor.T
    values = np.linalg.eigvalsh(matrix)
    low = kind.from_exact(matrix).smallest_eigenvalue(values[0] * (1 - 1e-9))
    high = kind.from_exact(matrix).largest_eigenvalue(values[-1] * (1 + 1e-9))
    assert values[0] * (1 - 1e-8) <= lower(low) <= values[0]
    assert values[-1] <= upper(high) <= values[-1] * (1 + 1e-8)


@BOTH
def test_refuses_a_shift_above_the_spectrum(kind):
    assert kind.from_exact(np.diag([1.0, 2.0])).smallest_eigenvalue(1.5) is None
    assert kind.from_exact(np.diag([1.0, 2.0])).largest_eigenvalue(1.5) is None


@BOTH
def test_refuses_an_indefinite_matrix(kind):
    indefinite = np.array([[0.0, 1.0], [1.0, 0.0]])
    bound = kind.from_exact(indefinite).smallest_eigenvalue(0.0)
    assert bound is None or not bound > 0


def test_radius_is_subtracted():
    matrix = BallMatrix(np.eye(4), 1e-3)
    bound = matrix.smallest_eigenvalue(0.999999)
    assert bound is not None and bound <= exact(1) - exact(4e-3) + exact(1e-12)


def test_one_ulp_above_is_not_proved():
    """diag(1, 1 + 2⁻⁵²): no bound above 1 may come out, whatever the shift."""
    matrix = BallMatrix.from_exact(np.diag([1.0, 1 + 2.0**-52]))
    for shift in (1.0, 1 - 2.0**-53, 1 + 2.0**-52):
        bound = matrix.smallest_eigenvalue(shift)
        assert bound is None or bound <= exact(1)


def test_a_sabotaged_factor_cannot_raise_the_bound(monkeypatch):
    """The factorisation is untrusted: garbage, NaN or a too large factor gives a weaker bound or none."""
    rng = np.random.default_rng(4)
    matrix = np.diag([1.0, 2.0, 3.0])
    for make in (
        np.zeros_like,
        lambda a: np.full_like(a, np.nan),
        lambda a: np.tril(rng.normal(size=a.shape)),
        lambda a: 2 * np.eye(3),
        lambda a: -np.diag(np.sqrt(np.abs(np.diag(a)) + 1)),
    ):
        monkeypatch.setattr(spectra.np.linalg, "cholesky", lambda a, make=make: make(a))
        bound = BallMatrix.from_exact(matrix).smallest_eigenvalue(0.9)
        assert bound is None or bound <= exact(1)
        monkeypatch.undo()


def test_a_residual_that_hides_a_shift_above_the_spectrum_is_charged(monkeypatch):
    """L Lᵀ = A − sI + 2I although s > λ_min: only the residual's norm keeps the bound true."""
    matrix = np.diag([1.0, 2.0, 3.0])
    monkeypatch.setattr(spectra.np.linalg, "cholesky", lambda a: np.diag(np.sqrt(np.diag(a) + 2)))
    bound = BallMatrix.from_exact(matrix).smallest_eigenvalue(1.5)
    assert bound is not None and bound <= exact(1)


def test_rounding_inside_the_product_is_charged(monkeypatch):
    """A = fl(L Lᵀ) with sixty equal terms an entry: even if the computed residual were 0, the true one is not."""
    factor = np.full((60, 60), 0.1)
    matrix = factor @ factor.T
    monkeypatch.setattr(spectra, "_residual_row_sums", lambda shifted, _: np.zeros(len(shifted)))
    errors = sum(Fraction(float(entry)) for entry in matrix.ravel()) - 3600 * 60 * Fraction(0.1) ** 2
    truth = abs(errors) / 60  # the Rayleigh quotient at (1, …, 1)
    assert 60 * Fraction(0.6) * Fraction(2) ** -55 < truth <= Fraction(upper(spectra._residual_norm(matrix, factor)))


def test_several_tiles_and_blocks_agree_with_arb(monkeypatch):
    rng = np.random.default_rng(5)
    monkeypatch.setattr(slices, "_TILE", 100)
    monkeypatch.setattr(slices, "_ONE_TILE", 100)
    factor = rng.normal(size=(220, 440))
    matrix = factor @ factor.T
    smallest = float(np.linalg.eigvalsh(matrix)[0])
    bound = BallMatrix.from_exact(matrix).smallest_eigenvalue(smallest * (1 - 1e-8))
    with precision(200):
        slow = ArbMatrix.from_exact(matrix).smallest_eigenvalue(smallest * (1 - 1e-8))
    assert bound is not None and slow is not None and bound <= slow
    assert lower(bound) >= smallest * (1 - 1e-6)


def test_operator_norms_of_a_batch():
    rng = np.random.default_rng(6)
    batch = rng.normal(size=(50, 7, 4)) * 10.0 ** rng.uniform(-5, 5, size=(50, 1, 1))
    bounds = spectra.operator_norms(batch, 0.0)
    truth = np.linalg.norm(batch, 2, axis=(1, 2))
    assert (truth * (1 - 1e-14) <= bounds).all() and (bounds <= 1.01 * truth).all()


def test_operator_norm_against_an_exact_one():
    hilbert = np.array([[1 / (i + j + 1) for j in range(6)] for i in range(6)])
    bound = BallMatrix.from_exact(hilbert).operator_norm()
    values = arb_mat(6, 6, hilbert.ravel().tolist())
    characteristic = values.charpoly()
    assert characteristic(bound) > 0  # beyond the largest root the polynomial is positive
    assert upper(bound) <= 1.01 * np.linalg.norm(hilbert, 2)


def test_nonnegative_spectral_radius():
    rng = np.random.default_rng(7)
    for kind in (BallMatrix, ArbMatrix):
        matrix = np.abs(rng.normal(size=(9, 9)))
        matrix = matrix + matrix.T
        truth = float(np.linalg.eigvalsh(matrix)[-1])
        assert truth * (1 - 1e-14) <= upper(kind.from_exact(matrix).nonnegative_spectral_radius()) <= truth * 1.001
        assert upper(kind.from_exact(np.zeros((3, 3))).nonnegative_spectral_radius()) <= 1e-100


@BOTH
@pytest.mark.parametrize("steps", [0, 1, 6])
def test_radii_of_scaled_nonnegative_matrices(kind, steps):
    rng = np.random.default_rng(8)
    for size, units in ((1, 1), (4, 3), (9, 5)):
        matrix = rng.random((size, size)) * rng.choice([1.0, 1e-9, 0.0], size=(size, size), p=[0.8, 0.1, 0.1])
        matrix = matrix + matrix.T
        scales = rng.random((size, units)) * rng.choice([1.0, 0.0], size=(size, units))
        bounds, vectors = kind.from_exact(matrix).scaled_spectral_radii(scales, np.ones((size, units)), steps)
        true = np.array([np.linalg.eigvalsh(s[:, None] * matrix * s)[-1] for s in scales.T])
        assert (bounds >= true * (1 - 1e-14)).all() and (vectors > 0).all()
        if steps == 6 and size > 1:
            assert (bounds <= 1.2 * true + 1e-9).all()


@BOTH
def test_radii_of_scaled_matrices_reach_the_farthest_member(kind):
    ones = kind.from_exact(np.ones((2, 2)))
    wide = ones.scale(Fraction(1, 3))  # radii above 0
    bounds, _ = wide.scaled_spectral_radii(np.array([[1.0], [2.0]]), np.ones((2, 1)), 40)
    assert 5 / 3 <= bounds[0] <= 5 / 3 * (1 + 1e-9)


def test_radii_of_scaled_matrices_whose_entries_underflow():
    tiny = np.full((2, 2), 2.0**-1060)
    bounds, _ = BallMatrix.from_exact(tiny).scaled_spectral_radii(np.full((2, 1), 2.0**-20), np.ones((2, 1)), 1)
    assert 0 < bounds[0] <= 2.0**-1060


@BOTH
def test_bounds_of_entries(kind):
    matrix = kind.from_exact(np.array([[1.0, -2.0], [0.0, 5e-324]]))
    low, high = matrix.entry_bounds()
    assert (low == high).all() and (low == np.array([[1.0, -2.0], [0.0, 5e-324]])).all()
    low, high = matrix.scale(Fraction(1, 3)).entry_bounds()
    for place, true in (((0, 0), Fraction(1, 3)), ((0, 1), Fraction(-2, 3))):
        assert Fraction(float(low[place])) <= true <= Fraction(float(high[place]))
        assert high[place] - low[place] <= 1e-15


@pytest.mark.parametrize("kind", [BallMatrix, ArbMatrix])
def test_a_shift_that_is_no_binary64_number_is_rounded_once(kind):
    diagonal, beside = 2**60 + 512, 255  # λ_min = 2⁶⁰ + 257
    matrix = kind.from_exact(np.array([[diagonal, beside], [beside, diagonal]], dtype=np.float64))
    bound = matrix.smallest_eigenvalue(2**60 + 383)
    assert bound is None or bound <= exact(Fraction(2**60 + 257))


def test_a_spectral_radius_beyond_the_largest_double_has_a_bound_in_arb():
    size = exact(2) ** 1500
    matrix = ArbMatrix.from_entries(2, 2, [2 * size, size, size, 2 * size])
    assert 3 * size <= matrix.nonnegative_spectral_radius() <= 3 * size * (1 + exact(2) ** -40)


@pytest.mark.parametrize("place", [(1, 1), (0, 1), (1, 0)])
def test_the_radius_of_one_entry_counts_wherever_it_stands(place):
    rad = np.zeros((2, 2))
    rad[place] = 0.5
    matrix = BallMatrix(np.diag([2.0, 2.0]), rad)
    assert spectra.radius_norm(matrix) >= 0.5 and spectra.smallest_eigenvalue(matrix, 1.999) <= 1.5


def test_radii_on_one_side_of_the_diagonal_count_on_the_other():
    rad = np.zeros((3, 3))
    rad[:2, 2] = 0.5
    assert spectra.radius_norm(BallMatrix(np.zeros((3, 3)), rad)) >= 0.7071
