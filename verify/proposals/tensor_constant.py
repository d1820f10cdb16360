"""Propose `tensor-constant`: μ, γ, c₃, c₄ at one σ, the degree of homogeneity, and which tensors are vacuous."""

from __future__ import annotations

from fractions import Fraction

from certificates.claims.tensor_constant import Claim, Evidence, Tensor
from certificates.enclosures.infinity.identities import even_part_is_quadratic, homogeneity, odd_part_slope
from certificates.expression import Activation
from certificates.language.parts import AssumedGrowth, Interval
from certificates.rules.tensor_constant import stein_constants
from certificates.subjects import ActivationProblem
from verify.search.activation import judged, widened
from verify.search.proposal import Proposal, Search

__all__ = ["SEARCH", "propose"]


def propose(
    activation: Activation, sigma: Fraction, *, bits: int = 64, growth: AssumedGrowth | None = None
) -> Proposal:
    """Enclose the constants; 0 exactly where an identity shows it.

    Parameters
    ----------
    activation, sigma, bits, growth
        As in :func:`verify.proposals.zhong_rho.propose`.

    Examples
    --------
    >>> from certificates.expression import parse_activation
    >>> found = propose(parse_activation("relu"), Fraction(1))
    >>> found.verdict.outcome, found.claim.vacuous, found.claim.degree
    ('accepted', ('third',), 1)
    """
    evidence = Evidence("integral", bits, growth)
    balls, _ = stein_constants(activation, sigma, evidence)
    vacuous: tuple[Tensor, ...] = ("third",) if odd_part_slope(activation) is not None else ()
    vacuous += ("fourth",) if even_part_is_quadratic(activation) else ()
    intervals = {name: widened(ball, bits) for name, ball in balls.items()}
    intervals |= {name: Interval(Fraction(0), Fraction(0)) for name in vacuous}
    found = homogeneity(activation)
    claim = Claim(sigma, **intervals, degree=None if found is None else found.degree, vacuous=vacuous)
    return judged(activation, claim, evidence)


SEARCH = Search(
    Claim,
    ActivationProblem,
    lambda problem, options: propose(problem.activation, options.sigma, growth=options.growth),
    reads=frozenset({"sigma", "growth"}),
)
