"""What claims about a strict local minimum near given weights are made of."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import TypeAlias

from certificates.errors import MalformedCertificate
from certificates.language.wording import at_least, at_most

__all__ = ["Correction", "MinimumEvidence", "check_ball", "check_flat", "in_complement", "strict_minimum_in_words"]


Correction: TypeAlias = tuple[tuple[float, ...], ...]


@dataclass(frozen=True)
class MinimumEvidence:
    """What a proof of a strict local minimum needs beyond the problem; nothing here is trusted.

    Parameters
    ----------
    radius
        R: on this ball about w_0 f is strictly convex, modulo the flat directions.
    inner_radius
        r ≤ R: on this ball the Hessian is bounded for existence and rate.
    shift_lower, shift_upper
        s and t: the judge tests ∇²f(w_0) + σΠ − s I ⪰ 0 and t I − ∇²f(w_0) − σΠ ⪰ 0, Π on the flat directions.
    correction
        w_lo, for the trained parameters in order, in pieces of any lengths: the gradient is enclosed at w_0 + w_lo,
        with 128 bits. Empty for w_lo = 0; ``None`` where the gradient is enclosed at w_0 in binary64.
    """

    radius: float
    inner_radius: float
    shift_lower: float
    shift_upper: float
    correction: Correction | None = None


def check_ball(radius: float, distance: float, strength: float = 1.0) -> None:
    """Refuse a ball without the minimiser in it, and a curvature that is not positive."""
    if not (isfinite(radius) and isfinite(distance) and isfinite(strength)):
        return  # no number that is not finite is ever proved
    if not 0 <= distance <= radius or not radius > 0 or not strength > 0:
        raise MalformedCertificate(
            "expected 0 ≤ distance ≤ radius, radius > 0 and strong_convexity > 0",
            place="claim",
            remedy="a radius below the distance would say that there is no minimum",
        )


def check_flat(flat: tuple[str, ...]) -> None:
    """Refuse directions that are listed twice; their order says nothing."""
    if len(set(flat)) < len(flat):
        raise MalformedCertificate("expected distinct directions", place="claim.flat")


def in_complement(flat: tuple[str, ...]) -> str:
    """The sentence about directions that are split off (theory lemma 6.0); empty if there are none."""
    if not flat:
        return ""
    shown = ", ".join(flat[:8]) + (f", … ({len(flat)})" if len(flat) > 8 else "")
    return (
        f" All of this is modulo the directions along which f is constant ({shown}): distances and curvature are those "
        "of the orthogonal complement, where ŵ is the only critical point, and along them ŵ is w_0."
    )


def strict_minimum_in_words(distance: float, radius: float) -> str:
    """The sentence about ŵ."""
    return (
        f"The objective f has a strict local minimum ŵ within {at_most(distance)} of the given weights w_0, and no "
        f"other critical point within {at_least(radius)} of w_0."
    )
