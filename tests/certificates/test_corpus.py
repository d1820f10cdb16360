"""The corpus: accepted, rejected with the right check, malformed with a place."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet

from certificates import Accepted, Network, Undecided, check
from certificates.errors import Malformed
from certificates.kinds import KINDS, basename, find
from tests.corpus.__main__ import place, table

CORPUS = Path(__file__).resolve().parent.parent / "corpus"


def _files(folder: str) -> list[Path]:
    found = sorted((CORPUS / folder).rglob("*.cert.json"))
    if len(found) < 5:
        raise RuntimeError(f"{folder}: only {len(found)} files; python -m tests.corpus")
    return found


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("folder", "least"), [("accepted", 5), ("rejected", 15), ("malformed", 10)])
def test_every_kind_has_enough_files(kind, folder, least):
    assert len(list((CORPUS / folder / kind).glob("*.cert.json"))) >= least


@cache
def _told(kind: str) -> dict[str, str]:
    """False theorems by name."""
    lines = (CORPUS / "rejected" / kind / "README.md").read_text(encoding="utf-8").splitlines()
    rows = [line.split("|", 2)[1:] for line in lines if line.startswith("| ")]
    return {name.strip(): theorem.strip(" |") for name, theorem in rows}


@pytest.mark.parametrize("kind", KINDS)
def test_the_false_theorems_of_rejected_files_are_told(kind):
    told = _told(kind)
    assert {name for name in told if "-check-" in name} == {
        path.name.removesuffix(".cert.json") for path in (CORPUS / "rejected" / kind).glob("*.cert.json")
    }
    assert all(told.values())


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_the_files_are_those_that_the_kind_yields(kind):
    """By name and theorem: the last bits of what a search finds are its own."""
    cases = list(import_module(f"tests.corpus.{basename(kind)}").cases())
    assert {place(kind, case) for case in cases} == set(CORPUS.glob(f"*/{kind}/*.cert.json"))
    assert table(cases) == (CORPUS / "rejected" / kind / "README.md").read_text(encoding="utf-8")


def _decides(path: Path, arithmetic: str) -> bool:
    return find(path.parent.name).subject is not Network or arithmetic in find(path.parent.name).arithmetics


_DEAR = ("interpolation", "convergence-basin", "float-run")  # a second each in Arb, and what is bent is refused alike


def _judged(folder: str) -> Iterator[ParameterSet]:
    """Every file in both arithmetics; claims that are no networks' are judged the same way twice."""
    for path in _files(folder):
        for arithmetic in ("fast", "arb"):
            again = arithmetic == "arb" and find(path.parent.name).subject is not Network
            dear = arithmetic == "arb" and folder == "rejected" and path.parent.name in _DEAR
            marks = [pytest.mark.slow] if again or dear else []
            yield pytest.param(path, arithmetic, id=f"{arithmetic}-{path.stem}", marks=marks)


@pytest.mark.parametrize(("path", "arithmetic"), [*_judged("accepted")])
def test_accepted(path, arithmetic):
    verdict = check(path, arithmetic=arithmetic)
    if _decides(path, arithmetic):
        assert isinstance(verdict, Accepted)
    else:
        assert isinstance(verdict, Undecided) and verdict.check == 0 and "binary64 only" in verdict.reason


@pytest.mark.parametrize(("path", "arithmetic"), [*_judged("rejected")])
def test_rejected_by_the_intended_check(path, arithmetic):
    verdict = check(path, arithmetic=arithmetic)
    assert not isinstance(verdict, Accepted)
    intended = int(path.name.split(".")[0].rsplit("-", 1)[1])
    assert verdict.check == (intended if _decides(path, arithmetic) else 0)


@pytest.mark.parametrize("path", _files("malformed"), ids=lambda p: p.stem)
def test_malformed_with_a_place(path):
    with pytest.raises(Malformed) as caught:
        check(path)
    assert caught.value.place
