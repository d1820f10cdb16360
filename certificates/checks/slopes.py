"""What rules that rest on φ' ≥ 0 share: its sign on cells and on both tails."""

from __future__ import annotations

from fractions import Fraction

from certificates.checks.assumptions import AssumedBound
from certificates.checks.outcome import Refusal
from certificates.checks.tilings import require_radius, require_tiling, split_at_breakpoints, tail_or_assumption
from certificates.enclosures.infinity.tails import Tail
from certificates.enclosures.intervals.slope_signs import is_slope_nonnegative
from certificates.enclosures.intervals.tilings import Cell, cell_range, piece_on
from certificates.expression import Activation
from certificates.language.slopes import AssumedSlope, SlopeCells
from certificates.verdict import Assumption

__all__ = ["nonnegative_cells", "nonnegative_tail"]


def nonnegative_cells(evidence: SlopeCells, activation: Activation) -> list[Cell]:
    """The cells, cut at the breakpoints, after checks 2 and 3."""
    require_radius(activation, evidence.radius)
    require_tiling(evidence.cells, -evidence.radius, evidence.radius, "the cells")
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


def nonnegative_tail(evidence: SlopeCells, activation: Activation, side: int) -> tuple[Tail | None, list[Assumption]]:
    """The tail of φ' on one side after check 4, or ``None`` with the assumption that stands for it."""
    given = evidence.tail or AssumedSlope(Fraction(0), Fraction(0), 0)
    bound = AssumedBound(1, given.constant, given.slope, given.power, evidence.radius, is_nonnegative=True)
    found, assumed = tail_or_assumption(4, activation, side, bound, is_given=evidence.tail is not None)
    if found is not None and not found.is_nonnegative:  # Check 4
        refuse = Refusal.rejected if found.factor < 0 else Refusal.undecided
        raise refuse(
            4,
            f"φ' is not shown to be ≥ 0 beyond {side * evidence.radius}",
            seen=f"the sign of {found.factor.str(5)}",
        )
    return found, assumed
