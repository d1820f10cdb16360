"""Rule *duality gap*: when an `optimality-gap` claim is accepted.

Statement
---------
Let f(W) = s‖q(W) − y‖² be the loss of the given quadratic network as a function of its first layer W, everything else
fixed. At the given weights f(W) − inf f ≤ ``gap``.

Evidence
--------
A dual point ν (given, or r(W) + t·1), or a symmetric matrix M°, and a spectral shift.

Checks
------
1. The network is x ↦ Σ v_l (w_lᵀx)² with a trained first layer, a frozen second one, no biases and one output.
2. The evidence fits: dual points need outer weights of one sign; ``vector`` has n or d(d + 1)/2 entries; ``columns``
   is an increasing list of inputs.
3. The work fits the budget.
4. 𝒜*(ν) = Xᵀdiag(ν)X ⪰ 0: every ν_i ≥ 0, or λ_min ≥ 0 by the residual form, or, for X_p the given columns,
   λ_min(X_pᵀdiag(ν)X_p) > 0 and rank X = p over the rationals. For ``least-squares``: λ_min(T) > 0.
5. The claim is weaker than or equal to what the evidence proves.

Why they suffice
----------------
Units with v_l = 0 and inputs that vanish in every sample do not enter f and are deleted. If every v_l < 0, it is
replaced by the problem of (−v, −y), with the same f. Then M(W') = W'ᵀD_vW' ⪰ 0 for every W', and weak duality
(:mod:`certificates.theorems.quadratic_gaps`) bounds L(W) − L(W') for every W', hence for the infimum; f = 2ns·L. The
columns of X_p are independent if X_pᵀdiag(ν)X_p ≻ 0; with rank X = p, X = X_pR and 𝒜*(ν) = Rᵀ(X_pᵀdiag(ν)X_p)R. The
least-squares bound holds over all symmetric matrices, so for any signs. Widths below d only make it weaker: it may
contain the gap of the convex relaxation.

Not checked
-----------
That the gap is the smallest; that W is near a minimiser; that the infimum is attained.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import numpy as np

from certificates.arithmetic.arb import exact, lower, upper
from certificates.arithmetic.exact_rank import exact_rank
from certificates.arithmetic.matrix import Matrix
from certificates.checks.acceptance import accept_if_weaker
from certificates.checks.kind import Kind
from certificates.checks.matrices import matrices
from certificates.checks.outcome import Context, Refusal
from certificates.checks.quadratic import pair_count, quadratic_workload, require_quadratic
from certificates.claims.optimality_gap import Claim, Evidence
from certificates.enclosures.quadratic.fourth_moments import moment_matrix
from certificates.enclosures.quadratic.network import (
    Point,
    QuadraticNetwork,
    evaluate,
    gradient_norm,
    loss,
    weighted_covariance,
)
from certificates.subjects import Network
from certificates.theorems.quadratic_gaps import duality_gap, least_squares_gap, symmetric_from_triangle
from certificates.verdict import Accepted, Fact

__all__ = ["KIND"]

TITLE = "duality gap"


def decide(claim: Claim, evidence: Evidence, problem: Network, context: Context) -> Accepted:
    """Apply checks 1 to 5 in order.

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
    _check_evidence(network, evidence)
    work = quadratic_workload(network, moments=evidence.method == "least-squares")
    context.require_workload(3, work)  # Check 3
    return _prove(claim, evidence, network, context)


def _prove(claim: Claim, evidence: Evidence, network: QuadraticNetwork, context: Context) -> Accepted:
    if not network.positive:
        network = network.negated()
    point = evaluate(network, matrices(context))
    value = loss(network, point)
    gap = upper(value)  # L* ≥ 0
    if evidence.method == "least-squares":
        gap = min(gap, _least_squares(network, point, evidence))
    elif evidence.method != "nonnegative":
        gap = min(gap, duality_gap(network, point, _feasible(network, point, evidence)))
    factor = exact(network.loss_factor)
    proved = Claim(gap=upper(factor * exact(gap).max(exact(0))))
    facts = (
        Fact("f(W)", "loss at the given weights", lower(factor * value), upper(factor * value)),
        Fact("‖∇f(W)‖", "norm of the gradient", 0.0, upper(factor * gradient_norm(network, point))),
        Fact("inf f", "infimum over the first layer", lower(factor * value - exact(proved.gap)), upper(factor * value)),
        Fact("f(W) − inf f", "optimality gap", 0.0, proved.gap),
    )
    return accept_if_weaker(context, TITLE, 5, claim, proved, facts)  # Check 5


