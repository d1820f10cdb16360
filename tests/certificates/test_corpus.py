"""The corpus: accepted, rejected with the right check, malformed with a place."""

from __future__ import annotations

from pathlib import Path

import pytest

from certificates import Accepted, check
from certificates.errors import Malformed

CORPUS = Path(__file__).resolve().parent.parent / "corpus"


def _files(folder: str) -> list[Path]:
    found = sorted((CORPUS / folder).rglob("*.cert.json"))
    if len(found) < 5:
        raise RuntimeError(f"{folder}: only {len(found)} files; python -m tests.corpus.regenerate")
    return found


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
