"""A kind of claim, as the judge sees it: its types, its rule, and what the rule covers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from certificates.checks.objective import SQUARED_DENSE, Scope
from certificates.checks.outcome import Context, Refusal
from certificates.errors import MalformedCertificate
from certificates.language.claim import Claim
from certificates.subjects import Network, Problem
from certificates.verdict import Accepted

__all__ = ["Kind"]

C = TypeVar("C", bound=Claim)
E = TypeVar("E")
P = TypeVar("P", bound=Problem)


@dataclass(frozen=True)
class Kind(Generic[C, E, P]):
    """One kind of claim: the last line of a rule's file.

    Parameters
    ----------
    claim, evidence
        The dataclasses that a certificate's ``claim`` and ``evidence`` are read into; ``claim.kind`` is the name.
    subject
        What the claim is about.
    title
        Of the rule.
    decide
        The rule.
    covers
        The objectives that the rule accounts for; about any other it is not asked.
    arithmetics
        Those that the rule computes in; in any other it is not asked.
    """

    claim: type[C]
    evidence: type[E]
    subject: type[P]
    title: str
    decide: Callable[[C, E, P, Context], Accepted]
    covers: Scope = SQUARED_DENSE
    arithmetics: tuple[str, ...] = ("fast", "arb")

    @property
    def name(self) -> str:
        """The kind's name in a certificate."""
        return self.claim.kind

    def judge(self, claim: object, evidence: object, problem: Problem, context: Context) -> Accepted:
        """Apply the rule to values that have this kind's types.

        Raises
        ------
        MalformedCertificate
            One of them has another type.
        Refusal
            Check 0: the problem's objective is beyond what the rule covers, or its arithmetic is another one. Whether
            the rule looks at it is not asked.
        """
        if not isinstance(problem, self.subject):
            raise MalformedCertificate(f"{self.name} is about the subject {self.subject.type}", place="problem.type")
        if not isinstance(claim, self.claim) or not isinstance(evidence, self.evidence):
            raise MalformedCertificate(f"claim or evidence is not one of {self.name}", place="claim")
        beyond = self.covers.lacks(problem)
        if beyond:
            raise Refusal.undecided(
                0,
                f"{self.name} does not cover {', '.join(beyond)}",
                cause="check",
                advice=self.covers.described(),
            )
        if isinstance(problem, Network) and context.arithmetic not in self.arithmetics:
            raise Refusal.undecided(
                0,
                f"{self.name} is decided in error-bounded binary64 only",
                cause="check",
                seen=context.arithmetic,
                options=" or ".join(f"--arithmetic {name}" for name in self.arithmetics),
            )
        return self.decide(claim, evidence, problem, context)
