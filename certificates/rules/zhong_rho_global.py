"""Rule *ρ for every σ*: when a `zhong-rho-global` claim is accepted.

Statement
---------
ρ(σ) = min(T₁, T₂, T₃) ≥ c(bσ)^p/(1 + (bσ)²)^Q for all σ > 0, with c = ``constant``, b = ``scale``, p = ``power``,
Q = ``decay``. Hence property P2.

Evidence
--------
The lemma that applies, and cells for the judge to evaluate it on.

Checks
------
1. The lemma is the one for this activation, perhaps scaled: φ̃(z) = aφ(bz) + const has ρ̃(σ) = a²b²ρ(bσ) (I1).
2. b, p and Q are those of the lemma (for ``step``: b = 1, and the orders of the Hermite coefficients fit p).
3. The cells tile [0, 1] in σ and in v = 1/σ; for ``step`` [0, σ_a], [σ_a, σ_b] and [0, 1/σ_b] in v. No gap, no overlap.
4. c is at most the smallest constant that the cells give, times the amplitude of 1.

Why they suffice
----------------
``even``, ``softplus``: :mod:`certificates.theorems.monotone_moments`. ``step``: :mod:`certificates.theorems.step_cells`.
``erf``: :mod:`certificates.theorems.erf_polynomials`. ``homogeneous``: ρ(σ) = σ^{2q−2}ρ(1) (I5). The smooth leaky ReLU
a + (1 − a)s has T₁, T₂ equal to (1 − a)² those of softplus and T₃ at least (I6). With 3 every σ > 0 lies in a cell.

Not checked
-----------
That c is the best possible constant.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction

from flint import arb

from certificates.arithmetic.arb import exact, precision, rational_ends
from certificates.claims.zhong_rho_global import Claim, Evidence, HermiteChoice
from certificates.enclosures.identities import homogeneity
from certificates.enclosures.smoothness import smoothness
from certificates.enclosures.tilings import Cell, tiling_gap
from certificates.enclosures.zhong import zhong_terms
from certificates.errors import EnclosureFailure
from certificates.expression import Activation
from certificates.problem import ActivationProblem
from certificates.rules._moments import accept_if_weaker, fact, require_continuous
from certificates.rules._outcome import Context, Refusal
from certificates.theorems.erf_polynomials import largest_constant
from certificates.theorems.monotone_moments import EVEN_LEMMAS, even_far, even_near, softplus_far, softplus_near
from certificates.theorems.step_cells import Bessel, Envelope, far_constant, middle_constant, near_constant
from certificates.verdict import Accepted

__all__ = ["TITLE", "decide"]

TITLE = "ρ for every σ"

_BITS = 96


@dataclass(frozen=True)
class _Lemma:
    """What a lemma says about an activation: ρ(σ) ≥ amplitude · c₀ (bσ)^p/(1 + (bσ)²)^Q."""

    amplitude: arb
    scale: Fraction
    power: int
    decay: Fraction
    constant: Callable[[], arb]


def decide(claim: Claim, evidence: Evidence, problem: ActivationProblem, context: Context) -> Accepted:
    """Apply checks 1 to 4 in order; see :mod:`certificates.rules.gaussian_moment` for the arguments."""
    with precision(_BITS):
        lemma = _lemma(claim, evidence, problem.activation)
        _check_envelope(claim, lemma)
        constant = lemma.constant() * lemma.amplitude
        if not constant > 0:
            raise Refusal.undecided(4, "the cells give no positive constant", seen=f"c = {constant.str(6)}")
        proved = replace(claim, constant=rational_ends(constant)[0])
    facts = (fact("c", "the smallest constant of all cells", constant),)
    return accept_if_weaker(context, TITLE, 4, claim, proved, facts)  # Check 4


def _check_envelope(claim: Claim, lemma: _Lemma) -> None:
    wanted = {"scale": lemma.scale, "power": lemma.power, "decay": lemma.decay}
    wrong = [name for name, value in wanted.items() if getattr(claim, name) != value]
    if wrong:  # Check 2
        raise Refusal.undecided(
            2,
            f"the lemma is about another {' and '.join(wrong)}",
            required=", ".join(f"{name} = {wanted[name]}" for name in wrong),
            seen=", ".join(f"{name} = {getattr(claim, name)}" for name in wrong),
        )


def _lemma(claim: Claim, evidence: Evidence, activation: Activation) -> _Lemma:
    match evidence.lemma:
        case "even":
            return _even(evidence, activation)
        case "softplus":
            return _softplus(evidence, activation)
        case "erf":
            return _erf(activation)
        case "homogeneous":
            return _homogeneous(activation)
        case _:
            return _step(claim, evidence, activation)


def _does_not_apply(lemma: str, activation: Activation) -> Refusal:
    return Refusal.rejected(1, f"the lemma '{lemma}' is not about {activation.text}", advice="another lemma")  # Check 1


def _even(evidence: Evidence, activation: Activation) -> _Lemma:
    name = "tanh" if activation.name == "sigmoid" else activation.name or ""
    lemma = EVEN_LEMMAS.get(name)
    if lemma is None:
        raise _does_not_apply("even", activation)
    # sigmoid = ½tanh(z/2) + ½: amplitude² · scale² = 1/16
    amplitude, scale = (Fraction(1, 16), Fraction(1, 2)) if activation.name == "sigmoid" else (Fraction(1), Fraction(1))

    def constant() -> arb:
        _check_tilings(evidence, Fraction(1), Fraction(1))
        return _smallest(
            [even_near(lemma, cell) for cell in evidence.near] + [even_far(lemma, cell) for cell in evidence.far]
        )

    return _Lemma(exact(amplitude), scale, lemma.power, lemma.decay, constant)


def _softplus(evidence: Evidence, activation: Activation) -> _Lemma:
    if activation.name not in {"softplus", "smooth_leaky_relu"}:
        raise _does_not_apply("softplus", activation)
    (parameter,) = activation.parameters
    is_leaky = activation.name == "smooth_leaky_relu"
    # softplus_β: ρ_β(σ) = ρ₁(βσ); a + (1 − a)s: (1 − a)² times
    amplitude, scale = ((1 - parameter) ** 2, Fraction(1)) if is_leaky else (Fraction(1), parameter)

    def constant() -> arb:
        _check_tilings(evidence, Fraction(1), Fraction(1))
        return _smallest(
            [softplus_near(cell) for cell in evidence.near] + [softplus_far(cell) for cell in evidence.far]
        )

    return _Lemma(exact(amplitude), scale, 6, Fraction(3), constant)


def _erf(activation: Activation) -> _Lemma:
    if activation.name not in {"erf", "erf0"}:
        raise _does_not_apply("erf", activation)
    amplitude = exact(1) if activation.name == "erf0" else 4 / arb.pi()
    return _Lemma(amplitude, Fraction(1), 4, Fraction(4), lambda: exact(largest_constant()))


def _homogeneous(activation: Activation) -> _Lemma:
    found = homogeneity(activation)
    if found is None:
        raise _does_not_apply("homogeneous", activation)
    require_continuous(1, activation)
    return _Lemma(
        exact(1),
        Fraction(1),
        2 * found.degree - 2,
        Fraction(0),
        lambda: zhong_terms(activation, Fraction(1), 64).smallest,
    )


def _step(claim: Claim, evidence: Evidence, activation: Activation) -> _Lemma:
    if not smoothness(activation).is_certainly_c11:
        raise Refusal.undecided(1, "the lemma 'step' needs a Lipschitz φ'", seen=smoothness(activation).reason)
    if evidence.first is None or evidence.second is None or not evidence.near:
        raise Refusal.rejected(3, "the lemma 'step' needs near cells and two Hermite coefficients")
    if 2 * claim.decay < claim.power:
        raise Refusal.rejected(2, "the envelope grows as σ → ∞, ρ does not", required="2Q ≥ p")
    envelope = Envelope(claim.power, claim.decay)
    first, second = _bessel(evidence.first), _bessel(evidence.second)

    def constant() -> arb:
        start = evidence.near[-1][1]
        stop = evidence.middle[-1][1] if evidence.middle else start
        _check_tilings(evidence, start, stop)
        return _smallest(
            [near_constant(activation, envelope, first, second, cell, evidence.quadrature) for cell in evidence.near]
            + [middle_constant(activation, envelope, cell, evidence.quadrature) for cell in evidence.middle]
            + [far_constant(activation, envelope, cell) for cell in evidence.far]
        )

    return _Lemma(exact(1), Fraction(1), claim.power, claim.decay, constant)


def _bessel(choice: HermiteChoice) -> Bessel:
    return Bessel(choice.degree, choice.order)


def _check_tilings(evidence: Evidence, start: Fraction, stop: Fraction) -> None:
    """[0, σ_a], [σ_a, σ_b] and [0, 1/σ_b]; the last may reach further, as then σ is covered twice."""
    tilings: list[tuple[str, tuple[Cell, ...], Fraction, Fraction]] = [
        ("near", evidence.near, Fraction(0), start),
        ("middle", evidence.middle, start, stop),
        ("far", evidence.far, Fraction(0), evidence.far[-1][1] if evidence.far else Fraction(0)),
    ]
    for name, cells, begin, end in tilings:
        gap = tiling_gap(cells, begin, end)
        if gap:  # Check 3
            raise Refusal.rejected(3, f"the {name} cells do not tile [{begin}, {end}]: {gap}")
    if stop <= 0 or not evidence.far or evidence.far[-1][1] * stop < 1:
        raise Refusal.rejected(
            3, "the far cells do not reach the others", required=f"[0, 1/σ_b] with σ_b = {stop}", seen="a gap"
        )


def _smallest(constants: list[arb]) -> arb:
    """The minimum; a cell without a finite constant proves nothing."""
    if not all(constant.is_finite() for constant in constants):
        raise EnclosureFailure("a cell has no finite constant")
    total = constants[0]
    for constant in constants[1:]:
        total = total.min(constant)
    return total
