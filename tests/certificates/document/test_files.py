"""Files that strangers named, and files that must not be left half done."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from certificates.document import files
from certificates.document.files import find_problem, read_regular_file, sha256_hex, write_atomically
from certificates.errors import Malformed, MalformedCertificate, OutOfMemory


def test_reads_a_regular_file(tmp_path):
    (tmp_path / "a").write_bytes(b"abc")
    assert read_regular_file(tmp_path / "a", 3) == b"abc"
    with pytest.raises(Malformed, match="larger than 2"):
        read_regular_file(tmp_path / "a", 2)


def make(kind: str, path: Path) -> Path:
    """Something at ``path`` that is no stored file; or where it is."""
    if kind == "directory":
        path.mkdir()
    elif kind == "fifo":
        os.mkfifo(path)
    elif kind == "socket":
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(str(path))
    elif kind == "giant":
        with path.open("wb") as stream:
            stream.truncate(2**40)
    elif kind == "loop":
        path.symlink_to(path)
    elif kind == "empty":
        path.touch()
    return {"device": Path("/dev/zero"), "terminal": Path("/dev/tty"), "proc": Path("/proc/self/maps")}.get(kind, path)


SPECIAL = ["missing", "directory", "fifo", "socket", "giant", "loop", "empty", "device", "terminal", "proc"]


@pytest.mark.parametrize("linked", [False, True])
@pytest.mark.parametrize("kind", SPECIAL)
def test_only_stored_files_are_opened(tmp_path, kind, linked, monkeypatch):
    target = make(kind, tmp_path / "x")
    if linked:
        (tmp_path / "link").symlink_to(target)
        target = tmp_path / "link"
    monkeypatch.setattr(files, "open", None, raising=False)  # nothing is opened: opening a device can do things
    with pytest.raises(Malformed) as caught:
        read_regular_file(target, 2**39)
    assert caught.value.place == str(target)


@pytest.mark.parametrize("name", ["a\0b", "n" * 300, "\ud800", "a" * 5000 + "/b"])
def test_names_of_no_file_are_malformed(tmp_path, name):
    with pytest.raises(Malformed):
        read_regular_file(tmp_path / name, 10)


@pytest.mark.parametrize("kind", ["fifo", "giant", "empty"])
def test_what_a_file_became_since_it_was_looked_at_is_refused(tmp_path, kind, monkeypatch):
    good = tmp_path / "good"
    good.write_bytes(b"abc")
    seen = os.stat(good)
    target = make(kind, tmp_path / "x")
    monkeypatch.setattr(os, "stat", lambda path: seen)
    with pytest.raises(Malformed):
        read_regular_file(target, 2**39)


@pytest.mark.parametrize("change", [b"", b"ab", b"abcd"])
def test_a_file_that_changes_while_it_is_read_is_refused(tmp_path, change, monkeypatch):
    path, real = tmp_path / "x", os.fstat
    path.write_bytes(b"abc")

    def look_then_change(descriptor: int) -> os.stat_result:
        status = real(descriptor)
        path.write_bytes(change)
        return status

    monkeypatch.setattr(os, "fstat", look_then_change)
    with pytest.raises(Malformed, match="the 3 bytes that its size states"):
        read_regular_file(path, 10)


def test_what_does_not_fit_into_memory_is_no_crash(tmp_path, monkeypatch):
    path = tmp_path / "x"
    with path.open("wb") as stream:
        stream.truncate(2**43)
    with pytest.raises(OutOfMemory, match="this machine has"):
        read_regular_file(path, 2**60)
    path.write_bytes(b"abc")

    def exhausted(*_: object) -> bytes:
        raise MemoryError

    monkeypatch.setattr(files, "_read_exactly", exhausted)
    with pytest.raises(OutOfMemory, match="does not fit into memory"):
        read_regular_file(path, 10)


def test_writes_whole_files_only(tmp_path):
    path = tmp_path / "a"
    write_atomically(path, b"one")
    write_atomically(path, b"one")  # the same content is no conflict
    with pytest.raises(Malformed, match="--force"):
        write_atomically(path, b"two")
    assert path.read_bytes() == b"one"
    write_atomically(path, b"two", force=True)
    assert path.read_bytes() == b"two"


@pytest.mark.parametrize("kind", ["directory", "fifo", "giant", "empty"])
def test_what_stands_in_the_way_is_not_read_to_be_compared(tmp_path, kind):
    with pytest.raises(Malformed, match="--force"):
        write_atomically(make(kind, tmp_path / "x"), b"x")


def test_a_directory_of_the_size_of_the_data_is_not_read_to_be_compared(tmp_path):
    folder = tmp_path / "x"
    folder.mkdir()
    with pytest.raises(Malformed, match="--force"):
        write_atomically(folder, b"x" * folder.stat().st_size)


@pytest.mark.parametrize("moment", ["fsync", "replace"])
def test_an_interruption_leaves_the_old_file_and_no_temporary_one(tmp_path, monkeypatch, moment):
    path = tmp_path / "a"
    path.write_bytes(b"old")

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, moment, interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_atomically(path, b"new", force=True)
    assert [p.name for p in tmp_path.iterdir()] == ["a"] and path.read_bytes() == b"old"


def test_a_folder_that_does_not_exist_is_named(tmp_path):
    with pytest.raises(Malformed, match="no-such-folder"):
        write_atomically(tmp_path / "no-such-folder" / "a", b"x")


def test_finds_the_problem_beside_the_certificate_or_where_the_user_says(tmp_path):
    there = tmp_path / "elsewhere"
    there.mkdir()
    (there / "p").write_bytes(b"data")
    digest = sha256_hex(b"data")
    assert find_problem("p", digest, there, None, 100) == b"data"
    assert find_problem("p", digest, tmp_path, there, 100) == b"data"
    assert find_problem("q", digest, tmp_path, there / "p", 100) == b"data"


def test_a_missing_problem_says_where_it_looked_and_which_option_helps(tmp_path):
    with pytest.raises(MalformedCertificate, match="--problem") as caught:
        find_problem("p.safetensors", "0" * 64, tmp_path, None, 100)
    assert str(tmp_path / "p.safetensors") in str(caught.value)


def test_another_problem_is_refused_by_its_hash(tmp_path):
    (tmp_path / "p").write_bytes(b"other")
    with pytest.raises(MalformedCertificate, match="sha256"):
        find_problem("p", sha256_hex(b"data"), tmp_path, None, 100)


@pytest.mark.parametrize("name", ["n" * 300, "a\0b", "file/inside"])
@pytest.mark.parametrize("force", [False, True])
def test_names_that_cannot_be_written_are_malformed(tmp_path, name, force):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(Malformed):
        write_atomically(tmp_path / name, b"x", force=force)
    assert [p.name for p in tmp_path.iterdir()] == ["file"]


def test_the_longest_name_of_a_file_system_can_be_written(tmp_path):
    path = tmp_path / ("\U0001d53d" * 63)  # 252 of 255 bytes
    write_atomically(path, b"x")
    assert path.read_bytes() == b"x"


@pytest.mark.parametrize("override", [None, "o" * 300, "a\0b"])
def test_a_hint_too_long_for_a_file_name_is_a_missing_problem(tmp_path, override):
    with pytest.raises(MalformedCertificate, match="missing"):
        find_problem("\u00e9" * 200, "0" * 64, tmp_path, override, 100)


def test_the_problem_beside_serves_when_the_one_named_is_another(tmp_path):
    (tmp_path / "p").write_bytes(b"data")
    (tmp_path / "q").write_bytes(b"other")
    assert find_problem("p", sha256_hex(b"data"), tmp_path, tmp_path / "q", 100) == b"data"


@pytest.mark.parametrize("kind", [kind for kind in SPECIAL if kind != "directory"])
def test_the_problem_beside_serves_when_the_one_named_cannot_be_read(tmp_path, kind):
    (tmp_path / "p").write_bytes(b"data")
    override = make(kind, tmp_path / "x")
    assert find_problem("p", sha256_hex(b"data"), tmp_path, override, 100) == b"data"
    with pytest.raises(Malformed):
        find_problem("p", sha256_hex(b"other"), tmp_path, override, 100)


@pytest.mark.parametrize("kind", SPECIAL)
def test_a_problem_that_cannot_be_read_is_malformed(tmp_path, kind):
    (tmp_path / "p").symlink_to(make(kind, tmp_path / "x"))
    for override in (None, tmp_path):
        with pytest.raises(Malformed):
            find_problem("p", sha256_hex(b"data"), tmp_path, override, 100)


def test_of_several_refusals_that_of_the_file_named_by_the_user_is_told(tmp_path):
    for name in ("p", "named"):
        make("empty", tmp_path / name)
    with pytest.raises(Malformed, match="named"):
        find_problem("p", "0" * 64, tmp_path, tmp_path / "named", 100)
