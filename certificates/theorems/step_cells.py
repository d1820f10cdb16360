r"""ρ(σ) ≥ c σ^p/(1 + σ²)^Q for all σ > 0, for a slope that tends to a step: GELU, SiLU, Mish, ELU, … (ours).

Let f = φ' be bounded and Lipschitz, with no breakpoint but 0, and f(u) → κ± as u → ±∞ fast enough. The moments of each
half-line are smooth in σ, and σ ∂α_{ij} = α_{i,j+2} − (j + 1)α_{ij} (Stein). On a cell, with its centre σ_c and half
width r:

*Near 0.* If f, …, f^{(m−1)} exist at 0, f(w) = P(w) + w^m q(w) with deg P < m, so P(σz) is orthogonal to He_k for
k ≥ m. On each half-line q(w) = ∫₀¹(1 − t)^{m−1} f^{(m)}(tw)dt/(m − 1)!, hence |q'| ≤ sup|f^{(m+1)}|/(m + 1)!; a jump of
f^{(m)} at 0 is allowed. By Bessel T₁ ≥ E[f He_k]²/k! = σ^{2m} B₁², where B₁ = E[q(σz) z^m He_k]/√k! has
|B₁'| ≤ sup|q'| E[|z|^{m+1}|He_k|]/√k! ≤ sup|f^{(m+1)}|/(m+1)! · √M_{2m+2} (Cauchy–Schwarz).
Likewise T₂ ≥ E[zf He_k]²/k! = σ^{2m} B₂² for k > m with |B₂'| ≤ sup|f^{(m+1)}|/(m+1)! · √M_{2m+4}. T₃ by the Lipschitz
bound |∂α_{1j}| ≤ sup|f'| M_{j+1}.

*In between.* A jump of f' at 0 adds nothing to ∂²α_{ij}, where it would be weighted with z^{j+2} at z = 0. So
α_{ij}(σ_c + δ) = α + α'δ + ½α''(ξ)δ² with |α''| ≤ sup|(fⁱ)''| M_{j+2}, and also ≤ σ^{−j−3} K_{ij},
K_{ij} = ∫|(fⁱ)''||u|^{j+2}du/√(2π). T_k is a polynomial in δ with ball coefficients.

*Far*, v = 1/σ in a cell: α_{ij} = step moment + v^{j+1}(H_{ij}(0) ± ½v²J_{i,j+2})/√(2π) (:mod:`step_limit`).

A cell gives c = (lower bound of T_k) / sup over the cell of σ^p/(1 + σ²)^Q.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from math import factorial

from flint import arb

from certificates.arithmetic.arb import exact, precision
from certificates.arithmetic.powers import natural_power
from certificates.enclosures.gaussian.moments import moments
from certificates.enclosures.gaussian.step_limit import StepLimit, second_derivative_integral, step_limit
from certificates.enclosures.gaussian.truncation import absolute_moment, symmetric
from certificates.enclosures.infinity.derivative_bounds import derivative_bound
from certificates.enclosures.intervals.pieces import pieces_of
from certificates.errors import EnclosureFailure
from certificates.expression import Activation
from certificates.memory import remembered

__all__ = [
    "Bessel",
    "Envelope",
    "far_constant",
    "middle_constant",
    "near_constant",
    "third_term_far",
    "third_term_near",
]

Cell = tuple[Fraction, Fraction]

_BITS = 44
_MOST_BITS = 4096


@dataclass(frozen=True)
class Envelope:
    """σ^p/(1 + σ²)^Q."""

    power: int
    decay: Fraction

    def constant_on(self, cell: Cell, lower_bound: arb) -> arb:
        """c with ``lower_bound`` ≥ c σ^p/(1 + σ²)^Q on the cell."""
        largest = natural_power(exact(cell[1]), self.power)
        return lower_bound * _one_plus_square(cell[0], self.decay) / largest

    def constant_far(self, cell: Cell, lower_bound: arb) -> arb:
        """The same for v = 1/σ in the cell: σ^p/(1 + σ²)^Q = v^{2Q−p}/(1 + v²)^Q."""
        exponent = 2 * self.decay - self.power
        if exponent < 0:
            raise EnclosureFailure("the envelope grows as σ → ∞")
        largest = (exact(cell[1]).log() * exact(exponent)).exp() if exponent else exact(1)
        return lower_bound * _one_plus_square(cell[0], self.decay) / largest


@dataclass(frozen=True)
class Bessel:
    """One Hermite coefficient: E[f He_k] (or E[zf He_k]) = σ^m √k! B(σ)."""

    degree: int
    order: int


def _one_plus_square(x: Fraction, exponent: Fraction) -> arb:
    return (exact(1 + x * x).log() * exact(exponent)).exp()


def _hermite(degree: int) -> list[tuple[int, int]]:
    """He_k as pairs (coefficient, power): He_{k+1} = z He_k − k He_{k−1}."""
    previous, current = {0: 1}, {1: 1}
    for k in range(1, degree):
        following = {power + 1: c for power, c in current.items()}
        for power, c in previous.items():
            following[power] = following.get(power, 0) - k * c
        previous, current = current, following
    return [(c, power) for power, c in (current if degree else previous).items()]


def require_kinks_at_zero(activation: Activation) -> None:
    """Fail if φ has a breakpoint other than 0: f' may jump there, and the bounds near 0 and in between ignore it."""
    if any(pieces_of(activation)[1]):
        raise EnclosureFailure("a breakpoint other than 0")


