"""Rule *sign and growth of the slope*: when a `slope-growth` claim is accepted.

Statement
---------
0 ≤ φ'(z) ≤ A + B|z|^p for almost every z. With A = 0 this is property P1 of Zhong et al.; with A > 0 it is ours.

Evidence
--------
Cells that tile [−R, R], zeros of φ', perhaps a tail to assume.

Checks
------
1. φ is continuous at its breakpoints, exactly.
2. Every breakpoint lies inside [−R, R]; the cells tile it, without gap or overlap, and are cut at the breakpoints.
3. On every cell φ' ≥ 0, by an enclosure or from an exact zero.
4. On both tails |z| ≥ R the same, from the expansion of the formula at infinity, or else assumed, with the smoothness
   of φ there unless it is shown; nothing on either side contradicts what is assumed, and it grows no faster than the
   claim.
5. The claim's numbers are larger than or equal to what the cells and tails give: with A = 0 the least B, else the
   least A beside the claim's B.

Why they suffice
----------------
By definition, as the cells and tails cover the line; 1 makes φ' the derivative of φ almost everywhere.

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
from certificates.checks.continuity import require_continuous
from certificates.checks.kind import Kind
from certificates.checks.outcome import Context, Refusal
from certificates.checks.slopes import nonnegative_cells, nonnegative_tail
from certificates.claims.slope_growth import Claim, Evidence
from certificates.enclosures.infinity.tails import Tail
from certificates.enclosures.intervals.slope_signs import slope_over_power
from certificates.enclosures.intervals.tilings import Cell, cell_range, piece_on
from certificates.expression import Activation
from certificates.language.slopes import AssumedSlope
from certificates.subjects import ActivationProblem
from certificates.verdict import Accepted, Fact

__all__ = ["KIND"]

TITLE = "sign and growth of the slope"


def decide(claim: Claim, evidence: Evidence, problem: ActivationProblem, context: Context) -> Accepted:
    """Apply checks 1 to 5 in order; see :mod:`certificates.rules.gaussian_moment` for the arguments."""
    activation = problem.activation
    require_continuous(1, activation)  # Check 1
    cells = nonnegative_cells(evidence, activation)  # Checks 2 and 3
    sides = [nonnegative_tail(evidence, activation, side) for side in (-1, 1)]  # Check 4
    tails = [found for found, _ in sides]
    proved, fact = _strongest(claim, evidence, activation, cells, tails)
    assumptions = [entry for _, assumed in sides for entry in assumed]
    return accept_if_weaker(context, TITLE, 5, claim, proved, (fact,), tuple(assumptions[:1]))  # Check 5


def _strongest(
    claim: Claim, evidence: Evidence, activation: Activation, cells: list[Cell], tails: list[Tail | None]
) -> tuple[Claim, Fact]:
    """The least A beside the claim's B; where none is claimed, or needed, the least B alone."""
    power, slope = claim.power, claim.slope
    if claim.constant:
        shares = [_beside(activation, cell, power, slope) for cell in cells]
        shares += [_tail_beside(found, evidence, power, slope) for found in tails]
        constant, end = _largest(shares)
        if end:
            return replace(claim, constant=end), fact_above("A", "sup φ'(z) − B|z|^p, or 0", constant)
    shares = [slope_over_power(activation, cell, power).upper() for cell in cells]
    shares += [_tail_over(found, evidence, power) for found in tails]
    largest, end = _largest(shares)
    alone = min(end, slope) if claim.constant else end  # with A = 0 proved beside B, B itself is proved alone
    return replace(claim, constant=Fraction(0), slope=alone), fact_above("L₁", "sup φ'(z)/|z|^p", largest)


def _largest(shares: list[arb]) -> tuple[arb, Fraction]:
    """The largest share, or 0, and its upper end."""
    largest = exact(0)
    for share in shares:
        largest = largest.max(share)
    return largest, rational_ends(largest)[1]


def _beside(activation: Activation, cell: Cell, power: int, slope: Fraction) -> arb:
    """Sup φ'(z) − B|z|^p on a cell: the largest φ' less the smallest power."""
    nearest = Fraction(0) if cell[0] <= 0 <= cell[1] else min(abs(cell[0]), abs(cell[1]))
    high = cell_range(piece_on(activation, cell), cell, 1)[1]
    return (high - exact(slope * nearest**power)).upper()


def _tail_beside(found: Tail | None, evidence: Evidence, power: int, slope: Fraction) -> arb:
    """The same on a tail: nothing where B|z|^p outgrows φ'."""
    if found is None:
        given = _assumed(evidence, power)
        is_absorbed = given.slope == 0 or (given.power == power and given.slope <= slope)
        if not is_absorbed:
            raise Refusal.undecided(4, "the assumed tail grows faster than what is claimed")
        return exact(given.constant)
    return exact(0) if found.against_power(power).upper() <= exact(slope) else found.range().upper()


def _tail_over(found: Tail | None, evidence: Evidence, power: int) -> arb:
    """Sup φ'(z)/|z|^p on a tail; of an assumed A' + B'|z|^q it is A'R^−p + B'R^{q−p}."""
    if found is None:
        given, radius = _assumed(evidence, power), evidence.radius
        return exact(given.constant / radius**power + given.slope / radius ** (power - given.power))
    return found.against_power(power).upper()


def _assumed(evidence: Evidence, power: int) -> AssumedSlope:
    """What is assumed, if it does not outgrow |z|^p."""
    if evidence.tail is None or evidence.tail.power > power:
        raise Refusal.undecided(4, "the assumed tail grows faster than what is claimed")
    return evidence.tail


KIND = Kind(Claim, Evidence, ActivationProblem, TITLE, decide)
