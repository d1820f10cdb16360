"""Rule *distance to the nearest zero*: when a `convergence-basin` claim is accepted.

Statement
---------
Let f(w) = s‖F(w) − y‖² be the loss of the given network over its trained parameters, ŵ the given weights. For every
start w_0 with ‖w_0 − ŵ‖ ≤ ``radius`` and any steps 0 < η_k ≤ ``step_size_max`` with divergent sum, exact gradient
descent stays within ``reach`` of ŵ and converges to some w* with f(w*) = 0. With P_k = Π_{j<k} (1 − κη_j) and κ =
``decrease_rate``, f(w_k) ≤ ``loss_bound`` P_k, and f has a zero within ``distance_bound`` √P_k of w_k. The loss itself
need not fall at every step.

Evidence
--------
ρ, a step, u_c, a radius ϱ, a vector c, two spectral shifts, and which bound β(ρ) to evaluate.

Checks
------
1. f is s‖F(w) − y‖² with given labels, not planted ones, and there are at most as many equations as trained
   parameters: N ≤ p.
2. The evidence is in range: ρ, the step and ϱ are positive and finite, 0 < u_c ≤ ½, c has N finite entries, finite
   shifts, a form of β that fits the depth.
3. No two samples have the same inputs (K would be singular).
4. Every activation is C^{1,1}, as in `zero-loss-convergence`.
5. The work fits the budget.
6. λ_min(K) ≥ σ̂² > 0 and λ_max(K) ≤ Ŝ² at ŵ, by the residual form with the given shifts.
7. There is an exact zero z' within r̂ of ŵ, by theorem 1.5.1 with β = β(ϱ), and σ_min(J(z')) ≥ σ' > 0.
8. Theorem 1.10.5 holds at z' with ρ + r̂ for its radius and √Λ = Ŝ + βϱ, and its ball lies in that of radius ϱ around ŵ.
9. Every field of the claim is weaker than or equal to what the evidence proves.
10. If an origin is claimed: it differs in trained weights only, and lies within the stated distance.

Why they suffice
----------------
The ball of radius ρ + r̂ around z' holds that of radius ρ around ŵ. β is a Lipschitz constant of J on the ball of radius
ϱ around ŵ (theory 1.4), so ‖J‖ ≤ Ŝ + βϱ there. Theorem 1.10.5 (:mod:`certificates.theorems.distance_potential`) is
about w⁺ = w − ηJᵀe; in units of f its step is 2s times ours, and its loss f ≤ sΛD².

Not checked
-----------
That a floating-point run behaves like the exact one; which zero is reached.
"""

from __future__ import annotations

from typing import Any

from flint import arb

from certificates.arithmetic.arb import exact, lower, upper
from certificates.checks.acceptance import accept_if_weaker, fact_above, fact_below
from certificates.checks.kind import Kind
from certificates.checks.matrices import matrices
from certificates.checks.network_workload import network_workload
from certificates.checks.objective import require_squared
from certificates.checks.origin import proved_origin
from certificates.checks.outcome import Context, Refusal
from certificates.checks.solvable import (
    bounded_kernel,
    newton_step,
    positive_kernel,
    require_curvature_form,
    require_different_inputs,
    require_enough_parameters,
    require_finite_numbers,
    require_given_labels,
    require_lipschitz_slopes,
)
from certificates.claims.convergence_basin import Claim, Evidence
from certificates.enclosures.networks.curvature import CURVATURE_FORMS, curvature
from certificates.enclosures.networks.linearisation import Linearisation, linearise
from certificates.subjects import Network
from certificates.theorems.distance_potential import Basin, basin
from certificates.theorems.interpolation import Interpolation, interpolate
from certificates.verdict import Accepted, Fact

__all__ = ["KIND"]

TITLE = "distance to the nearest zero"


