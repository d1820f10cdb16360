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
   ``step`` asks for a continuous φ; a slope that jumps at 0 goes with p = 0, and so do breakpoints elsewhere.
2. b, p and Q are those of the lemma (for ``step``: b = 1, and the orders of the Hermite coefficients fit p).
3. The cells tile [0, 1] in σ and [0, v], v ≥ 1, in 1/σ; for ``step`` [0, σ_a], [σ_a, σ_b] in σ and [0, v],
   v ≥ 1/σ_b, in 1/σ. No gap, no overlap.
4. c is at most the constant that every cell gives, times the amplitude of 1.

Why they suffice
----------------
``even``, ``softplus``: :mod:`certificates.theorems.monotone_moments`. ``step``:
:mod:`certificates.theorems.step_cells`. ``erf``: :mod:`certificates.theorems.erf_polynomials`. ``homogeneous``:
ρ(σ) = σ^{2q−2}ρ(1) (I5). The smooth leaky ReLU, φ' = a + (1 − a)s, has T₁ and T₂ equal to (1 − a)² times those of
softplus and T₃ at least that (I6). With 3 every σ > 0 lies in a cell.

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
from certificates.checks.acceptance import accept_if_weaker, fact
from certificates.checks.continuity import require_continuous
from certificates.checks.kind import Kind
from certificates.checks.outcome import Context, Refusal
from certificates.claims.zhong_rho_global import Claim, Evidence, HermiteChoice
from certificates.enclosures.gaussian.rho_terms import zhong_terms
from certificates.enclosures.gaussian.step_limit import step_limit
from certificates.enclosures.infinity.identities import homogeneity, is_slope_affine_around_zero
from certificates.enclosures.intervals.tilings import Cell, tiling_gap
from certificates.errors import EnclosureFailure
from certificates.expression import Activation
from certificates.language.wording import rounded_down, rounded_up
from certificates.subjects import ActivationProblem
from certificates.theorems.erf_polynomials import largest_constant
from certificates.theorems.monotone_moments import EVEN_LEMMAS, even_far, even_near, softplus_far, softplus_near
from certificates.theorems.step_cells import Bessel, Envelope, far_constant, middle_constant, near_constant
from certificates.verdict import Accepted

__all__ = ["KIND"]

TITLE = "ρ for every σ"

_BITS = 96


Bound = tuple[str, arb]  # where, and a constant that holds there


@dataclass(frozen=True)
class _Lemma:
    """What a lemma says about an activation: ρ(σ) ≥ amplitude · c₀ (bσ)^p/(1 + (bσ)²)^Q, c₀ the least constant."""

    amplitude: arb
    scale: Fraction
    power: int
    decay: Fraction
    constants: Callable[[], list[Bound]]


def decide(claim: Claim, evidence: Evidence, problem: ActivationProblem, context: Context) -> Accepted:
    """Apply checks 1 to 4 in order; see :mod:`certificates.rules.gaussian_moment` for the arguments."""
    with precision(_BITS):
        lemma = _lemma(claim, evidence, problem.activation)
        _check_envelope(claim, lemma)
        bounds = [(where, constant * lemma.amplitude) for where, constant in lemma.constants()]
        constant = _smallest(bounds)
        _check_bounds(claim, bounds, constant)
        proved = replace(claim, constant=rational_ends(constant)[0])
    facts = (fact("c", "the smallest constant of all cells", constant),)
    return accept_if_weaker(context, TITLE, 4, claim, proved, facts)


def _check_bounds(claim: Claim, bounds: list[Bound], smallest: arb) -> None:
    """Refuse with the first cell that gives less than what is claimed."""
    for where, constant in bounds:
        proven = rational_ends(constant)[0]
        if proven < claim.constant:  # Check 4
            proved = replace(claim, constant=rational_ends(smallest)[0]) if smallest > 0 else None
            raise Refusal.undecided(
                4,
                f"less than what is claimed is proved for {where}",
                required=f"c = {rounded_down(claim.constant)}",
                seen=f"c = {rounded_down(proven)}",
                advice="smaller cells there, or a smaller constant",
                proved=proved,
                facts=(fact("c", "the smallest constant of all cells", smallest),),
            )


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

    def constants() -> list[Bound]:
        _check_tilings(evidence, Fraction(1), Fraction(1))
        near = [(_near(cell), even_near(lemma, cell)) for cell in evidence.near]
        return near + [(_far(cell), even_far(lemma, cell)) for cell in evidence.far]

    return _Lemma(exact(amplitude), scale, lemma.power, lemma.decay, constants)


