"""Inputs that make a tangent kernel singular: pairs that are found, whatever the signs of zeros."""

from __future__ import annotations

import numpy as np
import pytest

from certificates.checks.kernel_inputs import kernel_inputs, require_distinct
from certificates.checks.outcome import Refusal
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
