"""Gaussian moments α_{i,j}(σ) = E[φ'(σz)ⁱ zʲ], z ~ N(0, 1), by two independent quadratures (theory 3).

*integral*: Arb's adaptive Gauss–Legendre integration of the complex analytic integrand over [−T, T], piece by piece.
*trapezoid*: the trapezoidal rule in real arithmetic; if |F| integrates to at most M along every line of
|Im z| < a, then |∫F − hΣF(kh)| ≤ 2M/(e^{2πa/h} − 1), with M from the lemmas of :mod:`strips`.

Beyond T both use |φ'(w)| ≤ A + B|w|^p and the Gaussian tail moments E_r(T) = E|z|^r 1_{|z|>T}.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import comb, isqrt

from flint import acb, arb

from certificates.arithmetic.arb import exact, precision
from certificates.enclosures.growth import Growth, slope_growth
from certificates.enclosures.power_series import compiled, complex_derivatives, real_derivatives
from certificates.enclosures.strips import Strip, strip
from certificates.errors import EnclosureFailure
from certificates.expression import Activation, Expression, smooth_pieces

__all__ = ["absolute_moment", "gaussian_tail_moment", "moment", "moments"]

_MOST_NODES = 40_000


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
    """E_r(T) = E|z|^r 1_{|z|>T} for T > 0: E_0 = erfc(T/√2), E_1 = 2n(T), E_r = 2T^{r−1}n(T) + (r−1)E_{r−2}."""
    twice_density = 2 * (-t * t / 2).exp() / (2 * arb.pi()).sqrt()
    if order == 0:
        return (t / exact(2).sqrt()).erfc()
    if order == 1:
        return twice_density
    power = exact(1)
    for _ in range(order - 1):
        power *= t
    return power * twice_density + (order - 1) * gaussian_tail_moment(order - 2, t)


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
        ``integral`` or ``trapezoid``.
    growth
        A bound of φ' to rely on; the proven one by default.

    Guarantee
    ---------
    Ball k contains α_{i,j}(σ) for ``orders[k]``. The radius is whatever was reached.

    May fail when
    -------------
    No bound of φ' at infinity is proven, there is no strip lemma for the trapezoidal rule, or it needs more than
    40,000 nodes: :class:`EnclosureFailure`.

    References
    ----------
    Theory 3.1 (Q1) and 3.2 (Q2); Trefethen and Weideman, The exponentially convergent trapezoidal rule, thm 5.1.
    """
    truncation = Fraction(2 + isqrt(int(2 * 0.6931472 * (bits + 20))) + 1)
    with precision(bits + 40):
        beyond = slope_growth(activation, sigma * truncation) if growth is None else growth
        if quadrature == "trapezoid":
            return _trapezoid(activation, orders, sigma, bits, beyond)
        return [
            _integral(activation, i, j, sigma, bits, truncation)
            + _symmetric(_tail(beyond, i, j, exact(sigma), exact(truncation)))
            for i, j in orders
        ]


def _symmetric(bound: arb) -> arb:
    """The ball [−bound, bound]."""
    return exact(0).union(bound).union(-bound)


def _tail(growth: Growth, i: int, j: int, sigma: arb, start: arb) -> arb:
    """E[|φ'(σz)|ⁱ|z|ʲ 1_{|z|>T}] ≤ Σ_m C(i,m) A^{i−m} (Bσ^p)^m E_{j+pm}(T)."""
    total = exact(0)
    for m in range(i + 1):
        term = exact(comb(i, m))
        for _ in range(i - m):
            term *= growth.constant
        for _ in range(m):
            term *= growth.slope * _integer_power(sigma, growth.power)
        total += term * gaussian_tail_moment(j + growth.power * m, start)
    return total


def _integer_power(base: arb, exponent: int) -> arb:
    result = exact(1)
    for _ in range(exponent):
        result *= base
    return result


# ---- Arb's integration ---------------------------------------------------------------------------------------------


def _integral(activation: Activation, i: int, j: int, sigma: Fraction, bits: int, truncation: Fraction) -> arb:
    """The integral over [−T, T], split at 0 and at every breakpoint."""
    pieces, breakpoints = smooth_pieces(activation.expression)
    ends = [-truncation, *(max(-truncation, min(truncation, b / sigma)) for b in breakpoints), truncation]
    scale = exact(1) if sigma <= 1 else _integer_power(1 / exact(sigma), j + 1)
    tolerance = scale * exact(Fraction(1, 2 ** (bits + 12)))
    total = exact(0)
    for piece, left, right in zip(pieces, ends, ends[1:], strict=False):
        integrand = _integrand(piece, i, j, exact(sigma))
        cuts = sorted({left, right} | ({Fraction(0)} if left < 0 < right else set()))
        for a, b in zip(cuts, cuts[1:], strict=False):
            total += _integrated(integrand, a, b, bits, tolerance)
    return total / (2 * arb.pi()).sqrt()


