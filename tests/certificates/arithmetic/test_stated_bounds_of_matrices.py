"""Bounds of products, norms and spectra against the exact value of what the code states, at every scale.

Where an error term pays for roundings that ordinary data do not show, the arithmetic itself is replaced by a worse
one that still obeys the standard model.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from flint import arb

from certificates.arithmetic import ball_matrix, slices, spectra
from certificates.arithmetic.arb import exact, lower, precision, upper
from certificates.arithmetic.arb_matrix import ArbMatrix
from certificates.arithmetic.ball_matrix import BallMatrix
from certificates.arithmetic.effort import limited_effort, remaining_effort
from certificates.arithmetic.rounding import gamma
from certificates.errors import EnclosureFailure

U, NU = exact(2.0**-53), exact(2.0**-1074)
SCALES = (1.0, 2.0**-539, 2.0**-530, 2.0**-1070)


@pytest.fixture(autouse=True)
def _bits():
    with precision(160):
        yield


def _norm(values) -> arb:
    return sum((exact(float(v)) ** 2 for v in values), exact(0)).sqrt()


def _largest(balls) -> arb:
    found = exact(0)
    for ball in balls:
        found = found.max(ball)
    return found


def _is_tight(bound, truth, lost=0.0, slack=2.0**-40):
    """Truth ≤ bound ≤ truth (1 + slack) + lost, of balls that are nearly points."""
    bound = bound if isinstance(bound, arb) else exact(float(bound))
    return truth.lower() <= bound.upper() and bound.lower() <= truth * (1 + exact(slack)) + exact(lost)


# ---- products ------------------------------------------------------------------------------------------------------


def _product(inner, row, column, alpha, beta) -> arb:
    alpha, beta, k = exact(alpha), exact(beta), exact(inner)
    return gamma(inner) * row * column + k * NU + k.sqrt() * (row * beta + alpha * column) + k * alpha * beta


@pytest.mark.parametrize("scale", SCALES)
def test_products(scale):
    rng = np.random.default_rng(1)
    for alpha, beta in ((0.0, 0.0), (0.0, 0.5), (3.0, 0.0), (1e-9, 2e-9), (1e3, 0.7)):
        for rows, inner, columns in ((1, 1, 1), (3, 5, 2), (2, 40, 3)):
            a, b = rng.normal(size=(rows, inner)) * scale, rng.normal(size=(inner, columns)) * scale
            left, right = BallMatrix(a, alpha), BallMatrix(b, beta)
            row, column = _largest(map(_norm, a)), _largest(map(_norm, b.T))
            lost = 2.0**-500 if scale < 1 else 0.0
            assert _is_tight(left.times(right).radius, _product(inner, row, column, alpha, beta), lost)
            assert _is_tight(left.gram().radius, _product(inner, row, row, alpha, alpha), lost)
            assert _is_tight(left.sample_grams(1).radius, _product(inner, row, row, alpha, alpha), lost)
            assert left.times(right).is_uniform and left.gram().shape == (rows, rows)


# ---- norms ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("radius", [0.0, 2.0**-538, 0.3, 1e5 / 3])
def test_norms_of_rows_columns_and_everything(scale, radius):
    rng = np.random.default_rng(2)
    for rows, columns in ((1, 1), (3, 2), (2, 7), (5, 3)):
        a = rng.normal(size=(rows, columns)) * scale
        matrix, r, lost = BallMatrix(a, radius), exact(radius), 2.0**-530 if scale < 1 else 0.0
        assert _is_tight(matrix.largest_row_norm(), _largest(map(_norm, a)) + exact(columns).sqrt() * r, lost)
        assert _is_tight(matrix.largest_column_norm(), _largest(map(_norm, a.T)) + exact(rows).sqrt() * r, lost)
        assert _is_tight(matrix.frobenius_norm(), _norm(a.ravel()) + exact(a.size).sqrt() * r, lost)
        for groups in {1, rows}:
            found = matrix.group_column_norms(groups)
            for i in range(rows // groups):
                for j in range(columns):
                    truth = _norm(a[i :: rows // groups, j]) + exact(groups).sqrt() * r
                    assert _is_tight(found[i, j], truth, lost)


def test_norms_of_long_columns_of_equal_entries():
    """Sums whose roundings all go the same way."""
    for entry in (0.1, 0.3, 1 / 3, 0.7):
        column = np.full((5_000, 1), entry)
        matrix, truth = BallMatrix.from_exact(column), exact(entry) * exact(5_000).sqrt()
        for bound in (matrix.largest_column_norm(), matrix.frobenius_norm(), matrix.group_column_norms(5_000)[0, 0]):
            assert _is_tight(bound, truth, slack=2.0**-37)
        for bound in (matrix.T.largest_row_norm(), matrix.T.frobenius_norm()):
            assert _is_tight(bound, truth, slack=2.0**-37)


def test_norms_of_long_columns_in_the_worst_arithmetic(monkeypatch):
    """Sums that lose the most that k roundings may lose, k the number of terms."""
    total, einsum = np.sum, np.einsum
    monkeypatch.setattr(ball_matrix.np, "sum", lambda a: total(a) * (1 - a.size * 2.0**-53))
    monkeypatch.setattr(ball_matrix.np, "einsum", lambda s, a, b: einsum(s, a, b) * (1 - max(a.shape) * 2.0**-53))
    column = np.random.default_rng(12).uniform(1, 2, size=(300, 1))
    matrix, truth = BallMatrix.from_exact(column), _norm(column.ravel())
    for bound in (matrix.largest_column_norm(), matrix.frobenius_norm(), matrix.group_column_norms(300)[0, 0]):
        assert _is_tight(bound, truth, slack=2.0**-37)
    assert _is_tight(matrix.T.largest_row_norm(), truth) and _is_tight(matrix.T.frobenius_norm(), truth)


def test_norms_of_samples_are_the_roots_of_those_of_their_grams(monkeypatch):
    norms = np.random.default_rng(3).uniform(0.5, 2, size=60)
    asked = []
    monkeypatch.setattr(spectra, "operator_norms", lambda mid, radius: asked.append((mid, radius)) or norms)
    grams = BallMatrix(np.arange(240.0).reshape(60, 4), 0.125)
    for found, norm in zip(grams.sample_norms(2), norms, strict=True):
        assert _is_tight(found, exact(norm).sqrt())
    assert (asked[0][0] == grams.mid.reshape(60, 2, 2)).all() and asked[0][1] == 0.125


def test_ranges_are_rounded_outwards():
    rng = np.random.default_rng(4)
    for _ in range(60):
        mid, rad = rng.normal(size=(2, 3)), rng.uniform(0, 1, size=(2, 3)) * 1e-3
        for matrix in (BallMatrix(mid, rad), BallMatrix(mid, float(rad[0, 0])), BallMatrix(mid)):
            pairs = zip(mid.ravel(), np.broadcast_to(matrix.rad, mid.shape).ravel(), strict=True)
            ends = [(Fraction(m) - Fraction(r), Fraction(m) + Fraction(r)) for m, r in pairs]
            low, high = (Fraction(end) for end in matrix.range())
            least, most = min(a for a, _ in ends), max(b for _, b in ends)
            assert least - Fraction(1, 2**50) <= low <= least and most <= high <= most + Fraction(1, 2**50)


def test_pieces_keep_their_place_and_their_radius():
    mid, rad = np.arange(1.0, 13.0).reshape(3, 4), np.arange(12.0).reshape(3, 4) / 16
    for radii in (rad, 1.0, 0.5, 0.0):
        matrix = BallMatrix(mid, radii)
        for i in range(3):
            row = matrix.take_row(i)
            assert (row.mid == mid[i : i + 1]).all() and row.radius == np.max(np.broadcast_to(radii, (3, 4))[i])
        blocks = matrix.block_diagonal(2)
        assert (blocks.mid == np.kron(np.eye(2), mid)).all() and blocks.radius == np.max(radii)
        assert blocks.is_uniform is bool(np.max(radii) == 0)
        assert (np.broadcast_to(blocks.rad, (6, 8)) >= np.kron(np.eye(2), np.broadcast_to(radii, (3, 4)))).all()
        assert BallMatrix.stack([matrix]) is matrix and matrix.with_ones().mid[:, -1].tolist() == [1.0] * 3
    assert BallMatrix(mid, 0.5).magnitude == BallMatrix(mid, 0.5).T.magnitude == 12
    assert BallMatrix(np.empty((0, 3))).largest_row_norm() == 0


# ---- the residual of a factorisation -------------------------------------------------------------------------------


def _integers(rng, size, scale=1.0):
    """(A, L) of integers times powers of two: every sum and product below is exact."""
    factor = np.tril(rng.integers(-3, 4, size=(size, size))).astype(np.float64)
    half = np.tril(rng.integers(-50, 51, size=(size, size)))
    return (half + half.T).astype(np.float64) * scale**2, factor * scale


@pytest.mark.parametrize("size", [1, 2, 63, 64, 65, 79, 80, 81, 129, 160, 161, 250, 401])
def test_row_sums_of_the_residual_at_the_edges_of_blocks_and_tiles(size, monkeypatch):
    shifted, factor = _integers(np.random.default_rng(size), size)
    wanted = np.abs(shifted - factor @ factor.T).sum(axis=1)
    for side, whole in ((80, 0), (128, 0), (128, 384)):
        monkeypatch.setattr(slices, "_TILE", side)
        monkeypatch.setattr(slices, "_ONE_TILE", whole)
        assert spectra._residual_row_sums(shifted, factor).tolist() == wanted.tolist()


def _block_product(factor) -> arb:
    """‖MᵀM‖_∞, M_{ib} the norm of row i in the b-th block of 64 columns."""
    size = len(factor)
    blocks = [[_norm(row[start : start + 64]) for start in range(0, size, 64)] for row in factor]
    columns = list(zip(*blocks, strict=True))
    gram = [[sum((x * y for x, y in zip(a, b, strict=True)), exact(0)) for b in columns] for a in columns]
    return _largest(sum(row, exact(0)) for row in gram)


@pytest.mark.parametrize("size", [1, 64, 65, 130])
def test_the_errors_of_the_residual(size):
    rng = np.random.default_rng(size)
    for scale in (1.0, 2.0**-537):
        shifted, factor = _integers(rng, size, scale)
        count, inner = exact(size), _block_product(factor)
        for residual in (shifted, factor @ factor.T, factor @ factor.T + 2.0**40 * scale**2 * np.eye(size)):
            rows = np.abs(residual - factor @ factor.T).sum(axis=1)
            truth = exact(float(rows.max())) * (1 + 2 * U) + gamma(64 + -(-size // 64)) * inner + count * count * NU
            slack = 2.0**-40 if rows.any() else 2.0**-30
            assert _is_tight(spectra._residual_norm(residual, factor), truth, 4.0 * size * size * 2.0**-1074, slack)


def test_row_sums_of_the_residual_that_lost_what_their_roundings_allow(monkeypatch):
    least = 7.0 * (1 - 2 * 64 * 2.0**-53)
    monkeypatch.setattr(spectra, "_residual_row_sums", lambda shifted, factor: np.full(64, least))
    assert _is_tight(spectra._residual_norm(np.zeros((64, 64)), np.zeros((64, 64))), exact(7), 2.0**-1000)


@pytest.mark.parametrize("size", [1, 64, 65, 130])
def test_norms_of_a_factor_in_blocks(size):
    rng = np.random.default_rng(size)
    for scale in (1.0, 2.0**-537):
        factor = np.tril(rng.normal(size=(size, size))) * scale
        assert _is_tight(spectra._block_norm_product(factor), _block_product(factor), 2.0 * size**2 * 2.0**-1065)
    for entry in (0.1, 0.3, 0.7, 1.2 * 2.0**-537):  # of the last, each square rounds down to ν
        factor = np.tril(np.full((size, size), entry))
        assert _is_tight(spectra._block_norm_product(factor), _block_product(factor), 2.0 * size**2 * 2.0**-1065)
    with pytest.raises(EnclosureFailure, match="overflowed"):
        spectra._block_norm_product(np.full((size, size), 1e200))


def test_a_block_whose_squares_underflow_counts_beside_one_that_is_larger():
    factor = np.zeros((65, 65))
    factor[64, :64], factor[64, 64] = 2.0**-538, 2.0**-500
    assert _is_tight(spectra._block_norm_product(factor), _block_product(factor), slack=2.0**-30)


@pytest.mark.parametrize("place", [(0, 0), (1, 0)])
@pytest.mark.parametrize("wrong", [np.nan, np.inf])
def test_a_factor_with_one_entry_that_is_no_number_proves_nothing(monkeypatch, place, wrong):
    factor = np.eye(3)
    factor[place] = wrong
    monkeypatch.setattr(spectra.np.linalg, "cholesky", lambda _: factor)
    for kind in (BallMatrix, ArbMatrix):
        assert kind.from_exact(2 * np.eye(3)).smallest_eigenvalue(1.0) is None


@pytest.mark.parametrize("size", [2, 64, 65, 130, 400])
def test_what_a_factor_holds_above_its_diagonal_proves_nothing_false(monkeypatch, size):
    """One more factor: the blocks on the diagonal are read in full, those above them not at all."""
    triangle = np.triu(np.full((size, size), 3.0), 1)
    for inside in (True, False):
        blocks = np.arange(size) // 64
        garbage = np.where((blocks[:, None] == blocks) == inside, triangle, 0.0)
        monkeypatch.setattr(spectra.np.linalg, "cholesky", lambda _, garbage=garbage: np.eye(size) + garbage)
        bound = BallMatrix.from_exact(2 * np.eye(size)).smallest_eigenvalue(1.0)
        assert lower(bound) <= 2 and (inside or lower(bound) >= 1 - 1e-6)


# ---- operator norms ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("exponent", [-1074, -1000, -560, -541, -539, -530, -455, -448, 0, 400])
def test_operator_norms_of_rank_one_at_every_scale(exponent):
    """‖uvᵀ‖ = ‖u‖‖v‖; what underflows in AAᵀ is divided by c and must be paid."""
    rng = np.random.default_rng(5)
    for rows, columns in ((1, 1), (1, 9), (7, 1), (3, 4), (4, 3), (5, 5)):
        u, v = rng.integers(1, 30, size=rows), rng.integers(1, 30, size=columns)
        batch = np.ldexp(np.outer(u, v).astype(np.float64), exponent)[None]
        truth = exact(int(u @ u) * int(v @ v)).sqrt() * exact(2.0**exponent)
        for radius in (0.0, 1e-3, 7.7):
            wanted = truth + exact(rows * columns).sqrt() * exact(radius)
            slack, lost = (2.0**-35, 0.0) if exponent >= -448 else (1.0, 2.0**-460)
            assert _is_tight(spectra.operator_norms(batch, radius)[0], wanted, lost, slack)


def test_operator_norms_are_hardly_above_those_of_clustered_spectra():
    """At most min(p, q)^(1/1024) too large."""
    rng = np.random.default_rng(6)
    for rows, columns in ((6, 6), (6, 40), (40, 6)):
        basis = np.linalg.qr(rng.normal(size=(40, 6)))[0]
        a = basis.T if columns == 40 else basis if rows == 40 else np.linalg.qr(rng.normal(size=(6, 6)))[0]
        bound = spectra.operator_norms(3 * a[None], 0.0)[0]
        assert 3 * (1 - 1e-14) <= bound <= 3 * 6 ** (1 / 1024) * (1 + 1e-11)


def test_long_vectors_cost_in_proportion_to_their_length():
    costs = []
    for shape in ((1, 1_000), (1_000, 1)):
        with limited_effort(5_000):
            BallMatrix.from_exact(np.ones(shape)).operator_norm()
            costs.append(remaining_effort())
    assert costs[0] == costs[1]


def test_the_norm_of_nothing_and_of_zero():
    assert spectra.operator_norms(np.zeros((2, 3, 4)), 0.0).tolist() < [1e-130] * 2
    assert (spectra.operator_norms(np.zeros((2, 3, 4)), 0.5) <= 0.5 * 12**0.5 * (1 + 1e-12)).all()
    assert spectra.operator_norms(np.empty((0, 3, 4)), 0.0).shape == (0,)
    with pytest.raises(EnclosureFailure, match="operator norm"):
        spectra.operator_norms(np.full((1, 2, 2), 1e200), 0.0)


@pytest.fixture
def _least_arithmetic(monkeypatch):
    """Sums of non-negative products are the least that the standard model allows: k roundings downwards."""
    product, total = np.matmul, np.einsum
    monkeypatch.setattr(spectra.np, "matmul", lambda a, b: product(a, b) * (1 - a.shape[-1] * 2.0**-53))
    monkeypatch.setattr(spectra.np, "einsum", lambda s, a, b: total(s, a, b) * (1 - a[0].size * 2.0**-53))


@pytest.mark.usefixtures("_least_arithmetic")
def test_operator_norms_in_the_worst_arithmetic():
    rng = np.random.default_rng(7)
    for rows, columns in ((1, 3_000), (300, 1), (200, 220)):
        u, v = rng.integers(1, 9, size=rows), rng.integers(1, 9, size=columns)
        truth = exact(int(u @ u) * int(v @ v)).sqrt()
        assert _is_tight(spectra.operator_norms(np.outer(u, v)[None] * 1.0, 0.0)[0], truth, slack=2.0**-33)


@pytest.mark.usefixtures("_least_arithmetic")
def test_powers_in_the_worst_arithmetic():
    power, truth = np.full((1, 200, 200), 2.0**-8), exact(200 * 2.0**-8)
    assert _is_tight(spectra._largest_of_powers(power)[0], truth, slack=2.0**-33)
    assert _is_tight(spectra._frobenius(power)[0], truth, slack=2.0**-33)


def test_the_way_back_from_the_power_is_rounded_upwards(monkeypatch):
    """‖S‖ ≤ √(‖S²/c²‖ + γ_{n+4}) c, eight times, for whatever scales c there were."""
    scales = np.random.default_rng(9).uniform(0.5, 2, size=(9, 40)) * 2.0 ** np.arange(-9, 0)[:, None]
    given = iter(scales)
    monkeypatch.setattr(spectra, "_frobenius", lambda _: next(given))
    found = spectra._largest_of_powers(np.zeros((40, 3, 3)))
    for bound, own in zip(found, scales.T, strict=True):
        truth = exact(float(own[-1]))
        for scale in own[-2::-1]:
            truth = (truth + gamma(7)).sqrt() * exact(float(scale))
        assert _is_tight(bound, truth)


def test_operator_norms_are_rounded_upwards_from_the_power(monkeypatch):
    """‖A‖ ≤ √(‖AAᵀ/c‖ + γ_{q+2}) √c + √(pq) r, c a bound of ‖A‖_F²; without the power only c and the radius count."""
    rng = np.random.default_rng(10)
    batch = rng.normal(size=(40, 2, 3)) * 2.0 ** rng.integers(-20, 20, size=(40, 1, 1))
    norms = rng.uniform(0.5, 1, size=40)
    monkeypatch.setattr(spectra, "_largest_of_powers", lambda _: norms)
    for radius in (0.0, 0.1, 1e20 / 3):
        for bound, norm, member in zip(spectra.operator_norms(batch, radius), norms, batch, strict=True):
            truth = (exact(float(norm)) + gamma(5)).sqrt() * _norm(member.ravel()) + exact(6).sqrt() * exact(radius)
            assert _is_tight(bound, truth)


def test_powers_of_tiny_matrices():
    for exponent in (-1074, -1060, -600, -500):
        power = np.full((1, 3, 3), 2.0**exponent)
        truth = 3 * exact(2.0**exponent)
        lossy = np.full((1, 3, 3), 1.2 * 2.0**-537)  # each square rounds down to ν
        assert _is_tight(spectra._frobenius(lossy)[0], 3 * exact(1.2 * 2.0**-537), 2.0**-530)
        assert _is_tight(spectra._largest_of_powers(power)[0], truth, 2.0**-500, 2.0**-40)
        assert _is_tight(spectra._frobenius(power)[0], truth, 2.0**-530, 2.0**-40)


@pytest.mark.parametrize("exponent", [-1074, -1060, -1022, 0, 900])
def test_spectral_radii_at_every_scale(exponent):
    """vvᵀ has the eigenvalue ‖v‖²; its products with a vector below 1 underflow."""
    rng = np.random.default_rng(8)
    for size in (1, 2, 5, 12):
        v = rng.integers(1, 9, size=size)
        matrix = np.ldexp(np.outer(v, v).astype(np.float64), exponent)
        for radius in (0.0, 2.0**-40):
            truth = exact(int(v @ v)) * exact(2.0**exponent) + size * exact(radius)
            bound = spectra.largest_eigenvalue_of_nonnegative(BallMatrix(matrix, radius))
            lost = 2.0 ** (-1074 + 12) if exponent < -1000 else 0.0
            assert _is_tight(bound, truth, lost, 2.0**-40)
    with pytest.raises(EnclosureFailure, match="spectral radius"):
        spectra.largest_eigenvalue_of_nonnegative(BallMatrix.from_exact(np.full((9, 9), 1e308)))


def test_spectral_radii_in_the_worst_arithmetic(monkeypatch):
    class Least(np.ndarray):
        def __matmul__(self, vector):
            return np.asarray(self) @ vector * (1 - len(vector) * 2.0**-53)

    real = np.abs
    monkeypatch.setattr(spectra.np, "abs", lambda a: real(a).view(Least))
    bound = spectra.largest_eigenvalue_of_nonnegative(BallMatrix.from_exact(np.ones((200, 200))))
    assert _is_tight(bound, exact(200))


def test_a_spectral_radius_for_a_vector_that_never_settles():
    """A star with the rays 2 and 1: its powers alternate, the quotients are 3 at the centre, 5/3 at the ends."""
    star = np.array([[0.0, 2.0, 1.0], [2.0, 0.0, 0.0], [1.0, 0.0, 0.0]])
    bound = spectra.largest_eigenvalue_of_nonnegative(BallMatrix.from_exact(star))
    assert exact(5).sqrt() <= bound <= exact(3) * exact(1 + 2.0**-40)


def test_spectral_radii_of_multiples_of_the_least_double():
    """Products with a vector below 1 round to multiples of ν, down as often as up."""
    rng = np.random.default_rng(11)
    for _ in range(300):
        size = int(rng.integers(2, 5))
        half = rng.integers(0, 4, size=(size, size))
        whole = (half + half.T).astype(np.float64)
        largest = exact(float(np.linalg.eigvalsh(whole)[-1])) * NU
        bound = spectra.largest_eigenvalue_of_nonnegative(BallMatrix.from_exact(whole * 2.0**-1074))
        assert largest * (1 - exact(2.0**-40)) <= bound


def test_spectral_radii_of_entries_of_either_sign_and_of_zero_rows():
    """|A| bounds A; a row of zeros needs no special vector."""
    a = np.array([[0.0, -2.0, 0.0], [-2.0, 0.0, 0.0], [0.0, 0.0, 0.0]])
    assert _is_tight(spectra.largest_eigenvalue_of_nonnegative(BallMatrix.from_exact(a)), exact(2))
    assert upper(spectra.largest_eigenvalue_of_nonnegative(BallMatrix.from_exact(np.zeros((3, 3))))) <= 2.0**-1060
