"""Lengths of exact numbers: numerators, and the denominator that they have in common."""

from __future__ import annotations

from fractions import Fraction

import pytest

from certificates.checks.exact_numbers import require_short_numbers
from certificates.checks.outcome import Refusal


def test_the_longest_of_numerators_and_the_common_denominator():
    assert require_short_numbers(1, []) == 1
    assert require_short_numbers(1, [Fraction(2**99), Fraction(1, 3)]) == 100
    assert require_short_numbers(1, [Fraction(1, 2**60), Fraction(1, 3**60)]) == (6**60).bit_length()


@pytest.mark.parametrize(
    "numbers", [[Fraction(2**8192)], [Fraction(1, 2**8192)], [Fraction(1, 2**8000), Fraction(1, 3**200)]]
)
def test_longer_ones_are_undecided_with_the_number_of_the_check(numbers):
    with pytest.raises(Refusal, match="check 7") as refused:
        require_short_numbers(7, iter(numbers))
    assert not refused.value.certain
