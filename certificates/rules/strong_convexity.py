"""Rule *Hessian ball*: when a `strong-convexity` claim is accepted.

Statement
---------
Let f(w) = Σ_i ω_i ℓ_i(F_i(w)) + ½ Σ_t λ_t‖w_t − c_t‖² be the problem's objective over its trained parameters, with
labels that are ``labels``: given, or those that the teacher computes, exactly. w_0 are the given weights, 𝒩 the span
of the directions ``flat``, along which f is constant, and B the ball of ``radius`` around w_0 in w_0 + 𝒩⊥. For all w,
w' in B

    ``strong_convexity``·‖w − w'‖² ≤ ⟨∇f(w) − ∇f(w'), w − w'⟩ ≤ ``smoothness``·‖w − w'‖²,

which is a statement about the eigenvalues of ∇²f on B, at almost every w where φ'' may jump. If ``minimiser`` is
claimed: f has exactly one critical point ŵ in B, where f is least on B; ‖ŵ − w_0‖ ≤ ``distance``, ``value_lower`` ≤
f(ŵ) ≤ ``value_upper``, and exact gradient descent from any w⁰ within ``start_radius`` of w_0, with any constant step 0
< η ≤ ``step_size_max``, has ‖wᵗ − ŵ‖ ≤ (1 − ηm)ᵗ‖w⁰ − ŵ‖, m = ``strong_convexity``.

Evidence
--------
R; perhaps two spectral shifts of ∇²f(w_0); perhaps those for one hidden layer under a frozen output.

Checks
------
1. The labels are what the claim says, and there are at most 10⁴ trained parameters.
2. The flat directions are those of the problem.
3. R > 0 and the shifts are finite, and there are some.
4. The work fits the budget.
5. λ_0 ⪯ ∇²f(w_0) ⪯ Λ_0 on 𝒩⊥; s_0, S_0, χ, ξ and e_0 of theory 4.2.
6. φ' is Lipschitz on what the units reach on B; φ'' too, where bounds need it.
7. m_0 > 0, the largest lower bound of theorem 4.2.2.
8. If a minimiser is claimed: G < m_0R for a G ≥ ‖∇f(w_0)‖.
9. Every field of the claim is weaker than or equal to what is proved.

Why they suffice
----------------
Theorem 4.2.2 with the constants of lemma 4.2.1: those of theory 4.2 for one hidden layer under a frozen output, in the
units of f (f = 2ns·L), or those that h₂ of theorem 6.1 is made of. Every member is a bound; the best is taken. The ball
of the claim lies in that of the evidence. Where the network stands at its teacher, the residual is 0 exactly, and so is
∇f(w_0) without penalties. 8: theorem 4.2.3 with m_0 and M_0; ŵ is in the claim's ball, whose radius is at least
``distance``. The claim's own m, where it is less than m_0, has the longer steps, and is a bound, too. The restriction
to w_0 + 𝒩⊥: theory lemma 6.0.

Not checked
-----------
That other minima are worse; anything beyond ``radius``; what floating-point descent does.
"""

from __future__ import annotations

import numpy as np
from flint import arb

from certificates.arithmetic.arb import exact, lower, upper
from certificates.checks.acceptance import accept_if_weaker, fact, fact_above
from certificates.checks.frozen_output import frozen_workload
from certificates.checks.hessian_ball import HessianBall, prove_hessian_ball
from certificates.checks.kind import Kind
from certificates.checks.minimum import MOST_PARAMETERS, strength_of_steps
from certificates.checks.objective import SMOOTH
from certificates.checks.objective_workload import objective_workload
from certificates.checks.outcome import Context, Refusal
from certificates.checks.smooth_objective import require_flat, require_labels, require_parameters
from certificates.claims.strong_convexity import Claim, Evidence, Minimiser
from certificates.enclosures.objectives.hessian import gradient_norms, objective_value
from certificates.enclosures.objectives.point import evaluate
from certificates.subjects import Network
from certificates.verdict import Accepted, Fact

