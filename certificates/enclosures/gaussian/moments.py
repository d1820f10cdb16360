"""Gaussian moments α_{i,j}(σ) = E[φ'(σz)ⁱ zʲ], z ~ N(0, 1), by three independent quadratures (theory 2.3).

*integral*: Arb's adaptive Gauss–Legendre integration of the complex analytic integrand over [−T, T], piece by piece.
*taylor*: Taylor expansion on bisected cells of [−T, T], in real arithmetic (:mod:`taylor_quadrature`).
*trapezoid*: the trapezoidal rule with a strip lemma, in real arithmetic (:mod:`trapezoid`).

Beyond T all use |φ'(w)| ≤ A + B|w|^p and the Gaussian tail moments E_r(T) = E|z|^r 1_{|z|>T}.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import isqrt

from flint import acb, arb

from certificates.arithmetic.arb import exact, precision
from certificates.arithmetic.powers import natural_power
from certificates.enclosures.formulas.dual_numbers import slope_of
from certificates.enclosures.gaussian.integration import integrate
from certificates.enclosures.gaussian.taylor import Segment, taylor_integrals
from certificates.enclosures.gaussian.trapezoid import trapezoidal_moments
from certificates.enclosures.gaussian.truncation import (
    absolute_moment,
    gaussian_tail_moment,
    symmetric,
    tail_moment,
)
from certificates.enclosures.infinity.growth import Growth, slope_growth
from certificates.enclosures.infinity.identities import is_slope_even, odd_part_slope
from certificates.enclosures.intervals.pieces import evaluation_effort, pieces_of
from certificates.enclosures.intervals.ranges import global_bounds
from certificates.errors import EnclosureFailure
from certificates.expression import Activation, Expression

__all__ = ["absolute_moment", "gaussian_tail_moment", "moment", "moments"]


def moment(
    activation: Activation, i: int, j: int, sigma: Fraction, bits: int = 64, *, quadrature: str = "integral"
) -> arb:
    """Enclose α_{i,j}(σ); see :func:`moments`.

    Examples
    --------
    >>> from certificates.expression import parse_activation
    >>> ball = moment(parse_activation("relu"), 1, 2, Fraction(3))
    >>> bool(ball.contains(0.5))
    True
    """
    return moments(activation, [(i, j)], sigma, bits, quadrature=quadrature)[0]


def moments(
    activation: Activation,
    orders: list[tuple[int, int]],
    sigma: Fraction,
    bits: int = 64,
    *,
    quadrature: str = "integral",
    growth: Growth | None = None,
    slopes: Callable[[Expression], Callable[[arb], arb]] = slope_of,
) -> list[arb]:
    """Enclose several moments at one σ.

    Parameters
    ----------
    activation
        φ, locally absolutely continuous; statements about φ' are almost everywhere.
    orders
        Pairs (i, j), i ≥ 0, j ≥ 0.
    sigma
        σ > 0, exact.
    bits
        The goal: about so many correct bits, absolute for moments of order 1, relative where they are small.
    quadrature
        ``integral``, ``taylor`` or ``trapezoid``.
    growth
        A bound of φ' to rely on; the proven one by default.
    slopes
        Where the trapezoidal rule takes φ' from: a formula's derivative as a function of real balls.

    Guarantee
    ---------
    Ball k contains α_{i,j}(σ) for ``orders[k]``. The radius is whatever was reached.

    May fail when
    -------------
    No bound of φ' at infinity is proven, a formula is singular on the closure of its interval, there is no strip
    lemma for the trapezoidal rule, or a quadrature needs too many nodes or cells: :class:`EnclosureFailure`.

    References
    ----------
    Theory 2.3.1 and 2.3.2; Trefethen and Weideman, The exponentially convergent trapezoidal rule, thm 5.1.
    """
    truncation = Fraction(3 + isqrt(int(2 * 0.6931472 * (bits + 20))))
    with precision(bits + 40):
        beyond = _growth_beyond(activation, sigma, truncation) if growth is None else growth
        if quadrature == "trapezoid":
            return trapezoidal_moments(activation, orders, sigma, bits, truncation, beyond, slopes)
        segments = _segments(activation, sigma, truncation)
        goals = [_absolute_goal(j, sigma, bits) for _, j in orders]
        if quadrature == "taylor":
            inside = taylor_integrals(segments, orders, sigma, goals, bits)
        elif quadrature == "integral":
            inside = _integrals(segments, orders, sigma, goals, bits, _fold(activation))
        else:
            raise EnclosureFailure(f"there is no quadrature {quadrature!r}; use integral, taylor or trapezoid")
        root = (2 * arb.pi()).sqrt()
        return [
            ball / root + symmetric(tail_moment(beyond, i, j, exact(sigma), exact(truncation)))
            for ball, (i, j) in zip(inside, orders, strict=True)
        ]


def _growth_beyond(activation: Activation, sigma: Fraction, truncation: Fraction) -> Growth:
    """For σ ≤ 1 the global bound does: T makes the Gaussian alone small enough."""
    closed = global_bounds(activation)[0]
    if closed is not None and sigma <= 1:
        return Growth(exact(closed), exact(0), 0)
    return slope_growth(activation, sigma * truncation)


def _segments(activation: Activation, sigma: Fraction, truncation: Fraction) -> list[Segment]:
    """[−T, T] cut at 0 and at every breakpoint b/σ, each part with the formula in force on it."""
    pieces, breakpoints = pieces_of(activation)
    ends = [-truncation, *(max(-truncation, min(truncation, b / sigma)) for b in breakpoints), truncation]
    segments = []
    for piece, (left, right) in zip(pieces, pairwise(ends), strict=True):
        cuts = sorted({left, right} | ({Fraction(0)} if left < 0 < right else set()))
        segments += [(piece, a, b) for a, b in pairwise(cuts)]
    return segments


def _absolute_goal(j: int, sigma: Fraction, bits: int) -> arb:
    """For large σ, σ^{−j−1} is the size of a moment of an integrable φ'."""
    scale = exact(1) if sigma <= 1 else natural_power(1 / exact(sigma), j + 1)
    return scale * exact(Fraction(1, 2 ** (bits + 12)))


