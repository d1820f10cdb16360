"""Rule *Newton–Kantorovich with inertia*: when a `critical-point` claim is accepted.

Statement
---------
Let f(w) = Σ_i ω_i ℓ_i(F_i(w)) + ½ Σ_t λ_t‖w_t − c_t‖² be the problem's objective over its trained parameters, w_0 the
given ones, 𝒩 the span of the directions ``flat``, along which f is constant. In w_0 + 𝒩⊥ f has exactly one critical
point ŵ within ``radius`` of w_0, and ‖ŵ − w_0‖ ≤ ``distance``. ∇²f(ŵ) has exactly ``index`` negative eigenvalues, and
on 𝒩⊥ none in (−``nondegeneracy``, ``nondegeneracy``); the least is at most −``negative_curvature`` if that is not 0.
``value_lower`` ≤ f(ŵ) ≤ ``value_upper``.

Evidence
--------
A small radius r, a large one R, and a shift below the least positive eigenvalue of ∇²f(w_0).

Checks
------
1. There are at most 10⁴ trained parameters; labels are given, or planted by a teacher and then exact.
2. The flat directions that the claim lists are those of the problem.
3. The evidence is in range: 0 < r ≤ R, a positive shift, all finite.
4. The work fits the budget.
5. H = ∇²f(w_0) has exactly ``index`` negative eigenvalues, and on 𝒩⊥ none in (−μ, μ), μ > 0.
6. h(R) < μ, h a bound of the change of the Hessian on a ball about w_0.
7. h(r) < μ and ‖∇f(w_0)‖ ≤ (μ − h(r)) r.
8. Every field of the claim is weaker than or equal to what the evidence proves.

Why they suffice
----------------
On 𝒩 H is 0 and H + σΠ is σ, on 𝒩⊥ they are the same (lemma 6.0). By lemma 4.0.3 ``index`` approximate eigenvectors
span a space on which the form of H + σΠ is at most −c, and lifted there it is at least b > 0: 5, μ = min(b, c).
:mod:`certificates.theorems.critical_points` on w_0 + 𝒩⊥ gives ŵ within r by 7, no other critical point within R by 6,
and the value. Eigenvalues of ∇²f(ŵ) are within h(r) of those of H (Weyl).

Not checked
-----------
How a descent behaves near a saddle; anything beyond ``radius``.
"""

from __future__ import annotations

from math import isfinite

from flint import arb

from certificates.arithmetic.arb import exact, lower, upper
from certificates.arithmetic.inertia import Inertia, inertia
from certificates.checks.acceptance import accept_if_weaker, fact, fact_above, fact_below
from certificates.checks.kind import Kind
from certificates.checks.minimum import MOST_PARAMETERS, gradient_norm, turning_on
from certificates.checks.objective import SMOOTH
from certificates.checks.objective_workload import objective_workload
from certificates.checks.outcome import Context, Refusal
from certificates.checks.smooth_objective import require_flat, require_parameters
from certificates.claims.critical_point import Claim, Evidence
from certificates.enclosures.objectives.flat import flat_directions, raised
from certificates.enclosures.objectives.hessian import hessian, objective_value
from certificates.enclosures.objectives.point import Point, evaluate
from certificates.memory import remembered
from certificates.subjects import Network
from certificates.theorems.critical_points import critical_distance, value_margin
from certificates.verdict import Accepted, Fact

__all__ = ["KIND"]

TITLE = "Newton–Kantorovich with inertia"


