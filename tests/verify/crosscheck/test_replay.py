"""Runs held against certificates: honest ones agree, false ones are caught, in each of the three comparisons."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import verify
from certificates.errors import MalformedCertificate
from tests.support.naive import random_network
from verify.crosscheck.replay import bounds_of, hold_against
from verify.descent.gradient_descent import descend


@pytest.fixture(scope="module")
def certified(tmp_path_factory):
    network = random_network(np.random.default_rng(1), (4, 24, 1), 6, residual=1e-5)
    path = verify.save_problem(network, tmp_path_factory.mktemp("replay") / "net.safetensors")
    return network, verify.certify(path)


def test_an_honest_certificate_agrees_and_is_cautious(certified):
    _, done = certified
    found = verify.replay(done.certificate_path, steps=400)
    assert found.agrees and found.looseness >= 1
    assert found.run.steps[0] == 0 and found.run.steps[-1] == 400
    assert (found.run.losses[1:] <= found.run.losses[:-1]).all()


LIES = {
    "decrease_rate": (lambda c: c.decrease_rate * 30, "certified decrease"),
    "radius": (lambda c: c.radius / 1e3, "distance from the start"),
    "distance_factor": (lambda c: c.distance_factor / 1e3, "last iterate"),
}


@pytest.mark.parametrize("field", sorted(LIES))
def test_a_false_claim_is_caught(certified, field):
    network, done = certified
    change, what = LIES[field]
    bounds = bounds_of(done.certificate, network)
    run = descend(network, bounds.step_size_max, 400)
    found = hold_against(replace(bounds, **{field: change(bounds)}), network, run)
    assert not found.agrees and any(what in violation.what for violation in found.violations)


def test_steps_beyond_the_certificate_are_refused(certified):
    _, done = certified
    largest = done.certificate.claim.step_size_max
    with pytest.raises(MalformedCertificate, match="step size"):
        verify.replay(done.certificate_path, steps=1, step_size=2 * largest)
    assert verify.replay(done.certificate_path, steps=50, step_size=largest / 2).agrees


def test_a_run_at_the_rounding_floor_tests_nothing_and_violates_nothing():
    network = random_network(np.random.default_rng(1), (4, 24, 1), 6, residual=0.3)
    polished = verify.certify(network, polish="full")
    hidden, last = polished.network.layers
    near = replace(polished.network, layers=(hidden, replace(last, bias=last.bias + 1e-14)))
    run = descend(near, polished.certificate.claim.step_size_max, 50)
    assert run.distances[-1] > 1e-16
    for radius in (1.0, 1e-18):  # a false claim is not caught there, and not called violated either
        found = hold_against(replace(bounds_of(polished.certificate, near), radius=radius), near, run)
        assert found.agrees is None and not found.violations and np.isnan(found.measured_rate)
        assert "nothing testable here" in found.agreement and f"{found.run.residual_norms[0]:.1e}" in found.agreement


def test_a_minimal_polish_leaves_something_to_test():
    network = random_network(np.random.default_rng(1), (4, 24, 1), 6, residual=0.3)
    polished = verify.certify(network, polish=True)
    run = descend(polished.network, polished.certificate.claim.step_size_max, 200)
    found = hold_against(bounds_of(polished.certificate, polished.network), polished.network, run)
    assert found.agrees and found.looseness >= 1
    bounds = bounds_of(polished.certificate, polished.network)
    assert hold_against(replace(bounds, radius=bounds.radius / 1e3), polished.network, run).agrees is False


def test_kinds_about_other_objectives_have_no_replay_yet():
    example = Path(__file__).resolve().parents[3] / "examples" / "wine_unpenalised"
    with pytest.raises(MalformedCertificate, match="no run is held against cross-entropy-convergence yet"):
        verify.replay(example / "problem.cross-entropy-convergence.cert.json")


def test_where_a_distance_falls_the_loss_is_held_against_its_bound(certified):
    """As if the same certificate spoke of a distance: the loss at the start, and half of it."""
    network, done = certified
    bounds = bounds_of(done.certificate, network)
    run = descend(network, bounds.step_size_max, 400)
    held = [hold_against(replace(bounds, loss_bound=share * run.losses[0]), network, run) for share in (1.0, 1e-3)]
    assert held[0].agrees and held[0].envelope[0] == run.losses[0]
    assert not held[1].agrees and {violation.what for violation in held[1].violations} == {"loss"}
