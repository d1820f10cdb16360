"""Find evidence for `lipschitz-slope`: cells on which φ'' is enclosed sharply (theory 2.4)."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from flint import arb

from certificates.claims.lipschitz_slope import Claim, Evidence
from certificates.enclosures.infinity.identities import is_curvature_continuous
from certificates.enclosures.intervals.tilings import cell_range, piece_on
from certificates.expression import Activation
from certificates.subjects import ActivationProblem
from verify.search.activation import judged, weakened_bound
from verify.search.cells import Cell, uniform
from verify.search.proposal import Proposal, Search
from verify.search.slopes import refined, tail_radius

__all__ = ["SEARCH", "propose"]


def propose(activation: Activation, assumed: Fraction | None = None) -> Proposal:
    """P3(a) as printed where φ'' exists everywhere, else a Lipschitz φ'; with a sharp constant.

    Parameters
    ----------
    activation
        φ.
    assumed
        A bound of |φ''| far out, for where the judge has none.

    Examples
    --------
    >>> from certificates.expression import parse_activation
    >>> [propose(parse_activation(name)).claim.curvature for name in ("tanh", "elu")]
    ['everywhere', 'almost everywhere']
    """
    radius = tail_radius(activation)
    cells = refined(activation, uniform(-radius, radius), lambda cell: _size(activation, cell))
    evidence = Evidence(radius, cells, assumed)
    claim = Claim("everywhere" if is_curvature_continuous(activation) else "almost everywhere", Fraction(0))
    first = judged(activation, claim, evidence)
    proved = first.verdict.proved
    if proved is None:
        return first
    bound = weakened_bound(proved.curvature_bound, "larger")
    return judged(activation, replace(claim, curvature_bound=bound), evidence)


def _size(activation: Activation, cell: Cell) -> arb:
    """sup |φ''| on a cell."""
    low, high = cell_range(piece_on(activation, cell), cell, 2)
    return abs(low).max(abs(high))


SEARCH = Search(
    Claim,
    ActivationProblem,
    lambda problem, options: propose(problem.activation, options.curvature_bound),
    reads=frozenset({"curvature_bound"}),
)
