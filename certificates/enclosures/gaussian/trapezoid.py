"""The trapezoidal rule for E[φ'(σz)ⁱ zʲ] in real arithmetic (theory 2.3.2).

If F is analytic in |Im z| < a, tends to 0 at infinity there, and ∫|F(x + ib)|dx ≤ M for all |b| < a, then
|∫F − hΣF(kh)| ≤ 2M/(e^{2πa/h} − 1). With |φ'| ≤ β(y) in |Im w| ≤ y, from the lemmas of :mod:`strips`:

    M ≤ β(σa)ⁱ e^{a²/2} Σ_k C(j,k) a^{j−k} M_k,   as |x + ib|ʲ ≤ (|x| + a)ʲ and |n(x + ib)| = e^{b²/2} n(x).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from math import comb, frexp, pi

from flint import arb

from certificates.arithmetic.arb import exact, upper
from certificates.arithmetic.effort import spend, word_count
from certificates.arithmetic.powers import natural_power
from certificates.enclosures.gaussian.strips import Strip, strip
from certificates.enclosures.gaussian.truncation import absolute_moment, symmetric, tail_moment
from certificates.enclosures.infinity.growth import Growth
from certificates.enclosures.intervals.pieces import evaluation_effort
from certificates.errors import EnclosureFailure
from certificates.expression import Activation, Expression

__all__ = ["fitting_step", "trapezoidal_moments"]

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
    h, one, minus_half = exact(step), exact(1), exact(Fraction(-1, 2))
    spend((2 * count + 1) * (evaluation_effort(activation.expression) + 4 * len(orders)) * (word_count() + 3))
    for k in range(count + 1):
        node = h * k
        weight = (node * node * minus_half).exp()
        for z in (node, -node) if k else (node,):
            slopes = _powers(slope_at(sigma * z), highest_i, weight)
            points = _powers(z, highest_j, one) if highest_j else [one]
            for index, (i, j) in enumerate(orders):
                sums[index] += slopes[i] * points[j] if j else slopes[i]
    return [total * h / (2 * arb.pi()).sqrt() for total in sums]


def _powers(base: arb, highest: int, first: arb) -> list[arb]:
    """``first`` times the powers 0, 1, …, ``highest`` of the base."""
    powers = [first]
    for _ in range(highest):
        powers.append(powers[-1] * base)
    return powers


@dataclass(frozen=True)
class _Width:
    """A half-width of the strip, 2M for each pair of orders, and the step that they may allow, guessed in floats."""

    half: Fraction
    bounds: list[arb]
    guess: float

    def step(self, goal: arb) -> tuple[Fraction, list[arb]] | None:
        """The largest h of four bits up to the guess with every error below the goal, as proven, and the errors."""
        if not self.guess * _MOST_NODES >= 1:
            return None
        unit = Fraction(2) ** (frexp(self.guess)[1] - 4)
        for multiple in range(int(self.guess / unit), 0, -1):
            errors = self._errors(unit * multiple)
            if all(error < goal for error in errors):
                return unit * multiple, errors
        return None

    def _errors(self, step: Fraction) -> list[arb]:
        """2M/(e^{2πa/h} − 1)."""
        rate = (2 * arb.pi() * exact(self.half) / exact(step)).exp() - 1
        return [bound / rate for bound in self.bounds]


def fitting_step(
    bounds_at: Callable[[Fraction], list[arb]], widest: Fraction | None, bits: int
) -> tuple[Fraction, list[arb]] | None:
    """A step of the trapezoidal rule for several integrands at once, nearly the largest over some widths of the strip.

    Parameters
    ----------
    bounds_at
        2M for each integrand, as a function of the half-width a of the strip.
    widest
        The largest a to which the bounds apply; ``None`` if there is no limit.
    bits
        The goal.

    Guarantee
    ---------
    A step and the discretisation errors 2M/(e^{2πa/h} − 1), all below 2^−(bits + 4); ``None`` where more than 40,000
    nodes would be needed.
    """
    goal = exact(Fraction(1, 2 ** (bits + 4)))
    return _best_width(bounds_at, widest, goal).step(goal)


def _step(lemma: Strip, orders: list[tuple[int, int]], sigma: Fraction, bits: int) -> tuple[Fraction, list[arb]]:
    """The step and its errors for moments at one σ."""
    widest = None if lemma.half_width is None else lemma.half_width / sigma
    found = fitting_step(lambda a: _moment_bounds(lemma, orders, sigma, a), widest, bits)
    if found is None:
        raise EnclosureFailure(f"the trapezoidal rule needs too fine a step at σ = {sigma}")
    return found


def _best_width(bounds_at: Callable[[Fraction], list[arb]], widest: Fraction | None, goal: arb) -> _Width:
    """By bisection: the step grows with the width first, and then it falls."""
    widths = sorted({a if widest is None else min(a, widest) for a in _WIDTHS})
    known: dict[int, _Width] = {}

    def at(index: int) -> _Width:
        if index not in known:
            known[index] = _at_width(bounds_at(widths[index]), widths[index], goal)
        return known[index]

    low, high = 0, len(widths) - 1
    while low < high:
        middle = (low + high) // 2
        low, high = (middle + 1, high) if at(middle).guess < at(middle + 1).guess else (low, middle)
    return at(low)


def _at_width(bounds: list[arb], a: Fraction, goal: arb) -> _Width:
    """The error is below the goal for h < 2πa/log(2M/goal + 1)."""
    guess = 2 * pi * float(a) / max(float(upper((bound / goal + 1).log())) for bound in bounds)
    return _Width(a, bounds, guess)


def _moment_bounds(lemma: Strip, orders: list[tuple[int, int]], sigma: Fraction, a: Fraction) -> list[arb]:
    """2M of φ'(σz)ⁱ zʲ n(z)."""
    width = exact(a)
    slope, growth = lemma.bound(exact(sigma) * width), 2 * (width * width / 2).exp()
    return [natural_power(slope, i) * growth * _spread(j, width) for i, j in orders]


def _spread(j: int, width: arb) -> arb:
    """E(|z| + a)ʲ."""
    return sum((comb(j, k) * natural_power(width, j - k) * absolute_moment(k) for k in range(j + 1)), start=exact(0))
