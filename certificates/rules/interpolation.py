"""Rule *Newton's majorant*: when an `interpolation` claim is accepted.

Statement
---------
Let f(w) = s‖F(w) − y‖² be the loss of the given network over its trained parameters, w_0 the given weights. There are
weights w* with ‖w* − w_0‖ ≤ ``radius`` and F(w*) = y, exactly: f(w*) = 0. Every singular value of the Jacobian of F at
w*, an N × p matrix with N ≤ p, is at least ``singular_value``.

Evidence
--------
A radius ϱ, a vector c, a spectral shift, and which bound β(ρ) to evaluate.

Checks
------
1. f is s‖F(w) − y‖² with given labels, not planted ones, and there are at most as many equations as trained
   parameters: N ≤ p.
2. The evidence is in range: 0 < ϱ < ∞, c has N finite entries, a finite shift, a form of β that fits the depth.
3. No two samples have the same inputs (K would be singular).
4. Every activation is C^{1,1}, as in `zero-loss-convergence`.
5. The work fits the budget.
6. λ_min(K) ≥ σ_0² > 0 at w_0, by the residual form with the given shift.
7. h = β(ϱ)ξ/σ_0 ≤ ½ and r = 2ξ/(1 + √(1 − 2h)) ≤ ϱ, with ξ = √(cᵀKc) + ‖e − Kc‖/σ_0.
8. Every field of the claim is weaker than or equal to what the evidence proves.
9. If an origin is claimed: it differs in trained weights only, and lies within the stated distance.

Why they suffice
----------------
K = JJᵀ and e are enclosed entry by entry, so J⁺e = Jᵀc + J⁺(e − Kc) gives ξ ≥ ‖J⁺e‖ for any c. β(ϱ) of theory 1.4 is
a Lipschitz constant of J on the ball of radius ϱ, and theorem 1.5.1 (:mod:`certificates.theorems.interpolation`)
does the rest. 1 and 3 are consequences of 6; they only say why sooner.

Not checked
-----------
Whether gradient descent finds w*.
"""

from __future__ import annotations

from typing import Any

from flint import arb

from certificates.arithmetic.arb import lower, upper
from certificates.checks.acceptance import accept_if_weaker, fact_above, fact_below
from certificates.checks.kind import Kind
from certificates.checks.matrices import matrices
from certificates.checks.network_workload import network_workload
from certificates.checks.origin import proved_origin
from certificates.checks.outcome import Context, Refusal
from certificates.checks.solvable import (
    newton_step,
    positive_kernel,
    require_curvature_form,
    require_different_inputs,
    require_enough_parameters,
    require_finite_numbers,
    require_given_labels,
    require_lipschitz_slopes,
)
from certificates.claims.interpolation import Claim, Evidence
from certificates.enclosures.networks.curvature import CURVATURE_FORMS, curvature
from certificates.enclosures.networks.linearisation import Linearisation, linearise
from certificates.subjects import Network
from certificates.theorems.interpolation import Interpolation, interpolate
from certificates.verdict import Accepted, Fact

__all__ = ["KIND"]

TITLE = "Newton's majorant"


def decide(claim: Claim, evidence: Evidence, problem: Network, context: Context) -> Accepted:
    """Apply checks 1 to 9 in order.

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
    require_given_labels(1, problem)  # Check 1
    require_enough_parameters(1, problem)
    _check_evidence(problem, evidence)  # Check 2
    require_different_inputs(3, problem)  # Check 3
    require_lipschitz_slopes(4, problem, evidence.curvature)  # Check 4
    norms = CURVATURE_FORMS[evidence.curvature].norms
    context.require_workload(5, network_workload(problem, norms=norms, curvatures=1))  # Check 5
    point = linearise(problem, matrices(context), norms=norms)
    smallest = positive_kernel(6, point, evidence.kernel_shift, problem, context)  # Check 6
    beta = curvature(point, problem.activations, evidence.reach, evidence.curvature)
    step = newton_step(point, evidence.multipliers, smallest.sqrt())
    found = interpolate(step, smallest.sqrt(), beta, evidence.reach)
    facts = _facts(problem, point, smallest, beta, step, found)
    _check_criterion(found, evidence, facts)  # Check 7
    origin = proved_origin(9, claim.origin, problem, context)  # Check 9
    proved = Claim(upper(found.radius), max(0.0, lower(found.singular_value)), origin)
    return accept_if_weaker(context, TITLE, 8, claim, proved, facts)  # Check 8


def _check_evidence(problem: Network, evidence: Evidence) -> None:
    """Check 2."""
    require_finite_numbers(2, problem, evidence.multipliers, {"ϱ": evidence.reach}, (evidence.kernel_shift,))
    require_curvature_form(2, problem, evidence.curvature)


def _check_criterion(found: Interpolation, evidence: Evidence, facts: tuple[Fact, ...]) -> None:
    """Check 7."""
    if found.holds:
        return
    raise Refusal.undecided(
        7,
        "the Newton step is too long for how much the network bends",
        required=f"h ≤ 1/2 and r ≤ ϱ = {evidence.reach:.4g}",
        seen=f"h ≤ {upper(found.bent):.4g}, r ≤ {upper(found.radius):.4g}",
        advice="polish the weights (`verify certify PROBLEM --polish`), or train further",
        facts=facts,
    )


def _facts(
    problem: Network, point: Linearisation[Any], smallest: arb, beta: arb, step: arb, found: Interpolation
) -> tuple[Fact, ...]:
    equations, parameters = float(problem.residual_count), float(problem.trained_parameter_count)
    return (
        Fact("N", "equations (samples times outputs)", equations, equations),
        Fact("p", "trained parameters", parameters, parameters),
        fact_above("‖e₀‖", "residual norm at the weights", point.residual_norm),
        fact_below("λ_min(K)", "smallest eigenvalue of the tangent kernel", smallest),
        fact_above("ξ", "length of the Newton step of least norm", step),
        fact_above("β(ϱ)", "curvature bound on the ball", beta),
        fact_above("h", "β(ϱ)ξ/σ₀", found.bent),
    )


KIND = Kind(Claim, Evidence, Network, TITLE, decide)
