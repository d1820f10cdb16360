"""Is the judge that runs the one that was installed? Other packages may bring a folder of the same name."""

from __future__ import annotations

import csv
from pathlib import Path

from certificates.errors import UnsoundPlatform

__all__ = ["foreign_files", "require_own_files"]

_FOLDER = Path(__file__).resolve().parent


def foreign_files(site: Path = _FOLDER.parent) -> list[str]:
    """Python files beside this one that the distribution ``gradcert`` did not record.

    Empty for a source checkout or an editable installation, where there is no record of single files.

    Parameters
    ----------
    site
        The folder that holds the installer's record: the one that the judge's folder lies in.
    """
    recorded = {path for path in _recorded(site) if path.is_relative_to(_FOLDER)}
    if not recorded:
        return []
    return sorted(str(path) for path in _FOLDER.rglob("*.py") if path.resolve() not in recorded)


def _recorded(site: Path) -> set[Path]:
    """What installers write down (PEP 376); read here because importlib.metadata takes longer than many checks."""
    found = set()
    for record in site.glob("gradcert-*.dist-info/RECORD"):
        with record.open(encoding="utf-8", newline="") as lines:
            found |= {(_FOLDER.parent / row[0]).resolve() for row in csv.reader(lines) if row}
    return found


def require_own_files() -> None:
    """Refuse to judge from a folder with foreign files."""
    strangers = foreign_files()
    if strangers:
        raise UnsoundPlatform(
            f"the judge's folder holds files that its distribution did not bring ({', '.join(strangers[:3])}); "
            "reinstall gradcert in a fresh environment"
        )
