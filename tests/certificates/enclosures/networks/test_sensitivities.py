"""Weights of samples are rounded upwards on both paths; the whole meets naive Jacobians in test_curvature."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from certificates.arithmetic.arb import precision
from certificates.arithmetic.arb_matrix import ArbMatrix
from certificates.arithmetic.ball_matrix import BallMatrix
from certificates.enclosures.networks.sensitivities import _product_above, _root_above

POOL = np.array(
    [0.0, 5e-324, 2.0**-1073, 1e-310, 2.0**-1022, 2.0**-537, 1e-160, 1 / 3, 1.0, 1.0 + 2.0**-52, 7.1, 1e150]
)


@pytest.mark.parametrize("arithmetic", [BallMatrix, ArbMatrix])
def test_products_and_roots_are_bounds(arithmetic):
    with precision(128):
        roots = _root_above(arithmetic, POOL)
        for x, root in zip(POOL.tolist(), roots.tolist(), strict=True):
            assert Fraction(x) <= Fraction(root) ** 2
            assert root <= x**0.5 * (1 + 2.0**-50) + 5e-324
        for other in POOL.tolist():
            found = _product_above(arithmetic, POOL, np.full(len(POOL), other))
            for x, product in zip(POOL.tolist(), found.tolist(), strict=True):
                assert Fraction(x) * Fraction(other) <= Fraction(product)
                assert product <= x * other * (1 + 2.0**-50) + 1e-323
