"""Propose `orthogonal-population-convexity`: min v² · min(T₁, T₂), a little weakened."""

from __future__ import annotations

from fractions import Fraction

from certificates.arithmetic.arb import rational_ends
from certificates.checks.growth import known_growth
from certificates.claims.orthogonal_population_convexity import Claim, Evidence
from certificates.enclosures.gaussian.rho_terms import zhong_terms
from certificates.expression import Activation
from certificates.language.parts import AssumedGrowth
from certificates.subjects import ActivationProblem
from verify.search.activation import exact_terms, judged, weakened_bound
from verify.search.proposal import Options, Proposal, Search

__all__ = ["SEARCH", "propose"]


def propose(
    activation: Activation,
    sigma: Fraction,
    outer_weights: tuple[Fraction, ...],
    dimension: int,
    *,
    bits: int = 64,
    growth: AssumedGrowth | None = None,
) -> Proposal:
    """Bound the smallest eigenvalue of the population Hessian at w_j* = σe_j from below.

    Parameters
    ----------
    activation, sigma, bits, growth
        As in :func:`verify.proposals.zhong_rho.propose`.
    outer_weights, dimension
        v and d.

    Examples
    --------
    >>> from certificates.expression import parse_activation
    >>> found = propose(parse_activation("gelu"), Fraction(1), (Fraction(1), Fraction(-1)), 3)
    >>> found.verdict.outcome, 0.026 < found.claim.curvature < 0.027
    ('accepted', True)
    """
    found = exact_terms(activation, sigma)
    if found is not None and not (found[0].terms and found[1].terms):
        curvature, evidence = Fraction(0), Evidence("exact", bits)  # T₁ = 0 or T₂ = 0
    else:
        terms = zhong_terms(activation, sigma, bits, growth=known_growth(activation, growth)[0])
        smallest = min(v * v for v in outer_weights)
        bound = rational_ends(terms.first.min(terms.second))[0] * smallest
        curvature, evidence = weakened_bound(bound, "smaller"), Evidence("integral", bits, growth)
    return judged(activation, Claim(sigma, outer_weights, dimension, curvature), evidence)


def _propose(problem: ActivationProblem, options: Options) -> Proposal:
    weights = options.outer_weights
    return propose(problem.activation, options.sigma, weights, len(weights), growth=options.growth)


SEARCH = Search(Claim, ActivationProblem, _propose, reads=frozenset({"sigma", "growth", "outer_weights"}))
