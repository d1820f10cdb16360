"""Inputs that make a tangent kernel singular: pairs that are found, whatever the signs of zeros."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from certificates.arithmetic.effort import limited_effort
from certificates.checks.kernel_inputs import kernel_inputs, require_distinct
from certificates.checks.outcome import Refusal
from certificates.errors import BudgetExhausted
from tests.support.kernel_nets import kernel_net

X = np.random.default_rng(0).normal(size=(5, 3))


def _reason(x, *, opposite=False, zero=False, **options) -> str:
    try:
        require_distinct(3, np.array(x, dtype=np.float64), opposite=opposite, zero=zero, **options)
    except Refusal as refusal:
        return str(refusal)
    return ""


def test_a_bias_is_an_input_of_ones():
    assert kernel_inputs(kernel_net(X, "relu")) is not None
    assert kernel_inputs(kernel_net(X, "relu", bias=True)).tolist() == np.hstack([X, np.ones((5, 1))]).tolist()


@pytest.mark.parametrize("first", [0.0, -0.0])
def test_zeros_have_no_sign(first):
    assert "samples 0 and 2 have identical" in _reason([[first, 1.0], [2.0, 1.0], [-first, 1.0]])
    assert "samples 0 and 1 have opposite" in _reason([[first, 1.0], [first, -1.0]], opposite=True)
    assert "sample 1 has an input of zeros" in _reason([[1.0, 1.0], [first, -first]], zero=True)


def test_what_may_be():
    assert not _reason(X)
    assert not _reason([[1.0, 2.0], [-1.0, -2.0], [0.0, 0.0]])
    assert "identical" in _reason([[0.0], [-0.0]], opposite=True)


@pytest.mark.parametrize("factor", [2.0, 3.0, 1 / 3, 2.0**-900, 2.0**500])
@pytest.mark.parametrize("seed", range(5))
def test_multiples_are_found_where_they_are_exact(factor, seed):
    x = np.rint(np.random.default_rng(seed).normal(size=(3, 4)) * 2.0**20)
    x[2] = factor * x[0]
    exact = factor != 1 / 3 or not np.any(np.fmod(x[0], 3))
    assert bool(_reason(x, lengths=False)) == exact
    assert not _reason(x)
    x[2] = -x[2]
    assert not _reason(x, lengths=False)
    assert ("samples 0 and 2 have inputs in opposite" in _reason(x, lengths=False, opposite=True)) == exact


def test_quotients_that_are_rounded_alike_are_not_equal():
    numbers = (q for q in np.random.default_rng(0).random(100).tolist())
    q = next(q for q in numbers if (3 * q) / 3 == q and Fraction(3 * q) != 3 * Fraction(q))
    assert not _reason([[1.0, q], [3.0, 3 * q]], lengths=False)
    assert _reason([[1.0, q], [4.0, 4 * q]], lengths=False)


def test_zeros_among_directions():
    assert "sample 1 has an input of zeros" in _reason([[1.0, 1.0], [-0.0, 0.0]], zero=True, lengths=False)
    for zero in (0.0, -0.0):
        assert "samples 0 and 1 have inputs in the same" in _reason([[zero, 1.0], [-zero, 2.0]], lengths=False)


def test_exact_comparisons_are_metered():
    with limited_effort(100), pytest.raises(BudgetExhausted):
        _reason([[1.0, 1.0], [2.0, 2.0]], lengths=False)
