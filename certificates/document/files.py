"""Reading files that strangers named and writing files that nothing may leave half done."""

from __future__ import annotations

import hashlib
import os
import stat
import tempfile
from io import FileIO
from pathlib import Path

from certificates.errors import Malformed, MalformedCertificate, OutOfMemory, within_memory

__all__ = [
    "PROBLEM_LIMIT",
    "find_problem",
    "read_regular_file",
    "require_hash",
    "require_memory",
    "sha256_hex",
    "write_atomically",
]

PROBLEM_LIMIT = 16 * 2**30
_CHUNK = 2**24
_NAMES = {
    "problem": "the problem file",
    "claim.origin": "the problem file before polishing",
    "claim.data": "the problem file of the samples",
}
_REMEDIES = {
    "problem": "pass --problem FILE or DIR",
    "claim.origin": "put it beside the certificate, or both problem files into the directory that --problem names; "
    "`verify certify --standalone` makes certificates that need none",
    "claim.data": "put it beside the certificate, or both problem files into the directory that --problem names",
}


def sha256_hex(data: bytes) -> str:
    """Sixty-four lowercase hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def require_hash(data: bytes | None, sha256: str, place: str) -> None:
    """Refuse any file but the one that a certificate names, before it is parsed.

    Raises
    ------
    MalformedCertificate
        There is none, or it has another hash.
    """
    if data is None:
        raise MalformedCertificate("the problem file is missing", place=place, remedy="pass its bytes")
    found = sha256_hex(data)
    if found != sha256:
        raise MalformedCertificate(
            f"names the problem {sha256[:16]}…, the file given is {found[:16]}…",
            place=f"{place}.sha256",
            remedy="give the problem file this certificate was made for",
        )


def read_regular_file(path: str | Path, limit: int) -> bytes:
    """The whole of a stored file, opened once; type and size are looked at before anything is opened or read.

    Guarantee
    ---------
    Nothing is opened but a regular file, and no more is read than the size that its file system states, which is at
    most ``limit`` and fits into memory.

    Raises
    ------
    Malformed
        Missing, unreadable, a directory, FIFO or device (never opened, so never waited for), larger than ``limit``
        bytes, of no stated size (as in ``/proc``), or not of the stated size.
    OutOfMemory
        Too large for this machine.
    """
    place = ascii(str(path)).strip("'")
    try:
        _stored_size(os.stat(path), limit, place)
        with open(path, "rb", buffering=0, opener=_without_waiting) as stream, within_memory(place):
            size = _stored_size(os.fstat(stream.fileno()), limit, place)
            require_memory(2 * size, place)
            return _read_exactly(stream, size, place)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise Malformed(f"cannot be read: {reason}", place=place) from error


def _without_waiting(path: str, flags: int) -> int:
    """What became a FIFO or a terminal since it was looked at is neither waited for nor taken as ours."""
    return os.open(path, flags | os.O_NONBLOCK | os.O_NOCTTY)


def _stored_size(status: os.stat_result, limit: int, place: str) -> int:
    if not stat.S_ISREG(status.st_mode):
        raise Malformed("is not a regular file", place=place, remedy="give a file, not a directory, pipe or device")
    if status.st_size > limit:
        raise Malformed(f"is larger than {limit} bytes", place=place)
    if status.st_size == 0:
        raise Malformed("is empty, or made while it is read (its size is 0)", place=place)
    return status.st_size


def _read_exactly(stream: FileIO, size: int, place: str) -> bytes:
    chunks, found = list[bytes](), 0
    while found <= size and (chunk := stream.read(min(_CHUNK, size + 1 - found))):  # one byte more, to see the end
        chunks.append(chunk)
        found += len(chunk)
    if found != size:
        raise Malformed(f"has not the {size} bytes that its size states", place=place, remedy="read a finished file")
    return b"".join(chunks)


def require_memory(needed: int, place: str) -> None:
    """Refuse work on more bytes than this machine has, before a system that overcommits kills the process.

    Raises
    ------
    OutOfMemory
        ``needed`` bytes are more than the physical memory.
    """
    try:
        available = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, OSError, ValueError):  # not POSIX
        return
    if 0 < available < needed:
        raise OutOfMemory(
            f"takes {needed} bytes of memory to read, this machine has {available}",
            place=place,
            remedy="use a machine with more",
        )


def write_atomically(path: str | Path, data: bytes, *, force: bool = False) -> None:
    """Write a temporary file beside ``path``, read it back, and rename it.

    Guarantee
    ---------
    After any outcome, an interruption included, ``path`` holds its old content or all of ``data``, and no
    temporary file is left.

    Raises
    ------
    Malformed
        A different file stands there and ``force`` is not given, or the folder cannot be written.
    """
    path = Path(path)
    place = ascii(str(path)).strip("'")
    temporary = ""
    try:
        if not force:
            _refuse_different(path, data, place)
        descriptor, temporary = tempfile.mkstemp(prefix=f".{path.name[:40]}.", suffix=".tmp", dir=path.parent)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        _require_same(Path(temporary), data, place)
        os.chmod(temporary, 0o666 & ~_umask())
        os.replace(temporary, path)
    except (OSError, ValueError) as error:
        _remove(temporary)
        reason = getattr(error, "strerror", None) or str(error)
        raise Malformed(f"cannot be written: {reason}", place=place) from error
    except BaseException:
        _remove(temporary)
        raise


def _refuse_different(path: Path, data: bytes, place: str) -> None:
    if os.path.exists(path) and (not path.is_file() or path.stat().st_size != len(data) or path.read_bytes() != data):
        raise Malformed("a different file exists", place=place, remedy="choose another name, or pass --force")


def _require_same(temporary: Path, data: bytes, place: str) -> None:
    if temporary.read_bytes() != data:
        raise Malformed("what was written reads back differently", place=place, remedy="check the disk")


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _remove(temporary: str) -> None:
    if temporary:
        Path(temporary).unlink(missing_ok=True)


def find_problem(
    hint: str | None, sha256: str, folder: Path, override: str | Path | None, limit: int, *, place: str = "problem"
) -> bytes:
    """The bytes of the problem a certificate names: ``--problem`` if given, else beside the certificate.

    Parameters
    ----------
    hint
        The certificate's relative path.
    sha256
        What the file must hash to.
    folder
        Where the certificate lies.
    override
        A file or a directory named by the user.
    limit
        Largest size in bytes.
    place
        Where it is named: ``problem``, ``claim.origin`` for the one before polishing, or ``claim.data`` for that of
        the samples.

    Raises
    ------
    MalformedCertificate
        No candidate exists (says where it looked and which option helps), or none has the hash.
    Malformed
        None has the hash, and one cannot be read.
    """
    candidates = _candidates(hint, folder, override)
    found = [path for path in candidates if os.path.exists(path)]  # unlike Path.exists, never raises
    looked = ", ".join(ascii(str(path)).strip("'") for path in candidates) or "nowhere (the certificate has no path)"
    if not found:
        raise MalformedCertificate(
            f"{_NAMES[place]} {hint or ''!a} is missing; looked at {looked}",
            place=f"{place}.path",
            remedy=_REMEDIES[place],
        )
    unread: list[Malformed] = []
    for path in found:
        try:
            data = read_regular_file(path, limit)
        except Malformed as refusal:  # the next one may serve
            unread.append(refusal)
            continue
        if sha256_hex(data) == sha256:
            return data
    if unread:
        raise unread[0]
    raise MalformedCertificate(
        f"names {_NAMES[place]} with sha256 {sha256[:16]}…, but {looked} has another",
        place=f"{place}.sha256",
        remedy="give the problem file this certificate was made for with --problem",
    )


def _candidates(hint: str | None, folder: Path, override: str | Path | None) -> list[Path]:
    beside = [folder / hint] if hint is not None else []
    if override is None:
        return beside
    override = Path(override)
    if not os.path.isdir(override):
        return [override, *beside]
    return [override / name for name in dict.fromkeys([hint, Path(hint).name])] if hint is not None else []
