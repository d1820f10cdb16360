r"""ρ(σ) ≥ c σ^p/(1 + σ²)^Q for all σ > 0, for a slope that tends to a step or a constant: GELU, ELU, ReLU6 … (ours).

Let f = φ' be bounded, with f(u) → κ± as u → ±∞, Lipschitz between finitely many breakpoints, where it may jump. Then
σ ∂α_{ij} = α_{i,j+2} − (j + 1)α_{ij} (Stein, with u = σz: no smoothness of f is used). On a cell with its centre σ_c:

*Breakpoints.* A breakpoint b ≠ 0 of F = fⁱ is at z = x = b/σ, which moves by −x²/b. With the jumps ΔF, ΔF' there,

    ∂α_{ij} = E[F'(σz)z^{j+1}] + Σ_b ΔF x^{j+2}n(x)/b,
    ∂²α_{ij} = E[F''(σz)z^{j+2}] + Σ_b (ΔF' x^{j+3}n(x)/b − ΔF ((j + 2)x^{j+3} − x^{j+5})n(x)/b²),

by differentiating the integral over each piece; |x|^k n(x) ≤ S_k = (k/e)^{k/2}/√(2π), and ≤ |b|^k σ^{−k}/√(2π). A jump
of f or f' at 0 adds nothing: 0 does not move.

*Near 0.* If f, …, f^{(m−1)} exist at 0, m ≥ 1, there is no other breakpoint and f(w) = P(w) + w^m q(w) with deg P < m,
then P(σz) is orthogonal to He_k for k ≥ m. On each half-line q(w) = ∫₀¹(1 − t)^{m−1} f^{(m)}(tw)dt/(m − 1)!, hence
|q'| ≤ sup|f^{(m+1)}|/(m + 1)!; a jump of f^{(m)} at 0 is allowed. By Bessel T₁ ≥ E[f He_k]²/k! = σ^{2m} B₁², where
B₁ = E[q(σz) z^m He_k]/√k! has |B₁'| ≤ sup|q'| E[|z|^{m+1}|He_k|]/√k! ≤ sup|f^{(m+1)}|/(m+1)! · √M_{2m+2}
(Cauchy–Schwarz). Likewise T₂ ≥ E[zf He_k]²/k! = σ^{2m} B₂² for k > m with |B₂'| ≤ sup|f^{(m+1)}|/(m+1)! · √M_{2m+4}.
If f vanishes at 0 to order m, T₃ = σ^{2m}(Q₀Q₂ − Q₁²) with Q_j = E[q(σz) z^{m+j}] and
|Q_j'| ≤ sup|f^{(m+1)}|/(m+1)! M_{m+j+1}; otherwise T₃ by the Lipschitz bound
|∂α_{1j}| ≤ sup|f'| M_{j+1} + Σ_b |Δf| sup x^{j+2}n(x)/|b|. For p = 0 (f jumps at 0) all terms by Lipschitz bounds,
|∂α_{2j}| ≤ 2 sup|f f'| M_{j+1} + Σ_b |Δf²| sup x^{j+2}n(x)/|b|.

*In between.* α_{ij}(σ_c + δ) = α + α'δ + ½α''(ξ)δ², α'' as above, |E[F''(σz)z^{j+2}]| ≤ sup|(fⁱ)''| M_{j+2}, and also
≤ σ^{−j−3} K_{ij}, K_{ij} = ∫|(fⁱ)''||u|^{j+2}du/√(2π). T_k is a polynomial in δ with ball coefficients.

*Far*, v = 1/σ in a cell: α_{ij} = step moment + v^{j+1}(H_{ij}(0) ± ½v²J_{i,j+2})/√(2π) (:mod:`step_limit`); a cruder
bound where J is infinite. If κ₋ = κ₊ = κ, put g = f − κ and E[g(σz)ⁱzʲ] = v^{j+1} h_{ij}; T₁ and T₂ are those of g, and

    T₁ = v h₂₀ − v²h₁₀² − v⁴h₁₁²,   T₂ = v³h₂₂ − v⁴h₁₁² − v⁶h₁₂²,   T₃ = κ² + κ(v h₁₀ + v³h₁₂) + v⁴(h₁₀h₁₂ − h₁₁²).

A cell gives c = (lower bound of T_k) / sup over the cell of σ^p/(1 + σ²)^Q.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import factorial

from flint import arb

from certificates.arithmetic.arb import exact, precision
from certificates.arithmetic.powers import natural_power
from certificates.enclosures.formulas.ball_rings import arb_ring
from certificates.enclosures.formulas.jets import jet
from certificates.enclosures.gaussian.moments import moments
from certificates.enclosures.gaussian.step_limit import StepLimit, second_derivative_integral, step_limit
from certificates.enclosures.gaussian.truncation import absolute_moment, symmetric
from certificates.enclosures.infinity.derivative_bounds import derivative_bound
from certificates.enclosures.intervals.pieces import pieces_of
from certificates.enclosures.intervals.slope_signs import vanishes_to_order
from certificates.enclosures.intervals.smoothness import smoothness
from certificates.errors import EnclosureFailure
from certificates.expression import Activation, Expression
from certificates.memory import remembered

__all__ = [
    "Bessel",
    "Envelope",
    "far_constant",
    "middle_constant",
    "near_constant",
    "slope_tends_to_zero",
    "third_term_far",
    "third_term_near",
]

Cell = tuple[Fraction, Fraction]

_BITS = 44
_MOST_BITS = 4096
_PAIRS = [(1, 0), (1, 1), (1, 2), (2, 0), (2, 2)]


@dataclass(frozen=True)
class Envelope:
    """σ^p/(1 + σ²)^Q."""

    power: int
    decay: Fraction

    def constant_on(self, cell: Cell, lower_bound: arb) -> arb:
        """c with ``lower_bound`` ≥ c σ^p/(1 + σ²)^Q on the cell."""
        largest = natural_power(exact(cell[1]), self.power)
        return lower_bound * _one_plus_square(cell[0], self.decay) / largest

    def constant_far(self, cell: Cell, lower_bound: arb, order: int = 0) -> arb:
        """The same for v = 1/σ in the cell and ``lower_bound``·v^order: σ^p/(1 + σ²)^Q = v^{2Q−p}/(1 + v²)^Q."""
        exponent = 2 * self.decay - self.power - order
        if exponent < 0:
            what = f"falls more slowly than v^{order}, v = 1/σ" if order else "grows"
            raise EnclosureFailure(f"the envelope {what} as σ → ∞")
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


# ---- breakpoints ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Joint:
    """A breakpoint b ≠ 0 with the jumps of f, f', f² and (f²)' there, upper bounds of their sizes."""

    point: Fraction
    jumps: tuple[arb, arb]
    squared: tuple[arb, arb]

    def of(self, i: int) -> tuple[arb, arb]:
        """|ΔF| and |ΔF'| of F = fⁱ."""
        return self.jumps if i == 1 else self.squared


