"""Reports: outward decimals, escaping, and that every format holds the proof."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction
from html.parser import HTMLParser

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import verify
from certificates import check
from certificates.errors import Malformed
from tests.support.naive import random_network
from verify.crosscheck.replay import load_pair
from verify.reports import FORMATS, explain, save_plot
from verify.reports.decimals import between, down, up

numbers = st.floats(allow_nan=False, allow_infinity=False)


@given(numbers, st.integers(1, 12))
def test_decimals_round_outward(value, digits):
    assert Fraction(down(value, digits)) <= Fraction(value) <= Fraction(up(value, digits))


@given(st.floats(min_value=1e-300, max_value=1e300))
def test_decimals_are_tight(value):
    assert Fraction(up(value, 6)) - Fraction(down(value, 6)) <= Fraction(value) / 10**4


def test_enclosures_in_words():
    assert between(2.0, 2.0) == "= 2" and between(0.25, 0.5) == "[0.25, 0.5]"
    assert between(-1.0, 0.5) == "≤ 0.5" and between(0.5, float("inf")) == "≥ 0.5"


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    network = random_network(np.random.default_rng(1), (4, 24, 1), 6, residual=1e-5)
    path = verify.save_problem(network, tmp_path_factory.mktemp("reports") / "net.safetensors")
    certificate_path = verify.certify(path).certificate_path
    replayed = verify.replay(certificate_path, steps=40)
    return explain(*_loaded(certificate_path), replayed), replayed


def _loaded(path):
    certificate, network = load_pair(path)
    return certificate, check(path), network


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_every_format_holds_the_theorem_its_numbers_and_the_ledger(pages, name):
    page, _ = pages
    text = FORMATS[name](page)
    assert "converges to" in text and page.hashes[0][1] in text
    assert all(line.value.split()[-1].strip("()") in text.replace("&lt;", "<") for line in page.facts)
    assert "Arb" in text


HOSTILE = ["[red]x[/red]", "\x1b[31mx", "<script>alert(1)</script>", "\\input{/etc/passwd}", "a|b`c`$d$"]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_strangers_strings_are_text(pages, hostile):
    page = replace(pages[0], problem=(("activation", hostile),), ledger=(hostile,), verdict_line=hostile, replay=None)
    assert "<script" not in FORMATS["html"](page).replace("&lt;script", "")
    assert "\\input" not in FORMATS["latex"](page)
    assert "\x1b" not in FORMATS["text"](page) and "\x1b" not in FORMATS["markdown"](page)
    assert "<script" not in FORMATS["markdown"](page).replace("\\<script", "")


class _Fetches(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        self.found += [
            (tag, value) for name, value in attrs if name in ("src", "href", "srcset") and not value.startswith("#")
        ]


def test_the_page_is_self_contained(pages):
    text = FORMATS["html"](pages[0])
    parser = _Fetches()
    parser.feed(text)
    assert not parser.found and "<math" in text and "<svg" in text and "@import" not in text and "url(http" not in text


def test_latex_is_balanced(pages):
    text = FORMATS["latex"](pages[0])
    for name in set(re.findall(r"\\begin\{(\w+)\}", text)):
        assert text.count(f"\\begin{{{name}}}") == text.count(f"\\end{{{name}}}")
    assert text.isascii() or not re.search(r"[‖≤≥∇ηκεβσ−∞]", text)


def test_a_refusal_is_explained_without_numbers_it_does_not_have(pages):
    page = pages[0]
    refused = replace(page, outcome="undecided", facts=(), steps=(), ledger=(), run=(), replay=None)
    for render in FORMATS.values():
        assert render(refused)


@pytest.mark.parametrize("ending", [".png", ".svg", ".pdf"])
def test_pictures_by_their_ending(pages, tmp_path, ending):
    save_plot(pages[1], tmp_path / f"run{ending}")
    assert (tmp_path / f"run{ending}").stat().st_size > 1_000


def test_other_endings_are_refused(pages, tmp_path):
    with pytest.raises(Malformed, match=r"\.png"):
        save_plot(pages[1], tmp_path / "run.jpeg2000")
