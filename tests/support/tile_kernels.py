"""A kernel whose entries are exact in binary64, for tests of tiles; other processes can import it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np

from certificates.arithmetic.ball_array import BallArray

__all__ = ["IntegerKernel"]


@dataclass(frozen=True, eq=False)
class IntegerKernel:
    """(xᵀy/8)² + δ of points with small integer coordinates."""

    points: np.ndarray

    @classmethod
    def drawn(cls, size: int, seed: int = 0) -> IntegerKernel:
        """So many points in three dimensions; the quadratic part has rank six."""
        return cls(np.random.default_rng(seed).integers(-4, 5, size=(size, 3)).astype(np.float64))

    @property
    def size(self) -> int:
        return len(self.points)

    @property
    def identity(self) -> str:
        return hashlib.sha256(self.points.tobytes()).hexdigest()

    def block(self, rows: slice, columns: slice) -> BallArray:
        gram = self.points[rows] @ self.points[columns].T / 8
        same = np.arange(rows.start, rows.stop)[:, None] == np.arange(columns.start, columns.stop)
        return BallArray(gram * gram + same)
