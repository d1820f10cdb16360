"""Checks 5 to 7 of the rule about strong convexity: m_0 ⪯ ∇²f ⪯ M_0 on a ball (theorem 4.2.2).

5. λ_0 and Λ_0 by shifts of ∇²f(w_0), off the flat directions; s_0, S_0, χ, ξ, e_0 by those for a frozen output.
6. Constants on the ball: those of theory 4.2, and those of h_1 and h_2 of theorem 6.1.
7. m_0 > 0, the best of the theorem's members that these give.
"""

from __future__ import annotations

from dataclasses import dataclass

from flint import arb

from certificates.arithmetic.arb import exact, lower, upper
from certificates.checks.acceptance import fact_above, fact_below
from certificates.checks.frozen_output import FrozenConstants, frozen_constants, slopes_on_ball
from certificates.checks.minimum import bounded_spectrum, turning_on
from certificates.checks.outcome import Refusal
from certificates.checks.turned import slopes_of_sums
from certificates.claims.strong_convexity import Evidence, HessianShifts
from certificates.enclosures.objectives.reach import BreakpointReached
from certificates.subjects import Network
from certificates.theorems.hessian_balls import Curvature, Slopes, between, by_gram, by_hessian, turning_of
from certificates.verdict import Fact

__all__ = ["HessianBall", "prove_hessian_ball"]


@dataclass(frozen=True)
class HessianBall:
    """What is proved on the ball.

    Parameters
    ----------
    strength, smoothness
        m_0, whose lower end bounds, and M_0, whose upper end does.
    facts
        The numbers of the proof; those of m_0 and M_0 say which member of theorem 4.2.2 they are.
    """

    strength: arb
    smoothness: arb
    facts: tuple[Fact, ...]


@dataclass(frozen=True)
class _Spectrum:
    """λ_0 and Λ_0."""

    least: arb
    most: arb

    @property
    def facts(self) -> tuple[Fact, ...]:
        return (
            fact_below("λ_min", "smallest eigenvalue of the Hessian, off the flat directions", self.least),
            fact_above("λ_max", "largest eigenvalue of the Hessian, off the flat directions", self.most),
        )


def prove_hessian_ball(flat: tuple[str, ...], evidence: Evidence, problem: Network) -> HessianBall:
    """Apply checks 5 to 7 in order.

    Raises
    ------
    Refusal
        One of the checks, with its number.
    EnclosureFailure
        No finite enclosure exists in binary64.
    """
    spectrum = None if evidence.hessian is None else _spectrum(flat, evidence.hessian, problem)  # Check 5
    frozen = None if evidence.frozen is None else frozen_constants(5, problem, evidence.frozen)  # Check 5
    try:
        members, facts = _members(spectrum, frozen, evidence.radius, problem)
    except BreakpointReached as kink:  # Check 6
        raise Refusal.undecided(
            6,
            "f need not be smooth enough on the ball",
            required="no pre-activation that meets a breakpoint of its activation",
            seen=str(kink),
            advice="a smaller radius; where a sample lies on a kink there is none",
        ) from kink
    facts = (*(spectrum.facts if spectrum else ()), *(frozen.facts if frozen else ()), *facts)
    return _best(members, facts, evidence.radius)  # Check 7


def _spectrum(flat: tuple[str, ...], shifts: HessianShifts, problem: Network) -> _Spectrum:
    least, most = bounded_spectrum(problem, flat, shifts.lower, shifts.upper)
    if least is None or most is None:  # Check 5
        raise Refusal.undecided(
            5,
            "a spectral shift of the Hessian is not proven",
            required=f"{shifts.lower:.6g} ≤ ∇²f(w₀) ≤ {shifts.upper:.6g}, off the flat directions",
            seen=f"no factorisation for the {'lower' if least is None else 'upper'} one",
            advice="weaker shifts, or other weights",
        )
    return _Spectrum(least, most)


def _members(
    spectrum: _Spectrum | None, frozen: FrozenConstants | None, radius: float, problem: Network
) -> tuple[list[Curvature], tuple[Fact, ...]]:
    """Check 6, and all members of theorem 4.2.2 for which there is evidence."""
    turning = None if spectrum is None else turning_on(problem, radius)
    slopes, facts = (None, ()) if frozen is None else slopes_on_ball(frozen, radius)
    if turning is not None:
        slopes = _better(slopes_of_sums(problem, turning), slopes)
    distance, found = exact(radius), list[Curvature]()
    if slopes is not None:
        found.append(by_gram(slopes, distance, _largest_rate(problem)))
    if spectrum is not None and turning is not None:
        turned = turning.h if slopes is None else _least(turning.h, turning_of(slopes, distance))
        facts += (fact_above("h(R)", "change of the Hessian on the ball", turned),)
        found.append(by_hessian(spectrum.least, spectrum.most, turned))
        if slopes is not None:
            found.append(between(spectrum.least, spectrum.most, slopes, distance))
    return found, facts


def _better(first: Slopes | None, second: Slopes | None) -> Slopes | None:
    """The better of each of the constants, where both are known."""
    return first.best(second) if first is not None and second is not None else first or second


def _least(first: arb, second: arb | None) -> arb:
    return first if second is None else first.min(second)


def _largest_rate(problem: Network) -> arb:
    """The largest λ_t; 0 without penalties."""
    return exact(max((decay.rate for decay in problem.objective.decay), default=0))


def _best(members: list[Curvature], facts: tuple[Fact, ...], radius: float) -> HessianBall:
    """Check 7: the largest m_0 and the least M_0."""
    lows = [(lower(member.strength), member) for member in members if member.strength is not None]
    highs = [(upper(member.smoothness), member) for member in members if member.smoothness is not None]
    if not lows or not highs or not max(low for low, _ in lows) > 0:  # Check 7
        raise Refusal.undecided(
            7,
            "f is not proven strongly convex on the ball",
            required=f"m > 0 for R = {radius:.6g}",
            seen="; ".join(f"m ≥ {low:.4g} by {member.way}" for low, member in lows) or "no bound",
            advice="a smaller radius, or weights nearer to a strict minimum",
            facts=facts,
        )
    (low, strong), (high, smooth) = max(lows, key=lambda pair: pair[0]), min(highs, key=lambda pair: pair[0])
    strength, smoothness = exact(low), exact(high)
    found = (
        fact_below("m", f"strong convexity on the ball, by {strong.way}", strength),
        fact_above("M", f"smoothness on the ball, by {smooth.way}", smoothness),
    )
    return HessianBall(strength, smoothness, (*facts, *found))
