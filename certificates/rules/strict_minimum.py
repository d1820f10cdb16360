"""Rule *strongly convex ball*: when a `strict-minimum` claim is accepted.

Statement
---------
Let f(w) = Σ_i ω_i ℓ_i(F_i(w)) + ½ Σ_t λ_t‖w_t − c_t‖² be the problem's objective over its trained parameters, w_0
the given ones, 𝒩 the span of the directions ``flat``, along which f is constant. In w_0 + 𝒩⊥ f has exactly one
critical point ŵ within ``radius`` of w_0, a strict minimum; ‖ŵ − w_0‖ ≤ ``distance``, ``strong_convexity`` ⪯ ∇²f(ŵ)
⪯ ``smoothness`` on 𝒩⊥, and ``value_lower`` ≤ f(ŵ) ≤ ``value_upper``. Exact gradient descent from w_0 with any
constant step 0 < η ≤ ``step_size_max`` has ‖w_t − ŵ‖ ≤ (1 − ηm)ᵗ‖w_0 − ŵ‖, m = ``strong_convexity``. A loop in
binary64 does what ``float_loop`` says. w_0 lies within ``origin.distance`` of the weights it was polished from.

Evidence
--------
R, r ≤ R, two spectral shifts, perhaps a correction w_lo, and the loop to look at.

Checks
------
1 to 7. Those of :mod:`certificates.checks.minimum`: they prove ŵ, D ≥ ‖ŵ − w_0‖ and m, M on B(w_0, r).
8. Of a loop with step η, gradient error ε_g and flat drift d (0 where nothing is flat): 0 < η ≤ 2/(m + M), the
   numbers are not negative, nothing overflows, and 2D + ε/m ≤ r, with a = ε_g + uS + ν√p/η, S = M(r + D) + ε_g and ε
   = a + u(‖w_0‖ + r + d)/η.
9. Every field of the claim is weaker than or equal to what is proved.
10. If an origin is claimed: it differs in trained weights only, and lies within the stated distance.

Why they suffice
----------------
Descent: if 2D ≤ r and 0 < η ≤ 2/(m + M), then for w in B(w_0, r), ∇f(w) = H̄(w − ŵ) with m ⪯ H̄ ⪯ M, as the segment to ŵ
lies in the ball, and ‖w − η∇f(w) − ŵ‖ ≤ (1 − ηm)‖w − ŵ‖. Distances to ŵ decrease, so ‖w_t − w_0‖ ≤ 2‖ŵ − w_0‖ ≤ 2D ≤ r.
The claim's own m, where it is less, has the longer steps, and is such a bound, too.

The loop: fl(ηĝ) = ηĝ + e with ‖e‖ ≤ uη‖ĝ‖ + ν√p, and ‖ĝ‖ ≤ S, as ‖∇f(w)‖ ≤ M‖w − ŵ‖. So w − fl(ηĝ) is within ηa of
w − η∇f(w). If ‖w_t − ŵ‖ ≤ (1 − ηm)ᵗ‖w_0 − ŵ‖ + ε/m on 𝒩⊥, then w_t is within 2D + ε/m ≤ r of w_0 there, and w_t −
fl(ηĝ) obeys the bound for t + 1 with a for ε: its norm is at most ‖w_0‖ + r + d. Subtracting errs by u of that (sums
do not underflow), and w_{t+1} obeys the bound. On 𝒩 nothing pulls back: each step moves by at most ηε, so for t ≤
d/(ηε) by at most d. Every number of the claim may be weakened: ε_g is asked for on a ball of the claim's own
2·distance + drift, which contains the iterates. The checks on the complement: theory lemma 6.0.

Not checked
-----------
That ĝ of a given program errs by no more than ε_g; that other minima are worse; anything beyond ``radius``.
"""

from __future__ import annotations

import numpy as np
from flint import arb

from certificates.arithmetic.arb import exact, lower, root_above, upper
from certificates.arithmetic.rounding import UNDERFLOW, UNIT_ROUNDOFF
from certificates.checks.acceptance import accept_if_weaker
from certificates.checks.kind import Kind
from certificates.checks.minimum import Minimum, prove_minimum, strength_of_steps
from certificates.checks.objective import SMOOTH
from certificates.checks.origin import proved_origin
from certificates.checks.outcome import Context, Refusal
from certificates.claims.strict_minimum import Claim, Evidence, FloatLoop, FloatLoopEvidence
from certificates.language.parts import Origin
from certificates.subjects import Network
from certificates.verdict import Accepted

__all__ = ["KIND"]

TITLE = "strongly convex ball"

_LARGEST = 2.0**1000  # far from overflow, whatever is rounded


