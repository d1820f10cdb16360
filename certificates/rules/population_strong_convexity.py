"""Rule *population Hessian*: when a `population-strong-convexity` claim is accepted.

Statement
---------
For f(W) = ½E(Σ_j v_jφ(w_j·x) − Σ_j v_jφ(w_j*·x))², x ~ N(0, I_d), with the given W*, v and φ, the smallest eigenvalue
of ∇²f(W*) is at least ``curvature`` and at most ``attained``: f(W* + A) ≥ ½λ‖A‖² + o(‖A‖²), also where φ' jumps. If
``general_bound`` is claimed, theorem 4.1.1 shows λ_min to be at least that from the singular values of W*.

Evidence
--------
Bits, the number of Hermite coefficients, and a direction a of the weights.

Checks
------
1. φ is continuous at its breakpoints, exactly.
2. The problem is a teacher alone; no v_j is 0, and no w_j* is 0.
3. φ is not affine, and no multiple of z² up to a constant, where k ≥ 2.
4. The direction has an entry for each weight, all finite; the work fits the budget.
5. The Hessian is enclosed: by a closed form, or by a series, for which no two rows may be nearly parallel.
6. λ_min > 0.
7. If ``general_bound`` is claimed, W* has full row rank, certainly, and the moments at t ≤ σ_k are enclosed.
8. The claim is weaker than or equal to what the evidence proves.

Why they suffice
----------------
With residual 0 at W*, f(W* + A) = ½E(Σ_j v_j(φ((w_j* + a_j)·x) − φ(w_j*·x)))². For almost every x the quotient tends to
v_jφ'(w_j*·x)(a_j·x), because w_j* ≠ 0 and φ is differentiable almost everywhere; φ' is bounded by a power, so
f(W* + A) = ½AᵀHA + o(‖A‖²), H_ij = v_iv_jE[φ'(w_i*·x)φ'(w_j*·x)xxᵀ]. λ_min(H) lies in the first ball of the ordered
spectrum (lemma 4.0.1), and below every Rayleigh quotient. Check 7: :mod:`certificates.theorems.planted_curvature`.
Check 3 refuses what is certainly false: with φ' = c and a_1 = e/v_1, a_2 = −e/v_2, or with φ' = cz and a_1 = w_2/v_1,
a_2 = −w_1/v_2, the form is 0.

Not checked
-----------
Anything about weights away from W*, or about the empirical risk.
"""

from __future__ import annotations

from fractions import Fraction
from math import isfinite

from flint import arb

from certificates.arithmetic.arb import exact, lower, precision, upper
from certificates.arithmetic.arb_matrix import ArbMatrix
from certificates.arithmetic.ordered_spectrum import ordered_spectrum
from certificates.checks.acceptance import accept_if_weaker, fact
from certificates.checks.continuity import require_continuous
from certificates.checks.kind import Kind
from certificates.checks.outcome import Context, Refusal
from certificates.checks.workload import Workload
from certificates.claims.population_strong_convexity import Claim, Evidence
from certificates.enclosures.gaussian.exact_moments import exact_moment
from certificates.enclosures.gaussian.population_hessian import population_hessian
from certificates.enclosures.gaussian.rho_terms import exact_zhong_terms, zhong_terms
from certificates.enclosures.gaussian.row_spectrum import row_spectrum
from certificates.errors import EnclosureFailure
from certificates.expression import Activation
from certificates.subjects import PopulationProblem, Units
from certificates.theorems.planted_curvature import planted_curvature
from certificates.verdict import Accepted, Fact

__all__ = ["KIND"]

TITLE = "population Hessian"

_LEAST = Fraction(1, 10**9)  # beyond it and its inverse no moments are asked for, as in the kinds about one σ


def decide(claim: Claim, evidence: Evidence, problem: PopulationProblem, context: Context) -> Accepted:
    """Apply checks 1 to 8 in order.

    Guarantee
    ---------
    An :class:`Accepted` value is returned only if the statement above is true for ``problem`` with the fields of
    ``claim``, given the ledger.

    Raises
    ------
    Refusal
        A check that is certainly false (rejected) or not certainly true (undecided), with its number.
    EnclosureFailure
        No finite enclosure exists at this precision.
    """
    require_continuous(1, problem.activation)  # Check 1
    _require_planted(problem)  # Check 2
    _require_bent(problem)  # Check 3
    _require_direction(evidence, problem.teacher)
    context.require_workload(4, _workload(problem.teacher))  # Check 4
    with precision(evidence.bits + 40):
        return _prove(claim, evidence, problem, context)


