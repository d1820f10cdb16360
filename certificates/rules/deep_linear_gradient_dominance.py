"""Rule *spectra of the layers*: when a `deep-linear-gradient-dominance` claim is accepted.

Statement
---------
Let f(W_1, …, W_H) = s‖W_H⋯W_1X − Y‖² be the loss of the given network. At the given weights
‖∇f(W)‖² ≥ 2·``constant``·(f(W) − min f): the gradient is that of the trained layers, the minimum is over all weights of
all layers, of these widths.

Evidence
--------
Bounds of eigenvalues, and for a narrow hidden layer a matrix Q.

Checks
------
1. Every activation is the identity, no layer has a bias, and the objective is a plain sum of squares.
2. The case fits: for ``end`` the narrowest layer is the inputs or the outputs; for ``interior`` a hidden layer is as
   narrow as any, and the first and the last layer are trained. The numbers fit it: as many as there should be, finite,
   not negative.
3. The work fits the budget.
4. Every bound holds, exactly. For ``interior`` also: R = W_H⋯W_1 has the rank r of its narrowest layer, and ς > 0.
5. The constant that they give is positive.
6. The claim is weaker than or equal to what the evidence proves.

Why they suffice
----------------
Theorem 5.1.3 for ``end``, theorem 5.1.4 for ``interior`` (:mod:`certificates.theorems.deep_linear_dominance`): each
bound says that a matrix of integers times a power of two is positive semidefinite, and lemma 5.0.1 decides. Of frozen
layers nothing is counted.

Not checked
-----------
Anything about other weights; that the constant is the best one.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from certificates.arithmetic.arb import exact, lower
from certificates.arithmetic.dyadic_matrix import DyadicMatrix
from certificates.checks.acceptance import accept_if_weaker, fact, fact_above
from certificates.checks.deep_linear import EXACT_MATRICES, linear_network, linear_workload, require_linear
from certificates.checks.kind import Kind
from certificates.checks.outcome import Context, Refusal
from certificates.claims.deep_linear_gradient_dominance import Claim, Evidence
from certificates.subjects import Network
from certificates.theorems.deep_linear import LinearNetwork
from certificates.theorems.deep_linear_dominance import Interior, end_constant, interior_constant
from certificates.verdict import Accepted, Fact

__all__ = ["KIND"]

TITLE = "spectra of the layers"


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
    trained = tuple(k for k, layer in enumerate(problem.layers, 1) if layer.trained)
    _check_case(evidence, problem, trained)  # Check 2
    _check_numbers(evidence, problem)
    inputs, outputs = problem.widths[0], problem.widths[-1]
    context.require_workload(3, linear_workload(problem, (inputs, inputs + outputs, max(problem.widths))))  # Check 3
    network = linear_network(problem)
    constant = _constant(network, evidence, trained)  # Check 4
    if not lower(exact(constant)) > 0:  # Check 5
        raise Refusal.undecided(
            5,
            "the bounds give no constant",
            required="ς > 0 and positive bounds above and below in some trained layer",
            seen="0",
            advice="another case; where a layer has lost rank there is none",
        )
    square = network.gradient_square(trained)
    proved = Claim(lower(exact(constant)))
    return accept_if_weaker(
        context, TITLE, 6, claim, proved, _facts(network, square, constant), (EXACT_MATRICES,)
    )  # Check 6


def _check_case(evidence: Evidence, problem: Network, trained: tuple[int, ...]) -> None:
    widths = problem.widths
    ends, hidden = min(widths[0], widths[-1]), min(widths[1:-1])
    if evidence.case == "end" and hidden < ends:
        raise Refusal.rejected(
            2, "a hidden layer is narrower than both ends", seen=f"widths {widths}", advice="interior"
        )
    if evidence.case == "interior" and (hidden > ends or not {1, len(problem.layers)} <= set(trained)):
        raise Refusal.rejected(
            2,
            "the case interior does not fit",
            required="a hidden layer as narrow as any, the first and the last layer trained",
            seen=f"widths {widths}, trained layers {trained}",
        )


def _check_numbers(evidence: Evidence, problem: Network) -> None:
    inputs, outputs, interior = problem.widths[0], problem.widths[-1], evidence.case == "interior"
    bounds = (evidence.inputs, *evidence.above, *evidence.below)
    bounds += (evidence.inside, evidence.outside, evidence.norm, evidence.lift)
    solution = [entry for row in evidence.solution for entry in row]
    counts = [len(evidence.above), len(evidence.below), *map(len, evidence.solution)]
    expected = [1, 1, *[outputs] * inputs] if interior else 2 * [len(problem.layers)]
    if counts != expected or not np.isfinite([*bounds, *solution]).all() or min(bounds) < 0:
        raise Refusal.rejected(
            2,
            "the evidence does not fit the network",
            required="a bound above and one below for each layer"
            if not interior
            else f"one bound above and one below, {inputs} rows of {outputs} numbers",
            seen=f"{counts[0]} above, {counts[1]} below, {len(counts) - 2} rows",
        )


def _constant(network: LinearNetwork, evidence: Evidence, trained: tuple[int, ...]) -> Fraction:
    """Check 4: μ."""
    if evidence.case == "end":
        found = end_constant(network, evidence.inputs, evidence.above, evidence.below, trained)
    elif network.product.rank() != network.bottleneck:
        found = f"rank R = {network.bottleneck}"
    elif not evidence.inputs > 0:
        found = "ς > 0"
    else:
        found = interior_constant(network, _interior(evidence))
    if isinstance(found, str):
        raise Refusal.rejected(
            4, "a bound does not hold", required=found, seen="it is false", advice="bounds with more room for rounding"
        )
    return found


def _interior(evidence: Evidence) -> Interior:
    return Interior(
        evidence.inputs,
        evidence.above[0],
        evidence.below[0],
        evidence.inside,
        evidence.outside,
        evidence.norm,
        evidence.lift,
        DyadicMatrix.of(np.array(evidence.solution)),
    )


def _facts(network: LinearNetwork, square: Fraction, constant: Fraction) -> tuple[Fact, ...]:
    return (
        fact("f(W)", "loss at the given weights", exact(network.loss)),
        fact("‖∇f(W)‖²", "square of the gradient's norm", exact(square)),
        fact_above("f(W) − min f", "gap to the global minimum", exact(square / (2 * constant))),
    )


KIND = Kind(Claim, Evidence, Network, TITLE, decide)
