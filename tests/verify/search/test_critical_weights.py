"""Newton's method towards critical points of any index, and what is said of the way there."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import verify
from certificates import Accepted
from tests.support.minima import vector
from tests.support.objective_nets import draw_network
from verify.numeric.smooth_objective import FloatObjective
from verify.search.critical_weights import critical_weights, polish_to_critical


def _near_the_saddle():
    network = vector("B")
    first, second = network.layers
    return replace(
        network, layers=(replace(first, weight=np.array([[0.1]])), replace(second, weight=np.array([[0.05]])))
    )


def test_it_goes_up_to_a_saddle():
    found = polish_to_critical(_near_the_saddle())
    assert np.allclose(FloatObjective(found.network).initial(), 0, atol=1e-12) and found.ended == "critical"
    assert found.losses[1] == pytest.approx(np.log(2)) and found.gradient_norms[1] < 1e-15 < found.gradient_norms[0]
    assert found.distance == pytest.approx(np.hypot(0.1, 0.05)) and found.steps > 1


@pytest.mark.parametrize("seed", range(6))
def test_gradients_shrink_to_rounding(seed):
    network = draw_network(seed, (2, 2, 2), "logistic", samples=6, biased=False)
    slopes = []
    weights = critical_weights(network, lambda _, slope: slopes.append(slope))
    assert slopes == sorted(slopes, reverse=True)
    assert np.linalg.norm(FloatObjective(network).gradient(weights)) <= max(2 * min(slopes), 1e-16)


def test_numbers_that_overflow_stay_where_they_are():
    network = vector("B")
    huge = replace(network, layers=(network.layers[0], replace(network.layers[1], weight=np.array([[1e308]]))))
    assert np.array_equal(critical_weights(huge), FloatObjective(huge).initial())


def test_certify_polishes_to_a_critical_point():
    near = _near_the_saddle()
    assert not isinstance(verify.certify(near, kind="critical-point").verdict, Accepted)
    done = verify.certify(near, kind="critical-point", polish=True)
    assert isinstance(done.verdict, Accepted) and done.verdict.claim.index == 1 and done.polished is not None
