"""Rule *dual of the best approximation*: when a `deep-linear-gap` claim is accepted.

Statement
---------
Let f(W_1, …, W_H) = s‖W_H⋯W_1X − Y‖² be the loss of the given network, of its widths d_0, …, d_H. At the given weights
f(W) − f(W') ≤ ``gap`` for all W' of the same widths, also where W' differs from W in layers that are frozen.

Evidence
--------
A number τ and a symmetric matrix Z.

Checks
------
1. Every activation is the identity, no layer has a bias, and the objective is a plain sum of squares.
2. Z has d_H rows of 1, 2, …, d_H entries, all finite, as τ is.
3. The work fits the budget.
4. Z ⪰ 0, and (S Cᵀ; C Z + τI) ⪰ 0 with S = XXᵀ, C = YXᵀ.
5. The claim is weaker than or equal to what the evidence proves.

Why they suffice
----------------
Theorem 5.1.2, proved in :mod:`certificates.theorems.deep_linear`: ‖Y − RX‖² ≥ ‖Y‖² − rτ − tr Z for every R of rank at
most r = min(d_0, …, d_H), and products of W' are such R. Everything is a computation with exact rationals; the second
matrix of check 4 stands for Z ⪰ Σ − τI without a pseudo-inverse, whatever the rank of X.

Not checked
-----------
That the gap is the smallest one, or that W is near a minimum or a critical point.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from flint import arb

from certificates.arithmetic.arb import exact, upper
from certificates.arithmetic.dyadic_matrix import DyadicMatrix
from certificates.checks.acceptance import accept_if_weaker, fact
from certificates.checks.deep_linear import EXACT_MATRICES, linear_network, linear_workload, require_linear
from certificates.checks.kind import Kind
from certificates.checks.outcome import Context, Refusal
from certificates.claims.deep_linear_gap import Claim, Evidence
from certificates.subjects import Network
from certificates.theorems.deep_linear import LinearNetwork, excess_bound
from certificates.verdict import Accepted, Fact

__all__ = ["KIND"]

TITLE = "dual of the best approximation"


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
    outputs = problem.widths[-1]
    triangle = _triangle(evidence, outputs)  # Check 2
    context.require_workload(3, linear_workload(problem, (outputs, problem.widths[0] + outputs)))  # Check 3
    network = linear_network(problem)
    gap = excess_bound(network, evidence.threshold, DyadicMatrix.of(triangle))
    if gap is None:  # Check 4
        raise Refusal.rejected(
            4,
            "the dual point is not feasible",
            required="Z ⪰ 0 and (S Cᵀ; C Z + τI) ⪰ 0, S = XXᵀ, C = YXᵀ",
            seen="a negative eigenvalue",
            advice="a Z with a larger multiple of the identity added",
        )
    return accept_if_weaker(
        context, TITLE, 5, claim, Claim(_above(gap)), _facts(network, gap), (EXACT_MATRICES,)
    )  # Check 5


def _triangle(evidence: Evidence, size: int) -> np.ndarray:
    """Check 2: Z."""
    rows = [len(row) for row in evidence.dual]
    numbers = [evidence.threshold, *(entry for row in evidence.dual for entry in row)]
    if rows != list(range(1, size + 1)) or not np.isfinite(numbers).all():
        raise Refusal.rejected(
            2,
            "the dual point does not fit the outputs",
            required=f"rows of 1 to {size} finite numbers, and a finite τ",
            seen=f"{len(rows)} rows, {len(numbers) - 1} numbers",
        )
    lower = np.zeros((size, size))
    lower[np.tril_indices(size)] = numbers[1:]
    symmetric: np.ndarray = np.where(np.tri(size, dtype=bool), lower, lower.T)
    return symmetric


def _above(number: Fraction) -> float:
    """The least double that is not below it."""
    return upper(exact(number))


def _facts(network: LinearNetwork, gap: Fraction) -> tuple[Fact, ...]:
    loss: arb = exact(network.loss)
    return (
        Fact("r", "the least width", *2 * (float(network.bottleneck),)),
        fact("f(W)", "loss at the given weights", loss),
        fact("f(W) − γ", "no weights have a smaller loss", exact(network.loss - gap)),
    )


KIND = Kind(Claim, Evidence, Network, TITLE, decide)
