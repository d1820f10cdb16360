from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from verify.generators.streams import dyadic, stream


def test_a_path_fixes_the_stream_and_other_paths_give_others():
    first = stream(7, 1, 2).standard_normal(4)
    np.testing.assert_array_equal(stream(7, 1, 2).standard_normal(4), first)
    for other in (stream(7, 2, 1), stream(8, 1, 2), stream(7, 1), stream(7, 1, 2, 1)):
        assert not np.isclose(other.standard_normal(4), first).any()


@pytest.mark.parametrize("bits", [0, 4, 16])
def test_dyadic_numbers_are_the_nearest_multiples(bits):
    values = np.random.default_rng(1).standard_normal(200)
    for value, rounded in zip(values, dyadic(values, bits), strict=True):
        scaled = Fraction(float(rounded)) * 2**bits
        assert scaled.denominator == 1
        assert abs(scaled - Fraction(float(value)) * 2**bits) <= Fraction(1, 2)
