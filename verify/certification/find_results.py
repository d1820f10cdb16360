"""What a search for critical points found: each point with its certificate, minima that are not the best marked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from certificates import Accepted, Network, Verdict
from certificates.certificate import encode_certificate
from certificates.document import write_atomically
from verify.certification.proofs import NetworkProof
from verify.numeric.mlp import Array
from verify.numeric.smooth_objective import FloatObjective
from verify.proposals import critical_point, no_local_minimum, spurious_minimum, strict_minimum
from verify.search.critical_points import CriticalPoints, FoundPoint
from verify.search.proposal import Proposal

__all__ = ["CertifiedPoint", "FindProgress", "Found", "certified_points"]

FindProgress: TypeAlias = Callable[[str, int, int, str], None]
"""Told stage, step, steps, and a note."""

_BETTER = 1e-6  # of f: less may be rounding


@dataclass(frozen=True)
class CertifiedPoint:
    """One critical point, and what is proved of it.

    Parameters
    ----------
    point
        In floats.
    proof
        A claim of kind ``strict-minimum``, ``spurious-minimum``, ``critical-point`` or ``no-local-minimum``; where none
        is proved, the refusal.
    path
        The certificate; ``None`` where nothing is proved.
    """

    point: FoundPoint
    proof: NetworkProof
    path: Path | None = None

    @property
    def verdict(self) -> Verdict:
        """The judge's."""
        return self.proof.verdict

    @property
    def value(self) -> tuple[float, float] | None:
        """Certified ends of f at the critical point; ``None`` where no point is proved to be there."""
        claim: Any = self.proof.claim
        return None if not hasattr(claim, "value_lower") else (claim.value_lower, claim.value_upper)


@dataclass(frozen=True)
class Found:
    """What :func:`find` found and wrote.

    Parameters
    ----------
    points
        Sorted by their value, the least first.
    starts, nowhere
        How many starts there were in all, and how many ended at no critical point.
    best
        The least value of f that any start ended at.
    folder
        Where the certificates lie.
    """

    points: tuple[CertifiedPoint, ...]
    starts: int
    nowhere: int
    best: float
    folder: Path

    @property
    def certified(self) -> tuple[CertifiedPoint, ...]:
        """The points of which something is proved."""
        return tuple(each for each in self.points if isinstance(each.verdict, Accepted))


def certified_points(
    network: Network, points: CriticalPoints, best: Array | None, folder: Path, progress: FindProgress
) -> tuple[CertifiedPoint, ...]:
    """Prove what is provable of each point and write the certificates; sorted by value, the least first."""
    done: list[CertifiedPoint] = []
    for number, point in enumerate(points):
        progress("certifying", number, len(points), f"f ≈ {point.value:.6g}, index {point.index}")
        weights = FloatObjective(network).network(point.weights)
        found = _proposal(weights, point, best)
        name = f"point-{number + 1:03d}"
        proof = NetworkProof(weights, found.claim, found.evidence, found.verdict, name)
        path = _write(proof, name, folder) if isinstance(found.verdict, Accepted) else None
        done.append(CertifiedPoint(point, proof, path))
    return tuple(sorted(done, key=lambda each: each.point.value))


def _proposal(weights: Network, point: FoundPoint, best: Array | None) -> Proposal:
    """A minimum that is spurious, or strict; a critical point with its index; or a ball without minima."""
    found = _minimum(weights, point, best) if point.index == 0 else critical_point.propose(weights)
    if isinstance(found.verdict, Accepted) or (point.index == 0 and not point.is_singular):
        return found
    saddle = no_local_minimum.propose(weights)
    return saddle if isinstance(saddle.verdict, Accepted) else found


def _minimum(weights: Network, point: FoundPoint, best: Array | None) -> Proposal:
    if best is not None and FloatObjective(weights).value(best) < point.value - _BETTER * abs(point.value):
        spurious = spurious_minimum.propose(weights, best)
        if isinstance(spurious.verdict, Accepted):
            return spurious
    return strict_minimum.propose(weights)


def _write(proof: NetworkProof, name: str, folder: Path) -> Path:
    """The certificate, and before it the problem if that lies beside it."""
    path = folder / f"{name}.{proof.claim.kind}.cert.json"
    if proof.problem_file is not None:
        write_atomically(folder / proof.problem_file[0], proof.problem_file[1], force=True)
    write_atomically(path, encode_certificate(proof.certificate), force=True)
    return path
