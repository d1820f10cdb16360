"""The options --tiles, --tile and --scheduler."""

from __future__ import annotations

from pathlib import Path

from certificates.errors import Malformed
from verify.cli.terminal import Say
from verify.tiles.run import DEFAULT_SIDE, FolderTiles

__all__ = ["folder_tiles"]


def folder_tiles(say: Say, folder: Path | None, side: int | None, scheduler: str | None) -> FolderTiles | None:
    """Who makes tiles, as the command line asks for it; the progress is shown.

    Raises
    ------
    Malformed
        An option that belongs to a folder, without a folder.
    """
    if folder is not None:
        shown = lambda done, total, left: say.progress("tiles", done, total, left)  # noqa: E731
        return FolderTiles(folder, DEFAULT_SIDE if side is None else side, scheduler, shown)
    for value, flag in ((side, "--tile"), (scheduler, "--scheduler")):
        if value is not None:
            raise Malformed("belongs to --tiles DIR", place=flag, remedy="name a folder for the tiles, or leave it out")
    return None
