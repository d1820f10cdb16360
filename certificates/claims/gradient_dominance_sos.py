"""Kind `gradient-dominance-sos`: ‖∇f‖² ≥ 2μ(f − level) on a ball, by sums of squares (theory 3.5.1)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar

from certificates.errors import MalformedCertificate
from certificates.language.order import weaker_when_larger, weaker_when_smaller
from certificates.language.wording import in_words, rounded_down, rounded_up

__all__ = ["Claim", "Evidence"]


@dataclass(frozen=True)
class Claim:
    """What is asserted.

    Parameters
    ----------
    centre
        w*, exact.
    radius
        ϱ > 0: the statement is about ‖w − w*‖ ≤ ϱ. Smaller is weaker.
    constant
        μ > 0. Smaller is weaker.
    level
        ‖∇f(w)‖² ≥ 2μ(f(w) − level). Larger is weaker; with 0 it is the Polyak–Łojasiewicz inequality of a loss whose
        infimum is 0.
    """

    kind: ClassVar[str] = "gradient-dominance-sos"

    centre: tuple[Fraction, ...]
    radius: Fraction = weaker_when_smaller()
    constant: Fraction = weaker_when_smaller()
    level: Fraction = weaker_when_larger()

    def __post_init__(self) -> None:
        """Refuse an empty ball and a constant that says nothing."""
        _check_positive(self.radius, self.constant, "claim")

    def sentence(self) -> str:
        """The claim in words, its numbers rounded in the weak direction."""
        centre = ", ".join(in_words(c) if len(str(c)) < 24 else f"≈ {rounded_down(c)}" for c in self.centre)
        above = rounded_up(self.level)
        excess = "f(w)" if self.level == 0 else f"(f(w) − {above})"
        return (
            f"For every w within {rounded_down(self.radius)} of w* = ({centre}): "
            f"‖∇f(w)‖² ≥ 2·{rounded_down(self.constant)}·{excess}. "
            f"A critical point of f in this ball has f ≤ {above}."
        )


@dataclass(frozen=True)
class Evidence:
    """A sum-of-squares identity; nothing here is trusted.

    Parameters
    ----------
    radius, constant, level
        ϱ, μ and the level for which the identity holds; the claim may say less.
    first, second
        Q_0 and Q_1: lower triangles, row by row, over the monomials of h = w − w* of degree up to deg f − 1 and
        deg f − 2, with or without the constant 1, ordered by total degree, then by exponents.
    """

    radius: Fraction
    constant: Fraction
    level: Fraction
    first: tuple[Fraction, ...]
    second: tuple[Fraction, ...]

    def __post_init__(self) -> None:
        """Refuse an empty ball and a constant that says nothing."""
        _check_positive(self.radius, self.constant, "evidence")


def _check_positive(radius: Fraction, constant: Fraction, place: str) -> None:
    if radius <= 0:
        raise MalformedCertificate("expected a positive radius", place=f"{place}.radius")
    if constant <= 0:
        raise MalformedCertificate("expected a positive constant", place=f"{place}.constant")
