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

__all__ = ["nonnegative_cells", "nonnegative_tail", "slope_orientation"]


def slope_orientation(evidence: SlopeCells, activation: Activation) -> int:
    """−1 if φ' is negative on the first cell that shows a sign, else 1."""
    for cell in split_at_breakpoints(activation, evidence.cells):
        low, high = cell_range(piece_on(activation, cell), cell, 1)
        if low > 0 or high < 0:
            return 1 if low > 0 else -1
    return 1


def nonnegative_cells(evidence: SlopeCells, activation: Activation, orientation: int = 1) -> list[Cell]:
    """The cells, cut at the breakpoints, after checks 2 and 3; with −1 for φ' ≤ 0."""
    require_radius(activation, evidence.radius)
    require_tiling(evidence.cells, -evidence.radius, evidence.radius, "the cells")
    zeros = {zero.point: zero.order for zero in evidence.zeros}
    cells = split_at_breakpoints(activation, evidence.cells)
    wanted = _wanted(orientation)
    for cell in cells:
        if not is_slope_nonnegative(activation, cell, zeros, orientation):  # Check 3
            low, high = cell_range(piece_on(activation, cell), cell, 1)
            refuse = Refusal.rejected if (high < 0 if orientation > 0 else low > 0) else Refusal.undecided
            raise refuse(
                3,
                f"φ' is not shown to be {wanted} on the cell [{cell[0]}, {cell[1]}]",
                required=f"φ' {wanted}",
                seen=f"φ' in {low.union(high).str(8)}",
                advice="smaller cells, a zero of φ' as evidence, or the property fails",
            )
    return cells


def _wanted(orientation: int) -> str:
    return "≥ 0" if orientation > 0 else "≤ 0"


def nonnegative_tail(
    evidence: SlopeCells, activation: Activation, side: int, orientation: int = 1
) -> tuple[Tail | None, list[Assumption]]:
    """The tail of φ' on one side after check 4, or ``None`` with the assumption φ' ≥ 0 that stands for it."""
    given = evidence.tail or AssumedSlope(Fraction(0), Fraction(0), 0)
    bound = AssumedBound(1, given.constant, given.slope, given.power, evidence.radius, is_nonnegative=True)
    found, assumed = tail_or_assumption(4, activation, side, bound, is_given=evidence.tail is not None)
    if found is None and orientation < 0:
        raise Refusal.undecided(4, "what is assumed of the tail is φ' ≥ 0, on the cells φ' ≤ 0")
    factor = None if found is None else found.factor if orientation > 0 else -found.factor
    if found is not None and factor is not None and not factor >= 0:  # Check 4
        refuse = Refusal.rejected if factor < 0 else Refusal.undecided
        raise refuse(
            4,
            f"φ' is not shown to be {_wanted(orientation)} beyond {side * evidence.radius}",
            seen=f"the sign of {found.factor.str(5)}",
        )
    return found, assumed
