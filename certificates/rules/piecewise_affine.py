"""Rule *affine pieces*: when a `piecewise-affine` claim is accepted.

Statement
---------
φ is continuous and affine between at most e points: property P3(b) of Zhong et al.

Evidence
--------
None; the formulas are compared as they are.

Checks
------
1. φ is continuous at its breakpoints, exactly, and analytic on every piece.
2. The exact normal form of every piece is az + b.
3. e is at least the number of breakpoints.

Why they suffice
----------------
By definition.

Not checked
-----------
Whether fewer points would do: a breakpoint counts although nothing changes there.
"""

from __future__ import annotations

from dataclasses import replace

from certificates.checks.acceptance import accept_if_weaker
from certificates.checks.continuity import require_defined
from certificates.checks.kind import Kind
from certificates.checks.outcome import Context, Refusal
from certificates.claims.piecewise_affine import Claim, Evidence
from certificates.enclosures.infinity.identities import affine_pieces
from certificates.subjects import ActivationProblem
from certificates.verdict import Accepted

__all__ = ["KIND"]

TITLE = "affine pieces"


def decide(claim: Claim, evidence: Evidence, problem: ActivationProblem, context: Context) -> Accepted:
    """Apply checks 1 to 3 in order; see :mod:`certificates.rules.gaussian_moment` for the arguments."""
    del evidence
    require_defined(1, problem.activation)  # Check 1
    breakpoints = affine_pieces(problem.activation)
    if breakpoints is None:  # Check 2
        raise Refusal.undecided(2, "not every piece is shown to be affine", required="pieces az + b")
    return accept_if_weaker(context, TITLE, 3, claim, replace(claim, kinks=len(breakpoints)), ())  # Check 3


KIND = Kind(Claim, Evidence, ActivationProblem, TITLE, decide)
