"""Rule *local Polyak–Łojasiewicz*: when a `local-convergence` claim is accepted.

Statement
---------
Let f(w) = s‖F(w) − y‖², F(w) = φ(XWᵀ)v, over w = (v, W), or over W with v frozen; θ₀ the given weights, or the
teacher's where a teacher plants y. From every start w_0 with ‖w_0 − θ₀‖ ≤ ``start_radius``, for any steps 0 < η_k ≤
``step_size_max`` with divergent sum, exact gradient descent stays within ``radius`` of w_0 and converges to some w*
with f(w*) = 0; f(w_{k+1}) ≤ (1 − ``decrease_rate`` η_k) f(w_k) and ‖w_k − w*‖ ≤ ``distance_factor`` ‖F(w_k) − y‖.
Gradient flow does the same with f(w(t)) ≤ e^{−κt} f(w_0).

Evidence
--------
r and R, a spectral shift for the tangent kernel at θ₀, θ and perhaps a shift for fourth moments of the inputs, and
shifts for what is reported beside the theorem.

Checks
------
1. f is a sum of squares of one output of one hidden layer without biases, whose W is trained; n ≤ p. Around a teacher:
   the labels are planted, its layers have the shapes of the network's, and frozen ones have its numbers.
2. The step is positive, and the evidence in range: 0 ≤ r, 0 < R.
3. The activation is C^{1,1}: φ continuous and φ' Lipschitz, exactly at every breakpoint.
4. The work fits the budget.
5. The inputs' fourth moments are at most χ, and λ_min(K) ≥ n s₀² > 0 at θ₀, by the residual form with the given
   shifts.
6. e_r < ½∫_r^{r+R} σ and σ(r + R) > 0.
7. Every field of the claim is weaker than or equal to what the evidence proves.

Why they suffice
----------------
K = 𝒥𝒥ᵀ (JJᵀ where v is frozen) is enclosed entry by entry, so 5 gives s₀, and the norm of K gives S₀. With 3, β of
lemma 4.5.2 is a Lipschitz constant of the Jacobian over √n on the ball of radius r + R, lemma 4.5.4 bounds the residual
of every start, and theorem 4.5.1 turns 6 into the statement. At a teacher e₀ = 0 by definition of the labels; nothing
is concluded from a residual that is small.

Not checked
-----------
That a floating-point run behaves like the exact one; how the weights were found; who made the file.
"""

from __future__ import annotations

from math import inf
from typing import Any

import numpy as np
from flint import arb

from certificates.arithmetic.arb import exact, lower, upper
from certificates.checks.acceptance import accept_if_weaker, fact_above, fact_below
from certificates.checks.kind import Kind
from certificates.checks.matrices import matrices
from certificates.checks.objective import require_squared
from certificates.checks.outcome import Context, Refusal
from certificates.checks.regression_columns import regression_columns
from certificates.checks.workload import Workload
from certificates.claims.local_convergence import Claim, Evidence
from certificates.enclosures.intervals.smoothness import smoothness
from certificates.enclosures.objectives.both_layers import BothLayers, around, both_layers, fourth_moment
from certificates.enclosures.objectives.frozen_output import at_teacher
from certificates.enclosures.quadratic.fourth_moments import BLOCK_SAMPLES
from certificates.subjects import Network
from certificates.theorems.local_convergence import Centre, LocalConvergence, centre_of, converge
from certificates.verdict import Accepted, Fact

__all__ = ["KIND"]

TITLE = "local Polyak–Łojasiewicz"


