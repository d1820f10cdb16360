"""Reports about activations: every kind in every format, printed numbers on the safe side, pictures."""

from __future__ import annotations

import html
import re
import shutil
import subprocess
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import verify
from certificates import Undecided, decide
from certificates.errors import Malformed
from certificates.expression import parse_activation
from certificates.subjects import ActivationProblem
from verify.activations.curves import Graph, TermCurve, graph, term_curve
from verify.proposals import gaussian_moment
from verify.reports import FORMATS, explain
from verify.reports.activation_plots import activation_figure, save_activation_plot
from verify.reports.activation_rows import table_content
from verify.reports.activation_text import render_latex, render_text
from verify.search.activation import judged
from verify.search.proposal import certificate_of
from verify.typesetting.decimals import certain, enclosed
from verify.typesetting.formulas import Formula

ends = st.fractions(min_value=-(10**6), max_value=10**6)


@given(ends, st.fractions(min_value=0, max_value=1))
def test_certain_digits_are_within_half_a_unit_of_the_truth(lower, width):
    upper = lower + width / 10**3
    text = certain(lower, upper)
    if text.startswith("["):
        low, high = map(Fraction, text[1:-1].split(", "))
        assert low <= lower <= upper <= high
    elif text.startswith("0 ± "):
        assert max(abs(lower), abs(upper)) <= Fraction(text.removeprefix("0 ± "))
    else:
        value, digits = Fraction(text), text.partition("e")[0].lstrip("-0.").replace(".", "")
        unit = Fraction(abs(value)) / 10 ** (len(digits) - 1) if value else Fraction(0)
        assert max(abs(value - lower), abs(value - upper)) <= unit


@given(ends, ends)
def test_enclosures_are_rounded_outwards(a, b):
    lower, upper = min(a, b), max(a, b)
    numbers = [Fraction(text) for text in re.findall(r"-?\d[\d.]*(?:e-?\d+)?", enclosed(lower, upper, 5))]
    assert min(numbers) <= lower <= upper <= max(numbers)


def test_short_exact_numbers_stay_exact():
    assert certain(Fraction(-1, 25), Fraction(-1, 25)) == "-0.04" and certain(Fraction(1, 3), Fraction(1, 3)) == "1/3"


@pytest.fixture(scope="module")
def proposals():
    """One certificate of every kind and every rule that is cheap."""
    found = {}
    for name in ("tanh", "relu", "quadratic", "squared_relu", "z+z^3"):
        for entry in verify.activation(name, ["1/3"]).entries:
            if entry.is_proved:
                claim = entry.proposal.claim
                found.setdefault((claim.kind, getattr(claim, "label", "")), entry.proposal)
    moment = gaussian_moment.propose(parse_activation("tanh"), 2, 0, Fraction(1))
    return found | {(moment.claim.kind, ""): moment}


def _page(proposal):
    return explain(certificate_of(proposal), proposal.verdict, proposal.problem)


def test_the_fixture_holds_every_kind(proposals):
    assert {kind for kind, _ in proposals} == {
        "activation-counterexample", "gaussian-moment", "lipschitz-slope", "nondegenerate-activation",
        "orthogonal-population-convexity", "piecewise-affine", "positive-rho", "slope-growth", "tensor-constant",
        "zhong-rho", "zhong-rho-global",
    }  # fmt: skip
    assert len(proposals) >= 14


def _readable(text):
    text = html.unescape(re.sub(r"</?sup>", "", text)).replace("\u202f×\u202f10", "e").replace("−", "-")
    text = re.sub(r"\\\(\\cdot10\^\{(-?\d+)\}\\\)", r"e\1", text)
    text = text.replace("{[}", "[").replace("{]}", "]").replace(r"\[", "[").replace(r"\]", "]")
    return text.replace(r"\(\ge\)", "≥").replace(r"\(\le\)", "≤").replace(r"\_", "_").replace("\n  ", " ")


@pytest.mark.parametrize("style", sorted(FORMATS))
def test_every_kind_in_every_format(proposals, style):
    for proposal in proposals.values():
        page = _page(proposal)
        text = _readable(FORMATS[style](page))
        assert "Theorem" in text and page.hashes[0][1] in text and "certificates check" in text and page.steps
        assert all(line.value in text for line in (*page.facts, *page.claims) if "–" not in line.value)


def test_the_typeset_statement_holds_the_numbers_of_the_sentence(proposals):
    for proposal in proposals.values():
        page = _page(proposal)
        typeset = " ".join(part.latex for part in page.statement if isinstance(part, Formula))
        typeset = re.sub(r"\\cdot 10\^\{(-?\d+)\}", r"e\1", typeset)
        stated = {float(n) for n in re.findall(r"(?<![\w.])-?\d+\.\d+(?:e-?\d+)?", page.sentence)} - {2.3}
        for value in stated:
            near = [float(n) for n in re.findall(r"(?<![\w.])-?\d+\.\d+(?:e-?\d+)?", typeset)]
            assert any(abs(value - n) <= 1e-10 * abs(value) for n in near), (page.sentence, typeset)


def test_a_refusal_never_reads_as_a_theorem(proposals):
    given_ = proposals["slope-growth", "P1"]
    claim = replace(given_.claim, slope=Fraction(1, 2))
    refused = replace(given_, claim=claim, verdict=decide(claim, given_.evidence, given_.problem))
    assert isinstance(refused.verdict, Undecided)
    for style in FORMATS:
        text = FORMATS[style](_page(refused))
        assert "Theorem" not in text and "Not proved" in text


