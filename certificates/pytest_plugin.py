"""``pytest --certificates DIR`` judges every ``*.cert.json`` below DIR as a test; the judge loads only when asked.

Certificates come from strangers, so their folder is data: it is walked by this module, not by pytest, which would
import every ``conftest.py`` and ``__init__.py`` that lies there. Nothing is skipped by name: hidden folders, ``build``,
``venv`` and what links lead to are walked, each folder once. pytest's own collection keeps out of DIR, unless what
pytest was started on lies in it: then it is the user's own, and pytest treats it as always.

Write ``--certificates=DIR`` where DIR may hold settings of pytest: before any plugin is loaded, pytest takes what
follows an option it does not know and a blank for a path to collect, and looks for its settings from there upwards.
"""

from __future__ import annotations

import argparse
import math
import os
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

__all__ = [
    "pytest_addoption",
    "pytest_configure",
    "pytest_ignore_collect",
    "pytest_load_initial_conftests",
    "pytest_make_collect_report",
    "pytest_report_header",
]

_SETTINGS = ("pytest.toml", ".pytest.toml", "pytest.ini", ".pytest.ini", "pyproject.toml", "tox.ini", "setup.cfg")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add ``--certificates`` and, with its prefix, the options of ``python -m certificates check``."""
    group = parser.getgroup("gradcert")
    add = group.addoption
    add("--certificates", action="append", default=[], metavar="DIR", help="judge *.cert.json below DIR, or a file")
    add(
        "--certificates-arithmetic",
        choices=("fast", "arb"),
        default="fast",
        help="which arithmetic the judge uses",
    )
    add("--certificates-problem", metavar="FILE|DIR", help="where problems are that do not lie beside")
    add("--certificates-budget", type=_positive, metavar="FLOPS", help="operations to spend on one certificate")
    add("--certificates-allow-conditional", action="store_true", help="accept on unproved assumptions")


def _positive(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 < value < math.inf:
        raise argparse.ArgumentTypeError(f"expected a positive, finite number, got {text[:40]!a}")
    return value


def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """Refuse what would make pytest obey a stranger's files, or none of the user's."""
    known = early_config.known_args_namespace
    start = early_config.invocation_params.dir
    arguments = _started_on(early_config, known.file_or_dir)
    if known.certificates and known.inifilename is None:
        _require_own_settings(early_config.inipath, [start.resolve(), *arguments])
    for folder in _foreign(known.certificates, start, arguments):
        for anchor in (path for argument in arguments if argument.is_dir() for path in argument.glob("test*")):
            if anchor.resolve().is_relative_to(folder) and (anchor / "conftest.py").is_file() and not known.noconftest:
                raise pytest.UsageError(
                    f"--certificates: {anchor / 'conftest.py'} would be run, for pytest looks into folders named test* "
                    "where it starts: rename the folder, start pytest elsewhere or on other paths, or pass --noconftest"
                )


def _require_own_settings(used: Path | None, own: list[Path]) -> None:
    """Refuse settings from beside the certificates: pytest takes DIR after a blank for a path to collect."""
    above = {folder for path in own for folder in (path, *path.parents)}
    if used is None:
        missed = [folder / name for folder in above for name in _SETTINGS if "pytest" in _text(folder / name)]
        what = f"pytest overlooks its settings in {missed[0]}" if missed else ""
    else:
        what = "" if used.parent.resolve() in above else f"pytest has read its settings from {used}"
    if what:
        raise pytest.UsageError(f"--certificates: {what}; write --certificates=DIR, with the equals sign")


def _text(path: Path) -> str:
    try:
        return path.name + path.read_text(errors="replace") if path.is_file() else ""
    except OSError:
        return ""


def _started_on(config: pytest.Config, named: list[str]) -> list[Path]:
    """The paths that pytest itself will collect."""
    start = config.invocation_params.dir
    if not named and start == config.rootpath:
        named = [str(path) for pattern in config.getini("testpaths") for path in start.glob(pattern)]
    paths = [start / name.split("::")[0].split("[")[0] for name in named] or [start]
    return [path.resolve() for path in paths]


def _foreign(folders: list[str], start: Path, arguments: list[Path]) -> list[Path]:
    """The folders of certificates, without those that pytest was started in."""
    resolved = [(start / folder).resolve() for folder in folders]
    return [path for path in resolved if not any(argument.is_relative_to(path) for argument in arguments)]


def pytest_configure(config: pytest.Config) -> None:
    """Make the folders absolute, for workers, and refuse those that are not there."""
    start = config.invocation_params.dir
    for option in ("certificates", "certificates_problem"):
        given = config.getoption(option)
        paths = [given] if isinstance(given, str) else given or []
        for path in paths:
            if not os.path.exists(start / path):
                flag = "--" + option.replace("_", "-")
                raise pytest.UsageError(f"{flag}: {path!a} does not exist; give a folder or a file")
        absolute = [os.path.abspath(start / path) for path in paths]
        setattr(config.option, option, absolute if isinstance(given, list) else next(iter(absolute), None))


def _kept_out(config: pytest.Config) -> list[Path]:
    return _foreign(config.getoption("certificates"), config.rootpath, _started_on(config, config.args))


def pytest_report_header(config: pytest.Config) -> list[str]:
    """Say what is judged, and what is left out."""
    kept_out = _kept_out(config)
    lines = []
    for name in config.getoption("certificates"):
        data = os.path.isdir(name) and Path(name).resolve() in kept_out
        lines.append(f"certificates: {name!a}" + (", whose own tests and conftest.py are not run" if data else ""))
    return lines


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Keep pytest's own collection, which imports, out of the folders of certificates."""
    if not config.getoption("certificates"):
        return None
    path = collection_path.resolve()
    return True if any(path.is_relative_to(folder) for folder in _kept_out(config)) else None


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Generator[None, Any, Any]:
    """Add the folders of certificates to what the session collected."""
    from certificates.pytest_items import CertificateFolder

    report = yield
    if isinstance(collector, pytest.Session) and report.passed:
        listed: set[tuple[str, str]] = set()
        for name in collector.config.getoption("certificates"):
            folder = CertificateFolder.from_parent(collector, name=f"--certificates {name}", path=Path(name))
            folder.listed = listed
            report.result.append(folder)
    return report
