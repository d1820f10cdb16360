"""Files that strangers named, and files that must not be left half done."""

from __future__ import annotations

import os

import pytest

from certificates.document.files import find_problem, read_regular_file, sha256_hex, write_atomically
from certificates.errors import Malformed, MalformedCertificate


def test_reads_a_regular_file(tmp_path):
    (tmp_path / "a").write_bytes(b"abc")
    assert read_regular_file(tmp_path / "a", 3) == b"abc"
    with pytest.raises(Malformed, match="larger than 2"):
        read_regular_file(tmp_path / "a", 2)


@pytest.mark.parametrize("kind", ["missing", "directory", "fifo", "device", "nul"])
def test_refuses_what_is_no_regular_file_without_waiting(tmp_path, kind):
    path = tmp_path / "x"
    if kind == "directory":
        path.mkdir()
    if kind == "fifo":
        os.mkfifo(path)
    target = {"device": "/dev/zero", "nul": "a\0b"}.get(kind, path)
    with pytest.raises(Malformed):
        read_regular_file(target, 10)


def test_writes_whole_files_only(tmp_path):
    path = tmp_path / "a"
    write_atomically(path, b"one")
    write_atomically(path, b"one")  # the same content is no conflict
    with pytest.raises(Malformed, match="--force"):
        write_atomically(path, b"two")
    assert path.read_bytes() == b"one"
    write_atomically(path, b"two", force=True)
    assert path.read_bytes() == b"two"


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