@remembered(64)
def _joints(activation: Activation) -> tuple[_Joint, ...]:
    pieces, breakpoints = pieces_of(activation)
    found = []
    with precision(_BITS + 20):
        for left, right, b in zip(pieces, pieces[1:], breakpoints, strict=False):
            if b != 0:
                (f0, d0), (f1, d1) = _slope_and_bend(left, b), _slope_and_bend(right, b)
                squared = f1 * f1 - f0 * f0, 2 * (f1 * d1 - f0 * d0)
                found.append(_Joint(b, _sizes(f1 - f0, d1 - d0), _sizes(*squared)))
    return tuple(found)


def _slope_and_bend(piece: Expression, b: Fraction) -> tuple[arb, arb]:
    """f and f' of one formula at a point."""
    _, slope, bend = jet(piece, exact(b), 2, arb_ring())
    return exact(0) if slope is None else slope, exact(0) if bend is None else 2 * bend


def _sizes(first: arb, second: arb) -> tuple[arb, arb]:
    return abs(first).upper(), abs(second).upper()


def _weight(k: int) -> arb:
    """S_k = sup |x|^k n(x), k ≥ 1, at x² = k."""
    return (exact(Fraction(k, 2)) * (exact(k).log() - 1)).exp() / (2 * arb.pi()).sqrt()


def _weight_beyond(k: int, nearest: Fraction) -> arb:
    """sup |x|^k n(x) over |x| ≥ ``nearest``."""
    if nearest * nearest <= k:
        return _weight(k)
    x = exact(nearest)
    return natural_power(x, k) * (-x * x / 2).exp() / (2 * arb.pi()).sqrt()


def _moved(activation: Activation, i: int, j: int, largest: Fraction) -> arb:
    """What the breakpoints add to |∂α_{ij}| for 0 < σ ≤ ``largest``."""
    total = exact(0)
    for joint in _joints(activation):
        size = abs(joint.point)
        total += joint.of(i)[0] * _weight_beyond(j + 2, size / largest) / exact(size)
    return total


