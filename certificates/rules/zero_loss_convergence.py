"""Rules *radial trapping* and *distance to the nearest zero*: when a `zero-loss-convergence` claim is accepted.

Statement
---------
Let f(w) = s‖F(w) − y‖² be the loss of the given network over its trained parameters, w_0 the given weights. For
any steps 0 < η_k ≤ ``step_size_max`` with divergent sum, exact gradient descent stays within ``radius`` of w_0
and converges to some w* with f(w*) = 0; f(w_{k+1}) ≤ (1 − ``decrease_rate`` η_k) f(w_k) and
‖w_k − w*‖ ≤ ``distance_factor`` ‖F(w_k) − y‖. Gradient flow does the same with f(w(t)) ≤ e^{−κt} f(w_0).

With ``by_distance`` the loss need not fall at every step: instead, with P_k = Π_{j<k} (1 − κη_j), f(w_k) ≤
``loss_bound`` P_k, and f has a zero within ``distance_bound`` √P_k of w_k; for the flow e^{−κt} in place of P_k.

Evidence
--------
A trapping radius r, ε, a grid on [0, r], two spectral shifts, and which bound β(ρ) to evaluate. By distance: a step, a
vector c and a number of cells, too; r is then a ball of its own, and ε is not used.

Checks
------
1. f is s‖F(w) − y‖² with given labels, not planted ones, and there are at most as many equations as trained
   parameters: N ≤ p.
2. The step is positive. The evidence is in range: 0 < ε < 1, 0 < ρ_1 < … < ρ_q = r with q ≤ 256, a form of β that
   fits the depth. Claim and evidence are both by distance, with one node, a positive finite step, N finite multipliers
   and 1 to 256 cells, or neither is.
3. No two samples have the same inputs (K would be singular).
4. Every activation is C^{1,1}: φ continuous and φ' Lipschitz, exactly at every breakpoint; φ'' continuous there too
   if the form of β asks how it changes.
5. The work fits the budget.
6. λ_min(K) ≥ σ_0² > 0 and λ_max(K) ≤ S_0² at w_0, by the residual form with the given shifts.
7. The trapping criterion ‖e(w_0)‖ < (1 − ε)∫_0^r σ and σ(r) > 0. By distance: the hypotheses of theorems 1.10.6 (E = 0)
   and 1.10.4, with β(r) and Λ = (S_0 + rβ(r))², within r of w_0.
8. Every field of the claim is weaker than or equal to what the evidence proves.
9. If an origin is claimed: it differs in trained weights only, and lies within the stated distance.

Why they suffice
----------------
K = JJᵀ is enclosed entry by entry from the exact weights and data, so 6 gives σ_0 ≤ σ_min(J(w_0)). With 4, β(ρ)
of theory 1.4 is a Lipschitz constant of J, and theory 1.2 with a(ρ) = 4sσ(ρ)² turns 7 into the statement with
η = 2ε/L, κ = 4s(1 − ε)σ(r)² and c = 1/((1 − ε)σ(r)). A claim weaker in every field follows from a stronger one.
1 and 3 are consequences of 6; they only say why sooner.

By distance, theorem 1.5.1 gives a zero within r* of w_0, 1.10.6 the nearest one, and 1.10.4 descent towards the zeros,
with η = 2s ``step_size``: D_k² falls by 1 − κη_k, f ≤ sΛD², iterates stay within 2D_0 + Y of w_0, and from w_k the
limit is at most (1 + g)D_k away. A claim without ``by_distance`` says more of the loss; check 2 keeps the two apart.

Not checked
-----------
That a floating-point run of gradient descent behaves like the exact one; that the weights minimise anything
else than f (penalties, other data); who made the file.
"""

from __future__ import annotations

from itertools import pairwise
from math import inf
from typing import Any

import numpy as np
from flint import arb

from certificates.arithmetic.arb import exact, lower, upper
from certificates.checks.acceptance import accept_if_weaker
from certificates.checks.kind import Kind
from certificates.checks.matrices import matrices
from certificates.checks.nearest_zero import reached
from certificates.checks.network_workload import network_workload
from certificates.checks.objective import require_squared
from certificates.checks.origin import proved_origin
from certificates.checks.outcome import Context, Refusal
from certificates.checks.solvable import (
    bounded_kernel,
    positive_kernel,
    require_curvature_form,
    require_different_inputs,
    require_enough_parameters,
    require_finite_numbers,
    require_given_labels,
    require_lipschitz_slopes,
)
from certificates.claims.zero_loss_convergence import ByDistance, Claim, DistanceEvidence, Evidence
from certificates.enclosures.networks.curvature import CURVATURE_FORMS, curvature
from certificates.enclosures.networks.linearisation import Linearisation, linearise
from certificates.language.parts import Origin
from certificates.subjects import Network
from certificates.theorems.trapping import Trapping, trap
from certificates.verdict import Accepted, Fact