def decide(claim: Claim, evidence: Evidence, problem: Network, context: Context) -> Accepted:
    """Apply checks 1 to 10 in order.

    Guarantee
    ---------
    An :class:`Accepted` value is returned only if the statement above is true for ``problem`` with the fields of
    ``claim``, given the ledger.

    Raises
    ------
    Refusal
        A check that is certainly false (rejected) or not certainly true (undecided), with its number.
    EnclosureFailure
        No finite enclosure exists in binary64.
    """
    minimum = prove_minimum(claim.flat, evidence, problem, context)  # Checks 1 to 7
    loop = None if claim.float_loop is None else _loop(minimum, evidence.float_loop)  # Check 8
    origin = proved_origin(10, claim.origin, problem, context)  # Check 10
    m = strength_of_steps(claim.step_size_max, claim.strong_convexity, minimum.strength, minimum.smoothness)
    proved = _strongest_claim(minimum, m, evidence, loop, claim.flat, origin)
    return accept_if_weaker(context, TITLE, 9, claim, proved, minimum.facts)  # Check 9


def _strongest_claim(
    minimum: Minimum, m: arb, evidence: Evidence, loop: FloatLoop | None, flat: tuple[str, ...], origin: Origin | None
) -> Claim:
    """Round every quantity in its weak direction; m is at most that of the minimum."""
    big = minimum.smoothness
    stays = bool(2 * minimum.distance <= minimum.inner_radius)  # then all iterates lie in the inner ball
    return Claim(
        radius=evidence.radius,
        distance=upper(minimum.distance),
        strong_convexity=lower(m),
        smoothness=upper(big),
        value_lower=lower(minimum.value - big * minimum.distance**2 / 2),
        value_upper=upper(minimum.value),
        step_size_max=lower(2 / (m + big)) if stays else 0.0,
        flat=flat,
        float_loop=loop,
        origin=origin,
    )


def _loop(minimum: Minimum, evidence: FloatLoopEvidence | None) -> FloatLoop | None:
    """What is proved of the loop."""
    if evidence is None:
        return None
    numbers = (evidence.step_size, evidence.gradient_error, evidence.flat_drift)
    if not np.isfinite(numbers).all() or min(numbers) < 0 or evidence.step_size <= 0:
        raise Refusal.rejected(8, "the loop is out of range", required="η > 0, ε_g ≥ 0, d ≥ 0, finite")
    flat = bool(minimum.flat)
    step, drift = exact(evidence.step_size), exact(evidence.flat_drift if flat else 0.0)
    error, size = _error_of_a_step(minimum, evidence, step, drift)
    spread = error / minimum.strength
    _require_contraction(minimum, evidence, step, size, spread)
    return FloatLoop(
        step_size=evidence.step_size,
        gradient_error=evidence.gradient_error,
        drift=upper(spread),
        horizon=lower(drift / (step * error)) if flat else None,
        flat_drift=evidence.flat_drift if flat else None,
    )


def _require_contraction(minimum: Minimum, evidence: FloatLoopEvidence, step: arb, size: arb, spread: arb) -> None:
    """Check 8: steps draw nearer, nothing overflows, and errors stay in the ball."""
    both = minimum.strength + minimum.smoothness
    if not (step * both <= 2 and size < _LARGEST):
        raise Refusal.undecided(
            8,
            "the step of the loop is too long",
            required=f"η ≤ 2/(m + M) = {lower(2 / both):.4g}",
            seen=f"{evidence.step_size:.4g}",
        )
    if not 2 * minimum.distance + spread <= minimum.inner_radius:
        raise Refusal.undecided(
            8,
            "the loop's errors may lead out of the ball",
            required=f"2D + ε/m ≤ r = {upper(minimum.inner_radius):.4g}",
            seen=f"2D + ε/m ≤ {upper(2 * minimum.distance + spread):.4g}",
            advice="a smaller gradient_error, or a larger inner_radius",
        )


def _error_of_a_step(minimum: Minimum, evidence: FloatLoopEvidence, step: arb, drift: arb) -> tuple[arb, arb]:
    """ε, and a number that no number of the loop exceeds."""
    given, u, r = exact(evidence.gradient_error), exact(UNIT_ROUNDOFF), minimum.inner_radius
    largest = minimum.smoothness * (r + minimum.distance) + given  # S
    count = exact(minimum.point.parameter_count)
    before = given + u * largest + exact(UNDERFLOW) * count.sqrt() / step  # a
    size = _weights_norm(minimum) + r + drift
    return before + u * size / step, largest * (1 + step) + 2 * size + step * before


def _weights_norm(minimum: Minimum) -> arb:
    """‖w_0‖ over the trained parameters."""
    squares = exact(0)
    for layer in minimum.point.layers:
        if layer.trained:
            for tensor in (layer.weight, layer.bias):
                squares += exact(0) if tensor is None else tensor.frobenius_norm() ** 2
    return root_above(squares)


KIND = Kind(
    Claim,
    Evidence,
    Network,
    TITLE,
    decide,
    covers=SMOOTH,
    arithmetics=("fast",),
)
