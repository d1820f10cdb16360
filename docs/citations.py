"""Citations of the theory in docstrings, comments and pages: how they are spelled, and the anchors that they mean.

`theory 3.2.5` is a section; `theorem 2.1`, `lemma 3.2.3`, `corollary 3.2.9`, `proposition 3.6.1` and `equation (3.2.2)`
are statements; `chapter 2` is a page. Several numbers may follow one word: `theory 1.2 and 1.3`, `theorems 3.6.2 to
3.6.4`. A capital letter inside a sentence, as in "Theorem 2.2 of the paper", is somebody else's numbering.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Set
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Citation", "anchors_of", "citations", "linked"]

_KINDS = {
    "theory": "theory",
    "theorem": "theorem",
    "theorems": "theorem",
    "lemma": "lemma",
    "lemmas": "lemma",
    "corollary": "corollary",
    "corollaries": "corollary",
    "proposition": "proposition",
    "propositions": "proposition",
    "equation": "equation",
    "equations": "equation",
    "chapter": "chapter",
    "chapters": "chapter",
}
_NUMBER = r"(?:\(\d+(?:\.\d+)+\)|\d+(?:\.\d+)*)"
_BETWEEN = r"(?:,? and |, | to |–|-)"
_CITATION = re.compile(rf"\b({'|'.join(_KINDS)})[ \n]+({_NUMBER}(?:{_BETWEEN}{_NUMBER})*)(?![\w])", re.IGNORECASE)
_ANCHOR = re.compile(r"^\(([a-z]+(?:-\d+)+)\)=$", re.MULTILINE)
_PAPERS = r"Chatterjee|Zhong|Soltanolkotabi|SJL|Xia|_XS|Trefethen|Peyrl|Wedin|Rump|Higham|paper|slides"
_FOREIGN = re.compile(rf"(?:{_PAPERS})(?:[^.;]|\.(?=\w))*$", re.IGNORECASE)
_FOREIGN_AFTER = re.compile(rf"^ (?:of|in) (?:the )?(?:{_PAPERS})", re.IGNORECASE)


@dataclass(frozen=True)
class Citation:
    """One number behind one word.

    Parameters
    ----------
    text
        The word and the number.
    anchor
        What the number should resolve to, `lemma-3-2-3`.
    start, stop
        Where the number stands.
    """

    text: str
    anchor: str
    start: int
    stop: int


def anchors_of(pages: Path) -> frozenset[str]:
    """Every anchor of the pages in a folder, and one for each chapter."""
    found: set[str] = set()
    for page in sorted(pages.glob("[0-9]*.md")):
        found.update(_ANCHOR.findall(page.read_text(encoding="utf-8")))
        found.add(f"chapter-{page.name.split('-')[0]}")
    return frozenset(found)


def citations(text: str) -> Iterator[Citation]:
    """Every citation of our own theory in a text, in order.

    Examples
    --------
    >>> [found.anchor for found in citations("theory 1.2 and 1.3, lemma 3.2.3 (iv), equation (3.1.1)")]
    ['theory-1-2', 'theory-1-3', 'lemma-3-2-3', 'equation-3-1-1']
    >>> [found.anchor for found in citations("Soltanolkotabi, Javanmard, Lee, Theorem 2.2; Theorem 2.1 of the paper")]
    []
    """
    for match in _CITATION.finditer(text):
        word = match.group(1)
        kind = _KINDS[word.lower()]
        if word[0].isupper() and kind not in ("theory", "chapter") and _is_foreign(text, match):
            continue
        for number in re.finditer(r"\d+(?:\.\d+)*", match.group(2)):
            start, stop = (match.start(2) + end for end in number.span())
            yield Citation(f"{kind} {number.group()}", f"{kind}-{number.group().replace('.', '-')}", start, stop)


def _is_foreign(text: str, match: re.Match[str]) -> bool:
    """Whether a capitalised word belongs to a paper, which is named beside it; a single number is never ours."""
    if "." not in match.group(2):
        return True
    before = text[max(0, match.start() - 120) : match.start()].replace("\n", " ")
    return bool(_FOREIGN.search(before) or _FOREIGN_AFTER.match(text[match.end() :].replace("\n", " ")))


def linked(text: str, anchors: Set[str]) -> str:
    """A docstring in reStructuredText with its citations as links; what stands in literals stays.

    Examples
    --------
    >>> linked("See theory 1.2 and 1.3.", {"theory-1-2", "theory-1-3"})
    'See theory :ref:`1.2 <theory-1-2>` and :ref:`1.3 <theory-1-3>`.'
    """
    pieces, at = [], 0
    for found in citations(text):
        if found.anchor not in anchors or found.anchor.startswith("chapter") or text.count("`", 0, found.start) % 2:
            continue
        shown = text[found.start : found.stop]
        pieces += [text[at : found.start], f":ref:`{shown} <{found.anchor}>`"]
        at = found.stop
    return "".join([*pieces, text[at:]])
