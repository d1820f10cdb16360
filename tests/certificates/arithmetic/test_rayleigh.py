"""Quotients of quadratic forms against exact rationals."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
import pytest

from certificates.arithmetic import rayleigh
from certificates.arithmetic.arb import exact, precision
from certificates.arithmetic.ball_array import BallArray
from certificates.arithmetic.tiles import FactorInTiles, TileSums, factor_in_tiles
from certificates.errors import EnclosureFailure


@pytest.fixture(autouse=True)
def _bits():
    with precision(128):
        yield


@dataclass
class Entries:
    mid: np.ndarray
    rad: np.ndarray
    identity: str = ""

    @property
    def size(self) -> int:
        return len(self.mid)

    def block(self, rows, columns):
        return BallArray(self.mid[rows, columns], self.rad[rows, columns])


@pytest.mark.parametrize("rows", [1, 3, 8])
@pytest.mark.parametrize("scale", [1.0, 2.0**-1060, 2.0**900])
def test_exact_quotients_of_both_ends_are_contained(monkeypatch, rows, scale):
    monkeypatch.setattr(rayleigh, "_ROWS", rows)
    rng = np.random.default_rng(rows)
    for _ in range(20):
        half = rng.normal(size=(7, 7))
        mid, rad = np.tril(half) + np.tril(half, -1).T, np.tril(rng.random((7, 7))) * 2.0**-45
        rad = rad + np.tril(rad, -1).T
        v = rng.normal(size=7) * scale
        found = rayleigh.rayleigh_quotient(Entries(mid, rad), v)
        x = [Fraction(a) for a in v.tolist()]
        for sign in (-1, 0, 1):
            signs = np.outer(np.sign(v), np.sign(v))
            value = sum(
                x[i] * x[j] * (Fraction(mid[i, j]) + sign * int(signs[i, j]) * Fraction(rad[i, j]))
                for i in range(7)
                for j in range(7)
            ) / sum(a * a for a in x)
            if scale > 2.0**-1000:  # else the direction is rounded first: another one
                assert found.contains(exact(value)) or abs(found - exact(value)) < 1e-30
        assert found.rad() < 1e-11


def test_sums_of_radii_are_rounded_up():
    rng = np.random.default_rng(1)
    for _ in range(40):
        rad = rng.random((3, 3))
        rad, v = rad + rad.T, rng.normal(size=3)
        found = rayleigh.rayleigh_quotient(Entries(np.zeros((3, 3)), rad), v)
        x = [Fraction(abs(a)) for a in v.tolist()]
        furthest = sum(x[i] * x[j] * Fraction(rad[i, j]) for i in range(3) for j in range(3)) / sum(a * a for a in x)
        assert found.contains(exact(furthest)) and found.contains(exact(-furthest))


def test_products_that_underflow_are_contained():
    tiny = 2.0**-1000
    found = rayleigh.rayleigh_quotient(
        Entries(np.array([[0.0, tiny], [tiny, 0.0]]), np.zeros((2, 2))), np.array([1.0, 2.0**-100])
    )
    assert found.contains(exact(2.0**-600) * exact(2.0**-499) / (1 + exact(2.0**-200)))


def test_what_overflows_is_refused():
    with pytest.raises(EnclosureFailure, match="overflowed"):
        rayleigh.rayleigh_quotient(Entries(np.full((9, 9), 1.7e308), np.zeros((9, 9))), np.ones(9))


@pytest.mark.parametrize("side", [1, 2, 3, 7])
@pytest.mark.parametrize("scale", [1.0, 2.0**-1060, 2.0**900])
def test_a_factor_bounds_quotients_from_above_and_hardly_more(side, scale):
    rng = np.random.default_rng(side)
    for _ in range(10):
        half = rng.normal(size=(7, 9))
        mid, rad = half @ half.T + np.eye(7) / 8, np.full((7, 7), 2.0**-40)
        values, vectors = np.linalg.eigh(mid)
        mid = (mid + mid.T) / 2
        factor = factor_in_tiles(Entries(mid, rad), 0.9 * values[0], side=side)
        for v in (vectors[:, 0] * scale, rng.normal(size=7) * scale):
            found = rayleigh.quotient_of_factor(factor, v)
            x = [Fraction(a) for a in rayleigh._scaled(v).tolist()]
            signs = np.outer(np.sign(v), np.sign(v))
            value = sum(
                x[i] * x[j] * (Fraction(mid[i, j]) + int(signs[i, j]) * Fraction(rad[i, j]))
                for i in range(7)
                for j in range(7)
            ) / sum(a * a for a in x)
            assert exact(value) <= found <= exact(value) * (1 + exact(1e-9)) + exact(1e-9)


def test_what_a_factor_misses_is_added():
    """A factor of another matrix: its tiles are right about it, and its sums say how far from it A is."""
    mid = np.diag([2.0, 3.0, 4.0])
    factor = factor_in_tiles(Entries(mid, np.zeros((3, 3))), 1.0, side=2)
    worse = {place: replace(sums, rows=sums.rows + 0.25) for place, sums in factor.sums.items()}
    found = rayleigh.quotient_of_factor(replace(factor, sums=worse), np.array([1.0, 0.0, 0.0]))
    assert 2.25 <= found <= 2.6  # a row of two tiles has both
    huge = replace(factor, tiles={place: tile * 1e200 for place, tile in factor.tiles.items()})
    with pytest.raises(EnclosureFailure, match="overflowed"):
        rayleigh.quotient_of_factor(huge, np.array([1.0, 1.0, 1.0]))


@pytest.mark.parametrize("seed", range(5))
def test_products_of_the_factor_err_by_their_bound(seed):
    """Cancelling sums: ‖Lᵀv‖ is far below ‖L‖‖v‖, and the bound is above the exact one."""
    rng = np.random.default_rng(seed)
    lower = np.tril(rng.normal(size=(6, 6)))
    tiles = {(i, j): lower[2 * i : 2 * i + 2, 2 * j : 2 * j + 2] for i in range(3) for j in range(i + 1)}
    sums = {
        place: TileSums(np.zeros(2), np.zeros(2 * (place[0] != place[1])), float(np.sum(t**2)) * 1.01)
        for place, t in tiles.items()
    }
    v = np.linalg.solve(lower.T, 1e-9 * rng.normal(size=6))
    found = rayleigh.quotient_of_factor(FactorInTiles(6, 2, 0.0, tiles, sums), v)
    x, entries = (
        [Fraction(a) for a in rayleigh._scaled(v).tolist()],
        [[Fraction(a) for a in row] for row in lower.tolist()],
    )
    exactly = sum(sum(entries[i][j] * x[i] for i in range(6)) ** 2 for j in range(6)) / sum(a * a for a in x)
    assert exact(exactly) <= found