def decide(claim: Claim, evidence: Evidence, problem: Network, context: Context) -> Accepted:
    """Apply checks 1 to 8 in order.

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
    require_parameters(1, problem, MOST_PARAMETERS)  # Check 1
    require_flat(2, claim.flat, problem)  # Check 2
    _check_range(evidence)  # Check 3
    context.require_workload(4, objective_workload(problem, grams=4, turnings=2, products=2, spectra=6))  # Check 4
    point = evaluate(problem)
    gap, lowest = _check_inertia(point, claim, evidence)  # Check 5
    outer = turning_on(problem, evidence.radius).h
    if not outer < gap:  # Check 6
        raise Refusal.undecided(
            6,
            "the Hessian may become singular on the ball",
            required=f"h(R) < μ = {lower(gap):.4g}, with R = {evidence.radius:.4g}",
            seen=f"h(R) ≤ {upper(outer):.4g}",
            advice="a smaller radius",
        )
    return _prove(claim, evidence, context, point, gap, lowest, outer)


def _prove(
    claim: Claim, evidence: Evidence, context: Context, point: Point, gap: arb, lowest: arb | None, outer: arb
) -> Accepted:
    """Checks 7 and 8."""
    radius, slope = exact(evidence.inner_radius), gradient_norm(point.network)
    inner = turning_on(point.network, evidence.inner_radius).h
    distance = critical_distance(gap, inner, slope, radius)
    if distance is None:  # Check 7
        raise Refusal.undecided(
            7,
            "the gradient is too large for a critical point nearby",
            required=f"‖∇f‖ ≤ (μ − h(r)) r and h(r) < μ, with r = {evidence.inner_radius:.4g}",
            seen=f"‖∇f‖ ≤ {upper(slope):.4g}, μ ≥ {lower(gap):.4g}, h(r) ≤ {upper(inner):.4g}",
            advice="polish the weights (`verify certify PROBLEM --kind critical-point --polish`)",
        )
    value, margin = objective_value(point), value_margin(slope, inner, distance)
    escape = exact(0) if lowest is None else -(lowest + inner)
    proved = Claim(
        index=claim.index,
        radius=evidence.radius,
        distance=upper(distance),
        nondegeneracy=lower(gap - inner),
        negative_curvature=max(0.0, lower(escape)),
        value_lower=lower(value - margin),
        value_upper=upper(value + margin),
        flat=claim.flat,
    )
    return accept_if_weaker(context, TITLE, 8, claim, proved, _facts(point, value, slope, gap, outer, inner))  # Check 8


def _facts(point: Point, value: arb, slope: arb, gap: arb, outer: arb, inner: arb) -> tuple[Fact, ...]:
    return (
        Fact("p", "trained parameters", *2 * (float(point.parameter_count),)),
        fact("f(w₀)", "objective at the weights", value),
        fact_above("‖∇f(w₀)‖", "norm of the gradient", slope),
        fact_below("μ", "least absolute value of an eigenvalue of the Hessian, off the flat directions", gap),
        fact_above("h(R)", "change of the Hessian on the ball of uniqueness", outer),
        fact_above("h(r)", "change of the Hessian on the inner ball", inner),
    )


def _check_range(evidence: Evidence) -> None:
    """Check 3."""
    numbers = (evidence.inner_radius, evidence.radius, evidence.shift)
    if not (all(map(isfinite, numbers)) and 0 < evidence.inner_radius <= evidence.radius and evidence.shift > 0):
        raise Refusal.rejected(
            3,
            "the evidence is out of range",
            required="finite numbers, 0 < r ≤ R, a positive shift",
            seen=f"r = {evidence.inner_radius:g}, R = {evidence.radius:g}, shift {evidence.shift:g}",
        )


def _check_inertia(point: Point, claim: Claim, evidence: Evidence) -> tuple[arb, arb | None]:
    """μ, and a bound of the least eigenvalue where the index is positive."""
    found = _inertia(point.network, claim.index, evidence.shift)
    if found.gap is not None:
        return found.gap, found.lowest
    below = "" if found.below is None else f"λ_{claim.index} ≤ {upper(-found.below):.4g}, "
    above = "no factorisation" if found.above is None else f"λ_{claim.index + 1} ≥ {lower(found.above):.4g}"
    raise Refusal.undecided(  # Check 5
        5,
        f"the Hessian is not proven to have exactly {claim.index} negative eigenvalues and no zero",
        required="a negative eigenvalue of each counted, the next one above the shift, off the flat directions",
        seen=f"{below}{above}, with the shift {evidence.shift:.4g}",
        advice="another index or a smaller shift; a singular Hessian has no critical point that is alone",
    )


@remembered(2)
def _inertia(problem: Network, index: int, shift: float) -> Inertia:
    """Of ∇²f(w_0) + σΠ; the last ones are remembered: a search has several claims about one network judged."""
    return inertia(raised(hessian(evaluate(problem)), problem, flat_directions(problem), 2 * shift), index, shift)


KIND = Kind(Claim, Evidence, Network, TITLE, decide, covers=SMOOTH, arithmetics=("fast",))
