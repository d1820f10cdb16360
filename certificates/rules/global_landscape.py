"""Rule *no spurious minima*: when a `global-landscape` claim is accepted.

Statement
---------
Let f(W) = s‖q(W) − y‖² be the loss of the given quadratic network as a function of its first layer W. For all labels y:
every W with ∇f(W) = 0 and ∇²f(W) ⪰ 0 is a global minimiser of f. With κ = ``gram_eigenvalue``: K = ((x_iᵀx_j)²) ⪰ κI,
inf f = 0 for all y, and the infimum is attained.

Evidence
--------
A spectral shift.

Checks
------
1. The network is x ↦ Σ v_l (w_lᵀx)² with a trained first layer, a frozen second one, no biases and one output.
2. Sign counts: at least d positive and at least d negative outer weights; or all of one sign and at least d of them,
   and then κ is not claimed. d counts the inputs that are not 0 in all samples.
3. The work fits the budget.
4. λ_min(K) > 0 by the residual form, if κ is claimed.
5. The claim is weaker than or equal to what the evidence proves.

Why they suffice
----------------
Let |P| ≥ d, P the units with v_l > 0, and W be second-order stationary. Row l of ∇L = 0 reads Gw_l = 0. If W_P has
rank d then G = 0. Otherwise some u ≠ 0 on P has WᵀD_vu = 0, and D²L[ubᵀ, ubᵀ] = 2(uᵀD_vu)bᵀGb ≥ 0 for all b gives
G ⪰ 0. The same with the negative units gives G ⪯ 0. Mixed signs: G = 0, so M(W) minimises the convex ℓ over all
symmetric matrices. One sign (negative ones after (v, y) ↦ (−v, −y)): G ⪰ 0 and ⟨G, M(W)⟩ = ½⟨W, ∇L⟩ = 0, so
ℓ(M') ≥ ℓ(M) + ⟨G, M'⟩ ≥ ℓ(M) for all M' ⪰ 0, and every M(W') is one. K = 𝒜𝒜* ≻ 0 makes 𝒜 onto: some symmetric M has
𝒜(M) = y, and with d units of each sign M = WᵀD_vW for some W.
A critical point that is no global minimiser has, by the first statement, a direction of negative curvature.

Not checked
-----------
That gradient descent converges, or how long it takes to leave a saddle.
"""

from __future__ import annotations

from math import inf

import numpy as np

from certificates.arithmetic.arb import lower
from certificates.arithmetic.matrix import Matrix
from certificates.checks.acceptance import accept_if_weaker
from certificates.checks.kind import Kind
from certificates.checks.matrices import matrices
from certificates.checks.outcome import Context, Refusal
from certificates.checks.quadratic import quadratic_workload, require_quadratic
from certificates.claims.global_landscape import Claim, Evidence
from certificates.enclosures.quadratic.network import QuadraticNetwork, gram_of_products
from certificates.subjects import Network
from certificates.verdict import Accepted, Fact

__all__ = ["KIND"]

TITLE = "no spurious minima"


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
    _check_signs(network, claim)
    counts = tuple(
        Fact(symbol, meaning, float(count), float(count))
        for symbol, meaning, count in (
            ("|P|", "positive outer weights", network.positive),
            ("|N|", "negative outer weights", network.negative),
            ("d", "inputs", network.dimension),
        )
    )
    if claim.gram_eigenvalue is None:
        return context.accepted(TITLE, claim, Claim(), counts)
    context.require_workload(3, quadratic_workload(network, products=True))  # Check 3
    smallest = _smallest(gram_of_products(network, matrices(context)), network, evidence)
    facts = (*counts, Fact("λ_min(K)", "smallest eigenvalue of the Gram matrix of the x xᵀ", smallest, inf))
    return accept_if_weaker(context, TITLE, 5, claim, Claim(smallest), facts)  # Check 5


def _check_signs(network: QuadraticNetwork, claim: Claim) -> None:
    """Check 2."""
    d, positive, negative = network.dimension, network.positive, network.negative
    mixed = positive >= d and negative >= d
    one_sign = max(positive, negative) >= d and not (positive and negative)
    if not mixed and not one_sign:
        raise Refusal.undecided(
            2,
            "the signs of the outer weights do not exclude spurious minima",
            required=f"at least {d} of each sign, or at least {d} of one sign and none of the other",
            seen=f"{positive} positive, {negative} negative",
            advice="more hidden units",
        )
    if claim.gram_eigenvalue is not None and not mixed:
        raise Refusal.rejected(
            2,
            "outer weights of one sign cannot fit all labels",
            required=f"at least {d} outer weights of each sign for zero loss",
            seen=f"{positive} positive, {negative} negative",
            advice="do not claim gram_eigenvalue",
        )


def _smallest(gram: Matrix, network: QuadraticNetwork, evidence: Evidence) -> float:
    """Check 4."""
    found = gram.smallest_eigenvalue(evidence.gram_shift) if np.isfinite(evidence.gram_shift) else None
    if found is None or not lower(found) > 0:
        raise Refusal.undecided(
            4,
            "the Gram matrix of the x xᵀ is not proven positive definite",
            required="λ_min(K) > 0",
            seen="no factorisation" if found is None else f"λ_min(K) ≥ {lower(found):.6g}",
            advice=f"at most d(d + 1)/2 samples, no two of them parallel (n = {network.sample_count})",
        )
    return lower(found)


KIND = Kind(Claim, Evidence, Network, TITLE, decide)
