"""Finished tiles in a folder: a file for the tile of L, and then one that says what the judge found about it.

Both are written whole or not at all. A record names the tiles that its own was made from by their sha256, and is worth
something only beside those very bytes. So the residuals of all records belong to one matrix L, whatever happened to the
folder in the meantime. What does not fit is as good as missing.
"""

from __future__ import annotations

import errno
import hashlib
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from certificates.arithmetic.rounding import FloatArray
from certificates.arithmetic.tiles import Place, TileSums
from certificates.document import write_atomically
from certificates.errors import Malformed
from verify.tiles.job import TileJob

__all__ = ["Record", "TileChanged", "TileFolder"]

_DIGITS = 64


class TileChanged(Exception):
    """A tile that was finished is missing, or has other bytes."""


@dataclass(frozen=True, eq=False)
class Record:
    """What was found about a tile.

    Parameters
    ----------
    digest
        sha256 of the tile's bytes.
    needed
        sha256 of those it was made from.
    sums
        What the judge sums up.
    """

    digest: str
    needed: dict[Place, str]
    sums: TileSums


class TileFolder:
    """The tiles of one job.

    Parameters
    ----------
    folder
        Of all jobs; those of this one lie in a folder of their own.
    job
        What they are tiles of.
    """

    def __init__(self, folder: Path, job: TileJob) -> None:
        self.job, self.key = job, job.key
        self.path = folder / self.key[:16]

    def _file(self, place: Place, ending: str) -> Path:
        return self.path / f"{place[0]}-{place[1]}.{ending}"

    @contextmanager
    def opened(self) -> Iterator[None]:
        """Make the folder and keep other runs out; what an interrupted run left half-written is removed.

        Raises
        ------
        Malformed
            It cannot be made, or another run works in it.
        """
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            lock = (self.path / "lock").open("a")
        except OSError as error:
            raise Malformed(
                f"cannot be used: {error.strerror or error}", place=str(self.path), remedy="choose another --tiles"
            ) from error
        with lock:
            _lock(lock.fileno(), self.path)
            for path in self.path.glob(".*.tmp"):
                path.unlink(missing_ok=True)
            yield

    def write(self, place: Place, factor: FloatArray, sums: TileSums, needed: dict[Place, str]) -> str:
        """Write the tile, then its record.

        Returns
        -------
        str
            sha256 of the tile.

        Raises
        ------
        Malformed
            The disk is full, or the folder cannot be written; what was finished before stays.
        """
        data = np.ascontiguousarray(factor, dtype="<f8").tobytes()
        record = Record(hashlib.sha256(data).hexdigest(), needed, sums)
        try:
            write_atomically(self._file(place, "tile"), data, force=True)
            write_atomically(self._file(place, "record"), self._encoded(place, record), force=True)
        except Malformed as error:
            code = getattr(error.__cause__, "errno", None)
            full = code in (errno.ENOSPC, errno.EDQUOT)
            what = "the disk is full" if full else error.what
            way = "free some space" if full else "make the folder writable"
            remedy = f"{way} and run the same command again: finished tiles are kept"
            raise Malformed(what, place=str(self.path), remedy=remedy) from error
        return record.digest

    def _encoded(self, place: Place, record: Record) -> bytes:
        header = {
            "key": self.key,
            "place": place,
            "digest": record.digest,
            "needed": [[*at, digest] for at, digest in record.needed.items()],
            "squares": record.sums.squares.hex(),
        }
        numbers = np.concatenate([record.sums.rows, record.sums.columns]).astype("<f8").tobytes()
        body = json.dumps(header).encode() + b"\n" + numbers
        return hashlib.sha256(body).hexdigest().encode() + b"\n" + body

    def record(self, place: Place) -> Record | None:
        """The record of this job's tile; ``None`` if there is none, or it is not whole, or another's."""
        try:
            data = self._file(place, "record").read_bytes()
            if data[: _DIGITS + 1] != hashlib.sha256(data[_DIGITS + 1 :]).hexdigest().encode() + b"\n":
                return None
            header, numbers = data[_DIGITS + 1 :].split(b"\n", 1)
            return self._decoded(place, json.loads(header), np.frombuffer(numbers, dtype="<f8").astype(np.float64))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def _decoded(self, place: Place, header: dict[str, object], numbers: FloatArray) -> Record | None:
        height, width = self.job.shape(place)
        count = height if place[0] == place[1] else height + width
        if header["key"] != self.key or header["place"] != list(place) or numbers.shape != (count,):
            return None
        listed = header["needed"]
        if not isinstance(listed, list):
            return None
        needed = {(int(i), int(k)): str(digest) for i, k, digest in listed}
        squares = float.fromhex(str(header["squares"]))
        sound = squares >= 0 and bool((numbers >= 0).all())  # not NaN
        if list(needed) != self.job.needs(place) or not sound:
            return None
        return Record(str(header["digest"]), needed, TileSums(numbers[:height], numbers[height:], squares))

    def tile(self, place: Place, digest: str) -> FloatArray:
        """The tile with this sha256.

        Raises
        ------
        TileChanged
            It is missing, or its bytes are others.
        """
        try:
            data = self._file(place, "tile").read_bytes()
        except OSError as error:
            raise TileChanged(str(self._file(place, "tile"))) from error
        if hashlib.sha256(data).hexdigest() != digest:
            raise TileChanged(str(self._file(place, "tile")))
        return np.frombuffer(data, dtype="<f8").reshape(self.job.shape(place))

    def view(self, place: Place) -> FloatArray:
        """The tile, unchecked, for estimates."""
        return np.memmap(self._file(place, "tile"), dtype="<f8", mode="r", shape=self.job.shape(place))

    def records(self, *, together: bool) -> dict[Place, Record]:
        """All records of this job; ``together``: those beside the very records of what their tiles were made from."""
        found: dict[Place, Record] = {}
        for place in self.job.places():
            record = self.record(place)
            if record is None:
                continue
            if not together or all(at in found and found[at].digest == d for at, d in record.needed.items()):
                found[place] = record
        return found

    def finished(self, *, together: bool) -> dict[Place, str]:
        """The tiles that have a record, with their sha256: every byte is looked at."""
        found = self.records(together=together)
        return {place: record.digest for place, record in found.items() if self._has(place, record.digest)}

    def _has(self, place: Place, digest: str) -> bool:
        try:
            self.tile(place, digest)
        except (TileChanged, ValueError):
            return False
        return True

    def require_space(self, finished: dict[Place, str]) -> None:
        """Refuse to begin where the disk is too small for the tiles that are missing.

        Raises
        ------
        Malformed
            With the bytes that are needed, and those that are free.
        """
        shapes = [self.job.shape(place) for place in self.job.places() if place not in finished]
        needed, free = sum(8 * h * w + 8 * (h + w) for h, w in shapes), shutil.disk_usage(self.path).free
        if needed > free:
            raise Malformed(
                f"{needed / 1e9:.3g} GB of tiles are to be written, the disk has {free / 1e9:.3g} GB",
                place=str(self.path),
                remedy="free some space, or choose another --tiles",
            )

    def remove(self) -> None:
        """All of this job's tiles."""
        shutil.rmtree(self.path, ignore_errors=True)


def _lock(descriptor: int, path: Path) -> None:
    """One run at a time; the system lets go of the lock of a process that was killed."""
    try:
        import fcntl
    except ImportError:  # not POSIX
        return
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise Malformed("another run works in this folder", place=str(path), remedy="wait until it ends") from error
