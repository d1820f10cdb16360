"""Rule *cross-entropy below log 2*: when a `cross-entropy-convergence` claim is accepted.

Statement
---------
Let f be the given network's cross-entropy over its trained parameters, without a penalty, ω = ``smallest_weight`` the
least weight of a sample in it and M(w) = −log(e^{f(w)/ω} − 1). Gradient flow from the given weights (with ``clarke``:
every solution of w' ∈ −∂f(w)) exists for ever, every sample stays rightly classified with a margin of at least
M ≥ ``margin`` = M₀, and e^M + M ≥ e^{M₀} + M₀ + ``rate``·t, so that f = ω log(1 + e^{−M}) → 0; from ``loss_at.time`` on
f ≤ ``loss_at.loss``. With ``gradient``: the margins stay above M₀ for all steps of exact gradient descent with
f(w_{k+1}) ≤ f(w_k) − (1 − ε)η_k‖∇f(w_k)‖², 0 < ε < 1, and f → 0 with Armijo backtracking (fixed first trial and
factor). With ``steps``: any 0 < η_k ≤ ``step_size_max`` fulfil that condition for ``epsilon``, and
∫_{M₀}^{M(w_k)} (1 + e^x)(x/M₀)^{2ε/(1−ε)} dx ≥ (1 − ε) ``rate`` Σ_{j<k} η_j.

Evidence
--------
The ε of constant steps.

Checks
------
0. f is a softmax or logistic loss without a penalty.
1. The labels are 0 and 1, and ω is the least weight of a sample.
2. The whole output layer is trained.
3. Activations behind a trained layer are defined on the whole line, and C^{1,1} (``gradient``) or continuous and
   analytic between breakpoints (``clarke``); for ``steps`` their φ' and φ'' have global bounds.
4. The work fits the budget.
5. f/ω < log 2 at the given weights.
6. With ``steps``: η f̂(s) K(s + c) ≤ 2ε for every length s of the path, in cells and a tail.
7. The claim is weaker than or equal to what is proved.

Why they suffice
----------------
f/ω is Σ ω_i ℓ_i with min ω_i = 1, and its flow is that of f at the time ωt; a step η of f is the step ωη of it, with
the same condition of Armijo. So theory 6.8 holds for it: theorem 6.2 with γ₀ = M₀/‖θ₀‖ and ``rate`` = ωγ₀², theorem
6.3, whose (c) holds for steps that vary below η and wherever ∇F is Lipschitz with these constants.
0 and 1 make every ℓ_i a function of margins that are linear in the output layer θ, by 2 all of θ moves, by 3 the hidden
part is as smooth as the theorems ask on *all* weights, as the flow may go anywhere. Where f is definable on bounded
sets of weights and Lipschitz there, the chain rule holds along every solution of the inclusion, and the θ-part of
every Clarke gradient is ∇_θ f. With several logistic outputs each output of a sample is a sample of its own.

Not checked
-----------
That a floating-point run behaves like the exact one; how samples beyond the training data are classified; that the
certified steps are anywhere near the largest ones: they are timid.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
from flint import arb

from certificates.arithmetic.arb import exact, lower, upper
from certificates.arithmetic.matrix import Matrix
from certificates.checks.acceptance import accept_if_weaker, fact, fact_above, fact_below
from certificates.checks.kind import Kind
from certificates.checks.margins import (
    margins_workload,
    require_hard_labels,
    require_smooth_everywhere,
    require_trained_output,
)
from certificates.checks.matrices import matrices
from certificates.checks.objective import Scope
from certificates.checks.outcome import Context, Refusal
from certificates.claims.cross_entropy_convergence import Claim, Evidence, LossAt, Steps
from certificates.enclosures.intervals.ranges import global_bounds
from certificates.enclosures.objectives.margin_bounds import margin_bounds, moving_layers
from certificates.enclosures.objectives.margins import Forward, forward, layer_norm, summed_loss
from certificates.subjects import Logistic, Network, SoftmaxCrossEntropy
from certificates.theorems.cross_entropy import largest_step, log_two, loss_of, margin_after, margin_of
from certificates.verdict import Accepted, Fact

__all__ = ["KIND"]

TITLE = "cross-entropy below log 2"


def decide(claim: Claim, evidence: Evidence, problem: Network, context: Context) -> Accepted:
    """Apply checks 1 to 7 in order.

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
    weight = _check_objective(claim, problem)  # Check 1
    require_trained_output(2, problem)  # Check 2
    _check_activations(claim, problem)  # Check 3
    context.require_workload(4, margins_workload(problem, steps=claim.steps is not None))  # Check 4
    return _prove(claim, evidence, problem, context, weight)


