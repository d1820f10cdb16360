"""Kind `strict-minimum`: a strict local minimum of exactly this objective lies near these weights (theory 6.4)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar

from certificates.errors import MalformedCertificate
from certificates.language.minimum import (
    MinimumEvidence,
    check_ball,
    check_flat,
    in_complement,
    strict_minimum_in_words,
)
from certificates.language.order import weaker_when_larger, weaker_when_smaller
from certificates.language.parts import Origin
from certificates.language.wording import at_least, at_most, rounded_down, rounded_up

__all__ = ["Claim", "Evidence", "FloatLoop", "FloatLoopEvidence"]


@dataclass(frozen=True)
class FloatLoop:
    """What a loop in binary64, w ← fl(w − fl(η ĝ)) from w_0 with one constant η, does for ever, or for so many steps.

    Parameters
    ----------
    step_size
        η, exactly.
    gradient_error
        ε_g: the statement is about loops whose ĝ is within ε_g of ∇f(w) at every w within 2·distance + drift of w_0
        (and within ``flat_drift`` along the flat directions). Smaller is weaker.
    drift
        d: ‖w_t − ŵ‖ ≤ (1 − ηm)ᵗ‖w_0 − ŵ‖ + d, in the complement of the flat directions. Larger is weaker.
    horizon
        For every t up to this number; ``None``, where nothing is flat, for ever. Smaller is weaker.
    flat_drift
        How far the iterates move along the flat directions meanwhile; ``None`` where nothing is flat. Larger is weaker.
    """

    step_size: float
    gradient_error: float = weaker_when_smaller()
    drift: float = weaker_when_larger()
    horizon: float | None = weaker_when_smaller(default=None)
    flat_drift: float | None = weaker_when_larger(default=None)

    def __post_init__(self) -> None:
        """Refuse numbers that claim nothing."""
        numbers = (self.gradient_error, self.drift, self.horizon or 0.0, self.flat_drift or 0.0)
        if self.step_size <= 0 or min(numbers) < 0 or (self.horizon is None) != (self.flat_drift is None):
            raise MalformedCertificate(
                "expected step_size > 0, the other numbers ≥ 0, and horizon and flat_drift together",
                place="claim.float_loop",
            )


@dataclass(frozen=True)
class Claim:
    """What is asserted; each field is monotone alone.

    Parameters
    ----------
    radius
        R: within R of w_0 there is exactly one critical point ŵ of f. At least ``distance``; smaller is weaker.
    distance
        ‖ŵ − w_0‖ is at most this number. Larger is weaker.
    strong_convexity
        m: ∇²f(ŵ) ⪰ m I. Smaller is weaker.
    smoothness
        M: ∇²f(ŵ) ⪯ M I. Larger is weaker.
    value_lower, value_upper
        f(ŵ) lies between them. Smaller, larger is weaker.
    step_size_max
        Gradient descent from w_0 with any constant step 0 < η ≤ this number has ‖w_t − ŵ‖ ≤ (1 − ηm)ᵗ‖w_0 − ŵ‖; 0
        claims nothing of descent. Smaller is weaker.
    flat
        All known directions along which f is constant: all of the above holds on their orthogonal
        complement.
    float_loop
        What a loop in binary64 does; ``None`` claims nothing of it.
    origin
        The unpolished problem this one was obtained from, with an upper bound of their distance; ``None`` when the
        weights were certified as given.
    """

    kind: ClassVar[str] = "strict-minimum"

    radius: float = weaker_when_smaller()
    distance: float = weaker_when_larger()
    strong_convexity: float = weaker_when_smaller()
    smoothness: float = weaker_when_larger()
    value_lower: float = weaker_when_smaller()
    value_upper: float = weaker_when_larger()
    step_size_max: float = weaker_when_smaller(default=0.0)
    flat: tuple[str, ...] = ()
    float_loop: FloatLoop | None = None
    origin: Origin | None = None

    def __post_init__(self) -> None:
        """Refuse a ball without the minimiser, reversed values, and a loop whose horizon does not fit ``flat``."""
        check_ball(self.radius, self.distance, self.strong_convexity)
        check_flat(self.flat)
        if self.value_lower > self.value_upper or self.step_size_max < 0:
            raise MalformedCertificate("expected value_lower ≤ value_upper, step_size_max ≥ 0", place="claim")
        if self.float_loop is not None and (self.float_loop.horizon is None) != (not self.flat):
            raise MalformedCertificate(
                "a loop has a horizon exactly where some directions are flat", place="claim.float_loop.horizon"
            )

    def sentence(self) -> str:
        """The claim in words, with its numbers rounded in their weak direction."""
        m = at_least(self.strong_convexity)
        text = (
            f"{strict_minimum_in_words(self.distance, self.radius)} There {m}‖u‖² ≤ ∇²f(ŵ)[u, u] ≤ "
            f"{at_most(self.smoothness)}‖u‖² for every u, and f(ŵ) lies in "
            f"[{rounded_down(Fraction(self.value_lower))}, {rounded_up(Fraction(self.value_upper))}]."
        )
        if self.step_size_max > 0:
            text += (
                f" Exact gradient descent from w_0 with any constant step 0 < η ≤ {at_least(self.step_size_max)} "
                f"converges to ŵ: ‖w_t − ŵ‖ ≤ (1 − {m} η)^t ‖w_0 − ŵ‖."
            )
        if self.float_loop is not None:
            text += self._loop_in_words(self.float_loop)
        text += in_complement(self.flat)
        if self.origin is not None:
            text += (
                f" w_0 lies within {at_most(self.origin.distance)} of the weights of the problem "
                f"{self.origin.sha256[:12]}… it was polished from."
            )
        return text

    def _loop_in_words(self, loop: FloatLoop) -> str:
        length = "for ever" if loop.horizon is None else f"for every t ≤ {at_least(loop.horizon)}"
        reach = math.nextafter(2 * self.distance + loop.drift, math.inf)
        text = (
            f" A loop in binary64, w ← fl(w − fl(η ĝ)) with η = {loop.step_size!r}, whose computed ĝ is "
            f"within {at_least(loop.gradient_error)} of ∇f(w) wherever ‖w − w_0‖ ≤ {at_most(reach)}"
        )
        if loop.flat_drift is not None:
            text += f" and w is within {at_most(loop.flat_drift)} of w_0 along the flat directions"
        text += (
            f", has ‖w_t − ŵ‖ ≤ (1 − {at_least(self.strong_convexity)} η)^t ‖w_0 − ŵ‖ + {at_most(loop.drift)} {length}."
        )
        return text


@dataclass(frozen=True)
class FloatLoopEvidence:
    """The loop that is looked at, as in the claim.

    Parameters
    ----------
    step_size, gradient_error
        η and ε_g.
    flat_drift
        How far along the flat directions the loop is followed; not read where nothing is flat.
    """

    step_size: float
    gradient_error: float
    flat_drift: float = 0.0


@dataclass(frozen=True)
class Evidence(MinimumEvidence):
    """The ball and the shifts, and the loop; nothing here is trusted."""

    float_loop: FloatLoopEvidence | None = None
