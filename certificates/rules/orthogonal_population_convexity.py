"""Rule *orthogonal Hessian*: when an `orthogonal-population-convexity` claim is accepted.

Statement
---------
For f_D(W) = ½E(Σ_j v_jφ(w_jᵀx) − Σ_j v_jφ(w_j*ᵀx))², x ~ N(0, I_d), w_j* = σe_j for j ≤ k ≤ d, the smallest eigenvalue
of ∇²f_D(W*) is at least ``curvature``: f_D(W* + A) ≥ ½λ‖A‖² + o(‖A‖²), also where φ' jumps.

Evidence
--------
As for `gaussian-moment`.

Checks
------
1. φ is continuous at its breakpoints, exactly.
2. |φ'| is bounded by a power beyond the truncation: proven, or else assumed.
3. ``curvature`` ≤ min_j v_j² · min(T₁, T₂) at σ.

Why they suffice
----------------
aᵀ∇²f_D(W*)a = E[(Σ_j v_jφ'(σx_j)xᵀa_j)²], because the residual vanishes at W* (dominated convergence, as φ' is bounded
by a power). With φ'(σx_j) = α₁₀ + α₁₁x_j + g(x_j) and x_jφ'(σx_j) = α₁₁ + α₁₂x_j + h(x_j), where g, h ⊥ 1, z and
E g² = T₁, E h² = T₂, the functions h(x_j) and x_p g(x_j), p ≠ j, are pairwise orthogonal and orthogonal to the rest
(theorem 2.2). So the form is at least T₂ Σ_j (v_ja_{jj})² + T₁ Σ_{p≠j} (v_ja_{pj})². T₃ is not needed, nor is P1.

Not checked
-----------
Anything about weights that are not orthogonal of equal norm, or about the empirical risk.
"""

from __future__ import annotations

from dataclasses import replace

from certificates.arithmetic.arb import exact, rational_ends
from certificates.checks.acceptance import accept_if_weaker, fact
from certificates.checks.continuity import require_continuous
from certificates.checks.growth import known_growth
from certificates.checks.kind import Kind
from certificates.checks.outcome import Context
from certificates.claims.orthogonal_population_convexity import Claim, Evidence
from certificates.enclosures.formulas.exact_constants import ExactConstant
from certificates.enclosures.gaussian.rho_terms import ZhongTerms, exact_zhong_terms, zhong_terms
from certificates.subjects import ActivationProblem
from certificates.verdict import Accepted, Assumption

__all__ = ["KIND"]

TITLE = "orthogonal Hessian"


def decide(claim: Claim, evidence: Evidence, problem: ActivationProblem, context: Context) -> Accepted:
    """Apply checks 1 to 3 in order; see :mod:`certificates.rules.gaussian_moment` for the arguments."""
    require_continuous(1, problem.activation)  # Check 1
    terms, assumptions = _terms(claim, evidence, problem)  # Check 2
    smallest_weight = min(abs(v) for v in claim.outer_weights)
    bound = terms.first.min(terms.second) * exact(smallest_weight * smallest_weight)
    proved = replace(claim, curvature=rational_ends(bound)[0])
    facts = (
        fact("T₁", "squared distance of φ'(σz) to span{1, z}", terms.first),
        fact("T₂", "squared distance of zφ'(σz) to span{1, z}", terms.second),
        fact("v_min", "smallest |v_j|", exact(smallest_weight)),
    )
    return accept_if_weaker(context, TITLE, 3, claim, proved, facts, assumptions)  # Check 3


def _terms(claim: Claim, evidence: Evidence, problem: ActivationProblem) -> tuple[ZhongTerms, tuple[Assumption, ...]]:
    if evidence.quadrature == "exact":
        found: tuple[ExactConstant, ...] = exact_zhong_terms(problem.activation, claim.sigma)
        return ZhongTerms(*(term.enclose() for term in found)), ()
    growth, assumptions = known_growth(problem.activation, evidence.growth)
    terms = zhong_terms(problem.activation, claim.sigma, evidence.bits, quadrature=evidence.quadrature, growth=growth)
    return terms, assumptions


KIND = Kind(Claim, Evidence, ActivationProblem, TITLE, decide)
