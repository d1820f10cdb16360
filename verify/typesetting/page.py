"""What the report of one kind of claim is made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

from certificates import Accepted, Fact, Problem, Rejected, Undecided
from verify.typesetting.formulas import Line, Part

__all__ = ["Page", "Symbol"]

C = TypeVar("C")
E = TypeVar("E")


class Symbol(NamedTuple):
    """How a number of a claim is called: in LaTeX, in plain text, in words."""

    latex: str
    plain: str
    meaning: str


@dataclass(frozen=True)
class Page(Generic[C, E]):
    """The report of one kind: the last line of a file in ``verify/pages``.

    Parameters
    ----------
    title
        What is proved, as a headline; may depend on the claim.
    notation
        What the symbols mean.
    statement
        The claim with typeset formulas, its numbers rounded as in ``claim.sentence()``.
    reasons
        The steps of the rule in order, with the numbers of exactly this claim and evidence.
    symbols
        Of the claim's numbers, by field (``part.field`` in a part); a field that is not here is not shown.
    fact
        How a number of the proof is shown; ``None`` if it is not.
    refusal
        The steps of a refusal that got far enough to have numbers; ``None`` if they show nothing.
    facts_title
        Over the numbers of the proof.
    digits
        Of what is claimed, and of what is proved.
    subject
        What the statement begins with about this very subject: its objective, spelled out.
    shows_minimum
        Whether the page has a picture of the spectrum and of a slice around the weights.
    """

    title: Callable[[C], str]
    notation: tuple[Part, ...]
    statement: Callable[[C], tuple[Part, ...]]
    reasons: Callable[[C, E, Accepted], tuple[Line, ...]]
    symbols: Mapping[str, Symbol]
    fact: Callable[[Fact], Line | None]
    refusal: Callable[[C, E, Rejected | Undecided], tuple[Line, ...]] | None = None
    facts_title: str = "Numbers of the proof"
    digits: tuple[int, int] = (6, 8)
    subject: Callable[[Problem], tuple[Part, ...]] = lambda _: ()
    shows_minimum: bool = False