def _moved_twice(activation: Activation, i: int, j: int, sigma: Fraction) -> tuple[arb, arb]:
    """What they add to |∂²α_{ij}| for all σ' ≥ σ: by the largest |x|^k n(x), and by n ≤ 1/√(2π)."""
    anywhere, decaying = exact(0), exact(0)
    root, scale = (2 * arb.pi()).sqrt(), natural_power(1 / exact(sigma), j + 3)
    for joint in _joints(activation):
        b, (jump, kink) = exact(abs(joint.point)), joint.of(i)
        anywhere += kink * _weight(j + 3) / b + jump * ((j + 2) * _weight(j + 3) + _weight(j + 5)) / (b * b)
        inner = (j + 2) * natural_power(b, j + 1) + natural_power(b, j + 3) / (exact(sigma) * exact(sigma))
        decaying += (kink * natural_power(b, j + 2) + jump * inner) * scale / root
    return anywhere, decaying


# ---- near 0 --------------------------------------------------------------------------------------------------------


@remembered(4096)
def near_constant(
    activation: Activation, envelope: Envelope, first: Bessel, second: Bessel, cell: Cell, quadrature: str
) -> arb:
    """C on a cell [σ₁, σ₂] with 0 ≤ σ₁, by one Hermite coefficient each; for p = 0 by the terms themselves.

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
    if envelope.power == 0:
        return _terms_near(activation, envelope, cell, quadrature)
    if 2 * first.order != envelope.power or 2 * second.order > envelope.power:
        raise EnclosureFailure("the orders of the Hermite coefficients do not fit the envelope")
    if not (first.degree >= max(2, first.order) and second.degree >= 2 and second.degree > second.order):
        raise EnclosureFailure("the Hermite polynomials are not orthogonal to what is left out")
    _require_smooth_enough(activation, max(first.order, second.order))
    values = _near_moments(activation, first, second, cell, quadrature)
    below = _bessel(activation, first, 0, cell, values)
    weighted = _bessel(activation, second, 1, cell, values)
    shortage = envelope.power - 2 * second.order
    third = envelope.constant_on(cell, _third_term(activation, cell, values))
    factor = _one_plus_square(cell[0], envelope.decay)
    one = below * below * factor
    two = weighted * weighted * factor / natural_power(exact(cell[1]), shortage)
    if not pieces_of(activation)[1] and vanishes_to_order(pieces_of(activation)[0][0], Fraction(0), first.order):
        third = third.max(factor * _third_term_of_a_zero(activation, first.order, cell, values))
    return one, two, third


def _require_smooth_enough(activation: Activation, order: int) -> None:
    """Fail unless f, …, f^{(m−1)} exist at 0 and no breakpoint lies elsewhere."""
    breakpoints = pieces_of(activation)[1]
    if any(breakpoints):
        raise EnclosureFailure("with p > 0 a breakpoint other than 0 is not accounted for near σ = 0")
    if breakpoints and not smoothness(activation).is_certainly_c11:
        raise EnclosureFailure("a slope that jumps at 0 allows p = 0 only")
    if breakpoints and order > 1:
        raise EnclosureFailure("a slope with a kink at 0 allows order 1 only")


def _terms_near(activation: Activation, envelope: Envelope, cell: Cell, quadrature: str) -> tuple[arb, ...]:
    """For p = 0: each term at the centre, moved by its Lipschitz bound."""
    found = moments(activation, _PAIRS, _centre(cell), _BITS, quadrature=quadrature)
    balls = [ball + _drift(activation, i, j, cell) for ball, (i, j) in zip(found, _PAIRS, strict=True)]
    return tuple(envelope.constant_on(cell, term.lower()) for term in _terms(balls))


def _drift(activation: Activation, i: int, j: int, cell: Cell) -> arb:
    """How far α_{ij} may be from its value at the centre of a cell."""
    slope = derivative_bound(activation, 2)
    if i == 2:
        slope = 2 * slope * derivative_bound(activation, 1)
    bound = slope * absolute_moment(j + 1) + _moved(activation, i, j, cell[1])
    return symmetric(bound * exact((cell[1] - cell[0]) / 2))


def _terms(balls: Sequence[arb]) -> tuple[arb, arb, arb]:
    """T₁, T₂, T₃ of the moments in the order of ``_PAIRS``."""
    a10, a11, a12, a20, a22 = balls
    return a20 - a10 * a10 - a11 * a11, a22 - a11 * a11 - a12 * a12, a10 * a12 - a11 * a11


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
    """A lower bound of T₃ on [σ₁, σ₂], 0 ≤ σ₁, from the Lipschitz bounds of α_{1j}."""
    found = moments(activation, [(1, 0), (1, 1), (1, 2)], _centre(cell), _BITS, quadrature=quadrature)
    return _third_term(activation, cell, dict(enumerate(found)))


def _third_term(activation: Activation, cell: Cell, values: Moments) -> arb:
    a, b, c = (values[j] + _drift(activation, 1, j, cell) for j in range(3))
    return (a * c - b * b).lower()


def _third_term_of_a_zero(activation: Activation, order: int, cell: Cell, values: Moments) -> arb:
    """A lower bound of T₃/σ^{2m} where f = w^m q, by α_{1j} = σ^m Q_j."""
    slope = derivative_bound(activation, order + 2) / factorial(order + 1) * exact((cell[1] - cell[0]) / 2)
    scale = natural_power(exact(_centre(cell)), order)
    a, b, c = (values[j] / scale + symmetric(slope * absolute_moment(order + j + 1)) for j in range(3))
    return (a * c - b * b).lower()


# ---- in between ----------------------------------------------------------------------------------------------------

_ORDERS = [*_PAIRS, (1, 3), (1, 4), (2, 4)]


@remembered(4096)
def middle_constant(activation: Activation, envelope: Envelope, cell: Cell, quadrature: str) -> arb:
    """C on a cell [σ₁, σ₂] with 0 < σ₁, by second-order expansion of the moments."""
    return _least(_middle_terms(activation, envelope, cell, quadrature))


def _middle_terms(activation: Activation, envelope: Envelope, cell: Cell, quadrature: str) -> tuple[arb, ...]:
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
    moved, moved_far = _moved_twice(activation, i, j, sigma)
    anywhere = bend * absolute_moment(j + 2) + moved
    try:
        integral = second_derivative_integral(activation, i, j + 2)
    except EnclosureFailure:  # algebraic tails
        return anywhere
    return anywhere.min(integral / natural_power(exact(sigma), j + 3) + moved_far)


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
    if limit.common is not None:
        return _far_terms_of_equal_limits(limit, limit.common.enclose(), envelope, cell)
    v = exact(cell[0]).union(exact(cell[1]))
    terms = _terms([_far_moment(limit, i, j, v) for i, j in _PAIRS])
    return tuple(envelope.constant_far(cell, term.lower()) for term in terms)


def _far_terms_of_equal_limits(limit: StepLimit, kappa: arb, envelope: Envelope, cell: Cell) -> tuple[arb, ...]:
    """T₁/v, T₂/v³ and T₃/v⁴, or T₃ where κ ≠ 0."""
    v = exact(cell[0]).union(exact(cell[1])).nonnegative_part()
    h10, h11, h12, h20, h22 = (_inner_moment(limit, i, j, v, centred=True) for i, j in _PAIRS)
    square, fourth = v * v, v * v * v * v
    first = h20 - v * h10 * h10 - v * square * h11 * h11
    second = h22 - v * h11 * h11 - v * square * h12 * h12
    third = h10 * h12 - h11 * h11
    found = envelope.constant_far(cell, first.lower(), 1), envelope.constant_far(cell, second.lower(), 3)
    if kappa.is_zero():
        return *found, envelope.constant_far(cell, third.lower(), 4)
    whole = kappa * kappa + kappa * v * (h10 + square * h12) + fourth * third
    return *found, envelope.constant_far(cell, whole.lower())


def slope_tends_to_zero(activation: Activation) -> bool:
    """Whether φ' → 0 on both sides, exactly; then T₃ ~ v⁴ has no positive lower bound for all σ."""
    common = step_limit(activation).common
    return common is not None and not common.terms


