"""A problem as it is given, and the files that a found claim becomes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from certificates import Network, Problem
from certificates.certificate import Certificate, encode_certificate
from certificates.document import PROBLEM_LIMIT, ProblemReference, read_regular_file, sha256_hex, write_atomically
from certificates.document.problem_file import decode_problem, encode_problem
from certificates.errors import MalformedProblem
from certificates.language.parts import DataFile
from certificates.subjects import PolynomialProblem, PopulationProblem
from verify.problems.population import is_population
from verify.search.proposal import Proposal, certificate_of
from verify.search.provenance import provenance

__all__ = ["Source", "Written", "load", "named_data", "names_population", "write", "write_inline"]

_EMBED_LIMIT = 2**20


@dataclass(frozen=True)
class Source:
    """The problem as given: a file's path and bytes, or a network in memory and its bytes."""

    path: Path | None
    data: bytes
    network: Network

    @property
    def name(self) -> tuple[str, str] | None:
        """sha256 and name of the file; ``None`` for a network in memory."""
        return None if self.path is None else (sha256_hex(self.data), self.path.name)

    def network_of(self, found: Proposal) -> Network:
        """The weights that the claim is about: the given or the polished ones."""
        return self.network if found.polished is None else found.polished.network


@dataclass(frozen=True)
class Written:
    """A certificate, and where it and its problem lie; ``None`` for what is in memory only."""

    certificate: Certificate
    certificate_path: Path | None
    problem_path: Path | None

    @property
    def files(self) -> tuple[Path, ...]:
        """What a check needs: the certificate, the problem that it names, and the other one that its claim names."""
        if self.certificate_path is None:
            return ()
        named = [self.certificate_path]
        if self.problem_path is not None and self.certificate.problem.path is not None:
            named.append(self.problem_path)
        other = self.certificate.other
        if other is not None:
            named.append(self.certificate_path.with_name(other[1].path))
        return tuple(named)


def named_data(path: str | Path) -> tuple[DataFile, Network]:
    """A problem file whose samples a claim counts, and how a certificate names it."""
    source = load(path)
    sha256, name = source.name or ("", "")
    return DataFile(sha256, name), source.network


def names_population(problem: Any) -> bool:
    """Whether it is a population problem, or the name of a file of one."""
    return isinstance(problem, PopulationProblem) or (not isinstance(problem, Network) and is_population(problem))


def load(problem: Network | str | Path) -> Source:
    """Read a problem file, or take a network as it is."""
    if isinstance(problem, Network):
        return Source(None, encode_problem(problem), problem)
    path = Path(problem)
    data = read_regular_file(path, PROBLEM_LIMIT)
    return Source(path, data, decode_problem(data))


def write(found: Proposal, source: Source, output: str | Path | None, *, force: bool) -> Written:
    """Write the polished problem first, then the certificate about it.

    Raises
    ------
    Malformed
        An output cannot be written, or the problem is too large to embed.
    """
    problem_path, data = source.path, source.data
    if found.polished is not None:
        data = encode_problem(found.polished.network)
        if source.path is not None:
            problem_path = source.path.with_name(f"{source.path.stem}.polished.safetensors")
    kind = found.claim.kind
    path = _target(source.path, kind, output)
    reference = _reference(found.problem, problem_path, data)
    certificate = Certificate(kind, reference, found.claim, found.evidence, provenance())
    encoded = encode_certificate(certificate)
    if found.polished is not None and problem_path is not None:
        write_atomically(problem_path, data, force=force)
    if path is not None:
        write_atomically(path, encoded, force=force)
    return Written(certificate, path, problem_path)


def write_inline(
    found: Proposal, problem_path: Path | None, output: str | Path | None, *, force: bool
) -> tuple[Certificate, Path | None]:
    """Write a certificate that holds its subject, beside the file that the subject was read from."""
    certificate = certificate_of(found)
    path = _target(problem_path, found.claim.kind, output)
    if path is not None:
        write_atomically(path, encode_certificate(certificate), force=force)
    return certificate, path


def _target(problem_path: Path | None, kind: str, output: str | Path | None) -> Path | None:
    """The certificate's path: as asked for, beside the problem file, or none for a problem in memory."""
    if output is not None:
        return Path(output)
    return None if problem_path is None else problem_path.with_name(f"{problem_path.stem}.{kind}.cert.json")


def _reference(problem: Problem, problem_path: Path | None, data: bytes) -> ProblemReference:
    """Name the problem by path if it is a file, embed it otherwise; a polynomial is always in its certificate."""
    if isinstance(problem, PolynomialProblem | PopulationProblem):
        return ProblemReference.of_record(problem)
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
