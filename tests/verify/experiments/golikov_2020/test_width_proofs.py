"""Constants and flows against numpy's spectra and small steps; too few units are refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from certificates import Accepted, decide
from tests.support.made_up_images import made_up_images
from verify.experiments.golikov_2020.width_proofs import NARROW, certify, needed, refused_at
from verify.experiments.golikov_2020.width_trials import Settings, he_start, values_of
from verify.experiments.reproduction import is_proved

DATA = made_up_images()
SMALL = Settings(samples=40, proof_samples=12, proof_steps=30, seed=5)  # at seed 0 units are 0 for all images
INPUTS, TARGETS = DATA.inputs[:12], np.eye(10)[DATA.labels[:12]]


@pytest.fixture(scope="module")
def wide():
    return certify(SMALL, DATA, 30)


def _features(layers):
    return np.column_stack([values_of(layers, INPUTS)[-2], np.ones(12)])


def test_one_unit_less_than_needed_is_refused_and_as_many_are_not():
    assert needed(SMALL) == 11
    narrow, enough = certify(SMALL, DATA, 10), certify(SMALL, DATA, 11)
    assert [refused_at(found) for found in narrow.found.values()] == [NARROW] * 3 and not narrow.proofs()
    assert is_proved(enough.start) and is_proved(enough.alone) and refused_at(enough.start) is None


def test_the_constant_is_the_spectrum_of_the_features_and_only_the_last_layer_moves_where_it_is_alone(wide):
    features = _features(he_start(SMALL, 30, 0, 6))
    least = 2 * np.linalg.eigvalsh(features @ features.T)[0] / 12
    assert 0.9 * least < wide.start.claim.constant <= least
    assert wide.start.claim.layer == 2 and wide.start.claim.distance is None
    assert wide.alone.claim.constant == wide.start.claim.constant and wide.alone.claim.distance > 0
    assert [layer.trained for layer in wide.alone.problem.layers] == [False, False, True]
    assert all(layer.trained for layer in wide.start.problem.layers)


def test_what_is_measured_is_the_loss_and_the_gradient_by_the_last_layer(wide):
    layers = he_start(SMALL, 30, 0, 6)
    weight, bias = layers[2]
    joined, features = np.column_stack([weight, bias]), _features(layers)

    def loss(w):
        return np.sum((features @ w.T - TARGETS) ** 2) / 24

    slopes = [
        (loss(joined + shift) - loss(joined - shift)) / 2e-5
        for shift in (1e-5 * np.eye(310)[k].reshape(10, 31) for k in range(310))
    ]
    assert wide.at_start.loss == pytest.approx(loss(joined))
    assert wide.at_start.quotient == pytest.approx(np.sum(np.square(slopes)) / loss(joined), rel=1e-6)
    assert wide.after.loss < wide.at_start.loss


def test_the_flow_is_that_of_small_steps(wide):
    layers = he_start(SMALL, 30, 0, 6)
    features, residual = _features(layers), values_of(layers, INPUTS)[-1] - TARGETS
    index = int(np.searchsorted(wide.times, 1.0))
    begin, steps = np.sum(residual**2), 20_000
    kernel = features @ features.T / 12
    for _ in range(steps):
        residual = residual - wide.times[index] / steps * kernel @ residual
    assert wide.flow[index] == pytest.approx(np.sum(residual**2) / begin, rel=1e-3)


def test_certificates_are_named_by_width_and_the_judge_accepts_what_they_hold(wide):
    proofs = wide.proofs()
    assert set(proofs) == {"width-30-start", "width-30-trained", "width-30-last-layer-alone"}
    assert {proof.problem_name for proof in proofs.values()} == set(proofs)
    assert all(isinstance(decide(p.claim, p.evidence, p.network), Accepted) for p in proofs.values())


def test_without_descent_the_trained_weights_are_those_of_the_start():
    wide = certify(replace(SMALL, proof_steps=0), DATA, 14)
    assert wide.after == wide.at_start and wide.trained.claim == wide.start.claim