def _integrand(piece: Expression, i: int, j: int, sigma: arb) -> Callable[[acb, bool], acb]:
    """φ'(σz)ⁱ zʲ e^{−z²/2}; not a number wherever it is not proven analytic, so the flag needs no attention."""
    formula = compiled(piece)

    def integrand(z: acb, analytic: bool) -> acb:
        del analytic
        try:
            slope = complex_derivatives(formula, sigma * z, 1)[1] if i else acb(1)
        except EnclosureFailure:
            return acb("nan")
        value = (-z * z / 2).exp()
        for _ in range(i):
            value *= slope
        for _ in range(j):
            value *= z
        return value

    return integrand


def _integrated(integrand: Callable[[acb, bool], acb], a: Fraction, b: Fraction, bits: int, tolerance: arb) -> arb:
    found = acb.integral(integrand, acb(exact(a)), acb(exact(b)), rel_tol=arb(2) ** -bits, abs_tol=tolerance)
    if not found.is_finite():
        raise EnclosureFailure("the integral of the activation's slope has no finite enclosure")
    return found.real


# ---- the trapezoidal rule ------------------------------------------------------------------------------------------


def _trapezoid(
    activation: Activation, orders: list[tuple[int, int]], sigma: Fraction, bits: int, growth: Growth
) -> list[arb]:
    lemma = strip(activation)
    if lemma is None:
        raise EnclosureFailure(f"there is no strip lemma for {activation.text}; use the quadrature 'integral'")
    step, errors = _step(lemma, orders, sigma, bits)
    count = int((2 + isqrt(int(2 * 0.6931472 * (bits + 20))) + 1) / step) + 1
    if 2 * count + 1 > _MOST_NODES:
        raise EnclosureFailure(f"the trapezoidal rule needs {2 * count + 1} nodes at σ = {sigma}")
    sums = _node_sums(activation, orders, exact(sigma), step, count)
    end = exact(step * count)
    return [
        total + _symmetric(error) + _symmetric(_tail_sum(growth, i, j, exact(sigma), end))
        for total, error, (i, j) in zip(sums, errors, orders, strict=True)
    ]


def _tail_sum(growth: Growth, i: int, j: int, sigma: arb, end: arb) -> arb:
    """The nodes beyond T': a decreasing summand is at most its integral, and z^r n(z) decreases from z² ≥ r on."""
    if not end * end >= j + growth.power * i:
        raise EnclosureFailure("the trapezoidal sum is cut off too early")
    return _tail(growth, i, j, sigma, end)


def _node_sums(
    activation: Activation, orders: list[tuple[int, int]], sigma: arb, step: Fraction, count: int
) -> list[arb]:
    """H Σ_{|k| ≤ count} F(kh) for every pair of orders at once."""
    formula = compiled(activation.expression)
    sums = [exact(0) for _ in orders]
    h = exact(step)
    for k in range(-count, count + 1):
        z = h * k
        slope, weight = real_derivatives(formula, sigma * z, 1)[1], (-z * z / 2).exp()
        for index, (i, j) in enumerate(orders):
            sums[index] += weight * _integer_power(slope, i) * _integer_power(z, j)
    return [total * h / (2 * arb.pi()).sqrt() for total in sums]


def _step(lemma: Strip, orders: list[tuple[int, int]], sigma: Fraction, bits: int) -> tuple[Fraction, list[arb]]:
    """The largest h = 2^−m whose discretisation error is below the goal, over some widths of the strip."""
    widths = [Fraction(k, 4) for k in range(2, 48, 3)]
    if lemma.half_width is not None:
        widths = [min(a, lemma.half_width / sigma) for a in widths]
    goal = exact(Fraction(1, 2 ** (bits + 4)))
    best: tuple[Fraction, list[arb]] | None = None
    for a in dict.fromkeys(widths):
        h, errors = _step_in_strip(lemma, orders, sigma, a, goal)
        if best is None or h > best[0]:
            best = h, errors
    if best is None:
        raise EnclosureFailure("no strip to integrate in")
    return best


def _step_in_strip(
    lemma: Strip, orders: list[tuple[int, int]], sigma: Fraction, a: Fraction, goal: arb
) -> tuple[Fraction, list[arb]]:
    """M ≤ β(σa)ⁱ e^{a²/2} Σ_k C(j,k) a^{j−k} M_k, since |x + ib|ʲ ≤ Σ_k C(j,k)|x|ᵏ aʲ⁻ᵏ and |n(x + ib)| = e^{b²/2}n(x)."""
    width = exact(a)
    slope = lemma.bound(exact(sigma) * width)
    bounds = [
        _integer_power(slope, i)
        * (width * width / 2).exp()
        * sum(
            (comb(j, k) * _integer_power(width, j - k) * absolute_moment(k) for k in range(j + 1)), start=exact(0)
        )
        for i, j in orders
    ]
    h = Fraction(1)
    while True:
        rate = (2 * arb.pi() * width / exact(h)).exp() - 1
        errors = [2 * bound / rate for bound in bounds]
        if all(error < goal for error in errors):
            return h, errors
        if h < Fraction(1, 2**60):
            raise EnclosureFailure("the trapezoidal rule does not reach its goal")
        h /= 2
