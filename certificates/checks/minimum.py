"""Checks 1 to 7 of every rule about a strict local minimum near the given weights (theory 6.4 and 4.2).

1. There are at most 10⁴ trained parameters; labels are given, or planted by a teacher and then exact.
2. The flat directions that the claim lists are those of the problem: along them f is constant (theory lemma 6.0).
3. The evidence is in range: 0 < r ≤ R, finite shifts, a correction of as many numbers as there are parameters.
4. The work fits the budget.
5. λ_0 ≤ λ_min and λ_max ≤ Λ_0 of ∇²f(w_0) on the complement of the flat directions, λ_0 > 0.
6. h(R) < λ_0, h a bound of how far the least eigenvalue falls on a ball about w_0: at most the change of the Hessian
   (theorem 6.1), of a squared loss perhaps less (theorem 4.2.2). Likewise h⁺ of how far the largest one rises.
7. m = λ_0 − h(r) > 0 and ‖∇f(c)‖ < m (r − ‖c − w_0‖), c = w_0 or w_0 + w_lo.

Why they suffice: on the complement of the flat directions ∇²f ⪰ λ_0 − h(R) > 0 on B(w_0, R) by 5 and 6, so f is
strictly convex there and has at most one critical point. On B(w_0, r) ∇²f ⪰ m; with G = ‖∇f(c)‖ and ϱ = r − ‖c −
w_0‖ the ball B(c, ϱ) lies in it, and on its sphere ⟨∇f(w), w − c⟩ ≥ ϱ(mϱ − G) > 0: the minimum of f on B(c, ϱ) is
inside, a critical point ŵ, and m‖ŵ − c‖ ≤ G. So ‖ŵ − w_0‖ ≤ ‖c − w_0‖ + G/m =: D, m ⪯ ∇²f(ŵ) ⪯ Λ_0 + h⁺(r) =: M, and
as ∇f(ŵ) = 0, f(w_0) − ½MD² ≤ f(ŵ) ≤ f(w_0). Along the flat directions f does not change, ŵ is w_0, and ∇f has no
part.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from flint import arb

from certificates.arithmetic.arb import exact, lower, root_above, upper
from certificates.checks.acceptance import fact, fact_above, fact_below
from certificates.checks.objective_workload import objective_workload
from certificates.checks.outcome import Context, Refusal
from certificates.checks.smooth_objective import require_flat, require_parameters
from certificates.checks.turned import Turned, turned
from certificates.enclosures.objectives.flat import raised
from certificates.enclosures.objectives.hessian import gradient, hessian, objective_value
from certificates.enclosures.objectives.point import Point, evaluate
from certificates.enclosures.objectives.precise_gradient import gradient_effort, precise_gradient_norm
from certificates.enclosures.objectives.reach import BreakpointReached
from certificates.enclosures.objectives.turning import Turning, turning
from certificates.language.minimum import Correction, MinimumEvidence
from certificates.memory import remembered
from certificates.subjects import FloatArray, Network
from certificates.theorems.strict_minima import StrictMinimum, strict_minimum
from certificates.verdict import Fact

__all__ = [
    "MOST_PARAMETERS",
    "Minimum",
    "bounded_spectrum",
    "gradient_norm",
    "prove_minimum",
    "strength_of_steps",
    "turning_on",
]

MOST_PARAMETERS = 10_000


@dataclass(frozen=True)
class Minimum:
    """What checks 1 to 7 prove.

    Parameters
    ----------
    point, flat
        The network at w_0, and the directions that are split off.
    inner_radius
        r.
    strength, smoothness
        m and M: m ⪯ ∇²f ⪯ M on B(w_0, r), on the complement.
    distance
        D ≥ ‖ŵ − w_0‖.
    value
        An enclosure of f(w_0).
    facts
        The numbers of the proof.
    """

    point: Point
    flat: tuple[str, ...]
    inner_radius: arb
    strength: arb
    smoothness: arb
    distance: arb
    value: arb
    facts: tuple[Fact, ...]


def prove_minimum(flat: tuple[str, ...], evidence: MinimumEvidence, problem: Network, context: Context) -> Minimum:
    """Apply checks 1 to 7 in order.

    Parameters
    ----------
    flat
        As claimed.
    evidence, problem, context
        As of the rule.

    Raises
    ------
    Refusal
        One of the checks, with its number.
    EnclosureFailure
        No finite enclosure exists in binary64.
    """
    require_parameters(1, problem, MOST_PARAMETERS)  # Check 1
    require_flat(2, flat, problem)  # Check 2
    _check_range(evidence, problem)  # Check 3
    _require_workload(evidence, problem, context)  # Check 4
    smallest, largest = _check_spectrum(problem, flat, evidence)  # Check 5
    outer = _check_convexity(problem, smallest, largest, evidence)  # Check 6
    inner = turned(problem, turning_on(problem, evidence.radius), evidence.inner_radius, smallest, largest)
    slope = gradient_norm(problem, evidence.correction)
    found = _check_nearness(problem, evidence, smallest, largest, inner, slope)  # Check 7
    point = evaluate(problem)
    value = objective_value(point)
    facts = (
        Fact("p", "trained parameters", *2 * (float(problem.trained_parameter_count),)),
        fact("f(w₀)", "objective at the weights", value),
        fact_above("‖∇f(c)‖", "norm of the gradient", slope),
        fact_below("λ_min", "smallest eigenvalue of the Hessian, off the flat directions", smallest),
        fact_above("λ_max", "largest eigenvalue of the Hessian, off the flat directions", largest),
        fact_above("h(R)", f"{outer.what}, on the ball of uniqueness", outer.fall),
        fact_above("h(r)", f"{inner.what}, on the inner ball", inner.fall),
        fact_below("m", "strong convexity on the inner ball", found.strong_convexity),
        fact_above("M", "smoothness on the inner ball", found.smoothness),
        fact_above("D", "distance to the minimum", found.distance),
    )
    constants = found.strong_convexity, found.smoothness, found.distance
    return Minimum(point, flat, exact(evidence.inner_radius), *constants, value, facts)


def _check_range(evidence: MinimumEvidence, problem: Network) -> None:
    """Check 3."""
    count = problem.trained_parameter_count
    numbers = [evidence.radius, evidence.inner_radius, evidence.shift_lower, evidence.shift_upper]
    given = [number for piece in evidence.correction or () for number in piece]
    fits = not given or len(given) == count
    if not (np.isfinite([*numbers, *given]).all() and 0 < evidence.inner_radius <= evidence.radius and fits):
        raise Refusal.rejected(
            3,
            "the evidence is out of range",
            required=f"finite numbers, 0 < r ≤ R, a correction of {count} numbers or of none",
            seen=f"r = {evidence.inner_radius:g}, R = {evidence.radius:g}, {len(given)} numbers",
        )


def _require_workload(evidence: MinimumEvidence, problem: Network, context: Context) -> None:
    precise = 0.0 if evidence.correction is None else gradient_effort(problem)
    context.require_workload(4, objective_workload(problem, grams=2, turnings=1, products=1, scalars=precise))


def strength_of_steps(step: float, claimed: float, strength: arb, smoothness: arb) -> arb:
    """The m with which a claim about steps of gradient descent is proved, given m ⪯ ∇²f ⪯ M.

    Parameters
    ----------
    step, claimed
        The largest step and the m' of the claim.
    strength, smoothness
        m and M.

    Guarantee
    ---------
    A lower bound of ∇²f like m: m' < m where a step beyond 2/(m + M) is claimed, else m. Steps up to 2/(m' + M) have
    the factor 1 − ηm' of the claim, and would not be among those of a larger m.

    Examples
    --------
    >>> [float(strength_of_steps(step, m, exact(1), exact(3))) for step, m in ((0.5, 0.5), (0.55, 0.5), (0.55, 1.5))]
    [1.0, 0.5, 1.0]
    """
    beyond = step > lower(2 / (strength + smoothness))
    return exact(claimed) if beyond and 0 < claimed < lower(strength) else strength


# ---- what a search asks for, too: numbers of a problem, remembered --------------------------------------------


@remembered(2)
def bounded_spectrum(
    problem: Network, flat: tuple[str, ...], shift_lower: float, shift_upper: float
) -> tuple[arb | None, arb | None]:
    """λ_0 and Λ_0 of ∇²f(w_0) off the flat directions, near the shifts; ``None`` where none is proved."""
    matrix = raised(hessian(evaluate(problem)), problem, flat, abs(shift_upper) / 2)
    return matrix.smallest_eigenvalue(shift_lower), matrix.largest_eigenvalue(shift_upper)


@remembered(4)
def turning_on(problem: Network, radius: float, *, sums: bool = True) -> Turning:
    """What bounds the change of the Hessian on a ball around the weights; without sums for the price of a gradient."""
    return turning(evaluate(problem), radius, sums=sums)


@remembered(4)
def gradient_norm(problem: Network, correction: Correction | None = None) -> arb:
    """‖∇f‖ from above: at w_0 in binary64 (``None``), or at w_0 + w_lo with 128 bits."""
    if correction is None:
        return gradient(evaluate(problem)).frobenius_norm()
    return precise_gradient_norm(problem, _flat_vector(correction, problem))


# ---- checks 5 to 7 --------------------------------------------------------------------------------------------


def _check_spectrum(problem: Network, flat: tuple[str, ...], evidence: MinimumEvidence) -> tuple[arb, arb]:
    """λ_0 and Λ_0."""
    smallest, largest = bounded_spectrum(problem, flat, evidence.shift_lower, evidence.shift_upper)
    if smallest is None or not smallest > 0:  # Check 5
        raise Refusal.undecided(
            5,
            "the Hessian is not proven positive definite",
            required="λ_min(∇²f(w₀)) > 0 off the flat directions",
            seen=f"no factorisation of ∇²f − {evidence.shift_lower:.6g} I"
            if smallest is None
            else f"λ_min ≥ {lower(smallest):.6g}",
            advice="polish the weights (`verify certify PROBLEM --polish`)",
        )
    if largest is None:  # Check 5
        raise Refusal.undecided(
            5,
            "the upper spectral shift is not proven",
            required=f"λ_max(∇²f(w₀)) ≤ {evidence.shift_upper:.6g}",
            seen="no factorisation",
            advice="a larger shift_upper",
        )
    return smallest, largest


def _check_convexity(problem: Network, smallest: arb, largest: arb, evidence: MinimumEvidence) -> Turned:
    """h(R)."""
    try:
        outer = turned(problem, turning_on(problem, evidence.radius), evidence.radius, smallest, largest)
    except BreakpointReached as kink:  # Check 6
        raise Refusal.undecided(
            6,
            "f need not be twice differentiable on the ball",
            required="no pre-activation that meets a breakpoint of its activation",
            seen=str(kink),
            advice="a smaller radius; where none is left, ask for kink-minimum",
        ) from kink
    if not outer.fall < smallest:  # Check 6
        raise Refusal.undecided(
            6,
            "the Hessian may turn too far on the ball",
            required=f"h(R) < λ_min = {lower(smallest):.4g}, with R = {evidence.radius:.4g}",
            seen=f"h(R) ≤ {upper(outer.fall):.4g}",
            advice="a smaller radius",
        )
    return outer


def _check_nearness(
    problem: Network, evidence: MinimumEvidence, smallest: arb, largest: arb, inner: Turned, slope: arb
) -> StrictMinimum:
    """m, M and D."""
    size = _norm(_flat_vector(evidence.correction, problem))
    found = strict_minimum(smallest, largest, inner.fall, slope, evidence.inner_radius, size, inner.rise)
    if not found.holds:  # Check 7
        raise Refusal.undecided(
            7,
            "the gradient is too large for a minimum nearby",
            required=f"‖∇f‖ < m (r − ‖w_lo‖), m = λ_min − h(r) > 0, with r = {evidence.inner_radius:.4g}",
            seen=f"‖∇f‖ ≤ {upper(slope):.4g}, λ_min ≥ {lower(smallest):.4g}, h(r) ≤ {upper(inner.fall):.4g}",
            advice="polish the weights (`verify certify PROBLEM --polish`)",
        )
    return found


def _flat_vector(correction: Correction | None, problem: Network) -> FloatArray:
    """W_lo; 0 where there is none."""
    given = [number for piece in correction or () for number in piece]
    return np.array(given) if given else np.zeros(problem.trained_parameter_count)


def _norm(vector: FloatArray) -> arb:
    squares = exact(0)
    for entry in vector[vector != 0].tolist():
        squares += exact(entry) * exact(entry)
    return root_above(squares)
