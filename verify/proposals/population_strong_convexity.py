"""Propose `population-strong-convexity`: more and more Hermite coefficients, and the least eigenvector in floats."""

from __future__ import annotations

import math

import numpy as np

from certificates import Accepted, decide
from certificates.arithmetic.arb import precision
from certificates.claims.population_strong_convexity import Claim, Evidence
from certificates.enclosures.gaussian.closed_blocks import closed_block
from certificates.enclosures.gaussian.population_hessian import population_hessian
from certificates.errors import EnclosureFailure
from certificates.memory import kept_memory
from certificates.subjects import PopulationProblem
from certificates.verdict import Verdict
from verify.search.proposal import Options, Proposal, Search

__all__ = ["SEARCH", "propose"]

_BITS = 64
_TERMS = (32, 64, 128, 256, 512)
_SHARP = 1e-11  # of the largest curvature: more terms gain nothing that eigenvectors in floats can see
_SLACK = 2.0**-44  # of the largest eigenvalue, for another processor's eigenvectors
_WEAKEST = Claim(5e-324, 1e300)


def propose(problem: PopulationProblem, options: Options | None = None) -> Proposal:
    """Enclose the smallest eigenvalue of the population Hessian at the teacher's weights.

    Parameters
    ----------
    problem
        A teacher without a student.
    options
        Told what is being done.

    Examples
    --------
    >>> from verify.problems import from_units
    >>> found = propose(from_units("relu", [["1", "0"], ["3/5", "4/5"]]))
    >>> found.verdict.outcome, 0.0202596 < found.claim.curvature < 0.0202597
    ('accepted', True)
    """
    options = options or Options()
    with kept_memory():
        return _propose(problem, options)


def _propose(problem: PopulationProblem, options: Options) -> Proposal:
    count = problem.teacher.width * problem.dimension
    evidence = Evidence(_BITS, _TERMS[0], (1.0,) * count)
    verdict = decide(_WEAKEST, evidence, problem)
    found: tuple[Evidence, Verdict] = (evidence, verdict)
    for terms in _TERMS if _is_open(verdict) else ():
        options.say(f"{terms} terms")
        evidence = Evidence(_BITS, terms, _direction(problem, terms))
        found = evidence, decide(_WEAKEST, evidence, problem)
        if closed_block(problem.activation) is not None or _is_sharp(found[1]):
            break
    evidence, verdict = found
    if not isinstance(verdict, Accepted):
        return Proposal(problem, None, evidence, verdict)
    claim = _weakened(verdict)
    return Proposal(problem, claim, evidence, decide(claim, evidence, problem))


def _is_open(verdict: Verdict) -> bool:
    """Whether better evidence may help: it is accepted already, or not certain to be false."""
    return isinstance(verdict, Accepted) or getattr(verdict, "check", 0) > 5


def _direction(problem: PopulationProblem, terms: int) -> tuple[float, ...]:
    teacher = problem.teacher
    try:
        with precision(_BITS + 40):
            hessian = population_hessian(problem.activation, teacher.weights, teacher.outer, terms, _BITS)
    except EnclosureFailure:  # the judge will say so
        return (1.0,) * (teacher.width * teacher.dimension)
    vector = np.linalg.eigh(hessian.midpoint())[1][:, 0]
    return tuple(vector.tolist())


def _is_sharp(verdict: Verdict) -> bool:
    return isinstance(verdict, Accepted) and verdict.proved.attained - verdict.proved.curvature <= _SHARP * _largest(
        verdict
    )


def _largest(verdict: Accepted) -> float:
    return next(fact.upper for fact in verdict.facts if fact.symbol == "λ_max")


def _weakened(verdict: Accepted) -> Claim:
    """With slack for other processors; a curvature that it would use up keeps half."""
    proved: Claim = verdict.proved
    slack = _SLACK * _largest(verdict)
    curvature = proved.curvature - slack if proved.curvature > 2 * slack else proved.curvature / 2
    bound = proved.general_bound
    return Claim(
        _rounded_down(curvature),
        -_rounded_down(-proved.attained - slack),
        None if not bound else _rounded_down(bound * (1 - _SLACK)),
    )


def _rounded_down(value: float) -> float:
    """A number of 44 bits that is not above it."""
    mantissa, exponent = math.frexp(value)
    return math.ldexp(math.floor(mantissa * 2.0**44), exponent - 44)


def _fits(problem: PopulationProblem) -> str | None:
    return None if problem.student is not None else "there is no student: how convex the loss is at the teacher itself"


SEARCH = Search(Claim, PopulationProblem, propose, fits=_fits)