def _softplus(evidence: Evidence, activation: Activation) -> _Lemma:
    if activation.name not in {"softplus", "smooth_leaky_relu"}:
        raise _does_not_apply("softplus", activation)
    (parameter,) = activation.parameters
    is_leaky = activation.name == "smooth_leaky_relu"
    # softplus_β: ρ_β(σ) = ρ₁(βσ); a + (1 − a)s: (1 − a)² times
    amplitude, scale = ((1 - parameter) ** 2, Fraction(1)) if is_leaky else (Fraction(1), parameter)

    def constants() -> list[Bound]:
        _check_tilings(evidence, Fraction(1), Fraction(1))
        near = [(_near(cell), softplus_near(cell)) for cell in evidence.near]
        return near + [(_far(cell), softplus_far(cell)) for cell in evidence.far]

    return _Lemma(exact(amplitude), scale, 6, Fraction(3), constants)


def _erf(activation: Activation) -> _Lemma:
    if activation.name not in {"erf", "erf0"}:
        raise _does_not_apply("erf", activation)
    amplitude = exact(1) if activation.name == "erf0" else 4 / arb.pi()
    return _Lemma(amplitude, Fraction(1), 4, Fraction(4), lambda: [("every σ", exact(largest_constant()))])


def _homogeneous(activation: Activation) -> _Lemma:
    found = homogeneity(activation)
    if found is None:
        raise _does_not_apply("homogeneous", activation)
    require_continuous(1, activation)

    def constants() -> list[Bound]:
        return [("every σ", zhong_terms(activation, Fraction(1), 64).smallest)]

    return _Lemma(exact(1), Fraction(1), 2 * found.degree - 2, Fraction(0), constants)


def _step(claim: Claim, evidence: Evidence, activation: Activation) -> _Lemma:
    require_continuous(1, activation)
    if is_slope_affine_around_zero(activation):
        why = "φ' is affine around 0, so T₁(σ) falls faster than every power of σ as σ → 0: no such bound holds"
        raise Refusal.rejected(2, why, required="T₁(σ) ≥ c σ^p near 0", seen="T₁(σ) = O(exp(−δ²/(4σ²)))")
    if not evidence.near or (claim.power and (evidence.first is None or evidence.second is None)):
        raise Refusal.rejected(3, "the lemma 'step' needs near cells, and for p > 0 two Hermite coefficients")
    if 2 * claim.decay < claim.power:
        step_limit(activation)  # fails without limits of φ': where it is unbounded ρ may grow
        raise Refusal.rejected(2, "the envelope grows as σ → ∞, ρ does not", required="2Q ≥ p")
    envelope = Envelope(claim.power, claim.decay)
    first, second = (Bessel(2, 0) if each is None else _bessel(each) for each in (evidence.first, evidence.second))

    def constants() -> list[Bound]:
        start = evidence.near[-1][1]
        _check_tilings(evidence, start, evidence.middle[-1][1] if evidence.middle else start)
        rule = evidence.quadrature
        near = [(_near(c), near_constant(activation, envelope, first, second, c, rule)) for c in evidence.near]
        middle = [(_near(c), middle_constant(activation, envelope, c, rule)) for c in evidence.middle]
        return near + middle + [(_far(c), far_constant(activation, envelope, c)) for c in evidence.far]

    return _Lemma(exact(1), Fraction(1), claim.power, claim.decay, constants)


def _bessel(choice: HermiteChoice) -> Bessel:
    return Bessel(choice.degree, choice.order)


def _check_tilings(evidence: Evidence, start: Fraction, stop: Fraction) -> None:
    """[0, σ_a], [σ_a, σ_b] and [0, 1/σ_b]; the last may reach further: then some σ are covered twice."""
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


def _smallest(bounds: list[Bound]) -> arb:
    """The minimum; a cell without a finite constant proves nothing."""
    total = bounds[0][1]
    for where, constant in bounds:
        if not constant.is_finite():
            raise EnclosureFailure(f"there is no finite constant for {where}")
        total = total.min(constant)
    return total


def _near(cell: Cell) -> str:
    return f"σ in [{rounded_down(cell[0])}, {rounded_up(cell[1])}]"


def _far(cell: Cell) -> str:
    return f"1/σ in [{rounded_down(cell[0])}, {rounded_up(cell[1])}]"


KIND = Kind(Claim, Evidence, ActivationProblem, TITLE, decide)
