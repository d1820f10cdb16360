"""Checks 9 to 13 of the rule *activation properties*: Assumption 2.3 of Soltanolkotabi, Javanmard and Lee (theory 2.3).

With μ(σ) = E[φ'(σg)] and γ(σ) = E[φ''(σg)] = E[φ'(σg)g]/σ (Stein), folding the line at 0 gives

    μ(σ) = ∫₀^∞ [φ'(σz) + φ'(−σz)] n(z) dz,     σγ(σ) = ∫₀^∞ [φ'(σz) − φ'(−σz)] z n(z) dz.

Checks
------
9. φ' is continuous, exactly at every breakpoint, and φ', φ'' are bounded.
10. (a) φ'(w) − φ'(−w) ≥ 0 for all w > 0 by cells and tails, > 0 on some cell: γ > 0 for all σ > 0.
    (b) φ' is even by an exact identity: γ = 0 for all σ > 0.
11. ``slope-sum``: φ'(w) + φ'(−w) ≥ 0 for all w > 0, > 0 on some cell: μ > 0 for all σ > 0. ``identity``: the sum is a
    nonzero constant κ, so μ = κ/2; or it is 0, so μ = 0. ``closed-form``: μ(σ) = Σ c e^{λ²σ²/2} with one sign.
12. T₁(1) > 0: φ' is not affine.
13. Without "for σ > 0": φ''(0) exists, φ'(0) ≠ 0 (or φ' odd), and for (a) φ''(0) ≠ 0.

This contains the cases of theory 2.3: φ' nondecreasing (convex φ), and an even part of φ that increases with |w|.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from flint import arb

from certificates.arithmetic.arb import exact
from certificates.checks.acceptance import fact, fact_above
from certificates.checks.outcome import Refusal
from certificates.checks.tilings import radius_of, require_tiling, split_at_breakpoints
from certificates.claims.activation_property import Cells, Claim, Evidence
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
from certificates.verdict import Fact

__all__ = ["prove_assumption"]

_BITS = 64


def prove_assumption(claim: Claim, evidence: Evidence, activation: Activation) -> tuple[Fact, ...]:
    """Apply checks 9 to 13; returns the numbers of the proof.

    Raises
    ------
    Refusal, EnclosureFailure
        A check failed, or no enclosure was found.
    """
    with_curvature = claim.traits.gamma == "nonzero"
    facts = _require_bounded(activation)  # Check 9
    if with_curvature:  # Check 10
        radius = radius_of(evidence, activation)
        _require_folded_sign(10, activation, evidence.cells, radius, slope_difference, -1)
    elif not is_slope_even(activation):
        raise Refusal.undecided(10, "φ' is not shown to be even", required="φ'(z) = φ'(−z) by the exact normal form")
    is_odd = _require_mean(evidence, activation)  # Check 11
    first = zhong_terms(activation, Fraction(1), _BITS).first
    if not first > 0:  # Check 12
        raise Refusal.undecided(12, "φ' is not shown to be nonaffine", required="T₁(1) > 0", seen=first.str(8))
    if claim.traits.at_zero:
        _require_at_zero(activation, with_curvature, is_odd)  # Check 13
    return (*facts, fact("T₁(1)", "squared distance of φ' to the affine functions", first))


def _require_bounded(activation: Activation) -> tuple[Fact, ...]:
    found = smoothness(activation)
    if not found.is_certainly_c11:
        refuse = Refusal.rejected if found.is_certainly_not_c11 else Refusal.undecided
        raise refuse(9, "φ is not shown to be differentiable", required="φ' continuous", seen=found.reason)
    try:
        slope, curvature = derivative_bound(activation, 1), derivative_bound(activation, 2)
    except EnclosureFailure as failure:
        raise Refusal.undecided(
            9, "φ' and φ'' are not shown to be bounded", required="finite sup |φ'| and sup |φ''|", seen=str(failure)
        ) from failure
    return fact_above("sup |φ'|", "over the line", slope), fact_above("sup |φ''|", "over the line", curvature)


def _require_folded_sign(
    check: int,
    activation: Activation,
    cells: Cells,
    radius: Fraction,
    bound: Callable[[Activation, Cell], arb],
    sign: int,
) -> None:
    """φ'(w) + sign·φ'(−w) ≥ 0 on [0, ∞), and > 0 on some cell."""
    require_tiling(cells, Fraction(0), radius, "the cells")
    name = "φ'(w) + φ'(−w)" if sign > 0 else "φ'(w) − φ'(−w)"
    positive = False
    for cell in split_at_breakpoints(activation, cells, mirrored=True):
        low = bound(activation, cell)
        if not low >= 0:
            what = f"{name} ≥ 0 is not shown on [{cell[0]}, {cell[1]}]"
            raise Refusal.undecided(check, what, required="≥ 0", seen=f"≥ {low.str(6)}")
        positive = positive or bool(low > 0)
    right, left = (tail(activation, 1, radius, side) for side in (1, -1))
    if not _is_nonnegative(right, left, sign):
        raise Refusal.undecided(check, f"{name} ≥ 0 is not shown for w ≥ {radius}", advice="a larger radius")
    if not positive:
        raise Refusal.undecided(check, f"{name} > 0 is not shown on any cell", required="> 0 on some cell")


def _is_nonnegative(right: Tail, left: Tail, sign: int) -> bool:
    """The sign of the sum on the tail: each term has it, or the sum of their ranges."""
    if right.factor >= 0 and (left.factor >= 0 if sign > 0 else left.factor <= 0):
        return True
    if not (right.is_bounded and left.is_bounded):
        return False
    return bool(right.range() + sign * left.range() >= 0)


def _require_mean(evidence: Evidence, activation: Activation) -> bool:
    """Check 11; whether μ = 0 for all σ."""
    if evidence.mean == "slope-sum":
        _require_folded_sign(11, activation, evidence.mean_cells, radius_of(evidence, activation), slope_sum, 1)
        return False
    if evidence.mean == "identity":
        kappa = odd_part_slope(activation)
        if kappa is not None and (kappa.enclose() > 0 or kappa.enclose() < 0):
            return False
        if is_slope_odd(activation):
            return True
        raise Refusal.undecided(11, "φ'(z) + φ'(−z) is not shown to be constant", required="an exact identity")
    if evidence.mean == "closed-form":
        if mean_slope_keeps_sign(activation):
            return False
        raise Refusal.undecided(11, "μ is not shown to keep its sign", required="Σ c e^{λ²σ²/2} with c of one sign")
    raise Refusal.rejected(11, "nothing is said about μ", required="evidence.mean")


def _require_at_zero(activation: Activation, with_curvature: bool, is_odd: bool) -> None:
    if not is_curvature_continuous(activation, only_at=Fraction(0)):
        raise Refusal.undecided(
            13, "φ''(0) is not shown to exist", required="equal one-sided φ''", advice="claim it for σ > 0 only"
        )
    _, slope, curvature = derivatives_arb(activation, exact(0), 2)
    if not is_odd and not (slope > 0 or slope < 0):
        raise Refusal.undecided(13, "μ(0) = φ'(0) is not shown to be nonzero", required="φ'(0) ≠ 0", seen=slope.str(8))
    if with_curvature and not (curvature > 0 or curvature < 0):
        seen = curvature.str(8)
        raise Refusal.undecided(13, "γ(0) = φ''(0) is not shown to be nonzero", required="φ''(0) ≠ 0", seen=seen)
