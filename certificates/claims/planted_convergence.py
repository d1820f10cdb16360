"""Kind `planted-convergence`: gradient descent from near planted weights finds them (theorems 4.2.4 and 4.2.6)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import isfinite
from typing import ClassVar

from certificates.errors import MalformedCertificate
from certificates.language.order import weaker_when_larger, weaker_when_smaller
from certificates.language.wording import at_least, at_most, in_words

__all__ = ["Claim", "Evidence"]


@dataclass(frozen=True)
class Claim:
    """What is asserted about every start near the planted weights; each field is monotone alone.

    Parameters
    ----------
    step_size
        η, the step for the problem's own loss f. Not comparable.
    radius
        R: every W_0 with ‖W_0 − W*‖ ≤ R is a start. Smaller is weaker.
    decrease
        μ: ‖W_{t+1} − W*‖² ≤ (1 − μ)‖W_t − W*‖² at every step from such a start. Smaller is weaker.
    step_size_max
        Every constant step 0 < η' ≤ this number does the same with μη'/η for μ. Smaller is weaker; 0 claims nothing.
    unique_radius
        No other critical point of f, in the sense of Clarke, has ‖W − W*‖ ≤ this number. Smaller is weaker; 0 claims
        nothing.
    distance
        The given weights are a start: their distance to W* is at most this number, which is at most ``radius``. Larger
        is weaker; ``None`` says nothing of them.
    """

    kind: ClassVar[str] = "planted-convergence"

    step_size: Fraction
    radius: float = weaker_when_smaller()
    decrease: float = weaker_when_smaller()
    step_size_max: float = weaker_when_smaller(default=0.0)
    unique_radius: float = weaker_when_smaller(default=0.0)
    distance: float | None = weaker_when_larger(default=None)

    def __post_init__(self) -> None:
        """Refuse steps and balls that are none, and given weights beyond the ball."""
        if self.step_size <= 0 or self.radius <= 0 or self.step_size_max < 0 or self.unique_radius < 0:
            raise MalformedCertificate(
                "expected step_size > 0, radius > 0, step_size_max ≥ 0, unique_radius ≥ 0", place="claim"
            )
        distance = 0.0 if self.distance is None else self.distance
        if isfinite(distance) and isfinite(self.radius) and not 0 <= distance <= self.radius:
            raise MalformedCertificate(
                "expected 0 ≤ distance ≤ radius",
                place="claim.distance",
                remedy="leave it out where the given weights are not in the ball",
            )

    def sentence(self) -> str:
        """The claim in words, with its numbers rounded in their weak direction."""
        text = (
            "Let W* be the teacher's first layer, which plants the labels; biases of hidden units, if there are any, "
            "are part of W, and 0 at W*. Exact gradient descent W_(t+1) = W_t − "
            f"η∇f(W_t) with η = {in_words(self.step_size)} from every W_0 with ‖W_0 − W*‖ ≤ {at_least(self.radius)} "
            f"has ‖W_(t+1) − W*‖² ≤ (1 − {at_least(self.decrease)})‖W_t − W*‖² at every step"
        )
        if self.step_size_max > 0:
            text += (
                f"; with any other constant step 0 < η' ≤ {at_least(self.step_size_max)} the same with that decrease "
                "times η'/η"
            )
        text += "."
        if self.distance is not None:
            text += f" The given weights are such a start: they lie within {at_most(self.distance)} of W*."
        if self.unique_radius > 0:
            text += f" No other critical point of f lies within {at_least(self.unique_radius)} of W*."
        return text + (
            " Where the activation has kinks, ∇f is formed there with any slopes between the one-sided ones, and "
            "critical is meant in the sense of Clarke."
        )


@dataclass(frozen=True)
class Evidence:
    """What a proof needs beyond the problem; nothing here is trusted.

    Parameters
    ----------
    radius
        R, at least the claimed one.
    unique_radius
        The radius at which uniqueness is shown; 0 where it is not asked for.
    shift_lower, shift_upper
        Slightly below the least eigenvalue of J*ᵀJ*/n, and slightly above the largest.
    theta, fourth_shift
        θ, and slightly above λ_max(T − θE) ≥ χ/n, T the moments of pairs of inputs; ``None`` for the bound by pairs of
        samples. Not read where φ has two slopes.
    """

    radius: float
    unique_radius: float
    shift_lower: float
    shift_upper: float
    theta: Fraction = Fraction(1)
    fourth_shift: float | None = None
