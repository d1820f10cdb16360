from __future__ import annotations

import numpy as np

from verify.generators.initialisations import gaussian_rows, rademacher, scaled_columns
from verify.generators.streams import stream


def test_rademacher_signs():
    signs = rademacher(stream(1), 2_000)
    assert set(signs) == {-1.0, 1.0}
    assert abs(signs.mean()) < 0.1


def test_columns_of_xia_and_shi_have_variance_one_over_n():
    start = scaled_columns(stream(2), 50, 200, bits=16)
    assert start.shape == (50, 200)
    assert abs(50 * start.var() - 1) < 0.05
    assert (start * 2**16 == np.rint(start * 2**16)).all()


def test_rows_have_unit_variance():
    assert abs(gaussian_rows(stream(3), 100, 100).var() - 1) < 0.05
