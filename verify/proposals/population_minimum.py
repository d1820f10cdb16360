"""Search for the critical point of the population ReLU loss next to a student: its index, and a box it is alone in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from flint import arb

from certificates import Accepted, decide
from certificates.arithmetic.arb import exact, precision
from certificates.arithmetic.arb_matrix import ArbMatrix
from certificates.claims.population_minimum import Claim, Evidence, Transverse
from certificates.enclosures.gaussian.relu_hessian import relu_hessian
from certificates.enclosures.gaussian.relu_units import relu_units
from certificates.errors import EnclosureFailure
from certificates.memory import kept_memory
from certificates.subjects import PopulationProblem
from verify.numeric.mlp import Array
from verify.numeric.relu_population import across, population_hessian
from verify.search.proposal import Options, Proposal, Search
from verify.search.relu_students import of_student, orthonormal_problem, polished
from verify.search.weakening import weaken

__all__ = ["SEARCH", "propose"]

_BITS = 128
_SHIFTS = (1 - 2.0**-24, 1 - 2.0**-18, 1 - 2.0**-10, 0.9)  # of the least positive eigenvalues
_SHARES = (0.5, 0.25, 2.0**-4, 2.0**-8)  # of the row sums of |I − Y∇²F|: with the first the most is left for ‖Y∇F‖
_PROBE = 2.0**-40  # a box on which the radii grow in proportion
_CURVATURE_SLACK, _VALUE_SLACK = 2.0**-30, 2.0**-48  # more digits than another processor's last bits touch
_ANYTHING = Evidence(2.0**-30, 1.0, 1.0)
_WEAKEST = 5e-324


@kept_memory()
def propose(problem: PopulationProblem) -> Proposal:
    """Find the critical point next to the student, where there is one that is alone, and say what is true of all d ≥ k.

    Returns
    -------
    Proposal
        With an accepted verdict, or with the judge's refusal and its numbers.
    """
    found = None
    for indices, evidence in _attempts(problem):
        verdict = decide(_weakest(indices, evidence), evidence, problem)
        found = Proposal(problem, None, evidence, verdict)
        if isinstance(verdict, Accepted):
            claim = _weakened(verdict.proved)
            return Proposal(problem, claim, evidence, decide(claim, evidence, problem))
    return found or Proposal(problem, None, _ANYTHING, decide(_weakest((0, 0), _ANYTHING), _ANYTHING, problem))


def _weakest(indices: tuple[int, int], evidence: Evidence) -> Claim:
    radius = evidence.radius
    return Claim(indices[0], radius, radius, _WEAKEST, -1e308, 1e308, Transverse(indices[1], _WEAKEST))


def _weakened(proved: Claim) -> Claim:
    if not 2 * proved.distance <= proved.radius:
        return proved  # weakened, the box might not hold the point any more
    slack = _VALUE_SLACK * max(abs(proved.value_lower), abs(proved.value_upper))
    weakened: Claim = weaken(proved)
    across_span = proved.transverse
    return replace(
        weakened,
        nondegeneracy=proved.nondegeneracy * (1 - _CURVATURE_SLACK),
        value_lower=proved.value_lower - slack,
        value_upper=proved.value_upper + slack,
        transverse=across_span
        and replace(across_span, nondegeneracy=across_span.nondegeneracy * (1 - _CURVATURE_SLACK)),
    )


def _attempts(problem: PopulationProblem) -> Iterator[tuple[tuple[int, int], Evidence]]:
    """(indices in the span and across it, evidence), the sharpest first."""
    if _excludes(problem) is not None:
        return
    student = of_student(problem)
    with np.errstate(all="ignore"):
        hessian = population_hessian(student)
        if not np.isfinite(hessian).all():
            return
        spectra = np.linalg.eigvalsh(hessian), np.linalg.eigvalsh(across(student)[0])
        growth = _growth(student, hessian)
    if growth is None:
        return
    counts = int(np.sum(spectra[0] < 0)), int(np.sum(spectra[1] < 0))
    least = [_least_positive(values, count) for values, count in zip(spectra, counts, strict=True)]
    for share, shift in [*((share, _SHIFTS[0]) for share in _SHARES), *((_SHARES[0], shift) for shift in _SHIFTS[1:])]:
        evidence = Evidence(share / growth, *(max(_WEAKEST, shift * value) for value in least))
        if np.isfinite(evidence.radius) and evidence.radius > 0:
            yield counts, evidence


def _least_positive(values: Array, count: int) -> float:
    return float(values[count]) if count < len(values) else 1.0


def _growth(student: Array, hessian: Array) -> float | None:
    """How fast the largest row sum of |I − Y∇²F| grows with the radius of the box; ``None`` where units meet."""
    with precision(_BITS):
        entries = (exact(entry) + arb(0, _PROBE) for entry in student.ravel().tolist())
        try:
            radii = relu_hessian(relu_units(ArbMatrix.from_entries(len(student), student.shape[1], entries))).rad
            sums = np.abs(np.linalg.inv(hessian)) @ radii.sum(axis=1)
        except (EnclosureFailure, np.linalg.LinAlgError):
            return None
    return float(np.max(sums)) / _PROBE


def _propose(problem: PopulationProblem, options: Options) -> Proposal:
    """About the given student; about the one that Newton's method finds, if that is wanted."""
    if not options.polish or _excludes(problem) is not None:
        return propose(problem)
    before = of_student(problem)
    after = polished(before)
    moved = float(np.max(np.abs(after - before)))
    if not moved > 0:
        return replace(propose(problem), notes=("Newton's method does not settle near the student, or it is there",))
    better = orthonormal_problem(after, problem.dimension)
    return replace(propose(better), notes=(f"the student's weights were moved by at most {moved:.3g}",))


def _fits(problem: PopulationProblem) -> str | None:
    return None if _excludes(problem) is not None else "a critical point of the population loss near the student"


def _excludes(problem: PopulationProblem) -> str | None:
    if problem.student is None:
        return "expected a student beside the teacher"
    if problem.activation.name != "relu":
        return "expected the activation relu"
    rows, k = problem.teacher.weights, problem.teacher.width
    if any(entry != (i == j) for i, row in enumerate(rows) for j, entry in enumerate(row)) or problem.dimension < k:
        return "expected the teacher's rows to be those of the unit matrix"
    return None


SEARCH = Search(Claim, PopulationProblem, _propose, reads=frozenset({"polish"}), fits=_fits, excludes=_excludes)
