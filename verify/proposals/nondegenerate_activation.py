"""Find evidence for `nondegenerate-activation`: an identity or cells for γ, and a way to μ (theory 2.3)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction

from flint import arb

from certificates.claims.nondegenerate_activation import Claim, Evidence, MeanRule, Sign
from certificates.enclosures.infinity.identities import is_slope_even, is_slope_odd
from certificates.enclosures.intervals.slope_signs import slope_difference, slope_sum
from certificates.expression import Activation
from certificates.language.slopes import Cells
from certificates.subjects import ActivationProblem
from verify.search.activation import best, judged
from verify.search.cells import Cell, bisect, uniform
from verify.search.proposal import Proposal, Search
from verify.search.slopes import parts_of, tail_radius

__all__ = ["SEARCH", "propose"]


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


def _folded_cells(activation: Activation, radius: Fraction, bound: Callable[[Activation, Cell], arb]) -> Cells:
    coarse = uniform(Fraction(0), radius)
    found = bisect(
        Fraction(0),
        radius,
        coarse[0][1],
        lambda cell: all(bool(bound(activation, part) >= 0) for part in parts_of(activation, cell, mirrored=True)),
        most=1000,
    )
    return found or coarse


SEARCH = Search(Claim, ActivationProblem, lambda problem, _: propose(problem.activation))
