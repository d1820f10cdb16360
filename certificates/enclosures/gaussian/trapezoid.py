"""The trapezoidal rule for E[φ'(σz)ⁱ zʲ] in real arithmetic (theory 2.3.2).

If F is analytic in |Im z| < a, tends to 0 at infinity there, and ∫|F(x + ib)|dx ≤ M for all |b| < a, then
|∫F − hΣF(kh)| ≤ 2M/(e^{2πa/h} − 1). With |φ'| ≤ β(y) in |Im w| ≤ y, from the lemmas of :mod:`strips`:

    M ≤ β(σa)ⁱ e^{a²/2} Σ_k C(j,k) a^{j−k} M_k,   as |x + ib|ʲ ≤ (|x| + a)ʲ and |n(x + ib)| = e^{b²/2} n(x).
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import accumulate, repeat
from math import comb
from operator import mul

from flint import arb

from certificates.arithmetic.arb import exact
from certificates.arithmetic.effort import spend, word_count
from certificates.arithmetic.powers import natural_power
from certificates.enclosures.gaussian.strips import Strip, strip
from certificates.enclosures.gaussian.truncation import absolute_moment, symmetric, tail_moment
from certificates.enclosures.infinity.growth import Growth
from certificates.enclosures.intervals.pieces import evaluation_effort
from certificates.errors import EnclosureFailure
from certificates.expression import Activation, Expression

__all__ = ["trapezoidal_moments"]

_MOST_NODES = 40_000
_WIDTHS = [Fraction(k, 4) for k in range(2, 48, 3)]


def trapezoidal_moments(
    activation: Activation,
    orders: list[tuple[int, int]],
    sigma: Fraction,
    bits: int,
    truncation: Fraction,
    growth: Growth,
    slopes: Callable[[Expression], Callable[[arb], arb]],
) -> list[arb]:
    """Enclose α_{i,j}(σ) for all orders at once; to be called at a working precision above ``bits``.

    Parameters
    ----------
    activation, orders, sigma, bits
        As in :func:`certificates.enclosures.gaussian.moments.moments`.
    truncation
        T: nodes beyond it are summed by a bound only.
    growth
        |φ'(w)| ≤ A + B|w|^p for |w| ≥ σT.
    slopes
        The derivative of a formula as a function of real balls.

    May fail when
    -------------
    There is no strip lemma, or more than 40,000 nodes would be needed: :class:`EnclosureFailure`.
    """
    lemma = strip(activation)
    if lemma is None:
        raise EnclosureFailure(f"there is no strip lemma for {activation.text}; use the quadrature 'integral'")
    step, errors = _step(lemma, orders, sigma, bits)
    count = int(truncation / step) + 1
    if 2 * count + 1 > _MOST_NODES:
        raise EnclosureFailure(f"the trapezoidal rule needs {2 * count + 1} nodes at σ = {sigma}")
    slope_at = slopes(activation.expression)
    sums = _node_sums(activation, slope_at, orders, exact(sigma), step, count)
    end = exact(step * count)
    return [
        total + symmetric(error) + symmetric(_tail_sum(growth, i, j, exact(sigma), end))
        for total, error, (i, j) in zip(sums, errors, orders, strict=True)
    ]


def _tail_sum(growth: Growth, i: int, j: int, sigma: arb, end: arb) -> arb:
    """The nodes beyond T': a decreasing summand is at most its integral, and z^r n(z) decreases from z² ≥ r on."""
    if not end * end >= j + growth.power * i:
        raise EnclosureFailure("the trapezoidal sum is cut off too early")
    return tail_moment(growth, i, j, sigma, end)


def _node_sums(
    activation: Activation,
    slope_at: Callable[[arb], arb],
    orders: list[tuple[int, int]],
    sigma: arb,
    step: Fraction,
    count: int,
) -> list[arb]:
    """H Σ_{|k| ≤ count} F(kh) for every pair of orders at once."""
    sums = [exact(0) for _ in orders]
    highest_i, highest_j = (max(order[side] for order in orders) for side in (0, 1))
    h, one = exact(step), exact(1)
    spend((2 * count + 1) * (evaluation_effort(activation.expression) + 4 * len(orders)) * (word_count() + 3))
    for k in range(-count, count + 1):
        z = h * k
        slopes = _powers(slope_at(sigma * z), highest_i, (-z * z / 2).exp())
        points = _powers(z, highest_j, one)
        for index, (i, j) in enumerate(orders):
            sums[index] += slopes[i] * points[j]
    return [total * h / (2 * arb.pi()).sqrt() for total in sums]


def _powers(base: arb, highest: int, first: arb) -> list[arb]:
    """``first`` times the powers 0, 1, …, ``highest`` of the base."""
    return list(accumulate(repeat(base, highest), mul, initial=first))


def _step(lemma: Strip, orders: list[tuple[int, int]], sigma: Fraction, bits: int) -> tuple[Fraction, list[arb]]:
    """The largest h = 2^−m whose discretisation error is below the goal, over some widths of the strip."""
    widths = [a if lemma.half_width is None else min(a, lemma.half_width / sigma) for a in _WIDTHS]
    goal = exact(Fraction(1, 2 ** (bits + 4)))
    steps = [_step_in_strip(lemma, orders, sigma, a, goal) for a in dict.fromkeys(widths)]
    found = [step for step in steps if step is not None]
    if not found:
        raise EnclosureFailure(f"the trapezoidal rule needs too fine a step at σ = {sigma}")
    return max(found, key=lambda step: step[0])


def _step_in_strip(
    lemma: Strip, orders: list[tuple[int, int]], sigma: Fraction, a: Fraction, goal: arb
) -> tuple[Fraction, list[arb]] | None:
    """The largest h = 2^−m for one half-width a ≤ half_width/σ; ``None`` if h would be too fine for the limit."""
    width = exact(a)
    slope = lemma.bound(exact(sigma) * width)
    bounds = [natural_power(slope, i) * (width * width / 2).exp() * _spread(j, width) for i, j in orders]
    h = Fraction(1)
    while h * _MOST_NODES >= 1:
        rate = (2 * arb.pi() * width / exact(h)).exp() - 1
        errors = [2 * bound / rate for bound in bounds]
        if all(error < goal for error in errors):
            return h, errors
        h /= 2
    return None


def _spread(j: int, width: arb) -> arb:
    """E(|z| + a)ʲ."""
    return sum((comb(j, k) * natural_power(width, j - k) * absolute_moment(k) for k in range(j + 1)), start=exact(0))
