"""Matrices with error bounds: every product against exact rationals or Arb, every norm against the true one."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from flint import arb, arb_mat

from certificates.arithmetic.arb import exact, precision, upper
from certificates.arithmetic.arb_matrix import ArbMatrix
from certificates.arithmetic.ball_array import BallArray
from certificates.arithmetic.ball_matrix import BallMatrix, batch_times
from certificates.errors import EnclosureFailure

BOTH = pytest.mark.parametrize("kind", [BallMatrix, ArbMatrix])


@pytest.fixture(autouse=True)
def _bits():
    with precision(128):
        yield


def _wild(rng, shape):
    """Entries over many orders of magnitude, some zero, some subnormal."""
    values = rng.normal(size=shape) * 10.0 ** rng.integers(-12, 12, size=shape)
    values[rng.random(shape) < 0.05] = 0.0
    values[rng.random(shape) < 0.02] = 3e-310
    return values


def _exact_product(a, b):
    left = [[Fraction(float(x)) for x in row] for row in a]
    right = [[Fraction(float(x)) for x in row] for row in b]
    return [
        [sum((x * y for x, y in zip(row, col, strict=True)), Fraction(0)) for col in zip(*right, strict=True)]
        for row in left
    ]


def _contains(ball, truth):
    radius = np.broadcast_to(ball.rad, ball.shape)
    return all(
        abs(truth[i][j] - Fraction(float(ball.mid[i, j]))) <= Fraction(float(radius[i, j]))
        for i in range(ball.shape[0])
        for j in range(ball.shape[1])
    )


def test_products_contain_the_exact_ones():
    rng = np.random.default_rng(1)
    for _ in range(30):
        n, k, m = rng.integers(1, 9, size=3)
        a, b = _wild(rng, (n, k)), _wild(rng, (k, m))
        assert _contains(BallMatrix.from_exact(a).times(BallMatrix.from_exact(b)), _exact_product(a, b))
        assert _contains(BallMatrix.from_exact(a).gram(), _exact_product(a, a.T))


def test_products_of_uncertain_operands_contain_every_choice():
    rng = np.random.default_rng(2)
    for _ in range(30):
        n, k, m = rng.integers(1, 7, size=3)
        a, b = rng.normal(size=(n, k)), rng.normal(size=(k, m))
        ra, rb = 10.0 ** rng.uniform(-12, 0, size=2)
        corner_a = a + ra * rng.choice([-1.0, 0.0, 1.0], size=a.shape) * 0.999
        corner_b = b + rb * rng.choice([-1.0, 0.0, 1.0], size=b.shape) * 0.999
        assert _contains(BallMatrix(a, ra).times(BallMatrix(b, rb)), _exact_product(corner_a, corner_b))


def test_radii_alone_make_a_product():
    product = BallMatrix(np.zeros((1, 5)), 1.0).times(BallMatrix(np.zeros((5, 1)), 1.0))
    assert _contains(product, [[Fraction(5)]])
    assert _contains(BallMatrix(np.zeros((1, 5)), 1.0).gram(), [[Fraction(5)]])


def test_a_long_inner_dimension_of_equal_terms():
    row = np.full((1, 20_000), 0.1)
    truth = 20_000 * Fraction(0.1) ** 2
    assert _contains(BallMatrix.from_exact(row).gram(), [[truth]])


@BOTH
def test_norms_bound_the_true_ones_tightly(kind):
    rng = np.random.default_rng(3)
    for shape in ((1, 1), (3, 5), (6, 2), (4, 4)):
        a = rng.normal(size=shape)
        matrix = kind.from_exact(a)
        truths = {
            "largest_row_norm": np.linalg.norm(a, axis=1).max(),
            "largest_column_norm": np.linalg.norm(a, axis=0).max(),
            "frobenius_norm": np.linalg.norm(a),
            "operator_norm": np.linalg.norm(a, 2),
        }
        for name, truth in truths.items():
            bound = upper(getattr(matrix, name)())
            assert truth * (1 - 1e-14) <= bound <= truth * 1.01, name


def test_norms_include_the_radii():
    a, radius = np.ones((3, 4)), 0.5
    worst = a + radius
    matrix = BallMatrix(a, radius)
    assert np.linalg.norm(worst, 2) <= upper(matrix.operator_norm())
    assert np.linalg.norm(worst) <= upper(matrix.frobenius_norm())
    assert np.linalg.norm(worst, axis=1).max() <= upper(matrix.largest_row_norm())
    assert np.linalg.norm(worst, axis=0).max() <= upper(matrix.largest_column_norm())


@BOTH
def test_zero_matrices_have_norm_almost_zero(kind):
    matrix = kind.from_exact(np.zeros((3, 4)))
    assert upper(matrix.operator_norm()) <= 1e-100
    assert upper(matrix.frobenius_norm()) <= 1e-100


@BOTH
@pytest.mark.parametrize("scale", [1e-200, 1e-150, 1e140])
def test_operator_norm_survives_extreme_scales(kind, scale):
    a = np.diag([3.0, 1.0]) * scale
    assert 3 * scale * (1 - 1e-14) <= upper(kind.from_exact(a).operator_norm())


@BOTH
def test_shapes(kind):
    a = np.arange(6.0).reshape(2, 3)
    matrix = kind.from_exact(a)
    middle = (lambda m: m.mid) if kind is BallMatrix else (lambda m: m.midpoint())
    np.testing.assert_array_equal(middle(matrix.T), a.T)
    np.testing.assert_array_equal(middle(matrix.take_row(1)), a[1:])
    np.testing.assert_array_equal(middle(matrix.with_ones()), np.hstack([a, np.ones((2, 1))]))
    np.testing.assert_array_equal(middle(matrix.tile(2, 1)), np.vstack([a, a]))
    np.testing.assert_array_equal(middle(kind.stack([matrix, matrix])), np.vstack([a, a]))
    np.testing.assert_array_equal(middle(matrix.block_diagonal(2)), np.kron(np.eye(2), a))
    np.testing.assert_allclose(middle(matrix.add_to_rows(np.array([1.0, 2, 3]))), a + np.array([1, 2, 3]))
    np.testing.assert_allclose(middle(matrix.scale_columns(kind.from_exact(np.array([[1.0, 2, 3]])))), a * [1, 2, 3])
    np.testing.assert_allclose(middle(matrix.scale_rows(np.array([2.0, 3.0]))), a * [[2.0], [3.0]])
    np.testing.assert_allclose(middle(matrix.hadamard(matrix)), a * a)
    np.testing.assert_allclose(middle(matrix.add(matrix)), a + a)
    assert matrix.range() == (0.0, 5.0)


@BOTH
def test_sample_norms(kind):
    rng = np.random.default_rng(4)
    cube = rng.normal(size=(2, 5, 3))  # (output, sample, unit)
    matrix = kind.from_exact(cube.reshape(10, 3))
    truth = np.array([np.linalg.norm(cube[:, i], 2) for i in range(5)])
    columns = np.linalg.norm(cube, axis=0)
    found = matrix.sample_grams(2).sample_norms(2)
    assert (truth * (1 - 1e-14) <= found).all() and (found <= truth * 1.01).all()
    found = matrix.group_column_norms(2)
    assert (columns * (1 - 1e-14) <= found).all() and (found <= columns * 1.01).all()


def test_per_entry_radii_survive_reshaping():
    radii = np.arange(6.0).reshape(2, 3) / 10
    matrix = BallMatrix(np.ones((2, 3)), radii)
    np.testing.assert_array_equal(matrix.T.rad, radii.T)
    assert matrix.with_ones().rad[:, -1].tolist() == [0.0, 0.0]
    np.testing.assert_array_equal(matrix.tile(2, 2).rad, np.tile(radii, (2, 2)))
    np.testing.assert_array_equal(BallMatrix.stack([matrix, matrix]).rad, np.vstack([radii, radii]))


def test_overflow_is_refused():
    with pytest.raises(EnclosureFailure):
        BallMatrix.from_exact(np.full((2, 2), 1e200)).gram()


def test_products_that_underflow_keep_their_sum():
    """Each of 16 products of 1.44ν rounds to ν."""
    gram = BallMatrix.from_exact(np.full((1, 16), 1.2 * 2.0**-537)).gram()
    assert abs(16 * Fraction(1.2) ** 2 / 2**1074 - Fraction(float(gram.mid[0, 0]))) <= Fraction(gram.radius)


@pytest.mark.parametrize("size", [1e155, 1e300])
def test_previous_bug_02_operator_norms_beyond_the_doubles(size):
    """The square of the norm has no double; a scale of ∞ made a norm of 0."""
    matrix = ArbMatrix.from_exact(np.array([[size, 0.0], [0.0, 1.0]]))
    assert exact(size) <= matrix.operator_norm() <= exact(size) * exact(1.01)


def test_the_operator_norm_of_what_is_not_finite_is_refused():
    with pytest.raises(EnclosureFailure):
        ArbMatrix(arb_mat(1, 1, [arb("nan")])).operator_norm()


def test_the_radius_of_the_root_of_two_suffices_by_itself():
    """Without the ulp that ``lower`` and ``upper`` add."""
    row = BallMatrix.roots_of_two(np.array([True]))
    mid, rad = Fraction(float(row.mid[0, 0])), Fraction(float(row.rad[0, 0]))
    assert (mid - rad) ** 2 < 2 < (mid + rad) ** 2


@pytest.mark.parametrize("side", [0, 1])
def test_products_of_a_batch_contain_those_of_corners(side):
    rng = np.random.default_rng(4)
    factors = [rng.normal(size=(3, 2, 4)), rng.normal(size=(3, 4, 2))]
    balls = [BallArray(factor, 0.25 if index == side else 0.0) for index, factor in enumerate(factors)]
    found = batch_times(*balls)
    for _ in range(20):
        moved = list(factors)
        moved[side] = factors[side] + rng.choice([-0.25, 0.25], factors[side].shape)
        assert (np.abs(found.mid - moved[0] @ moved[1]) <= found.rad * (1 + 1e-12)).all()
