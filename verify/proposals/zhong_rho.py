"""Propose `zhong-rho`: T₁, T₂, T₃ and ρ at one σ."""

from __future__ import annotations

from fractions import Fraction

from certificates.checks.growth import known_growth
from certificates.claims.zhong_rho import Claim, Evidence
from certificates.enclosures.formulas.exact_constants import ExactConstant
from certificates.enclosures.gaussian.rho_terms import zhong_terms
from certificates.expression import Activation
from certificates.language.parts import AssumedGrowth, Interval
from certificates.subjects import ActivationProblem
from verify.search.activation import exact_terms, judged, widened
from verify.search.proposal import Proposal, Search

__all__ = ["SEARCH", "propose"]


def propose(
    activation: Activation, sigma: Fraction, *, bits: int = 64, growth: AssumedGrowth | None = None
) -> Proposal:
    """Enclose the three terms and their minimum; exactly where a term is a rational number, as a ball elsewhere.

    Parameters
    ----------
    activation, sigma, bits
        φ, σ > 0 and the goal of the quadrature.
    growth
        What to assume of φ' at infinity where no bound is proved.

    Examples
    --------
    >>> from certificates.expression import parse_activation
    >>> found = propose(parse_activation("sin"), Fraction(1))  # T₃ = (1 − σ²)e^{−σ²}
    >>> found.verdict.outcome, found.claim.third.lower, found.claim.third.upper
    ('accepted', Fraction(0, 1), Fraction(0, 1))
    """
    terms, quadrature = exact_terms(activation, sigma), "exact"
    if terms is None or all(term.rational is None for term in terms):
        balls = zhong_terms(activation, sigma, bits, growth=known_growth(activation, growth)[0])
        intervals, quadrature = [widened(ball, bits) for ball in balls.all], "integral"
    else:
        intervals = [_interval(term, bits) for term in terms]
    intervals[:2] = [Interval(max(Fraction(0), i.lower), i.upper) for i in intervals[:2]]
    rho = Interval(min(i.lower for i in intervals), min(i.upper for i in intervals))
    active = tuple(k + 1 for k, i in enumerate(intervals) if i.lower <= rho.upper)
    first, second, third = intervals
    claim = Claim(sigma, first, second, third, rho, active)
    return judged(activation, claim, Evidence("exact" if quadrature == "exact" else "integral", bits, growth))


def _interval(term: ExactConstant, bits: int) -> Interval:
    value = term.rational
    return widened(term.enclose(), bits) if value is None else Interval(value, value)


SEARCH = Search(
    Claim,
    ActivationProblem,
    lambda problem, options: propose(problem.activation, options.sigma, growth=options.growth),
    reads=frozenset({"sigma", "growth"}),
)
