"""T₁, T₂, T₃ and ρ(σ) = min T_k of Zhong et al., from Gaussian moments (theory 2.1).

With f = φ'(σz) and Π the projector of L²(N(0, 1)) on span{1, z}: T₁ = ‖(I − Π)f‖², T₂ = ‖(I − Π)zf‖² and T₃ is the
Gram determinant of (1, z) under the weight f. So T₁, T₂ ≥ 0 always; only T₃ can be negative.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from flint import arb

from certificates.arithmetic.arb import precision
from certificates.enclosures.formulas.exact_constants import ExactConstant
from certificates.enclosures.gaussian.exact_moments import exact_moment
from certificates.enclosures.gaussian.meeting import met_moments
from certificates.enclosures.infinity.growth import Growth
from certificates.expression import Activation

__all__ = ["ZhongTerms", "exact_zhong_terms", "zhong_terms"]

_ORDERS = [(1, 0), (1, 1), (1, 2), (2, 0), (2, 2)]
_MINUS_ONE = Fraction(-1)


@dataclass(frozen=True)
class ZhongTerms:
    """Enclosures of T₁, T₂, T₃ at one σ."""

    first: arb
    second: arb
    third: arb

    @property
    def all(self) -> tuple[arb, arb, arb]:
        """In order."""
        return self.first, self.second, self.third

    @property
    def smallest(self) -> arb:
        """ρ = min T_k."""
        return self.first.min(self.second).min(self.third)

    @property
    def active(self) -> tuple[int, ...]:
        """The k whose T_k may attain the minimum; every other one is certainly larger than ρ."""
        return tuple(k + 1 for k, term in enumerate(self.all) if not term > self.smallest)


def working_bits(sigma: Fraction, bits: int) -> int:
    """Bits of the moments: T₁ may be as small as σ⁶ times a constant, from moments of order 1."""
    small = max(0, sigma.denominator.bit_length() - sigma.numerator.bit_length() + 1)
    return bits + 6 * small + 16


def zhong_terms(
    activation: Activation,
    sigma: Fraction,
    bits: int = 64,
    *,
    quadrature: str = "integral",
    growth: Growth | None = None,
) -> ZhongTerms:
    """Enclose T₁, T₂, T₃ at σ.

    Parameters
    ----------
    activation, sigma, quadrature, growth
        As in :func:`certificates.enclosures.gaussian.moments.moments`.
    bits
        About so many correct bits of the terms; the moments are computed to more, as the terms cancel for small σ.

    Guarantee
    ---------
    The balls contain the exact terms. That T₁ and T₂ are squared distances is used: their balls are cut off at 0.

    References
    ----------
    Zhong et al., property P2; theorem 2.1.

    Examples
    --------
    >>> from certificates.expression import parse_activation
    >>> zhong_terms(parse_activation("gelu"), Fraction(10)).active
    (3,)
    """
    inner = working_bits(sigma, bits)
    a10, a11, a12, a20, a22 = met_moments(activation, _ORDERS, sigma, inner, quadrature=quadrature, growth=growth)
    with precision(inner + 40):
        first = a20 - a10 * a10 - a11 * a11
        second = a22 - a11 * a11 - a12 * a12
        return ZhongTerms(first.nonnegative_part(), second.nonnegative_part(), a10 * a12 - a11 * a11)


def exact_zhong_terms(activation: Activation, sigma: Fraction) -> tuple[ExactConstant, ExactConstant, ExactConstant]:
    """T₁, T₂, T₃ as exact numbers, where :func:`exact_moment` applies; fails elsewhere.

    Examples
    --------
    >>> from certificates.expression import parse_activation
    >>> [term.key for term in exact_zhong_terms(parse_activation("quadratic"), Fraction(1))]
    ['', '8', '-4']
    """
    a10, a11, a12, a20, a22 = (exact_moment(activation, i, j, sigma) for i, j in _ORDERS)
    square = a11.times(a11).scaled(_MINUS_ONE)
    return (
        a20.plus(a10.times(a10).scaled(_MINUS_ONE)).plus(square),
        a22.plus(a12.times(a12).scaled(_MINUS_ONE)).plus(square),
        a10.times(a12).plus(square),
    )