__all__ = ["KIND"]

TITLE = "radial trapping"
BY_DISTANCE = "distance to the nearest zero"

_MAX_NODES = 256  # each costs a search for bounds of the activation


def decide(claim: Claim, evidence: Evidence, problem: Network, context: Context) -> Accepted:
    """Apply checks 1 to 9 in order.

    Parameters
    ----------
    claim, evidence, problem
        As parsed; nothing in them is trusted.
    context
        Arithmetic, budget and, for check 9, the origin's network.

    Guarantee
    ---------
    An :class:`Accepted` value is returned only if the statement above is true for ``problem`` with the fields
    of ``claim``, given the ledger.

    Raises
    ------
    Refusal
        A check that is certainly false (rejected) or not certainly true (undecided), with its number.
    EnclosureFailure
        No finite enclosure exists at this precision.
    """
    _check_structure(claim, evidence, problem)
    norms = CURVATURE_FORMS[evidence.curvature].norms
    wanted = network_workload(problem, norms=norms, curvatures=len(evidence.grid) + 1)
    context.require_workload(5, wanted)  # Check 5
    if evidence.by_distance is not None:
        return _prove_by_distance(claim, evidence, evidence.by_distance, problem, context)
    return _prove(claim, evidence, problem, context)


def _prove(claim: Claim, evidence: Evidence, problem: Network, context: Context) -> Accepted:
    point = linearise(problem, matrices(context), norms=CURVATURE_FORMS[evidence.curvature].norms)
    smallest, largest = _check_kernel(point, evidence, problem, context)
    betas = [curvature(point, problem.activations, node, evidence.curvature) for node in evidence.grid]
    trapping = trap(
        point.residual_norm,
        smallest.sqrt(),
        largest.sqrt(),
        require_squared(1, problem),
        evidence.epsilon,
        evidence.grid,
        betas,
    )
    at_zero = curvature(point, problem.activations, 0.0, evidence.curvature)
    facts = _facts(problem, smallest, largest, at_zero, betas[-1], trapping)
    _check_criterion(trapping, smallest, at_zero, facts, claim.origin)
    origin = proved_origin(9, claim.origin, problem, context)  # Check 9
    return accept_if_weaker(context, TITLE, 8, claim, _strongest_claim(trapping, evidence, origin), facts)  # Check 8


def _prove_by_distance(
    claim: Claim, evidence: Evidence, given: DistanceEvidence, problem: Network, context: Context
) -> Accepted:
    point = linearise(problem, matrices(context), norms=CURVATURE_FORMS[evidence.curvature].norms)
    smallest, largest = (value.sqrt() for value in _check_kernel(point, evidence, problem, context))
    ball, scale = evidence.trapping_radius, 2 * exact(require_squared(1, problem))
    beta = curvature(point, problem.activations, ball, evidence.curvature)
    step = scale * exact(given.step_size)
    seen = reached(point, (smallest, largest), beta, ball, given.multipliers, step, given.cells)
    start, found = seen.require(7)  # Check 7
    origin = proved_origin(9, claim.origin, problem, context)  # Check 9
    proved = Claim(
        radius=upper(2 * start.distance + found.travel),
        step_size_max=given.step_size,
        decrease_rate=lower(scale * found.rate),
        distance_factor=upper((1 + found.drift) / (found.singular_value * (1 - found.ratio / 2))),
        origin=origin,
        by_distance=ByDistance(upper(start.distance), upper(scale / 2 * (seen.norm * start.distance) ** 2)),
    )
    return accept_if_weaker(context, BY_DISTANCE, 8, claim, proved, seen.facts())  # Check 8


def _check_structure(claim: Claim, evidence: Evidence, problem: Network) -> None:
    require_given_labels(1, problem)
    require_enough_parameters(1, problem)
    if claim.step_size_max <= 0:  # Check 2
        raise Refusal.rejected(
            2, "the claim is about no step", required="step_size_max > 0", seen=f"{claim.step_size_max:g}"
        )
    _check_evidence(evidence)
    _check_distance_evidence(claim, evidence, problem)
    require_curvature_form(2, problem, evidence.curvature)
    require_different_inputs(3, problem)
    require_lipschitz_slopes(4, problem, evidence.curvature)


