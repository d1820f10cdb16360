"""Rule *ρ positive for every σ*: when a `positive-rho` claim is accepted.

Statement
---------
ρ(σ) = min(T₁, T₂, T₃) > 0 for every σ > 0: property P2 of Zhong et al.

Evidence
--------
A witness that φ is not affine, and either cells for the sign of φ' (``slope``) or cells of σ (``sigma``).

Checks
------
1. φ is continuous at its breakpoints, exactly.
2. The cells tile what they must, without gap or overlap: [−R, R] with every breakpoint inside, cut there; or [0, σ_L]
   in σ and [0, v_L] in v = 1/σ, with σ_L v_L ≥ 1.
3. ``slope``: on every cell φ' ≥ 0, by an enclosure or from an exact zero; or on every cell φ' ≤ 0.
4. ``slope``: on both tails |z| ≥ R the same, from the expansion of the formula at infinity, or else assumed, with the
   smoothness of φ there unless it is shown; nothing on either side contradicts what is assumed. φ' ≤ 0 is not assumed.
   Where all is proven, φ' grows at most like a power.
5. The witness: φ' jumps at z₀, or φ''(z₀) ≠ 0 (``slope``), or φ'''(z₀) ≠ 0 (``sigma``).
6. ``sigma``: φ is defined on the line with a slope that grows at most like a power.
7. ``sigma``: T₃(σ) > 0 on every cell.

Why they suffice
----------------
``slope``: under φ' ≥ 0 of polynomial growth, theorem 2.1 gives T₃ > 0, and T₁ = 0 or T₂ = 0 only if φ' is affine,
hence constant; 5 excludes that. T₁, T₂, T₃ are quadratic in φ', so those of −φ are those of φ. ``sigma``: T₁ > 0 and
T₂ > 0 as soon as φ' is not affine (it jumps, or φ''' ≠ 0 somewhere), and 7 is the rest, as the cells cover every σ > 0.

Not checked
-----------
How large ρ is: see `zhong-rho-global`.
"""

from __future__ import annotations

from fractions import Fraction

from certificates.arithmetic.arb import exact
from certificates.checks.acceptance import fact, fact_below
from certificates.checks.continuity import require_continuous
from certificates.checks.kind import Kind
from certificates.checks.outcome import Context, Refusal
from certificates.checks.slopes import nonnegative_cells, nonnegative_tail, slope_orientation
from certificates.checks.tilings import require_covering
from certificates.claims.positive_rho import Claim, Evidence, SigmaCells
from certificates.enclosures.infinity.growth import slope_growth
from certificates.enclosures.intervals.derivatives import derivatives_arb
from certificates.enclosures.intervals.smoothness import slope_jumps_at
from certificates.expression import Activation
from certificates.language.slopes import SlopeCells
from certificates.subjects import ActivationProblem
from certificates.theorems.step_cells import slope_tends_to_zero, third_term_far, third_term_near
from certificates.verdict import Accepted, Assumption, Fact

__all__ = ["KIND"]

TITLE = "ρ positive for every σ"


def decide(claim: Claim, evidence: Evidence, problem: ActivationProblem, context: Context) -> Accepted:
    """Apply checks 1 to 7 in order; see :mod:`certificates.rules.gaussian_moment` for the arguments."""
    activation, witness = problem.activation, evidence.witness
    require_continuous(1, activation)  # Check 1
    if evidence.slope is None:
        facts = _third_term(activation, witness, evidence.sigma or SigmaCells((), ()))
        return context.accepted(TITLE, claim, claim, facts)
    assumptions = _nonnegative_slope(activation, evidence.slope)
    if slope_jumps_at(activation, witness):
        return context.accepted(TITLE, claim, claim, (), assumptions)
    return context.accepted(TITLE, claim, claim, (_bend(activation, witness, 2),), assumptions)


def _nonnegative_slope(activation: Activation, evidence: SlopeCells) -> tuple[Assumption, ...]:
    """Checks 2 to 4."""
    sign = slope_orientation(evidence, activation)
    nonnegative_cells(evidence, activation, sign)
    assumptions = [entry for side in (-1, 1) for entry in nonnegative_tail(evidence, activation, side, sign)[1]]
    if not assumptions:
        slope_growth(activation, Fraction(0))  # polynomial, so the moments exist
    return tuple(assumptions[:1])


def _bend(activation: Activation, witness: Fraction, derivative: int) -> Fact:
    """Check 5: φ (derivative 2) or φ' (derivative 3) is not affine; at a breakpoint both one-sided values count."""
    value = derivatives_arb(activation, exact(witness), derivative)[derivative]
    if not (value > 0 or value < 0):
        raise Refusal.undecided(
            5, "the witness does not show that φ is not affine", required="a nonzero derivative", seen=value.str(8)
        )
    return fact(f"φ^({derivative})(z₀)", "not affine", value, f"z₀ = {witness}")


def _third_term(activation: Activation, witness: Fraction, evidence: SigmaCells) -> tuple[Fact, ...]:
    """Checks 2 and 5 to 7."""
    require_covering(evidence.near, evidence.far)
    bend = () if slope_jumps_at(activation, witness) else (_bend(activation, witness, 3),)
    slope_growth(activation, Fraction(0))  # Check 6: defined everywhere; the integrals would find out slowly
    bounds = [(cell, third_term_near(activation, cell, "integral"), "σ") for cell in evidence.near]
    bounds += [(cell, third_term_far(activation, cell), "1/σ") for cell in evidence.far]
    smallest = bounds[0][1]
    for cell, bound, variable in bounds:
        if not bound > 0:  # Check 7
            where = f"{variable} in [{cell[0]}, {cell[1]}]"
            raise Refusal.undecided(7, f"T₃ > 0 is not shown for {where}", required="T₃ > 0", seen=f"≥ {bound.str(6)}")
        smallest = smallest.min(bound)
    if slope_tends_to_zero(activation):  # far out it was T₃/v⁴
        return bend
    return *bend, fact_below("T₃", "for every σ > 0", smallest)


KIND = Kind(Claim, Evidence, ActivationProblem, TITLE, decide)
