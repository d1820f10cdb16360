"""Rule *sum of squares*: when a `gradient-dominance-sos` claim is accepted.

Statement
---------
Let f(w) = Σ weight_i r_i(w)² be the given polynomial loss. ‖∇f(w)‖² ≥ 2·``constant``·(f(w) − ``level``) for every w
with ‖w − ``centre``‖ ≤ ``radius``.

Evidence
--------
ϱ, μ, level, and symmetric rational matrices Q_0, Q_1.

Checks
------
1. The centre has one number per variable.
2. The work fits the budget, and the exact numbers are of bounded length.
3. The triangles of Q_0, Q_1 have the size of their bases of monomials.
4. ‖∇f‖² − 2μ(f − level) = z_0ᵀQ_0z_0 + z_1ᵀQ_1z_1 (ϱ² − ‖h‖²), h = w − centre, coefficient by coefficient over ℚ.
5. Q_0 ≻ 0 and Q_1 ≻ 0, by elimination in balls of up to 4,096 bits.
6. The claim is weaker than or equal to what the identity proves.

Why they suffice
----------------
On the ball both terms on the right of check 4 are ≥ 0. A smaller ball is a subset; where f > level a smaller μ or a
larger level makes the right side of the statement smaller, and where f ≤ level it is ≤ 0 anyway.

Not checked
-----------
That ``level`` is the infimum of f (f ≥ 0, so ``level`` 0 is enough for the Polyak–Łojasiewicz inequality of f itself);
that gradient descent stays in the ball.
"""

from __future__ import annotations

from fractions import Fraction
from math import comb

from flint import arb, fmpq_mpoly

from certificates.arithmetic.arb import exact, lower, precision, upper
from certificates.arithmetic.definiteness import is_positive_definite
from certificates.checks.acceptance import accept_if_weaker
from certificates.checks.exact_numbers import require_short_numbers
from certificates.checks.kind import Kind
from certificates.checks.outcome import Context, Refusal
from certificates.checks.workload import Workload
from certificates.claims.gradient_dominance_sos import Claim, Evidence
from certificates.enclosures.quadratic.polynomials import (
    Powers,
    ball_defect,
    gradient_square,
    gram_form,
    loss_around,
    monomials,
    rational,
)
from certificates.subjects import PolynomialProblem
from certificates.verdict import Accepted, Assumption, Fact

__all__ = ["KIND"]

TITLE = "sum of squares"

_EXACT = Assumption("FLINT's arithmetic of polynomials with rational coefficients is exact")
_PRECISIONS = (256, 1024, 4096)
_OPERATION = 200.0  # a rational operation of 512 bits in floating-point ones; the arb factor of 10 comes on top


def decide(claim: Claim, evidence: Evidence, problem: PolynomialProblem, context: Context) -> Accepted:
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
    if len(claim.centre) != problem.variables:  # Check 1
        raise Refusal.rejected(
            1,
            "the centre is no point of the problem",
            required=f"{problem.variables} coordinates",
            seen=str(len(claim.centre)),
        )
    longest = _longest_number(claim, evidence, problem)  # Check 2
    context.require_workload(2, _workload(problem, evidence, longest))
    first = _basis(problem, problem.degree - 1, evidence.first, "Q_0")  # Check 3
    second = _basis(problem, problem.degree - 2, evidence.second, "Q_1")
    loss = loss_around(problem, claim.centre)
    _require_identity(loss, evidence, first, second)  # Check 4
    _require_definite(len(first), evidence.first, "Q_0")  # Check 5
    _require_definite(len(second), evidence.second, "Q_1")
    proved = Claim(claim.centre, evidence.radius, evidence.constant, evidence.level)
    value = arb(loss[(0,) * problem.variables])
    facts = (Fact("f(w*)", "loss at the centre", lower(value), upper(value)),)
    return accept_if_weaker(context, TITLE, 6, claim, proved, facts, (_EXACT,))  # Check 6


def _longest_number(claim: Claim, evidence: Evidence, problem: PolynomialProblem) -> int:
    """Check 2: sums over a common denominator stay short; the bits of the longest number."""
    numbers = [*claim.centre, evidence.radius, evidence.constant, evidence.level, *evidence.first, *evidence.second]
    for square in problem.squares:
        numbers += [square.weight, *(term.coefficient for term in square.terms)]
    return require_short_numbers(2, numbers)


def _workload(problem: PolynomialProblem, evidence: Evidence, longest: int) -> Workload:
    """Squares of residuals and gradients, products of Gram matrices with monomials, and the eliminations."""
    p, degree = problem.variables, problem.degree
    squares = float(len(problem.squares)) * comb(p + degree // 2, p) ** 2
    gradients = float(p * comb(p + degree - 1, p) ** 2)
    grams = 8.0 * (len(evidence.first) + len(evidence.second))
    eliminations = sum((2.0 * len(triangle)) ** 1.5 for triangle in (evidence.first, evidence.second))
    length = (1 + longest / 512) ** 2
    return Workload(_OPERATION * length * (squares + gradients + grams + eliminations), 0.0, 0.0)


def _basis(problem: PolynomialProblem, highest: int, triangle: tuple[Fraction, ...], name: str) -> list[Powers]:
    """Check 3: the monomials without 1, or with it, whichever fits the triangle's length."""
    count = comb(problem.variables + highest, problem.variables) if highest >= 0 else 0
    sizes = {lowest: max(count - lowest, 0) * (max(count - lowest, 0) + 1) // 2 for lowest in (1, 0)}
    for lowest, size in sizes.items():
        if len(triangle) == size:
            return monomials(problem.variables, lowest, highest)
    raise Refusal.rejected(
        3,
        f"{name} does not fit its monomials",
        required=f"{sizes[1]} entries of a lower triangle, or {sizes[0]} with the constant",
        seen=f"{len(triangle)}",
    )


def _require_identity(loss: fmpq_mpoly, evidence: Evidence, first: list[Powers], second: list[Powers]) -> None:
    ring = loss.context()
    left = gradient_square(loss) - 2 * rational(evidence.constant) * (loss - rational(evidence.level))
    inside = gram_form(ring, second, evidence.second) * ball_defect(ring, evidence.radius)
    difference = left - gram_form(ring, first, evidence.first) - inside
    if difference.is_zero():
        return
    powers = difference.monoms()[0]
    raise Refusal.rejected(
        4,
        "the two sides of the identity differ",
        required="‖∇f‖² − 2μ(f − level) = z_0ᵀQ_0z_0 + z_1ᵀQ_1z_1 (ϱ² − ‖h‖²), exactly",
        seen=f"{len(difference.monoms())} coefficients differ, the first of h^{tuple(map(int, powers))}",
    )


def _require_definite(size: int, triangle: tuple[Fraction, ...], name: str) -> None:
    """Check 5."""
    answer: bool | None = None
    for bits in _PRECISIONS:
        with precision(bits):
            balls = [exact(entry) for entry in triangle]
            rows = [balls[i * (i + 1) // 2 : (i + 1) * (i + 2) // 2] for i in range(size)]
            answer = is_positive_definite(rows)
        if answer is not None:
            break
    if answer:
        return
    refuse = Refusal.undecided if answer is None else Refusal.rejected
    raise refuse(
        5,
        f"{name} is not {'proven ' if answer is None else ''}positive definite",
        required=f"{name} ≻ 0",
        seen="a pivot that is 0, or nearly" if answer is None else "a pivot ≤ 0",
        advice="a smaller constant or radius leaves room for rounding",
    )


KIND = Kind(Claim, Evidence, PolynomialProblem, TITLE, decide)
