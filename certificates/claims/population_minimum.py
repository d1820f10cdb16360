"""Kind `population-minimum`: a critical point of the population ReLU loss near a student, its index (theory 4.4)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar

from certificates.errors import MalformedCertificate
from certificates.language.minimum import check_ball
from certificates.language.order import weaker_when_larger, weaker_when_smaller
from certificates.language.wording import at_least, at_most, rounded_down, rounded_up

__all__ = ["Claim", "Evidence", "Transverse"]


@dataclass(frozen=True)
class Transverse:
    """What holds across the span of the teacher, where ∇²F(ŵ) is d − k copies of one n × n matrix T(ŵ).

    Parameters
    ----------
    index
        How many eigenvalues of T(ŵ) are negative; exact.
    nondegeneracy
        m_T > 0: none lies in (−m_T, m_T). Smaller is weaker.
    """

    index: int
    nondegeneracy: float = weaker_when_smaller()


@dataclass(frozen=True)
class Claim:
    """What is asserted of students in the span ℝᵏ of the teacher; each number is monotone alone.

    Parameters
    ----------
    index
        ι: ∇²F(ŵ) on ℝ^{n×k} has exactly ι negative eigenvalues: 0 of a strict minimum.
    radius
        R: of the students in the span whose every entry is within R of the given one's, exactly one, ŵ, is critical. At
        least ``distance``; smaller is weaker.
    distance
        Every entry of ŵ is within this number of the given one. Larger is weaker.
    nondegeneracy
        m > 0: no eigenvalue of ∇²F(ŵ) on ℝ^{n×k} lies in (−m, m). Smaller is weaker.
    value_lower, value_upper
        F(ŵ) lies between them. Smaller, larger is weaker.
    transverse
        Across the span; without it the claim is about d = k alone. With it, for every d ≥ k, ∇²F(ŵ) on ℝ^{n×d} has
        exactly ι + (d − k)·``transverse.index`` negative eigenvalues and is nonsingular.
    """

    kind: ClassVar[str] = "population-minimum"

    index: int
    radius: float = weaker_when_smaller()
    distance: float = weaker_when_larger()
    nondegeneracy: float = weaker_when_smaller()
    value_lower: float = weaker_when_smaller()
    value_upper: float = weaker_when_larger()
    transverse: Transverse | None = None

    def __post_init__(self) -> None:
        """Refuse a box without the point, and numbers that no point can have."""
        check_ball(self.radius, self.distance)
        parts: list[Claim | Transverse] = [self, *([] if self.transverse is None else [self.transverse])]
        if any(part.index < 0 or part.nondegeneracy <= 0 for part in parts):
            raise MalformedCertificate("expected index ≥ 0 and nondegeneracy > 0", place="claim")
        if self.value_lower > self.value_upper:
            raise MalformedCertificate("expected value_lower ≤ value_upper", place="claim")

    @property
    def is_minimum(self) -> bool:
        """Whether ŵ is a strict local minimum in every dimension that the claim is about."""
        return self.index == 0 and (self.transverse is None or self.transverse.index == 0)

    @property
    def is_spurious(self) -> bool:
        """Whether it is one that is not global: students as many as teachers reach F = 0."""
        return self.is_minimum and self.value_lower > 0

    def sentence(self) -> str:
        """The claim in words, its numbers rounded in their weak direction."""
        low, high = rounded_down(Fraction(self.value_lower)), rounded_up(Fraction(self.value_upper))
        return (
            f"Of all students in the span of the teacher whose every weight is within {at_least(self.radius)} of the "
            "given one's, exactly one, ŵ, is a critical point of the population loss F, and its weights are "
            f"within {at_most(self.distance)}. {self._index_in_words()} F(ŵ) lies in [{low}, {high}]."
            f"{' The minimum is spurious: F is 0 at other weights.' if self.is_spurious else ''}"
        )

    def _index_in_words(self) -> str:
        where = "inputs of k dimensions" if self.transverse is None else "inputs of every dimension d ≥ k"
        least = f"eigenvalue of ∇²F(ŵ) in the span is smaller than {at_least(self.nondegeneracy)}"
        if self.transverse is not None:
            least += f" and none across it smaller than {at_least(self.transverse.nondegeneracy)}"
        if self.is_minimum:
            return f"For {where} ŵ is a strict local minimum: no {least}."
        across = 0 if self.transverse is None else self.transverse.index
        count = f"{self.index}" + (f" + {across}(d − k)" if across else "")
        return f"For {where} ∇²F(ŵ) has exactly {count} negative eigenvalues: no {least} in absolute value."


@dataclass(frozen=True)
class Evidence:
    """What a proof needs beyond the problem; nothing here is trusted.

    Parameters
    ----------
    radius
        r: of the box around the given weights, entry by entry.
    shift
        Slightly below the least positive eigenvalue of ∇²F on ℝ^{n×k}; any positive number if there is none.
    transverse_shift
        The same of T.
    """

    radius: float
    shift: float
    transverse_shift: float
