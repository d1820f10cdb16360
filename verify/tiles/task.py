"""One tile, in whichever process: read those it needs, let the judge finish it, write it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from certificates.arithmetic.host import isolated
from certificates.arithmetic.platform import probe_products
from certificates.arithmetic.rounding import FloatArray
from certificates.arithmetic.tiles import Factor, Place, TileSums, finished_tile
from certificates.errors import EnclosureFailure, Malformed, UnsoundPlatform
from verify.tiles.folder import TileChanged, TileFolder
from verify.tiles.job import TileJob

__all__ = ["Trouble", "finish"]


@dataclass(frozen=True)
class Trouble:
    """Why a tile was not finished; sent between processes, as most exceptions cannot be.

    Parameters
    ----------
    kind
        ``indefinite``: no factor was found. ``changed``: a tile it needs has other bytes than it was finished with.
        ``input``: a :class:`Malformed`. ``enclosure``, ``platform``: failures of the judge.
    what, place, remedy
        In words.
    """

    kind: Literal["indefinite", "changed", "input", "enclosure", "platform"]
    what: str = ""
    place: str = ""
    remedy: str = ""


def finish(job: TileJob, key: str, folder: str, place: Place, *digests: str | Trouble) -> str | Trouble:
    """Finish a tile.

    Parameters
    ----------
    job, key
        The job and its key where the tiles are wanted; a process with other code makes none of them.
    folder
        Of the tiles of all jobs, the same for all processes.
    place
        (I, J).
    digests
        sha256 of the tiles that it needs, in the order of :meth:`TileJob.needs`, or what befell them.

    Returns
    -------
    str or Trouble
        sha256 of the tile.
    """
    needed: dict[Place, str] = {}
    for at, digest in zip(job.needs(place), digests, strict=True):
        if isinstance(digest, Trouble):
            return digest
        needed[at] = digest
    tiles = TileFolder(Path(folder), job)
    if tiles.key != key:
        remedy = "install the same version of gradcert on every worker"
        return Trouble("input", "a worker runs another judge", "--scheduler", remedy)
    try:
        return _finished(tiles, place, needed)
    except TileChanged as change:
        return Trouble("changed", str(change))
    except EnclosureFailure as failure:
        return Trouble("enclosure", str(failure))
    except UnsoundPlatform as failure:
        return Trouble("platform", str(failure))
    except Malformed as error:
        return Trouble("input", error.what, error.place, error.remedy)


def _finished(tiles: TileFolder, place: Place, needed: dict[Place, str]) -> str | Trouble:
    def read(i: int, k: int) -> FloatArray:
        return tiles.tile((i, k), needed[i, k])

    done = _judged(tiles.job, place, read)
    if done is None:
        return Trouble("indefinite")
    return tiles.write(place, *done, needed)


@isolated()
def _judged(job: TileJob, place: Place, read: Factor) -> tuple[FloatArray, TileSums] | None:
    """The judge's part of the work, between two tests of this process."""
    probe_products()
    done = finished_tile(job.matrix, job.shift, job.side, place, read)
    probe_products()
    return done
