"""Rule *tube around a replay*: when a `certified-run` claim is accepted.

Statement
---------
Let f(w) = s‖F(w) − y‖² be the loss of the given network over its trained parameters, w_0 the given weights, and
w_{k+1} = w_k − η∇f(w_k) in exact arithmetic with η = ``step_size``. Then w_k converges to some w* with f(w*) = 0. For
k ≥ T = ``steps``, f(w_{k+1}) ≤ (1 − κη)f(w_k), f(w_k) ≤ ``loss_bound`` (1 − κη)^{k−T} with κ = ``decrease_rate``, and
w_k and w* are within ``distance`` of w_0.

Evidence
--------
T, ε, a grid on [0, r], two spectral shifts, and which bound β(ρ) to evaluate.

Checks
------
1. f is s‖F(w) − y‖² with given labels, not planted ones, and there are at most as many equations as trained
   parameters: N ≤ p.
2. η is positive and finite. The evidence is in range: 0 ≤ T ≤ 10⁶, 0 < ε < 1, 0 < ρ_1 < … < ρ_q = r with q ≤ 256,
   finite shifts, a form of β that fits the depth and asks for norms of whole layers only.
3. No two samples have the same inputs (K would be singular).
4. Every activation is C^{1,1}, as in `zero-loss-convergence`.
5. The work fits the budget: T replayed steps, and the end.
6. The replay: T steps of the judge's own binary64 run, each with its radius of the tube; numbers stay finite.
7. At its end w̃_T: λ_min(K) ≥ σ̃² > 0 and λ_max(K) ≤ S̃².
8. The trapping criterion at every w within E_T of w̃_T, for steps up to 2ε/L ≥ η.
9. Every field of the claim is weaker than or equal to what the evidence proves.

Why they suffice
----------------
By theorem 1.7.1 (:mod:`certificates.theorems.tube`) the exact w_T is within E_T of w̃_T, and by theorem 1.7.2 check 8
is radial trapping at w_T itself, with numbers from w̃_T. Nothing depends on which bits the replay has.

Not checked
-----------
That a floating-point run behaves like the exact one; what the loss does before step T.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import islice, pairwise
from math import isfinite

from flint import arb

from certificates.arithmetic.arb import exact, lower, upper
from certificates.arithmetic.ball_matrix import BallMatrix
from certificates.checks.acceptance import accept_if_weaker, fact_above, fact_below
from certificates.checks.kind import Kind
from certificates.checks.network_workload import network_workload
from certificates.checks.objective import require_squared
from certificates.checks.objective_workload import objective_workload
from certificates.checks.outcome import Context, Refusal
from certificates.checks.solvable import (
    bounded_kernel,
    positive_kernel,
    require_curvature_form,
    require_different_inputs,
    require_enough_parameters,
    require_given_labels,
    require_lipschitz_slopes,
)
from certificates.checks.tube import Tube, replayed
from certificates.checks.workload import Workload
from certificates.claims.certified_run import Claim, Evidence
from certificates.enclosures.networks.curvature import CURVATURE_FORMS, curvature
from certificates.enclosures.networks.distance import parameter_distance
from certificates.enclosures.networks.linearisation import linearise
from certificates.subjects import Network
from certificates.theorems.trapping import Trapping
from certificates.theorems.tube import trap_in_tube
from certificates.verdict import Accepted, Fact

__all__ = ["KIND"]

TITLE = "tube around a replay"

_MOST_STEPS, _MAX_NODES = 10**6, 256
_EFFORT_OF_A_LAYER = 14_000.0


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
    require_given_labels(1, problem)  # Check 1
    require_enough_parameters(1, problem)
    _check_evidence(claim, evidence, problem)  # Check 2
    require_different_inputs(3, problem)  # Check 3
    require_lipschitz_slopes(4, problem, evidence.curvature)  # Check 4
    context.require_workload(5, _workload(problem, evidence))  # Check 5
    tube = next(islice(replayed(problem, claim.step_size, evidence.curvature), evidence.steps, None))  # Check 6
    trapping, facts = _end(tube, evidence, context)  # Check 7
    _check_criterion(claim, trapping, facts)  # Check 8
    moved = parameter_distance(tube.network, problem, BallMatrix)
    loss = exact(require_squared(1, problem)) * trapping.needed**2
    distance = moved + tube.radius + exact(evidence.grid[-1])
    rate = lower(trapping.decrease_rate)
    proved = Claim(claim.step_size, evidence.steps, upper(loss), rate, upper(distance))
    return accept_if_weaker(context, TITLE, 9, claim, proved, facts)  # Check 9


def _check_evidence(claim: Claim, evidence: Evidence, problem: Network) -> None:
    """Check 2."""
    nodes = (0.0, *evidence.grid)
    sound = (
        0 < evidence.epsilon < 1
        and 0 < len(evidence.grid) <= _MAX_NODES
        and all(left < right for left, right in pairwise(nodes))
        and all(map(isfinite, (*nodes, evidence.kernel_shift_lower, evidence.kernel_shift_upper)))
        and 0 <= evidence.steps <= _MOST_STEPS
    )
    if not (sound and claim.step_size > 0 and isfinite(claim.step_size)):
        raise Refusal.rejected(
            2,
            "the evidence is out of range",
            required=f"η > 0, 0 ≤ T ≤ {_MOST_STEPS:,}, 0 < ε < 1, at most {_MAX_NODES} increasing positive nodes",
            seen=f"η = {claim.step_size:g}, T = {evidence.steps}, ε = {evidence.epsilon:g}, {len(evidence.grid)} nodes",
        )
    require_curvature_form(2, problem, evidence.curvature)
    if CURVATURE_FORMS[evidence.curvature].norms:
        raise Refusal.rejected(
            2,
            f"the curvature bound {evidence.curvature!r} is not one of whole layers",
            required="one-hidden-layer for two layers, recursion for any",
        )


def _workload(problem: Network, evidence: Evidence) -> Workload:
    """Check 5: what a step costs, as often as there are steps, and the end."""
    end = network_workload(problem, curvatures=len(evidence.grid) + 2)
    step, slope = network_workload(problem), objective_workload(problem, hessians=0, spectra=0)
    count, parameters = float(evidence.steps), float(problem.trained_parameter_count)
    return replace(
        end,
        operations=end.operations + count * (step.operations + slope.operations + 60.0 * parameters),
        entries=end.entries + slope.entries + 8.0 * parameters,
        scalars=end.scalars
        + count * (step.scalars + _EFFORT_OF_A_LAYER * len(problem.layers) + 4.0 * step.activations),
    )


def _end(tube: Tube, evidence: Evidence, context: Context) -> tuple[Trapping, tuple[Fact, ...]]:
    """Check 7, and the criterion at every w within E_T."""
    network = tube.network
    point = linearise(network, BallMatrix)
    smallest = positive_kernel(7, point, evidence.kernel_shift_lower, network, context).sqrt()
    largest = bounded_kernel(7, point, evidence.kernel_shift_upper).sqrt()
    radius = tube.radius

    def beta(distance: float) -> arb:
        return curvature(point, network.activations, upper(exact(distance) + radius), evidence.curvature)

    trapping = trap_in_tube(
        radius,
        point.residual_norm,
        (smallest, largest),
        require_squared(1, network),
        evidence.epsilon,
        evidence.grid,
        (beta(0.0), [beta(node) for node in evidence.grid]),
    )
    facts = (
        fact_above("E", "radius of the tube at its end", radius),
        fact_above("growth", "of errors along the run", tube.growth),
        fact_above("‖e_T‖", "residual norm at every point of the tube's end", trapping.needed),
        fact_below("σ", "smallest singular value of the Jacobian at the end of the replay", smallest),
        fact_above("S", "norm of the Jacobian there", largest),
        fact_below("criterion", "(1 − ε)∫σ, which ‖e_T‖ has to be below", trapping.available),
        fact_below("2ε/L", "largest step size covered", trapping.step_size),
    )
    return trapping, facts


def _check_criterion(claim: Claim, trapping: Trapping, facts: tuple[Fact, ...]) -> None:
    """Check 8."""
    if not trapping.holds:
        raise Refusal.undecided(
            8,
            "the residual at the end of the replay is too large for the trapping criterion",
            required=f"‖e_T‖ < {lower(trapping.available):.4g}",
            seen=f"‖e_T‖ ≤ {upper(trapping.needed):.4g}",
            advice="more steps",
            facts=facts,
        )
    if not exact(claim.step_size) <= trapping.step_size:
        raise Refusal.undecided(
            8,
            "the step is too long for the end of the run",
            required=f"η ≤ 2ε/L = {lower(trapping.step_size):.4g}",
            seen=f"η = {claim.step_size:.4g}",
            advice="evidence with a larger ε, after more steps, or a smaller step",
            facts=facts,
        )


KIND = Kind(Claim, Evidence, Network, TITLE, decide, arithmetics=("fast",))
