"""Gaussian moments of random activations, not the judge's way: partial moments of polynomials, or fixed Gauss rules.

A polynomial is integrated by E[zⁿ; a < z < b] = (n−1)E[zⁿ⁻²; …] + aⁿ⁻¹n(a) − bⁿ⁻¹n(b), without error
but rounding. Anything else by two Gauss–Legendre rules on segments that follow its features; a hundred
times their difference, far more than the error of the finer one, is the radius.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise

from flint import arb

from certificates.arithmetic.arb import exact, precision, rational_ends
from tests.truth._activations import Instance
from tests.truth._formulas import ARB, series
from tests.truth.held import Held, at_least, at_most

__all__ = ["BITS", "held_ball", "hermite_means", "moments", "zhong"]

BITS, _RULE_BITS = 320, 210
_END = Fraction(18)  # e^{−162} is beyond what any quadrature here resolves
_RULES = (36, 52)
_ZERO = Fraction(0)


def held_ball(field: str, interval: object, ball: arb) -> Iterator[Held]:
    """A proved interval beside a ball that contains the truth."""
    low, high = rational_ends(ball)
    yield at_least(f"{field} (lower)", interval.lower, high)  # type: ignore[attr-defined]
    yield at_most(f"{field} (upper)", interval.upper, low)  # type: ignore[attr-defined]


def moments(instance: Instance, orders: Sequence[tuple[int, int]], sigma: Fraction) -> list[arb]:
    """E[φ'(σz)ⁱ zʲ] for each (i, j)."""
    with precision(BITS if sigma > Fraction(1, 10**5) else 3 * BITS):
        if instance.polynomials is not None:
            return [_polynomial(instance, i, j, sigma) for i, j in orders]
    with precision(_RULE_BITS):
        return _by_rules(instance, orders, sigma)


def zhong(instance: Instance, sigma: Fraction) -> tuple[arb, arb, arb]:
    """T₁, T₂, T₃."""
    a10, a11, a12, a20, a22 = moments(instance, [(1, 0), (1, 1), (1, 2), (2, 0), (2, 2)], sigma)
    with precision(3 * BITS):
        return a20 - a10 * a10 - a11 * a11, a22 - a11 * a11 - a12 * a12, a10 * a12 - a11 * a11


# ---- polynomials ---------------------------------------------------------------------------------------------------


def _polynomial(instance: Instance, i: int, j: int, sigma: Fraction, derivative: int = 1) -> arb:
    ends = [None, *(b / sigma for b in instance.breaks), None]
    total = exact(0)
    for coefficients, left, right in zip(instance.polynomials or (), ends, ends[1:], strict=False):
        slope = [(k if derivative else 1) * c * sigma ** (k - derivative) for k, c in enumerate(coefficients)]
        slope = slope[derivative:] or [_ZERO]
        integrand = [Fraction(1)]
        for _ in range(i):
            integrand = _times(integrand, slope)
        parts = _partial_moments(left, right, len(integrand) + j)
        for k, c in enumerate(integrand):
            if c:
                total += exact(c) * parts[k + j]
    return total


def _times(left: list[Fraction], right: list[Fraction]) -> list[Fraction]:
    total = [_ZERO] * (len(left) + len(right) - 1)
    for j, a in enumerate(left):
        for k, b in enumerate(right):
            total[j + k] += a * b
    return total


def _density(x: arb) -> arb:
    return (-x * x / 2).exp() / (2 * arb.pi()).sqrt()


def _partial_moments(left: Fraction | None, right: Fraction | None, count: int) -> list[arb]:
    """E[zⁿ; left < z < right] for n < count; ``None`` is an infinite end."""
    root = exact(2).sqrt()
    above = [exact(sign) if end is None else (exact(end) / root).erf() for end, sign in ((left, -1), (right, 1))]
    bells = [exact(0) if end is None else _density(exact(end)) for end in (left, right)]
    points = [exact(0) if end is None else exact(end) for end in (left, right)]
    found = [(above[1] - above[0]) / 2]
    powers = list(bells)
    for n in range(1, count):
        before = found[n - 2] * (n - 1) if n > 1 else exact(0)
        found.append(before + powers[0] - powers[1])
        powers = [p * x for p, x in zip(powers, points, strict=True)]
    return found


# ---- anything else -------------------------------------------------------------------------------------------------


@lru_cache(maxsize=2)
def _rule(count: int) -> list[tuple[arb, arb]]:
    return [arb.legendre_p_root(count, k, weight=True) for k in range(count)]


def _by_rules(instance: Instance, orders: Sequence[tuple[int, int]], sigma: Fraction, derivative: int = 1) -> list[arb]:
    coarse, fine = ([exact(0) for _ in orders] for _ in _RULES)
    for left, right in _segments(instance, sigma):
        piece = instance.pieces[sum(b < (left + right) / 2 * sigma for b in instance.breaks)]
        middle, half = exact((left + right) / 2), exact((right - left) / 2)
        for totals, count in zip((coarse, fine), _RULES, strict=True):
            for node, weight in _rule(count):
                z = middle + half * node
                slope = series(piece, exact(sigma) * z, derivative, ARB)[derivative]
                mass = weight * half * _density(z)
                for index, (i, j) in enumerate(orders):
                    totals[index] += _power(slope, i) * _power(z, j) * mass
    slack = exact(Fraction(1, 10**60))
    return [arb(b.mid(), (100 * abs(b - a) + b.rad() + slack).upper()) for a, b in zip(coarse, fine, strict=True)]


def _power(base: arb, exponent: int) -> arb:
    total = exact(1)
    for _ in range(exponent):
        total *= base
    return total


def _segments(instance: Instance, sigma: Fraction) -> Iterator[tuple[Fraction, Fraction]]:
    """[−18, 18] cut where the weight, a bend or a feature asks for it."""
    cuts = {Fraction(c) for c in (-18, -9, -5, -2, 0, 2, 5, 9, 18)} | {b / sigma for b in instance.breaks}
    for centre, width in instance.features:
        cuts.add(centre / sigma)
        distance = width / sigma
        while distance < 2 * _END:  # slopes may decay like 1/w²: no scale in between is left out
            cuts |= {centre / sigma - distance, centre / sigma + distance}
            distance *= 4
    ends = sorted(c for c in cuts if -_END <= c <= _END)
    yield from pairwise(ends)


# ---- means of values -----------------------------------------------------------------------------------------------


_HERMITE = ((1, {1: 1}), (2, {2: 1, 0: -1}), (3, {3: 1, 1: -3}), (4, {4: 1, 2: -6, 0: 3}))


def hermite_means(instance: Instance, sigma: Fraction) -> list[arb]:
    """E[φ(σz) He_k(z)]/σᵏ for k = 1 … 4, from the values of φ."""
    with precision(_RULE_BITS if instance.polynomials is None else 3 * BITS):
        if instance.polynomials is None:
            means = _by_rules(instance, [(1, j) for j in range(5)], sigma, derivative=0)
        else:
            means = [_polynomial(instance, 1, j, sigma, derivative=0) for j in range(5)]
        return [sum((means[j] * c for j, c in weights.items()), exact(0)) / exact(sigma**k) for k, weights in _HERMITE]
