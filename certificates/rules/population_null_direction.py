"""Rule *null direction*: when a `population-null-direction` claim is accepted.

Statement
---------
Let f(W) = ½E(Σ_j v_jφ(w_j·x) − Σ_j v_jφ(w_j*·x))², x ~ N(0, I_d), with the teacher's W* and v. λ_min(∇²f(W*)) = 0, and
the null space of ∇²f(W*) has at least the dimension ``nullity``.

Evidence
--------
A direction A ≠ 0.

Checks
------
1. The problem is a teacher without a student: the claim is about the teacher's own weights.
2. φ is written as a polynomial az² + bz + c with rational coefficients.
3. The exact numbers are of bounded length.
4. A has the shape of W*.
5. ∇²f(W*)[A, A] = 4a²((tr M)² + ½‖M + Mᵀ‖²) + b²‖m‖² is 0, exactly; M = Σ_j v_j w_j* a_jᵀ, m = Σ_j v_j a_j.
6. ``nullity`` is at most the dimension of the null space, which is computed exactly.

Why they suffice
----------------
The residual vanishes at W* for every x, so ∇²f(W*)[A, A] = E[(Σ_j v_jφ'(w_j*·x) a_j·x)²] ≥ 0 for every A, and
proposition 4.1.2 evaluates it. A positive semidefinite form that is 0 at A ≠ 0 has the eigenvalue 0, with A in its null
space. Check 6 rests on the same proposition: the form is 0 where M is antisymmetric (if a ≠ 0) and m = 0 (if b ≠ 0),
linear conditions whose rank is known.

Not checked
-----------
What f does along A beyond second order: it may be flat, as for linear φ, or grow. Other activations, also where a v_j
is 0 or two rows are equal.
"""

from __future__ import annotations

from fractions import Fraction

from certificates.checks.acceptance import accept_if_weaker
from certificates.checks.exact_numbers import require_short_numbers
from certificates.checks.kind import Kind
from certificates.checks.outcome import Context, Refusal
from certificates.claims.population_null_direction import Claim, Evidence
from certificates.enclosures.formulas.rational_polynomials import rational_coefficients
from certificates.errors import EnclosureFailure
from certificates.language.wording import shortened
from certificates.subjects import PopulationProblem, Units
from certificates.theorems.polynomial_populations import nullity, second_derivative
from certificates.verdict import Accepted, Assumption, Fact

__all__ = ["KIND"]

TITLE = "null direction"

_EXACT = Assumption("FLINT's arithmetic of matrices of integers is exact")
_POLYNOMIAL = "φ = az² + bz + c with rational a, b, c"
_OTHER = "a polynomial of degree at most 2, multiplied out"
_ZEROS = (Fraction(0),) * 3


def decide(claim: Claim, evidence: Evidence, problem: PopulationProblem, context: Context) -> Accepted:
    """Apply checks 1 to 6 in order.

    Guarantee
    ---------
    An :class:`Accepted` value is returned only if the statement above is true for ``problem`` with the fields of
    ``claim``, given the ledger.

    Raises
    ------
    Refusal
        A check that is certainly false (rejected) or not certainly true (undecided), with its number.
    """
    if problem.student is not None:  # Check 1
        raise Refusal.rejected(
            1,
            "the claim is about the teacher's own weights",
            required="a problem without a student",
            advice="leave the student out of the problem",
        )
    linear, quadratic = _slope_parts(problem)  # Check 2
    teacher, direction = problem.teacher, evidence.direction
    rows = (*teacher.weights, teacher.outer, *direction, (linear, quadratic))
    require_short_numbers(3, (entry for row in rows for entry in row))  # Check 3
    _require_shape(direction, teacher)  # Check 4
    bend = second_derivative(linear, quadratic, teacher, direction)
    if bend != 0:  # Check 5
        raise Refusal.rejected(
            5, "the direction is not in the null space", required="∇²f(W*)[A, A] = 0", seen=shortened(bend)
        )
    dimension = nullity(linear, quadratic, teacher)
    facts = (Fact("dim ker", "dimension of the null space", float(dimension), float(dimension)),)
    return accept_if_weaker(context, TITLE, 6, claim, Claim(dimension), facts, (_EXACT,))  # Check 6


def _slope_parts(problem: PopulationProblem) -> tuple[Fraction, Fraction]:
    """Check 2: b and a."""
    try:
        coefficients = rational_coefficients(problem.activation.expression)
    except EnclosureFailure as failure:
        raise Refusal.undecided(2, str(failure), required=_POLYNOMIAL, advice=_OTHER) from failure
    if len(coefficients) > len(_ZEROS):
        seen = f"degree {len(coefficients) - 1}"
        raise Refusal.undecided(2, "the activation has another degree", required=_POLYNOMIAL, seen=seen, advice=_OTHER)
    _, linear, quadratic = (*coefficients, *_ZEROS)[: len(_ZEROS)]
    return linear, quadratic


def _require_shape(direction: tuple[tuple[Fraction, ...], ...], teacher: Units) -> None:
    """Check 4."""
    if len(direction) == teacher.width and all(len(row) == teacher.dimension for row in direction):
        return
    raise Refusal.rejected(
        4,
        "the direction does not have the shape of W*",
        required=f"{teacher.width} rows of {teacher.dimension} numbers",
        seen=f"{len(direction)} rows of {sorted({len(row) for row in direction})}",
    )


KIND = Kind(Claim, Evidence, PopulationProblem, TITLE, decide)
