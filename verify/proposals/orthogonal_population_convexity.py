"""Propose `orthogonal-population-convexity`: min v² · min(T₁, T₂), a little weakened."""

from __future__ import annotations

from fractions import Fraction

from certificates.arithmetic.arb import rational_ends
from certificates.claims.orthogonal_population_convexity import Claim, Evidence
from certificates.enclosures.zhong import zhong_terms
from certificates.expression import Activation
from verify.proposals._activation import Proposal, judged, weakened_bound

__all__ = ["propose"]


def propose(
    activation: Activation,
    sigma: Fraction,
    outer_weights: tuple[Fraction, ...],
    dimension: int,
    *,
    bits: int = 64,
) -> Proposal:
    """Bound the smallest eigenvalue of the population Hessian at w_j* = σe_j from below.

    Examples
    --------
    >>> from certificates.expression import parse_activation
    >>> found = propose(parse_activation("gelu"), Fraction(1), (Fraction(1), Fraction(-1)), 3)
    >>> found.verdict.outcome, 0.026 < found.claim.curvature < 0.027
    ('accepted', True)
    """
    terms = zhong_terms(activation, sigma, bits)
    smallest = min(v * v for v in outer_weights)
    bound = rational_ends(terms.first.min(terms.second))[0] * smallest
    claim = Claim(sigma, outer_weights, dimension, weakened_bound(bound, "smaller"))
    return judged(activation, claim, Evidence("integral", bits))
