"""The certificates of an activation's table as files: one name for each, all or none of them replaced."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from certificates.certificate import encode_certificate
from certificates.document import write_atomically
from certificates.errors import Malformed
from certificates.language.wording import in_words
from verify.activations.table import ActivationTable, Entry
from verify.search.proposal import certificate_of

__all__ = ["file_names", "require_folder", "write_certificates"]

_ENDING = ".cert.json"


def write_certificates(table: ActivationTable, prefix: str | Path, *, force: bool = False) -> tuple[Path, ...]:
    """Write PREFIX.P1.cert.json and so on for every entry that is proved, conditionally or not.

    Parameters
    ----------
    table
        Of one activation.
    prefix
        Folder and beginning of the names; an ending ``.cert.json`` is dropped.
    force
        Replace different files.

    Returns
    -------
    tuple of Path
        In the order of the table.

    Raises
    ------
    Malformed
        A different file stands in the way and ``force`` is not given (then nothing is written), or the folder cannot
        be written.
    """
    contents = {
        path: encode_certificate(certificate_of(entry.proposal))
        for entry, path in file_names(table, prefix).items()
        if entry.proposal is not None
    }
    if not force:
        for path, data in contents.items():
            _refuse_different(path, data)
    for path, data in contents.items():
        write_atomically(path, data, force=force)
    return tuple(contents)


def require_folder(prefix: str | Path) -> None:
    """Refuse a prefix in a folder that does not exist, before any work is done."""
    folder = Path(prefix).parent
    if not folder.is_dir():
        raise Malformed("is no folder", place=ascii(str(folder)).strip("'"), remedy="make it first")


def file_names(table: ActivationTable, prefix: str | Path) -> dict[Entry, Path]:
    """The proved entries with their files.

    Examples
    --------
    >>> from verify.activations.table import activation
    >>> [path.name for path in file_names(activation("relu", ["0.1"]), "relu").values()][:3]
    ['relu.P1.cert.json', 'relu.P2.cert.json', 'relu.not-P3a.cert.json']
    """
    start = Path(prefix)
    if not start.name:
        raise Malformed("names no file", place="--output", remedy="give a prefix such as tanh or proofs/tanh")
    stem = start.name.removesuffix(_ENDING)
    return {
        entry: start.with_name(f"{stem}.{_stem(entry)}{_ENDING}")
        for entry in table.entries
        if entry.proposal is not None and entry.is_proved
    }


def _stem(entry: Entry) -> str:
    """What is claimed, in letters that every file system takes."""
    claim: Any = None if entry.proposal is None else entry.proposal.claim
    if entry.sigma is not None:
        return f"{claim.kind}.sigma-{in_words(entry.sigma).replace('/', 'over')}"
    name = str(getattr(claim, "label", claim.kind)).replace("P1'", "P1-weaker")
    return name.replace(" for σ > 0", "-for-positive-sigma").replace("(", "").replace(")", "")


def _refuse_different(path: Path, data: bytes) -> None:
    if path.exists() and (not path.is_file() or path.read_bytes() != data):
        place = ascii(str(path)).strip("'")
        raise Malformed("a different file exists", place=place, remedy="choose another prefix (-o) or pass --force")
