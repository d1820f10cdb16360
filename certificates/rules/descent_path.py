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

import numpy as np

from certificates.arithmetic.arb import exact, lower, upper
from certificates.arithmetic.dyadic_matrix import DyadicMatrix
from certificates.checks.acceptance import accept_if_weaker, fact
from certificates.checks.deep_linear import EXACT_MATRICES, linear_network, linear_workload, require_linear
from certificates.checks.kind import Kind
from certificates.checks.outcome import Context, Refusal
from certificates.claims.descent_path import Claim, Evidence
from certificates.subjects import Network
from certificates.theorems.deep_linear import LinearNetwork
from certificates.theorems.descent_paths import Path, coefficients, lowest
from certificates.verdict import Accepted, Fact

__all__ = ["KIND"]

TITLE = "lowest coefficient along a path"

_MOST_POWER = 64


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
    _check_path(evidence, problem)  # Check 2
    context.require_workload(3, linear_workload(problem))  # Check 3
    network, moved = linear_network(problem), _moved(evidence, problem)
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
    bent = _curvature(moved, found)
    proved = Claim(upper(exact(square).sqrt()) if square else 0.0, max(0.0, lower(exact(bent))))
    facts = _facts(network, least, square)
    return accept_if_weaker(context, TITLE, 5, claim, proved, facts, (EXACT_MATRICES,))  # Check 5


def _check_path(evidence: Evidence, problem: Network) -> None:
    places, terms = evidence.places, evidence.terms
    movable = {k: layer.weight.size for k, layer in enumerate(problem.layers, 1) if layer.trained}
    fits = len(places) == len(terms) == len(set(places)) > 0
    fits = fits and all(len(each) == 2 and 1 <= each[1] <= _MOST_POWER for each in places)
    fits = fits and all(len(term) == movable.get(k, -1) for (k, _), term in zip(places, terms, strict=True))
    if not fits or not all(np.isfinite(term).all() for term in terms):
        raise Refusal.rejected(
            2,
            "the path does not fit the network",
            required=f"finite terms, of the shape of a trained layer ({sorted(movable)}), powers 1 to {_MOST_POWER}",
            seen=f"{len(places)} places, {len(terms)} terms",
        )


def _moved(evidence: Evidence, problem: Network) -> list[Path]:
    """The path of each layer."""
    moved: list[dict[int, DyadicMatrix]] = [{} for _ in problem.layers]
    for (k, power), term in zip(evidence.places, evidence.terms, strict=True):
        moved[k - 1][power] = DyadicMatrix.of(np.reshape(np.array(term), problem.layers[k - 1].weight.shape))
    return list(moved)


def _curvature(moved: list[Path], found: dict[int, Fraction]) -> Fraction:
    """−D·∇²f(W)D/‖D‖² along a straight path; 0 along any other."""
    if any(power != 1 for path in moved for power in path):
        return Fraction(0)
    square = sum((matrix.square_norm() for path in moved for matrix in path.values()), Fraction(0))
    return -2 * found.get(2, Fraction(0)) / square  # a path that moves nothing has no lowest coefficient


def _facts(network: LinearNetwork, least: tuple[int, Fraction], square: Fraction) -> tuple[Fact, ...]:
    order, coefficient = least
    return (
        fact("f(W)", "loss at the given weights", exact(network.loss)),
        fact("‖∇f(W)‖²", "square of the gradient's norm", exact(square)),
        Fact("q", "the loss falls like this power of t", *2 * (float(order),)),
        fact("c", "coefficient of that power", exact(coefficient)),
    )


KIND = Kind(Claim, Evidence, Network, TITLE, decide)
