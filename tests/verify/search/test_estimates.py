"""Estimates against dense twins, and what they call needed against what the judge then accepts or refuses."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import numpy as np
import pytest

from certificates import Accepted
from certificates.expression import parse_activation
from tests.support.naive import forward, jacobian, parameters, random_network
from tests.support.objectives import CHANGES, softmax
from tests.support.planted import random_planted
from verify.proposals.zero_loss_convergence import propose
from verify.search import estimates as module
from verify.search.estimates import estimates, loss_only
from verify.search.float_kernel import kernel_of, spectrum

CASES = [
    ((3, 12, 1), "tanh", None),
    ((3, 12, 1), "tanh", (True, False)),
    ((2, 9, 2), "gelu", (False, True)),
    ((3, 6, 6, 1), "tanh", (False, True, True)),
]


def _network(widths=(3, 12, 1), name="tanh", trained=None, samples=5, residual=1e-6):
    return random_network(np.random.default_rng(2), widths, samples, name, trained=trained, residual=residual)


def _with_residual(network, size):
    """The same weights and inputs, hence K and β, with a residual of that norm."""
    outputs = forward(network, parameters(network), network.activations[0].text)
    error = outputs - network.targets
    return replace(network, targets=outputs - error * (size / np.linalg.norm(error)))


@pytest.mark.parametrize(("widths", "name", "trained"), CASES)
def test_kernel_and_residual_are_those_of_the_dense_jacobian(widths, name, trained):
    network = _network(widths, name, trained)
    found = estimates(network)
    w = parameters(network)
    singular = np.linalg.svd(jacobian(network, w, name), compute_uv=False)
    error = forward(network, w, name) - network.targets
    assert (found.equations, found.parameters) == (error.size, w.size)
    assert found.smallest == pytest.approx(singular[-1] ** 2, rel=1e-9)
    assert found.largest == pytest.approx(singular[0] ** 2, rel=1e-9)
    assert found.condition == pytest.approx((singular[0] / singular[-1]) ** 2, rel=1e-9)
    assert found.residual == pytest.approx(np.linalg.norm(error), rel=1e-9)
    assert found.loss == pytest.approx(np.mean(error**2), rel=1e-9)
    assert found.kernel_samples == found.curvature_samples == 5


@pytest.mark.parametrize(("widths", "name", "trained"), CASES)
def test_half_of_what_is_needed_is_accepted_and_twice_is_refused(widths, name, trained):
    network = _network(widths, name, trained)
    needed = estimates(network).needed
    assert isinstance(propose(_with_residual(network, 0.5 * needed)).verdict, Accepted)
    assert isinstance(propose(_with_residual(network, 0.95 * needed)).verdict, Accepted)
    twice = _with_residual(network, 2 * needed)
    verdict = propose(twice).verdict  # trapping refuses; the distance to the nearest zero may do
    assert verdict.rule == "distance to the nearest zero" if isinstance(verdict, Accepted) else verdict.check == 7
    assert estimates(twice).excess == pytest.approx(2, rel=1e-2)
    assert "(2× too large)" in str(estimates(twice))


def test_needed_is_at_most_the_closed_form_with_constant_curvature():
    found = estimates(_network())
    assert 0.3 * found.smallest / (2 * found.curvature) < found.needed < found.smallest / (2 * found.curvature)


def test_with_little_effort_some_samples_stand_for_all():
    network = _network(samples=40, widths=(3, 80, 1))
    exact, found = estimates(network), estimates(network, effort=2e8)
    assert found.curvature_samples < 40 == found.kernel_samples
    assert found.smallest == pytest.approx(exact.smallest, rel=1e-6)
    assert found.curvature <= exact.curvature and found.needed >= exact.needed
    assert found.landscape is None and "needed at most" in str(found) and "of 40 samples" in found.remarks[0]


def test_more_equations_than_parameters_say_so():
    found = estimates(_network((1, 2, 1), samples=20))
    assert found.smallest == found.needed == 0 and found.excess == math.inf
    assert "N = 20 > p = 7" in str(found)


def test_equal_samples_make_every_residual_too_large():
    network = _network()
    inputs = network.inputs.copy()
    inputs[3] = inputs[1]
    found = estimates(replace(network, inputs=inputs))
    assert found.needed == 0 and found.smallest == 0 and "two samples have the same inputs" in str(found)


def test_one_sample():
    found = estimates(_network(samples=1))
    assert found.condition == pytest.approx(1) and found.needed > 0


def test_planted_labels_are_computed():
    network = random_planted(np.random.default_rng(3), 3, 2, 5)
    found = estimates(network)
    given = replace(
        network, targets=(network.inputs @ network.teacher[0].weight.T) ** 2 @ np.ones((2, 1)), teacher=None
    )
    assert found.needed == pytest.approx(estimates(given).needed, rel=1e-9)


@pytest.mark.parametrize("change", sorted(CHANGES))
def test_other_objectives_have_a_loss_and_no_criterion(change):
    found = estimates(CHANGES[change](_network()))
    assert found.loss > 0 and math.isnan(found.needed)
    assert "no plain sum of squares" in str(found)


@pytest.mark.parametrize("scale", [1e160, 1e300])
def test_numbers_that_overflow_are_not_known(scale):
    network = _network(name="gelu")
    found = estimates(replace(network, inputs=network.inputs * scale))
    assert math.isnan(found.needed) and "needed: unknown" in str(found)


def test_a_slope_that_jumps_has_a_kernel_and_no_curvature():
    network = random_network(np.random.default_rng(2), (3, 12, 1), 5, "tanh")
    kinked = replace(network, activations=(parse_activation("relu"),))
    found = estimates(kinked)
    assert found.smallest > 0 and math.isnan(found.curvature)


def test_what_is_not_known_is_null():
    numbers = estimates(softmax(_network())).to_dict()
    assert numbers["loss"] > 0 and numbers["needed"] is None and numbers["excess"] is None
    singular = estimates(_network((1, 2, 1), samples=20)).to_dict()
    assert singular["needed"] == 0 and singular["excess"] is None and json.dumps(singular)


def test_loss_only_is_what_the_estimates_begin_with():
    found, network = loss_only(_network()), _network()
    assert (found.loss, found.residual) == (estimates(network).loss, estimates(network).residual)
    assert str(found) == f"estimates: loss {found.loss:.3g}, residual {found.residual:.3g}"


def test_a_kernel_that_cannot_be_proven_asks_for_no_curvature(monkeypatch):
    network = _network((3, 30, 30, 1), samples=8)
    inputs = network.inputs.copy()
    inputs[5] = inputs[2] + 1e-7
    close = replace(network, inputs=inputs)
    monkeypatch.setattr(module, "survey", None)
    found = estimates(close)
    assert found.needed == 0 and math.isnan(found.curvature) and found.landscape is None
    assert found.smallest == pytest.approx(spectrum(kernel_of(close)).smallest)
    assert propose(close, known=found).verdict.check == 6


def test_what_the_search_linearises_anyway_is_not_passed_in_floats_too(monkeypatch):
    network = random_network(np.random.default_rng(3), (2, 9, 1), 4, "tanh", residual=1e-3)
    plain = estimates(network)
    monkeypatch.setattr(module, "loss_only", None)
    monkeypatch.setattr(module, "kernel_of", None)
    seen = estimates(network, forms=("one-hidden-layer",))
    for name in ("loss", "residual", "smallest", "largest"):
        assert getattr(seen, name) == pytest.approx(getattr(plain, name), rel=1e-6)
    assert seen.landscape is not None