def _check_evidence(evidence: Evidence) -> None:
    """Check 2."""
    nodes = (0.0, *evidence.grid)
    increasing = all(left < right for left, right in pairwise(nodes))
    sound = (
        0 < evidence.epsilon < 1
        and 0 < len(evidence.grid) <= _MAX_NODES
        and increasing
        and bool(np.isfinite([*nodes, evidence.kernel_shift_lower, evidence.kernel_shift_upper]).all())
        and nodes[-1] == evidence.trapping_radius
    )
    if not sound:
        raise Refusal.rejected(
            2,
            "the evidence is out of range",
            required=f"0 < ε < 1, at most {_MAX_NODES} finite increasing positive nodes, the last the trapping radius",
            seen=f"ε = {evidence.epsilon:g}, r = {evidence.trapping_radius:g}, {len(evidence.grid)} nodes",
        )


def _check_distance_evidence(claim: Claim, evidence: Evidence, problem: Network) -> None:
    """Check 2: what decreases is the same in claim and evidence."""
    given = evidence.by_distance
    if (claim.by_distance is None) != (given is None):
        raise Refusal.rejected(
            2,
            "the claim is about the loss and the evidence about a distance, or the other way round",
            required="by_distance in both, or in neither",
        )
    if given is None:
        return
    require_finite_numbers(2, problem, given.multipliers, {"step": given.step_size}, ())
    if not (1 <= given.cells <= _MAX_NODES and len(evidence.grid) == 1):
        raise Refusal.rejected(
            2,
            "the evidence is out of range",
            required=f"1 to {_MAX_NODES} cells, one node",
            seen=f"{given.cells} cells, {len(evidence.grid)} nodes",
        )


def _check_kernel(point: Linearisation[Any], evidence: Evidence, problem: Network, context: Context) -> tuple[arb, arb]:
    """Check 6: σ_0² and S_0²."""
    smallest = positive_kernel(6, point, evidence.kernel_shift_lower, problem, context)
    return smallest, bounded_kernel(6, point, evidence.kernel_shift_upper)


def _check_criterion(
    trapping: Trapping, smallest: arb, beta: arb, facts: tuple[Fact, ...], origin: Origin | None
) -> None:
    """Check 7."""
    if trapping.holds:
        return
    best = smallest / (2 * beta)
    raise Refusal.undecided(
        7,
        "the residual is too large for the trapping criterion with this evidence",
        required=f"‖e‖ < {lower(trapping.available):.4g} and σ(r) > 0",
        seen=f"‖e‖ ≤ {upper(trapping.needed):.4g}, σ(r) ≥ {lower(trapping.slope_at_radius):.4g}, "
        f"λ_min(K) ≥ {lower(smallest):.4g}, λ_min(K)/2β(0) = {upper(best):.4g}",
        advice="polish the weights (`verify certify PROBLEM --polish`), or train further"
        if origin is None
        else "train further before the weights are polished",
        facts=facts,
    )


def _strongest_claim(trapping: Trapping, evidence: Evidence, origin: Origin | None) -> Claim:
    """Round every quantity of the theorem in its weak direction."""
    return Claim(
        radius=evidence.trapping_radius,
        step_size_max=lower(trapping.step_size),
        decrease_rate=lower(trapping.decrease_rate),
        distance_factor=upper(trapping.distance_factor),
        origin=origin,
    )


def _facts(
    problem: Network, smallest: arb, largest: arb, at_zero: arb, at_radius: arb, trapping: Trapping
) -> tuple[Fact, ...]:
    """The numbers of the proof in the order of the checks."""
    equations, parameters = float(problem.residual_count), float(problem.trained_parameter_count)
    return (
        Fact("N", "equations (samples times outputs)", equations, equations),
        Fact("p", "trained parameters", parameters, parameters),
        Fact("‖e₀‖", "residual norm at the weights", 0.0, upper(trapping.needed)),
        Fact("λ_min(K)", "smallest eigenvalue of the tangent kernel", lower(smallest), inf),
        Fact("λ_max(K)", "largest eigenvalue of the tangent kernel", 0.0, upper(largest)),
        Fact("σ₀", "smallest singular value of the Jacobian", lower(smallest.sqrt()), inf),
        Fact("S₀", "norm of the Jacobian", 0.0, upper(largest.sqrt())),
        Fact("β(0)", "curvature bound at the weights", 0.0, upper(at_zero)),
        Fact("β(r)", "curvature bound on the trapping ball", 0.0, upper(at_radius)),
        Fact("σ(r)", "smallest singular value of the Jacobian on the ball", lower(trapping.slope_at_radius), inf),
        Fact("criterion left", "‖e₀‖", 0.0, upper(trapping.needed)),
        Fact("criterion right", "(1 − ε)∫₀ʳ σ", lower(trapping.available), inf),
        Fact("L", "Lipschitz constant of the gradient on the trapping region", 0.0, upper(trapping.smoothness)),
    )


KIND = Kind(Claim, Evidence, Network, TITLE, decide)
