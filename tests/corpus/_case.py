"""What a kind's file of the corpus yields: honest certificates, bent ones, and files that are none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

from certificates.expression import parse_activation
from certificates.subjects import ActivationProblem, Problem
from tests.support.certificates import certificate_bytes

__all__ = ["Bent", "Case", "Honest", "Malformed"]


@dataclass(frozen=True)
class Honest:
    """A certificate that must be accepted in both arithmetics; a text as subject is an activation."""

    name: str
    subject: Problem | str
    claim: Any
    evidence: Any

    @property
    def data(self) -> bytes:
        """The file."""
        activation = isinstance(self.subject, str)
        subject = ActivationProblem(parse_activation(self.subject)) if activation else self.subject
        return certificate_bytes(subject, self.claim, self.evidence)


@dataclass(frozen=True)
class Bent:
    """A certificate that must not be accepted: the check that refuses it, and the false theorem it would prove."""

    name: str
    check: int
    theorem: str
    subject: Problem | str
    claim: Any
    evidence: Any

    @property
    def data(self) -> bytes:
        """The file."""
        return Honest(self.name, self.subject, self.claim, self.evidence).data


@dataclass(frozen=True)
class Malformed:
    """A file that is no certificate of this kind."""

    name: str
    data: bytes


Case: TypeAlias = Honest | Bent | Malformed
