"""What proposals about activations share: judging a proposal, and rounding it in its weak direction."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from flint import arb

from certificates import Accepted, decide
from certificates.arithmetic.arb import lower, precision, rational_ends, upper
from certificates.enclosures.formulas.exact_constants import ExactConstant
from certificates.enclosures.gaussian.rho_terms import exact_zhong_terms
from certificates.errors import EnclosureFailure
from certificates.expression import Activation
from certificates.language.parts import Interval
from certificates.subjects import ActivationProblem
from certificates.verdict import NotAccepted
from verify.search.proposal import Proposal
from verify.search.weakening import weaken_number

__all__ = ["best", "exact_terms", "judged", "least", "weakened_bound", "widened"]


def judged(activation: Activation, claim: Any, evidence: Any) -> Proposal:
    """Call the judge."""
    problem = ActivationProblem(activation)
    return Proposal(problem, claim, evidence, decide(claim, evidence, problem))


def best(proposals: Iterable[Proposal]) -> Proposal | None:
    """The first accepted one, or the refusal that came farthest; ``None`` of none."""
    refused: list[tuple[int, Proposal]] = []
    for proposal in proposals:
        if isinstance(proposal.verdict, Accepted):
            return proposal
        refused.append((proposal.verdict.check if isinstance(proposal.verdict, NotAccepted) else 0, proposal))
    return max(refused, key=lambda entry: entry[0])[1] if refused else None


def least(balls: Iterable[arb]) -> arb:
    """The smallest of at least one ball."""
    first, *others = balls
    for ball in others:
        first = first.min(ball)
    return first


def exact_terms(activation: Activation, sigma: Fraction) -> tuple[ExactConstant, ...] | None:
    """T₁, T₂, T₃ as exact numbers, where there are such."""
    try:
        return exact_zhong_terms(activation, sigma)
    except EnclosureFailure:
        return None


def widened(ball: arb, bits: int) -> Interval:
    """The ball with twice its radius, its ends rounded outwards to about ``bits`` bits.

    The slack is for other versions of the library, whose balls may be a little wider.

    Examples
    --------
    >>> widened(arb(1), 8).lower < 1 < widened(arb(1), 8).upper
    True
    """
    with precision(bits + 64):
        low, high = rational_ends(ball)
    slack = high - low
    size = max(abs(low), abs(high), slack)
    unit = Fraction(2) ** (_exponent(size) - bits) if size else Fraction(1, 2**bits)
    bottom, top = (low - slack) / unit, (high + slack) / unit
    return Interval((bottom.__floor__() - 1) * unit, (top.__ceil__() + 1) * unit)


def _exponent(size: Fraction) -> int:
    return size.numerator.bit_length() - size.denominator.bit_length()


def weakened_bound(value: Fraction, direction: str) -> Fraction:
    """A 20-bit number on the weak side of an exact one, at least 2⁻²⁰ (relative) away."""
    ball = arb(value.numerator) / value.denominator
    return Fraction(weaken_number(upper(ball) if direction == "larger" else lower(ball), direction))
