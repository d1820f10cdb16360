"""Rule *one-point contraction*: when a `planted-convergence` claim is accepted.

Statement
---------
Let f(W) = s Σ‖Vφ(Wx̃_i) − Vφ(W*x̃_i)‖², W* the teacher's first layer; where hidden units have biases, x̃ = (x, 1),
and those of W* are 0. From every W_0 with ‖W_0 − W*‖ ≤ ``radius``, exact gradient descent on f with step
``step_size`` has ‖W_{t+1} − W*‖² ≤ (1 − ``decrease``)‖W_t − W*‖² for all t, and with any other constant step 0 < η' ≤
``step_size_max`` the same with ``decrease`` · η'/``step_size``. W* is the only critical point of f within
``unique_radius``. If ``distance`` is claimed, the given weights lie within it of W*, so they are such a start. Where
the slope of φ jumps, ∇f is formed with any slopes between the one-sided ones at kinks, and critical is meant in the
sense of Clarke.

Evidence
--------
A radius and one for uniqueness, spectral shifts for s_* and S_*, and θ and a shift for χ.

Checks
------
1. A plain sum of squares of one trained hidden layer under a frozen output layer without bias; labels planted by a
   teacher with as many units and exactly the same output layer.
2. The evidence is in range: 0 < R, 0 ≤ R_u, finite shifts.
3. The work fits the budget.
4. χ ≥ sup_{‖a‖=1} Σ(a·x̃_i)⁴ where φ' is Lipschitz; 0 < s_* ≤ √λ_min(J*ᵀJ*/n) and S_* ≥ √λ_max(J*ᵀJ*/n) at W*: each
   by the residual form with the given shifts.
5. On the ball of radius R, J/√n turns by at most a, and r differs from J(W)(W − W*) by at most b√n‖W − W*‖, a + b <
   s_*: a = βR, b = βR/2 where φ' is Lipschitz; a = b = τ(R) for a φ of two slopes.
6. 2ns·``step_size`` ≤ (S_* + a)⁻².
7. The same as 5 on the ball of radius R_u, where that is larger.
8. If a distance is claimed, the given weights lie in the ball of radius R.
9. Every field of the claim is weaker than or equal to what the evidence proves.

Why they suffice
----------------
By 1 the residual vanishes at W*, whatever the data, and f = 2ns·L with L = ‖r‖²/2n: a step η for f is the step 2nsη
for L. Theorem 4.2.4 in the form of :mod:`~certificates.theorems.planted_contraction` takes s_*, S_*, a and b; a and b
are those of lemma 4.2.1 and theorem 4.2.6. Its κ belongs to every step up to η_max, so the decrease is linear in the
step. A ball of radius R_u with a + b < s_* holds no critical point but W*.

Not checked
-----------
That f is convex: it need not be, and across the kinks of a ReLU a bound of a Hessian means nothing. Floating-point
runs.
"""

from __future__ import annotations

import numpy as np
from flint import arb

from certificates.arithmetic.arb import exact, lower, upper
from certificates.checks.acceptance import accept_if_weaker, fact_above, fact_below
from certificates.checks.kind import Kind
from certificates.checks.outcome import Context, Refusal
from certificates.checks.planted_teacher import (
    Surroundings,
    contraction_workload,
    distance_above,
    require_teacher,
    spectrum,
    surroundings,
)
from certificates.claims.planted_convergence import Claim, Evidence
from certificates.subjects import Network
from certificates.theorems.planted_contraction import Contraction, contraction
from certificates.verdict import Accepted, Fact

__all__ = ["KIND"]

TITLE = "one-point contraction"


def decide(claim: Claim, evidence: Evidence, problem: Network, context: Context) -> Accepted:
    """Judge a claim of this kind; raises :class:`Refusal` when a check stops it."""
    teacher = require_teacher(1, problem)  # Check 1
    _check_range(evidence)  # Check 2
    context.require_workload(3, contraction_workload(problem, pairs=evidence.fourth_shift is not None))  # Check 3
    around = surroundings(4, teacher, evidence.theta, evidence.fourth_shift)
    least, largest = spectrum(4, around, evidence.shift_lower, evidence.shift_upper)  # Check 4
    found = contraction(least, largest, *around.bounds(5, evidence.radius))
    distance = distance_above(problem, teacher)
    facts = _facts(problem, around, least, largest, evidence.radius, found, distance)
    _require(5, found, evidence.radius, facts)  # Check 5
    factor = exact(around.problem.loss_factor)
    _check_step(factor * exact(claim.step_size), found, facts)  # Check 6
    if evidence.unique_radius > evidence.radius:
        unique = contraction(least, largest, *around.bounds(7, evidence.unique_radius))
        _require(7, unique, evidence.unique_radius, facts)  # Check 7
    _check_start(claim, evidence, upper(distance), facts)  # Check 8
    proved = Claim(
        claim.step_size,
        evidence.radius,
        decrease=lower(factor * exact(claim.step_size) * found.rate),
        step_size_max=lower(found.step_size_max / factor),
        unique_radius=max(evidence.radius, evidence.unique_radius),
        distance=upper(distance) if upper(distance) <= evidence.radius else None,
    )
    return accept_if_weaker(context, TITLE, 9, claim, proved, facts)  # Check 9


