"""All tiles of a job that are not finished yet, in this process or on a cluster, and what the judge sums up."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from certificates.arithmetic.tiles import Place, SymmetricBlocks, TileSums
from certificates.errors import EnclosureFailure, Malformed, UnsoundPlatform
from verify.tiles.cluster import finish_on_cluster
from verify.tiles.folder import TileFolder
from verify.tiles.job import TileJob
from verify.tiles.task import Trouble, finish

__all__ = ["DEFAULT_SIDE", "FolderTiles"]

DEFAULT_SIDE = 2048
_ATTEMPTS = 3  # tiles that change while others are made from them

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True)
class FolderTiles:
    """How the judge has the tiles of a large matrix made: a :class:`certificates.checks.tiles.TileMaker`.

    Parameters
    ----------
    folder
        Where they lie; what is finished is not made again.
    side
        Rows and columns of a tile.
    scheduler
        Address of a Dask scheduler; ``None`` for this process.
    progress
        Called as ``progress(tiles done, tiles in all, remaining time in words)``.
    """

    folder: Path
    side: int = DEFAULT_SIDE
    scheduler: str | None = None
    progress: Progress = lambda *_: None

    def __post_init__(self) -> None:
        """Refuse a side that makes no tiles."""
        if self.side < 1:
            raise Malformed(f"expected a positive number of rows, got {self.side}", place="--tile")

    @property
    def assumption(self) -> str:
        """What a verdict with these tiles rests on besides."""
        where = f"the workers of {self.scheduler}" if self.scheduler else "this machine"
        return (
            f"where a matrix is factorised in tiles, their records in {self.folder} are as the judge wrote them, on "
            f"{where} or in earlier runs"
        )

    def sums(self, matrix: SymmetricBlocks, shift: float) -> Mapping[Place, TileSums] | None:
        """Finish what is missing, and read the sums of all tiles; ``None`` if A − μI has no factor.

        Raises
        ------
        Malformed
            The folder, the disk or the cluster is not fit for it; finished tiles are kept.
        EnclosureFailure, UnsoundPlatform
            As the judge's.
        """
        job = TileJob(matrix, float(shift), self.side)
        tiles = TileFolder(self.folder, job)
        with tiles.opened():
            for attempt in range(_ATTEMPTS):  # most likely a tile that is made again has the bytes that it had
                finished = tiles.finished(together=attempt > 0)
                trouble = self._finish(job, tiles, finished) if len(finished) < len(job.places()) else None
                if trouble is not None and trouble.kind != "changed":
                    _raise_unless_indefinite(trouble)
                    return None
                records = tiles.records(together=True)
                if len(records) == len(job.places()):
                    return {place: record.sums for place, record in records.items()}
        raise Malformed("tiles change while others are made from them", place=str(tiles.path), remedy="check the disk")

    def _finish(self, job: TileJob, tiles: TileFolder, finished: dict[Place, str]) -> Trouble | None:
        tiles.require_space(finished)
        tell = _Clock(job, finished, self.progress)
        steps = _in_this_process if self.scheduler is None else finish_on_cluster(self.scheduler)
        with closing(steps(job, str(self.folder), finished)) as tasks:
            for place, done in tasks:
                if isinstance(done, Trouble):
                    return done
                tell.finished(place)
        return None


def _in_this_process(
    job: TileJob, folder: str, finished: dict[Place, str]
) -> Generator[tuple[Place, str | Trouble], None, None]:
    """One after the other."""
    digests: dict[Place, str | Trouble] = dict(finished)
    for place in job.places():
        if place not in finished:
            digests[place] = finish(job, job.key, folder, place, *(digests[at] for at in job.needs(place)))
            yield place, digests[place]


def _raise_unless_indefinite(trouble: Trouble) -> None:
    if trouble.kind == "input":
        raise Malformed(trouble.what, place=trouble.place, remedy=trouble.remedy)
    if trouble.kind == "enclosure":
        raise EnclosureFailure(trouble.what)
    if trouble.kind == "platform":
        raise UnsoundPlatform(trouble.what)


class _Clock:
    """Tells how much is done and how long the rest takes at this pace."""

    def __init__(self, job: TileJob, finished: Mapping[Place, str], progress: Progress) -> None:
        self.job, self.progress = job, progress
        self.total, self.done = len(job.places()), len(finished)
        self.left = sum(job.work(place) for place in job.places() if place not in finished)
        self.worked, self.started = 0.0, time.monotonic()
        self.progress(self.done, self.total, "")

    def finished(self, place: Place) -> None:
        self.done += 1
        self.worked += self.job.work(place)
        self.left -= self.job.work(place)
        remaining = (time.monotonic() - self.started) * self.left / self.worked
        self.progress(self.done, self.total, f"about {_in_words(remaining)} left")


def _in_words(seconds: float) -> str:
    if seconds < 100:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 6_000 else f"{seconds / 3600:.1f} h"
