"""Which lower bound of ρ for every σ to aim at: a lemma, exponents as ρ has them at 0 and at ∞, and a constant."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import ROUND_FLOOR, Context, Decimal
from fractions import Fraction

from flint import arb

from certificates.arithmetic.arb import exact, lower, precision
from certificates.arithmetic.powers import natural_power
from certificates.claims.zhong_rho_global import Claim, Evidence, HermiteChoice
from certificates.enclosures.formulas.ball_rings import arb_ring
from certificates.enclosures.formulas.jets import jet
from certificates.enclosures.gaussian.rho_terms import zhong_terms
from certificates.enclosures.gaussian.step_limit import step_limit
from certificates.enclosures.gaussian.strips import strip
from certificates.enclosures.infinity.identities import homogeneity
from certificates.enclosures.intervals.smoothness import slope_jumps_at
from certificates.errors import EnclosureFailure
from certificates.expression import Activation, smooth_pieces
from certificates.language.parts import Quadrature
from certificates.theorems.erf_polynomials import largest_constant
from certificates.theorems.monotone_moments import EVEN_LEMMAS

__all__ = ["BITS", "Plan", "plans"]

BITS = 96  # as in the rule
_NOTHING = Fraction(1, 2**40)  # claimed where no positive constant is known
_ZERO, _ONE = Fraction(0), Fraction(1)

# Just below inf ρ(σ)(1 + σ²)^Q/σ^p, which is π/6, 1/384 and 1/24 for tanh, softplus and silu.
_TARGETS = {
    "tanh": Fraction("0.5235"),
    "arctan": Fraction("0.305"),
    "softsign": Fraction("0.058"),
    "softplus": Fraction("0.002604"),
    "gelu": Fraction("0.0908"),
    "silu": Fraction("0.0416"),
    "mish": Fraction("0.0046"),
    "elu": Fraction("0.039"),
}
_FACTORS = (Fraction(99, 100), Fraction(9, 10), Fraction(1, 2))  # of an estimate, for other activations
_FACTORS_OF_SLOW_TAILS = (Fraction(1, 2),)  # cells in between are thin where α'' is not known to decay


@dataclass(frozen=True)
class Plan:
    """A claim to aim at, its evidence without cells, and what divides its constant into that of the cells."""

    claim: Claim
    evidence: Evidence
    amplitude: Fraction = _ONE

    @property
    def target(self) -> Fraction:
        """What every cell must give."""
        return self.claim.constant / self.amplitude if self.amplitude else self.claim.constant


def plans(activation: Activation, constant: Fraction | None) -> Iterator[Plan]:
    """One plan, or several with smaller and smaller constants where only an estimate of the largest is known."""
    name = activation.name or ""
    if name in {"erf", "erf0"}:
        sharp = exact(largest_constant()) * (exact(1) if name == "erf0" else 4 / arb.pi())
        yield Plan(Claim(4, Fraction(4), constant or _rounded_down(sharp)), Evidence("erf"))
    elif name in {"softplus", "smooth_leaky_relu", "sigmoid", *EVEN_LEMMAS}:
        yield _monotone(name, activation.parameters, constant)
    elif found := homogeneity(activation):
        wanted = constant or _rounded_down(zhong_terms(activation, _ONE, 64).smallest)
        yield Plan(Claim(2 * found.degree - 2, _ZERO, wanted), Evidence("homogeneous"))
    else:
        yield from _steps(activation, constant)


def _monotone(name: str, parameters: tuple[Fraction, ...], constant: Fraction | None) -> Plan:
    """The lemmas of monotone moments, and what is scaled into them (theory 2.1, I1 to I3 and I6)."""
    if name in {"softplus", "smooth_leaky_relu"}:
        amplitude = (1 - parameters[0]) ** 2 if name == "smooth_leaky_relu" else _ONE
        scale = parameters[0] if name == "softplus" else _ONE
        base, power, decay, lemma = "softplus", 6, Fraction(3), Evidence("softplus")
    else:
        base = "tanh" if name == "sigmoid" else name
        amplitude, scale = (Fraction(1, 16), Fraction(1, 2)) if name == "sigmoid" else (_ONE, _ONE)
        power, decay, lemma = EVEN_LEMMAS[base].power, EVEN_LEMMAS[base].decay, Evidence("even")
    wanted = constant or _TARGETS[base] * amplitude or _NOTHING
    return Plan(Claim(power, decay, wanted, scale), lemma, amplitude)


def _steps(activation: Activation, constant: Fraction | None) -> Iterator[Plan]:
    with precision(BITS):
        first, second = _hermite_choices(activation)
    power = 2 * first.order
    quadrature: Quadrature = "integral" if strip(activation) is None else "trapezoid"
    plan = Plan(
        Claim(power, Fraction(power, 2) + _fall(activation), constant or _NOTHING),
        Evidence("step", first=first, second=second, quadrature=quadrature),
    )
    known = constant or (None if activation.parameters not in {(), (_ONE,)} else _TARGETS.get(activation.name or ""))
    if known is not None:
        yield replace(plan, claim=replace(plan.claim, constant=known))
        return
    estimate = _estimate(activation, plan.claim, quadrature)
    factors = _FACTORS if _has_integrals(activation) else _FACTORS_OF_SLOW_TAILS
    for factor in factors if estimate > 0 else (_ONE,):
        yield replace(plan, claim=replace(plan.claim, constant=_rounded_down(estimate * exact(factor), 3)))


def _has_integrals(activation: Activation) -> bool:
    """Whether φ' tends to its limits fast enough for the sharp bounds far out."""
    try:
        step_limit(activation).absolute_integral(1, 4)
    except EnclosureFailure:
        return False
    return True


