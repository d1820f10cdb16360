"""The integral and the series by hand."""

from __future__ import annotations

import pytest

from certificates.arithmetic.arb import exact, upper
from certificates.theorems.relu_trapping import Numbers, descent, trapped


def _numbers(**changes) -> Numbers:
    given = {"scale": 0.5, "outer": 2.0, "least": 3.0, "largest": 5.0, "inputs": 1.0, "residual": 4.0} | changes
    return Numbers(**{name: exact(value) for name, value in given.items()})


def test_sums_over_right_ends():
    """2·((3 − 1)²·½ + (3 − 2)²·(R − ½)) = 4 at R = ½, strictly beyond only later."""
    found = trapped(_numbers(), (0.5, 2.0), (exact(1), exact(2)))
    assert (float(found.available), float(found.needed), float(found.radius)) == (7.0, 4.0, 0.5)
    assert float(found.rate) == 4 * 0.5 * 4 * 1  # κ of the cell in which it ends
    early = trapped(_numbers(residual=3.0), (0.5, 2.0), (exact(1), exact(2)))
    assert float(early.radius) == 0.375 and float(early.rate) == 4 * 0.5 * 4 * 4


def test_of_all_weights_the_slope_is_not_squared():
    found = trapped(_numbers(residual=2.0), (0.25, 2.0), (exact(1), exact(2)), together=True)
    assert float(found.radius) == 0.25 + (2 - 2 * 2 * 0.25) / 2 and float(found.rate) == 8.0


def test_equality_is_not_enough_and_lost_kernels_end_the_integral():
    assert trapped(_numbers(), (0.5,), (exact(1),)).radius is None
    lost = trapped(_numbers(residual=8.0), (0.5, 1.0, 9.0), (exact(1), exact(3), exact(0)))
    assert lost.radius is None and float(lost.available) == 4.0


def test_descent_by_hand():
    """σ' = 2.5, σ' − 2κ = 1.5: 2·4/(2·2.5·1.5), 1/(5.5·2)², 2·½·4·2.5·1.5."""
    found = descent(_numbers(), exact(0.5))
    assert 8 / 7.5 <= upper(found.radius) <= 8 / 7.5 * (1 + 1e-14)
    assert float(found.step_size) == pytest.approx(1 / 121, rel=1e-15) and float(found.rate) == 15.0
    assert descent(_numbers(), exact(1.0)).radius is None  # σ = 3κ
    doubled = descent(_numbers(scale=1.0), exact(0.5))
    assert float(doubled.step_size) == pytest.approx(1 / 242, rel=1e-15) and float(doubled.rate) == 30.0


def test_units_move_as_fast_as_the_inputs_are_long():
    """‖X̃‖ = 3 makes what is needed 12 of 2·(3 − 1)²·R; all weights together need 4 of 2·(3 − 1)·R whatever it is."""
    found = trapped(_numbers(inputs=3.0), (2.0,), (exact(1),))
    assert (float(found.needed), float(found.radius)) == (12.0, 1.5)
    together = trapped(_numbers(inputs=3.0), (2.0,), (exact(1),), together=True)
    assert (float(together.needed), float(together.radius)) == (4.0, 1.0)
    assert float(descent(_numbers(inputs=3.0), exact(0.5)).radius) == pytest.approx(24 / 7.5, rel=1e-14)
