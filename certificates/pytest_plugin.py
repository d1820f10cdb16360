"""``pytest --certificates DIR`` collects ``*.cert.json`` files as tests; the judge loads only when it is asked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

__all__ = ["pytest_addoption", "pytest_collect_file", "pytest_configure"]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add ``--certificates`` and ``--certificates-arithmetic``."""
    group = parser.getgroup("gradcert")
    group.addoption("--certificates", action="append", default=[], metavar="DIR", help="check *.cert.json below DIR")
    group.addoption(
        "--certificates-arithmetic",
        choices=("fast", "arb"),
        default="fast",
        help="which arithmetic the judge uses",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Let pytest walk through the folders named."""
    folders = config.getoption("certificates")
    config.args.extend(folder for folder in folders if folder not in config.args)


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """One file, one test, below the folders named."""
    folders = [Path(folder).resolve() for folder in parent.config.getoption("certificates")]
    if file_path.name.endswith(".cert.json") and any(file_path.resolve().is_relative_to(f) for f in folders):
        collected: pytest.Collector = CertificateFile.from_parent(parent, path=file_path)
        return collected
    return None


class CertificateFile(pytest.File):
    """A certificate as a file of one test."""

    def collect(self) -> Iterator[pytest.Item]:
        """The judge's verdict."""
        item: pytest.Item = CertificateItem.from_parent(self, name="accepted")
        yield item


class CertificateItem(pytest.Item):
    """Passes if the judge accepts the certificate without conditions."""

    def runtest(self) -> None:
        """Judge."""
        from certificates.errors import Malformed, UnsoundPlatform
        from certificates.judge import check
        from certificates.verdict import Accepted

        try:
            verdict = check(self.path, arithmetic=self.config.getoption("certificates_arithmetic"))
        except Malformed as error:
            raise NotAcceptedError(f"malformed: {error}") from error
        except UnsoundPlatform as error:
            raise NotAcceptedError(f"not judged: {error}") from error
        if not isinstance(verdict, Accepted):
            raise NotAcceptedError(f"{verdict.outcome}: {verdict.explanation()}")
        if verdict.conditional:
            raise NotAcceptedError("accepted only on an unproved mathematical assumption")

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The verdict instead of a traceback."""
        if isinstance(excinfo.value, NotAcceptedError):
            return f"{self.path}: {excinfo.value}"
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Where pytest says the test is."""
        return self.path, None, f"certificate {self.path.name}"


class NotAcceptedError(Exception):
    """A certificate that the judge did not accept."""