def _prove(claim: Claim, evidence: Evidence, problem: Network, context: Context, weight: Fraction) -> Accepted:
    passed: Forward[Matrix] = forward(problem, matrices(context))
    loss = summed_loss(problem, passed.outputs, weight)
    _check_loss(loss, weight)  # Check 5
    margin, norm = margin_of(loss), layer_norm(*_output_layer(problem), matrices(context))
    rate = (margin / norm) ** 2 * exact(weight)
    facts = _facts(loss, margin, norm, rate)
    steps = None
    if claim.steps is not None:
        step = _step(evidence, problem, passed, context, (margin, norm)) / exact(weight)
        steps = Steps(_positive(6, lower(step)), evidence.epsilon)
        facts += (fact_below("η", "largest step covered", step),)
    proved = Claim(weight, _positive(5, lower(margin)), _positive(5, lower(rate)), claim.flow, steps=steps)
    if claim.loss_at is not None:
        proved = replace(proved, loss_at=_loss_at(claim.loss_at.time, margin, rate, weight))
    return accept_if_weaker(context, TITLE, 7, claim, proved, facts)  # Check 7


def _check_objective(claim: Claim, problem: Network) -> Fraction:
    """Check 1: ω."""
    require_hard_labels(1, problem)
    objective = problem.objective
    weight = min(objective.sample_weights, default=Fraction(1)) * objective.loss.scale
    if claim.smallest_weight != weight:
        raise Refusal.rejected(
            1,
            "the claim scales the objective otherwise: its smallest weight of a sample is another",
            required=f"smallest_weight = {_shown(weight)}",
            seen=f"{_shown(claim.smallest_weight)}",
        )
    return weight


def _check_activations(claim: Claim, problem: Network) -> None:
    """Check 3."""
    start = len(problem.layers) - moving_layers(problem)
    for index, activation in enumerate(problem.activations[start:], start):
        require_smooth_everywhere(3, index, activation, flow=claim.flow)
        if claim.steps is not None and None in global_bounds(activation):
            raise Refusal.undecided(
                3,
                f"activation of hidden layer {index} has no bounds of φ' and φ'' on the whole line in the catalogue, "
                "and constant steps need them",
                required="bounded φ' and φ''",
                seen=activation.text[:80],
                advice="a claim without steps: Armijo backtracking needs no bound",
            )


# ---- the loss -----------------------------------------------------------------------------------------------------


def _output_layer(problem: Network) -> tuple[np.ndarray, np.ndarray | None]:
    return problem.layers[-1].weight, problem.layers[-1].bias


def _check_loss(loss: arb, weight: Fraction) -> None:
    """Check 5."""
    if loss < log_two():
        return
    value, excess = loss * exact(weight), loss - log_two()
    reason = "the summed cross-entropy is not below log 2"
    if value < log_two() and weight < 1:
        reason += (
            f"; the objective itself, {float(value.mid()):.6g}, is, but its smallest weight of a sample is "
            f"{_shown(weight)}: the theorem needs f/ω, as n times a mean"
        )
    raise Refusal.undecided(
        5,
        reason,
        required=f"f/ω < log 2 = {lower(log_two()):.9g}",
        seen=f"f/ω = {float(loss.mid()):.9g}, {_shown_excess(excess)}",
        advice="train on: it falls below log 2 once all samples are clearly right; where classes overlap it may not",
        facts=(fact("f/ω", "summed cross-entropy, the lightest sample counted once", loss),)
        if loss.is_finite()
        else (),
    )


def _shown_excess(excess: arb) -> str:
    return f"{float(excess.mid()):.4g} above" if excess > 0 else "which is not told apart from it"


def _facts(loss: arb, margin: arb, norm: arb, rate: arb) -> tuple[Fact, ...]:
    return (
        fact("f/ω", "summed cross-entropy, the lightest sample counted once", loss),
        fact_below("M₀", "least margin that the loss guarantees", margin),
        fact_above("‖θ₀‖", "norm of the output layer", norm),
        fact_below("ωγ₀²", "rate", rate),
    )


def _loss_at(time: float, margin: arb, rate: arb, weight: Fraction) -> LossAt:
    later = margin_after(margin, rate.lower() * exact(time))
    return LossAt(time, upper(loss_of(later) * exact(weight)))


# ---- steps --------------------------------------------------------------------------------------------------------


def _step(
    evidence: Evidence, problem: Network, passed: Forward[Matrix], context: Context, start: tuple[arb, arb]
) -> arb:
    """Check 6: η for f/ω."""
    bounds = margin_bounds(problem, passed, matrices(context))
    first = bounds.first(exact(0))
    step = largest_step(*start, exact(evidence.epsilon), first, bounds.curvature, bounds.degree)
    if step is None:
        raise Refusal.undecided(
            6,
            "no step size is proved: the loss is not shown to outweigh the curvature along every path",
            required="η f̂(s) K(s + c) ≤ 2ε for all s ≥ 0",
            seen=f"M₀ ≥ {lower(start[0]):.6g}",
            advice="a claim without steps, or weights with a smaller loss",
        )
    return step


def _positive(check: int, bound: float) -> float:
    """A bound that has not underflowed."""
    if not bound > 0:
        raise Refusal.undecided(check, "a bound underflowed", seen=f"{bound:g}", advice="rescale the objective")
    return bound


def _shown(weight: Fraction) -> str:
    return str(weight) if len(str(weight)) <= 24 else f"about {exact(weight).str(6, radius=False)}"


KIND = Kind(
    Claim,
    Evidence,
    Network,
    TITLE,
    decide,
    covers=Scope((SoftmaxCrossEntropy, Logistic), sample_weights=True),
)
