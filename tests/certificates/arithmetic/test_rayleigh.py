"""Quotients of quadratic forms against exact rationals."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pytest

from certificates.arithmetic import rayleigh
from certificates.arithmetic.arb import exact, precision
from certificates.arithmetic.ball_array import BallArray
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
