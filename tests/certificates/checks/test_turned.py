"""How far eigenvalues and forms move on a ball: between what is seen there and h, and never beyond what is known."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from certificates.arithmetic.arb import exact, lower, precision, upper
from certificates.checks import turned as subject
from certificates.checks.minimum import bounded_spectrum, turning_on
from certificates.subjects import SoftmaxCrossEntropy, Squared
from tests.support.minima import classifier, fitted
from verify.numeric.smooth_objective import FloatObjective


@pytest.fixture(autouse=True)
def _bits():
    with precision(128):
        yield


def _network(seed, widths=(2, 3, 1), residual=0.3):
    rng = np.random.default_rng(seed)
    network = fitted(classifier(rng, widths, 25, Squared(Fraction(1, 50)), Fraction(1, 40)))
    noise = residual * rng.normal(size=network.targets.shape)
    return fitted(replace(network, targets=network.targets + noise))


@pytest.mark.parametrize(("seed", "widths"), [(0, (2, 3, 1)), (1, (2, 2, 2)), (2, (2, 2, 2, 1))])
def test_eigenvalues_on_the_ball_move_by_no_more(seed, widths):
    network, rng = _network(seed, widths), np.random.default_rng(seed)
    objective, radius = FloatObjective(network), 1e-3
    start = objective.initial()
    ends = np.linalg.eigvalsh(objective.hessian(start))
    turning = turning_on(network, radius)
    found = subject.turned(network, turning, radius, exact(float(ends[0])), exact(float(ends[-1])))
    assert upper(found.fall) <= upper(turning.h) and upper(found.rise) <= upper(turning.h)
    direction = np.linalg.eigh(objective.hessian(start))[1][:, 0]
    form, _ = subject.turned_along(network, turning, 3 * direction)
    assert upper(form) <= upper(turning.h)
    for _ in range(30):
        step = rng.normal(size=start.shape)
        matrix = objective.hessian(start + radius * step / np.linalg.norm(step))
        there = np.linalg.eigvalsh(matrix)
        assert ends[0] - there[0] <= upper(found.fall) + 1e-12 and there[-1] - ends[-1] <= upper(found.rise) + 1e-12
        assert direction @ matrix @ direction - ends[0] <= upper(form) + 1e-12


def test_a_small_least_eigenvalue_turns_less_and_the_words_say_why():
    network = _network(3)
    smallest, largest = bounded_spectrum(network, (), 0.0, 100.0)
    turning = turning_on(network, 1e-4)
    found = subject.turned(network, turning, 1e-4, smallest, largest)
    assert upper(found.fall) < 0.9 * upper(turning.h) and "theorem 4.2.2" in found.what
    smaller = subject.turned(network, turning, 1e-5, smallest, largest)
    assert upper(smaller.fall) < 0.2 * upper(found.fall)


def test_other_losses_have_h_alone():
    network = fitted(
        classifier(np.random.default_rng(3), (2, 3, 3), 12, SoftmaxCrossEntropy(Fraction(1, 12)), Fraction(1, 200))
    )
    turning = turning_on(network, 1e-4)
    assert subject.slopes_of_sums(network, turning) is None
    found = subject.turned(network, turning, 1e-5, exact(1), exact(2))
    assert upper(found.fall) == upper(found.rise) == upper(turning.within(1e-5))
    direction = np.ones(network.trained_parameter_count)
    form, what = subject.turned_along(network, turning, direction)
    assert upper(form) == upper(turning.h) and what == found.what


def test_residuals_are_those_of_the_loss():
    network = _network(4)
    slopes = subject.slopes_of_sums(network, turning_on(network, 1e-4))
    objective = FloatObjective(network)
    penalty = sum(
        float(decay.rate) / 2 * float(np.sum(network.layers[int(decay.tensor.split(".")[1])].weight ** 2))
        for decay in network.objective.decay
        if decay.tensor.endswith("weight")
    )
    loss = objective.value(objective.initial()) - penalty
    assert len({decay.tensor.split(".")[2] for decay in network.objective.decay}) == 1
    assert np.sqrt(2 * loss) == pytest.approx(upper(slopes.residual)) and lower(slopes.residual) > 0
