"""Rule *one witness*: when an `activation-counterexample` claim is accepted.

Statement
---------
P1, P2, P3(a) or P3(b) of Zhong et al. fails for φ: no L₁ > 0 and p ≥ 0 have 0 ≤ φ'(z) ≤ L₁|z|^p for almost every z;
ρ(σ) ≤ 0 for some σ > 0; φ' is not Lipschitz; φ'' is nonzero on an interval.

Evidence
--------
What is shown, and one number: the point z₀, the σ, or the R beyond which something grows.

Checks
------
1. φ is continuous at its breakpoints, exactly, and analytic on every piece.
2. What is shown refutes the property; for ``growth`` every breakpoint lies inside [−R, R].
3. It is so: φ'(z₀) < 0 (P1); T₃(σ) < 0 or a T_k(σ) is exactly 0, 10⁻⁹ ≤ σ ≤ 10⁹ (P2); the one-sided φ' differ at z₀
   (P3(a)); φ''(z₀) ≠ 0 (P3(b)); or on one side |φ'| (P1, with φ'(0) > 0) or |φ''| (P3(a)) tends to infinity.

Why they suffice
----------------
P1: φ' < 0 near z₀ by continuity, one-sided at a breakpoint; or φ'(0) > 0 forces p = 0, and φ' is unbounded. P2:
ρ ≤ T_k ≤ 0. P3(a): φ' jumps, or |φ''| tends to infinity. P3(b): φ'' ≠ 0 near z₀.

Not checked
-----------
Whether a weaker property holds.
"""

from __future__ import annotations

from fractions import Fraction

from flint import arb

from certificates.arithmetic.arb import exact
from certificates.checks.acceptance import fact, fact_above
from certificates.checks.continuity import require_defined
from certificates.checks.kind import Kind
from certificates.checks.outcome import Context, Refusal
from certificates.checks.tilings import require_radius
from certificates.claims.activation_counterexample import Claim, Evidence, Property, Rule
from certificates.enclosures.gaussian.rho_terms import exact_zhong_terms, zhong_terms
from certificates.enclosures.infinity.growth import slope_growth
from certificates.enclosures.infinity.tails import tail
from certificates.enclosures.intervals.derivatives import derivatives_arb
from certificates.enclosures.intervals.smoothness import slope_jumps_at, smoothness
from certificates.errors import EnclosureFailure
from certificates.expression import Activation
from certificates.subjects import ActivationProblem
from certificates.verdict import Accepted, Fact

__all__ = ["KIND"]

TITLE = "one witness"

_BITS = 96
_REFUTES: dict[Property, tuple[Rule, ...]] = {
    "P1": ("negative-slope", "growth"),
    "P2": ("nonpositive-rho",),
    "P3a": ("jump", "growth"),
    "P3b": ("curvature",),
}


def decide(claim: Claim, evidence: Evidence, problem: ActivationProblem, context: Context) -> Accepted:
    """Apply checks 1 to 3 in order; see :mod:`certificates.rules.gaussian_moment` for the arguments."""
    activation, witness, rules = problem.activation, evidence.witness, _REFUTES[claim.refutes]
    require_defined(1, activation)  # Check 1
    if evidence.rule not in rules:  # Check 2
        what = f"{evidence.rule!r} does not refute {claim.refutes}"
        raise Refusal.rejected(2, what, required=" or ".join(rules), seen=evidence.rule)
    match evidence.rule:  # Check 3
        case "negative-slope":
            facts = _negative_slope(activation, witness)
        case "nonpositive-rho":
            facts = _nonpositive_rho(activation, witness)
        case "curvature":
            facts = _curvature(activation, witness)
        case "jump":
            facts = _jump(activation, witness)
        case _:
            require_radius(activation, witness)
            facts = _growing_slope(activation, witness) if claim.refutes == "P1" else _growing(activation, 2, witness)
    return context.accepted(TITLE, claim, claim, facts)


def _at(activation: Activation, point: Fraction, derivative: int) -> arb:
    """φ^(k) at a point; at a breakpoint both one-sided values."""
    return derivatives_arb(activation, exact(point), derivative)[derivative]


def _negative_slope(activation: Activation, point: Fraction) -> tuple[Fact, ...]:
    value = _at(activation, point, 1)
    if not value < 0:
        refuse = Refusal.rejected if value > 0 else Refusal.undecided
        raise refuse(3, "the witness does not show a negative slope", required="φ'(z₀) < 0", seen=value.str(8))
    return (fact("φ'(z₀)", "slope", value, f"z₀ = {point}"),)


def _curvature(activation: Activation, point: Fraction) -> tuple[Fact, ...]:
    value = _at(activation, point, 2)
    if not (value > 0 or value < 0):
        raise Refusal.undecided(3, "the witness does not show φ'' ≠ 0", required="φ''(z₀) ≠ 0", seen=value.str(8))
    return (fact("φ''(z₀)", "curvature", value, f"z₀ = {point}"),)


def _jump(activation: Activation, point: Fraction) -> tuple[Fact, ...]:
    if not slope_jumps_at(activation, point):
        seen = smoothness(activation).reason
        raise Refusal.undecided(3, "φ' is not shown to jump there", required="different one-sided slopes", seen=seen)
    return ()


def _nonpositive_rho(activation: Activation, sigma: Fraction) -> tuple[Fact, ...]:
    if not Fraction(1, 10**9) <= sigma <= 10**9:
        raise Refusal.rejected(3, "the witness σ is out of range", required="1e-9 ≤ σ ≤ 1e9")
    try:
        terms = exact_zhong_terms(activation, sigma)
    except EnclosureFailure:
        slope_growth(activation, Fraction(0))  # defined everywhere, with finite moments
        smallest = zhong_terms(activation, sigma, _BITS).third
    else:
        if any(not term.terms for term in terms):
            return (fact_above("ρ(σ)", "at most a T_k that is exactly 0", exact(0), f"σ = {sigma}"),)
        smallest = terms[2].enclose()
    if not smallest < 0:
        raise Refusal.undecided(3, "ρ(σ) ≤ 0 is not shown at the witness", required="T₃ < 0", seen=smallest.str(8))
    return (fact("T₃", "at least ρ", smallest, f"σ = {sigma}"),)


def _growing_slope(activation: Activation, radius: Fraction) -> tuple[Fact, ...]:
    at_zero = _at(activation, Fraction(0), 1)
    if not at_zero > 0:
        raise Refusal.undecided(3, "growth refutes P1 only beside φ'(0) > 0", seen=f"φ'(0) in {at_zero.str(8)}")
    _growing(activation, 1, radius)
    return (fact("φ'(0)", "forces p = 0, but φ' is unbounded", at_zero),)


def _growing(activation: Activation, derivative: int, radius: Fraction) -> tuple[Fact, ...]:
    if not _grows_without_bound(activation, derivative, radius):
        raise Refusal.undecided(3, f"φ^({derivative}) is not shown to grow without bound")
    return ()


def _grows_without_bound(activation: Activation, derivative: int, radius: Fraction) -> bool:
    """Whether |φ^(k)| is shown to tend to infinity on one side."""
    for side in (-1, 1):
        try:
            found = tail(activation, derivative, radius, side)
        except EnclosureFailure:
            continue
        if not found.is_bounded and (found.factor > 0 or found.factor < 0):
            return True
    return False


KIND = Kind(Claim, Evidence, ActivationProblem, TITLE, decide)
