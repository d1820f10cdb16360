"""Matrices of wide balls: every bound reaches the farthest matrix inside, and every piece keeps its balls."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from flint import arb, arb_mat

from certificates.arithmetic.arb import exact, lower, precision, upper
from certificates.arithmetic.arb_matrix import ArbMatrix
from certificates.errors import EnclosureFailure

MID = np.array([[1.0, -2.0, 0.5], [3.0, 0.25, -1.5]])
RADIUS = 0.125
FARTHEST = np.sign(MID) * (np.abs(MID) + RADIUS)


@pytest.fixture(autouse=True)
def _bits():
    with precision(128):
        yield


def _balls(mid, radius=RADIUS):
    return ArbMatrix(arb_mat(*mid.shape, [arb(m, radius) for m in mid.ravel().tolist()]))


def _near(bound, truth, slack=1e-8):
    return truth * (1 - 1e-14) <= float(upper(bound)) <= truth * (1 + slack)


def _ends(matrix):
    entries = matrix.entries()
    return np.array([[lower(b), upper(b)] for b in entries]).reshape(*matrix.shape, 2)


def test_norms_reach_the_farthest_matrix():
    matrix = _balls(MID)
    assert _near(matrix.largest_row_norm(), np.linalg.norm(FARTHEST, axis=1).max())
    assert _near(matrix.largest_column_norm(), np.linalg.norm(FARTHEST, axis=0).max())
    assert _near(matrix.frobenius_norm(), np.linalg.norm(FARTHEST))
    assert np.linalg.norm(FARTHEST, 2) <= upper(matrix.operator_norm()) <= np.linalg.norm(FARTHEST) * 1.5
    columns = matrix.group_column_norms(2)
    assert columns.shape == (1, 3) and (np.abs(columns[0] - np.linalg.norm(FARTHEST, axis=0)) < 1e-8).all()
    assert (columns[0] >= np.linalg.norm(FARTHEST, axis=0) * (1 - 1e-15)).all()
    low, high = matrix.range()
    assert np.min(FARTHEST) - 1e-8 <= low <= np.min(FARTHEST) and np.max(FARTHEST) <= high <= np.max(FARTHEST) + 1e-8


def test_bounds_are_points():
    for bound in (_balls(MID).largest_row_norm(), _balls(MID).operator_norm()):
        assert bound.is_exact()


@pytest.mark.parametrize("shape", [(1, 1), (1, 3), (3, 1), (2, 3), (3, 2), (3, 3)])
def test_operator_norms_of_either_orientation(shape):
    a = np.random.default_rng(1).normal(size=shape)
    bound = upper(ArbMatrix.from_exact(a).operator_norm())
    assert np.linalg.norm(a, 2) * (1 - 1e-14) <= bound <= np.linalg.norm(a, 2) * min(shape) ** (1 / 1024) * (1 + 1e-12)


def test_products_contain_the_corners():
    left, right = _balls(MID), _balls(MID.T, 0.25)
    corners = (MID + RADIUS) @ (MID.T - 0.25), (MID - RADIUS) @ (MID.T + 0.25), FARTHEST @ MID.T
    products = [left.times(right), left.times(_balls(MID.T, 0.0)), left.gram(), left.hadamard(_balls(MID))]
    truths = [corners[0], corners[2], FARTHEST @ FARTHEST.T, FARTHEST * FARTHEST]
    for product, truth in zip(products, truths, strict=True):
        ends = _ends(product)
        assert (ends[..., 0] <= truth).all() and (truth <= ends[..., 1]).all()
    assert (_ends(left.times(right))[..., 0] <= corners[1]).all()


def test_sums_and_scalings_keep_the_radii():
    matrix = _balls(MID)
    found = {
        "sum": (matrix.add(matrix), 2 * MID, 2 * RADIUS),
        "row added": (matrix.add_to_rows(np.array([1.0, 2.0, 3.0])), MID + np.array([1, 2, 3]), RADIUS),
        "columns": (
            matrix.scale_columns(_balls(np.array([[2.0, -4.0, 1.0]]), 0.0)),
            MID * [2, -4, 1],
            [0.25, 0.5, 0.125],
        ),
        "rows": (matrix.scale_rows(np.array([-2.0, 4.0])), MID * [[-2], [4]], [[0.25], [0.5]]),
    }
    for name, (result, mid, radius) in found.items():
        ends = _ends(result)
        np.testing.assert_allclose(ends[..., 0], mid - np.array(radius), rtol=1e-8, atol=1e-8, err_msg=name)
        np.testing.assert_allclose(ends[..., 1], mid + np.array(radius), rtol=1e-8, atol=1e-8, err_msg=name)


def test_pieces_keep_their_balls_and_their_shapes():
    matrix, ends = _balls(MID), np.stack([MID - RADIUS, MID + RADIUS], axis=-1)
    wide = np.concatenate([ends, np.ones((2, 1, 2))], axis=1)
    pieces = {
        "transpose": (matrix.T, ends.transpose(1, 0, 2)),
        "first row": (matrix.take_row(0), ends[:1]),
        "last row": (matrix.take_row(1), ends[1:]),
        "ones": (matrix.with_ones(), wide),
        "tile": (matrix.tile(3, 2), np.tile(ends, (3, 2, 1))),
        "stack": (ArbMatrix.stack([matrix, matrix.take_row(0), matrix]), np.concatenate([ends, ends[:1], ends])),
        "blocks": (matrix.block_diagonal(2), _diagonal(ends)),
    }
    for name, (piece, wanted) in pieces.items():
        assert piece.shape == wanted.shape[:2], name
        np.testing.assert_allclose(_ends(piece), wanted, rtol=1e-8, atol=1e-8, err_msg=name)


def _diagonal(ends):
    rows, columns = ends.shape[:2]
    blocks = np.zeros((2 * rows, 2 * columns, 2))
    blocks[:rows, :columns], blocks[rows:, columns:] = ends, ends
    return blocks


def test_grams_of_samples():
    """Rows are ordered (group, sample)."""
    a = np.random.default_rng(2).integers(-4, 5, size=(6, 3)).astype(np.float64)
    for groups in (1, 2, 3):
        grams = ArbMatrix.from_exact(a).sample_grams(groups)
        count = 6 // groups
        assert grams.shape == (count, groups * groups)
        for i in range(count):
            own = a[i::count]
            assert _ends(grams)[i, :, 0].tolist() == _ends(grams)[i, :, 1].tolist() == (own @ own.T).ravel().tolist()
        norms = grams.sample_norms(groups)
        truth = np.array([np.linalg.norm(a[i::count], 2) for i in range(count)])
        assert (truth * (1 - 1e-14) <= norms).all() and (norms <= truth * 1.01).all()
        if groups == 1:
            assert all(Fraction(norm) ** 2 >= int(row @ row) for norm, row in zip(norms, a, strict=True))
        columns = ArbMatrix.from_exact(a).group_column_norms(groups)
        wanted = np.array([np.linalg.norm(a[i::count], axis=0) for i in range(count)])
        assert (wanted * (1 - 1e-15) <= columns).all() and (columns <= wanted * (1 + 1e-12)).all()


def test_spectra_pay_for_the_radii():
    """Of 2I within r the extreme eigenvalues are 2 ∓ nr."""
    matrix = _balls(2.0 * np.eye(4), 2.0**-10)
    low, high = matrix.smallest_eigenvalue(2 - 2.0**-30), matrix.largest_eigenvalue(2 + 2.0**-30)
    assert 2 - 4 * 2.0**-10 - 1e-8 <= lower(low) <= 2 - 4 * 2.0**-10
    assert 2 + 4 * 2.0**-10 <= upper(high) <= 2 + 4 * 2.0**-10 + 1e-8
    ones = _balls(np.ones((3, 3)), 0.25)
    assert 3.75 <= upper(ones.nonnegative_spectral_radius()) <= 3.75 + 1e-8
    star = np.array([[0.0, -2.0, -1.0], [-2.0, 0.0, 0.0], [-1.0, 0.0, 0.0]])
    assert 5**0.5 <= upper(ArbMatrix.from_exact(star).nonnegative_spectral_radius()) <= 3 + 1e-8


def test_what_is_not_finite_is_refused():
    for wrong in (arb("nan"), arb("inf"), arb(0, "inf")):
        with pytest.raises(EnclosureFailure):
            ArbMatrix.from_entries(1, 2, [exact(1), wrong])
        matrix = ArbMatrix(arb_mat(1, 2, [exact(1), wrong]))
        for bound in ("largest_row_norm", "largest_column_norm", "operator_norm"):
            with pytest.raises(EnclosureFailure, match="overflowed"):
                getattr(matrix, bound)()
        with pytest.raises(EnclosureFailure, match="overflowed"):
            matrix.group_column_norms(1)
    assert ArbMatrix.from_entries(1, 2, iter([exact(1), exact(2)])).entries() == [1, 2]
    assert ArbMatrix.from_exact(np.zeros((2, 3))).operator_norm() == 0
