"""Tiles in a folder: the same bytes however often a run is stopped, and no bound from tiles that do not belong."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from collections import namedtuple
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from certificates.arithmetic.arb import precision
from certificates.arithmetic.tiles import bound_of_tiles, smallest_eigenvalue_of_tiles
from certificates.errors import EnclosureFailure, Malformed, UnsoundPlatform
from tests.support.tile_kernels import IntegerKernel
from verify.tiles import folder as folders
from verify.tiles import run, task
from verify.tiles.folder import TileFolder
from verify.tiles.job import TileJob
from verify.tiles.run import FolderTiles
from verify.tiles.task import Trouble

ROOT = Path(__file__).resolve().parents[3]
KERNEL, SHIFT, SIDE = IntegerKernel.drawn(23), 0.75, 5  # λ_min = 1; five rows of tiles
PLACES = TileJob(KERNEL, SHIFT, SIDE).places()


def _bytes(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.glob("*/*-*.*")}


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """What a run that nobody disturbs leaves."""
    folder = tmp_path_factory.mktemp("whole")
    assert FolderTiles(folder, SIDE).sums(KERNEL, SHIFT) is not None
    return _bytes(folder)


@pytest.fixture
def finished(monkeypatch):
    """The tiles that are made, in their order."""
    made = []
    plain = run.finish

    def finish(job, key, folder, place, *digests):
        made.append(place)
        return plain(job, key, folder, place, *digests)

    monkeypatch.setattr(run, "finish", finish)
    return made


def _resumed(folder: Path, whole) -> None:
    assert FolderTiles(folder, SIDE).sums(KERNEL, SHIFT) is not None
    assert _bytes(folder) == whole


def test_the_bound_is_that_of_tiles_in_memory(tmp_path):
    sums = FolderTiles(tmp_path, SIDE).sums(KERNEL, SHIFT)
    with precision(128):
        bound = bound_of_tiles(KERNEL.size, SIDE, SHIFT, sums)
        memory = smallest_eigenvalue_of_tiles(KERNEL, SHIFT, side=SIDE)
        assert bound <= 1 and bound > SHIFT - 1e-10 and abs(float(bound - memory)) < 1e-13


def test_what_is_finished_is_not_made_again(tmp_path, whole, finished):
    _resumed(tmp_path, whole)
    assert finished == PLACES
    _resumed(tmp_path, whole)
    assert finished == PLACES


def test_another_shift_side_or_matrix_has_tiles_of_its_own(tmp_path, whole, finished):
    _resumed(tmp_path, whole)
    keys = {TileJob(KERNEL, SHIFT, SIDE).key}
    for job in (TileJob(KERNEL, 0.5, 5), TileJob(KERNEL, SHIFT, 6), TileJob(IntegerKernel.drawn(23, 1), SHIFT, SIDE)):
        before = len(finished)
        assert FolderTiles(tmp_path, job.side).sums(job.matrix, job.shift) is not None
        assert len(finished) - before == len(job.places())
        keys.add(job.key)
    assert len(keys) == 4


KILLED = """
import os, signal, sys
from pathlib import Path
from certificates.document import files
from tests.support.tile_kernels import IntegerKernel
from verify.tiles.run import FolderTiles

count, moment = 0, int(sys.argv[2])
def counted(function):
    def counting(*arguments):
        global count
        count += 1
        if count == moment:
            os.kill(os.getpid(), signal.SIGKILL)
        return function(*arguments)
    return counting

os.replace, os.fsync = counted(os.replace), counted(os.fsync)
FolderTiles(Path(sys.argv[1]), 5).sums(IntegerKernel.drawn(23), 0.75)
"""


@pytest.mark.parametrize("moment", [1, 2, 3, 4, 22, 35])
def test_a_run_that_is_killed_loses_one_tile_at_most(tmp_path, whole, finished, moment):
    """Before a tile or its record is on the disk, or before it has its name: four moments a tile."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"}
    command = [sys.executable, "-c", KILLED, str(tmp_path), str(moment)]
    assert subprocess.run(command, env=environment, cwd=ROOT, check=False).returncode == -signal.SIGKILL
    kept = {path: path.stat().st_mtime_ns for path in tmp_path.glob("*/*.record")}
    assert len(kept) == (moment - 1) // 4
    _resumed(tmp_path, whole)
    assert finished == PLACES[len(kept) :]
    assert all(path.stat().st_mtime_ns == time for path, time in kept.items())
    assert not list(tmp_path.glob("*/.*.tmp"))