# ---- near 0 --------------------------------------------------------------------------------------------------------


@remembered(4096)
def near_constant(
    activation: Activation, envelope: Envelope, first: Bessel, second: Bessel, cell: Cell, quadrature: str
) -> arb:
    """C on a cell [σ₁, σ₂] with 0 ≤ σ₁, by one Hermite coefficient each.

    May fail when
    -------------
    φ is not smooth enough at 0 for the orders, or the orders do not fit the envelope: :class:`EnclosureFailure`.
    """
    return _least(_near_terms(activation, envelope, first, second, cell, quadrature))


def _least(constants: Iterable[arb]) -> arb:
    first, *others = constants
    for constant in others:
        first = first.min(constant)
    return first


def _near_terms(
    activation: Activation, envelope: Envelope, first: Bessel, second: Bessel, cell: Cell, quadrature: str
) -> tuple[arb, ...]:
    """What T₁, T₂ and T₃ allow."""
    if 2 * first.order != envelope.power or 2 * second.order > envelope.power:
        raise EnclosureFailure("the orders of the Hermite coefficients do not fit the envelope")
    if not (first.degree >= max(2, first.order) and second.degree >= 2 and second.degree > second.order):
        raise EnclosureFailure("the Hermite polynomials are not orthogonal to what is left out")
    require_kinks_at_zero(activation)
    if pieces_of(activation)[1] and max(first.order, second.order) > 1:
        raise EnclosureFailure("a slope with a kink at 0 allows order 1 only")
    values = _near_moments(activation, first, second, cell, quadrature)
    below = _bessel(activation, first, 0, cell, values)
    weighted = _bessel(activation, second, 1, cell, values)
    shortage = envelope.power - 2 * second.order
    factor = _one_plus_square(cell[0], envelope.decay)
    one = below * below * factor
    two = weighted * weighted * factor / natural_power(exact(cell[1]), shortage)
    return one, two, envelope.constant_on(cell, _third_term(activation, cell, values))


Moments = dict[int, arb]  # j -> α_{1,j} at the centre of a cell


def _near_moments(activation: Activation, first: Bessel, second: Bessel, cell: Cell, quadrature: str) -> Moments:
    """All that a near cell needs, by one quadrature."""
    needed = {0, 1, 2, *(j for _, j in _hermite(first.degree)), *(j + 1 for _, j in _hermite(second.degree))}
    lost = max(_lost_bits(first, cell), _lost_bits(second, cell))
    if lost > _MOST_BITS:
        raise EnclosureFailure("a near cell is too close to 0")
    orders = [(1, j) for j in sorted(needed)]
    found = moments(activation, orders, _centre(cell), _BITS + lost, quadrature=quadrature)
    return {j: value for (_, j), value in zip(orders, found, strict=True)}


def _centre(cell: Cell) -> Fraction:
    return (cell[0] + cell[1]) / 2


def _lost_bits(choice: Bessel, cell: Cell) -> int:
    """How many leading bits cancel in a Hermite coefficient of size σ^m."""
    return choice.order * (1 / _centre(cell)).__ceil__().bit_length()


def _bessel(activation: Activation, choice: Bessel, weight: int, cell: Cell, values: Moments) -> arb:
    """A lower bound of |B(σ)| on the cell, 0 if there is none; ``weight`` 1 for zf instead of f."""
    half = exact((cell[1] - cell[0]) / 2)
    with precision(2 * _BITS + _lost_bits(choice, cell)):
        total = sum((c * values[power + weight] for c, power in _hermite(choice.degree)), start=exact(0))
        value = total / (natural_power(exact(_centre(cell)), choice.order) * exact(factorial(choice.degree)).sqrt())
    slope = derivative_bound(activation, choice.order + 2) / factorial(choice.order + 1)
    change = slope * absolute_moment(2 * (choice.order + 1 + weight)).sqrt() * half
    return (abs(value) - change).nonnegative_part().lower()


def third_term_near(activation: Activation, cell: Cell, quadrature: str) -> arb:
    """A lower bound of T₃ on [σ₁, σ₂], 0 ≤ σ₁, from |∂α_{1j}| ≤ sup|f'| M_{j+1}, if f = φ' is continuous."""
    found = moments(activation, [(1, 0), (1, 1), (1, 2)], _centre(cell), _BITS, quadrature=quadrature)
    return _third_term(activation, cell, dict(enumerate(found)))


def _third_term(activation: Activation, cell: Cell, values: Moments) -> arb:
    slope = derivative_bound(activation, 2) * exact((cell[1] - cell[0]) / 2)
    a, b, c = (values[j] + symmetric(slope * absolute_moment(j + 1)) for j in range(3))
    return (a * c - b * b).lower()


