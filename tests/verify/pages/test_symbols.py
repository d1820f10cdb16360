"""Every kind's page knows every number of its claims, and no number that claims do not have."""

from __future__ import annotations

from dataclasses import fields

import pytest

from certificates.errors import MalformedCertificate
from certificates.kinds import KINDS, find
from verify.reports.pages import page_of


@pytest.mark.parametrize("kind", KINDS)
def test_numbers_have_symbols(kind):
    claim, symbols = find(kind).claim, page_of(kind).symbols
    assert {spec.name for spec in fields(claim) if "weaker" in spec.metadata} <= set(symbols)
    assert {name.partition(".")[0] for name in symbols} <= {spec.name for spec in fields(claim)}


def test_no_page_of_a_kind_that_is_not_in_the_list():
    with pytest.raises(MalformedCertificate, match="unknown kind"):
        page_of("__init__")


def test_a_file_without_its_page_is_seen(monkeypatch):
    monkeypatch.setattr("verify.pages.optimality_gap.PAGE", object())
    with pytest.raises(ImportError, match="does not define its page"):
        page_of("optimality-gap")