def _at(folder: Path, name: str) -> Path:
    return next(folder.glob("*/0-0.record")).parent / name


def _flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[-9] ^= 1
    path.write_bytes(bytes(data))


def _swap(path: Path) -> None:
    """Another tile's file, whole and of this job."""
    ending = path.suffix
    path.write_bytes(path.with_name(f"3-1{ending}").read_bytes())


@pytest.mark.parametrize("name", ["0-0.tile", "2-1.tile", "4-4.tile", "0-0.record", "2-1.record", "4-4.record"])
@pytest.mark.parametrize("harm", [_flip, _swap, Path.unlink, lambda path: path.write_bytes(b"")])
def test_a_tile_that_is_harmed_is_made_again(tmp_path, whole, finished, name, harm):
    _resumed(tmp_path, whole)
    finished.clear()
    harm(_at(tmp_path, name))
    _resumed(tmp_path, whole)
    lost = tuple(map(int, name.split(".")[0].split("-")))
    assert finished == [lost]  # with the bytes that others were made from


def test_tiles_of_another_job_are_no_tiles_of_this_one(tmp_path, whole, finished):
    other = TileFolder(tmp_path, TileJob(IntegerKernel.drawn(23, 1), SHIFT, SIDE))
    FolderTiles(tmp_path, SIDE).sums(other.job.matrix, SHIFT)
    finished.clear()
    other.path.rename(TileFolder(tmp_path, TileJob(KERNEL, SHIFT, SIDE)).path)
    _resumed(tmp_path, whole)
    assert finished == PLACES


def test_a_tile_and_its_record_that_are_exchanged_together_harm_what_was_made_from_them(tmp_path, whole, finished):
    """A factor that others were not made from, with a record that fits it: the residuals are not those of one L."""
    _resumed(tmp_path, whole)
    tiles = TileFolder(tmp_path, TileJob(KERNEL, SHIFT, SIDE))
    record = tiles.record((2, 0))
    tiles.write((2, 0), (1 + 2.0**-10) * tiles.tile((2, 0), record.digest), record.sums, record.needed)
    assert not {(2, 1), (4, 2)} & set(tiles.records(together=True))
    finished.clear()
    assert FolderTiles(tmp_path, SIDE).sums(KERNEL, SHIFT) is not None
    row_and_column = [place for place in PLACES if 2 in place and 0 not in place and place != (2, 2)]
    assert {*row_and_column, (2, 2)} <= set(finished) and not {(1, 1), (2, 0), (3, 1)} & set(finished)


def test_a_tile_that_changes_while_others_are_made_is_noticed(tmp_path, whole, monkeypatch, finished):
    plain, harmed = task.finished_tile, []

    def harming(matrix, shift, side, place, factor):
        if place == (3, 2) and not harmed:
            harmed.append(_flip(_at(tmp_path, "3-1.tile")))
        return plain(matrix, shift, side, place, factor)

    monkeypatch.setattr(task, "finished_tile", harming)
    _resumed(tmp_path, whole)
    assert finished.count((3, 1)) == 2


def test_tiles_that_never_stay_as_they_are_end_the_run(tmp_path, monkeypatch):
    plain = task.finished_tile

    def harming(matrix, shift, side, place, factor):
        if place == (1, 1):
            _flip(_at(tmp_path, "1-0.tile"))
        return plain(matrix, shift, side, place, factor)

    monkeypatch.setattr(task, "finished_tile", harming)
    with pytest.raises(Malformed, match="tiles change while others are made"):
        FolderTiles(tmp_path, SIDE).sums(KERNEL, SHIFT)


