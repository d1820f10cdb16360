"""Every criterion can fail, and says why where it cannot be evaluated."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.support.made_up_images import made_up_images
from verify.experiments.golikov_2020.width_criteria import measured_criteria, median_epochs, proved_criteria
from verify.experiments.golikov_2020.width_proofs import certify
from verify.experiments.golikov_2020.width_trials import Settings, Trial

EPOCHS = {4: 0, 16: 80, 32: 60, 64: 50, 128: 40, 256: 39}
SMALL = Settings(samples=40, proof_samples=12, proof_steps=5, seed=5)


def _trials(epochs=EPOCHS, accuracy=0.97):
    """A trial per width; 0 epochs stand for never."""
    return [Trial(w, 0, (9,) * n + (0,) if n else (9, 9), accuracy) for w, n in epochs.items()]


@pytest.fixture(scope="module")
def proved():
    return [certify(SMALL, made_up_images(), width) for width in (6, 11, 20)]


def _met(criteria):
    return [met for _, met in criteria]


def test_they_are_met():
    assert _met(measured_criteria(_trials())) == [True] * 5


@pytest.mark.parametrize(
    ("which", "epochs"),
    [
        (0, EPOCHS | {48: 0}),
        (1, EPOCHS | {128: 50}),
        (2, EPOCHS | {32: 59}),
        (4, EPOCHS | {4: 150}),
    ],
)
def test_one_of_the_runs_fails(which, epochs):
    assert _met(measured_criteria(_trials(epochs))) == [k != which for k in range(5)]


def test_accuracy_is_judged_twice():
    assert not measured_criteria(_trials(accuracy=0.95))[3][1]
    worse = [replace(trial, accuracy=0.98) if trial.width == 16 else trial for trial in _trials()]
    assert not measured_criteria(worse)[3][1]


def test_a_width_that_is_not_there_is_named():
    found = measured_criteria([trial for trial in _trials() if trial.width != 64])
    assert _met(found) == [False] * 5 and all("no runs of width 64" in text for text, _ in found)


def test_medians_count_those_that_never_fit():
    trials = [Trial(8, k, (9,) * n + (0,), 1.0) for k, n in enumerate((5, 7))]
    assert median_epochs(trials, 8) == 6
    assert np.isinf(median_epochs([*trials, *_trials({8: 0}), *_trials({8: 0})], 8))


def test_proofs_meet_theirs(proved):
    assert _met(proved_criteria(SMALL, proved)) == [True] * 5


def test_each_of_the_proofs_can_be_missing(proved):
    narrow, least, wide = proved
    refused = narrow.start
    cases = [
        [replace(narrow, start=wide.start), least, wide],
        [narrow, least, replace(wide, start=refused)],
        [narrow, replace(least, alone=replace(least.start)), wide],
        [narrow, least, replace(wide, trained=refused)],
    ]
    for which, case in enumerate(cases):
        assert _met(proved_criteria(SMALL, case)) == [k != which for k in range(5)]


def test_a_measurement_below_a_proof_is_a_contradiction(proved):
    narrow, least, wide = proved
    lower = replace(wide.at_start, quotient=wide.start.claim.constant / 2)
    for case in (replace(wide, at_start=lower), replace(wide, flow=np.ones_like(wide.flow))):
        assert _met(proved_criteria(SMALL, [narrow, least, case])) == [True] * 4 + [False]


def test_without_wide_ones_nothing_can_be_evaluated(proved):
    assert _met(proved_criteria(SMALL, proved[:1])) == [True] + [False] * 4
