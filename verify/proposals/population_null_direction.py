"""Propose `population-null-direction`: a null direction in closed form, and the dimension that the judge computes.

Let all v_j ≠ 0, U = W* (b = 0) or the differences of its rows from the first (b ≠ 0), and C_j = v_j a_j the rows for
those of U. A is a null direction where UᵀC is antisymmetric and, if b ≠ 0, the first row of C makes the column sums 0.
C = LU with an antisymmetric L is one, and so is C with a free row where U has a zero row.
"""

from __future__ import annotations

from fractions import Fraction

from certificates import Accepted, Undecided, decide
from certificates.claims.population_null_direction import Claim, Evidence
from certificates.enclosures.formulas.rational_polynomials import rational_coefficients
from certificates.errors import EnclosureFailure
from certificates.rules.population_null_direction import TITLE
from certificates.subjects import PopulationProblem, Units
from certificates.theorems.polynomial_populations import nullity
from verify.search.proposal import Options, Proposal, Search

__all__ = ["SEARCH", "null_direction", "propose"]

Row = tuple[Fraction, ...]

_LENGTH = 3  # of a, b, c


def propose(problem: PopulationProblem) -> Proposal:
    """A null direction of the population Hessian at the teacher's weights, and the dimension of its null space.

    Parameters
    ----------
    problem
        A teacher without a student, φ of degree at most 2.

    Returns
    -------
    Proposal
        With an undecided verdict if φ is written otherwise, or if the null space is {0}.

    Examples
    --------
    >>> from verify.problems.population import from_units
    >>> found = propose(from_units("quadratic", [["1", "0"], ["0.6", "0.8"]]))
    >>> found.verdict.outcome, found.claim.nullity, [[str(a) for a in row] for row in found.evidence.direction]
    ('accepted', 1, [['3/5', '4/5'], ['-1', '0']])
    """
    parts = _slope_parts(problem)
    if parts is None:
        return _refused(problem, 2, "the activation is not written as az² + bz + c", "quadratic, identity, or z^2/2+z")
    direction = null_direction(*parts, problem.teacher)
    if direction is None:
        what = "the population Hessian at these weights is positive definite: its null space is {0}"
        return _refused(problem, 6, what, "a teacher of more units")
    claim, evidence = Claim(1), Evidence(direction)
    verdict = decide(claim, evidence, problem)
    if isinstance(verdict, Accepted):
        claim = Claim(nullity(*parts, problem.teacher))
        verdict = decide(claim, evidence, problem)
    return Proposal(problem, claim, evidence, verdict)


def null_direction(linear: Fraction, quadratic: Fraction, teacher: Units) -> tuple[Row, ...] | None:
    """A ≠ 0 with ∇²f(W*)[A, A] = 0 for φ' = 2·quadratic·z + linear; ``None`` if there is none.

    Examples
    --------
    >>> one, zero = Fraction(1), Fraction(0)
    >>> null_direction(one, zero, Units(((one,), (one,)), (one, Fraction(2))))
    ((Fraction(-1, 1),), (Fraction(1, 2),))
    """
    dead = [j for j, v in enumerate(teacher.outer) if not v]
    if dead:
        return _placed({dead[0]: _unit(teacher.dimension)}, teacher)
    first, others = (0, range(1, teacher.width)) if linear else (None, range(teacher.width))
    rows = {j: _less(teacher.weights[j], teacher.weights[0]) if linear else teacher.weights[j] for j in others}
    turned = _turned(rows if quadratic else {j: (Fraction(0),) * teacher.dimension for j in rows})
    if turned is None:
        return None
    if first is not None:
        turned[first] = tuple(-sum(column, Fraction(0)) for column in zip(*turned.values(), strict=True))
    return _placed({j: _scaled(row, 1 / teacher.outer[j]) for j, row in turned.items()}, teacher)


def _turned(rows: dict[int, Row]) -> dict[int, Row] | None:
    """C ≠ 0 with UᵀC antisymmetric: a free row where U has a zero row, or two rows of U exchanged with a sign."""
    zero = [j for j, row in rows.items() if not any(row)]
    if zero:
        return {zero[0]: _unit(len(rows[zero[0]]))}
    if len(rows) < 2:
        return None
    i, j = list(rows)[:2]
    return {i: rows[j], j: _scaled(rows[i], Fraction(-1))}


def _unit(dimension: int) -> Row:
    return (Fraction(1), *(Fraction(0),) * (dimension - 1))


def _less(row: Row, other: Row) -> Row:
    return tuple(a - b for a, b in zip(row, other, strict=True))


def _scaled(row: Row, factor: Fraction) -> Row:
    return tuple(factor * entry for entry in row)


def _placed(rows: dict[int, Row], teacher: Units) -> tuple[Row, ...]:
    """The direction with these rows, and zeros."""
    return tuple(rows.get(j, (Fraction(0),) * teacher.dimension) for j in range(teacher.width))


def _slope_parts(problem: PopulationProblem) -> tuple[Fraction, Fraction] | None:
    """B and a of φ = az² + bz + c."""
    try:
        coefficients = rational_coefficients(problem.activation.expression)
    except EnclosureFailure:
        return None
    if len(coefficients) > _LENGTH:
        return None
    _, linear, quadratic = (*coefficients, *(Fraction(0),) * _LENGTH)[:_LENGTH]
    return linear, quadratic


def _refused(problem: PopulationProblem, check: int, reason: str, advice: str) -> Proposal:
    return Proposal(problem, None, None, Undecided(Claim.kind, TITLE, "arb", check, reason, advice=advice))


def _fits(problem: PopulationProblem) -> str | None:
    parts = None if problem.student is not None else _slope_parts(problem)
    if parts is None or null_direction(*parts, problem.teacher) is None:
        return None
    return "φ is a polynomial of degree at most 2: the population Hessian at the teacher's weights is singular"


def _propose(problem: PopulationProblem, options: Options) -> Proposal:
    del options
    return propose(problem)


SEARCH = Search(Claim, PopulationProblem, _propose, fits=_fits)
