"""How long exact numbers may be: sums over a common denominator stay short."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from math import lcm

from certificates.checks.outcome import Refusal

__all__ = ["require_short_numbers"]

_LONGEST_NUMBER = 2**13  # bits of a numerator, or of the common denominator


def require_short_numbers(check: int, numbers: Iterable[Fraction]) -> int:
    """Bits of the longest numerator or of the common denominator, at most 8,192.

    Raises
    ------
    Refusal
        Undecided, with the number of the check.
    """
    common, longest = 1, 1
    for number in numbers:
        common = lcm(common, number.denominator)
        longest = max(longest, common.bit_length(), number.numerator.bit_length())
        if longest > _LONGEST_NUMBER:
            raise Refusal.undecided(
                check,
                "the exact numbers are too long",
                required=f"at most {_LONGEST_NUMBER} bits in each numerator and in the common denominator",
                advice="round the problem to fewer digits: the certificate is then about the rounded problem",
            )
    return longest
