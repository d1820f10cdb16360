"""Reports: outward decimals, escaping, and that every format holds the proof."""

from __future__ import annotations

import html
import re
import shutil
import subprocess
from dataclasses import replace
from fractions import Fraction
from html.parser import HTMLParser

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import verify
from certificates import Undecided, check
from certificates.errors import Malformed
from certificates.judge import decide
from tests.support.naive import random_network
from verify.crosscheck.replay import load_pair
from verify.reports import FORMATS, explain, loss_svg, save_plot
from verify.typesetting import escape
from verify.typesetting.decimals import between, down, less, up
from verify.typesetting.formulas import Formula

numbers = st.floats(allow_nan=False, allow_infinity=False)


@given(numbers, st.integers(1, 12))
def test_decimals_round_outward(value, digits):
    assert Fraction(down(value, digits)) <= Fraction(value) <= Fraction(up(value, digits))


@given(st.floats(min_value=1e-300, max_value=1e300))
def test_decimals_are_tight(value):
    assert Fraction(up(value, 6)) - Fraction(down(value, 6)) <= Fraction(value) / 10**4


@given(numbers, numbers)
def test_a_printed_inequality_is_true_and_rounded_outward(left, right):
    text = less(left, right)
    assert ("not shown" in text) == (not left < right)
    if left < right:
        above, below = map(Fraction, text.split(" < "))
        assert Fraction(left) <= above < below <= Fraction(right)


@given(st.floats(), st.floats())
def test_every_enclosure_has_words(lower, upper):
    assert between(lower, upper)


def test_enclosures_in_words():
    assert between(2.0, 2.0) == "= 2" and between(0.25, 0.5) == "[0.25, 0.5]"
    assert between(-1.0, 0.5) == "≤ 0.5" and between(0.5, float("inf")) == "≥ 0.5"


@pytest.fixture(scope="module")
def certificate_path(tmp_path_factory):
    network = random_network(np.random.default_rng(1), (4, 24, 1), 6, residual=1e-5)
    path = verify.save_problem(network, tmp_path_factory.mktemp("reports") / "net.safetensors")
    return verify.certify(path).certificate_path


@pytest.fixture(scope="module")
def problem(certificate_path):
    return _loaded(certificate_path)


@pytest.fixture(scope="module")
def pages(certificate_path, problem):
    replayed = verify.replay(certificate_path, steps=40)
    return explain(*problem, replayed), replayed


def _loaded(path):
    certificate, network = load_pair(path)
    return certificate, check(path), network


def _readable(text):
    """Undo the escapes and powers of ten of a format, so that values can be looked up in it."""
    text = html.unescape(re.sub(r"</?sup>", "", text)).replace("\u202f×\u202f10", "e").replace("−", "-")
    text = re.sub(r"\\\(\\cdot10\^\{(-?\d+)\}\\\)", r"e\1", text)
    return text.replace(r"\textless{}", "<").replace(r"\<", "<").replace(r"\(\le\)", "≤").replace(r"\(\ge\)", "≥")


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_every_format_holds_the_theorem_its_numbers_and_the_ledger(pages, name):
    page, _ = pages
    text = _readable(FORMATS[name](page))
    assert "Theorem" in text and page.hashes[0][1] in text and "Arb" in text and "certificates check" in text
    assert all(line.value in text for line in (*page.facts, *page.steps))
    assert all(line.value in text and line.proved in text for line in page.claims)


def test_the_typeset_statement_says_what_the_sentence_says(pages):
    page, _ = pages
    numbers_of = [part.latex for part in page.statement if isinstance(part, Formula)]
    stated = {float(n) for n in re.findall(r"(?<![\w.])\d\.\d+(?:e-?\d+)?", page.sentence)}
    typeset = re.sub(r"\\cdot 10\^\{(-?\d+)\}", r"e\1", " ".join(numbers_of))
    assert stated and stated == {float(n) for n in re.findall(r"(?<![\w.])\d\.\d+(?:e-?\d+)?", typeset)}


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


@pytest.mark.parametrize("hostile", HOSTILE)
def test_escapes_leave_nothing_to_interpret(hostile):
    assert "\x1b" not in escape.terminal(hostile)
    assert not re.search(r"(?<!\\)[<>|`$\[\]]", escape.markdown(hostile))
    assert not re.search(r"\\(?!textbackslash|text\w+\{\}|[{}$_%&#])|(?<!\\)[$]", escape.latex(hostile))


