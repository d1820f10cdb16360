"""Outcomes of a check: accepted, rejected or undecided, each with the numbers that decided it."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from fractions import Fraction
from typing import Any, ClassVar, Literal

__all__ = ["Accepted", "Assumption", "Cause", "Fact", "NotAccepted", "Rejected", "Undecided", "Verdict", "as_document"]

Cause = Literal["check", "budget", "enclosure"]


@dataclass(frozen=True)
class Assumption:
    """Something the verdict rests on and the judge did not prove.

    ``mathematical`` marks an unproved mathematical statement; it makes the verdict *conditional*.
    """

    text: str
    mathematical: bool = False


@dataclass(frozen=True)
class Fact:
    """One number the proof went through: ``lower`` ≤ the exact value ≤ ``upper``.

    ``lower`` is ``-inf`` (``upper`` is ``inf``) where the proof needs no bound on that side. ``at`` tells facts of
    one symbol apart: the point it is taken at, or the row of a table of bounds.
    """

    symbol: str
    meaning: str
    lower: float
    upper: float
    at: str = ""


@dataclass(frozen=True)
class Accepted:
    """The claim is a theorem, given the ledger.

    Parameters
    ----------
    kind, rule
        The kind of claim and the title of the rule that accepted it.
    arithmetic
        ``fast`` (error-bounded binary64) or ``arb``.
    claim
        The claim as stated in the file.
    proved
        The strongest claim this evidence proves; every field of ``claim`` is weaker or equal.
    ledger
        What the verdict rests on, written by the judge, never read from the file.
    facts
        The numbers of the proof, in the order in which they were obtained.
    certificate_sha256, problem_sha256
        The bytes the verdict is bound to; empty when a claim was judged before it was written.
    notes
        The remarks in the problem file, as they stand there: unchecked, and no part of the theorem.
    """

    outcome: ClassVar[str] = "accepted"

    kind: str
    rule: str
    arithmetic: str
    claim: Any
    proved: Any
    ledger: tuple[Assumption, ...]
    facts: tuple[Fact, ...] = ()
    certificate_sha256: str = ""
    problem_sha256: str = ""
    notes: tuple[str, ...] = ()

    @property
    def conditional(self) -> bool:
        """Whether an unproved mathematical statement is in the ledger."""
        return any(assumption.mathematical for assumption in self.ledger)

    def __repr__(self) -> str:
        """Kind, rule and arithmetic: numbers and ledger are attributes."""
        return f"Accepted({self.kind}, {self.rule}, {self.arithmetic}{', conditional' if self.conditional else ''})"


@dataclass(frozen=True)
class NotAccepted:
    """Why a claim was not accepted.

    Parameters
    ----------
    kind, rule, arithmetic
        As in :class:`Accepted`.
    check
        The number of the check in the rule's docstring that stopped the claim.
    reason
        One sentence.
    required, seen
        The inequality asked for and the enclosure found.
    advice
        What to try: of the problem, the claim or the evidence.
    options
        What else to check with: options of the judge, by the names that its command line has for them.
    proved
        The strongest claim the evidence proves, when the checks got that far.
    notes
        As in :class:`Accepted`.
    """

    outcome: ClassVar[str] = "not accepted"

    kind: str
    rule: str
    arithmetic: str
    check: int
    reason: str
    required: str = ""
    seen: str = ""
    advice: str = ""
    options: str = ""
    proved: Any = None
    facts: tuple[Fact, ...] = ()
    certificate_sha256: str = ""
    problem_sha256: str = ""
    notes: tuple[str, ...] = ()

    def explanation(self) -> str:
        """One line: check, reason, required, seen, advice, options."""
        return f"check {self.check}: {self.finding()}"

    def finding(self) -> str:
        """The same without the number of the check, for whoever has not asked for a verdict."""
        parts = [self.reason]
        parts += [f"needs {self.required}"] if self.required else []
        parts += [f"has {self.seen}"] if self.seen else []
        ways = [way for way in (self.advice, self.options and f"check with {self.options}") if way]
        parts += [f"try: {', or '.join(ways)}"] if ways else []
        return "; ".join(parts)

    def __repr__(self) -> str:
        """Kind and the check that stopped it."""
        return f"{type(self).__name__}({self.kind}, check {self.check}: {self.reason})"


@dataclass(frozen=True, repr=False)
class Rejected(NotAccepted):
    """A check is certainly false."""

    outcome: ClassVar[str] = "rejected"


@dataclass(frozen=True, repr=False)
class Undecided(NotAccepted):
    """A check was not certainly true, or could not be finished.

    Parameters
    ----------
    cause
        ``check``: it was finished, and is not certainly true. ``budget``: the work exceeds what was allowed.
        ``enclosure``: no finite enclosure was found at this precision.
    """

    outcome: ClassVar[str] = "undecided"

    cause: Cause = "check"


Verdict = Accepted | Rejected | Undecided


def as_document(verdict: Verdict) -> dict[str, Any]:
    """A verdict as JSON values: rationals p/q; infinities, which mean that no bound is needed, become null."""
    document = {"outcome": verdict.outcome, **asdict(verdict)}
    if isinstance(verdict, Accepted):
        document |= {"conditional": verdict.conditional, "sentence": verdict.claim.sentence()}
    values: dict[str, Any] = _jsonable(document)
    return values


def _jsonable(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _jsonable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_jsonable(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return str(value) if isinstance(value, Fraction) else value
