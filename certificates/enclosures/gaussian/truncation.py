"""Absolute and tail moments of the normal distribution, and what a bound of φ' leaves beyond T (theory 2.3.1)."""

from __future__ import annotations

from math import comb

from flint import arb

from certificates.arithmetic.arb import exact
from certificates.arithmetic.powers import natural_power
from certificates.enclosures.infinity.growth import Growth
from certificates.errors import EnclosureFailure

__all__ = ["absolute_moment", "gaussian_tail_moment", "symmetric", "tail_moment"]

_LARGEST_ORDER = 10_000


def absolute_moment(order: int) -> arb:
    """M_r = E|z|^r = 2^{r/2} Γ((r+1)/2)/√π: 1, √(2/π), 1, 2√(2/π), 3, …

    Examples
    --------
    >>> absolute_moment(4)
    3.00000000000000
    """
    value = (2 / arb.pi()).sqrt() if order % 2 else exact(1)
    for factor in range(order - 1, 0, -2):
        value *= factor
    return value


def gaussian_tail_moment(order: int, t: arb) -> arb:
    """E_r(T) = E|z|^r 1_{|z|>T} for T > 0: E_0 = erfc(T/√2), E_1 = 2n(T), E_r = 2T^{r−1}n(T) + (r−1)E_{r−2}.

    Examples
    --------
    >>> gaussian_tail_moment(2, exact(0))
    1.00000000000000
    """
    if order > _LARGEST_ORDER:
        raise EnclosureFailure(f"a Gaussian tail moment of order {order} > {_LARGEST_ORDER}")
    twice_density = 2 * (-t * t / 2).exp() / (2 * arb.pi()).sqrt()
    value = twice_density if order % 2 else (t / exact(2).sqrt()).erfc()
    power = t * t if order % 2 else t  # T^{r−1} for the first r of the recursion
    for r in range(order % 2 + 2, order + 1, 2):
        value = power * twice_density + (r - 1) * value
        power *= t * t
    return value


def tail_moment(growth: Growth, i: int, j: int, sigma: arb, start: arb) -> arb:
    """Bound E[|φ'(σz)|ⁱ|z|ʲ 1_{|z|>T}] ≤ Σ_m C(i,m) A^{i−m} (Bσ^p)^m E_{j+pm}(T) if |φ'(w)| ≤ A + B|w|^p beyond σT."""
    total = exact(0)
    slope = growth.slope * natural_power(sigma, growth.power)
    for m in range(i + 1):
        factor = comb(i, m) * natural_power(growth.constant, i - m) * natural_power(slope, m)
        if not factor.is_zero():
            total += factor * gaussian_tail_moment(j + growth.power * m, start)
    return total


def symmetric(bound: arb) -> arb:
    """The ball [−bound, bound]."""
    return exact(0).union(bound).union(-bound)
