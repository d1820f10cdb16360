"""Rule *Krawczyk on the population loss*: when a `population-minimum` claim is accepted.

Statement
---------
Let F(W) = ½E(Σ_i (w_i·x)₊ − Σ_j (e_j·x)₊)², x ~ N(0, I_d), i = 1 … n ≥ k, j = 1 … k ≤ d, and W_0 the given student,
whose rows lie in the span ℝᵏ of e_1 … e_k. Of the W in ℝ^{n×k} with every |W_il − W_0,il| ≤ ``radius`` exactly one, ŵ,
is a critical point of F, and its entries are within ``distance`` of those of W_0. ∇²F(ŵ) on ℝ^{n×k} has exactly
``index`` negative eigenvalues, and none in (−``nondegeneracy``, ``nondegeneracy``). ``value_lower`` ≤ F(ŵ) ≤
``value_upper``.

With ``transverse``, in every dimension d ≥ k: ŵ is a critical point on ℝ^{n×d}, and beside those eigenvalues ∇²F(ŵ) has
d − k times the n eigenvalues of a matrix T(ŵ), of which exactly ``transverse.index`` are negative and none lies in
(−``transverse.nondegeneracy``, ``transverse.nondegeneracy``). Without it the claim is about d = k.

Evidence
--------
The radius r of a box, and shifts below the least positive eigenvalues of ∇²F and of T.

Checks
------
1. φ is the ReLU; the teacher's rows are e_1 … e_k, in this order, and there is a student of n ≥ k units in their span;
   all outer weights are 1.
2. If d > k, ``transverse`` is claimed.
3. The evidence is in range: r > 0 and positive shifts, all finite.
4. The work fits the budget.
5. On the box W_0 + [−r, r] no student is 0, no two are parallel, and none is to a teacher.
6. With some matrix Y, for every row p: Σ_q |(I − Y∇²F)_pq| ≤ s_p < 1 on the box, and |(Y∇F(W_0))_p| < (1 − s_p) r.
7. ∇²F has exactly ``index`` negative eigenvalues and none in (−μ, μ), μ > 0, on the box W_0 + [−D, D], where D is the
   largest |(Y∇F(W_0))_p|/(1 − s_p).
8. T has exactly ``transverse.index`` negative eigenvalues and none in (−μ_T, μ_T), μ_T > 0, on the same box.
9. Every field of the claim is weaker than or equal to what the evidence proves.

Why they suffice
----------------
By 5 F is C² on the box, its derivatives are those of theory 4.4, and they are enclosed there. Theorem 4.4.1
(:mod:`certificates.theorems.krawczyk`) with 6: exactly one critical point ŵ, within D of W_0. As ŵ lies in the smaller
box, 7 and 8 are about ∇²F(ŵ) and T(ŵ) (lemma 4.0.3); lemma 4.4.3 puts ∇²F(ŵ) on ℝ^{n×d} together from the two, and
shows that ∇F(ŵ) has no component across the span. The value: the expansion below theorem 4.3.2, on the smaller box, on
which Hessians differ by at most 2‖rad‖, at a distance of at most √(nk) D. With n ≥ k students F = 0 is reached, at
e_1 … e_k and zeros: a minimum with F(ŵ) > 0 is spurious.

Not checked
-----------
Other critical points outside the span of the teacher, or beyond ``radius``; how likely a descent ends there.
"""

from __future__ import annotations

from fractions import Fraction
from math import isfinite

import numpy as np
from flint import arb

from certificates.arithmetic.arb import exact, lower, upper
from certificates.arithmetic.arb_matrix import ArbMatrix
from certificates.arithmetic.ball_matrix import BallMatrix
from certificates.arithmetic.inertia import EIGENVECTORS, Inertia, inertia
from certificates.arithmetic.preconditioned import INVERSION, Preconditioned, preconditioned
from certificates.arithmetic.spectra import radius_norm
from certificates.checks.acceptance import accept_if_weaker, fact, fact_above, fact_below
from certificates.checks.kind import Kind
from certificates.checks.outcome import Context, Refusal
from certificates.checks.workload import Workload
from certificates.claims.population_minimum import Claim, Evidence, Transverse
from certificates.enclosures.gaussian.relu_hessian import in_balls, relu_hessian
from certificates.enclosures.gaussian.relu_units import EFFORT_OF_A_PAIR, ReluUnits, UnitsMeet, relu_units
from certificates.memory import remembered
from certificates.subjects import PopulationProblem, Units
from certificates.theorems.critical_points import value_margin
from certificates.theorems.krawczyk import krawczyk_distance
from certificates.verdict import Accepted, Fact

__all__ = ["KIND"]

TITLE = "Krawczyk on the population loss"


