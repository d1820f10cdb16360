"""Kind `zhong-rho`: T_1, T_2, T_3 and ρ(σ) = min T_k of Zhong et al. lie in intervals, at one σ (theory 2.1)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar

from certificates.errors import MalformedCertificate
from certificates.language.limits import check_bits, check_sigma
from certificates.language.order import weaker_with_more
from certificates.language.parts import AssumedGrowth, Interval, Quadrature
from certificates.language.wording import in_words

__all__ = ["Claim", "Evidence"]

_TERMS = (1, 2, 3)


@dataclass(frozen=True)
class Claim:
    """What is asserted; each field is monotone alone.

    Parameters
    ----------
    sigma
        σ, exact, 10⁻⁹ ≤ σ ≤ 10⁹.
    first, second, third
        Intervals that contain T_1, T_2, T_3 at σ. Wider is weaker.
    rho
        An interval that contains ρ(σ). Wider is weaker.
    active
        Every k with T_k(σ) = ρ(σ) is in this set. More is weaker.
    """

    kind: ClassVar[str] = "zhong-rho"

    sigma: Fraction
    first: Interval
    second: Interval
    third: Interval
    rho: Interval
    active: tuple[int, ...] = weaker_with_more()

    def __post_init__(self) -> None:
        """Refuse a σ out of range and a set that is no nonempty subset of {1, 2, 3} in order."""
        check_sigma(self.sigma)
        if not self.active or list(self.active) != sorted(set(self.active) & set(_TERMS)):
            raise MalformedCertificate("expected a nonempty increasing list of 1, 2, 3", place="claim.active")

    def sentence(self) -> str:
        """The claim in words, its intervals rounded outwards."""
        sigma = in_words(self.sigma)
        terms = ", ".join(f"T_{k} in {value}" for k, value in zip(_TERMS, self._terms, strict=True))
        where = " or ".join(f"T_{k}" for k in self.active)
        return (
            f"For the given activation, at σ = {sigma}: {terms}; ρ({sigma}) = min(T_1, T_2, T_3) lies in {self.rho} "
            f"and is attained by {where}."
        )

    @property
    def _terms(self) -> tuple[Interval, Interval, Interval]:
        return self.first, self.second, self.third


@dataclass(frozen=True)
class Evidence:
    """How to enclose the five moments; as in kind `gaussian-moment`."""

    quadrature: Quadrature
    bits: int
    growth: AssumedGrowth | None = None

    def __post_init__(self) -> None:
        """Refuse a precision out of range."""
        check_bits(self.bits)
