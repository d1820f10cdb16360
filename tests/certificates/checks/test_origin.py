"""The origin of polished weights, whatever kind asks and under whatever number."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from certificates.arithmetic.arb import precision
from certificates.checks.origin import proved_origin
from certificates.checks.outcome import Context, Refusal
from certificates.language.parts import Origin
from tests.support.naive import random_network

NETWORK = random_network(np.random.default_rng(5), (3, 5, 2), 4)
CLAIMED = Origin("0" * 64, "given.safetensors", 0.0)


def _moved(step):
    first, *others = NETWORK.layers
    return replace(NETWORK, layers=(replace(first, weight=first.weight + step), *others))


def test_nothing_is_proved_of_an_origin_that_is_not_claimed():
    assert proved_origin(3, None, NETWORK, Context("fast", 1e12, _moved(1.0))) is None


@pytest.mark.parametrize("arithmetic", ["fast", "arb"])
def test_the_distance_is_proved_and_the_file_is_the_claimed_one(arithmetic):
    with precision(128):
        found = proved_origin(3, CLAIMED, NETWORK, Context(arithmetic, 1e12, _moved(0.25)))
    assert (found.sha256, found.path) == (CLAIMED.sha256, CLAIMED.path)
    moves = ((_moved(0.25).layers[0].weight.ravel()), NETWORK.layers[0].weight.ravel())
    square = sum((Fraction(a) - Fraction(b)) ** 2 for a, b in zip(*(m.tolist() for m in moves), strict=True))
    assert square <= Fraction(found.distance) ** 2 <= square * (1 + Fraction(1, 10**9))


@pytest.mark.parametrize("origin", [None, replace(_moved(0.25), inputs=2 * NETWORK.inputs)])
def test_another_problem_is_refused_under_the_number_of_the_rule(origin):
    with pytest.raises(Refusal) as caught:
        proved_origin(3, CLAIMED, NETWORK, Context("fast", 1e12, origin))
    assert caught.value.certain and caught.value.check == 3
