r"""ρ(σ) ≥ c σ^p/(1 + σ²)^Q for all σ > 0, from monotone moments at the ends of cells (theory 2.5.1 to 2.5.3).

If h ≥ 0 does not increase on [0, ∞), neither does σ ↦ E[h(σ|z|)|z|ʲ]. So on a cell every moment below is enclosed by
its values at the two ends, and no integral over a wide ball of σ is ever taken. Write f = φ', v = 1/σ.

**Lemma E** (f even, f(0) = 1, f ≥ 0 and R ≥ 0 not increasing on [0, ∞), where f(w) = 1 − |w|^m R(|w|)). Then with all
moments at σ, since (I − Π) removes the constant of f and the multiple of z of zf, and parity the rest,

    T₁ = σ^{2m}(E[|z|^{2m}R²] − E[|z|^m R]²),  T₂ = σ^{2m}(E[|z|^{2m+2}R²] − E[|z|^{m+2}R]²),  T₃ = α₁₀α₁₂,

and p = 2m. For large σ, G_{ij} = ∫fⁱuʲe^{−v²u²/2}du = √(2π) σ^{j+1} α_{ij} does not increase in v, and

    T₁ = v G₂₀/τ − v² G₁₀²/τ²,  T₂ = v³ G₂₂/τ − α₁₂²,  T₃ = v G₁₀ α₁₂/τ,  τ = √(2π).

*integrable* (u²f ∈ L¹, Q = m + 2): α₁₂ = v³ G₁₂/τ. *algebraic* (u²f(u) ≥ 0 does not decrease, with limit 1,
Q = m + 3/2): α₁₂ = v² U, U = E[(w²f)(σz)] does not increase in v and U(0) = 1.

    tanh      f = sech², R = (tanh w/w)² (tanh is concave on [0, ∞)); m = 2, integrable, G₁₀(0) = 2, G₁₂(0) = π²/6
    arctan    f = R = 1/(1 + w²); m = 2, algebraic, G₁₀(0) = π
    softsign  f = (1 + w)⁻², R = (2 + w)/(1 + w)², R' = −(3 + w)/(1 + w)³; m = 1, algebraic, G₁₀(0) = 2

**Lemma S** (softplus: f = ½ + o, o = ½tanh(w/2)). With q = o/w and R = (¼ − q)/w² = Σ_k 2/(a_k²(w² + a_k²)),
a_k = (2k − 1)π, both positive and not increasing; f = ½ + w/4 − w³R and zf = z/2 + z·w q:

    T₁ = σ⁶(E[z⁶R²] − E[z⁴R]²) = E o² − E[oz]²,  T₂ = σ²(E[z⁴q²] − E[z²q]²) = E[o²z²] − E[oz]²,  T₃ = ¼ − (σE[z²q])².

E o², E[o²z²] and E[oz] do not decrease in σ, with limits ¼, ¼, 1/√(2π); p = 6, Q = 3.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from flint import acb, arb

from certificates.arithmetic.arb import exact
from certificates.arithmetic.powers import natural_power
from certificates.enclosures.gaussian.integration import integrate
from certificates.enclosures.gaussian.truncation import gaussian_tail_moment
from certificates.errors import EnclosureFailure
from certificates.memory import remembered

__all__ = ["EVEN_LEMMAS", "EvenLemma", "even_far", "even_near", "softplus_far", "softplus_near"]

_TRUNCATION = 10
_BITS = 44
_TOLERANCE = Fraction(1, 2**48)
_NODES = 20  # operations of an integrand, about

Cell = tuple[Fraction, Fraction]
Function = Callable[[acb], acb]
Terms = tuple[arb, arb, arb]  # what T₁, T₂ and T₃ allow


@dataclass(frozen=True)
class EvenLemma:
    """The data of lemma E.

    Parameters
    ----------
    slope, quotient
        f and R on w ≥ 0, analytic near the half-line.
    order
        m.
    integral_10, integral_12
        G₁₀(0), and G₁₂(0) in the integrable case, ``None`` in the algebraic one.
    """

    slope: Function
    quotient: Function
    order: int
    integral_10: Callable[[], arb]
    integral_12: Callable[[], arb] | None

    @property
    def power(self) -> int:
        """p."""
        return 2 * self.order

    @property
    def decay(self) -> Fraction:
        """Q: T ~ v⁴ in the integrable case, v³ in the algebraic one."""
        return Fraction(self.power + (3 if self.integral_12 is None else 4), 2)


def _square(x: acb) -> acb:
    return x * x


EVEN_LEMMAS: Mapping[str, EvenLemma] = {
    "tanh": EvenLemma(
        lambda w: _square(w.sech()),
        lambda w: _square((w * acb(0, 1)).sinc() / w.cosh()),
        2,
        lambda: exact(2),
        lambda: arb.pi() * arb.pi() / 6,
    ),
    "arctan": EvenLemma(lambda w: 1 / (1 + w * w), lambda w: 1 / (1 + w * w), 2, arb.pi, None),
    "softsign": EvenLemma(lambda w: 1 / _square(1 + w), lambda w: (2 + w) / _square(1 + w), 1, lambda: exact(2), None),
}


@remembered(4096)
def _half_moment(function: Function, power: int, degree: int, sigma: Fraction) -> arb:
    """E[h(σ|z|)^power |z|^degree] for h ≥ 0 that does not increase: beyond T, h ≤ h(σT)."""
    scale, end = exact(sigma), exact(_TRUNCATION)

    def integrand(z: acb) -> acb:  # meromorphic: a ball with a pole has no finite value
        value = (-z * z / 2).exp()
        factor = function(scale * z)
        for _ in range(power):
            value *= factor
        for _ in range(degree):
            value *= z
        return value

    small = exact(_TOLERANCE)
    for _ in range(degree + 1 if sigma > 1 else 0):
        small /= scale
    inside = integrate(integrand, acb(0), acb(end), relative=arb(2) ** -_BITS, absolute=small, nodes=_NODES)
    largest = function(acb(scale * end)).real
    beyond = gaussian_tail_moment(degree, end)
    for _ in range(power):
        beyond *= largest
    found = 2 * inside.real / (2 * arb.pi()).sqrt() + exact(0).union(beyond)
    if not found.is_finite():
        raise EnclosureFailure("a moment of the lemma has no finite enclosure")
    return found


def even_near(lemma: EvenLemma, cell: Cell) -> arb:
    """C such that T₁, T₂, T₃ ≥ c σ^p/(1 + σ²)^Q for all σ of the cell [σ₁, σ₂], 0 ≤ σ₁.

    Guarantee
    ---------
    The statement holds for every number below the lower end of the result, given the lemma's hypotheses.
    """
    return _least(_even_near(lemma, cell))


def _least(constants: Terms) -> arb:
    return constants[0].min(constants[1]).min(constants[2])


def _even_near(lemma: EvenLemma, cell: Cell) -> Terms:
    near, far = cell
    m, r = lemma.order, lemma.quotient
    first = _half_moment(r, 2, 2 * m, far) - _squared(_half_moment(r, 1, m, near))
    second = _half_moment(r, 2, 2 * m + 2, far) - _squared(_half_moment(r, 1, m + 2, near))
    third = (
        _half_moment(lemma.slope, 1, 0, far) * _half_moment(lemma.slope, 1, 2, far) / natural_power(exact(far), 2 * m)
    )
    factor = _one_plus_square(near, lemma.decay)
    return first * factor, second * factor, third * factor


def even_far(lemma: EvenLemma, cell: Cell) -> arb:
    """The same for v = 1/σ in the cell [v₁, v₂], 0 ≤ v₁."""
    return _least(_even_far(lemma, cell))


def _even_far(lemma: EvenLemma, cell: Cell) -> Terms:
    near, far = cell
    v, tau = exact(far), (2 * arb.pi()).sqrt()
    upper_10, lower_10 = _g10(lemma, near), _g10(lemma, far)
    sigma = 1 / far
    lower_20 = _half_moment(lemma.slope, 2, 0, sigma) * tau / v
    lower_22 = _half_moment(lemma.slope, 2, 2, sigma) * tau / natural_power(v, 3)
    first = lower_20 / tau - v * _squared(upper_10 / tau)
    if lemma.integral_12 is None:
        upper_u, lower_u = _u(lemma, near), _u(lemma, far)
        first, third = first / natural_power(v, 2), lower_10 * lower_u / tau
        second = lower_22 / tau - v * _squared(upper_u)
    else:
        upper_12, lower_12 = _g12(lemma, near), _g12(lemma, far)
        first, third = first / natural_power(v, 3), lower_10 * lower_12 / (tau * tau)
        second = (lower_22 / tau - natural_power(v, 3) * _squared(upper_12 / tau)) / v
    factor = _one_plus_square(near, lemma.decay)
    return first * factor, second * factor, third * factor  # a negative one is true too, as T₁, T₂ ≥ 0


def _g10(lemma: EvenLemma, v: Fraction) -> arb:
    if v == 0:
        return lemma.integral_10()
    return _half_moment(lemma.slope, 1, 0, 1 / v) * (2 * arb.pi()).sqrt() / exact(v)


def _g12(lemma: EvenLemma, v: Fraction) -> arb:
    if v == 0 and lemma.integral_12 is not None:
        return lemma.integral_12()
    return _half_moment(lemma.slope, 1, 2, 1 / v) * (2 * arb.pi()).sqrt() / natural_power(exact(v), 3)


def _u(lemma: EvenLemma, v: Fraction) -> arb:
    return exact(1) if v == 0 else _half_moment(lemma.slope, 1, 2, 1 / v) / natural_power(exact(v), 2)


# ---- softplus ------------------------------------------------------------------------------------------------------

_SERIES_TERMS = 24


def _softplus_q(w: acb) -> acb:
    """Tanh(w/2)/(2w) = sinhc(w/2)/(4 cosh(w/2))."""
    half = w / 2
    return (half * acb(0, 1)).sinc() / (4 * half.cosh())


def _softplus_r(w: acb) -> acb:
    """(¼ − q)/w², by its power series for |w| < 2, where the closed form cancels."""
    if abs(w) < 2:
        return _softplus_r_series(w)
    return (acb(exact(Fraction(1, 4))) - _softplus_q(w)) / (w * w)


def _softplus_r_series(w: acb) -> acb:
    """Σ_n 2(−1)ⁿ(1 − 2^{−(2n+4)})ζ(2n+4)/π^{2n+4} w^{2n}; each coefficient is at most 2.03/π^{2n+4}."""
    x = w * w
    total = acb(0)
    for n in reversed(range(_SERIES_TERMS)):
        total = total * x + acb(_series_coefficient(n))
    ratio = _squared(abs(w) / arb.pi())
    rest = exact(Fraction(203, 100)) / natural_power(arb.pi(), 4) * natural_power(ratio, _SERIES_TERMS) / (1 - ratio)
    error = exact(0).union(rest).union(-rest)
    return total + acb(error, error)


@remembered(64)
def _series_coefficient(n: int) -> arb:
    s = 2 * n + 4
    value = 2 * (1 - exact(Fraction(1, 2**s))) * arb(s).zeta() / natural_power(arb.pi(), s)
    return value if n % 2 == 0 else -value


def _odd_part_square(w: acb) -> acb:
    """4o² = tanh²(w/2), increasing; used through 1 − 4o² = sech²(w/2), which is not."""
    return _square((w / 2).sech())


def softplus_near(cell: Cell) -> arb:
    """As :func:`even_near`, for softplus: p = 6, Q = 3."""
    return _least(_softplus_near(cell))


def _softplus_near(cell: Cell) -> Terms:
    near, far = cell
    first = _half_moment(_softplus_r, 2, 6, far) - _squared(_half_moment(_softplus_r, 1, 4, near))
    second = _half_moment(_softplus_q, 2, 4, far) - _squared(_half_moment(_softplus_q, 1, 2, near))
    third = exact(Fraction(1, 4)) - _squared(exact(far) * _half_moment(_softplus_q, 1, 2, near))
    factor = _one_plus_square(near, Fraction(3))
    return first * factor, second * factor / natural_power(exact(far), 4), third * factor / natural_power(exact(far), 6)


def softplus_far(cell: Cell) -> arb:
    """As :func:`even_far`, for softplus."""
    return _least(_softplus_far(cell))


def _softplus_far(cell: Cell) -> Terms:
    near, far = cell
    quarter = exact(Fraction(1, 4))
    sigma = 1 / far
    square = quarter - _half_moment(_odd_part_square, 1, 0, sigma) / 4
    weighted = quarter - _half_moment(_odd_part_square, 1, 2, sigma) / 4
    mixed = _half_moment(_softplus_q, 1, 2, 1 / near) / exact(near) if near else 1 / (2 * arb.pi()).sqrt()
    factor = _one_plus_square(near, Fraction(3))
    first, second, third = (a - _squared(mixed) for a in (square, weighted, quarter))
    return first * factor, second * factor, third * factor


def _squared(x: arb) -> arb:
    return x * x


def _one_plus_square(x: Fraction, exponent: Fraction) -> arb:
    """(1 + x²)^exponent; with x the near end of a cell, a lower bound of it on the cell."""
    base = exact(1 + x * x)
    return (base.log() * exact(exponent)).exp() if exponent.denominator > 1 else natural_power(base, int(exponent))
