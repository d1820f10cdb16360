"""A shift just below λ_min: the estimate against the spectrum, and what runs that go on do with it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from certificates.arithmetic.ball_array import BallArray
from tests.support.tile_kernels import IntegerKernel
from verify.tiles.run import FolderTiles
from verify.tiles.shift import SHARES, lowest


@dataclass(frozen=True, eq=False)
class Clustered:
    """Half of the eigenvalues lie within a percent above the least one."""

    entries: np.ndarray
    identity: str = "clustered"

    @classmethod
    def drawn(cls, size: int) -> Clustered:
        basis = np.linalg.qr(np.random.default_rng(1).normal(size=(size, size)))[0]
        values = np.concatenate([np.linspace(0.1, 0.101, size // 2), np.geomspace(0.2, 100, size - size // 2)])
        return cls((basis * values) @ basis.T)

    @property
    def size(self) -> int:
        return len(self.entries)

    def block(self, rows: slice, columns: slice) -> BallArray:
        return BallArray(self.entries[rows, columns])


@pytest.mark.parametrize("side", [7, 16, 60])
def test_the_first_shift_is_a_percent_below(tmp_path, side):
    matrix = Clustered.drawn(60)
    least = float(np.linalg.eigvalsh(matrix.entries)[0])
    value, vector = lowest(matrix, FolderTiles(tmp_path, side))
    assert 0.985 * least < SHARES[0] * value < least <= value * (1 + 1e-12)
    assert vector @ matrix.entries @ vector == pytest.approx(least, rel=1e-3)
    assert FolderTiles(tmp_path, side).sums(matrix, SHARES[0] * value) is not None


def test_the_estimate_is_kept_and_its_tiles_are_not(tmp_path, monkeypatch):
    matrix, tiles = Clustered.drawn(20), FolderTiles(tmp_path, 8)
    first = lowest(matrix, tiles)
    assert not list(tmp_path.glob("*/*.tile")) and len(list(tmp_path.glob("*.lowest"))) == 1
    monkeypatch.setattr(FolderTiles, "sums", None)
    again = lowest(matrix, tiles)
    assert again[0] == first[0] and (again[1] == first[1]).all()


@pytest.mark.parametrize("kept", [b"", b"{}", b"[NaN]", b"[0.1, 0.2]", b"\xff"])
def test_an_estimate_that_cannot_be_read_is_made_anew(tmp_path, kept):
    matrix, tiles = Clustered.drawn(20), FolderTiles(tmp_path, 8)
    first = lowest(matrix, tiles)
    next(tmp_path.glob("*.lowest")).write_bytes(kept)
    again = lowest(matrix, tiles)
    assert again[0] == first[0] and (again[1] == first[1]).all()


def test_one_eigenvalue_and_one_point(tmp_path):
    for size in (1, 6):
        value, _ = lowest(IntegerKernel(np.zeros((size, 3))), FolderTiles(tmp_path, 4))
        assert value == pytest.approx(1)


def test_an_indefinite_matrix_has_none(tmp_path):
    assert lowest(Clustered(np.diag([1.0, -1.0, 2.0])), FolderTiles(tmp_path, 2)) is None
