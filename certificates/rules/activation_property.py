"""Rule *activation properties*: when an `activation-property` claim is accepted.

Statement
---------
What :meth:`certificates.claims.activation_property.Claim.sentence` says: P1, P1', P2, P3 of Zhong et al., their
negations, or Assumption 2.3 of Soltanolkotabi, Javanmard and Lee in the reading that the sentence spells out.

Evidence
--------
A rule id, cells that tile [−R, R] or the σ-axis, zeros of φ', a witness, perhaps a tail to assume.

Checks
------
1. φ is continuous at its breakpoints, exactly; and φ is analytic on every piece, where cells do not show it.
2. The rule id is one for the property; the cells tile what they must, without gap or overlap; a cell
   is cut at a breakpoint inside it.
3. On every cell φ' ≥ 0 (P1, P1', P2 by ``sign``), by an enclosure or from an exact zero; its bound is noted.
4. On both tails |z| ≥ R the same, from the expansion of the formula at infinity, or else assumed, with the smoothness
   of φ there unless it is shown; nothing on either side contradicts what is assumed.
5. The witness: φ'(z₀) < 0, φ''(z₀) ≠ 0, φ'''(z₀) ≠ 0 or ρ(σ) ≤ 0, whichever the property needs; or φ' jumps; or growth.
6. Exact comparison at the breakpoints: φ' continuous (P3a), φ'' continuous (P3a-strict), every piece affine (P3b).
7. ``third-term``: T₃(σ) > 0 on cells that cover every σ > 0.
8. The claim's numbers are weaker than or equal to what was found.
9. to 13. Assumption 2.3: :mod:`certificates.checks.assumption_2_3`.

Why they suffice
----------------
P1, P1', P3: by definition, as the cells and tails cover the line. P2 by ``sign``: under φ' ≥ 0 of polynomial growth,
theorem 2.1 gives T₃ > 0, and T₁ = 0 or T₂ = 0 only if φ' is affine, hence constant; 5 excludes that. P2 by
``third-term``: T₁ > 0 and T₂ > 0 as soon as φ' is not affine (φ''' ≠ 0 somewhere), and 7 is the rest. not-P1: φ' < 0
near z₀; or φ'(0) > 0 forces p = 0 and φ' is unbounded. not-P2: ρ ≤ T_k ≤ 0. not-P3a: φ' jumps, or |φ''| tends to
infinity.

Not checked
-----------
Whether a paper's theorem needs more than the property.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any

from certificates.arithmetic.arb import exact, rational_ends
from certificates.checks.acceptance import accept_if_weaker, fact, fact_above, fact_below
from certificates.checks.assumption_2_3 import prove_assumption
from certificates.checks.growth import require_continuous
from certificates.checks.kind import Kind
from certificates.checks.outcome import Context, Refusal
from certificates.checks.slopes import (
    Proved,
    grows_without_bound,
    nonnegative_cells,
    prove_sign,
    refute_sign,
    witnessed,
)
from certificates.checks.tilings import (
    radius_of,
    require_covering,
    require_tiling,
    split_at_breakpoints,
    tail_or_assumption,
)
from certificates.claims.activation_property import Claim, Evidence
from certificates.enclosures.gaussian.rho_terms import exact_zhong_terms, zhong_terms
from certificates.enclosures.infinity.analyticity import is_analytic_on_pieces
from certificates.enclosures.infinity.growth import slope_growth
from certificates.enclosures.infinity.identities import affine_pieces, is_curvature_continuous
from certificates.enclosures.intervals.smoothness import smoothness
from certificates.enclosures.intervals.tilings import range_on_cells
from certificates.errors import EnclosureFailure
from certificates.expression import Activation
from certificates.subjects import ActivationProblem
from certificates.theorems.step_cells import third_term_far, third_term_near
from certificates.verdict import Accepted, Assumption, Fact

__all__ = ["KIND"]

TITLE = "activation properties"

_WITNESS_BITS = 96


def decide(claim: Claim, evidence: Evidence, problem: ActivationProblem, context: Context) -> Accepted:
    """Apply the checks in order; see :mod:`certificates.rules.gaussian_moment` for the arguments."""
    activation = problem.activation
    require_continuous(1, activation)  # Check 1
    if evidence.rule not in ("sign", "third-term") and not is_analytic_on_pieces(activation):
        raise Refusal.undecided(1, "φ is not shown to be defined on the whole line", advice="a formula without poles")
    rules, prove = _PROOFS[claim.property]
    if evidence.rule not in rules:  # Check 2
        raise Refusal.rejected(
            2, f"{evidence.rule!r} is no rule for {claim.property}", required=" or ".join(rules), seen=evidence.rule
        )
    proved = prove(claim, evidence, activation)
    return accept_if_weaker(context, TITLE, 8, claim, proved.claim, proved.facts, proved.assumptions)  # Check 8


# ---- P2 ------------------------------------------------------------------------------------------------------------


def _prove_rho_positive(claim: Claim, evidence: Evidence, activation: Activation) -> Proved:
    """P2."""
    if evidence.rule == "third-term":
        return _prove_third_term(claim, evidence, activation)
    nonnegative_cells(evidence, activation)
    assumptions: list[Assumption] = []
    for side in (-1, 1):
        found, assumed = tail_or_assumption(4, activation, 1, evidence, side)
        assumptions += assumed
        if found is not None and not found.is_nonnegative:  # Check 4
            refuse = Refusal.rejected if found.factor < 0 else Refusal.undecided
            raise refuse(4, "φ' is not shown to be ≥ 0 far out", seen=f"the sign of {found.factor.str(5)}")
    if not assumptions:
        slope_growth(activation, Fraction(0))  # polynomial, so the moments exist
    return Proved(claim, _not_affine(evidence, activation, 2), tuple(assumptions[:1]))


def _not_affine(evidence: Evidence, activation: Activation, derivative: int) -> tuple[Fact, ...]:
    """Check 5: φ (derivative 2) or φ' (derivative 3) is not affine."""
    if evidence.witness is None and smoothness(activation).is_certainly_not_c11:
        return ()
    value = witnessed(evidence, activation, derivative)
    if not (value > 0 or value < 0):
        raise Refusal.undecided(
            5, "the witness does not show that φ is not affine", required="a nonzero derivative", seen=value.str(8)
        )
    return (fact(f"φ^({derivative})(z₀)", "not affine", value, f"z₀ = {evidence.witness}"),)