@pytest.mark.parametrize("moment", [1, 2, 9])
def test_a_full_disk_loses_nothing(tmp_path, whole, monkeypatch, finished, moment):
    plain, count = os.fsync, [0]

    def full(descriptor):
        count[0] += 1
        if count[0] == moment:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        plain(descriptor)

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(Malformed, match=r"the disk is full; free some space and run the same command again"):
            FolderTiles(tmp_path, SIDE).sums(KERNEL, SHIFT)
    finished.clear()
    _resumed(tmp_path, whole)
    assert finished == PLACES[(moment - 1) // 2 :]


def test_too_small_a_disk_is_refused_before_anything_is_made(tmp_path, monkeypatch, finished):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(folders.shutil, "disk_usage", lambda _: usage(10**6, 10**6 - 3000, 3000))
    with pytest.raises(Malformed, match=r"of tiles are to be written, the disk has 3e-06 GB; free some space"):
        FolderTiles(tmp_path, SIDE).sums(KERNEL, SHIFT)
    assert not finished


def test_one_run_at_a_time(tmp_path):
    with (
        TileFolder(tmp_path, TileJob(KERNEL, SHIFT, SIDE)).opened(),
        pytest.raises(Malformed, match="another run works in this folder"),
    ):
        FolderTiles(tmp_path, SIDE).sums(KERNEL, SHIFT)


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_bytes(b"1")
    with pytest.raises(Malformed, match=r"file.*cannot be used.*choose another --tiles"):
        FolderTiles(tmp_path / "file", SIDE).sums(KERNEL, SHIFT)


def test_a_shift_above_the_spectrum_has_no_factor(tmp_path):
    assert FolderTiles(tmp_path, SIDE).sums(KERNEL, 1e6) is None


@pytest.mark.parametrize(
    ("kind", "raised"), [("enclosure", EnclosureFailure), ("platform", UnsoundPlatform), ("input", Malformed)]
)
def test_what_befalls_a_tile_is_told_by_the_run(tmp_path, monkeypatch, kind, raised):
    plain = run.finish

    def finish(job, key, folder, place, *digests):
        return Trouble(kind, "something") if place == (1, 0) else plain(job, key, folder, place, *digests)

    monkeypatch.setattr(run, "finish", finish)
    with pytest.raises(raised, match="something"):
        FolderTiles(tmp_path, SIDE).sums(KERNEL, SHIFT)


def test_trouble_spreads_to_what_needs_the_tile_and_other_judges_make_none(tmp_path):
    job = TileJob(KERNEL, SHIFT, SIDE)
    trouble = Trouble("indefinite")
    assert task.finish(job, job.key, str(tmp_path), (1, 0), trouble) is trouble
    told = task.finish(job, "0" * 64, str(tmp_path), (0, 0))
    assert told.kind == "input" and "another judge" in told.what
    assert not list(tmp_path.glob("*/*"))


def test_progress_has_an_estimate_of_the_time_that_is_left(tmp_path):
    told = []
    FolderTiles(tmp_path, SIDE, progress=lambda *each: told.append(each)).sums(KERNEL, SHIFT)
    assert [each[:2] for each in told] == [(count, len(PLACES)) for count in range(len(PLACES) + 1)]
    assert not told[0][2] and all(each[2].endswith("left") for each in told[1:])
    assert [run._in_words(seconds) for seconds in (3.4, 600, 9000)] == ["3 s", "10 min", "2.5 h"]


def test_a_side_that_makes_no_tiles_is_refused(tmp_path):
    with pytest.raises(Malformed, match="--tile"):
        FolderTiles(tmp_path, 0)


def test_the_key_depends_on_the_judge(monkeypatch, tmp_path):
    key = TileJob(KERNEL, SHIFT, SIDE).key
    monkeypatch.setattr("verify.tiles.job._judge", lambda: "other")
    assert TileJob(KERNEL, SHIFT, SIDE).key != key


def test_numbers_of_a_record_that_no_judge_writes_are_no_record(tmp_path):
    FolderTiles(tmp_path, SIDE).sums(KERNEL, SHIFT)
    tiles = TileFolder(tmp_path, TileJob(KERNEL, SHIFT, SIDE))
    record = tiles.record((1, 0))
    factor = tiles.tile((1, 0), record.digest)
    rows = record.sums.rows.copy()
    rows[0] = -1.0
    for forged in (rows, np.full(5, np.nan), np.zeros(4)):
        tiles.write((1, 0), factor, replace(record.sums, rows=forged), record.needed)
        assert tiles.record((1, 0)) is None
    tiles.write((1, 0), factor, replace(record.sums, squares=-1.0), record.needed)
    assert tiles.record((1, 0)) is None