def decide(claim: Claim, evidence: Evidence, problem: PopulationProblem, context: Context) -> Accepted:
    """Apply checks 1 to 9 in order.

    Guarantee
    ---------
    An :class:`Accepted` value is returned only if the statement above is true for ``problem`` with the fields of
    ``claim``, given the ledger.

    Raises
    ------
    Refusal
        A check that is not certainly true, with its number.
    EnclosureFailure
        No finite enclosure exists in binary64.
    """
    student = _require_setting(problem)  # Check 1
    _require_transverse(claim, problem)  # Check 2
    _check_range(evidence)  # Check 3
    context.require_workload(4, _workload(student.width, problem.teacher.width, claim.index))  # Check 4
    _require_apart(problem, evidence.radius)  # Check 5
    found = _preconditioned(problem, evidence.radius)
    distance = None if found is None else krawczyk_distance(found.sums, found.images, evidence.radius)
    if found is None or distance is None:
        raise _not_contracting(found, evidence.radius)  # Check 6
    spectrum, turning = _spectrum(problem, distance, claim.index, evidence.shift)
    gap = _require_gap(7, "∇²F", claim.index, evidence.shift, spectrum)  # Check 7
    transverse = None
    if claim.transverse is not None:
        across = _across(problem, distance, claim.transverse.index, evidence.transverse_shift)
        least = _require_gap(8, "T", claim.transverse.index, evidence.transverse_shift, across)  # Check 8
        transverse = Transverse(claim.transverse.index, lower(least))
    value, slope = _loss(problem), _gradient(problem).frobenius_norm()
    margin = value_margin(slope, turning, exact(student.width * problem.teacher.width).sqrt() * exact(distance))
    proved = Claim(
        index=claim.index,
        radius=evidence.radius,
        distance=distance,
        nondegeneracy=lower(gap),
        value_lower=lower(value - margin),
        value_upper=upper(value + margin),
        transverse=transverse,
    )
    facts = _facts(value, slope, found, gap)
    return accept_if_weaker(context, TITLE, 9, claim, proved, facts)  # Check 9


def _facts(value: arb, slope: arb, found: Preconditioned, gap: arb) -> tuple[Fact, ...]:
    count = len(found.sums)
    return (
        Fact("nk", "parameters", *2 * (float(count),)),
        fact("F(w₀)", "population loss at the weights", value),
        fact_above("‖∇F(w₀)‖", "norm of the gradient", slope),
        fact_above("‖I − YH‖", "distance of the preconditioned Hessian from I on the box", exact(_largest(found.sums))),
        fact_above("‖Y∇F(w₀)‖", "largest entry of the preconditioned gradient", exact(_largest(found.images))),
        fact_below("μ", "least absolute value of an eigenvalue of the Hessian at ŵ", gap),
    )


def _largest(bounds: np.ndarray) -> float:
    return float(np.max(bounds))


# ---- checks 1 to 4 --------------------------------------------------------------------------------------------------


def _require_setting(problem: PopulationProblem) -> Units:
    """Check 1: the student."""
    teacher, student = problem.teacher, problem.student
    k = teacher.width
    if problem.activation.name != "relu":
        raise _beyond("the rule is about the ReLU", "φ = relu", problem.activation.text[:60], "the activation relu")
    basis = tuple(tuple(Fraction(int(i == j)) for j in range(problem.dimension)) for i in range(k))
    if k > problem.dimension or teacher.weights != basis or set(teacher.outer) != {1}:
        raise _beyond(
            "the teacher is not orthonormal in the form that the rule knows",
            "rows e_1 … e_k of the unit matrix in this order, outer weights 1",
            f"{k} other rows or outer weights",
            "coordinates in which an orthonormal teacher is the unit matrix: the loss does not change under rotations",
        )
    if student is None:
        raise _beyond("there is no student", "the weights of one", "a teacher alone", "a problem with a student")
    if student.width < k or set(student.outer) != {1}:
        raise _beyond(
            "the student is not one that can learn the teacher with outer weights 1",
            f"at least {k} units, outer weights 1",
            f"{student.width} units, outer weights {'1' if set(student.outer) == {1} else 'that are not all 1'}",
            "a student as wide as the teacher",
        )
    if any(any(row[k:]) for row in student.weights):
        raise _beyond(
            "the student does not lie in the span of the teacher",
            f"entries 0 beyond the first {k}",
            "others",
            "the weights without those entries, if they are roundings of 0",
        )
    return student


def _beyond(reason: str, required: str, seen: str, advice: str) -> Refusal:
    return Refusal.undecided(1, reason, required=required, seen=seen, advice=advice)


def _require_transverse(claim: Claim, problem: PopulationProblem) -> None:
    """Check 2."""
    if problem.dimension > problem.teacher.width and claim.transverse is None:
        raise Refusal.undecided(
            2,
            "the inputs have more dimensions than the teacher spans, and nothing is claimed across its span",
            required=f"claim.transverse, as d = {problem.dimension} > k = {problem.teacher.width}",
            advice="claim the index and the least eigenvalue of T, too",
        )