def decide(claim: Claim, evidence: Evidence, problem: Network, context: Context) -> Accepted:
    """Apply checks 1 to 10 in order.

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
    smallest = positive_kernel(6, point, evidence.kernel_shift_lower, problem, context).sqrt()  # Check 6
    largest = bounded_kernel(6, point, evidence.kernel_shift_upper).sqrt()
    beta = curvature(point, problem.activations, evidence.ball, evidence.curvature)
    step = newton_step(point, evidence.multipliers, smallest)
    zero = interpolate(step, smallest, beta, evidence.ball)
    norm = largest + beta * exact(evidence.ball)
    scale = 2 * exact(require_squared(1, problem))
    radius = exact(evidence.radius) + zero.radius
    most = exact(evidence.most)
    found = basin(radius, zero.singular_value, beta, norm, scale * exact(evidence.step_size), most)
    facts = _facts(point, smallest, beta, zero, found)
    _check_zero(zero, facts)  # Check 7
    reach = zero.radius + found.reach
    _check_basin(found, reach, evidence, facts)  # Check 8
    origin = proved_origin(10, claim.origin, problem, context)  # Check 10
    loss = scale / 2 * (norm * radius) ** 2
    rate = scale * found.rate
    numbers = lower(rate), upper(reach), upper(radius), upper(loss)
    proved = Claim(evidence.radius, evidence.step_size, *numbers, origin)
    return accept_if_weaker(context, TITLE, 9, claim, proved, facts)  # Check 9


def _check_evidence(problem: Network, evidence: Evidence) -> None:
    """Check 2."""
    positive = {"ρ": evidence.radius, "step": evidence.step_size, "u_c": evidence.most, "ϱ": evidence.ball}
    shifts = evidence.kernel_shift_lower, evidence.kernel_shift_upper
    require_finite_numbers(2, problem, evidence.multipliers, positive, shifts)
    if not evidence.most <= 0.5:
        raise Refusal.rejected(2, "the evidence is out of range", required="u_c ≤ 1/2", seen=f"{evidence.most:g}")
    require_curvature_form(2, problem, evidence.curvature)


def _check_zero(zero: Interpolation, facts: tuple[Fact, ...]) -> None:
    """Check 7."""
    if not (zero.holds and zero.singular_value > 0):
        raise Refusal.undecided(
            7,
            "no zero of the loss is proven near the weights",
            required="h < 1/2, within the ball",
            seen=f"h ≤ {upper(zero.bent):.4g}, r ≤ {upper(zero.radius):.4g}",
            advice="polish the weights (`verify certify PROBLEM --polish`)",
            facts=facts,
        )


def _check_basin(found: Basin, reach: arb, evidence: Evidence, facts: tuple[Fact, ...]) -> None:
    """Check 8."""
    if not (found.holds and reach <= exact(evidence.ball)):
        raise Refusal.undecided(
            8,
            "the ball of starts is too large for this evidence",
            required=f"ρ + r below {lower(found.farthest):.4g}, Ψ > 0, iterates within ϱ = {evidence.ball:.4g}",
            seen=f"ρ = {evidence.radius:.4g}, Ψ ≥ {lower(found.margin):.4g}, iterates within {upper(reach):.4g}",
            advice="a smaller ball, or smaller steps",
            facts=facts,
        )


def _facts(point: Linearisation[Any], smallest: arb, beta: arb, zero: Interpolation, found: Basin) -> tuple[Fact, ...]:
    return (
        fact_above("‖e‖", "residual norm at the weights", point.residual_norm),
        fact_below("σ", "smallest singular value of the Jacobian at the weights", smallest),
        fact_above("β(ϱ)", "curvature bound on the ball", beta),
        fact_above("r", "distance to an exact zero", zero.radius),
        fact_below("σ'", "smallest singular value at that zero", zero.singular_value),
        fact_below("Ψ", "what is left of the descent of the potential", found.margin),
        fact_below("σ_∞", "smallest singular value at all nearest zeros", found.singular_value),
    )


KIND = Kind(Claim, Evidence, Network, TITLE, decide)
