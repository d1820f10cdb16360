"""Foreign files beside the judge are found from the installer's record, and from nothing else."""

from __future__ import annotations

from importlib.metadata import PathDistribution
from pathlib import Path

import pytest

from certificates import installation
from certificates.errors import UnsoundPlatform

ROOT = Path(installation.__file__).resolve().parent.parent


def installed(folder: Path, name: str, lines: list[str]) -> PathDistribution:
    """A distribution whose files are found relative to the folder that holds its metadata."""
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: gradcert\nVersion: 0\n")
    (folder / name).write_text("\n".join(lines) + "\n")

    class Here(PathDistribution):
        def locate_file(self, path):
            return ROOT / path

    return Here(folder)


def test_a_file_without_record_is_foreign(tmp_path, monkeypatch):
    found = installed(tmp_path, "RECORD", ["certificates/judge.py,,", "certificates/verdict.py,,"])
    monkeypatch.setattr(installation, "distribution", lambda name: found)
    strangers = installation.foreign_files()
    assert str(ROOT / "certificates" / "errors.py") in strangers
    assert str(ROOT / "certificates" / "judge.py") not in strangers
    with pytest.raises(UnsoundPlatform, match="reinstall gradcert"):
        installation.require_own_files()


def test_a_full_record_leaves_no_stranger(tmp_path, monkeypatch):
    files = [f"{path.relative_to(ROOT)},," for path in (ROOT / "certificates").rglob("*.py")]
    monkeypatch.setattr(installation, "distribution", lambda name: installed(tmp_path, "RECORD", files))
    assert installation.foreign_files() == []


def test_a_stale_list_of_sources_in_a_checkout_is_no_record(tmp_path, monkeypatch):
    found = installed(tmp_path, "SOURCES.txt", ["certificates/judge.py"])
    assert [str(path) for path in found.files or ()] == ["certificates/judge.py"]  # what metadata makes of it
    monkeypatch.setattr(installation, "distribution", lambda name: found)
    assert installation.foreign_files() == []
