"""The counterexample's runs at a small size, and criteria that can fail."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from certificates import Accepted, check
from verify.experiments.golikov_2020 import yu_chen
from verify.experiments.golikov_2020.yu_chen import Settings, run
from verify.experiments.writing import write

SMALL = Settings(starts=2, distance=0.01, steps=4_000, perturbations=500)


@pytest.fixture(scope="module")
def done():
    return run(settings=SMALL)


def test_the_criteria_are_met_and_the_certificate_is_accepted_as_written(done, tmp_path):
    assert done.is_complete, done.notes
    write(done, tmp_path)
    (file,) = (tmp_path / "certificates").glob("*.cert.json")
    assert isinstance(check(file), Accepted) and (tmp_path / "figure.png").exists()


def test_gradients_are_those_of_the_loss():
    rng = np.random.default_rng(0)
    hidden, outer = rng.normal(size=(2, 6))
    losses = yu_chen._descent(replace(SMALL, steps=1, step_size=1e-7, distance=0.3), np.random.default_rng(1))
    start = yu_chen._start(replace(SMALL, distance=0.3), np.random.default_rng(1), 0.3)
    slope = []
    for part in (0, 1):
        for k in range(6):
            moved = [array.copy() for array in start]
            moved[part][k] += 1e-6
            slope.append((np.sum(yu_chen._outputs(*moved)[1] ** 2) / 2 - losses[0]) / 1e-6)
    assert losses[0] - losses[1] == pytest.approx(1e-7 * np.sum(np.square(slope)), rel=1e-3)
    assert yu_chen._outputs(hidden, outer)[0].shape == (3, 6)


def test_another_label_is_no_counterexample(monkeypatch):
    monkeypatch.setattr(yu_chen, "_LABELS", np.array([2.0, 7.2, 10.0]))
    assert not run(settings=SMALL).is_complete


def test_the_run_tells_its_progress():
    seen = []
    run(lambda *step: seen.append(step), replace(SMALL, steps=10, perturbations=1))
    assert [step[1:] for step in seen] == [(0, 2), (1, 2)]
