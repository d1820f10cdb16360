"""What checks 2 to 5 of the rule *activation properties* find about the sign and size of φ' (P1, P1', not-P1)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

from flint import arb

from certificates.arithmetic.arb import exact, rational_ends
from certificates.checks.acceptance import fact, fact_above
from certificates.checks.outcome import Refusal
from certificates.checks.tilings import radius_of, require_tiling, split_at_breakpoints, tail_or_assumption
from certificates.claims.activation_property import AssumedTail, Claim, Evidence
from certificates.enclosures.infinity.tails import tail
from certificates.enclosures.intervals.derivatives import derivatives_arb
from certificates.enclosures.intervals.slope_signs import is_slope_nonnegative, slope_over_power
from certificates.enclosures.intervals.tilings import Cell, cell_range, piece_on
from certificates.errors import EnclosureFailure
from certificates.expression import Activation
from certificates.verdict import Assumption, Fact

__all__ = ["Proved", "grows_without_bound", "nonnegative_cells", "prove_sign", "refute_sign", "witnessed"]


@dataclass(frozen=True)
class Proved:
    """The strongest claim, with the numbers and the assumptions it rests on."""

    claim: Claim
    facts: tuple[Fact, ...] = ()
    assumptions: tuple[Assumption, ...] = ()


def prove_sign(claim: Claim, evidence: Evidence, activation: Activation) -> Proved:
    """P1 and P1': sign and bound on cells and tails."""
    power, slope = claim.power or 0, claim.slope_growth
    bounds = [_over(activation, cell, power, slope) for cell in nonnegative_cells(evidence, activation)]
    assumptions = []
    for side in (-1, 1):
        bound, assumed = _tail_bound(evidence, activation, power, slope, side)
        bounds.append(bound)
        assumptions += assumed
    largest = exact(0)
    for bound in bounds:
        largest = largest.max(bound)
    what = "sup φ'(z)/|z|^p" if slope is None else "sup φ'(z) − B|z|^p, or 0"
    proved = replace(claim, slope_bound=rational_ends(largest)[1])
    return Proved(proved, (fact_above("L₁", what, largest),), tuple(assumptions[:1]))


def nonnegative_cells(evidence: Evidence, activation: Activation) -> list[Cell]:
    """The cells, after checks 2 and 3."""
    radius = radius_of(evidence, activation)
    require_tiling(evidence.cells, -radius, radius, "evidence.cells")
    zeros = {zero.point: zero.order for zero in evidence.zeros}
    cells = split_at_breakpoints(activation, evidence.cells)
    for cell in cells:
        if not is_slope_nonnegative(activation, cell, zeros):  # Check 3
            low, high = cell_range(piece_on(activation, cell), cell, 1)
            refuse = Refusal.rejected if high < 0 else Refusal.undecided
            raise refuse(
                3,
                f"φ' is not shown to be ≥ 0 on the cell [{cell[0]}, {cell[1]}]",
                required="φ' ≥ 0",
                seen=f"φ' in {low.union(high).str(8)}",
                advice="smaller cells, a zero of φ' as evidence, or the property fails",
            )
    return cells


def _over(activation: Activation, cell: Cell, power: int, slope: Fraction | None) -> arb:
    """The cell's share of the bound."""
    if slope is None:
        return slope_over_power(activation, cell, power).upper()
    nearest = Fraction(0) if cell[0] <= 0 <= cell[1] else min(abs(cell[0]), abs(cell[1]))
    high = cell_range(piece_on(activation, cell), cell, 1)[1]
    return (high - exact(slope * nearest**power)).upper()


def _tail_bound(
    evidence: Evidence, activation: Activation, power: int, slope: Fraction | None, side: int
) -> tuple[arb, list[Assumption]]:
    """Check 4 for φ'."""
    radius = radius_of(evidence, activation)
    found, assumed = tail_or_assumption(4, activation, 1, evidence, side)
    if found is None:
        return _assumed_bound(evidence, radius, power, slope), assumed
    if not found.is_nonnegative:
        refuse = Refusal.rejected if found.factor < 0 else Refusal.undecided
        raise refuse(4, f"φ' is not shown to be ≥ 0 beyond {side * radius}", seen=f"the sign of {found.factor.str(5)}")
    ratio_ball = found.against_power(power).upper()
    if slope is None or power == 0:
        return ratio_ball - exact(slope or 0), assumed
    return exact(0) if ratio_ball <= exact(slope) else found.range().upper(), assumed


def _assumed_bound(evidence: Evidence, radius: Fraction, power: int, slope: Fraction | None) -> arb:
    """From the assumed φ' ≤ A + B|z|^q beyond R: A R^−p + B R^{q−p} against |z|^p, or A against B'|z|^p."""
    given = evidence.tail
    if given is None or given.power > power or (slope is not None and not _is_absorbed(given, power, slope)):
        raise Refusal.undecided(4, "the assumed tail grows faster than what is claimed")
    if slope is not None:
        return exact(given.slope_bound)
    return exact(given.slope_bound / radius**power + given.slope_growth / radius ** (power - given.power))


def _is_absorbed(given: AssumedTail, power: int, slope: Fraction) -> bool:
    return given.slope_growth == 0 or (given.power == power and given.slope_growth <= slope)


def refute_sign(claim: Claim, evidence: Evidence, activation: Activation) -> Proved:
    """not-P1."""
    if evidence.rule == "growth":
        at_zero = derivatives_arb(activation, exact(0), 1)[1]
        grows = grows_without_bound(activation, 1, evidence)
        if not (at_zero > 0 and grows):  # Check 5
            raise Refusal.undecided(5, "growth needs φ'(0) > 0 and an unbounded φ'", seen=f"φ'(0) in {at_zero.str(8)}")
        return Proved(claim, (fact("φ'(0)", "forces p = 0, but φ' is unbounded", at_zero),))
    value = witnessed(evidence, activation, 1)
    if not value < 0:  # Check 5
        refuse = Refusal.rejected if value > 0 else Refusal.undecided
        raise refuse(5, "the witness does not show a negative slope", required="φ'(z₀) < 0", seen=value.str(8))
    return Proved(claim, (fact("φ'(z₀)", "slope", value, f"z₀ = {evidence.witness}"),))


def grows_without_bound(activation: Activation, derivative: int, evidence: Evidence) -> bool:
    """Whether |φ^(k)| is shown to tend to infinity on one side."""
    radius = radius_of(evidence, activation)
    for side in (-1, 1):
        try:
            found = tail(activation, derivative, radius, side)
        except EnclosureFailure:
            continue
        if not found.is_bounded and (found.factor > 0 or found.factor < 0):
            return True
    return False


def witnessed(evidence: Evidence, activation: Activation, derivative: int) -> arb:
    """φ^(k) at the witness; at a breakpoint both one-sided values."""
    if evidence.witness is None:
        raise Refusal.rejected(5, "the witness is missing", required="a rational point")
    return derivatives_arb(activation, exact(evidence.witness), derivative)[derivative]
