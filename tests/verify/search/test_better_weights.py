"""Starts that are drawn, and descent from them."""

from __future__ import annotations

import numpy as np

from tests.support.objective_nets import draw_network
from tests.support.spurious import frozen_minima, frozen_output
from verify.numeric.smooth_objective import FloatObjective
from verify.search.better_weights import better_weights
from verify.search.random_starts import random_start


def test_a_start_is_that_of_its_seed_and_number():
    network = draw_network(0, (2, 3, 2), frozen=(0,))
    starts = [random_start(network, seed, number) for seed in (0, 1) for number in (0, 1)]
    assert all(start.shape == (network.trained_parameter_count,) for start in starts)
    assert len({start.tobytes() for start in starts}) == 4
    assert (random_start(network, 1, 0) == starts[2]).all()


def test_starts_do_not_depend_on_the_scale_of_the_inputs():
    """Pre-activations do not."""
    network = frozen_output()
    large = frozen_output()
    object.__setattr__(large, "inputs", 1e6 * network.inputs)
    here, there = (random_start(each, 0, 3) for each in (network, large))
    np.testing.assert_allclose(here, 1e6 * there, rtol=1e-12)


def test_better_weights_are_found_from_the_worse_minimum_only():
    worse, best = frozen_minima()
    found = better_weights(worse, starts=3)
    objective = FloatObjective(worse)
    assert objective.value(found) < objective.value(best) + 1e-9
    assert better_weights(objective.network(best), starts=3) is None
