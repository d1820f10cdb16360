"""Correlations and norms against exact ones."""

from __future__ import annotations

import numpy as np
import pytest

from certificates.arithmetic.arb import exact, precision
from certificates.enclosures.kernels.unit_rows import UnitRows, unit_rows
from certificates.errors import EnclosureFailure


@pytest.mark.parametrize("scale", [1.0, 2.0**-1060, 2.0**1000, 2.0**-200])
@pytest.mark.parametrize("columns", [1, 3, 60])
def test_correlations_and_norms_are_contained(scale, columns):
    x = np.random.default_rng(columns).normal(size=(6, columns)) * scale
    x[0] *= 2.0**-9
    found = unit_rows(x)
    rho = found.correlations(slice(0, 6), slice(0, 6))
    assert (np.abs(rho.mid) <= 1).all() and (np.diagonal(rho.mid) == 1).all() and rho.is_uniform
    with precision(200):
        rows = [[exact(float(a)) for a in row] for row in x]
        norms = [sum((a * a for a in row), exact(0)).sqrt() for row in rows]
        for i in range(6):
            for j in range(6):
                true = sum((a * b for a, b in zip(rows[i], rows[j], strict=True)), exact(0)) / (norms[i] * norms[j])
                assert abs(true - exact(float(rho.mid[i, j]))) <= exact(rho.radius)
        try:
            balls = found.norm_balls(slice(0, 6))
        except EnclosureFailure:
            assert scale < 2.0**-890
            return
        assert all(
            abs(n - exact(float(m))) <= exact(float(r)) for n, m, r in zip(norms, balls.mid, balls.rad, strict=True)
        )


def test_norms_that_overflow_and_zero_rows_are_refused():
    with pytest.raises(EnclosureFailure, match="rescale"):
        unit_rows(np.full((1, 9), 1.7e308)).norm_balls(slice(0, 1))
    with pytest.raises(EnclosureFailure, match="zero"):
        unit_rows(np.array([[1.0], [0.0]]))


def test_correlations_of_multiples_stay_within_one():
    x = np.random.default_rng(0).normal(size=(200, 7))
    rows = unit_rows(np.vstack([x, 3 * x]))
    ones = np.einsum("ij,ij->i", rows.rows[:200], rows.rows[200:])
    assert np.max(ones) > 1  # by rounding
    assert np.max(rows.correlations(slice(0, 200), slice(200, 400)).mid) == 1.0


def test_rows_may_err_by_what_is_said_of_them():
    """(d/2 + 4)u relatively: rows of norm exactly 1 are longer by that, and the radius covers it."""
    x = np.ones((2, 64)) / 8
    x[1, :8] *= -1
    longer = UnitRows(x * (1 + 18 * 2.0**-52), np.ones(2))
    found = longer.correlations(slice(0, 1), slice(1, 2))
    assert 0 < abs(found.mid[0, 0] - 0.75) <= found.radius
