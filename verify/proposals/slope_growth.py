"""Find evidence for `slope-growth`: cells for the sign of φ', fine enough for a sharp bound (theory 2.4)."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from flint import arb

from certificates.arithmetic.arb import exact, rational_ends
from certificates.claims.slope_growth import Claim, Evidence
from certificates.enclosures.intervals.slope_signs import slope_over_power
from certificates.errors import EnclosureFailure
from certificates.expression import Activation
from certificates.language.slopes import AssumedSlope
from certificates.subjects import ActivationProblem
from verify.search.activation import judged, weakened_bound
from verify.search.cells import Cell
from verify.search.proposal import Proposal, Search
from verify.search.slopes import refined, sign_cells, slope_zeros, tail_or_none, tail_power, tail_radius

__all__ = ["SEARCH", "propose", "propose_beside_a_constant"]

_NONE = Fraction(0)
_TRIFLE = Fraction(1, 2**64)  # asks the rule for a constant


def propose(activation: Activation, assumed: AssumedSlope | None = None) -> Proposal:
    """P1: the smallest power that the tails allow, with its bound.

    Examples
    --------
    >>> from certificates.expression import parse_activation
    >>> propose(parse_activation("tanh")).claim.label
    'P1'
    """
    power = tail_power(activation, None if assumed is None else assumed.power)
    evidence = _evidence(activation, assumed)
    cells = refined(activation, evidence.cells, lambda cell: _over(activation, cell, power))
    return _with_bound(activation, Claim(power, _NONE, _NONE), replace(evidence, cells=cells))


def propose_beside_a_constant(activation: Activation, assumed: AssumedSlope | None = None) -> Proposal:
    """P1', for tails that grow where φ' does not vanish at 0.

    Examples
    --------
    >>> from certificates.expression import parse_activation
    >>> propose_beside_a_constant(parse_activation("z+z^3")).claim.label
    "P1'"
    """
    power = max(1, tail_power(activation, None if assumed is None else assumed.power))
    claim = Claim(power, _TRIFLE, _tail_slope(activation, power, assumed))
    return _with_bound(activation, claim, _evidence(activation, assumed))


def _evidence(activation: Activation, assumed: AssumedSlope | None) -> Evidence:
    radius = tail_radius(activation)
    return Evidence(radius, sign_cells(activation, radius), slope_zeros(activation), assumed)


def _tail_slope(activation: Activation, power: int, assumed: AssumedSlope | None) -> Fraction:
    """B with φ'(z) ≤ B|z|^p far out."""
    bounds = [_NONE if assumed is None else assumed.slope]
    for side in (-1, 1):
        found = tail_or_none(activation, 1, tail_radius(activation), side)
        if found is not None and not found.is_bounded:
            bounds.append(rational_ends(found.against_power(power))[1])
    return weakened_bound(max(bounds), "larger")


def _with_bound(activation: Activation, claim: Claim, evidence: Evidence) -> Proposal:
    """Ask the judge for the bound, then claim it with slack."""
    first = judged(activation, claim, evidence)
    proved = first.verdict.proved
    if proved is None:
        return first
    if proved.constant:
        return judged(activation, replace(claim, constant=weakened_bound(proved.constant, "larger")), evidence)
    slope = weakened_bound(proved.slope, "larger")
    return judged(activation, replace(claim, constant=_NONE, slope=slope), evidence)


def _over(activation: Activation, cell: Cell, power: int) -> arb:
    if cell[0] == cell[1] and cell[0] == 0 and power:
        return exact(0)
    try:
        return slope_over_power(activation, cell, power)
    except EnclosureFailure:
        return exact(2**60)  # bisection goes on


SEARCH = Search(
    Claim,
    ActivationProblem,
    lambda problem, options: propose(problem.activation, options.slope),
    reads=frozenset({"slope"}),
)