def _check_range(evidence: Evidence) -> None:
    """Check 2."""
    numbers = [evidence.radius, evidence.unique_radius, evidence.shift_lower, evidence.shift_upper]
    shift = [] if evidence.fourth_shift is None else [evidence.fourth_shift]
    if not (np.isfinite([*numbers, *shift]).all() and evidence.radius > 0 and evidence.unique_radius >= 0):
        raise Refusal.rejected(
            2,
            "the evidence is out of range",
            required="finite numbers, radius > 0, unique_radius ≥ 0",
            seen=f"radius = {evidence.radius:g}, unique_radius = {evidence.unique_radius:g}",
        )


def _require(check: int, found: Contraction, radius: float, facts: tuple[Fact, ...]) -> None:
    """Checks 5 and 7."""
    if not found.holds:
        raise Refusal.undecided(
            check,
            "the residual need not pull towards the teacher on the whole ball",
            required=f"a + b < s_*, on the ball of radius {radius:.6g}",
            seen=f"s_* − a − b ≥ {lower(found.margin):.6g}",
            advice="a smaller radius, or more samples" if check == 5 else "a smaller unique_radius",
            facts=facts,
        )


def _check_step(step: arb, found: Contraction, facts: tuple[Fact, ...]) -> None:
    """Check 6."""
    if not step <= found.step_size_max:
        raise Refusal.undecided(
            6,
            "the step is too long",
            required=f"2nsη ≤ (S_* + a)⁻², here {lower(found.step_size_max):.6g}",
            seen=f"2nsη = {upper(step):.6g}",
            advice="a smaller step_size",
            facts=facts,
        )


def _check_start(claim: Claim, evidence: Evidence, distance: float, facts: tuple[Fact, ...]) -> None:
    """Check 8."""
    if claim.distance is not None and not distance <= evidence.radius:
        raise Refusal.undecided(
            8,
            "the given weights are not shown to be in the ball",
            required=f"‖W_0 − W*‖ ≤ {evidence.radius:.6g}, the radius",
            seen=f"‖W_0 − W*‖ ≤ {distance:.6g}",
            advice="leave the distance out, or give weights nearer to the teacher's",
            facts=facts,
        )


def _facts(
    problem: Network, around: Surroundings, least: arb, largest: arb, radius: float, found: Contraction, distance: arb
) -> tuple[Fact, ...]:
    """The numbers of the proof."""
    return (
        Fact("n", "samples", *2 * (float(problem.sample_count),)),
        Fact("p", "trained parameters", *2 * (float(problem.trained_parameter_count),)),
        fact_below("s_*", "√λ_min(J*ᵀJ*/n) at the teacher", least),
        fact_above("S_*", "√λ_max(J*ᵀJ*/n) at the teacher", largest),
        *_turns(around, least, radius),
        fact_below("κ", "decrease of the squared distance per unit of step, for L = ‖r‖²/2n", found.rate),
        fact_above("‖W₀ − W*‖", "distance of the given weights from the teacher's", distance),
    )


def _turns(around: Surroundings, least: arb, radius: float) -> tuple[Fact, ...]:
    """How far J turns on the ball."""
    if around.sides is not None:
        turn = around.turn(radius, around.sides)
        return (fact_above("τ", "how far J/√n turns across kinks on the ball", turn),)
    bent = around.beta(5, radius)
    reached = (fact_below("2s_*/3β", "radius up to which the residual pulls, with this β", 2 * least / (3 * bent)),)
    return (
        fact_above("χ/n", "fourth moments of the inputs", around.fourth / around.problem.sample_count),
        fact_above("β", "how fast J/√n turns on the ball", bent),
        *(reached if bent > 0 else ()),
    )


KIND = Kind(Claim, Evidence, Network, TITLE, decide, arithmetics=("fast",))