__all__ = ["KIND"]

TITLE = "Hessian ball"


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
        No finite enclosure exists in binary64.
    """
    require_labels(1, claim.labels, problem)  # Check 1
    require_parameters(1, problem, MOST_PARAMETERS)  # Check 1
    require_flat(2, claim.flat, problem)  # Check 2
    _check_range(evidence)  # Check 3
    _require_workload(evidence, problem, context)  # Check 4
    ball = prove_hessian_ball(claim.flat, evidence, problem)  # Checks 5 to 7
    m, minimiser, facts = ball.strength, None, ball.facts
    if claim.minimiser is not None:
        m = strength_of_steps(claim.minimiser.step_size_max, claim.strong_convexity, m, ball.smoothness)
        minimiser, facts = _minimiser(ball, m, evidence, problem)  # Check 8
    proved = Claim(claim.labels, evidence.radius, lower(m), upper(ball.smoothness), minimiser, claim.flat)
    return accept_if_weaker(context, TITLE, 9, claim, proved, facts)  # Check 9


def _check_range(evidence: Evidence) -> None:
    """Check 3; shifts for a frozen output are looked at in check 5."""
    shifts = evidence.hessian
    numbers = [evidence.radius, *(() if shifts is None else (shifts.lower, shifts.upper))]
    some = shifts is not None or evidence.frozen is not None
    if not (np.isfinite(numbers).all() and evidence.radius > 0 and some):
        raise Refusal.rejected(
            3,
            "the evidence is out of range",
            required="finite numbers, R > 0, shifts of the Hessian or those for a frozen output",
            seen=", ".join(f"{number:g}" for number in numbers) + ("" if some else ", no shifts"),
        )


def _require_workload(evidence: Evidence, problem: Network, context: Context) -> None:
    uses = int(evidence.hessian is not None)
    context.require_workload(
        4, objective_workload(problem, hessians=uses, grams=2 * uses, turnings=uses, products=uses)
    )
    if evidence.frozen is not None:
        context.require_workload(4, frozen_workload(problem, evidence.frozen))


def _minimiser(
    ball: HessianBall, strength: arb, evidence: Evidence, problem: Network
) -> tuple[Minimiser, tuple[Fact, ...]]:
    """Check 8, and theorem 4.2.3 with m_0 and M_0 on the ball; steps are those of ``strength`` ≤ m_0."""
    point, m, radius = evaluate(problem), ball.strength, exact(evidence.radius)
    least, slope = gradient_norms(point)
    value, distance = objective_value(point), slope / m
    facts = (
        *ball.facts,
        fact("f(w₀)", "objective at the weights", value),
        fact_above("‖∇f(w₀)‖", "norm of the gradient", slope),
        fact_above("D", "distance to the minimiser", distance),
    )
    if not (slope < m * radius and distance <= radius):  # Check 8
        raise Refusal.undecided(
            8,
            "the gradient is too large for a minimiser in the ball",
            required=f"‖∇f(w₀)‖ < mR, with m ≥ {lower(m):.4g}, R = {evidence.radius:.4g}",
            seen=f"‖∇f(w₀)‖ ≤ {upper(slope):.4g}",
            advice="polish the weights, or claim no minimiser",
            facts=facts,
        )
    room = radius - 2 * distance
    stays = bool(room > 0)
    found = Minimiser(
        distance=upper(distance),
        value_lower=max(0.0, lower(value - slope**2 / (2 * m))),
        value_upper=upper(value - least**2 / (2 * ball.smoothness)),
        start_radius=lower(room) if stays else 0.0,
        step_size_max=lower(2 / (strength + ball.smoothness)) if stays else 0.0,
    )
    return found, facts


KIND = Kind(Claim, Evidence, Network, TITLE, decide, covers=SMOOTH, arithmetics=("fast",))
