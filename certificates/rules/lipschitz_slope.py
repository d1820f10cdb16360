"""Rule *Lipschitz constant of the slope*: when a `lipschitz-slope` claim is accepted.

Statement
---------
φ' is Lipschitz with constant L₂; or, stronger, φ'' exists everywhere and |φ''| ≤ L₂, as P3(a) of Zhong et al. is
printed.

Evidence
--------
Cells that tile [−R, R], perhaps a bound to assume beyond.

Checks
------
1. φ is continuous at its breakpoints, exactly.
2. Every breakpoint lies inside [−R, R]; the cells tile it, without gap or overlap, and are cut at the breakpoints.
3. φ' is continuous at the breakpoints, exactly; where φ'' is to exist everywhere, so is φ''.
4. On both tails |z| ≥ R φ'' is enclosed, from the expansion of the formula at infinity, or else |φ''| is assumed to be
   bounded, with the existence of φ'' there unless it is shown; nothing on either side contradicts what is assumed.
5. L₂ is at least the largest |φ''| of the cells and tails.

Why they suffice
----------------
By 1 and 3 φ' is the integral of φ'', which is bounded off the breakpoints by 4 and 5.

Not checked
-----------
Whether a paper's theorem needs more than the property.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from flint import arb

from certificates.arithmetic.arb import exact, rational_ends
from certificates.checks.acceptance import accept_if_weaker, fact_above
from certificates.checks.assumptions import AssumedBound
from certificates.checks.continuity import require_continuous
from certificates.checks.kind import Kind
from certificates.checks.outcome import Context, Refusal
from certificates.checks.tilings import require_radius, require_tiling, split_at_breakpoints, tail_or_assumption
from certificates.claims.lipschitz_slope import Claim, Evidence, Where
from certificates.enclosures.infinity.identities import is_curvature_continuous
from certificates.enclosures.intervals.smoothness import smoothness
from certificates.enclosures.intervals.tilings import range_on_cells
from certificates.expression import Activation
from certificates.subjects import ActivationProblem
from certificates.verdict import Accepted, Assumption

__all__ = ["KIND"]

TITLE = "Lipschitz constant of the slope"


def decide(claim: Claim, evidence: Evidence, problem: ActivationProblem, context: Context) -> Accepted:
    """Apply checks 1 to 5 in order; see :mod:`certificates.rules.gaussian_moment` for the arguments."""
    activation = problem.activation
    require_continuous(1, activation)  # Check 1
    require_radius(activation, evidence.radius)  # Check 2
    require_tiling(evidence.cells, -evidence.radius, evidence.radius, "the cells")
    _require_smooth(activation, claim.curvature)  # Check 3
    low, high = range_on_cells(activation, 2, split_at_breakpoints(activation, evidence.cells))
    largest, assumptions = abs(low).max(abs(high)), []
    for side in (-1, 1):
        beyond, assumed = _tail_bound(evidence, activation, side)  # Check 4
        largest = largest.max(beyond)
        assumptions += assumed
    proved = replace(claim, curvature_bound=rational_ends(largest)[1])
    facts = (fact_above("L₂", "sup |φ''|", largest),)
    return accept_if_weaker(context, TITLE, 5, claim, proved, facts, tuple(assumptions[:1]))  # Check 5


def _require_smooth(activation: Activation, curvature: Where) -> None:
    """Check 3."""
    found = smoothness(activation)
    if not found.is_certainly_c11:
        refuse = Refusal.rejected if found.is_certainly_not_c11 else Refusal.undecided
        raise refuse(3, "φ' is not shown to be continuous", required="φ' continuous", seen=found.reason)
    if curvature == "everywhere" and not is_curvature_continuous(activation):
        raise Refusal.undecided(3, "φ'' is not shown to exist at every breakpoint", required="equal one-sided φ''")


def _tail_bound(evidence: Evidence, activation: Activation, side: int) -> tuple[arb, list[Assumption]]:
    """Check 4: sup |φ''| on one side."""
    given = evidence.tail or Fraction(0)
    bound = AssumedBound(2, given, Fraction(0), 0, evidence.radius)
    found, assumed = tail_or_assumption(4, activation, side, bound, is_given=evidence.tail is not None)
    return (exact(given) if found is None else abs(found.range())), assumed


KIND = Kind(Claim, Evidence, ActivationProblem, TITLE, decide)
