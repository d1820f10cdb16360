"""Rule *strict-saddle witness*: when a `negative-curvature` claim is accepted.

Statement
---------
Let f(W) = s‖q(W) − y‖² be the loss of the given quadratic network as a function of its first layer W. At the given
weights some U ≠ 0 has D²f(W)[U, U] ≤ −``curvature``·‖U‖_F², ‖∇f(W)‖_F ≤ ``gradient_norm``, and some W' has
f(W') ≤ f(W) − ``descent``.

Evidence
--------
U = u bᵀ with u of the hidden units and b of the inputs, and a step t.

Checks
------
1. The network is x ↦ Σ v_l (w_lᵀx)² with a trained first layer, a frozen second one, no biases and one output.
2. u and b have the network's sizes, are finite and not 0; t is finite.
3. The work fits the budget.
4. D²L(W)[U, U] < 0.
5. The claim is weaker than or equal to what the evidence proves.

Why they suffice
----------------
With a = WᵀD_vu and v_u = uᵀD_vu, q(W + tU)_i = q_i + 2t(aᵀx_i)(bᵀx_i) + t²v_u(bᵀx_i)². The coefficient of t² in
L(W + tU) is ½D²L[U, U] = (2/n)Σ(aᵀx_i)²(bᵀx_i)² + (v_u/n)Σr_i(bᵀx_i)², enclosed with its first term, whatever u is;
‖U‖_F = ‖u‖‖b‖. With δ = q(W + tU) − q the decrease is −(1/n)(rᵀδ + ‖δ‖²/2). f = 2ns·L. At a local minimum of a
polynomial the Hessian is positive semidefinite, so W is none.

Not checked
-----------
That the curvature is the most negative one, or that gradient descent leaves W.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from flint import arb

from certificates.arithmetic.arb import exact, lower, upper
from certificates.arithmetic.matrix import Matrix
from certificates.checks.acceptance import accept_if_weaker
from certificates.checks.kind import Kind
from certificates.checks.matrices import matrices
from certificates.checks.outcome import Context, Refusal
from certificates.checks.quadratic import quadratic_workload, require_quadratic
from certificates.claims.negative_curvature import Claim, Evidence
from certificates.enclosures.quadratic.network import (
    Point,
    QuadraticNetwork,
    evaluate,
    gradient_norm,
    loss,
)
from certificates.subjects import Network
from certificates.verdict import Accepted, Fact

__all__ = ["KIND"]

TITLE = "strict-saddle witness"


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
    context.require_workload(3, quadratic_workload(network))  # Check 3
    return _prove(claim, evidence, network, context)


def _prove(claim: Claim, evidence: Evidence, network: QuadraticNetwork, context: Context) -> Accepted:
    point = evaluate(network, matrices(context))
    form, descent = _along(network, point, evidence)
    if not form < 0:  # Check 4
        refuse = Refusal.rejected if form >= 0 else Refusal.undecided
        raise refuse(
            4,
            "the direction is not proven to have negative curvature",
            required="D²L(W)[U, U] < 0",
            seen=f"[{lower(form):.6g}, {upper(form):.6g}]",
            advice="another direction; at a minimum there is none",
        )
    factor, value = exact(network.loss_factor), loss(network, point)
    size = _squared_norm(evidence.units) * _squared_norm(evidence.inputs)
    curvature = -factor * form / size
    gradient = factor * gradient_norm(network, point)
    gained = max(0.0, lower(factor * descent))
    proved = Claim(lower(curvature), upper(gradient), gained) if lower(curvature) > 0 else None
    if proved is None:
        raise Refusal.undecided(4, "the curvature is too small to be written", required="curvature > 0")
    facts = (
        Fact("f(W)", "loss at the given weights", lower(factor * value), upper(factor * value)),
        Fact("‖∇f(W)‖", "norm of the gradient", 0.0, proved.gradient_norm),
        Fact("−D²f[U, U]/‖U‖²", "negative curvature along U", lower(curvature), upper(curvature)),
        Fact("f(W) − f(W + tU)", "decrease of the loss", lower(factor * descent), upper(factor * descent)),
    )
    return accept_if_weaker(context, TITLE, 5, claim, proved, facts)  # Check 5


def _check_evidence(network: QuadraticNetwork, evidence: Evidence) -> None:
    """Check 2."""
    found, expected = (len(evidence.units), len(evidence.inputs)), (network.width, network.dimension)
    if found != expected or not np.isfinite([*evidence.units, *evidence.inputs, evidence.step]).all():
        raise Refusal.rejected(
            2,
            "the direction does not fit the network",
            required=f"finite u and b of {expected[0]} and {expected[1]} entries",
            seen=f"{found[0]} and {found[1]} entries",
        )


def _squared_norm(vector: tuple[float, ...]) -> arb:
    total = exact(0)
    for entry in vector:
        total += exact(entry) * exact(entry)
    return total


def _along(network: QuadraticNetwork, point: Point[Matrix], evidence: Evidence) -> tuple[arb, arb]:
    """D²L[U, U], and L(W) − L(W + tU)."""
    arithmetic, n = type(point.residual), network.sample_count
    units = arithmetic.from_exact(np.array(evidence.units)[:, None])
    weighted = units.scale_rows(network.outer)
    sign = units.dot(weighted)  # v_u
    crossed = point.hidden.times(weighted)  # aᵀx_i = z_iᵀD_vu
    along = arithmetic.from_exact(network.inputs).times(arithmetic.from_exact(np.array(evidence.inputs)[:, None]))
    mixed, squares = crossed.hadamard(along), along.hadamard(along)
    form = (4 * mixed.dot(mixed) + 2 * sign * point.residual.dot(squares)) / n
    step = Fraction(evidence.step)
    # the moved outputs need v_u as a matrix: one row times one column
    moved = mixed.scale(2 * step).add(squares.times(units.T.times(weighted)).scale(step * step))
    return form, -(point.residual.dot(moved) + moved.dot(moved) / 2) / n


KIND = Kind(Claim, Evidence, Network, TITLE, decide)
