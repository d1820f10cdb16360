"""Circles of Hadamard powers: true, exact for orthogonal inputs, and nothing for near neighbours."""

from __future__ import annotations

import numpy as np
import pytest

from certificates.arithmetic.arb import exact, lower, precision
from certificates.arithmetic.ball_array import BallArray
from certificates.enclosures.kernels import gershgorin
from certificates.enclosures.kernels.gershgorin import hadamard_gershgorin, power_norm
from certificates.enclosures.kernels.limit import HermiteSquares
from certificates.enclosures.kernels.unit_rows import UnitRows, unit_rows
from certificates.expression import parse_activation
from tests.support.kernel_nets import is_above_least, limit_matrix


@pytest.fixture(autouse=True)
def _bits():
    with precision(200):
        yield


@pytest.mark.parametrize("name", ["relu", "erf", "sin"])
@pytest.mark.parametrize("seed", range(5))
def test_the_bound_is_true(name, seed):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(8, int(rng.integers(4, 60))))
    found = hadamard_gershgorin(unit_rows(x), parse_activation(name))
    assert is_above_least(limit_matrix(x, name, unit=True), max(lower(found), 0.0)) is False or lower(found) <= 0


def test_orthogonal_inputs_keep_everything():
    found = hadamard_gershgorin(unit_rows(3 * np.eye(5)), parse_activation("relu"))
    assert lower(found) > 0.5 - 1e-10 and found <= exact(0.5)


SQUARES = HermiteSquares((1.0, 2.0), 4.0, 40.0, 0.0)


def test_two_inputs_by_hand(monkeypatch):
    monkeypatch.setattr(gershgorin, "hermite_squares", lambda _: SQUARES)
    x = np.array([[1.0, 0.0], [0.5, np.sqrt(0.75)]])
    found = hadamard_gershgorin(unit_rows(x), parse_activation("relu"))
    assert float(found) == pytest.approx(1 * 0.5 + 2 * 0.75 + 4 * 0.875)


def test_circles_that_reach_below_zero_take_nothing_off(monkeypatch):
    """Three inputs of correlations 0.6: sums 1.2, 0.72 and 0.432."""
    monkeypatch.setattr(gershgorin, "hermite_squares", lambda _: SQUARES)
    x = np.linalg.cholesky(0.6 + 0.4 * np.eye(3))
    found = hadamard_gershgorin(unit_rows(x), parse_activation("relu"))
    assert float(found) == pytest.approx(2 * 0.28 + 4 * 0.568)


class Uncertain(UnitRows):
    """Correlations of ½ within ¼."""

    def correlations(self, rows, columns):
        return BallArray(np.full((rows.stop - rows.start, columns.stop - columns.start), 0.5), 0.25)


def test_upper_ends_of_correlations_count(monkeypatch):
    monkeypatch.setattr(gershgorin, "hermite_squares", lambda _: SQUARES)
    inputs = Uncertain(np.ones((2, 1)), np.ones(2))
    found = hadamard_gershgorin(inputs, parse_activation("relu"))
    assert float(found) == pytest.approx(1 - 0.75 + 2 * (1 - 0.75**2) + 4 * (1 - 0.75**3))
    assert float(power_norm(inputs, 5)) == pytest.approx(1 + 0.75**5)


def test_sums_are_rounded_up():
    assert gershgorin._above(np.array([1.0, 0.5]), 7) > 1 + 18 * exact(2.0**-53)
    assert gershgorin._above(np.zeros(1), 1) > 0


def test_many_strips_are_one(monkeypatch):
    x = np.random.default_rng(3).normal(size=(50, 90))
    whole = hadamard_gershgorin(unit_rows(x), parse_activation("relu"))
    monkeypatch.setattr("certificates.enclosures.kernels.gershgorin._ROWS", 3)
    assert float(hadamard_gershgorin(unit_rows(x), parse_activation("relu"))) == pytest.approx(float(whole), rel=1e-12)


@pytest.mark.parametrize("power", [1, 2, 7, 42])
def test_norms_of_hadamard_powers(power):
    x = np.random.default_rng(power).normal(size=(30, 7))
    unit = x / np.linalg.norm(x, axis=1)[:, None]
    gram = np.abs(unit @ unit.T) ** power
    found = float(power_norm(unit_rows(x), power))
    assert found == pytest.approx(float(gram.sum(axis=1).max()), rel=1e-10)
    assert found >= np.linalg.norm((unit @ unit.T) ** power, 2)
