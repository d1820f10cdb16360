"""Rule *nondegenerate activation*: when a `nondegenerate-activation` claim is accepted.

Statement
---------
Assumption 2.3 of Soltanolkotabi, Javanmard and Lee in the reading that
:meth:`certificates.claims.nondegenerate_activation.Claim.sentence` spells out: of μ(σ) = E[φ'(σg)] and
γ(σ) = E[φ''(σg)], each is nonzero or 0 for every σ, as the claim says; φ' and φ'' are bounded, φ' is not affine.

Evidence
--------
Cells that tile [0, R] for γ, a way to μ, perhaps cells for it.

Checks
------
1. φ is continuous at its breakpoints, exactly, and analytic on every piece.
2. Every breakpoint lies inside [−R, R]; cells tile [0, R], without gap or overlap, and are cut at the breakpoints and
   where their mirrors have some.
3. φ' is continuous, exactly at every breakpoint, and φ', φ'' are bounded.
4. γ nonzero: φ'(w) − φ'(−w) ≥ 0 for all w > 0 by cells and tails, > 0 on some cell, or the same of −φ: γ > 0, or
   γ < 0, for all σ > 0. γ zero: φ' is even by an exact identity: γ = 0 for all σ > 0.
5. ``slope-sum``: φ'(w) + φ'(−w) ≥ 0 for all w > 0, > 0 on some cell, or the same of −φ: μ > 0, or μ < 0, for all σ > 0.
   ``identity``: the sum is a nonzero constant κ, so μ = κ/2; or it is 0, so μ = 0. ``closed-form``: μ(σ) is
   Σ c e^{λ²σ²/2} with one sign. What is shown is what is claimed of μ.
6. T₁(1) > 0: φ' is not affine.
7. For σ ≥ 0: φ''(0) exists; φ'(0) ≠ 0 where μ is nonzero, φ''(0) ≠ 0 where γ is.

Why they suffice
----------------
By Stein γ(σ) = E[φ'(σg)g]/σ; folding the line at 0,

    μ(σ) = ∫₀^∞ [φ'(σz) + φ'(−σz)] n(z) dz,     σγ(σ) = ∫₀^∞ [φ'(σz) − φ'(−σz)] z n(z) dz

(theory 2.3); μ and γ of −φ are −μ and −γ, each on its own. An odd or even φ' has φ'(0) = 0 or φ''(0) = 0. This contains
the cases of theory 2.3: φ' nondecreasing (convex φ), and an even part of φ that increases with |w|.

Not checked
-----------
Whether the paper means this: its printed formulas are lost.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from flint import arb

from certificates.arithmetic.arb import exact
from certificates.checks.acceptance import fact, fact_above
from certificates.checks.continuity import require_defined
from certificates.checks.kind import Kind
from certificates.checks.outcome import Context, Refusal
from certificates.checks.tilings import require_radius, require_tiling, split_at_breakpoints
from certificates.claims.nondegenerate_activation import Claim, Evidence, Sign
from certificates.enclosures.gaussian.exact_moments import mean_slope_keeps_sign
from certificates.enclosures.gaussian.rho_terms import zhong_terms
from certificates.enclosures.infinity.derivative_bounds import derivative_bound
from certificates.enclosures.infinity.identities import (
    is_curvature_continuous,
    is_slope_even,
    is_slope_odd,
    odd_part_slope,
)
from certificates.enclosures.infinity.tails import Tail, tail
from certificates.enclosures.intervals.derivatives import derivatives_arb
from certificates.enclosures.intervals.slope_signs import slope_difference, slope_sum
from certificates.enclosures.intervals.smoothness import smoothness
from certificates.enclosures.intervals.tilings import Cell
from certificates.errors import EnclosureFailure
from certificates.expression import Activation
from certificates.language.slopes import Cells
from certificates.subjects import ActivationProblem
from certificates.verdict import Accepted, Fact

__all__ = ["KIND"]

TITLE = "nondegenerate activation"

_BITS = 64


def decide(claim: Claim, evidence: Evidence, problem: ActivationProblem, context: Context) -> Accepted:
    """Apply checks 1 to 7 in order; see :mod:`certificates.rules.gaussian_moment` for the arguments."""
    activation = problem.activation
    require_defined(1, activation)  # Check 1
    require_radius(activation, evidence.radius)  # Check 2
    bounds = _require_bounded(activation)  # Check 3
    _require_curvature(claim.curvature, evidence, activation)  # Check 4
    _require_mean(claim.mean, evidence, activation)  # Check 5
    first = zhong_terms(activation, Fraction(1), _BITS).first
    if not first > 0:  # Check 6
        raise Refusal.undecided(6, "φ' is not shown to be nonaffine", required="T₁(1) > 0", seen=first.str(8))
    if claim.sigma == "nonnegative":
        _require_at_zero(activation, claim.mean, claim.curvature)  # Check 7
    facts = (*bounds, fact("T₁(1)", "squared distance of φ' to the affine functions", first))
    return context.accepted(TITLE, claim, claim, facts)


def _require_bounded(activation: Activation) -> tuple[Fact, ...]:
    found = smoothness(activation)
    if not found.is_certainly_c11:
        refuse = Refusal.rejected if found.is_certainly_not_c11 else Refusal.undecided
        raise refuse(3, "φ is not shown to be differentiable", required="φ' continuous", seen=found.reason)
    try:
        slope, curvature = derivative_bound(activation, 1), derivative_bound(activation, 2)
    except EnclosureFailure as failure:
        raise Refusal.undecided(
            3, "φ' and φ'' are not shown to be bounded", required="finite sup |φ'| and sup |φ''|", seen=str(failure)
        ) from failure
    return fact_above("sup |φ'|", "over the line", slope), fact_above("sup |φ''|", "over the line", curvature)


def _require_curvature(curvature: Sign, evidence: Evidence, activation: Activation) -> None:
    """Check 4."""
    if curvature == "nonzero":
        _require_folded_sign(4, activation, evidence.cells, evidence.radius, slope_difference, -1)
    elif not is_slope_even(activation):
        raise Refusal.undecided(4, "φ' is not shown to be even", required="φ'(z) = φ'(−z) by the exact normal form")


def _require_folded_sign(
    check: int,
    activation: Activation,
    cells: Cells,
    radius: Fraction,
    bound: Callable[[Activation, Cell, int], arb],
    sign: int,
) -> None:
    """φ'(w) + sign·φ'(−w), or its negative, is ≥ 0 on [0, ∞), and > 0 on some cell."""
    require_tiling(cells, Fraction(0), radius, "the cells")
    name = "φ'(w) + φ'(−w)" if sign > 0 else "φ'(w) − φ'(−w)"
    positive = {1: False, -1: False}  # orientations that every cell allows so far -> whether one is > 0
    for cell in split_at_breakpoints(activation, cells, mirrored=True):
        lows = {orientation: bound(activation, cell, orientation) for orientation in positive}
        if not any(low >= 0 for low in lows.values()):
            raise _without_a_sign(check, name, cell, lows)
        positive = {each: positive[each] or bool(low > 0) for each, low in lows.items() if low >= 0}
    right, left = (tail(activation, 1, radius, side) for side in (1, -1))
    kept = [each for each in positive if _keeps_sign(right, left, sign, each)]
    if not kept:
        what = f"{name} is not shown to keep its sign for w ≥ {radius}"
        raise Refusal.undecided(check, what, required="the sign that it has on the cells", advice="a larger radius")
    if not any(positive[each] for each in kept):
        raise Refusal.undecided(check, f"{name} ≠ 0 is not shown on any cell", required="≠ 0 on some cell")


def _without_a_sign(check: int, name: str, cell: Cell, lows: dict[int, arb]) -> Refusal:
    """The cell on which no sign is left of those that the cells before it allow."""
    wanted = " or ".join("≥ 0" if orientation > 0 else "≤ 0" for orientation in lows)
    seen = " and ".join(f"≥ {low.str(6)}" if each > 0 else f"≤ {(-low).str(6)}" for each, low in lows.items())
    what = f"{name} is not shown to keep its sign on [{cell[0]}, {cell[1]}]"
    return Refusal.undecided(check, what, required=f"{wanted}, as on the cells before", seen=seen)


def _keeps_sign(right: Tail, left: Tail, sign: int, orientation: int) -> bool:
    """The sign of ±(right + sign·left) on the tail: each term has it, or the sum of their ranges, or what leads."""
    first, second = (right.factor, left.factor) if orientation > 0 else (-right.factor, -left.factor)
    second = second if sign > 0 else -second  # negated, not multiplied: a radius that is rounded up loses the sign
    if first >= 0 and second >= 0:
        return True
    if right.is_bounded and left.is_bounded and orientation * (right.range() + sign * left.range()) >= 0:
        return True
    leads, rest = (
        (right.monomial, left.monomial) if right.monomial >= left.monomial else (left.monomial, right.monomial)
    )
    if not rest.over(leads).is_decreasing_from(right.start):
        return False
    share = rest.over(leads).range_from(right.start)
    return bool((first + second * share if leads == right.monomial else first * share + second) >= 0)


def _require_mean(mean: Sign, evidence: Evidence, activation: Activation) -> None:
    """Check 5."""
    shown = _shown_mean(evidence, activation)
    if shown != mean:
        raise Refusal.rejected(5, f"μ is {shown} for every σ", required=f"μ {mean}", seen=f"μ {shown}")


def _shown_mean(evidence: Evidence, activation: Activation) -> Sign:
    """What μ is shown to be for every σ > 0."""
    if evidence.mean == "slope-sum":
        _require_folded_sign(5, activation, evidence.mean_cells, evidence.radius, slope_sum, 1)
        return "nonzero"
    if evidence.mean == "identity":
        kappa = odd_part_slope(activation)
        if kappa is not None and (kappa.enclose() > 0 or kappa.enclose() < 0):
            return "nonzero"
        if is_slope_odd(activation):
            return "zero"
        raise Refusal.undecided(5, "φ'(z) + φ'(−z) is not shown to be constant", required="an exact identity")
    if mean_slope_keeps_sign(activation):
        return "nonzero"
    raise Refusal.undecided(5, "μ is not shown to keep its sign", required="Σ c e^{λ²σ²/2} with c of one sign")


def _require_at_zero(activation: Activation, mean: Sign, curvature: Sign) -> None:
    """Check 7."""
    if not is_curvature_continuous(activation, only_at=Fraction(0)):
        raise Refusal.undecided(
            7, "φ''(0) is not shown to exist", required="equal one-sided φ''", advice="claim it for σ > 0 only"
        )
    _, slope, bend = derivatives_arb(activation, exact(0), 2)
    if mean == "nonzero" and not (slope > 0 or slope < 0):
        raise Refusal.undecided(7, "μ(0) = φ'(0) is not shown to be nonzero", required="φ'(0) ≠ 0", seen=slope.str(8))
    if curvature == "nonzero" and not (bend > 0 or bend < 0):
        raise Refusal.undecided(7, "γ(0) = φ''(0) is not shown to be nonzero", required="φ''(0) ≠ 0", seen=bend.str(8))


KIND = Kind(Claim, Evidence, ActivationProblem, TITLE, decide)
