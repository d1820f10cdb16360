"""The page of every kind in every format, for a certificate of the corpus: nothing that is proved is left out."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from certificates import Accepted, check
from certificates.kinds import KINDS
from verify.crosscheck.replay import load_subject
from verify.reports import FORMATS, explain
from verify.reports.pages import page_of

CORPUS = Path(__file__).resolve().parents[2] / "corpus" / "accepted"


@cache
def _page(kind):
    path = min((CORPUS / kind).glob("*.cert.json"), key=lambda each: each.stat().st_size)
    verdict = check(path)
    assert isinstance(verdict, Accepted)
    certificate, subject = load_subject(path)
    return explain(certificate, verdict, subject), certificate


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("style", sorted(FORMATS))
def test_every_kind_in_every_format(kind, style):
    page, certificate = _page(kind)
    text = FORMATS[style](page)
    assert "Theorem" in text and page.hashes[0][1] in text and "certificates check" in text
    title = re.match("[A-Za-z ]+", page_of(kind).title(certificate.claim))[0]  # symbols are escaped
    assert title.strip() in text


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_claimed_stands_beside_what_is_proved(kind):
    page, _ = _page(kind)
    assert page.steps and page.statement and page.notation
    assert all(line.value and line.proved for line in page.claims)
