"""The search around planted weights: radii to their limits, options, and runs held against the claims."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from certificates import Accepted, Dense
from certificates.expression import parse_activation
from tests.support.planted_frozen import random_frozen
from verify.certification.choice import chosen_kind
from verify.crosscheck.planted import hold_orbit_against
from verify.proposals.planted_convergence import SEARCH, propose
from verify.search.planted_contraction import at_teacher, largest_radius, short_step
from verify.search.proposal import Options


@pytest.fixture(scope="module")
def network():
    return random_frozen(np.random.default_rng(0), "tanh", 2, 5, 400, away=0.02)


@pytest.mark.parametrize("activation", ["tanh", "relu"])
def test_the_largest_radius_is_one(activation, network):
    found = at_teacher(random_frozen(np.random.default_rng(0), activation, 2, 5, 400))
    radius = largest_radius(found)
    assert found.contraction(radius).holds and not found.contraction(radius * 1.001).holds
    assert 1e-4 < radius < 0.2


def test_sizes_of_the_theory(network):
    """0.0929 for other data of this size (theory 4.2)."""
    found = propose(network)
    assert isinstance(found.verdict, Accepted)
    assert found.claim.unique_radius == pytest.approx(0.093, rel=0.1)
    assert found.claim.radius == pytest.approx(found.claim.unique_radius / 2, rel=1e-4)


def test_options_are_followed(network):
    found = propose(network, step_size=Fraction(1, 8), radius=Fraction(1, 128))
    assert found.claim.step_size == Fraction(1, 8) and found.claim.radius == pytest.approx(1 / 128, rel=1e-5)
    assert found.claim.distance is None  # the given weights are farther away
    assert propose(network, radius=Fraction(1)).claim is None
    asked = SEARCH.propose(network, Options(radius=Fraction(1, 128)))
    assert asked.claim.radius == found.claim.radius


def test_a_radius_beyond_float64_is_refused():
    small = random_frozen(np.random.default_rng(0), "tanh", 1, 2, 40)
    assert propose(small, radius=Fraction(10) ** 400).claim is None
    assert propose(small, radius=Fraction(1, 10**400)).verdict.check == 2


def test_the_ball_reaches_to_the_given_weights_where_it_can(network):
    far = random_frozen(np.random.default_rng(0), "tanh", 2, 5, 400, away=0.08)
    found = propose(far)
    assert found.claim.distance is not None
    assert found.claim.unique_radius / 2 < found.claim.radius < 1.01 * found.claim.distance


@pytest.mark.parametrize("activation", ["tanh", "relu"])
def test_runs_agree_and_faster_ones_do_not(activation):
    given = random_frozen(np.random.default_rng(1), activation, 2, 3, 200, away=1e-3, biased=activation != "relu")
    claim = propose(given).claim
    runs = hold_orbit_against(SEARCH.runs(claim, given), given, 80)
    assert len(runs) == 3 - (claim.distance is None) and all(run.agrees for run in runs)
    assert all(run.measured_decrease >= run.certified_decrease for run in runs)
    bold = replace(claim, decrease=min(0.999, 12 * claim.decrease))
    assert not all(run.agrees for run in hold_orbit_against(SEARCH.runs(bold, given), given, 80))


def test_it_is_chosen_for_planted_labels_under_a_frozen_output(network):
    assert chosen_kind(network, None, Options()) == "planted-convergence"
    trained = replace(network, layers=(network.layers[0], Dense(network.layers[1].weight, None, True)))
    assert chosen_kind(trained, None, Options()) != "planted-convergence"
    assert SEARCH.fits(network) and SEARCH.fits(trained) is None and "frozen" in SEARCH.excludes(trained)


@pytest.mark.parametrize("size", [1e200, 1e-200, 1e-320, 0.0])
def test_hostile_inputs_are_refused_by_the_judge(network, size):
    found = propose(replace(network, inputs=network.inputs * size))
    assert found.claim is None and not isinstance(found.verdict, Accepted)


def test_an_activation_that_is_not_defined_is_refused_by_the_judge(network):
    found = propose(replace(network, activations=(parse_activation("log(z)"),)))
    assert found.claim is None and "logarithm" in found.verdict.explanation()


def test_too_much_work_is_not_begun(network):
    wide = replace(
        network, inputs=np.ones((400, 5_000)), layers=_widened(network.layers), teacher=_widened(network.teacher)
    )
    found = propose(wide)
    assert found.claim is None and found.verdict.check == 3


def _widened(layers):
    return (replace(layers[0], weight=np.ones((2, 5_000))), layers[1])


def test_steps_are_short_and_below():
    for number in (0.7, 1.0, 3e-7, 123.0):
        assert number * (1 - 2.0**-7) <= short_step(number) <= number