# ---- Arb's integration ---------------------------------------------------------------------------------------------


_MOST_REMEMBERED = 100_000  # values of one factor, some kilobytes each at 4,096 bits

_Factors = Callable[[acb], tuple[acb, acb]]


@dataclass(frozen=True)
class _Fold:
    """φ'(−w) = ±φ'(w), or constant − φ'(w), for all w > 0; the other quadratures do not rely on it."""

    sign: int
    constant: arb

    @property
    def is_parity(self) -> bool:
        """Whether φ' is even or odd."""
        return bool(self.constant.is_zero())

    def is_zero(self, i: int, j: int) -> bool:
        """Whether φ'(w)ⁱ wʲ is odd."""
        return self.is_parity and self.sign**i * (-1) ** j < 0


def _fold(activation: Activation) -> _Fold | None:
    """The fold, if φ' is even or φ'(w) + φ'(−w) = κ by an exact identity."""
    if is_slope_even(activation):
        return _Fold(1, exact(0))
    kappa = odd_part_slope(activation)
    return None if kappa is None else _Fold(-1, kappa.enclose())


def _integrals(
    segments: Sequence[Segment],
    orders: Sequence[tuple[int, int]],
    sigma: Fraction,
    goals: Sequence[arb],
    bits: int,
    fold: _Fold | None,
) -> list[arb]:
    """The integrals over all segments; with a fold, those over z < 0 are taken along with z > 0."""
    totals = [exact(0) for _ in orders]
    relative_goal = exact(Fraction(1, 2**bits))
    for piece, left, right in segments if fold is None else [s for s in segments if s[1] >= 0]:
        factors, a, b = _factors(piece, exact(sigma), remember=len(orders) > 1), acb(exact(left)), acb(exact(right))
        nodes = evaluation_effort(piece)
        for index, ((i, j), goal) in enumerate(zip(orders, goals, strict=True)):
            if fold is not None and fold.is_zero(i, j):
                continue
            integrand = _integrand(factors, i, j, fold)
            totals[index] += integrate(integrand, a, b, relative=relative_goal, absolute=goal, nodes=nodes).real
    return totals


def _integrand(factors: _Factors, i: int, j: int, fold: _Fold | None) -> Callable[[acb], acb]:
    """φ'(σz)ⁱ zʲ e^{−z²/2}, plus its value at −z if folded; not a number wherever it is not proven analytic."""
    power = _square if i == 2 else lambda slope: natural_power(slope, i)
    doubled = fold is not None and fold.is_parity  # φ'(w)ⁱ wʲ is even: the odd ones are left out

    def integrand(z: acb) -> acb:
        slope, weight = factors(z)
        value = power(slope)
        if doubled:
            value = value + value
        elif fold is not None:
            mirrored = power(-slope + fold.constant)
            value = value + mirrored if j % 2 == 0 else value - mirrored
        return value * weight if j == 0 else value * natural_power(z, j) * weight

    return integrand


def _square(slope: acb) -> acb:
    return slope * slope


def _factors(piece: Expression, sigma: arb, *, remember: bool) -> _Factors:
    """φ'(σz) and e^{−z²/2}, remembered if asked: the integrals of several orders meet mostly the same balls."""
    slope_at, minus_half = slope_of(piece), exact(Fraction(-1, 2))
    known: dict[tuple[object, ...], tuple[acb, acb]] = {}

    def computed(z: acb) -> tuple[acb, acb]:
        try:
            slope = slope_at(z * sigma)
        except EnclosureFailure:
            slope = acb("nan")
        return slope, (z * z * minus_half).exp()

    def factors(z: acb) -> tuple[acb, acb]:
        x, y = z.real, z.imag
        key = (x.mid().man_exp(), x.rad().man_exp(), y.mid().man_exp(), y.rad().man_exp())  # the ball, exactly
        found = known.get(key)
        if found is None:
            if len(known) >= _MOST_REMEMBERED:
                known.clear()
            found = known[key] = computed(z)
        return found

    return factors if remember else computed
