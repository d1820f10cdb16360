"""The search of `deep-linear-gap`: which problems it takes, and what it does with nearly dependent inputs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from certificates import Accepted
from certificates.expression import parse_activation
from tests.support.linear import linear_problem, linear_weights
from verify.certification.choice import chosen_kind
from verify.proposals.deep_linear_gap import SEARCH, propose
from verify.search.proposal import Options


def _network(inputs):
    rng = np.random.default_rng(4)
    return linear_problem(linear_weights(rng, (3, 1, 2)), inputs, rng.normal(size=(len(inputs), 2)))


def test_networks_of_other_units_are_named():
    network = _network(np.eye(3))
    other = replace(network, activations=(parse_activation("relu"),))
    assert SEARCH.excludes(network) is None and SEARCH.fits(network) is not None
    assert "expected the activation identity" in SEARCH.excludes(other) and SEARCH.fits(other) is None
    assert propose(other).verdict.check == 1


@pytest.mark.parametrize("size", [1e-3, 1e-9, 1e-13, 1e-15, 0.0])
def test_inputs_that_nearly_depend_on_each_other(size):
    rng = np.random.default_rng(5)
    inputs = rng.normal(size=(8, 3))
    inputs[:, 2] = inputs[:, 0] + size * inputs[:, 2]
    assert isinstance(propose(_network(inputs)).verdict, Accepted)


def test_a_linear_network_of_more_samples_than_weights_is_asked_for_its_gap():
    rng = np.random.default_rng(6)
    many, few = _network(rng.normal(size=(40, 3))), _network(rng.normal(size=(2, 3)))
    assert chosen_kind(many, None, Options()) == "deep-linear-gap" != chosen_kind(few, None, Options())
    assert chosen_kind(many, None, Options(polish=True)) == "strict-minimum"