def _check_range(evidence: Evidence) -> None:
    """Check 3."""
    numbers = (evidence.radius, evidence.shift, evidence.transverse_shift)
    if not all(isfinite(number) and number > 0 for number in numbers):
        raise Refusal.rejected(
            3,
            "the evidence is out of range",
            required="a radius and shifts that are positive and finite",
            seen=f"r = {evidence.radius:g}, shifts {evidence.shift:g} and {evidence.transverse_shift:g}",
        )


def _workload(students: int, k: int, index: int) -> Workload:
    """An inversion, a product, a spectral test, and two Hessians block by block."""
    size, pairs = float(students * k), float(students * (students + k))
    tests = INVERSION + 2.0 + 3.0 + (EIGENVECTORS + 4.0 if index else 0.0)
    return Workload(
        operations=tests * size**3,
        entries=12.0 * size**2,
        activations=0.0,
        scalars=4.0 * EFFORT_OF_A_PAIR * pairs + 4_000.0 * students + 2.0 * size**2 + 10.0 * students**2 * k,
    )


# ---- enclosures, remembered: a search has several claims about one student judged -----------------------------------


@remembered(4)
def _units(problem: PopulationProblem, radius: float) -> ReluUnits:
    """Lengths and angles on a box around the given weights; at them for the radius 0."""
    student, k = problem.student, problem.teacher.width
    rows = () if student is None else student.weights
    entries = (exact(entry) + arb(0, radius) for row in rows for entry in row[:k])
    return relu_units(ArbMatrix.from_entries(len(rows), k, entries))


def _gradient(problem: PopulationProblem) -> ArbMatrix:
    return _units(problem, 0.0).gradient()


def _loss(problem: PopulationProblem) -> arb:
    return _units(problem, 0.0).loss()


@remembered(2)
def _preconditioned(problem: PopulationProblem, radius: float) -> Preconditioned | None:
    """s and g of theorem 4.4.1."""
    slope = in_balls(_gradient(problem))
    vector = BallMatrix(slope.mid.reshape(-1, 1), slope.rad.reshape(-1, 1))
    return preconditioned(relu_hessian(_units(problem, radius)), vector)


@remembered(2)
def _spectrum(problem: PopulationProblem, distance: float, index: int, shift: float) -> tuple[Inertia, arb]:
    """What is known of ∇²F on the smaller box, and how much two of them differ at most."""
    matrix = relu_hessian(_units(problem, distance))
    return inertia(matrix, index, shift), 2 * radius_norm(matrix)


@remembered(2)
def _across(problem: PopulationProblem, distance: float, index: int, shift: float) -> Inertia:
    """The same of T."""
    return inertia(in_balls(_units(problem, distance).across()), index, shift)


# ---- checks 5 to 8 --------------------------------------------------------------------------------------------------


def _require_apart(problem: PopulationProblem, radius: float) -> None:
    """Check 5."""
    try:
        _units(problem, radius)
    except UnitsMeet as meeting:
        raise Refusal.undecided(
            5,
            "F need not be twice differentiable on the box",
            required="no student that is 0, or parallel to another one or to a teacher",
            seen=str(meeting),
            advice="a smaller radius, if it is not so at the weights themselves",
        ) from meeting


def _not_contracting(found: Preconditioned | None, radius: float) -> Refusal:
    """What check 6 says."""
    seen, advice = "no approximate inverse of ∇²F", "another point: this Hessian is nearly singular"
    if found is not None:
        seen = f"s ≤ {_largest(found.sums):.4g}, |Y∇F(w₀)| ≤ {_largest(found.images):.4g}"
        near = _largest(found.sums) < 1
        polish = "polish the weights (`verify certify PROBLEM --kind population-minimum --polish`)"
        advice = polish if near else "a smaller radius"
    return Refusal.undecided(
        6,
        "Krawczyk's test does not show exactly one critical point in the box",
        required=f"s < 1 and |Y∇F(w₀)| < (1 − s) r in every row, with r = {radius:.4g}",
        seen=seen,
        advice=advice,
    )


def _require_gap(check: int, name: str, index: int, shift: float, found: Inertia) -> arb:
    """Check 7 or 8: μ."""
    if found.gap is not None:
        return found.gap
    below = "" if found.below is None else f"λ_{index} ≤ {upper(-found.below):.4g}, "
    above = "no factorisation" if found.above is None else f"λ_{index + 1} ≥ {lower(found.above):.4g}"
    raise Refusal.undecided(
        check,
        f"{name} is not proven to have exactly {index} negative eigenvalues and no zero"
        if index
        else f"{name} is not proven positive definite: this need not be a minimum",
        required="a negative eigenvalue of each counted, the next one above the shift",
        seen=f"{below}{above}, with the shift {shift:.4g}",
        advice="another index or a smaller shift",
    )


KIND = Kind(Claim, Evidence, PopulationProblem, TITLE, decide, arithmetics=("fast",))
