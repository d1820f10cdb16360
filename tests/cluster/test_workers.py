"""Tiles by two workers: byte for byte those of one process, also when a worker dies."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import pytest

distributed = pytest.importorskip("distributed", reason="distributed is an extra: make test-cluster installs it")

from certificates.errors import Malformed  # noqa: E402
from tests.support.tile_kernels import IntegerKernel  # noqa: E402
from verify.tiles import cluster as clusters  # noqa: E402
from verify.tiles.job import TileJob  # noqa: E402
from verify.tiles.run import FolderTiles  # noqa: E402

pytestmark = [pytest.mark.cluster, pytest.mark.filterwarnings("ignore")]

ROOT = Path(__file__).resolve().parents[2]
KERNEL, SHIFT, SIDE = IntegerKernel.drawn(300), 0.75, 30


@pytest.fixture(scope="module")
def workers():
    """Two processes on this machine; they find this project where pytest does."""
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join([str(ROOT), *sys.path])
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, silence_logs=50
    ) as two:
        os.environ.pop("PYTHONPATH") if before is None else os.environ.update(PYTHONPATH=before)
        yield two


def _bytes(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.glob("*/*-*.*")}


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    folder = tmp_path_factory.mktemp("alone")
    assert FolderTiles(folder, SIDE).sums(KERNEL, SHIFT) is not None
    return _bytes(folder)


def test_two_workers_leave_the_bytes_of_one_process(tmp_path, workers, alone):
    told = []
    tiles = FolderTiles(tmp_path, SIDE, workers.scheduler_address, lambda *each: told.append(each))
    assert tiles.sums(KERNEL, SHIFT) is not None
    assert _bytes(tmp_path) == alone
    assert [each[0] for each in told] == list(range(56))


def test_a_cluster_goes_on_where_one_process_stopped(tmp_path, workers, alone):
    FolderTiles(tmp_path, SIDE).sums(KERNEL, SHIFT)
    for name in ("4-2.tile", "5-5.record", "9-9.tile"):
        next(tmp_path.glob(f"*/{name}")).unlink()
    assert FolderTiles(tmp_path, SIDE, workers.scheduler_address).sums(KERNEL, SHIFT) is not None
    assert _bytes(tmp_path) == alone


def test_a_worker_that_dies_is_replaced(tmp_path, workers, alone):
    killed = []

    def kill_once(done, *_):
        if done >= 3 and not killed:
            killed.append(next(iter(workers.workers.values())).pid)
            os.kill(killed[0], signal.SIGKILL)

    tiles = FolderTiles(tmp_path, SIDE, workers.scheduler_address, kill_once)
    assert tiles.sums(KERNEL, SHIFT) is not None and killed
    assert _bytes(tmp_path) == alone


def test_a_shift_above_the_spectrum_ends_the_run(tmp_path, workers):
    assert FolderTiles(tmp_path, SIDE, workers.scheduler_address).sums(KERNEL, 1e6) is None


def test_workers_with_other_code_are_refused(tmp_path, workers, monkeypatch):
    monkeypatch.setattr(TileJob, "key", "0" * 64)
    with pytest.raises(Malformed, match="another judge"):
        FolderTiles(tmp_path, SIDE, workers.scheduler_address).sums(KERNEL, SHIFT)


def test_nobody_answers(tmp_path, monkeypatch):
    monkeypatch.setattr(clusters, "_SECONDS", 1)
    with pytest.raises(Malformed, match=r"no scheduler answers at tcp://127\.0\.0\.1:9"):
        FolderTiles(tmp_path, SIDE, "tcp://127.0.0.1:9").sums(KERNEL, SHIFT)
    with pytest.raises(Malformed, match="no scheduler answers"):
        FolderTiles(tmp_path, SIDE, "nonsense://x").sums(KERNEL, SHIFT)


def test_no_workers(tmp_path, monkeypatch):
    monkeypatch.setattr(clusters, "_SECONDS", 1)
    with (
        distributed.LocalCluster(n_workers=0, dashboard_address=None, silence_logs=50) as none,
        pytest.raises(Malformed, match="the scheduler has no workers"),
    ):
        FolderTiles(tmp_path, SIDE, none.scheduler_address).sums(KERNEL, SHIFT)
