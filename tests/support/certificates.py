"""Certificates as bytes, with their problem inside."""

from __future__ import annotations

from typing import Any

from certificates import Network
from certificates.certificate import Certificate, encode_certificate
from certificates.document import ProblemReference, sha256_hex
from certificates.document.problem_file import encode_problem
from certificates.subjects import ActivationProblem, PolynomialProblem, PopulationProblem, Problem


def certificate_bytes(problem: Problem, claim: Any, evidence: Any) -> bytes:
    """The file that states this claim about this problem."""
    return encode_certificate(Certificate(claim.kind, _reference(problem), claim, evidence, {}))


def _reference(problem: Problem) -> ProblemReference:
    if isinstance(problem, PolynomialProblem | PopulationProblem):
        return ProblemReference.of_record(problem)
    if isinstance(problem, ActivationProblem):
        return ProblemReference.of_activation(problem.activation)
    if not isinstance(problem, Network):
        raise TypeError(f"no reference to a {problem.type}")
    data = encode_problem(problem)
    return ProblemReference("network", sha256_hex(data), None, data)
