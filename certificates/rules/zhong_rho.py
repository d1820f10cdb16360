"""Rule *ρ at a point*: when a `zhong-rho` claim is accepted.

Statement
---------
With α_{i,j} = E[φ'(σz)ⁱ zʲ]: T₁ = α₂₀ − α₁₀² − α₁₁² ∈ ``first``, T₂ = α₂₂ − α₁₁² − α₁₂² ∈ ``second``,
T₃ = α₁₀α₁₂ − α₁₁² ∈ ``third``, ρ = min T_k ∈ ``rho``, and the minimum is attained by terms in ``active`` only.

Evidence
--------
As for `gaussian-moment`.

Checks
------
1. φ is continuous at its breakpoints, exactly.
2. |φ'| is bounded by a power beyond the truncation: proven, or else assumed.
3. The enclosures of T₁, T₂, T₃ and of their minimum lie in the intervals, and each term outside ``active`` is certainly
   larger than the minimum.

Why they suffice
----------------
The five moments are enclosed as in `gaussian-moment`. T₁ and T₂ are squared distances (theorem 2.1), so their
enclosures are cut off at 0. With ``exact`` the terms are exact numbers, and degenerate intervals can be proved.

Not checked
-----------
Anything about other σ: that is `zhong-rho-global`.
"""

from __future__ import annotations

from dataclasses import replace

from certificates.checks.acceptance import accept_if_weaker, fact, interval
from certificates.checks.continuity import require_continuous
from certificates.checks.growth import known_growth
from certificates.checks.kind import Kind
from certificates.checks.outcome import Context
from certificates.claims.zhong_rho import Claim, Evidence
from certificates.enclosures.formulas.exact_constants import ExactConstant
from certificates.enclosures.gaussian.rho_terms import ZhongTerms, exact_zhong_terms, zhong_terms
from certificates.language.parts import Interval
from certificates.subjects import ActivationProblem
from certificates.verdict import Accepted, Assumption, Fact

__all__ = ["KIND"]

TITLE = "ρ at a point"

_MEANINGS = (
    "squared distance of φ'(σz) to span{1, z}",
    "squared distance of zφ'(σz) to span{1, z}",
    "Gram determinant of (1, z) under the weight φ'(σz)",
)


def decide(claim: Claim, evidence: Evidence, problem: ActivationProblem, context: Context) -> Accepted:
    """Apply checks 1 to 3 in order; see :mod:`certificates.rules.gaussian_moment` for the arguments."""
    require_continuous(1, problem.activation)  # Check 1
    terms, exact_terms, assumptions = _terms(claim, evidence, problem)  # Check 2
    proved = _proved(claim, terms, exact_terms)
    return accept_if_weaker(context, TITLE, 3, claim, proved, _facts(terms), assumptions)  # Check 3


def _terms(
    claim: Claim, evidence: Evidence, problem: ActivationProblem
) -> tuple[ZhongTerms, tuple[ExactConstant, ...], tuple[Assumption, ...]]:
    activation = problem.activation
    if evidence.quadrature == "exact":
        found = exact_zhong_terms(activation, claim.sigma)
        return ZhongTerms(*(term.enclose() for term in found)), found, ()
    growth, assumptions = known_growth(activation, evidence.growth)
    terms = zhong_terms(activation, claim.sigma, evidence.bits, quadrature=evidence.quadrature, growth=growth)
    return terms, (), assumptions


def _proved(claim: Claim, terms: ZhongTerms, exact_terms: tuple[ExactConstant, ...]) -> Claim:
    intervals = [interval(term) for term in terms.all]
    for index, term in enumerate(exact_terms):
        value = term.rational
        if value is not None:
            intervals[index] = Interval(value, value)
    rho = Interval(min(i.lower for i in intervals), min(i.upper for i in intervals))
    active = tuple(k + 1 for k, i in enumerate(intervals) if i.lower <= rho.upper)
    first, second, third = intervals
    return replace(claim, first=first, second=second, third=third, rho=rho, active=active)


def _facts(terms: ZhongTerms) -> tuple[Fact, ...]:
    named = zip(("T₁", "T₂", "T₃"), _MEANINGS, terms.all, strict=True)
    return (*(fact(*entry) for entry in named), fact("ρ", "min T_k", terms.smallest))


KIND = Kind(Claim, Evidence, ActivationProblem, TITLE, decide)
