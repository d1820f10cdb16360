"""Training by hand-written gradients: held against differences, and against what it reports."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.support.made_up_images import made_up_images
from verify.experiments.golikov_2020 import width_trials
from verify.experiments.golikov_2020.width_trials import Settings, gradients, he_start, move, train, values_of

DATA = made_up_images()
SMALL = Settings(samples=40, batch=8, epochs=60)


def _cross_entropy(layers):
    outputs = values_of(layers, DATA.inputs)[-1]
    return np.mean(np.log(np.exp(outputs).sum(axis=1)) - outputs[np.arange(40), DATA.labels])


def test_gradients_are_those_of_the_cross_entropy():
    layers = [(w, b + 0.1) for w, b in he_start(SMALL, 5, 0, 6)]
    values = values_of(layers, DATA.inputs)
    found = gradients(layers, values, width_trials._cross_entropy_slopes(values[-1], DATA.labels))
    for index, tensors in enumerate(layers):
        for part, tensor in enumerate(tensors):
            for place in np.ndindex(tensor.shape):
                before = tensor[place]
                sides = []
                for shift in (1e-6, -1e-6):
                    tensor[place] = before + shift
                    sides.append(_cross_entropy(layers))
                tensor[place] = before
                assert found[index][part][place] == pytest.approx((sides[0] - sides[1]) / 2e-6, abs=1e-7)


def test_a_step_goes_against_the_gradient():
    ((weight, bias),) = move([(np.ones((1, 2)), np.ones(1))], [(np.array([[1.0, 2.0]]), np.array([4.0]))], 0.5)
    assert weight.tolist() == [[0.5, 0.0]] and bias.tolist() == [-1.0]


def test_starts_are_those_of_he_and_differ_by_trial():
    layers = he_start(Settings(), 200, 0, 64)
    assert [w.shape for w, _ in layers] == [(200, 64), (200, 200), (10, 200)]
    for weight, bias in layers:
        assert np.var(weight) == pytest.approx(2 / weight.shape[1], rel=0.1) and not bias.any()
    assert not np.array_equal(layers[0][0], he_start(Settings(), 200, 1, 64)[0][0])


def test_a_run_ends_with_the_first_epoch_that_has_all_images_right():
    trial = train(SMALL, DATA, 24, 0)
    assert trial.errors[-1] == 0 < min(trial.errors[:-1]) and trial.epochs == len(trial.errors) - 1
    assert trial.errors[0] > 20 and trial.accuracy > 0.8
    assert trial == train(SMALL, DATA, 24, 0) != train(SMALL, DATA, 24, 1)


def test_a_run_that_does_not_fit_is_infinitely_long_and_its_errors_are_counted():
    trial = train(replace(SMALL, epochs=2), DATA, 2, 0)
    assert np.isinf(trial.epochs) and len(trial.errors) == 3
    layers = he_start(SMALL, 2, 0, 6)
    hits = [np.argmax(values_of(layers, x[None])[-1]) == label for x, label in zip(DATA.inputs, DATA.labels)]  # noqa: B905
    assert trial.errors[0] == 40 - sum(hits)
