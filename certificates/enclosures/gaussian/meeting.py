"""Moments at one σ, after a second quadrature has met the first: by another rule, and from another derivative.

The first, which the evidence names, is the enclosure; the second is coarse, to 24 bits, and must overlap it. Both rest
on one bound of φ' beyond the truncation. Covers of all σ rest on one quadrature: with a second one at each of their
hundreds of cells they would take half as long again.

What each is kept for, as measured (one core, the five moments of ρ at σ = 1 to 64 bits):

* *integral*, for every formula: 5 ms for tanh, 9 gelu, 14 mish, 4 relu.
* *trapezoid*, where there is a strip lemma: 1.5 to 3 ms for these; the cover of all σ rests on it. As the second one:
  1 ms.
* *taylor*, for every formula, without complex numbers: 3 ms for relu, 30 to 40 for smooth ones. As the second one,
  where no strip is wide enough: 2 ms for piecewise formulas, 10 for smooth ones.
"""

from __future__ import annotations

from fractions import Fraction

from flint import arb

from certificates.enclosures.formulas.power_series import series_slope
from certificates.enclosures.gaussian.moments import moments
from certificates.enclosures.gaussian.strips import strip
from certificates.enclosures.infinity.growth import Growth
from certificates.errors import Contradiction, EnclosureFailure
from certificates.expression import Activation

__all__ = ["met_moments"]

_BITS = 24
_LEAST_WIDTH = Fraction(3, 8)  # of the strip in z: the trapezoidal rule has nodes in inverse proportion


def met_moments(
    activation: Activation,
    orders: list[tuple[int, int]],
    sigma: Fraction,
    bits: int = 64,
    *,
    quadrature: str = "integral",
    growth: Growth | None = None,
) -> list[arb]:
    """Enclose moments as :func:`certificates.enclosures.gaussian.moments.moments` does; a second quadrature meets them.

    Guarantee
    ---------
    As there. Where the second quadrature has an enclosure, too, the two overlap in every moment.

    May fail when
    -------------
    As there.

    Raises
    ------
    Contradiction
        They are disjoint in one: one of them is wrong, and nothing is proved.

    Examples
    --------
    >>> from certificates.expression import parse_activation
    >>> met_moments(parse_activation("relu"), [(1, 2)], Fraction(3))[0].contains(arb(1) / 2)
    True
    """
    found = moments(activation, orders, sigma, bits, quadrature=quadrature, growth=growth)
    try:
        again = _second(activation, orders, sigma, quadrature, growth)
    except EnclosureFailure:
        return found
    for order, ball, other in zip(orders, found, again, strict=True):
        if not ball.overlaps(other):
            raise Contradiction(
                f"two quadratures of E[φ'(σz)ⁱzʲ], (i, j) = {order}, are disjoint for {activation.text[:60]}: "
                f"{ball.str(12)} and {other.str(12)}"
            )
    return found


def _second(
    activation: Activation, orders: list[tuple[int, int]], sigma: Fraction, first: str, growth: Growth | None
) -> list[arb]:
    """By a rule and a derivative that the first has not: integral and trapezoid take the slope from dual numbers."""
    if first == "taylor":
        return moments(activation, orders, sigma, _BITS, quadrature="integral", growth=growth)
    lemma = strip(activation) if first == "integral" else None
    is_wide = lemma is not None and sigma * _LEAST_WIDTH <= (lemma.half_width or 1)
    rule = "trapezoid" if is_wide else "taylor"
    return moments(activation, orders, sigma, _BITS, quadrature=rule, growth=growth, slopes=series_slope)
