"""Assumed bounds at infinity: rejected where they are certainly false, else stated with what gives them a meaning.

An assumption is about both half-lines. On each of them, whatever is known of the other, it is held against the
expansion of the formula at infinity and against single points. Where φ is not shown to be analytic beyond the point,
its smoothness there is a part of the assumption: a bound of φ' says nothing across a jump of φ.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from flint import arb

from certificates.arithmetic.arb import exact
from certificates.checks.outcome import Refusal
from certificates.enclosures.infinity.analyticity import is_analytic_on_pieces
from certificates.enclosures.infinity.monomials import ONE_MONOMIAL, Monomial
from certificates.enclosures.infinity.tails import Tail, tail
from certificates.enclosures.intervals.derivatives import derivatives_arb
from certificates.enclosures.intervals.pieces import pieces_of
from certificates.errors import EnclosureFailure
from certificates.expression import Activation
from certificates.verdict import Assumption

__all__ = ["AssumedBound", "assumption_of"]

_STARTS = [Fraction(1), Fraction(16), Fraction(64), Fraction(256), Fraction(1024)]  # as of derivative_bounds
_POINTS = 8
_NAMES = {1: "φ'", 2: "φ''"}


@dataclass(frozen=True)
class AssumedBound:
    """For |z| ≥ ``beyond``: |φ^(k)(z)| ≤ constant + slope|z|^power, and φ^(k) ≥ 0 where ``is_nonnegative``.

    Parameters
    ----------
    derivative
        k, 1 or 2.
    constant, slope, power, beyond
        The bound, exact; the point is positive.
    is_nonnegative
        Whether the sign is assumed, too.
    variable
        The letter that stands for z in words.
    """

    derivative: int
    constant: Fraction
    slope: Fraction
    power: int
    beyond: Fraction
    is_nonnegative: bool = False
    variable: str = "z"

    def in_words(self) -> str:
        """The bound."""
        name, z = f"{_NAMES[self.derivative]}({self.variable})", self.variable
        bounded = f"0 ≤ {name}" if self.is_nonnegative else f"|{name}|"
        growth = f" + {self.slope}|{z}|^{self.power}" if self.slope else ""
        return f"{bounded} ≤ {self.constant}{growth} for all |{z}| ≥ {self.beyond}"

    def at(self, point: Fraction) -> arb:
        """The bound at a point."""
        return exact(self.constant + self.slope * abs(point) ** self.power)


def assumption_of(check: int, activation: Activation, bound: AssumedBound) -> Assumption:
    """The entry of the ledger.

    Raises
    ------
    Refusal
        The bound is certainly false on one of the half-lines.
    """
    for side in (-1, 1):
        seen = next(_contradictions(activation, bound, side), None)
        if seen is not None:
            what = f"what is to be assumed is false for {'z > 0' if side > 0 else 'z < 0'}"
            raise Refusal.rejected(check, what, required=bound.in_words(), seen=seen)
    return Assumption(f"{bound.in_words()}{_meaning(activation, bound)} (not proven)", mathematical=True)


def _meaning(activation: Activation, bound: AssumedBound) -> str:
    """What else is assumed: nothing if φ is shown to be analytic between its breakpoints and beyond them."""
    if is_analytic_on_pieces(activation):
        return ""
    smooth = "φ is defined and locally absolutely continuous" if bound.derivative == 1 else "φ'' exists"
    return f", and {smooth} there"


def _contradictions(activation: Activation, bound: AssumedBound, side: int) -> Iterator[str]:
    """What shows the bound to be false on one half-line."""
    name = _NAMES[bound.derivative]
    farthest = max([bound.beyond, *(abs(b) for b in pieces_of(activation)[1])])
    for start in dict.fromkeys(max(farthest, s) for s in _STARTS):
        try:
            found = tail(activation, bound.derivative, start, side)
        except EnclosureFailure:
            continue
        if _outgrows(found, bound) or (bound.is_nonnegative and found.factor < 0):
            yield f"{name} is {found.factor.str(5)} times {found.monomial.in_words()} from {start} on"
    for point in (side * bound.beyond * 2**k for k in range(_POINTS)):
        try:
            value = derivatives_arb(activation, exact(point), bound.derivative)[bound.derivative]
        except EnclosureFailure:
            continue
        if abs(value) > bound.at(point) or (bound.is_nonnegative and value < 0):
            yield f"{name} in {value.str(8)} at {point}"


def _outgrows(found: Tail, bound: AssumedBound) -> bool:
    """Whether |φ^(k)| is certainly above the bound far out."""
    size = abs(found.factor).lower()
    excess = found.monomial.over(Monomial(Fraction(0), Fraction(0), Fraction(bound.power)))
    if excess != ONE_MONOMIAL:
        return excess > ONE_MONOMIAL and bool(size > 0)
    limit = bound.slope if bound.power else bound.constant + bound.slope
    return bool(size > exact(limit))
