"""Polynomial losses from dictionaries and from small quadratic networks, against exact evaluation."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from certificates.enclosures.quadratic.network import NotQuadratic
from certificates.enclosures.quadratic.polynomials import loss_around
from certificates.errors import MalformedProblem
from tests.support.naive import random_network
from tests.support.quadratic import exact_loss, network_problem, random_problem
from verify.problems.polynomials import least_squares, polynomial_of


def test_the_polynomial_of_a_network_is_its_loss_at_the_given_weights():
    rng = np.random.default_rng(3)
    for k, d, signs in ((1, 4, "positive"), (2, 3, "mixed"), (3, 2, "spread")):
        network = random_problem(rng, k, d, 5, signs)
        polynomial, centre = polynomial_of(network)
        v = network.layers[1].weight[0]
        value = loss_around(polynomial, centre)[(0,) * (k * d)]
        expected = exact_loss(network.layers[0].weight, v, network.inputs, network.targets[:, 0])
        assert Fraction(int(value.p), int(value.q)) == expected


def test_units_of_outer_weight_0_are_left_out():
    network = network_problem([[1.0, 2.0], [3.0, 4.0]], [1.0, 0.0], [[1.0, 1.0]], [1.0])
    assert polynomial_of(network)[0].variables == 2


def test_what_is_too_large_or_no_quadratic_network_is_refused():
    rng = np.random.default_rng(3)
    with pytest.raises(MalformedProblem, match="8 trained weights"):
        polynomial_of(random_problem(rng, 2, 4, 5))
    with pytest.raises(NotQuadratic):
        polynomial_of(random_network(rng, (2, 2, 1), 3))


def test_a_loss_without_terms_is_refused():
    with pytest.raises(MalformedProblem, match="every residual is 0"):
        least_squares([{(1,): Fraction(0)}], Fraction(1))
