"""A claim about a network that the judge has seen: small problems lie in their certificate, large ones beside it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from certificates import Network, Verdict
from certificates.certificate import Certificate
from certificates.document import ProblemReference, sha256_hex
from certificates.document.problem_file import encode_problem
from verify.search.provenance import provenance

__all__ = ["NetworkProof"]

_EMBED_LIMIT = 1 << 16


@dataclass(frozen=True)
class NetworkProof:
    """A claim about a network with its evidence, and the judge's verdict about exactly these two.

    Parameters
    ----------
    network
        The problem.
    claim, evidence, verdict
        As a search returns them.
    problem_name
        Names the problem file, if the problem is too large for the certificate; proofs may share it.
    """

    network: Network = field(repr=False)
    claim: Any
    evidence: Any = field(repr=False)
    verdict: Verdict
    problem_name: str = "problem"

    @cached_property
    def problem_file(self) -> tuple[str, bytes] | None:
        """Name and bytes of the file beside the certificate; ``None`` when the certificate holds the problem."""
        return (
            (f"{self.problem_name}.problem.safetensors", self._encoded) if len(self._encoded) > _EMBED_LIMIT else None
        )

    @property
    def certificate(self) -> Certificate:
        """The file's content; write it only if the verdict is accepted."""
        beside, data = self.problem_file, self._encoded
        return Certificate(
            kind=self.claim.kind,
            problem=ProblemReference(
                type=Network.type,
                sha256=sha256_hex(data),
                path=None if beside is None else beside[0],
                embedded=data if beside is None else None,
            ),
            claim=self.claim,
            evidence=self.evidence,
            provenance=provenance(),
        )

    @cached_property
    def _encoded(self) -> bytes:
        return encode_problem(self.network)