def _prove_third_term(claim: Claim, evidence: Evidence, activation: Activation) -> Proved:
    found = smoothness(activation)
    if not found.is_certainly_c11:
        raise Refusal.undecided(6, "the rule 'third-term' needs a Lipschitz φ'", seen=found.reason)
    slope_growth(activation, Fraction(0))  # defined everywhere; the integrals would find out slowly
    facts = _not_affine(evidence, activation, 3)
    require_covering(evidence.near, evidence.far)
    bounds = [(cell, third_term_near(activation, cell, "integral"), "σ") for cell in evidence.near]
    bounds += [(cell, third_term_far(activation, cell), "1/σ") for cell in evidence.far]
    smallest = bounds[0][1]
    for cell, bound, variable in bounds:
        if not bound > 0:  # Check 7
            where = f"{variable} in [{cell[0]}, {cell[1]}]"
            raise Refusal.undecided(7, f"T₃ > 0 is not shown for {where}", required="T₃ > 0", seen=f"≥ {bound.str(6)}")
        smallest = smallest.min(bound)
    return Proved(claim, (*facts, fact_below("T₃", "for every σ > 0", smallest)))


def _refute_rho_positive(claim: Claim, evidence: Evidence, activation: Activation) -> Proved:
    """not-P2."""
    sigma = evidence.witness
    if sigma is None or not Fraction(1, 10**9) <= sigma <= 10**9:
        raise Refusal.rejected(5, "the witness σ is missing or out of range", required="1e-9 ≤ σ ≤ 1e9")
    try:
        terms = exact_zhong_terms(activation, sigma)
    except EnclosureFailure:
        slope_growth(activation, Fraction(0))  # defined everywhere, with finite moments
        smallest = zhong_terms(activation, sigma, _WITNESS_BITS).third
    else:
        if any(not term.terms for term in terms):
            return Proved(claim, (fact_above("ρ(σ)", "at most a T_k that is exactly 0", exact(0), f"σ = {sigma}"),))
        smallest = terms[2].enclose()
    if not smallest < 0:  # Check 5
        raise Refusal.undecided(5, "ρ(σ) ≤ 0 is not shown at the witness", required="T₃ < 0", seen=smallest.str(8))
    return Proved(claim, (fact("T₃", "at least ρ", smallest, f"σ = {sigma}"),))