def _prove(claim: Claim, evidence: Evidence, problem: PopulationProblem, context: Context) -> Accepted:
    hessian = _hessian(evidence, problem)  # Check 5
    spectrum, attained = ordered_spectrum(hessian), upper(_quotient(hessian, evidence.direction))
    if not lower(spectrum[0]) > 0:  # Check 6
        raise Refusal.undecided(
            6,
            "the smallest eigenvalue is not proven to be positive",
            required="λ_min > 0",
            seen=f"λ_min ≥ {lower(spectrum[0]):.6g}, λ_min ≤ {attained:.6g}",
            advice="more terms and bits, where the series is too short; rows that are less nearly parallel",
        )
    bound, facts = _general_bound(problem, evidence.bits)
    if claim.general_bound is not None and bound is None:  # Check 7
        raise Refusal.undecided(
            7,
            "theorem 4.1.1 is not shown to apply",
            required="W* of full row rank, with moments at its least singular value",
            seen=f"{problem.teacher.width} rows in dimension {problem.dimension}",
            advice="the claim without general_bound",
        )
    proved = Claim(lower(spectrum[0]), attained, bound)
    own = (fact("λ_min", "smallest eigenvalue of ∇²f(W*)", spectrum[0]), fact("λ_max", "largest one", spectrum[-1]))
    return accept_if_weaker(context, TITLE, 8, claim, proved, (*own, *facts))  # Check 8


def _require_planted(problem: PopulationProblem) -> None:
    """Check 2."""
    teacher = problem.teacher
    if problem.student is not None:
        raise Refusal.rejected(
            2,
            "the problem has a student, and the claim is about the teacher's own weights",
            advice="a problem without a student",
        )
    if not all(teacher.outer):
        raise Refusal.rejected(
            2, "a unit has outer weight 0, so that λ_min = 0", required="v_j ≠ 0", advice="leave the unit out"
        )
    if not all(any(row) for row in teacher.weights):
        raise Refusal.undecided(2, "a row of the teacher is 0", required="w_j* ≠ 0", advice="leave the unit out")


def _require_bent(problem: PopulationProblem) -> None:
    """Check 3."""
    if problem.teacher.width > 1 and _is_flat(problem.activation):
        raise Refusal.rejected(
            3,
            "φ is affine or a multiple of z² up to a constant: λ_min = 0",
            advice="the kind population-null-direction",
        )


def _is_flat(activation: Activation) -> bool:
    """Whether φ' is constant (T₂ = 0), or a multiple of z (T₁ = 0, and the mean of φ' is 0); theorem 2.1."""
    try:
        first, second, _ = exact_zhong_terms(activation, Fraction(1))
        mean = exact_moment(activation, 1, 0, Fraction(1))
    except EnclosureFailure:
        return False
    return not second.terms or not (first.terms or mean.terms)


def _require_direction(evidence: Evidence, teacher: Units) -> None:
    """Check 4."""
    expected = teacher.width * teacher.dimension
    if len(evidence.direction) != expected or not all(map(isfinite, evidence.direction)):
        raise Refusal.rejected(
            4,
            "the direction does not fit the weights",
            required=f"{expected} finite entries",
            seen=f"{len(evidence.direction)} entries",
        )


def _workload(teacher: Units) -> Workload:
    """The products of balls of the ordered spectrum; series and moments are metered while they are done."""
    size = float(teacher.width * teacher.dimension)
    return Workload(12 * size**3, 60 * size**2, 0.0, scalars=size**2 * (6 + size / 4))


def _hessian(evidence: Evidence, problem: PopulationProblem) -> ArbMatrix:
    """Check 5."""
    teacher = problem.teacher
    try:
        return population_hessian(problem.activation, teacher.weights, teacher.outer, evidence.terms, evidence.bits)
    except EnclosureFailure as failure:
        raise Refusal.undecided(
            5,
            f"the Hessian is not enclosed: {failure}",
            cause="enclosure",
            required="ReLU, leaky or squared ReLU, erf, or another φ of the catalogue whose φ' is analytic",
        ) from failure


def _quotient(hessian: ArbMatrix, direction: tuple[float, ...]) -> arb:
    """The Rayleigh quotient of the direction."""
    size = len(direction)
    entries = [exact(entry) for entry in direction]
    vector = ArbMatrix.from_entries(size, 1, entries)
    return vector.dot(hessian.times(vector)) / vector.dot(vector)


def _general_bound(problem: PopulationProblem, bits: int) -> tuple[float | None, tuple[Fact, ...]]:
    """Check 7: the bound of theorem 4.1.1 and what it is made of, where it is certain to apply."""
    teacher = problem.teacher
    spectrum = row_spectrum(teacher.weights)
    if spectrum.scale is None or not _LEAST <= spectrum.scale <= 1 / _LEAST:
        return None, ()
    try:
        terms = zhong_terms(problem.activation, spectrum.scale, bits)
    except EnclosureFailure:
        return None, ()
    distance, least = terms.first.min(terms.second), min(v * v for v in teacher.outer)
    scale = exact(spectrum.scale)
    bound = planted_curvature(exact(least), distance, scale, spectrum.largest_square, spectrum.volume, teacher.width)
    facts = (
        fact("ρ̃(t)", "min(T₁, T₂) at t", distance),
        fact("t", "a number that is at most the smallest singular value of W*", scale),
        fact("(σ₁/t)²", "squared condition number", spectrum.largest_square / (scale * scale)),
    )
    return max(0.0, lower(bound)), facts


KIND = Kind(Claim, Evidence, PopulationProblem, TITLE, decide)
