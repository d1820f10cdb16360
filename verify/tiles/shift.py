"""Where a shift μ just below λ_min comes from: the factor of A itself, then inverse iteration with it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.linalg import solve_triangular

from certificates.arithmetic.rounding import FloatArray
from certificates.arithmetic.tiles import SymmetricBlocks, tile_spans
from certificates.document import write_atomically
from verify.numeric.lanczos import lowest_eigenpair
from verify.tiles.folder import TileFolder
from verify.tiles.job import TileJob
from verify.tiles.run import FolderTiles

__all__ = ["SHARES", "lowest"]

SHARES = (1 - 2.0**-7, 0.97, 0.94, 0.9, 0.8, 0.5)  # of the estimate, which is above λ_min: shifts to try


def lowest(matrix: SymmetricBlocks, tiles: FolderTiles) -> tuple[float, FloatArray] | None:
    """About λ_min, from above, and its vector; ``None`` if A is not positive definite in binary64.

    It costs a factorisation. What is found is kept in the folder, for runs that go on; its tiles are not.
    """
    state = tiles.folder / f"{TileJob(matrix, 0.0, tiles.side).key[:16]}.lowest"
    known = _read(state, matrix.size)
    if known is not None:
        return known
    if tiles.sums(matrix, 0.0) is None:
        return None
    factor = TileFolder(tiles.folder, TileJob(matrix, 0.0, tiles.side))
    value, vector = lowest_eigenpair(_Inverse(factor, matrix.size, tiles.side), matrix.size)
    write_atomically(state, json.dumps([value, *vector.tolist()]).encode(), force=True)
    factor.remove()
    return value, vector


def _read(state: Path, size: int) -> tuple[float, FloatArray] | None:
    """What an earlier run found; what cannot be read is found anew."""
    try:
        numbers = np.array(json.loads(state.read_bytes()), dtype=np.float64)
    except (OSError, ValueError, TypeError):
        return None
    sound = numbers.shape == (size + 1,) and np.isfinite(numbers).all() and numbers[0] > 0
    return (float(numbers[0]), numbers[1:]) if sound else None


@dataclass(frozen=True)
class _Inverse:
    """x ↦ A⁻¹x by the tiles of a factor of A."""

    factor: TileFolder
    size: int
    side: int

    def __call__(self, vector: FloatArray) -> FloatArray:
        spans, x = tile_spans(self.size, self.side), vector.copy()
        for i, rows in enumerate(spans):
            for k in range(i):
                x[rows] -= self.factor.view((i, k)) @ x[spans[k]]
            x[rows] = solve_triangular(self.factor.view((i, i)), x[rows], lower=True)
        for i in reversed(range(len(spans))):
            x[spans[i]] = solve_triangular(self.factor.view((i, i)), x[spans[i]], lower=True, trans="T")
            for k in range(i):
                x[spans[k]] -= self.factor.view((i, k)).T @ x[spans[i]]
        return x
