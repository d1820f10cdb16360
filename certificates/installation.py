"""Is the judge that runs the one that was installed? Other packages may bring a folder of the same name."""

from __future__ import annotations

from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from certificates.errors import UnsoundPlatform

__all__ = ["foreign_files", "require_own_files"]


def foreign_files() -> list[str]:
    """Python files beside this one that the distribution ``gradcert`` did not record.

    Empty for a source checkout or an editable installation, where there is no record of single files: the list of
    sources that building leaves in a checkout is of the day it was built.
    """
    folder = Path(__file__).resolve().parent
    try:
        recorded = _recorded(distribution("gradcert"), folder)
    except PackageNotFoundError:
        return []
    if not recorded:
        return []
    return sorted(str(path) for path in folder.rglob("*.py") if path.resolve() not in recorded)


def _recorded(installed: Distribution, folder: Path) -> set[Path]:
    if installed.read_text("RECORD") is None:
        return set()
    paths = {Path(str(installed.locate_file(entry))).resolve() for entry in installed.files or ()}
    return {path for path in paths if path.is_relative_to(folder)}


def require_own_files() -> None:
    """Refuse to judge from a folder with foreign files."""
    strangers = foreign_files()
    if strangers:
        raise UnsoundPlatform(
            f"the judge's folder holds files that its distribution did not bring ({', '.join(strangers[:3])}); "
            "reinstall gradcert in a fresh environment"
        )