# ---- in between ----------------------------------------------------------------------------------------------------

_PAIRS = [(1, 0), (1, 1), (1, 2), (2, 0), (2, 2)]
_ORDERS = [*_PAIRS, (1, 3), (1, 4), (2, 4)]


@remembered(4096)
def middle_constant(activation: Activation, envelope: Envelope, cell: Cell, quadrature: str) -> arb:
    """C on a cell [σ₁, σ₂] with 0 < σ₁, by second-order expansion of the moments."""
    return _least(_middle_terms(activation, envelope, cell, quadrature))


def _middle_terms(activation: Activation, envelope: Envelope, cell: Cell, quadrature: str) -> tuple[arb, ...]:
    require_kinks_at_zero(activation)
    centre, half = _centre(cell), exact((cell[1] - cell[0]) / 2)
    values = dict(zip(_ORDERS, moments(activation, _ORDERS, centre, _BITS, quadrature=quadrature), strict=True))
    expansions = {}
    for i, j in _PAIRS:
        slope = (values[i, j + 2] - (j + 1) * values[i, j]) / exact(centre)
        bend = _second_derivative(activation, i, j, cell[0]) / 2
        expansions[i, j] = (values[i, j], slope, symmetric(bend))
    a10, a11, a12, a20, a22 = (expansions[pair] for pair in _PAIRS)
    square = _product(a11, a11)
    first = _lowest(_difference(a20, _product(a10, a10), square), half)
    second = _lowest(_difference(a22, _product(a12, a12), square), half)
    third = _lowest(_difference(_product(a10, a12), square), half)
    return envelope.constant_on(cell, first), envelope.constant_on(cell, second), envelope.constant_on(cell, third)


@remembered(4096)
def _second_derivative(activation: Activation, i: int, j: int, sigma: Fraction) -> arb:
    """An upper bound of |α_{ij}''| for all σ' ≥ σ."""
    f, d1, d2 = (derivative_bound(activation, k) for k in (1, 2, 3))
    bend = d2 if i == 1 else 2 * (d1 * d1 + f * d2)
    anywhere = bend * absolute_moment(j + 2)
    decaying = second_derivative_integral(activation, i, j + 2) / natural_power(exact(sigma), j + 3)
    return anywhere.min(decaying)


def _product(left: tuple[arb, ...], right: tuple[arb, ...]) -> tuple[arb, ...]:
    """Polynomials in δ, nothing cut off."""
    total = [exact(0)] * (len(left) + len(right) - 1)
    for i, a in enumerate(left):
        for j, b in enumerate(right):
            total[i + j] += a * b
    return tuple(total)


def _difference(first: tuple[arb, ...], *rest: tuple[arb, ...]) -> tuple[arb, ...]:
    length = max(len(p) for p in (first, *rest))
    padded = [(*p, *[exact(0)] * (length - len(p))) for p in (first, *rest)]
    return tuple(column[0] - sum(column[1:], start=exact(0)) for column in zip(*padded, strict=True))


def _lowest(polynomial: tuple[arb, ...], half: arb) -> arb:
    """A lower bound for |δ| ≤ half."""
    value = polynomial[0]
    for k, coefficient in enumerate(polynomial[1:], start=1):
        value -= abs(coefficient).upper() * natural_power(half, k)
    return value.lower()


# ---- far out -------------------------------------------------------------------------------------------------------


def far_constant(activation: Activation, envelope: Envelope, cell: Cell) -> arb:
    """C for v = 1/σ in a cell [v₁, v₂], 0 ≤ v₁."""
    return _least(_far_terms(activation, envelope, cell))


def _far_terms(activation: Activation, envelope: Envelope, cell: Cell) -> tuple[arb, ...]:
    limit = step_limit(activation)
    v = exact(cell[0]).union(exact(cell[1]))
    a10, a11, a12, a20, a22 = (_far_moment(limit, i, j, v) for i, j in _PAIRS)
    first, second, third = a20 - a10 * a10 - a11 * a11, a22 - a11 * a11 - a12 * a12, a10 * a12 - a11 * a11
    return tuple(envelope.constant_far(cell, term.lower()) for term in (first, second, third))


def third_term_far(activation: Activation, cell: Cell) -> arb:
    """A lower bound of T₃ for v = 1/σ in a cell [v₁, v₂], 0 ≤ v₁."""
    limit = step_limit(activation)
    v = exact(cell[0]).union(exact(cell[1]))
    a10, a11, a12 = (_far_moment(limit, 1, j, v) for j in range(3))
    return (a10 * a12 - a11 * a11).lower()


def _far_moment(limit: StepLimit, i: int, j: int, v: arb) -> arb:
    bend = limit.absolute_integral(i, j + 2) / 2
    inner = limit.signed_integral(i, j) + symmetric(bend) * v * v
    return limit.moment(i, j) + natural_power(v, j + 1) * inner / (2 * arb.pi()).sqrt()
