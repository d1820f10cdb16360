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