def test_a_conditional_theorem_says_so():
    phi = parse_activation("tanh")
    found = gaussian_moment.propose(phi, 1, 0, Fraction(1))
    assumption = replace(found.verdict.ledger[0], text="|φ'| <script>", mathematical=True)
    verdict = replace(found.verdict, ledger=(*found.verdict.ledger, assumption))
    page = explain(certificate_of(found), verdict, ActivationProblem(phi))
    assert page.heading == "Theorem (conditional)" and "on the condition" in page.verdict_line
    assert "<script>" not in FORMATS["html"](page) and "<script>" not in FORMATS["markdown"](page)


def test_no_cell_of_a_markdown_table_is_cut(proposals):
    for proposal in proposals.values():
        lines = FORMATS["markdown"](_page(proposal)).splitlines()
        for line, following in pairwise(lines):
            if line.startswith("|") and following.startswith("|"):
                assert len(re.findall(r"(?<!\\)\|", line)) == len(re.findall(r"(?<!\\)\|", following)), line


def test_no_character_is_missing_from_latex(proposals):
    for proposal in proposals.values():
        assert "U+" not in FORMATS["latex"](_page(proposal))


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="pdflatex is not installed")
def test_latex_compiles(proposals, tmp_path):
    (tmp_path / "page.tex").write_text(FORMATS["latex"](_page(proposals["zhong-rho", ""])))
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "page.tex"]
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode == 0


# ---- the table -----------------------------------------------------------------------------------------------------


def test_the_table_in_text_and_latex():
    table = verify.activation("leaky_relu", ["1", "1/3"])
    text, latex = render_text(table_content(table)), render_latex(table_content(table))
    assert "0.0890372402756" in text and "0.0890372402756" in latex and "U+" not in latex
    assert "P3b" in text and "at most 1 kinks" in text and "rejected" in text  # A2.3 needs a differentiable φ
    assert "φ'    [0.0099999" in text or "φ'    [0.01" in text
    assert max(map(len, text.splitlines())) <= 110


def test_strangers_text_in_a_table_is_harmless():
    content = replace(table_content(verify.activation("relu", ["1"])), name="\x1b[31m\\input{x}", refusal="\x1b\\input")
    assert "\x1b" not in render_text(content) and "\\input" not in render_latex(content)


# ---- pictures ------------------------------------------------------------------------------------------------------


def test_negative_terms_are_shown():
    phi = parse_activation("quadratic")
    drawing = activation_figure("quadratic", graph(phi), term_curve(phi, [Fraction(1)]))
    terms = drawing.axes[1]
    assert terms.get_yscale() == "symlog" and terms.get_ylim()[0] < 0
    assert [text.get_text() for text in terms.get_legend().get_texts()] == ["$T_1$", "$T_2$", "$T_3$"]


def test_the_bound_is_a_line_below_the_points():
    phi = parse_activation("erf0")
    bound = next(e.proposal.claim for e in verify.activation(phi, ["1"]).entries if e.name == "ρ for all σ")
    curve = term_curve(phi, [Fraction(1)])
    drawing = activation_figure("erf0", graph(phi), curve, bound)
    line = next(line for line in drawing.axes[1].lines if "proved" in str(line.get_label()))
    values = np.interp(curve.sigmas, *line.get_data())
    assert drawing.axes[1].get_yscale() == "log" and (values <= curve.upper.min(axis=0) * 1.01).all()


def test_pictures_survive_what_is_not_enclosed(tmp_path):
    empty = np.full((3, 4), np.nan)
    curve = TermCurve(np.array([0.1, 1, 2, 3]), empty, empty)
    save_activation_plot("$\\input", graph(parse_activation("log(z)")), curve, None, tmp_path / "a.png")
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")
    with pytest.raises(Malformed, match="pictures end in"):
        save_activation_plot("x", graph(parse_activation("z")), curve, None, tmp_path / "a.gif")


def test_a_flat_term_is_drawn_flat():
    phi = parse_activation("relu")
    low, high = activation_figure("relu", graph(phi), term_curve(phi, [Fraction(1)])).axes[1].get_ylim()
    assert high > 5 * low


@pytest.mark.parametrize(("least", "largest"), [(1, 1), (3, 3), (1e-4, 1e4)])
def test_labels_of_sigma_have_room_between_them(least, largest):
    points, empty = np.geomspace(least / 8, 8 * largest, 13), np.full((3, 2), np.nan)
    nothing = Graph(np.array([0.0, 1.0]), (empty[0], empty[1], empty[2]))
    drawing = activation_figure("relu", nothing, TermCurve(points, np.ones((3, 13)), np.ones((3, 13))))
    drawing.canvas.draw()
    axis = drawing.axes[1].xaxis
    labels = [each for minor in (False, True) for each in axis.get_ticklabels(minor=minor) if each.get_text()]
    low, high = drawing.axes[1].bbox.intervalx
    boxes = sorted((each.get_window_extent() for each in labels), key=lambda box: box.x0)
    shown = [box for box in boxes if low <= (box.x0 + box.x1) / 2 <= high]
    assert len(shown) >= 3 and all(first.x1 < second.x0 for first, second in pairwise(shown))


def test_judged_twice_is_the_same_page(proposals):
    found = proposals["piecewise-affine", "P3b"]
    assert _page(judged(found.problem.activation, found.claim, found.evidence)) == _page(found)
