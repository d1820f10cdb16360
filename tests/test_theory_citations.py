"""Every citation of the theory in the code has a place in docs/theory, and every formula there becomes MathML."""

import importlib.util
import re
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from verify.typesetting import mathml

ROOT = Path(__file__).parents[1]
PAGES = ROOT / "docs" / "theory"
FOLDERS = ("certificates", "verify", "tests")
ABOUT_PAPERS = re.compile(r"/(?:theory|experiments)/(?:.*/)?(?:sjl|soltanolkotabi|xia_shi|zhong|chatterjee)_")


def _load(name):
    """A module of docs/, which is no package."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "docs" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


theory = _load("citations")
ANCHORS = theory.anchors_of(PAGES)


def _sources():
    for folder in FOLDERS:
        yield from (path for path in sorted((ROOT / folder).rglob("*.py")) if path != Path(__file__))


def _dangling(text, anchors):
    return [found.text for found in theory.citations(text) if found.anchor not in anchors]


def test_every_citation_in_the_code_resolves():
    lost, resolved = [], 0
    for path in _sources():
        text = path.read_text(encoding="utf-8")
        if ABOUT_PAPERS.search(path.as_posix()):  # "Theorem 2.1" is the paper's there
            text = re.sub(r"\b(?:Theorem|Lemma|Proposition|Corollary) ", "", text)
        lost += [f"{path.relative_to(ROOT)}: {citation}" for citation in _dangling(text, ANCHORS)]
        resolved += sum(1 for _ in theory.citations(text))
    assert not lost
    assert resolved > 150


@pytest.mark.parametrize(
    ("place", "anchor"),
    [
        ("certificates/theorems/trapping.py", "theory-1-2"),
        ("certificates/enclosures/**/curvature.py", "theory-1-4"),
        ("certificates/arithmetic/spectra.py", "theory-0-3"),
        ("certificates/rules/second_order_stationary.py", "lemma-3-2-3"),
        ("certificates/theorems/second_order_points.py", "equation-3-2-4"),
        ("verify/**/polish.py", "theory-1-5"),
    ],
)
def test_known_citations_are_seen(place, anchor):
    (path,) = ROOT.glob(place)
    assert anchor in {found.anchor for found in theory.citations(path.read_text(encoding="utf-8"))}


@pytest.mark.parametrize(
    ("text", "anchors"),
    [
        ("(theory 1.2-1.4)", ["theory-1-2", "theory-1-4"]),
        ("(theory 2.1, I1 to I3 and I6)", ["theory-2-1"]),
        ("theory 3.2.7 (theorem 3.2.10) and 3.5.2", ["theory-3-2-7", "theorem-3-2-10"]),
        ("theorems 3.6.2 and 3.6.3", ["theorem-3-6-2", "theorem-3-6-3"]),
        ("equations (3.2.2), (3.2.4)", ["equation-3-2-2", "equation-3-2-4"]),
        ("vanishes (lemma\n    3.0.1 d)", ["lemma-3-0-1"]),
        ("Theory 2.4 (breakpoints), 1.4 (why)", ["theory-2-4"]),
        ("Theorem 2.1 for polynomials", ["theorem-2-1"]),
        ("the catalogue of chapter 2", ["chapter-2"]),
        ("Chatterjee, Theorem 1.2 (as printed)", []),
        ("as Theorem 2.2 of the paper asks", []),
        ("Soltanolkotabi, Javanmard, Lee, Theorem 2.1, and Lemma 5.6 behind it", []),
        ("Theorem 1, Stage 2", []),
    ],
)
def test_spellings(text, anchors):
    assert [found.anchor for found in theory.citations(text)] == anchors


@pytest.mark.parametrize(
    "text", ["theory 1.11", "theory 3", "lemma 2.3", "theorem 3.2.11", "equation (2.2)", "chapter 9"]
)
def test_a_dangling_citation_is_seen(text):
    """Sections that do not exist, chapters without a section, and numbers without their chapter."""
    assert _dangling(f"Bound of it ({text}).", ANCHORS)


def test_a_section_that_goes_takes_its_citations_along():
    text = (ROOT / "certificates" / "theorems" / "trapping.py").read_text(encoding="utf-8")
    assert _dangling(text, ANCHORS) == []
    assert _dangling(text, ANCHORS - {"theory-1-3"})


def test_anchors_stand_once_and_before_what_they_name():
    seen = set()
    for page in sorted(PAGES.glob("[0-9]*.md")):
        lines = page.read_text(encoding="utf-8").split("\n")
        for line, below in pairwise(lines):
            if not (match := re.fullmatch(r"\(([a-z]+)-([\d-]+)\)=", line)):
                continue
            kind, number = match.group(1), match.group(2).replace("-", ".")
            assert line not in seen and number.startswith(page.name[0])
            seen.add(line)
            start = {"theory": r"#+ {}\b", "equation": r"\$\$.*\\tag{{{}}}"}.get(kind, rf"\*\*{kind.title()} {{}}\b")
            assert re.match(start.format(re.escape(number)), below), (line, below)
    assert len(seen) > 80


def test_links_of_a_docstring():
    linked = theory.linked("See theory 1.2 and 1.3, `theory 1.4`, theory 9.9.", ANCHORS)
    assert linked == "See theory :ref:`1.2 <theory-1-2>` and :ref:`1.3 <theory-1-3>`, `theory 1.4`, theory 9.9."


# ---- formulas ------------------------------------------------------------------------------------------------------

FORMULA = re.compile(r"\$\$(.+?)\$\$|\$([^$]+)\$", re.DOTALL)


def _formulas():
    for page in sorted((ROOT / "docs").rglob("*.md")):
        text = re.sub(r"```.*?```|`[^`\n]*`", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
        for display, inline in FORMULA.findall(text):
            yield page, display or inline, bool(display)


def test_every_formula_becomes_mathml():
    """No command is left over, no alignment mark, no unpaired bar, no attribute that browsers ignore."""
    count = 0
    for page, formula, display in _formulas():
        formula = re.sub(r"\\tag\{[^}]*\}", "", formula)  # the number stands beside the formula
        drawn = mathml.block(formula) if display else mathml.inline(formula)
        shown = re.sub(r"<[^>]*>", "", drawn)
        where = f"{page.name}: {formula}"
        assert "\\" not in shown and "&</mi>" not in drawn, where
        assert not re.search("[\ue000-\uf8ff]", drawn) and "menclose" not in drawn, where
        assert not re.search('mathvariant="(?!normal|monospace)', drawn), where
        assert drawn.count('form="prefix"') == drawn.count('form="postfix"'), where
        count += 1
    assert count > 2000


@pytest.mark.parametrize(
    ("formula", "seen"),
    [
        (r"\lVert x\rVert", 'form="postfix"'),
        (r"\boxed{a\le b}", "border: 1px solid"),
        (r"f:A\to B", "<mo>:</mo>"),
        (r"A\otimes B", 'largeop="false"'),
        (r"\mathbb R", "ℝ"),
        (r"\mathcal A", "𝒜"),
        (r"S\succeq0", "<mo>&#x02AB0;</mo>"),
        (r"\begin{pmatrix}a&b\\c&d\end{pmatrix}", "<mtable"),
    ],
)
def test_what_the_converter_leaves_out(formula, seen):
    assert seen in mathml.block(formula)