def third_term_far(activation: Activation, cell: Cell) -> arb:
    """A lower bound of T₃ (of T₃/v⁴ where φ' tends to 0) for v = 1/σ > 0 in a cell [v₁, v₂], 0 ≤ v₁."""
    limit = step_limit(activation)
    if slope_tends_to_zero(activation):
        v = exact(cell[0]).union(exact(cell[1])).nonnegative_part()
        h10, h11, h12 = (_inner_moment(limit, 1, j, v, centred=True) for j in range(3))
        return (h10 * h12 - h11 * h11).lower()
    v = exact(cell[0]).union(exact(cell[1]))
    a10, a11, a12 = (_far_moment(limit, 1, j, v) for j in range(3))
    return (a10 * a12 - a11 * a11).lower()


def _far_moment(limit: StepLimit, i: int, j: int, v: arb) -> arb:
    try:
        return limit.moment(i, j) + natural_power(v, j + 1) * _inner_moment(limit, i, j, v)
    except EnclosureFailure:  # algebraic tails
        return limit.moment(i, j) + symmetric(limit.crude_distance(i, j, v.upper()))


def _inner_moment(limit: StepLimit, i: int, j: int, v: arb, *, centred: bool = False) -> arb:
    """(H_{ij}(0) ± ½v²J_{i,j+2})/√(2π)."""
    bend = limit.absolute_integral(i, j + 2, centred=centred) / 2
    inner = limit.signed_integral(i, j, centred=centred) + symmetric(bend) * v * v
    return inner / (2 * arb.pi()).sqrt()
