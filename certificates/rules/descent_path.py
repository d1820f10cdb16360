"""Rule *lowest coefficient along a path*: when a `descent-path` claim is accepted.

Statement
---------
Let f(W_1, …, W_H) = s‖W_H⋯W_1X − Y‖² be the loss of the given network as a function of its trained layers. The given
weights are no local minimum of f. ‖∇f(W)‖ ≤ ``gradient_norm``; if that is 0, W is a critical point. If ``curvature`` is
positive, ∇²f(W) has an eigenvalue of at most −``curvature``.

Evidence
--------
A polynomial path of weights that starts at W.

Checks
------
1. Every activation is the identity, no layer has a bias, and the objective is a plain sum of squares.
2. The path moves trained layers only: each term has the shape of its layer, finite entries and a power from 1 to 64,
   and no two terms are of one layer and one power.
3. The work fits the budget.
4. The lowest coefficient of f(W(t)) − f(W) is negative.
5. The claim is weaker than or equal to what the evidence proves.

Why they suffice
----------------
Theorem 5.1.5 (:mod:`certificates.theorems.descent_paths`): f(W(t)) is a polynomial, expanded exactly. Its lowest
coefficient decides its sign for small t > 0. If every power is 1, twice the coefficient of t² is D·∇²f(W)D. The
gradient is exact, and 0 only if every entry is.

Not checked
-----------
That W is a critical point, if ``gradient_norm`` is positive: then any direction of descent is a path.
"""

from __future__ import annotations

from fractions import Fraction

from certificates.arithmetic.arb import exact, lower, upper
from certificates.checks.acceptance import accept_if_weaker, fact
from certificates.checks.deep_linear import EXACT_MATRICES, linear_network, linear_workload, require_linear
from certificates.checks.descent_paths import curvature_along, moved_layers, require_path
from certificates.checks.kind import Kind
from certificates.checks.outcome import Context, Refusal
from certificates.claims.descent_path import Claim, Evidence
from certificates.subjects import Network
from certificates.theorems.deep_linear import LinearNetwork
from certificates.theorems.descent_paths import coefficients, lowest
from certificates.verdict import Accepted, Fact

__all__ = ["KIND"]

TITLE = "lowest coefficient along a path"


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
        The numbers are of too different sizes for exact arithmetic.
    """
    require_linear(1, problem)  # Check 1
    require_path(2, evidence.places, evidence.terms, problem)  # Check 2
    context.require_workload(3, linear_workload(problem))  # Check 3
    network, moved = linear_network(problem), moved_layers(evidence.places, evidence.terms, problem)
    found = coefficients(network, moved)
    least = lowest(found)
    if least is None or least[1] > 0:  # Check 4
        raise Refusal.rejected(
            4,
            "the loss does not fall along the path",
            required="a negative lowest coefficient of f(W(t)) − f(W)",
            seen="0" if least is None else f"{lower(exact(least[1])):.6g} at t^{least[0]}",
            advice="the opposite direction, or another path; at a minimum there is none",
        )
    trained = [k for k, layer in enumerate(problem.layers, 1) if layer.trained]
    square = network.gradient_square(trained)
    bent = curvature_along(moved, found)
    proved = Claim(upper(exact(square).sqrt()) if square else 0.0, max(0.0, lower(exact(bent))))
    facts = _facts(network, least, square)
    return accept_if_weaker(context, TITLE, 5, claim, proved, facts, (EXACT_MATRICES,))  # Check 5


def _facts(network: LinearNetwork, least: tuple[int, Fraction], square: Fraction) -> tuple[Fact, ...]:
    order, coefficient = least
    return (
        fact("f(W)", "loss at the given weights", exact(network.loss)),
        fact("‖∇f(W)‖²", "square of the gradient's norm", exact(square)),
        Fact("q", "the loss falls like this power of t", *2 * (float(order),)),
        fact("c", "coefficient of that power", exact(coefficient)),
    )


KIND = Kind(Claim, Evidence, Network, TITLE, decide)
