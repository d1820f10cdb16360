"""What tiles are made of, and the hash that tells tiles of one job from all others."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import certificates
from certificates.arithmetic.tiles import Place, SymmetricBlocks, tile_places, tile_spans

__all__ = ["TileJob"]

_FORMAT = "gradcert-tiles/1"


@dataclass(frozen=True)
class TileJob:
    """A matrix A, a shift μ and the side of the tiles.

    Parameters
    ----------
    matrix
        A, in a form that can be sent to other processes.
    shift
        μ.
    side
        Rows and columns of a tile.
    """

    matrix: SymmetricBlocks
    shift: float
    side: int

    @property
    def key(self) -> str:
        """Sixty-four digits: the matrix, μ, the side, and every line of the judge."""
        parts = [_FORMAT, self.matrix.identity, self.matrix.size, self.shift.hex(), self.side, _judge()]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()

    def places(self) -> list[Place]:
        """All tiles, each after those that it needs."""
        return tile_places(len(tile_spans(self.matrix.size, self.side)))

    def shape(self, place: Place) -> tuple[int, int]:
        """Rows and columns of a tile."""
        spans = tile_spans(self.matrix.size, self.side)
        rows, columns = spans[place[0]], spans[place[1]]
        return rows.stop - rows.start, columns.stop - columns.start

    def needs(self, place: Place) -> list[Place]:
        """The tiles that one is made from, without repetition.

        Examples
        --------
        >>> TileJob(None, 0.0, 1).needs((2, 1)), TileJob(None, 0.0, 1).needs((1, 1))
        ([(2, 0), (1, 0), (1, 1)], [(1, 0)])
        """
        i, j = place
        row = [(i, k) for k in range(j)]
        return row if i == j else [*row, *((j, k) for k in range(j + 1))]

    def work(self, place: Place) -> float:
        """About how many flops a tile takes, for estimates of time."""
        height, width = self.shape(place)
        return height * width * ((2.0 * place[1] + 2) * self.side + 1_000) / (2 if place[0] == place[1] else 1)


@lru_cache(maxsize=1)
def _judge() -> str:
    """A hash of the judge's sources: other code makes other tiles."""
    folder = Path(certificates.__file__).parent
    found = hashlib.sha256()
    for path in sorted(folder.rglob("*.py")):
        data = path.read_bytes()
        found.update(f"{path.relative_to(folder).as_posix()} {len(data)}\n".encode() + data)
    return found.hexdigest()
