"""Rule *minimum or saddle*: when a `deep-linear-critical` claim is accepted.

Statement
---------
Let f(W_1, …, W_H) = s‖W_H⋯W_1X − Y‖² be the loss of the given network, as a function of all of its layers. ∇f(W) = 0 at
the given weights, exactly, and ``value_lower`` ≤ f(W) ≤ ``value_upper``. If ``type`` is ``global-minimum``, no weights
W' of the same widths have f(W') < f(W). If it is ``saddle``, every neighbourhood of W has weights of a smaller loss; if
``curvature`` is positive then, ∇²f(W) has an eigenvalue of at most −``curvature``.

Evidence
--------
For a global minimum a number τ, for a saddle a polynomial path of weights that starts at W.

Checks
------
1. Every activation is the identity, no layer has a bias, all are trained, and the objective is a plain sum of squares.
2. τ is finite and not negative. For a saddle each term of the path has the shape of its layer, finite entries and a
   power from 1 to 64, and no two terms are of one layer and one power.
3. The work fits the budget.
4. ∇f(W) = 0.
5. For a global minimum: RS = C; or rank R = min(d_0, …, d_H), RSRᵀ ⪰ τ on the range of R and (S Γᵀ; Γ τI) ⪰ 0. For a
   saddle: the lowest coefficient of f(W(t)) − f(W) is negative.
6. The claim is weaker than or equal to what the evidence proves.

Why they suffice
----------------
Everything is a computation with integers times powers of two. Check 5 is theorem 5.1.6
(:mod:`certificates.theorems.deep_linear_critical`) or theorem 5.1.5 (:mod:`certificates.theorems.descent_paths`).

Not checked
-----------
Whether a saddle without curvature has any.
"""

from __future__ import annotations

from fractions import Fraction
from math import inf

from certificates.arithmetic.arb import exact, lower, upper
from certificates.checks.acceptance import accept_if_weaker, fact
from certificates.checks.deep_linear import EXACT_MATRICES, linear_network, linear_workload, require_linear
from certificates.checks.descent_paths import curvature_along, moved_layers, require_path
from certificates.checks.kind import Kind
from certificates.checks.outcome import Context, Refusal
from certificates.claims.deep_linear_critical import Claim, Evidence
from certificates.subjects import Network
from certificates.theorems.deep_linear import LinearNetwork
from certificates.theorems.deep_linear_critical import global_failure
from certificates.theorems.descent_paths import coefficients, lowest
from certificates.verdict import Accepted, Fact

__all__ = ["KIND"]

TITLE = "minimum or saddle"


def decide(claim: Claim, evidence: Evidence, problem: Network, context: Context) -> Accepted:
    """Apply checks 1 to 6 in order.

    Guarantee
    ---------
    An :class:`Accepted` value is returned only if the statement above is true for ``problem`` with the fields of
    ``claim``, given the ledger.

    Raises
    ------
    Refusal
        A check that is certainly false (rejected) or not certainly true (undecided), with its number.
    EnclosureFailure
        The numbers are of too different sizes for exact arithmetic.
    """
    require_linear(1, problem)  # Check 1
    _require_trained(problem)
    _check_evidence(claim, evidence, problem)  # Check 2
    inputs, outputs = problem.widths[0], problem.widths[-1]
    context.require_workload(3, linear_workload(problem, (inputs, inputs + outputs)))  # Check 3
    network = linear_network(problem)
    _require_critical(network)  # Check 4
    value = exact(network.loss)
    if claim.type == "global-minimum":  # Check 5
        _require_global(network, evidence.threshold)
        proved, facts = Claim("global-minimum", lower(value), upper(value)), _facts(network)
    else:
        bent, order = _falling(network, evidence, problem)
        proved = Claim("saddle", lower(value), upper(value), max(0.0, lower(exact(bent))))
        facts = (*_facts(network), Fact("q", "the loss falls like this power of t", *2 * (float(order),)))
    return accept_if_weaker(context, TITLE, 6, claim, proved, facts, (EXACT_MATRICES,))  # Check 6


def _require_trained(problem: Network) -> None:
    still = [k for k, layer in enumerate(problem.layers) if not layer.trained]
    if still:
        raise Refusal.rejected(
            1,
            "a layer is frozen: f is no function of it",
            required="every layer trained",
            seen=f"layer {still[0]} is not",
            advice="`verify certify PROBLEM --kind descent-path`, or train every layer",
        )


def _check_evidence(claim: Claim, evidence: Evidence, problem: Network) -> None:
    """Check 2."""
    if not 0 <= evidence.threshold < inf:
        raise Refusal.rejected(2, "no threshold", required="0 ≤ τ, finite", seen=f"{evidence.threshold:g}")
    if claim.type == "saddle":
        require_path(2, evidence.places, evidence.terms, problem)


def _require_critical(network: LinearNetwork) -> None:
    """Check 4."""
    square = network.gradient_square(range(1, len(network.weights) + 1))
    if square:
        raise Refusal.rejected(
            4,
            "the weights are no exact critical point",
            required="∇f(W) = 0",
            seen=f"‖∇f(W)‖² ≥ {lower(exact(square)):.4g}",
            advice="`verify certify PROBLEM --kind deep-linear-gap`, which needs none",
        )


def _require_global(network: LinearNetwork, threshold: float) -> None:
    """Check 5 of a minimum."""
    failed = global_failure(network, threshold)
    if failed is not None:
        raise Refusal.rejected(
            5,
            "the point is not shown to be a global minimum",
            required=failed,
            seen=f"it is false at τ = {threshold:.6g}",
            advice="a saddle, or a τ between the two spectra",
        )


def _falling(network: LinearNetwork, evidence: Evidence, problem: Network) -> tuple[Fraction, int]:
    """Check 5 of a saddle: the curvature along the path, and the order of its fall."""
    moved = moved_layers(evidence.places, evidence.terms, problem)
    found = coefficients(network, moved)
    least = lowest(found)
    if least is None or least[1] > 0:
        raise Refusal.rejected(
            5,
            "the loss does not fall along the path",
            required="a negative lowest coefficient of f(W(t)) − f(W)",
            seen="0" if least is None else f"{lower(exact(least[1])):.6g} at t^{least[0]}",
            advice="the opposite direction, or another path; at a minimum there is none",
        )
    return curvature_along(moved, found), least[0]


def _facts(network: LinearNetwork) -> tuple[Fact, ...]:
    return (
        fact("f(W)", "loss at the given weights", exact(network.loss)),
        Fact("rk R", "rank of the product of all layers", *2 * (float(network.product.rank()),)),
        Fact("r", "the least width", *2 * (float(network.bottleneck),)),
    )


KIND = Kind(Claim, Evidence, Network, TITLE, decide)