@given(st.text())
def test_escaped_text_compiles_and_prints(text):
    latex = escape.latex(text)
    plain = re.sub(r"\\\(.*?\\\)|\\text\w+\{\}|\\dots\{\}|\\[{}$&#%_]|\{[\[\]]?\}", "", latex)
    assert not set(plain) & set("\\{}$&#%_~^[]") and max(plain, default="") <= "ÿ"
    assert all(c.isprintable() or c == "\n" for c in escape.terminal(text))


def test_hostile_file_names_are_text(pages, problem):
    page = explain(*problem, file="<script>$(x)\\input{y}\x1b[31m")
    assert "<script" not in FORMATS["html"](page) and "\\input" not in FORMATS["latex"](page)
    assert all("\x1b" not in render(page) for render in FORMATS.values())


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="needs LaTeX")
@pytest.mark.parametrize("text", ["plain", *HOSTILE, "中文 ∂ ſ"])
def test_latex_compiles(pages, tmp_path, text):
    page = replace(pages[0], ledger=(text,), verdict_line=text, problem=((text, text),), recheck=(text,))
    (tmp_path / "page.tex").write_text(FORMATS["latex"](page), encoding="utf-8")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "page.tex"]
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode == 0


def test_latex_is_balanced(pages):
    text = FORMATS["latex"](pages[0])
    for name in set(re.findall(r"\\begin\{(\w+)\}", text)):
        assert text.count(f"\\begin{{{name}}}") == text.count(f"\\end{{{name}}}")
    assert text.isascii() or not re.search(r"[‖≤≥∇ηκεβσ−∞]", text)


def test_a_refusal_never_reads_as_a_theorem(problem):
    certificate, _, network = problem
    greedy = replace(certificate, claim=replace(certificate.claim, decrease_rate=1e9))
    refused = decide(greedy.claim, greedy.evidence, network)
    assert refused.outcome == "undecided"
    page = explain(greedy, refused, network)
    for render in FORMATS.values():
        text = render(page)
        assert "Theorem" not in text and "not proved" in text and "Undecided" in text and "Not proved" in text


def test_a_criterion_that_fails_is_not_printed_as_an_inequality(problem):
    certificate, verdict, network = problem
    facts = [
        replace(fact, upper=1e9)
        if fact.symbol == "criterion left"
        else replace(fact, lower=-1.0)
        if fact.symbol == "σ(r)"
        else fact
        for fact in verdict.facts
    ]
    refused = Undecided(verdict.kind, verdict.rule, "fast", 7, "too large", facts=tuple(facts))
    rank, criterion, _ = explain(certificate, refused, network).steps
    assert "<" not in criterion.value and "not shown" in criterion.value and "not shown" in rank.value


def test_without_numbers_there_is_no_proof(problem):
    certificate, verdict, network = problem
    page = explain(certificate, Undecided(verdict.kind, verdict.rule, "fast", 5, "budget"), network)
    assert not page.steps and not page.facts
    for render in FORMATS.values():
        assert render(page)


def test_the_same_run_gives_the_same_picture(pages):
    assert loss_svg(pages[1]) == loss_svg(pages[1])


@pytest.mark.parametrize("ending", [".png", ".svg", ".pdf"])
def test_pictures_by_their_ending(pages, tmp_path, ending):
    save_plot(pages[1], tmp_path / f"run{ending}")
    assert (tmp_path / f"run{ending}").stat().st_size > 1_000


def test_other_endings_are_refused(pages, tmp_path):
    with pytest.raises(Malformed, match=r"\.png"):
        save_plot(pages[1], tmp_path / "run.jpeg2000")


def test_rows_of_three_cells_and_more_become_blocks_on_a_phone(pages):
    text = FORMATS["html"](pages[0])
    tables = re.findall(r"<table(.*?)>(.*?)</table>", text, re.DOTALL)
    for attributes, body in tables:
        width = max(row.count("<td") for row in body.split("<tr"))
        assert width <= 2 or 'class="rows' in attributes
    assert "@media (max-width: 40rem)" in text and ".rows tr { display: grid" in text


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_the_page_names_its_file_and_commands_are_copied_as_they_are(problem, name):
    page = explain(*problem, file="it's mine.cert.json")
    text = _readable(FORMATS[name](page)).replace("\\.", ".")
    for escape_of, plain in ((r"\textquotesingle{}", "'"), (r"\textquotedbl{}", '"'), ("-{}", "-")):
        text = text.replace(escape_of, plain)
    assert page.file in text and "--arithmetic arb" in text
    assert all(command in text for command in page.recheck)
