"""Exact numbers of options, from texts and from Python."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

import verify
from certificates.errors import MalformedProblem
from tests.support.naive import random_network
from verify.certification.exact_numbers import exact_positive


@pytest.mark.parametrize("value", ["1/4", "0.25", "2.5e-1", Fraction(1, 4)])
def test_texts_and_fractions_are_exact(value):
    assert exact_positive(value, "radius") == Fraction(1, 4)
    assert exact_positive(1, "radius") == 1 and exact_positive(None, "radius") is None


@pytest.mark.parametrize(
    "value", ["0", "-1/4", "1/0", "0/1", "0e5", "1e999", "nan", "", 0, -1, True, Fraction(0), 0.25]
)
def test_what_is_no_exact_positive_number_is_refused_with_its_place(value):
    with pytest.raises(MalformedProblem, match="expected a positive number") as caught:
        exact_positive(value, "radius")
    assert caught.value.place == "radius"
    assert ('write "0.25"' in caught.value.remedy) == isinstance(value, float)


def test_certify_takes_a_text_where_it_takes_a_fraction():
    network = random_network(np.random.default_rng(1), (4, 24, 1), 6, residual=1e-5)
    for option in ("radius", "step_size"):
        with pytest.raises(MalformedProblem, match=rf"--{option.replace('_', '-')}: belongs to --kind"):
            verify.certify(network, **{option: "1/4"})
        with pytest.raises(MalformedProblem, match=f"^{option}: expected a positive number"):
            verify.certify(network, **{option: 0.25})