def decide(claim: Claim, evidence: Evidence, problem: Network, context: Context) -> Accepted:
    """Apply checks 1 to 7 in order.

    Parameters
    ----------
    claim, evidence, problem
        As parsed; nothing in them is trusted.
    context
        Arithmetic and budget.

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
    _check_structure(claim, problem)
    _check_evidence(claim, evidence)
    _check_activation(problem)
    context.require_workload(4, _workload(problem, evidence))  # Check 4
    there = at_teacher(problem) if claim.around == "teacher" else problem
    point = both_layers(there, matrices(context))
    fourth = _check_moments(point, evidence, problem)
    centre = centre_of(point, _check_kernel(point, evidence, problem, context), problem)
    reach = exact(evidence.start_radius) + exact(evidence.path_radius)
    ball = around(point, reach, fourth, moves_outer=centre.moves_outer)
    found = converge(centre, ball, evidence.start_radius, evidence.path_radius)
    facts = (*regression_columns(point, fourth, evidence.columns), *_facts(centre, found, evidence))
    _check_criterion(found, evidence, facts)
    return accept_if_weaker(context, TITLE, 7, claim, _strongest_claim(claim, found, evidence), facts)  # Check 7


def _check_structure(claim: Claim, problem: Network) -> None:
    """Check 1."""
    require_squared(1, problem)
    biased = any(layer.bias is not None for layer in problem.layers)
    if len(problem.layers) != 2 or problem.widths[-1] != 1 or biased:
        raise Refusal.undecided(
            1,
            "the rule is about one hidden layer and one output, without biases",
            required="F(w) = φ(XWᵀ)v",
            seen="–".join(map(str, problem.widths)) + (", biases" if biased else ""),
            advice="`verify certify PROBLEM --kind zero-loss-convergence` for other networks with given labels",
        )
    if not problem.layers[0].trained:
        raise Refusal.undecided(
            1,
            "the hidden layer is frozen: the network is linear in what is trained",
            required="a trained hidden layer",
            advice="train both layers, or the first",
        )
    samples, parameters = problem.sample_count, problem.trained_parameter_count
    if samples > parameters:
        raise Refusal.rejected(
            1,
            "more samples than trained parameters: the tangent kernel is singular",
            required=f"n ≤ p = {parameters}",
            seen=f"n = {samples}",
            advice="fewer samples, or a wider network",
        )
    if claim.around == "teacher":
        _check_teacher(problem)


def _check_teacher(problem: Network) -> None:
    """Check 1 for a centre that plants the labels."""
    if problem.teacher is None:
        raise Refusal.undecided(
            1,
            "the labels are given, and the claim is about starts around a teacher that plants them",
            required="planted labels",
            advice="claim starts around the given weights",
        )
    pairs = tuple(zip(problem.teacher, problem.layers, strict=True))
    if any(planted.weight.shape != layer.weight.shape for planted, layer in pairs):
        raise Refusal.undecided(
            1,
            "the teacher has another width: its weights are no point of the trained parameters",
            required=f"{problem.widths[1]} hidden units",
            seen=f"{len(problem.teacher[0].weight)}",
            advice="claim starts around the given weights",
        )
    if any(not layer.trained and not np.array_equal(planted.weight, layer.weight) for planted, layer in pairs):
        raise Refusal.undecided(
            1,
            "the frozen layer is not the teacher's: the teacher cannot be reached",
            required="v as the teacher has it",
            advice="claim starts around the given weights",
        )


def _check_evidence(claim: Claim, evidence: Evidence) -> None:
    """Check 2."""
    if claim.step_size_max <= 0:
        raise Refusal.rejected(
            2, "the claim is about no step", required="step_size_max > 0", seen=f"{claim.step_size_max:g}"
        )
    start, path = evidence.start_radius, evidence.path_radius
    if not (0 <= start < inf and 0 < path < inf and claim.start_radius >= 0):
        raise Refusal.rejected(
            2,
            "radii are out of range",
            required="0 ≤ r, 0 < R, finite; a start radius of at least 0",
            seen=f"r = {start:g}, R = {path:g}; claimed {claim.start_radius:g}",
        )


def _check_activation(problem: Network) -> None:
    """Check 3."""
    activation = problem.activations[0]
    found = smoothness(activation)
    if not found.is_certainly_c11:
        outcome = Refusal.rejected if found.is_certainly_not_c11 else Refusal.undecided
        raise outcome(
            3,
            f"{found.reason}; theorem 4.5.1 needs a Lipschitz gradient",
            required="φ continuous with Lipschitz φ'",
            seen=activation.text,
            advice="a smooth activation",
        )


def _workload(problem: Network, evidence: Evidence) -> Workload:
    """Gram matrices, spectral tests and norms of n × n, those of W and of moments, and φ at every pre-activation."""
    (d, k, _), n = problem.widths, float(problem.sample_count)
    small = min(k, d)
    products = 10.0 * n * n * (d + k) + 2.0 * n * d * k + 4.0 * k * k * d
    norms = sum(2.0 * min(a, b) ** 2 * (max(a, b) + 8.0 * min(a, b)) for a, b in ((n, d), (n, k), (k, d)))
    pairs = 0.0 if evidence.fourth_moment_shift is None else d * (d + 1) / 2.0
    tests = 60.0 * n**3 + 3.0 * (small**3 + pairs**3) + 2.0 * n * pairs**2
    entries = (
        12.0 * n * n + 8.0 * pairs * (pairs + min(n, float(BLOCK_SAMPLES))) + 8.0 * n * (d + k) + 6.0 * k * (k + d)
    )
    return Workload(products + norms + tests, entries, n * k, 8e5 + 3.0 * n * (k + d) + 4.0 * n * n + 2.0 * k * k)


def _check_kernel(point: BothLayers[Any], evidence: Evidence, problem: Network, context: Context) -> arb:
    """Check 5: ≤ λ_min(K)."""
    smallest: arb | None = point.kernel.smallest_eigenvalue(evidence.kernel_shift)
    if smallest is None or not smallest > 0:
        raise Refusal.undecided(
            5,
            "the tangent kernel is not proven positive definite",
            required="λ_min(K) > 0",
            seen=f"no factorisation of K − {evidence.kernel_shift:.6g} I"
            if smallest is None
            else f"λ_min(K) ≥ {lower(smallest):.6g}",
            advice="fewer samples, or a wider network"
            if problem.layers[1].trained
            else "train the outer layer as well",
            options="--arithmetic arb" if context.arithmetic == "fast" else "",
        )
    return smallest


def _check_moments(point: BothLayers[Any], evidence: Evidence, problem: Network) -> arb:
    """Check 5: ≥ χ/n."""
    found = fourth_moment(point, problem.inputs, evidence.theta, evidence.fourth_moment_shift)
    if found is None:
        raise Refusal.undecided(
            5,
            "the shift does not bound fourth moments of the inputs",
            required="λ_max(T − θE) at most the shift",
            seen="no factorisation",
            advice="a larger fourth_moment_shift, or none",
        )
    return found


def _check_criterion(found: LocalConvergence, evidence: Evidence, facts: tuple[Fact, ...]) -> None:
    """Check 6."""
    if found.holds:
        return
    raise Refusal.undecided(
        6,
        "the residual of some start is too large for the criterion with this evidence",
        required=f"e_r < {lower(found.available):.4g} and σ(r + R) > 0",
        seen=f"e_r ≤ {upper(found.needed):.4g}, σ(r + R) ≥ {lower(found.slope):.4g}",
        advice="starts in a smaller ball" if evidence.start_radius > 0 else "weights with a smaller residual",
        facts=facts,
    )


def _strongest_claim(claim: Claim, found: LocalConvergence, evidence: Evidence) -> Claim:
    """Round every quantity of the theorem in its weak direction."""
    return Claim(
        around=claim.around,
        start_radius=evidence.start_radius,
        radius=evidence.path_radius,
        step_size_max=lower(found.step_size),
        decrease_rate=lower(found.decrease_rate),
        distance_factor=upper(found.distance_factor),
    )


def _facts(centre: Centre, found: LocalConvergence, evidence: Evidence) -> tuple[Fact, ...]:
    """The numbers of the proof, lengths divided by √n."""
    name = "K = 𝒥𝒥ᵀ" if centre.moves_outer else "K = JJᵀ"
    return (
        fact_below("λ_min(K)/n", f"smallest eigenvalue of {name} over n, s₀²", centre.smallest**2),
        Fact("λ_max(K)/n", f"largest eigenvalue of {name} over n, S₀²", 0.0, upper(centre.largest**2)),
        Fact("e₀", "residual at the centre, over √n", 0.0, upper(centre.residual)),
        Fact("r", "starts lie this close to the centre", evidence.start_radius, evidence.start_radius),
        Fact("R", "the path from each start is no longer", evidence.path_radius, evidence.path_radius),
        fact_above("β", "Lipschitz constant of the Jacobian on the ball, over √n", found.turning),
        fact_below("s", "smallest singular value of the Jacobian on the ball, over √n", found.slope),
        fact_above("criterion left", "e_r: residual of every start, over √n", found.needed),
        fact_below("criterion right", "½∫σ from r to r + R", found.available),
        fact_above("M", "smoothness of L where it is no larger than at the start", found.smoothness),
        fact_above("M_R", "smoothness of L on the whole ball", found.smoothness_of_ball),
        fact_below("s²/M", "certified decrease per step of the largest size", found.slope**2 / found.smoothness),
    )


KIND = Kind(Claim, Evidence, Network, TITLE, decide)
