"""Propose `gaussian-moment`: the judge's own enclosure, a little widened."""

from __future__ import annotations

from fractions import Fraction

from certificates.claims.gaussian_moment import Claim, Evidence
from certificates.enclosures.gaussian.exact_moments import exact_moment
from certificates.enclosures.gaussian.moments import moment
from certificates.expression import Activation
from certificates.language.parts import Interval, Quadrature
from certificates.subjects import ActivationProblem
from verify.search.activation import judged, widened
from verify.search.proposal import Proposal, Search

__all__ = ["SEARCH", "propose"]


def propose(
    activation: Activation,
    slope_power: int,
    power: int,
    sigma: Fraction,
    *,
    bits: int = 100,
    quadrature: Quadrature = "integral",
) -> Proposal:
    """Enclose E[φ'(σz)ⁱ zʲ].

    Parameters
    ----------
    activation, sigma
        φ and σ > 0.
    slope_power, power
        i and j.
    bits
        The goal of the quadrature.
    quadrature
        As in :func:`certificates.enclosures.gaussian.moments.moments`, or ``exact``.

    Examples
    --------
    >>> from certificates.expression import parse_activation
    >>> propose(parse_activation("tanh"), 2, 0, Fraction(1)).verdict.outcome
    'accepted'
    """
    if quadrature == "exact":
        constant = exact_moment(activation, slope_power, power, sigma)
        value = constant.rational
        interval = widened(constant.enclose(), bits) if value is None else Interval(value, value)
    else:
        interval = widened(moment(activation, slope_power, power, sigma, bits, quadrature=quadrature), bits)
    claim = Claim(slope_power, power, sigma, interval)
    return judged(activation, claim, Evidence(quadrature, bits))


SEARCH = Search(
    Claim,
    ActivationProblem,
    lambda problem, options: propose(problem.activation, options.slope_power, options.power, options.sigma),
    reads=frozenset({"slope_power", "power", "sigma"}),
)
