"""Rule *enclosed run into the basin*: when a `certified-orbit-run` claim is accepted.

Statement
---------
Let f(W) = s Σ(‖Wx_i‖² − ‖W°x_i‖²)², W° the teacher's first layer, and dist(W, W°) the least ‖PW − W°‖_F over
orthogonal P. Exact gradient descent on f with step ``step_size`` from the *given* weights has
dist(W_t, W°) ≤ ``entry_distance`` and
dist(W_{t+1}, W°) ≤ (1 − ``decrease``) dist(W_t, W°) for all t ≥ ``entry_step``; for each δ' < ``asymptotic_decrease``
that holds with δ' from some step on. W_t converges to some PW° with f = 0.

Evidence
--------
The step T at which to look, the precision, an almost orthogonal R, and the constants of `orbit-convergence`.

Checks
------
1. The problem is a planted quadratic network: z², no biases, trained first layer, outer weights 1, equal widths.
2. The step is positive, T ≥ 0, R has r² entries, the precision is in range, τ ≥ 0.
3. The work fits the budget.
4. c₄ ≥ λ_max(T − θE), Λ ≥ λ_max(𝒬) and λ ≤ λ_min(𝒬 + τVVᵀ), λ > 0, by the residual form with the given shifts.
5. The iterate W_T is enclosed: exact integer moments, balls of the given precision.
6. ρ(h) < 1 for the bound h of dist(W_T, W°) that R gives.
7. Every field of the claim is weaker than or equal to what the evidence proves.

Why they suffice
----------------
η for f is μ = 4msη for 𝓛 exactly, and 5 encloses the exact iterate. dist(W_T, W°) ≤ ‖RW_T − W°‖ + ‖RRᵀ − I‖‖W_T‖ for
every R. By 4 and 6, W_T is a start in the sense of `orbit-convergence`, whose rule says why that is enough; from T on
the distance does not grow, so later T and larger distances are weaker. The facts set beside it what the theorem of Xia
and Shi has: its δ = dist(W_T, W°)‖W°‖_F/σ_r², unspecified there, and its factor 1 − μσ_r²/2.

Not checked
-----------
That T is the first such step; floating-point runs.
"""

from __future__ import annotations

from math import inf

import numpy as np
from flint import arb

from certificates.arithmetic.arb import exact, lower, precision, upper
from certificates.arithmetic.arb_matrix import ArbMatrix
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
from certificates.checks.workload import Workload
from certificates.claims.certified_orbit_run import Claim, Evidence
from certificates.enclosures.quadratic.planted import PlantedQuadratic, rotation_distance
from certificates.enclosures.quadratic.planted_descent import descend_enclosed, exact_moments, integer_bits
from certificates.language.limits import check_bits
from certificates.subjects import Network
from certificates.theorems.teacher_basin import step_factor
from certificates.verdict import Accepted, Fact

__all__ = ["KIND"]

TITLE = "enclosed run into the basin"

_MOST_STEPS = 1_000_000
_PRODUCTS_PER_STEP = 1_000.0  # the interpreter's share
_FLOPS_PER_LIMB = 30.0  # of an exact or ball product, in flops of a BLAS product


def decide(claim: Claim, evidence: Evidence, problem: Network, context: Context) -> Accepted:
    """Judge a claim of this kind; raises :class:`Refusal` when a check stops it."""
    planted = read_problem(problem, 1)  # Check 1
    _check_evidence(claim, evidence, planted)
    context.require_workload(3, _workload(planted, evidence))  # Check 3
    bounds, facts = regularity(planted, evidence.constants, matrices(context), 4)  # Check 4
    distance = _entry_distance(claim, evidence, planted)  # Check 5
    step = exact(planted.step_factor * claim.step_size)
    facts += local_facts(bounds, step) + _beside_the_paper(planted, distance, step)
    factors = [step_factor(bounds, step, point) for point in (distance, exact(0))]
    if not factors[0] < 1:  # Check 6
        raise Refusal.undecided(
            6,
            f"iterate {evidence.entry_step} is not certainly in the basin",
            required="ρ(h) < 1",
            seen=f"dist ≤ {upper(distance):.6g}, ρ ≤ {upper(factors[0]):.9g}",
            advice="a later step, more bits (64 + 0.3 T), or a better rotation",
            facts=facts,
        )
    gaps = [lower(1 - factor) for factor in factors]
    proved = Claim(claim.step_size, evidence.entry_step, upper(distance), *gaps)
    return accept_if_weaker(context, TITLE, 7, claim, proved, facts)  # Check 7


def _check_evidence(claim: Claim, evidence: Evidence, planted: PlantedQuadratic) -> None:
    check_range(2, claim.step_size, evidence.constants)  # Check 2
    check_bits(evidence.bits)
    width = planted.network.width
    if not 0 <= evidence.entry_step <= _MOST_STEPS:
        raise Refusal.rejected(2, "the step to look at is out of range", seen=f"T = {evidence.entry_step}")
    if len(evidence.rotation) != width * width or not np.isfinite(evidence.rotation).all():
        raise Refusal.rejected(
            2,
            "the rotation has another shape, or is not finite",
            required=f"{width}² = {width * width} finite numbers",
            seen=f"{len(evidence.rotation)} numbers",
        )


def _workload(planted: PlantedQuadratic, evidence: Evidence) -> Workload:
    local, network = local_workload(planted), planted.network
    pairs = network.dimension * (network.dimension + 1) / 2
    limbs = 1 + 4 * integer_bits(network.inputs) / 64
    moments = float(network.sample_count) * pairs**2 * limbs
    products = pairs**2 + 4.0 * network.dimension**2 * network.width + _PRODUCTS_PER_STEP
    run = evidence.entry_step * products * (limbs + evidence.bits / 64)
    return Workload(local.operations + _FLOPS_PER_LIMB * (moments + run), local.entries, 0.0)


def _entry_distance(claim: Claim, evidence: Evidence, planted: PlantedQuadratic) -> arb:
    """An upper bound of dist(W_T, W°), as a point."""
    width = planted.network.width
    rotation = np.array(evidence.rotation).reshape(width, width)
    with precision(evidence.bits):
        step = exact(planted.step_factor * claim.step_size)
        weights = descend_enclosed(planted, exact_moments(planted.network.inputs), step, evidence.entry_step)
        return exact(upper(rotation_distance(weights, planted.planted, rotation)))


def _beside_the_paper(planted: PlantedQuadratic, distance: arb, step: arb) -> tuple[Fact, ...]:
    """σ_r² from below, and with it the paper's δ and factor from above."""
    teacher = ArbMatrix.from_exact(planted.planted)
    try:
        with np.errstate(all="ignore"):
            guess = float(np.linalg.eigvalsh(planted.planted @ planted.planted.T)[0])
    except np.linalg.LinAlgError:
        return ()
    square = teacher.gram().smallest_eigenvalue(guess * (1 - 2.0**-30))
    if square is None or not square > 0:
        return ()
    return (
        Fact("σ_r²", "least squared singular value of the teacher", lower(square), inf),
        Fact("δ", "of Xia and Shi: dist(W_T, W°)‖W°‖/σ_r²", 0.0, upper(distance * teacher.frobenius_norm() / square)),
        Fact("1 − μσ_r²/2", "factor a step of Xia and Shi", -inf, upper(1 - step * square / 2)),
    )


KIND = Kind(Claim, Evidence, Network, TITLE, decide)
