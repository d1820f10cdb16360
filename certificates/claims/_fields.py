"""Field markers shared by the kinds: in which direction a field of a claim is weaker."""

from __future__ import annotations

from dataclasses import MISSING, dataclass, field
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from fractions import Fraction
from typing import Any, Literal

from certificates.errors import MalformedCertificate

__all__ = [
    "AssumedGrowth",
    "Interval",
    "Origin",
    "Quadrature",
    "at_least",
    "at_most",
    "check_bits",
    "check_cells",
    "check_sigma",
    "in_words",
    "rounded_down",
    "rounded_up",
    "weaker_when_larger",
    "weaker_when_smaller",
    "weaker_with_more",
]

Quadrature = Literal["integral", "taylor", "trapezoid", "exact"]

_FEWEST_BITS, _MOST_BITS = 53, 4096
_MOST_SIGMA = 10**9


def weaker_when_larger(default: Any = MISSING) -> Any:
    """A field whose claim gets weaker as the number grows (a radius)."""
    return field(default=default, metadata={"weaker": "larger"})


def weaker_when_smaller(default: Any = MISSING) -> Any:
    """A field whose claim gets weaker as the number shrinks (a rate)."""
    return field(default=default, metadata={"weaker": "smaller"})


def weaker_with_more() -> Any:
    """A field whose claim gets weaker as the set grows (the terms that may attain a minimum)."""
    return field(metadata={"weaker": "superset"})


@dataclass(frozen=True)
class Interval:
    """A closed interval of exact rationals; the wider, the weaker.

    Raises
    ------
    MalformedCertificate
        The ends are reversed.
    """

    lower: Fraction = weaker_when_smaller()
    upper: Fraction = weaker_when_larger()

    def __post_init__(self) -> None:
        """Refuse reversed ends."""
        if self.lower > self.upper:
            ends = f"[{_short(self.lower)}, {_short(self.upper)}]"
            raise MalformedCertificate(f"the interval is reversed: {ends}", place="claim")

    def __str__(self) -> str:
        """[lower, upper] in decimals rounded outwards, or the exact value."""
        if self.lower == self.upper:
            return str(self.lower)
        return f"[{_rational_digits(self.lower, ROUND_FLOOR)}, {_rational_digits(self.upper, ROUND_CEILING)}]"


def _short(value: Fraction | int) -> str:
    """A number for a message; what strangers write may have thousands of digits."""
    return str(value) if max(value.numerator.bit_length(), value.denominator.bit_length()) <= 128 else "…"


@dataclass(frozen=True)
class AssumedGrowth:
    """|φ'(w)| ≤ constant + slope·|w|^power for |w| ≥ beyond: used only where the judge cannot prove a bound.

    It then enters the ledger as an unproved assumption, with the local absolute continuity of φ there unless that is
    shown, and the verdict is conditional.
    """

    constant: Fraction
    slope: Fraction
    power: int
    beyond: Fraction

    def __post_init__(self) -> None:
        """Refuse what is no bound."""
        if self.constant < 0 or self.slope < 0 or not 0 <= self.power <= 64 or self.beyond <= 0:
            raise MalformedCertificate("expected bounds ≥ 0, 0 ≤ power ≤ 64, beyond > 0", place="evidence.growth")


def check_sigma(sigma: Fraction) -> None:
    """Refuse a σ outside [10⁻⁹, 10⁹]; scaled claims cover the rest."""
    if not Fraction(1, _MOST_SIGMA) <= sigma <= _MOST_SIGMA:
        raise MalformedCertificate(
            f"sigma = {_short(sigma)} is outside [1e-9, 1e9]",
            place="claim.sigma",
            remedy="rescale the activation: φ(bz) at σ/b",
        )


def check_bits(bits: int) -> None:
    """Refuse a precision outside 53 … 4096."""
    if not _FEWEST_BITS <= bits <= _MOST_BITS:
        raise MalformedCertificate(
            f"expected {_FEWEST_BITS} to {_MOST_BITS} bits, got {_short(bits)}", place="evidence.bits"
        )


def check_cells(cells: tuple[tuple[Fraction, Fraction], ...], place: str) -> None:
    """Refuse cells whose ends are no dyadic rationals."""
    for index, ends in enumerate(cells):
        if any(end.denominator & (end.denominator - 1) for end in ends):
            raise MalformedCertificate("a cell's end is no dyadic rational", place=f"{place}[{index}]")


@dataclass(frozen=True)
class Origin:
    """The problem that polishing started from.

    Parameters
    ----------
    sha256
        Of the whole original problem file.
    path
        A hint where to find it, relative, without ``..``.
    distance
        An upper bound of the Euclidean distance between the two sets of trained weights. Larger is weaker.
    """

    sha256: str
    path: str
    distance: float = weaker_when_larger()


def at_most(value: float) -> str:
    """Six digits, rounded up: for a number that bounds something from above.

    Examples
    --------
    >>> at_most(0.1234561), at_least(0.1234569)
    ('0.123457', '0.123456')
    """
    return _digits(value, ROUND_CEILING)


def at_least(value: float) -> str:
    """Six digits, rounded down: for a number that bounds something from below, or is admitted up to."""
    return _digits(value, ROUND_FLOOR)


def _digits(value: float, rounding: str) -> str:
    rounded = Context(prec=6, rounding=rounding).create_decimal(Decimal.from_float(value))
    text = f"{float(rounded):.6g}"
    return text if Decimal(text) == rounded else f"{rounded:g}"  # six digits of a subnormal are not in the float


def _rational_digits(value: Fraction, rounding: str) -> str:
    """Twelve digits of a rational."""
    context = Context(prec=12, rounding=rounding)
    return f"{context.divide(Decimal(value.numerator), Decimal(value.denominator)):.12g}"


def in_words(value: Fraction) -> str:
    """A rational as a short decimal where that is exact.

    Examples
    --------
    >>> in_words(Fraction(1, 10)), in_words(Fraction(1, 3))
    ('0.1', '1/3')
    """
    context = Context(prec=28)  # the host's own may have fewer digits: it is never used
    decimal = context.divide(Decimal(value.numerator), Decimal(value.denominator))
    short = Fraction(decimal) == value and abs(decimal.adjusted()) < 12
    return f"{decimal.normalize(context):f}" if short else str(value)


def rounded_down(value: Fraction) -> str:
    """Twelve digits of a rational, never above it."""
    return _rational_digits(value, ROUND_FLOOR)


def rounded_up(value: Fraction) -> str:
    """Twelve digits of a rational, never below it."""
    return _rational_digits(value, ROUND_CEILING)
