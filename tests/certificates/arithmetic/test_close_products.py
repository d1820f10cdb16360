"""Close products beside exact rationals: contained for hostile sizes, and half an ulp wide for exact operands."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from certificates.arithmetic.ball_array import BallArray
from certificates.arithmetic.close_products import close_product
from certificates.errors import EnclosureFailure


def _exact(left, right):
    a, b = [[Fraction(v) for v in row] for row in left.tolist()], [[Fraction(v) for v in row] for row in right.tolist()]
    return [[sum(x * b[k][j] for k, x in enumerate(row)) for j in range(right.shape[1])] for row in a]


def _contains(found, truth):
    rad = np.broadcast_to(found.rad, found.shape)
    return all(
        abs(value - Fraction(float(found.mid[i, j]))) <= Fraction(float(rad[i, j]))
        for i, row in enumerate(truth)
        for j, value in enumerate(row)
    )


@given(st.integers(0, 10**6), st.sampled_from([0, 3, 40, 300]), st.integers(1, 40))
def test_contains_the_product_and_that_of_corners(seed, spread, inner):
    rng = np.random.default_rng(seed)

    def matrix(*shape):
        return rng.normal(size=shape) * 2.0 ** rng.integers(-spread, spread + 1, size=shape)

    left, right = matrix(3, inner), matrix(inner, 2)
    left_rad, right_rad = np.abs(matrix(3, inner)) * 1e-9, np.abs(matrix(inner, 2)) * 1e-9
    found = close_product(BallArray(left, left_rad), BallArray(right, right_rad))
    signs = rng.choice([-1.0, 1.0], size=left.shape), rng.choice([-1.0, 1.0], size=right.shape)
    a = [
        [Fraction(v) + Fraction(s * r) for v, s, r in zip(*rows, strict=True)]
        for rows in zip(left, signs[0], left_rad, strict=True)
    ]
    b = [
        [Fraction(v) + Fraction(s * r) for v, s, r in zip(*rows, strict=True)]
        for rows in zip(right, signs[1], right_rad, strict=True)
    ]
    corner = [[sum(x * b[k][j] for k, x in enumerate(row)) for j in range(2)] for row in a]
    assert _contains(found, corner) and _contains(found, _exact(left, right))


def test_radii_of_exact_operands_are_about_half_an_ulp():
    rng = np.random.default_rng(0)
    left, right = rng.normal(size=(20, 300)), rng.normal(size=(300, 20))
    found = close_product(BallArray.from_exact(left), BallArray.from_exact(right))
    assert (found.rad <= 2.0**-52 * np.abs(found.mid) + 1e-16).all()


def test_subnormal_products_are_paid_for():
    tiny = np.full((1, 4), 2.0**-540)
    found = close_product(BallArray.from_exact(tiny), BallArray.from_exact(tiny.T))
    assert _contains(found, [[4 * Fraction(2) ** -1080]])


def test_uniform_radii():
    found = close_product(BallArray(np.ones((1, 3)), 0.5), BallArray(np.ones((3, 1)), 0.25))
    assert found.rad[0, 0] >= 3 * (1.5 * 1.25 - 1)


def test_what_overflows_is_refused():
    huge = BallArray.from_exact(np.full((1, 2), 1e300))
    with pytest.raises(EnclosureFailure):
        close_product(huge, huge if huge.shape[1] == 1 else BallArray.from_exact(np.full((2, 1), 1e300)))


def test_pays_for_the_low_parts_of_either_side_where_sums_cancel():
    """Integers of 22 bits have no low part: what is rounded are their products with the low part of the other side."""
    rng, errors = np.random.default_rng(3), []
    for _ in range(20):
        short, long = rng.integers(1, 2**22, (1, 50)).astype(np.float64), rng.normal(size=(50, 1))
        long[-1] = -(short[0, :-1] @ long[:-1, 0]) / short[0, -1]
        for left, right in ((short, long), (long.T, short.T)):
            found = close_product(BallArray.from_exact(left), BallArray.from_exact(right))
            errors.append(abs(_exact(left, right)[0][0] - Fraction(float(found.mid[0, 0]))))
            assert errors[-1] <= Fraction(float(found.rad[0, 0]))
    assert max(errors) > 0
