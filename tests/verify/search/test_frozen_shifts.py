"""Shifts for a frozen output: the judge accepts them, and the witness of χ is about the best."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from certificates.arithmetic.arb import precision, upper
from certificates.checks.frozen_output import frozen_constants
from certificates.checks.outcome import Refusal
from tests.support.frozen import planted, vector
from tests.support.naive import random_network
from verify.search import frozen_shifts as subject


def test_the_witness_of_the_test_vector():
    """t = 1.2882897001, where χ = 29.7117102999."""
    shifts = subject.frozen_shifts(vector())
    assert shifts is not None and 8 * float(shifts.theta) == pytest.approx(1.28829, abs=1e-4)
    with precision(128):
        constants = frozen_constants(5, vector(), shifts)
    assert 29.7117102 < upper(constants.fourth) < 29.7118


def test_wide_inputs_do_without_the_matrix():
    rng = np.random.default_rng(0)
    network = planted(rng.normal(size=(70, 32)), rng.normal(size=(2, 32)))
    shifts = subject.frozen_shifts(network)
    assert shifts is not None and shifts.fourth_moment is None and shifts.theta == 0
    with precision(128):
        frozen_constants(5, network, shifts)
        with pytest.raises(Refusal, match="check 5"):
            frozen_constants(5, network, replace(shifts, covariance_upper=0.0))


def test_other_networks_have_none():
    network = random_network(np.random.default_rng(1), (2, 2, 1), 5)
    shifts = subject.frozen_shifts(vector())
    assert subject.frozen_shifts(network) is None
    with precision(128), pytest.raises(Refusal, match="frozen output"):
        frozen_constants(5, network, shifts)
