"""Rule *regularity near the teacher*: when an `orbit-convergence` claim is accepted.

Statement
---------
Let f(W) = s Σ(‖Wx_i‖² − ‖W°x_i‖²)², W° the teacher's first layer, and dist(W, W°) the least ‖PW − W°‖_F over
orthogonal P. From every W_0 with dist(W_0, W°) ≤ ``radius``, exact gradient descent on f with step ``step_size`` has
dist(W_{t+1}, W°) ≤ (1 − ``decrease``) dist(W_t, W°) for all t, and converges to some PW° with f = 0. From every W_0
within radius/2 the same holds with ``half_decrease``. For each δ' < ``asymptotic_decrease`` the same holds from some
step on. The given weights play no part.

Evidence
--------
A radius, spectral shifts for λ, Λ and c₄, the weight τ of the vertical directions, and θ.

Checks
------
1. The problem is a planted quadratic network: z², no biases, trained first layer, outer weights 1, equal widths.
2. Step and radii are positive, τ ≥ 0.
3. The work fits the budget.
4. c₄ ≥ λ_max(T − θE), Λ ≥ λ_max(𝒬) and λ ≤ λ_min(𝒬 + τVVᵀ), λ > 0, by the residual form with the given shifts.
5. ρ(radius) < 1.
6. Every field of the claim is weaker than or equal to what the evidence proves.

Why they suffice
----------------
T and 𝒬 are enclosed from the exact data. V spans the rotations of the hidden units, to which the H of a nearest rotated
W is orthogonal, so 4 gives the three bounds of :mod:`~certificates.theorems.teacher_basin` (lemma 3.0.1 d for c₄),
whose step factor ρ does not decrease with the distance. η for f is μ = 4msη for 𝓛 exactly. With 5 distances fall
geometrically; the steps, at most μΓ‖2a + b‖ ≤ C·dist(W_t, W°), are summable, so W_t converges, and its limit has
distance 0. ρ is continuous at 0, which gives the last sentence. A claim weaker in every field follows from a stronger
one.

Not checked
-----------
That the given weights lie in the ball (`certified-orbit-run` does that); floating-point runs.
"""

from __future__ import annotations

from flint import arb

from certificates.arithmetic.arb import exact, lower, upper
from certificates.checks.acceptance import accept_if_weaker
from certificates.checks.kind import Kind
from certificates.checks.matrices import matrices
from certificates.checks.outcome import Context, Refusal
from certificates.checks.planted import (
    check_range,
    local_facts,
    local_workload,
    read_problem,
    regularity,
)
from certificates.claims.orbit_convergence import Claim, Evidence
from certificates.subjects import Network
from certificates.theorems.teacher_basin import Regularity, envelope_steps, step_factor
from certificates.verdict import Accepted, Fact

__all__ = ["KIND"]

TITLE = "regularity near the teacher"

_ENVELOPE_STEPS = 20_000
_ENVELOPE_SHARE = 2.0**-20


def decide(claim: Claim, evidence: Evidence, problem: Network, context: Context) -> Accepted:
    """Judge a claim of this kind; raises :class:`Refusal` when a check stops it."""
    planted = read_problem(problem, 1)  # Check 1
    check_range(2, claim.step_size, evidence.constants, radius=evidence.radius)  # Check 2
    if claim.radius <= 0:  # Check 2
        raise Refusal.rejected(2, "the claim is about no start", required="radius > 0", seen=f"{claim.radius:g}")
    context.require_workload(3, local_workload(planted))  # Check 3
    bounds, facts = regularity(planted, evidence.constants, matrices(context), 4)  # Check 4
    step = exact(planted.step_factor * claim.step_size)
    facts += local_facts(bounds, step)
    proved = _strongest_claim(claim, evidence, bounds, step, facts)
    facts += _envelope(bounds, step, exact(evidence.radius))
    return accept_if_weaker(context, TITLE, 6, claim, proved, facts)  # Check 6


def _strongest_claim(claim: Claim, evidence: Evidence, bounds: Regularity, step: arb, facts: tuple[Fact, ...]) -> Claim:
    radius = exact(evidence.radius)
    factors = [step_factor(bounds, step, distance) for distance in (radius, radius / 2, exact(0))]
    if not factors[0] < 1:  # Check 5
        raise Refusal.undecided(
            5,
            "the distance need not fall within the radius",
            required="ρ(radius) < 1",
            seen=f"ρ(radius) ≤ {upper(factors[0]):.9g}",
            advice="a smaller radius or step",
            facts=facts,
        )
    return Claim(claim.step_size, evidence.radius, *(lower(1 - factor) for factor in factors))


def _envelope(bounds: Regularity, step: arb, radius: arb) -> tuple[Fact, ...]:
    """How many steps the whole envelope h ← ρ(h)h needs; rates at one distance say little about it."""
    steps = envelope_steps(bounds, step, radius, radius * exact(_ENVELOPE_SHARE), _ENVELOPE_STEPS)
    if steps is None:
        return ()
    return (Fact("steps", "until the distance is 2⁻²⁰ of the radius, from anywhere in it", 0.0, float(steps)),)


KIND = Kind(Claim, Evidence, Network, TITLE, decide)