def _check_evidence(network: QuadraticNetwork, evidence: Evidence) -> None:
    """Check 2."""
    dual = evidence.method in ("dual", "self-dual")
    if dual and network.positive and network.negative:
        raise Refusal.rejected(
            2,
            "dual points prove gaps for outer weights of one sign only",
            required="all v_l > 0 or all v_l < 0",
            seen=f"{network.positive} positive, {network.negative} negative",
            advice="method least-squares",
        )
    expected = {"dual": network.sample_count, "least-squares": pair_count(network)}.get(evidence.method, 0)
    numbers = np.array([*evidence.vector, evidence.eigenvalue_shift, evidence.shift])
    nodes = (-1, *evidence.columns, network.dimension)
    increasing = all(left < right for left, right in pairwise(nodes)) and (dual or not evidence.columns)
    if len(evidence.vector) != expected or not np.isfinite(numbers).all() or evidence.shift < 0 or not increasing:
        raise Refusal.rejected(
            2,
            "the evidence is out of range",
            required=f"{expected} finite numbers in vector, t ≥ 0, columns increasing below {network.dimension}",
            seen=f"{len(evidence.vector)} numbers, t = {evidence.shift:g}, {len(evidence.columns)} columns",
        )


def _feasible(network: QuadraticNetwork, point: Point[Matrix], evidence: Evidence) -> Matrix:
    """Check 4: ν as a column, with 𝒜*(ν) ⪰ 0."""
    arithmetic = type(point.residual)
    if evidence.method == "dual":
        dual = arithmetic.from_exact(np.array(evidence.vector)[:, None])
    else:
        dual = point.residual.add(arithmetic.from_exact(np.full((network.sample_count, 1), evidence.shift)))
    if dual.range()[0] >= 0:
        return dual
    spanning = _spanning(network, evidence)
    form = weighted_covariance(spanning, dual).scale(Fraction(1, network.sample_count))
    smallest = form.smallest_eigenvalue(evidence.eigenvalue_shift)
    if smallest is None or not (smallest > 0 if evidence.columns else smallest >= 0):
        raise Refusal.undecided(
            4,
            "the dual point is not proven feasible: Xᵀdiag(ν)X ⪰ 0",
            required="λ_min((1/n)Xᵀdiag(ν)X) ≥ 0",
            seen="no factorisation" if smallest is None else f"λ_min ≥ {lower(smallest):.6g}",
            advice="a larger shift of ν; if the inputs span fewer than d dimensions, name columns that span them",
        )
    return dual


def _spanning(network: QuadraticNetwork, evidence: Evidence) -> QuadraticNetwork:
    """The network with the named inputs only, if they can span the others."""
    if not evidence.columns:
        return network
    rank = exact_rank(network.inputs)
    if rank != len(evidence.columns):
        raise Refusal.rejected(
            4,
            "the named columns do not span the inputs",
            required=f"rank X = {rank} columns",
            seen=f"{len(evidence.columns)} columns",
        )
    return replace(network, inputs=np.ascontiguousarray(network.inputs[:, list(evidence.columns)]))


def _least_squares(network: QuadraticNetwork, point: Point[Matrix], evidence: Evidence) -> float:
    """Check 4 for least squares, and its bound."""
    moments = moment_matrix(network.inputs, type(point.residual))
    smallest = moments.smallest_eigenvalue(evidence.eigenvalue_shift)
    if smallest is None or not smallest > 0:
        raise Refusal.undecided(
            4,
            "the moment matrix is not proven positive definite",
            required="λ_min(T) > 0",
            seen="no factorisation" if smallest is None else f"λ_min(T) ≥ {lower(smallest):.6g}",
            advice="at least d(d + 1)/2 samples, or method nonnegative",
        )
    matrix = symmetric_from_triangle(np.array(evidence.vector), network.dimension)
    return least_squares_gap(network, point, matrix, smallest)


KIND = Kind(Claim, Evidence, Network, TITLE, decide)
