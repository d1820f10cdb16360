"""The essay's errata: features at −1, 0, 1 are dependent, by Arb at random weights as well."""

from __future__ import annotations

import numpy as np
import pytest
from flint import arb, arb_mat

from tests.truth._balls import bits
from verify.theory.golikov_2020.instances import INSTANCES, features, sigmoid_of_ln2


@pytest.mark.parametrize("name", INSTANCES)
def test_every_fact_holds(name):
    facts = INSTANCES[name].facts()
    assert facts and all(fact.holds for fact in facts)


def test_sigmoids_at_multiples_of_ln_2():
    with bits(200):
        for k in range(-5, 6):
            value = sigmoid_of_ln2(k)
            assert 1 / (1 + (-k * arb(2).log()).exp()) - arb(value.numerator) / value.denominator in arb(0, 1e-50)


def test_no_weights_without_biases_are_better_and_most_with_them_are():
    rng = np.random.default_rng(0)
    for _ in range(20):
        w = list(map(int, rng.integers(-6, 7, size=3)))
        rows = features(w, (0, 0, 0))
        assert [x + z for x, z in zip(rows[0], rows[2], strict=True)] == [2 * y for y in rows[1]]
    with bits(200):
        matrix = [[arb(float(x.numerator)) / x.denominator for x in row] for row in features((1, 2, 3), (0, 1, 3))]
        assert not arb_mat(matrix).det().contains(0)
