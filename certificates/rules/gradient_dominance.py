"""Rule *gradient dominance*: when a `gradient-dominance` claim is accepted.

Statement
---------
Let f(W) = s‖q(W) − y‖² be the loss of the given quadratic network as a function of its first layer, W_0 the given
weights. ‖∇f(W)‖² ≥ 2·``constant``·f(W) whenever ‖W − W_0‖_F ≤ ``radius``. With ``descent``: exact gradient descent
W_{t+1} = W_t − η∇f(W_t) with any constant 0 < η ≤ ``step_size_max`` stays within ``descent.radius`` of W_0 and
converges to weights with f = 0, and f(W_t) ≤ (1 − η·``decrease_rate``)ᵗ f(W_0).

Evidence
--------
A radius ϱ; θ and shifts for spectral tests; for ``lmi`` a constant and the multipliers S and Θ of equation (3.5.2).

Checks
------
1. The network is x ↦ Σ v_l (w_lᵀx)² with a trained first layer, a frozen second one, no biases and one output.
2. The numbers of the evidence are finite, and as many as the method needs.
3. The work fits the budget.
4. c_4 ≤ λ_max(T − θE) by the residual form (not for ``lmi`` without a claim about descent).
5. ``ball``: σ_min(J(W_0)) > cϱ. ``lmi``: S ≻ 0, and the matrix of (3.5.2) is definite, by elimination in balls.
6. With ``descent``: ϱ > 2√(2L(W_0)/μ).
7. The claim is weaker than or equal to what the evidence proves.

Why they suffice
----------------
:mod:`certificates.theorems.gradient_dominance`, for L = f/(2ns): μ and Λ of f are 2ns times those of L, the length of
the path is the same, and a step η of f is the step 2nsη of L. Units with v_l = 0 and inputs that vanish in every sample
do not enter f: their gradients are 0, they never move, and the ball of all weights projects onto that of the others.

Not checked
-----------
Anything outside the ball; that the constant is the best one.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
from flint import arb

from certificates.arithmetic.arb import exact, lower, precision, upper
from certificates.arithmetic.definiteness import is_positive_definite
from certificates.arithmetic.matrix import Matrix
from certificates.checks.acceptance import accept_if_weaker, fact
from certificates.checks.kind import Kind
from certificates.checks.matrices import matrices
from certificates.checks.outcome import Context, Refusal
from certificates.checks.quadratic import quadratic_workload, require_quadratic
from certificates.checks.workload import Workload
from certificates.claims.gradient_dominance import Claim, Descent, Evidence
from certificates.enclosures.quadratic.fourth_moments import fourth_moment_bound
from certificates.enclosures.quadratic.network import (
    Point,
    QuadraticNetwork,
    evaluate,
    jacobian_gram,
    loss,
)
from certificates.subjects import Network
from certificates.theorems.gradient_dominance import (
    BallData,
    curvature,
    dominance,
    matrix_inequality,
    path_length,
    twist_count,
    variation,
)
from certificates.verdict import Accepted, Fact

__all__ = ["KIND"]

TITLE = "gradient dominance"

_BITS = 256  # the matrix inequality is nearly singular by design
_OPERATION = 5_000.0  # an operation on balls in floating-point ones


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
    network = require_quadratic(1, problem)  # Check 1
    _check_evidence(network, evidence)  # Check 2
    context.require_workload(3, _workload(network, claim, evidence))  # Check 3
    return _prove(claim, evidence, network, context)


def _prove(claim: Claim, evidence: Evidence, network: QuadraticNetwork, context: Context) -> Accepted:
    point = evaluate(network, matrices(context))
    data = None
    if evidence.method == "ball" or claim.descent is not None:
        data = _ball_data(network, point, evidence)
    if evidence.method == "ball" and data is not None:
        constant = _ball_constant(network, point, data, evidence)
        proved = Claim(evidence.radius, _positive(lower(exact(network.loss_factor) * constant)))
    else:
        constant = _lmi_constant(network, evidence)
        proved = Claim(evidence.radius, evidence.constant)
    value = loss(network, point)
    facts = [fact("f(W_0)", "loss at the given weights", exact(network.loss_factor) * value)]
    if claim.descent is not None and data is not None:
        descent = _descent(network, data, exact(upper(value)), constant, evidence.radius)
        proved = replace(proved, descent=descent)
        facts.append(Fact("2√(2f(W_0)/μ)", "length of the path of gradient descent", 0.0, descent.radius))
    return accept_if_weaker(context, TITLE, 7, claim, proved, tuple(facts))  # Check 7


def _check_evidence(network: QuadraticNetwork, evidence: Evidence) -> None:
    """Check 2."""
    n, p = network.sample_count, network.width * network.dimension
    expected = (n * (n + 1) // 2, twist_count(p, n)) if evidence.method == "lmi" else (0, 0)
    seen = (len(evidence.multiplier), len(evidence.twists))
    shifts = (evidence.radius, evidence.theta, evidence.moment_shift, evidence.kernel_shift, evidence.constant)
    finite = bool(np.isfinite([*shifts, *evidence.multiplier, *evidence.twists]).all())
    if seen != expected or not finite or (evidence.method == "lmi" and not evidence.constant > 0):
        raise Refusal.rejected(
            2,
            "the evidence is out of range",
            required=f"finite numbers, {expected[0]} in multiplier and {expected[1]} in twists, a constant > 0 for lmi",
            seen=f"{seen[0]} and {seen[1]} numbers, constant {evidence.constant:g}",
        )


def _workload(network: QuadraticNetwork, claim: Claim, evidence: Evidence) -> Workload:
    """Moments and JJᵀ in matrix products; the matrix inequality in single operations on balls."""
    moments = evidence.method == "ball" or claim.descent is not None
    work = quadratic_workload(network, moments=moments, products=moments)
    if evidence.method == "ball":
        return work
    n, p = network.sample_count, network.width * network.dimension
    size = float((p + 1) * n)
    operations = size**3 / 6 + size**2 * (2 * network.width + 4) + 2.0 * n * n * network.dimension
    return Workload(work.operations + _OPERATION * operations, work.entries + 16 * size**2, work.activations)


def _ball_data(network: QuadraticNetwork, point: Point[Matrix], evidence: Evidence) -> BallData:
    """Check 4, and the norms at W_0."""
    theta, shift = Fraction(evidence.theta), evidence.moment_shift
    fourth = fourth_moment_bound(network.inputs, type(point.residual), theta, shift)
    if fourth is None or not fourth > 0:
        raise Refusal.undecided(
            4,
            "no bound of the fourth moments was proven",
            required="λ_max(T − θE) ≤ moment_shift, nearly",
            seen="no factorisation",
            advice="a larger moment_shift",
        )
    jacobian = jacobian_gram(network, point).operator_norm().sqrt()
    return BallData(fourth, jacobian, point.residual.frobenius_norm())


def _ball_constant(network: QuadraticNetwork, point: Point[Matrix], data: BallData, evidence: Evidence) -> arb:
    """Check 5 of ``ball``: μ of L."""
    smallest = jacobian_gram(network, point).smallest_eigenvalue(evidence.kernel_shift)
    change = variation(network, data.fourth_moment)
    found = None
    if smallest is not None and smallest > 0:
        found = dominance(network, smallest.sqrt(), change, evidence.radius)
    if found is None:
        raise Refusal.undecided(
            5,
            "the Jacobian is not proven to stay of full rank on the ball",
            required=f"σ_min(J(W_0)) > cϱ = {upper(change * exact(evidence.radius)):.6g}",
            seen="no factorisation" if smallest is None else f"λ_min(JJᵀ) ≥ {lower(smallest):.6g}",
            advice="a smaller radius, or method lmi; n must be at most the number of trained weights",
        )
    return found


def _lmi_constant(network: QuadraticNetwork, evidence: Evidence) -> arb:
    """Check 5 of ``lmi``: μ of L."""
    with precision(_BITS):
        constant = exact(evidence.constant) / exact(network.loss_factor)
        n = network.sample_count
        entries = [exact(value) for value in evidence.multiplier]
        multiplier = [entries[a * (a + 1) // 2 : (a + 1) * (a + 2) // 2] for a in range(n)]
        _require_definite(multiplier, "S")
        rows = matrix_inequality(network, evidence.radius, constant, evidence.multiplier, evidence.twists)
        _require_definite(rows, "the matrix of (3.5.2)")
    return constant


def _require_definite(rows: list[list[arb]], name: str) -> None:
    answer = is_positive_definite(rows)
    if answer:
        return
    refuse = Refusal.undecided if answer is None else Refusal.rejected
    raise refuse(
        5,
        f"{name} is not {'proven ' if answer is None else ''}positive definite",
        required=f"{name} ≻ 0",
        advice="a smaller constant or radius",
    )


def _descent(network: QuadraticNetwork, data: BallData, value: arb, constant: arb, radius: float) -> Descent:
    """Check 6, and what descent does."""
    path = path_length(value, constant)
    if not path < exact(radius):
        raise Refusal.undecided(
            6,
            "gradient descent is not proven to stay in the ball",
            required="ϱ > 2√(2L(W_0)/μ)",
            seen=f"ϱ = {radius:.6g}, 2√(2L(W_0)/μ) ≤ {upper(path):.6g}",
            advice="weights with a smaller loss, or a larger radius",
        )
    factor = exact(network.loss_factor)
    step = lower(1 / (factor * curvature(network, data, radius)))
    return Descent(upper(path), _positive(step), _positive(lower(factor * constant)))


def _positive(bound: float) -> float:
    """A bound that has not underflowed."""
    if not bound > 0:
        raise Refusal.undecided(5, "a constant underflowed", seen=f"{bound:g}", advice="rescale the problem")
    return bound


KIND = Kind(Claim, Evidence, Network, TITLE, decide)
