"""Find evidence for `nondegenerate-activation`: an identity or cells for γ, and a way to μ (theory 2.3)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import pairwise

from flint import arb

from certificates.claims.nondegenerate_activation import Claim, Evidence, MeanRule, Sign
from certificates.enclosures.infinity.identities import is_slope_even, is_slope_odd
from certificates.enclosures.intervals.slope_signs import slope_difference, slope_sum
from certificates.expression import Activation
from certificates.language.slopes import Cells
from certificates.subjects import ActivationProblem
from verify.search.activation import best, judged, least
from verify.search.cells import Cell, bisect, uniform
from verify.search.proposal import Proposal, Search
from verify.search.slopes import parts_of, tail_radius

__all__ = ["SEARCH", "propose"]

_HALVINGS = 20


def propose(activation: Activation) -> Proposal:
    """Assumption 2.3 (a) or (b), for all σ ≥ 0 if possible, else for σ > 0; the last refusal otherwise.

    Examples
    --------
    >>> from certificates.expression import parse_activation
    >>> [propose(parse_activation(name)).claim.label for name in ("tanh", "softplus", "elu")]
    ['A2.3(b)', 'A2.3(a)', 'A2.3(a) for σ > 0']
    """
    even = is_slope_even(activation)
    mean: Sign = "zero" if is_slope_odd(activation) else "nonzero"
    curvature: Sign = "zero" if even else "nonzero"
    claims = (Claim(mean, curvature, "nonnegative"), Claim(mean, curvature, "positive"))
    ways = list(_ways(activation, even=even))
    found = best(judged(activation, claim, evidence) for claim in claims for evidence in ways)
    if found is None:
        raise ValueError("there is a way for each claim")
    return found


def _ways(activation: Activation, *, even: bool) -> Iterator[Evidence]:
    radius = tail_radius(activation)
    cells = () if even else _folded_cells(activation, radius, slope_difference)
    sums = _folded_cells(activation, radius, slope_sum)
    means: tuple[tuple[MeanRule, Cells], ...] = (("identity", ()), ("slope-sum", sums), ("closed-form", ()))
    return (Evidence(radius, cells, mean, mean_cells) for mean, mean_cells in means)


def _folded_cells(activation: Activation, radius: Fraction, bound: Callable[[Activation, Cell, int], arb]) -> Cells:
    """Cells on which the bound is ≥ 0 for φ, or for −φ; coarse ones where neither is found."""
    coarse = uniform(Fraction(0), radius)
    for orientation in (1, -1):

        def lowest(cell: Cell, orientation: int = orientation) -> arb:
            parts = parts_of(activation, cell, mirrored=True) if cell[0] < cell[1] else [cell]
            return least(bound(activation, part, orientation) for part in parts)

        def passes(cell: Cell, low: Callable[[Cell], arb] = lowest) -> bool:
            return bool(low(cell) >= 0)

        found = bisect(Fraction(0), radius, coarse[0][1], passes, most=1000)
        if found:
            return _with_a_positive_one(found, lowest)
    return coarse


def _with_a_positive_one(cells: Cells, lowest: Callable[[Cell], arb]) -> Cells:
    """Halve the cell with the largest value in its middle until the bound is positive on one."""
    if any(lowest(cell) > 0 for cell in cells):
        return cells
    cell = max(cells, key=lambda each: float(lowest(((each[0] + each[1]) / 2,) * 2).mid()))
    for _ in range(_HALVINGS):
        middle = (cell[0] + cell[1]) / 2
        quarters = cell[0], (cell[0] + middle) / 2, (middle + cell[1]) / 2, cell[1]
        place = cells.index(cell)
        cells = (*cells[:place], *pairwise(quarters), *cells[place + 1 :])
        cell = quarters[1], quarters[2]
        if lowest(cell) > 0:
            break
    return cells


SEARCH = Search(Claim, ActivationProblem, lambda problem, _: propose(problem.activation))
