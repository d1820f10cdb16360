"""Where a certificate about a problem goes, and how it names its subject."""

from __future__ import annotations

from pathlib import Path

from certificates import Network, Problem
from certificates.document import ProblemReference, sha256_hex
from certificates.errors import MalformedProblem
from certificates.subjects import PolynomialProblem

__all__ = ["reference", "target"]

_EMBED_LIMIT = 2**20


def target(problem_path: Path | None, kind: str, output: str | Path | None) -> Path | None:
    """The certificate's path: as asked for, beside the problem file, or none for a problem in memory."""
    if output is not None:
        return Path(output)
    return None if problem_path is None else problem_path.with_name(f"{problem_path.stem}.{kind}.cert.json")


def reference(problem: Problem, problem_path: Path | None, data: bytes) -> ProblemReference:
    """Name the problem by path if it is a file, embed it otherwise; a polynomial is always in its certificate."""
    if isinstance(problem, PolynomialProblem):
        return ProblemReference.of_polynomial(problem)
    sha256 = sha256_hex(data)
    if problem_path is not None:
        return ProblemReference(type=Network.type, sha256=sha256, path=problem_path.name, embedded=None)
    if len(data) > _EMBED_LIMIT:
        raise MalformedProblem(
            f"a problem of {len(data)} bytes is too large to embed (1 MiB at most)",
            place="problem",
            remedy="write it with verify.save_problem and certify the file",
        )
    return ProblemReference(type=Network.type, sha256=sha256, path=None, embedded=data)
