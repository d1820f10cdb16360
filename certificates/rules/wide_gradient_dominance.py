"""Rule *independent features*: when a `wide-gradient-dominance` claim is accepted.

Statement
---------
Let f(w) = s‖F(w) − Y‖² be the loss of the given network over its trained parameters, and w_0 the given weights. At all
w within ``radius`` of w_0, f(w) is differentiable by layers.N, N = ``layer``, and

    ‖∇f(w)‖² ≥ ``constant`` · f(w),

the gradient by weights and bias of that layer alone. If a ``distance`` is claimed: gradient flow from w_0 stays within
it, f(w(t)) ≤ e^{−ct} f(w_0) with c = ``constant``, and converges to weights of loss 0.

Evidence
--------
A shift below λ_min(H̃H̃ᵀ), H̃ the inputs of that layer; shifts below the spectra of what lies above it, by samples, by
layers, or both; ρ.

Checks
------
1. f is s‖F(w) − Y‖² with given labels; the layer exists and is trained; the activations above it are C^{1,1}; with
   ρ > 0 all that move are.
2. The shifts are positive and finite, as many as there are layers above, at least of one way; 0 ≤ ρ < ∞.
3. The features are not dependent for a known reason, and the widths above allow the spectra.
4. The work fits the budget.
5. λ_min(H̃H̃ᵀ) > 0 at w_0.
6. What lies above has full rank at w_0: λ_min(J_iJ_iᵀ) > 0 for all samples, or λ_min(W_lW_lᵀ) > 0 and φ' ≠ 0.
7. c > 0 on the ball of radius ρ, the better of the two ways.
8. If a distance is claimed: 4f(w_0) < ρ²c.
9. The claim is weaker than or equal to what is proved.

Why they suffice
----------------
Theorem 5.2.1 at every w of the ball, with lower bounds there: what is proved at w_0 less what can change (lemma 5.2.2),
each clamped at 0 before it is squared or multiplied. Theorem 5.2.3 for the flow. Check 3 only says why 5 or 6 would
fail. A claim with a smaller radius or constant follows.

Not checked
-----------
Anything about gradient descent with steps; that the constant is the best one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from flint import arb

from certificates.arithmetic.arb import exact, lower, upper
from certificates.checks.acceptance import accept_if_weaker, fact_above, fact_below
from certificates.checks.kind import Kind
from certificates.checks.matrices import matrices
from certificates.checks.objective import require_squared
from certificates.checks.outcome import Context, Refusal
from certificates.checks.upper_spectra import (
    feature_strength,
    layer_strengths,
    require_possible,
    sample_strength,
)
from certificates.checks.wide_workload import wide_workload
from certificates.claims.wide_gradient_dominance import Claim, Evidence
from certificates.enclosures.intervals.smoothness import smoothness
from certificates.enclosures.networks.upper_layers import (
    SampleJacobians,
    UpperLayers,
    changes,
    layer_gradient,
    moving_layers,
    sample_jacobians,
    upper_layers,
)
from certificates.subjects import Network
from certificates.theorems.wide_dominance import Strengths, dominance, flow_distance
from certificates.verdict import Accepted, Fact

__all__ = ["KIND"]

TITLE = "independent features"


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
    _check_problem(claim, evidence, problem)  # Check 1
    _check_evidence(claim, evidence, problem)  # Check 2
    require_possible(claim.layer, evidence, problem)  # Check 3
    ways = {"samples": evidence.samples is not None, "layers": evidence.layers is not None}
    context.require_workload(4, wide_workload(problem, claim.layer, **ways))  # Check 4
    layers: UpperLayers[Any] = upper_layers(problem, matrices(context), claim.layer)
    strengths, jacobians = _strengths(layers, evidence, context)  # Checks 5 and 6
    moved = None
    if evidence.radius > 0:
        moved = changes(layers, moving_layers(layers), jacobians, exact(evidence.radius))
    features, above, way = strengths.on_ball(moved)
    constant = dominance(require_squared(1, problem), features, above)
    facts = tuple(_facts(layers, features, above, way, constant))
    _require_constant(features, above, constant, evidence, facts)  # Check 7
    distance = _distance(claim, evidence, layers, constant, facts)  # Check 8
    proved = Claim(claim.layer, lower(constant), evidence.radius, distance)
    return accept_if_weaker(context, TITLE, 9, claim, proved, facts)  # Check 9


def _strengths(
    layers: UpperLayers[Any], evidence: Evidence, context: Context
) -> tuple[Strengths, SampleJacobians[Any] | None]:
    """Checks 5 and 6; nothing lies above the last layer."""
    features = feature_strength(layers, evidence.features, precise=context.arithmetic == "arb")
    last = layers.k == len(layers.network.layers) - 1
    jacobians: SampleJacobians[Any] | None = None if evidence.samples is None else sample_jacobians(layers)
    samples = by_layers = None
    if jacobians is not None and evidence.samples is not None:
        samples = sample_strength(jacobians, evidence.samples, layers.network)
    if evidence.layers is not None or last:
        by_layers = tuple(layer_strengths(layers, evidence.layers or ()))
    return Strengths(features, samples, by_layers), jacobians


# ---- structure ----------------------------------------------------------------------------------------------------


def _check_problem(claim: Claim, evidence: Evidence, problem: Network) -> None:
    """Check 1."""
    require_squared(1, problem)
    if problem.teacher is not None:
        raise Refusal.undecided(
            1,
            "the labels are planted by a teacher, and this rule encloses residuals of given ones",
            advice="store labels as targets, or ask for a kind about planted networks",
        )
    trained = [index for index, layer in enumerate(problem.layers) if layer.trained]
    if claim.layer not in trained:
        raise Refusal.rejected(
            1,
            f"layers.{claim.layer} is {'frozen' if claim.layer < len(problem.layers) else 'not there'}, "
            "and the gradient is by it",
            required=f"one of the trained layers: {', '.join(map(str, trained))}",
            seen=f"layer {claim.layer}",
        )
    start = min(claim.layer, trained[0]) if evidence.radius > 0 else claim.layer
    for index, activation in enumerate(problem.activations[start:], start):
        found = smoothness(activation)
        if not found.is_certainly_c11:
            refuse = Refusal.rejected if found.is_certainly_not_c11 else Refusal.undecided
            raise refuse(
                1,
                f"activation of hidden layer {index}: {found.reason}, and f need not be differentiable there",
                required="φ continuous with Lipschitz φ'",
                seen=activation.text[:80],
                advice="a smooth activation; at a kink of ReLU there is no gradient, and where its slope is 0 none of "
                "the loss passes",
            )


def _check_evidence(claim: Claim, evidence: Evidence, problem: Network) -> None:
    """Check 2."""
    above = len(problem.layers) - 1 - claim.layer
    layers = evidence.layers or ()
    shifts = (evidence.features, *layers, *(() if evidence.samples is None else (evidence.samples,)))
    some = evidence.samples is not None or evidence.layers is not None
    fits = some == (above > 0) and (evidence.layers is None or len(layers) == above)
    numbers = np.array([*shifts, evidence.radius])
    if not (fits and np.isfinite(numbers).all() and min(shifts) > 0 and evidence.radius >= 0):
        raise Refusal.rejected(
            2,
            "the evidence does not fit",
            required="positive finite shifts, "
            + (f"one for the samples, {above} for the layers above, or both" if above else "none above the last layer")
            + "; a finite radius ≥ 0",
            seen=f"{len(layers)} shifts of layers, {'no' if evidence.samples is None else 'one'} shift of samples, "
            f"radius {evidence.radius:g}",
        )


# ---- conclusions --------------------------------------------------------------------------------------------------


def _require_constant(features: arb, above: arb, constant: arb, evidence: Evidence, facts: tuple[Fact, ...]) -> None:
    """Check 7."""
    if lower(constant) > 0:
        return
    raise Refusal.undecided(
        7,
        "no constant is proved on the whole ball",
        required=f"σ_min(H̃) > 0 and σ_J > 0 within {evidence.radius:.6g}",
        seen=f"{lower(features):.4g} and {lower(above):.4g}",
        advice="a smaller radius",
        facts=facts,
    )


def _distance(
    claim: Claim, evidence: Evidence, layers: UpperLayers[Any], constant: arb, facts: tuple[Fact, ...]
) -> float | None:
    """Check 8: 2√(f/c), where that is less than ρ."""
    loss = exact(require_squared(1, layers.network)) * layers.loss_bounds()[1]
    found = upper(flow_distance(loss, exact(lower(constant))))
    if found < evidence.radius:
        return found
    if claim.distance is None:
        return None
    raise Refusal.undecided(
        8,
        "gradient flow is not shown to stay in the ball",
        required=f"2√(f/c) < {evidence.radius:.6g}",
        seen=f"{found:.6g}",
        advice="weights of smaller loss, another radius, or no claim about the flow",
        facts=facts,
    )


def _facts(layers: UpperLayers[Any], features: arb, above: arb, way: str, constant: arb) -> Iterator[Fact]:
    """The numbers of the proof, and what they say of the loss and of the gradient at w_0."""
    scale = exact(require_squared(1, layers.network))
    low, high = (scale * bound for bound in layers.loss_bounds())
    slope = 2 * scale * layer_gradient(layers).frobenius_norm()
    yield fact_below("σ_min(H̃)", "smallest singular value of the layer's inputs, on the ball", features)
    yield fact_below("σ_J", f"smallest singular value of what lies above, by the {way}, on the ball", above)
    yield Fact("f(w₀)", "loss at the weights", lower(low), upper(high))
    yield fact_above("‖∇f(w₀)‖", "gradient by the layer at the weights, from above", slope)
    yield fact_below("√(c f)", "the same gradient, from below by the loss", (constant * low).sqrt())
    if constant > 0:
        yield fact_above("‖∇f‖²/c", "loss at the weights, from above by the gradient", slope**2 / constant)


KIND = Kind(Claim, Evidence, Network, TITLE, decide)
