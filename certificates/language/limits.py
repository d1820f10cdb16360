"""What no claim or evidence may exceed, whatever its kind."""

from __future__ import annotations

from fractions import Fraction

from certificates.errors import MalformedCertificate
from certificates.language.wording import shortened

__all__ = [
    "check_bits",
    "check_cells",
    "check_point",
    "check_power",
    "check_probability",
    "check_radius",
    "check_sigma",
]


_FEWEST_BITS, _MOST_BITS = 53, 4096


_MOST_SIGMA = 10**9


def check_sigma(sigma: Fraction) -> None:
    """Refuse a σ outside [10⁻⁹, 10⁹]; scaled claims cover the rest."""
    if not Fraction(1, _MOST_SIGMA) <= sigma <= _MOST_SIGMA:
        raise MalformedCertificate(
            f"sigma = {shortened(sigma)} is outside [1e-9, 1e9]",
            place="claim.sigma",
            remedy="rescale the activation: φ(bz) at σ/b",
        )


def check_bits(bits: int) -> None:
    """Refuse a precision outside 53 … 4096."""
    if not _FEWEST_BITS <= bits <= _MOST_BITS:
        raise MalformedCertificate(
            f"expected {_FEWEST_BITS} to {_MOST_BITS} bits, got {shortened(bits)}", place="evidence.bits"
        )


def check_cells(cells: tuple[tuple[Fraction, Fraction], ...], place: str) -> None:
    """Refuse cells whose ends are no dyadic rationals."""
    for index, ends in enumerate(cells):
        if any(end.denominator & (end.denominator - 1) for end in ends):
            raise MalformedCertificate("a cell's end is no dyadic rational", place=f"{place}[{index}]")


def check_power(power: int, place: str) -> None:
    """Refuse a power outside 0 … 64."""
    if not 0 <= power <= 64:
        raise MalformedCertificate("expected 0 ≤ power ≤ 64", place=place)


def check_radius(radius: Fraction, place: str = "evidence.radius") -> None:
    """Refuse a radius outside (0, 2²⁰]."""
    if not 0 < radius <= 2**20:
        raise MalformedCertificate("expected 0 < radius ≤ 2^20", place=place)


def check_point(point: Fraction, place: str = "evidence.witness") -> None:
    """Refuse a point beyond 10⁹."""
    if not abs(point) <= 10**9:
        raise MalformedCertificate("expected |witness| ≤ 1e9", place=place)


def check_probability(number: Fraction, place: str) -> None:
    """Refuse a probability outside (0, 1)."""
    if not 0 < number < 1:
        raise MalformedCertificate("expected a probability between 0 and 1", place=place)
