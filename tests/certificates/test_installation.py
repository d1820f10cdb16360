"""Foreign files beside the judge are found from the installer's record, and from nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from certificates import installation
from certificates.errors import UnsoundPlatform

ROOT = Path(installation.__file__).resolve().parent.parent


def installed(site: Path, lines: list[str], name: str = "RECORD", folder: str = "gradcert-0.1.0.dist-info") -> Path:
    """A folder with the record of a distribution."""
    (site / folder).mkdir()
    (site / folder / name).write_text("\n".join(lines) + "\n")
    return site


def test_a_file_without_record_is_foreign(tmp_path, monkeypatch):
    site = installed(tmp_path, ["certificates/judge.py,sha256=0,1", '"certificates/verdict.py",,'])
    strangers = installation.foreign_files(site)
    assert str(ROOT / "certificates" / "errors.py") in strangers
    assert not {str(ROOT / "certificates" / name) for name in ("judge.py", "verdict.py")} & set(strangers)
    monkeypatch.setattr(installation, "foreign_files", lambda: strangers)
    with pytest.raises(UnsoundPlatform, match="reinstall gradcert"):
        installation.require_own_files()


def test_a_full_record_leaves_no_stranger(tmp_path):
    files = [f"{path.relative_to(ROOT)},," for path in (ROOT / "certificates").rglob("*.py")]
    assert installation.foreign_files(installed(tmp_path, files)) == []


@pytest.mark.parametrize(
    ("name", "folder"), [("SOURCES.txt", "gradcert.egg-info"), ("RECORD", "gradcertainly-1.0.dist-info")]
)
def test_what_is_no_record_of_the_judge_is_not_read(tmp_path, name, folder):
    """A list of sources in a checkout is of the day it was built; another distribution brought other files."""
    assert installation.foreign_files(installed(tmp_path, ["certificates/judge.py,,"], name, folder)) == []


def test_an_editable_installation_records_no_file_of_the_judge(tmp_path):
    assert installation.foreign_files(installed(tmp_path, ["__editable__.gradcert-0.1.0.pth,,"])) == []
