"""The corpus: accepted, rejected with the right check, malformed with a place."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from certificates import Accepted, check
from certificates.errors import Malformed
from certificates.kinds import KINDS

CORPUS = Path(__file__).resolve().parent.parent / "corpus"


def _files(folder: str) -> list[Path]:
    found = sorted((CORPUS / folder).rglob("*.cert.json"))
    if len(found) < 5:
        raise RuntimeError(f"{folder}: only {len(found)} files; python -m tests.corpus.regenerate")
    return found


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("folder", "least"), [("accepted", 5), ("rejected", 15), ("malformed", 10)])
def test_every_kind_has_enough_files(kind, folder, least):
    assert len(list((CORPUS / folder / kind).glob("*.cert.json"))) >= least


@cache
def _told() -> dict[str, list[re.Pattern[str]]]:
    """Names in the first columns of the README, by kind; "" where they are said of several."""
    found: dict[str, list[re.Pattern[str]]] = {}
    for line in (CORPUS / "README.md").read_text(encoding="utf-8").splitlines():
        cell = line.split("|")[1].strip() if line.startswith("| ") else ""
        kind, _, names = cell.rpartition("/")
        for name in names.split(", "):
            pattern = re.escape(name).replace(r"\*", ".*") + (".*" if name.endswith("-") else "")
            found.setdefault("" if kind == "*" else kind, []).append(re.compile(pattern))
    return found


@pytest.mark.parametrize("path", _files("rejected"), ids=lambda p: p.stem)
def test_the_false_theorem_of_a_rejected_file_is_told(path):
    told = _told()
    patterns = told.get("", []) + told.get(path.parent.name, [])
    assert any(pattern.fullmatch(path.name.split(".")[0]) for pattern in patterns)


@pytest.mark.parametrize("path", _files("accepted"), ids=lambda p: p.stem)
@pytest.mark.parametrize("arithmetic", ["fast", "arb"])
def test_accepted(path, arithmetic):
    assert isinstance(check(path, arithmetic=arithmetic), Accepted)


@pytest.mark.parametrize("path", _files("rejected"), ids=lambda p: p.stem)
@pytest.mark.parametrize("arithmetic", ["fast", "arb"])
def test_rejected_by_the_intended_check(path, arithmetic):
    verdict = check(path, arithmetic=arithmetic)
    assert not isinstance(verdict, Accepted)
    assert verdict.check == int(path.name.split(".")[0].rsplit("-", 1)[1])


@pytest.mark.parametrize("path", _files("malformed"), ids=lambda p: p.stem)
def test_malformed_with_a_place(path):
    with pytest.raises(Malformed) as caught:
        check(path)
    assert caught.value.place