# ---- P3 ------------------------------------------------------------------------------------------------------------


def _prove_lipschitz(claim: Claim, evidence: Evidence, activation: Activation) -> Proved:
    """P3a, Lipschitz and strict."""
    found = smoothness(activation)
    if not found.is_certainly_c11:  # Check 6
        refuse = Refusal.rejected if found.is_certainly_not_c11 else Refusal.undecided
        raise refuse(6, "φ' is not shown to be continuous", required="φ' continuous", seen=found.reason)
    if claim.property == "P3a-strict" and not is_curvature_continuous(activation):
        raise Refusal.undecided(6, "φ'' is not shown to exist at every breakpoint", required="equal one-sided φ''")
    radius = radius_of(evidence, activation)
    require_tiling(evidence.cells, -radius, radius, "evidence.cells")
    low, high = range_on_cells(activation, 2, split_at_breakpoints(activation, evidence.cells))
    largest, assumptions = abs(low).max(abs(high)), []
    for side in (-1, 1):
        beyond, assumed = tail_or_assumption(4, activation, 2, evidence, side)  # Check 4
        assumptions += assumed
        largest = largest.max(
            exact(evidence.tail.curvature_bound if evidence.tail else 0) if beyond is None else abs(beyond.range())
        )
    proved = replace(claim, curvature_bound=rational_ends(largest)[1])
    return Proved(proved, (fact_above("L₂", "sup |φ''|", largest),), tuple(assumptions[:1]))


def _refute_lipschitz(claim: Claim, evidence: Evidence, activation: Activation) -> Proved:
    """not-P3a."""
    found = smoothness(activation)
    if evidence.rule == "identity" and not found.is_certainly_not_c11:  # Check 6
        raise Refusal.undecided(6, "φ' is not shown to jump", required="different one-sided slopes", seen=found.reason)
    if evidence.rule == "growth" and not grows_without_bound(activation, 2, evidence):  # Check 5
        raise Refusal.undecided(5, "φ'' is not shown to grow without bound")
    return Proved(claim)


def _prove_piecewise_affine(claim: Claim, evidence: Evidence, activation: Activation) -> Proved:
    """P3b."""
    del evidence
    breakpoints = affine_pieces(activation)
    if breakpoints is None:  # Check 6
        raise Refusal.undecided(6, "not every piece is shown to be affine", required="pieces az + b")
    return Proved(replace(claim, kinks=len(breakpoints)))


def _refute_piecewise_affine(claim: Claim, evidence: Evidence, activation: Activation) -> Proved:
    """not-P3b."""
    value = witnessed(evidence, activation, 2)
    if not (value > 0 or value < 0):  # Check 5
        raise Refusal.undecided(5, "the witness does not show φ'' ≠ 0", required="φ''(z₀) ≠ 0", seen=value.str(8))
    return Proved(claim, (fact("φ''(z₀)", "curvature", value, f"z₀ = {evidence.witness}"),))


def _prove_assumption(claim: Claim, evidence: Evidence, activation: Activation) -> Proved:
    """Assumption 2.3."""
    return Proved(claim, prove_assumption(claim, evidence, activation))


_Proof = Callable[[Claim, Evidence, Activation], Proved]

_PROOFS: dict[Any, tuple[tuple[str, ...], _Proof]] = {
    "P1": (("sign",), prove_sign),
    "P1'": (("sign",), prove_sign),
    "not-P1": (("witness", "growth"), refute_sign),
    "P2": (("sign", "third-term"), _prove_rho_positive),
    "not-P2": (("witness",), _refute_rho_positive),
    "P3a-lipschitz": (("sign",), _prove_lipschitz),
    "P3a-strict": (("sign",), _prove_lipschitz),
    "not-P3a": (("identity", "growth"), _refute_lipschitz),
    "P3b": (("identity",), _prove_piecewise_affine),
    "not-P3b": (("witness",), _refute_piecewise_affine),
    "A2.3(a)": (("slope-difference",), _prove_assumption),
    "A2.3(a) for σ > 0": (("slope-difference",), _prove_assumption),
    "A2.3(b)": (("identity",), _prove_assumption),
    "A2.3(b) for σ > 0": (("identity",), _prove_assumption),
}


KIND = Kind(Claim, Evidence, ActivationProblem, TITLE, decide)
