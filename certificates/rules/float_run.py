"""Rule *descent with rounding*: when a `float-run` claim is accepted.

Statement
---------
Let f(w) = s‖F(w) − y‖² be the loss of the given network over its trained parameters, w_0 the given weights. Consider
any execution, in binary64 with rounding to nearest even and gradual underflow, of the loop that forms the residual ê,
passes it back to the gradient ĝ, and sets w ← w − ηĝ, η = ``step_size``: sums in any order, which may change from step
to step, with or without fused multiplication and addition, products of matrices conventional, at most three roundings
for the factors 2s and η. If its φ and φ' are wrong by at most ``value_error`` and ``slope_error`` for |z| ≤
``largest_input``, then for 0 ≤ k ≤ ``steps``, with b_k = d(1 − c)^k + ``floor``, d = ``distance_bound`` and c =
``contraction``: some weights within b_k of w_k have loss exactly 0, f(w_k) ≤ ``loss_factor`` b_k², ‖w_k − w_0‖ ≤
``reach``, and no pre-activation that it computes is beyond ``largest_input``. f is the exact loss.

Evidence
--------
The step, the horizon and the errors of φ; u_M, σ_♭/σ_* and M, a radius ϱ, a vector c, two spectral shifts, and which
bound β(ρ) to evaluate.

Checks
------
1. f is s‖F(w) − y‖² with given labels, not planted ones, and there are at most as many equations as trained
   parameters: N ≤ p.
2. The evidence is in range: step, errors, u_M, σ_♭/σ_* < 1, M > 1 and ϱ are positive and finite, the horizon is not
   negative, c has N finite entries, finite shifts, a form of β that fits the depth.
3. No two samples have the same inputs (K would be singular).
4. Every activation is C^{1,1}, as in `zero-loss-convergence`.
5. The work fits the budget.
6. λ_min(K) ≥ σ² > 0 and λ_max(K) ≤ S² at w_0, by the residual form with the given shifts.
7. There is a zero z_0 nearest to w_0, by theorem 1.10.6 with β = β(ϱ), and σ_min(J(z_0)) ≥ σ_* > 0.
8. Nothing in the loop overflows, and theorem 1.7.4 holds from z_0 with the errors of lemma 1.7.3 on the ball of radius
   ϱ around w_0, which holds its ball.
9. Every field of the claim is weaker than or equal to what the evidence proves.

Why they suffice
----------------
β is a Lipschitz constant of J on the ball of radius ϱ around w_0 (theory 1.4), so √Λ = S + βϱ bounds ‖J‖ there. Lemma
1.7.3 (:mod:`certificates.enclosures.networks.loop_rounding`) holds at every weight of that ball whose residual is at
most √Λ D_M, which theorem 1.7.4 (:mod:`certificates.theorems.inexact_descent`) keeps up. It is about w⁺ = w − ηJᵀ(e +
ρ) + r; in units of f its step is 2s times ours, and f ≤ sΛD².

Not checked
-----------
That a given program is such a loop, and that its φ and φ' are as accurate as claimed (in the ledger); which zero.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from flint import arb

from certificates.arithmetic.arb import exact, lower, upper
from certificates.checks.acceptance import accept_if_weaker, fact_above, fact_below
from certificates.checks.kind import Kind
from certificates.checks.matrices import matrices
from certificates.checks.network_workload import network_workload
from certificates.checks.objective import require_squared
from certificates.checks.outcome import EXACT_RUN, Context, Refusal
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
from certificates.claims.float_run import Claim, Evidence
from certificates.enclosures.networks.curvature import CURVATURE_FORMS, curvature
from certificates.enclosures.networks.linearisation import Linearisation, linearise
from certificates.enclosures.networks.loop_rounding import Loop, LoopRounding, loop_layers, loop_rounding
from certificates.enclosures.networks.on_ball import on_ball
from certificates.subjects import Network
from certificates.theorems.inexact_descent import Errors, Hover, Promise, hover
from certificates.theorems.potential_descent import Start
from certificates.theorems.potential_starts import start_at_weights
from certificates.verdict import Accepted, Assumption, Fact

__all__ = ["KIND"]

TITLE = "descent with rounding"

_LOOP = Assumption(
    "the run is an execution of the stated binary64 loop: rounding to nearest, no flush to zero, no x87 registers, no "
    "fast matrix products; it computes φ and φ' as accurately as claimed"
)


_OVERFLOW = exact(2) ** 1023


@dataclass(frozen=True)
class _Ground:
    """Exact numbers, the same in every formula: σ, β and √Λ."""

    smallest: arb
    beta: arb
    norm: arb


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
    context.require_workload(5, network_workload(problem, norms=norms, curvatures=2))  # Check 5
    point = linearise(problem, matrices(context), norms=norms)
    smallest = positive_kernel(6, point, evidence.kernel_shift_lower, problem, context).sqrt()  # Check 6
    largest = bounded_kernel(6, point, evidence.kernel_shift_upper).sqrt()
    beta = exact(upper(curvature(point, problem.activations, evidence.ball, evidence.curvature)))
    ground = _Ground(smallest, beta, exact(upper(largest + beta * exact(evidence.ball))))
    start = _start(point, ground, evidence)  # Check 7
    scale = 2 * exact(require_squared(1, problem))
    step = scale * exact(evidence.step_size)
    loop = _loop(scale, step, evidence)
    rounding = _rounding(problem, point, ground, start, loop, evidence, context)
    kept = exact(lower(start.singular_value * exact(evidence.kept)))
    promise = Promise(evidence.steps, kept, exact(evidence.most), exact(evidence.share))
    errors = Errors(rounding.residual, rounding.step)
    found = hover(start, beta, ground.norm * ground.norm, step, errors, promise)
    facts = _facts(point, ground, start, rounding, found)
    _check_descent(found, start, rounding, evidence, facts)  # Check 8
    proved = Claim(
        evidence.step_size,
        evidence.steps,
        evidence.value_error,
        evidence.slope_error,
        lower(found.contraction),
        upper(start.distance),
        upper(found.floor),
        upper(scale / 2 * ground.norm * ground.norm),
        upper(start.offset + found.travel + exact(evidence.most) * start.singular_value / beta),
        upper(rounding.reach),
    )
    accepted = accept_if_weaker(context, TITLE, 9, claim, proved, facts, (_LOOP,))  # Check 9
    return replace(accepted, ledger=tuple(each for each in accepted.ledger if each != EXACT_RUN))


def _check_evidence(problem: Network, evidence: Evidence) -> None:
    """Check 2."""
    positive = {
        "step": evidence.step_size,
        "ω": evidence.value_error,
        "ω'": evidence.slope_error,
        "u_M": evidence.most,
        "σ_♭/σ_*": evidence.kept,
        "M − 1": evidence.share - 1,
        "ϱ": evidence.ball,
    }
    shifts = evidence.kernel_shift_lower, evidence.kernel_shift_upper
    require_finite_numbers(2, problem, evidence.multipliers, positive, shifts)
    if not (evidence.kept < 1 and evidence.steps >= 0):
        seen = f"σ_♭/σ_* = {evidence.kept:g}, H = {evidence.steps}"
        raise Refusal.rejected(2, "the evidence is out of range", required="σ_♭ < σ_*, H ≥ 0", seen=seen)
    require_curvature_form(2, problem, evidence.curvature)


def _start(point: Linearisation[Any], ground: _Ground, evidence: Evidence) -> Start:
    """Check 7."""
    step = newton_step(point, evidence.multipliers, ground.smallest)
    start = start_at_weights(step, ground.smallest, ground.beta, evidence.ball, exact(0))
    if start is None or not (ground.beta > 0 and start.singular_value > 0):
        raise Refusal.undecided(
            7,
            "no zero of the loss is proven near the weights",
            required="h < 1/2, within the ball",
            seen=f"β‖J⁺e‖/σ about {upper(ground.beta * step / ground.smallest):.4g}",
            advice="weights nearer to a zero: more steps of training",
        )
    return start


def _loop(scale: arb, step: arb, evidence: Evidence) -> Loop:
    most = exact(1).max(scale) * exact(max(1.0, evidence.step_size))
    return Loop(exact(evidence.value_error), exact(evidence.slope_error), step, most)


def _rounding(
    problem: Network,
    point: Linearisation[Any],
    ground: _Ground,
    start: Start,
    loop: Loop,
    evidence: Evidence,
    context: Context,
) -> LoopRounding:
    """Errors of a step from any weights of the ball with ‖e‖ ≤ √Λ u_M σ_*/β."""
    ball = on_ball(point.layers, problem.activations, exact(evidence.ball))
    layers = loop_layers(problem, point.layers, ball, matrices(context))
    squares = sum((layer.weight_size**2 for layer in layers if layer.trained), exact(0))
    return loop_rounding(
        layers,
        problem.activations,
        problem.sample_count,
        loop,
        residual=ground.norm * exact(evidence.most) * start.singular_value / ground.beta,
        jacobian=ground.norm,
        weights=squares.sqrt(),
    )


def _check_descent(
    found: Hover, start: Start, rounding: LoopRounding, evidence: Evidence, facts: tuple[Fact, ...]
) -> None:
    """Check 8."""
    if not rounding.peak < _OVERFLOW:
        seen = f"up to {upper(rounding.peak):.3g}"
        raise Refusal.undecided(8, "numbers of the loop may overflow", required="below 2^1023", seen=seen, facts=facts)
    if not (found.holds and start.offset + found.reach < exact(evidence.ball)):
        raise Refusal.undecided(
            8,
            "descent with these errors is not proven to stay near zeros for so long",
            required=f"Ψ > 0, u_N + N ≤ u_M, Γ ≤ ln(σ_*/σ_♭), iterates within ϱ = {evidence.ball:.4g}",
            seen=f"Ψ ≥ {lower(found.margin):.4g}, u_N ≤ {upper(found.level):.4g}, Γ ≤ {upper(found.loss):.4g}, "
            f"iterates within {upper(start.offset + found.reach):.4g}",
            advice="fewer steps, a smaller step size, or weights nearer to a zero",
            facts=facts,
        )


def _facts(
    point: Linearisation[Any], ground: _Ground, start: Start, rounding: LoopRounding, found: Hover
) -> tuple[Fact, ...]:
    return (
        fact_above("‖e‖", "residual norm at the weights", point.residual_norm),
        fact_below("σ", "smallest singular value of the Jacobian at the weights", ground.smallest),
        fact_above("β(ϱ)", "curvature bound on the ball", ground.beta),
        fact_above("D_0", "distance to the nearest zero", start.distance),
        fact_below("σ_*", "smallest singular value at that zero", start.singular_value),
        fact_above("δ_e", "error of a computed residual", rounding.residual),
        fact_above("δ_r", "error of a step outside the range of Jᵀ", rounding.step),
        fact_below("Ψ", "what is left of the descent of the potential", found.margin),
        fact_above("Γ", "loss of ln σ over all steps", found.loss),
    )


KIND = Kind(Claim, Evidence, Network, TITLE, decide)
