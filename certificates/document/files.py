"""Reading files that strangers named and writing files that nothing may leave half done."""

from __future__ import annotations

import hashlib
import os
import stat
import tempfile
from pathlib import Path

from certificates.errors import Malformed, MalformedCertificate

__all__ = ["find_problem", "read_regular_file", "sha256_hex", "write_atomically"]

_CHUNK = 2**24


def sha256_hex(data: bytes) -> str:
    """Sixty-four lowercase hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def read_regular_file(path: str | Path, limit: int) -> bytes:
    """The whole of a regular file, opened once.

    Raises
    ------
    Malformed
        Missing, unreadable, a directory, FIFO or device (never waited for), or larger than ``limit`` bytes.
    """
    place = ascii(str(path)).strip("'")
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise Malformed(f"cannot be opened: {reason}", place=place) from error
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise Malformed("is not a regular file", place=place, remedy="give a file, not a directory, pipe or device")
    with os.fdopen(descriptor, "rb", buffering=0) as stream:
        chunks, size = [], 0
        while chunk := stream.read(_CHUNK):
            chunks.append(chunk)
            size += len(chunk)
            if size > limit:
                raise Malformed(f"is larger than {limit} bytes", place=place)
    return b"".join(chunks)


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
    if os.path.exists(path) and (not path.is_file() or path.read_bytes() != data):
        raise Malformed("a different file exists", place=place, remedy="choose another name (-o) or pass --force")


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


def find_problem(hint: str | None, sha256: str, folder: Path, override: str | Path | None, limit: int) -> bytes:
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

    Raises
    ------
    MalformedCertificate
        No candidate exists (says where it looked and which option helps), or none has the hash.
    """
    candidates = _candidates(hint, folder, override)
    found = [path for path in candidates if os.path.exists(path)]  # unlike Path.exists, never raises
    looked = ", ".join(ascii(str(path)).strip("'") for path in candidates) or "nowhere (the certificate has no path)"
    if not found:
        raise MalformedCertificate(
            f"the problem file {hint or ''!a} is missing; looked at {looked}",
            place="problem.path",
            remedy="pass --problem FILE or DIR",
        )
    for path in found:
        data = read_regular_file(path, limit)
        if sha256_hex(data) == sha256:
            return data
    raise MalformedCertificate(
        f"names the problem with sha256 {sha256[:16]}…, but {looked} has another",
        place="problem.sha256",
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
