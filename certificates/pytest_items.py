"""Certificates as tests: the folders that ``--certificates`` names, walked without pytest, one test a certificate."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

__all__ = ["CertificateFile", "CertificateFolder", "CertificateItem", "NotAcceptedError", "walk"]

_SUFFIX = ".cert.json"
_JUDGES_OPTIONS = re.compile(r"--(arithmetic|budget|problem|allow-conditional)\b")


class CertificateFolder(pytest.Collector):
    """One DIR; no :class:`pytest.Directory`, for which pytest imports ``conftest.py``."""

    listed: set[tuple[str, str]]
    """(real folder, name) of the certificates that an earlier DIR holds."""

    def collect(self) -> Iterator[pytest.Item | pytest.Collector]:
        """The certificates in it, each once."""
        found = sorted(walk(self.path))
        if not found:
            raise self.CollectError(f"there is no *{_SUFFIX} below {str(self.path)!a}")
        for path, failure in found:
            key = (os.path.realpath(path.parent), path.name)
            if key not in self.listed:
                self.listed.add(key)
                yield CertificateFile.from_parent(self, path=path, failure=failure)


def walk(start: Path) -> Iterator[tuple[Path, str]]:
    """Certificates at or below a path, and folders that cannot be read with the reason; each folder once."""
    if not start.is_dir():
        yield start, ""
        return
    folders, links, visited = [start], list[Path](), set[tuple[int, int]]()
    while folders or links:
        here = (folders or links).pop()  # links last: what they lead to has its own name, if it lies below
        try:
            status = os.stat(here)
            entries = [] if (status.st_dev, status.st_ino) in visited else list(os.scandir(here))
        except OSError as error:
            yield here, f"cannot be read: {error.strerror}"
            continue
        visited.add((status.st_dev, status.st_ino))
        for entry in entries:
            if os.path.isdir(entry.path):
                (links if entry.is_symlink() else folders).append(Path(entry.path))
            elif entry.name.endswith(_SUFFIX):
                yield Path(entry.path), ""


class CertificateFile(pytest.File):
    """A certificate as a file of one test; or a folder that cannot be read, whose test fails."""

    def __init__(self, failure: str, **rest: Any) -> None:
        super().__init__(**rest)
        self.failure = failure

    def collect(self) -> Iterator[pytest.Item]:
        """The judge's verdict."""
        item: pytest.Item = CertificateItem.from_parent(self, name="accepted", failure=self.failure)
        yield item


class CertificateItem(pytest.Item):
    """Passes if the judge accepts the certificate, without conditions unless they are allowed."""

    def __init__(self, failure: str, **rest: Any) -> None:
        super().__init__(**rest)
        self.failure = failure

    def runtest(self) -> None:
        """Judge."""
        failure = self.failure or self._judge()
        if failure:
            advice = _JUDGES_OPTIONS.sub(r"--certificates-\1", failure)
            raise NotAcceptedError("".join(c if c.isprintable() or c == "\n" else repr(c)[1:-1] for c in advice))

    def _judge(self) -> str:
        """Why the certificate is not accepted; empty if it is."""
        from certificates.errors import Malformed, OutOfMemory, UnsoundPlatform
        from certificates.judge import check
        from certificates.verdict import Accepted

        option = self.config.getoption
        try:
            verdict = check(
                self.path,
                problem=option("certificates_problem"),
                arithmetic=option("certificates_arithmetic"),
                budget=option("certificates_budget"),
            )
        except OutOfMemory as error:
            return f"out of memory: {error}"
        except Malformed as error:
            return f"malformed: {error}"
        except UnsoundPlatform as error:
            return f"not judged: {error}"
        if not isinstance(verdict, Accepted):
            return f"{verdict.outcome}: {verdict.explanation()}"
        if verdict.conditional and not option("certificates_allow_conditional"):
            ledger = "".join(f"\n  assuming {assumption.text}" for assumption in verdict.ledger)
            return f"accepted only on an unproved assumption; --allow-conditional accepts it{ledger}"
        return ""

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The verdict instead of a traceback."""
        if isinstance(excinfo.value, NotAcceptedError):
            return f"{ascii(str(self.path))[1:-1]}: {excinfo.value}"
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Where pytest says the test is."""
        return self.path, None, f"certificate {self.path.name}"


class NotAcceptedError(Exception):
    """A certificate that the judge did not accept."""
