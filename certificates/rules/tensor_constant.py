"""Rule *Stein constants*: when a `tensor-constant` claim is accepted.

Statement
---------
With σ = ‖w‖, ŵ = w/σ, x ~ N(0, I): E[φ'(wᵀx)] = μ, E[φ(wᵀx)(xxᵀ − I)] = γ wwᵀ, E[φ(wᵀx)(x^{⊗3} − x ⊗̃ I)] = c₃ w^{⊗3}
and E[φ(wᵀx)He₄(x)] = c₄ w^{⊗4}, with μ, γ, c₃, c₄ in the given intervals. If ``degree`` = q, φ(az) = a^q φ(z) for
a > 0. The constants named in ``vacuous`` are 0 for every σ.

Evidence
--------
As for `gaussian-moment`.

Checks
------
1. φ is continuous at its breakpoints, exactly.
2. |φ'| is bounded by a power beyond the truncation: proven, or else assumed.
3. Every piece is a monomial of degree q, if a degree is claimed.
4. ``third``: φ'(z) + φ'(−z) is constant, so the odd part of φ is linear; ``fourth``: φ'(z) − φ'(−z) is a multiple of z,
   so the even part is a polynomial of degree 2. Both by exact normal forms.
5. The enclosures lie in the intervals.

Why they suffice
----------------
He_k n = (−∇)^k n and k integrations by parts give the identities with c_k = E[φ^{(k)}(σz)] in the sense of
distributions; by Stein γ = α₁₁/σ, c₃ = (α₁₂ − α₁₀)/σ², c₄ = (α₁₃ − 3α₁₁)/σ³ (jumps of φ' included), which are what is
enclosed. He₃ is odd and orthogonal to z, He₄ even and orthogonal to 1 and z², whence 4.

Not checked
-----------
How well a tensor built from samples concentrates.
"""

from __future__ import annotations

from fractions import Fraction

from flint import arb

from certificates.arithmetic.arb import exact, precision
from certificates.checks.acceptance import accept_if_weaker, fact, interval
from certificates.checks.continuity import require_continuous
from certificates.checks.growth import known_growth
from certificates.checks.kind import Kind
from certificates.checks.outcome import Context, Refusal
from certificates.claims.tensor_constant import Claim, Evidence
from certificates.enclosures.gaussian.exact_moments import exact_moment
from certificates.enclosures.gaussian.meeting import met_moments
from certificates.enclosures.gaussian.rho_terms import working_bits
from certificates.enclosures.infinity.identities import even_part_is_quadratic, homogeneity, odd_part_slope
from certificates.expression import Activation
from certificates.language.parts import Interval
from certificates.subjects import ActivationProblem
from certificates.verdict import Accepted, Assumption

__all__ = ["TITLE", "decide", "stein_constants"]

TITLE = "Stein constants"

_ORDERS = [(1, 0), (1, 1), (1, 2), (1, 3)]


def decide(claim: Claim, evidence: Evidence, problem: ActivationProblem, context: Context) -> Accepted:
    """Apply checks 1 to 5 in order; see :mod:`certificates.rules.gaussian_moment` for the arguments."""
    require_continuous(1, problem.activation)  # Check 1
    balls, assumptions = stein_constants(problem.activation, claim.sigma, evidence)  # Check 2
    _check_degree(claim, problem)
    _check_vacuous(claim, problem)
    intervals = {name: interval(ball) for name, ball in balls.items()}
    for name in claim.vacuous:
        intervals[name] = Interval(Fraction(0), Fraction(0))
    facts = tuple(fact(_SYMBOLS[name], name.replace("_", " "), ball) for name, ball in balls.items())
    proved = Claim(claim.sigma, **intervals, degree=claim.degree, vacuous=claim.vacuous)
    return accept_if_weaker(context, TITLE, 5, claim, proved, facts, assumptions)  # Check 5


def stein_constants(
    activation: Activation, sigma: Fraction, evidence: Evidence
) -> tuple[dict[str, arb], tuple[Assumption, ...]]:
    """Enclose μ, γ, c₃, c₄ at σ, with what had to be assumed."""
    bits = working_bits(sigma, evidence.bits)
    if evidence.quadrature == "exact":
        assumptions: tuple[Assumption, ...] = ()
        values = [exact_moment(activation, i, j, sigma).enclose() for i, j in _ORDERS]
    else:
        growth, assumptions = known_growth(activation, evidence.growth)
        values = met_moments(activation, _ORDERS, sigma, bits, quadrature=evidence.quadrature, growth=growth)
    a10, a11, a12, a13 = values
    with precision(bits + 40):
        constants = {
            "mean_slope": a10,
            "mean_curvature": a11 / exact(sigma),
            "third": (a12 - a10) / exact(sigma**2),
            "fourth": (a13 - 3 * a11) / exact(sigma**3),
        }
    return constants, assumptions


_SYMBOLS = {"mean_slope": "μ", "mean_curvature": "γ", "third": "c₃", "fourth": "c₄"}


def _check_degree(claim: Claim, problem: ActivationProblem) -> None:
    if claim.degree is None:
        return
    found = homogeneity(problem.activation)
    if found is None or found.degree != claim.degree:  # Check 3
        seen = "no homogeneity is shown" if found is None else f"degree {found.degree}"
        refuse = Refusal.undecided if found is None else Refusal.rejected
        raise refuse(3, "φ is not shown to be homogeneous of this degree", required=f"q = {claim.degree}", seen=seen)


def _check_vacuous(claim: Claim, problem: ActivationProblem) -> None:
    shown = {
        "third": odd_part_slope(problem.activation) is not None,
        "fourth": even_part_is_quadratic(problem.activation),
    }
    for name in claim.vacuous:
        if not shown[name]:  # Check 4
            what = f"the {name} constant is not shown to vanish for every σ"
            raise Refusal.undecided(4, what, seen="no identity between φ'(z) and φ'(−z)")


KIND = Kind(Claim, Evidence, ActivationProblem, TITLE, decide)
