"""Rule *negative curvature on a ball*: when a `no-local-minimum` claim is accepted.

Statement
---------
Let f be the objective of the given network as a function of its trained parameters, w_0 the given ones. Some u ≠ 0 has
uᵀ∇²f(w)u ≤ −``curvature``·‖u‖² for every w with ‖w − w_0‖ ≤ ``radius``; no such w is a local minimum of f.
‖∇f(w_0)‖ ≤ ``gradient_norm``.

Evidence
--------
u, a radius R, and whether h is the lesser of h₁ and h₂ or h₁ alone.

Checks
------
1. The labels are given.
2. u has a finite entry for every trained parameter; R is finite.
3. The work fits the budget.
4. Every φ'' is Lipschitz on what the units reach in the ball, and uᵀ∇²f(w_0)u + h(R)‖u‖² < 0, h(R) a bound of how far
   the form of a unit vector rises along u.
5. The claim is weaker than or equal to what the evidence proves.

Why they suffice
----------------
uᵀ∇²f(w_0)u is enclosed as the second derivative of t ↦ f(w_0 + tu) at 0, from two more forward passes. By theorem 6.1
‖∇²f(w) − ∇²f(w_0)‖ ≤ h(R) on the ball, so uᵀ∇²f(w)u ≤ uᵀ∇²f(w_0)u + h(R)‖u‖² there (theorem 4.3.3); of a squared
loss the form may rise by less, as its Gram part turns by 2‖J_0u‖βR + β²R² only (the same theorem). At a local minimum
of a twice differentiable function the Hessian is positive semidefinite.

Not checked
-----------
That the curvature is the most negative one, that a critical point is near, or that gradient descent leaves the ball.
"""

from __future__ import annotations

import numpy as np

from certificates.arithmetic.arb import lower, upper
from certificates.checks.acceptance import accept_if_weaker, fact, fact_above
from certificates.checks.kind import Kind
from certificates.checks.minimum import gradient_norm, turning_on
from certificates.checks.objective import SMOOTH
from certificates.checks.objective_workload import objective_workload
from certificates.checks.outcome import Context, Refusal
from certificates.checks.smooth_objective import require_given
from certificates.checks.turned import turned_along
from certificates.claims.no_local_minimum import Claim, Evidence
from certificates.enclosures.objectives.along import curvature_along, squared_length
from certificates.enclosures.objectives.hessian import objective_value
from certificates.enclosures.objectives.point import evaluate
from certificates.subjects import Network
from certificates.verdict import Accepted

__all__ = ["KIND"]

TITLE = "negative curvature on a ball"


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
    require_given(1, problem)  # Check 1
    direction = _direction(evidence, problem)  # Check 2
    _require_workload(evidence, problem, context)  # Check 3
    point = evaluate(problem)
    bent = curvature_along(point, direction)
    turning, size = turning_on(problem, evidence.radius, sums=evidence.turning == "sums"), squared_length(direction)
    turned, what = turned_along(problem, turning, direction)
    curvature = -bent / size - turned
    facts = (
        fact("f(w₀)", "objective at the given weights", objective_value(point)),
        fact_above("‖∇f(w₀)‖", "norm of the gradient", gradient_norm(problem)),
        fact("u·∇²f(w₀)u/‖u‖²", "curvature along u at the given weights", bent / size),
        fact_above("h(R)", f"{what}, on the ball", turned),
    )
    if not lower(curvature) > 0:  # Check 4
        raise Refusal.undecided(
            4,
            "the direction is not proven to have negative curvature on the ball",
            required="u·∇²f(w₀)u/‖u‖² + h(R) < 0",
            seen=f"{upper(bent / size):.6g} + {upper(turned):.6g}",
            advice="another direction or a smaller radius; at a minimum there is none",
            facts=facts,
        )
    proved = Claim(evidence.radius, lower(curvature), facts[1].upper)
    return accept_if_weaker(context, TITLE, 5, claim, proved, facts)  # Check 5


def _require_workload(evidence: Evidence, problem: Network, context: Context) -> None:
    """Two gradients and a few forward passes; three sums of Gram matrices and their norms if they are wanted."""
    grams = 3 if evidence.turning == "sums" else 0
    products = int(evidence.turning == "sums")
    work = objective_workload(problem, hessians=0, grams=grams, turnings=1, products=products, spectra=0)
    context.require_workload(3, work)


def _direction(evidence: Evidence, problem: Network) -> np.ndarray:
    """Check 2."""
    direction, expected = np.array(evidence.direction), problem.trained_parameter_count
    if direction.shape != (expected,) or not np.isfinite([*evidence.direction, evidence.radius]).all():
        raise Refusal.rejected(
            2,
            "the direction does not fit the network",
            required=f"{expected} finite entries, and a finite radius",
            seen=f"{len(direction)} entries",
        )
    return direction


KIND = Kind(Claim, Evidence, Network, TITLE, decide, covers=SMOOTH, arithmetics=("fast",))
