"""Rule *a better point*: when a `spurious-minimum` claim is accepted.

Statement
---------
Let f be the problem's objective over its trained parameters, w_0 the given ones, 𝒩 the span of the directions ``flat``,
along which f is constant. In w_0 + 𝒩⊥ f has exactly one critical point ŵ within ``radius`` of w_0, a strict local
minimum, ‖ŵ − w_0‖ ≤ ``distance`` and ``value_lower`` ≤ f(ŵ) ≤ ``value_upper``. There are trained parameters w' with
f(ŵ) − f(w') ≥ ``gap`` > 0: ŵ is no global minimum.

Evidence
--------
R, r ≤ R, two spectral shifts, perhaps a correction w_lo, and w'.

Checks
------
1 to 7. Those of :mod:`certificates.checks.minimum`: they prove ŵ, D ≥ ‖ŵ − w_0‖ and M on B(w_0, r).
8. w' has as many numbers as there are trained parameters, all finite; to enclose f(w') fits the budget.
9. f(w') < f(w_0) − ½MD².
10. Every field of the claim is weaker than or equal to what is proved, with f(w_0) − ½MD² − f(w') for ``gap``.

Why they suffice
----------------
f(w_0) − ½MD² ≤ f(ŵ) ≤ f(w_0) by checks 1 to 7, and f(w') is enclosed at exactly these numbers, with the layers that
are frozen, the samples and the labels of the problem. f is a sum of terms that are not negative, so f(ŵ) ≥ ``gap``:
a spurious minimum is none at which everything is fitted.

Not checked
-----------
That w' is near a minimum, or that no weights are better still.
"""

from __future__ import annotations

import numpy as np
from flint import arb

from certificates.arithmetic.arb import lower, upper
from certificates.checks.acceptance import accept_if_weaker, fact
from certificates.checks.kind import Kind
from certificates.checks.minimum import prove_minimum
from certificates.checks.objective import SMOOTH
from certificates.checks.objective_workload import objective_workload
from certificates.checks.outcome import Context, Refusal
from certificates.claims.spurious_minimum import Claim, Evidence
from certificates.enclosures.objectives.hessian import objective_value
from certificates.enclosures.objectives.parameters import with_parameters
from certificates.enclosures.objectives.point import evaluate
from certificates.subjects import Network
from certificates.verdict import Accepted

__all__ = ["KIND"]

TITLE = "a better point"


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
    least = minimum.value - minimum.smoothness * minimum.distance**2 / 2
    better = _witnessed(evidence, problem, context)  # Check 8
    _require_better(better, least)  # Check 9
    proved = Claim(
        gap=lower(least - better),
        radius=evidence.radius,
        distance=upper(minimum.distance),
        value_lower=lower(least),
        value_upper=upper(minimum.value),
        flat=claim.flat,
    )
    facts = (*minimum.facts, fact("f(w′)", "objective at the better weights", better))
    return accept_if_weaker(context, TITLE, 10, claim, proved, facts)  # Check 10


def _witnessed(evidence: Evidence, problem: Network, context: Context) -> arb:
    """Check 8: f(w')."""
    numbers = np.array([number for piece in evidence.witness for number in piece], dtype=np.float64)
    count = problem.trained_parameter_count
    if len(numbers) != count or not np.isfinite(numbers).all():
        raise Refusal.rejected(
            8,
            "the better weights are none of this network",
            required=f"{count} finite numbers",
            seen=f"{len(numbers)} numbers, {np.count_nonzero(np.isfinite(numbers))} of them finite",
        )
    context.require_workload(8, objective_workload(problem, hessians=0, spectra=0))
    return objective_value(evaluate(with_parameters(problem, numbers)))


def _require_better(better: arb, least: arb) -> None:
    """Check 9: not only f(w') < f(ŵ), but by a number that binary64 holds."""
    if not lower(least - better) > 0:
        raise Refusal.undecided(
            9,
            "the other weights are not proven to be better",
            required=f"f(w′) < f(w₀) − ½MD², at least {lower(least):.12g}",
            seen=f"f(w′) ≤ {upper(better):.12g}",
            advice="other weights in the evidence; where none are better, ask for strict-minimum",
        )


KIND = Kind(
    Claim,
    Evidence,
    Network,
    TITLE,
    decide,
    covers=SMOOTH,
    arithmetics=("fast",),
)