def _fall(activation: Activation) -> Fraction:
    """Half the power of 1/σ with which ρ falls at ∞: 0 at a step; 4 where φ' tends to 0, 3 to another constant."""
    try:
        common = step_limit(activation).common
    except EnclosureFailure:
        return _ZERO
    return _ZERO if common is None else Fraction(3 if common.terms else 4, 2)


def _hermite_choices(activation: Activation) -> tuple[HermiteChoice, HermiteChoice]:
    """The leading terms of f = φ' and of zf at 0 outside span{1, z}: f^(m)(0) ≠ 0 with m ≥ 2, m ≥ 1; a kink; a jump."""
    pieces, breakpoints = smooth_pieces(activation.expression)
    if any(breakpoints) or slope_jumps_at(activation, _ZERO):
        return HermiteChoice(2, 0), HermiteChoice(2, 0)
    if breakpoints:
        return HermiteChoice(2, 1), HermiteChoice(2, 1)
    slopes = [c or exact(0) for c in jet(pieces[0], exact(0), 9, arb_ring())[1:]]
    orders = [m for m, c in enumerate(slopes) if m and (c > 0 or c < 0)]
    first = next((m for m in orders if m >= 2), 2)
    second = min([*orders, first])
    return HermiteChoice(first, first), HermiteChoice(second + 1, second)


def _estimate(activation: Activation, claim: Claim, quadrature: Quadrature) -> arb:
    """About the infimum of ρ(σ)(1 + σ²)^Q/σ^p; 0 where it is not found to be positive."""
    smallest: arb | None = None
    try:
        for k in range(-8, 9):
            sigma = Fraction(round(2 ** (k / 2) * 64), 64)
            value = zhong_terms(activation, sigma, 40, quadrature=quadrature).smallest
            value *= (exact(1 + sigma * sigma).log() * exact(claim.decay)).exp()
            value /= natural_power(exact(sigma), claim.power)
            smallest = value if smallest is None else smallest.min(value)
    except EnclosureFailure:
        return exact(0)
    return exact(0) if smallest is None else smallest


def _rounded_down(ball: arb, digits: int = 12) -> Fraction:
    """A decimal below the ball; a placeholder where that is not positive."""
    value = Fraction(Context(prec=digits, rounding=ROUND_FLOOR).create_decimal(Decimal(lower(ball))))
    return value if value > 0 else _NOTHING
