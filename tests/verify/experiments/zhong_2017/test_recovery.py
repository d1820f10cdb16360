"""The experiment at a small size: recovered, inside the certified ball, files accepted; criteria able to fail."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from certificates import Accepted, check
from verify.experiments.writing import write
from verify.experiments.zhong_2017 import recovery
from verify.experiments.zhong_2017.recovery_reading import Recovered, criteria, error_slope, refusals
from verify.experiments.zhong_2017.recovery_settings import FULL, Family, Settings
from verify.experiments.zhong_2017.recovery_trials import Descent, run_trial

SMALL = Settings(
    families=(
        Family("squared_relu", 2, (2_000, 32_000), 2),
        Family("relu", 2, (40_000,), 1),
        Family("softplus", 1, (20_000,), 1, until_certified=True),
    ),
    dimension=3,
    trained=200,
    steps=2_000,
)


@pytest.fixture(scope="module")
def done():
    seen = []
    found = recovery.run(lambda *step: seen.append(step), SMALL)
    assert [(step, total) for _, step, total in seen] == [(k, 4) for k in range(4)]
    return found


def test_the_criteria_are_met(done):
    assert [text for text, met in ((c["criterion"], c["met"]) for c in done.document["criteria"]) if not met] == []
    assert done.is_complete and len(done.rows) == 4
    assert "m_4" not in done.rows[0][2] and [row[2] for row in done.rows] == ["M_3", "M_3", "M_4", "M_4"]


def test_the_document_says_what_was_measured(done):
    starts = [start for trial in done.document["families"][0]["trials"] for start in trial["starts"]]
    assert all(start["recovered"] and start["measured_factor"] < 1 for start in starts)
    assert len(done.document["refusals"]) == 4
    assert set(done.proofs) == {
        f"{name}-trial0-planted-convergence" for name in ("squared-relu-k2", "relu-k2", "softplus-k1")
    }
    json.dumps(done.document)


@pytest.mark.slow
def test_what_is_written_is_accepted(done, tmp_path):
    write(done, tmp_path)
    names = sorted(path.name for path in (tmp_path / "certificates").glob("*.cert.json"))
    assert names == [
        f"{name}-trial0-planted-convergence.cert.json" for name in ("relu-k2", "softplus-k1", "squared-relu-k2")
    ]
    assert all(isinstance(check(tmp_path / "certificates" / name), Accepted) for name in names)
    assert json.loads((tmp_path / "result.json").read_text()) == done.document
    assert (tmp_path / "figure.png").stat().st_size > 10_000


@pytest.fixture(scope="module")
def trial():
    return run_trial(SMALL, 0, 0)


def test_steps_in_the_ball_are_at_least_as_fast_as_certified(trial):
    assert trial.agrees is True and trial.factor is not None
    worst = max(each.worst_after_entry for each in trial.descents)
    slow = replace(trial.proof, claim=replace(trial.proof.claim, decrease=1.1 * (1 - worst)))
    assert replace(trial, proof=slow).agrees is False
    assert replace(trial, descents=()).agrees is None


def test_criteria_fail_where_runs_do(trial):
    lost = replace(
        trial, descents=tuple(replace(each, entry=None, distances=each.distances[:1]) for each in trial.descents)
    )
    family = replace(SMALL.families[0], trials=1)
    met = dict(criteria(SMALL, [Recovered(family, (lost,))]))
    assert [met[text] for text in met if "recovered in" in text or "no step" in text] == [False, False]


def test_the_slope_is_that_of_the_medians(trial):
    def family(*errors):
        descents = tuple(
            Descent(count, 0.0, True, np.array([error]), None)
            for count, error in zip((100, 10_000), errors, strict=True)
        )
        return Recovered(replace(SMALL.families[0], counts=(100, 10_000)), (replace(trial, descents=descents),))

    assert error_slope(family(0.5, 0.05)) == pytest.approx(-0.5)
    assert family(0.5, 0.05).needed == pytest.approx(10_000 * 0.04)
    gone = Recovered(replace(SMALL.families[0], counts=(100,)), (replace(trial, descents=()),))
    assert error_slope(gone) is None


def test_every_refusal_has_its_reason_and_the_full_run_is_larger():
    assert all(reason for _, reason in refusals())
    assert FULL.trained > Settings().trained and sum(f.trials for f in FULL.families) > 100


@pytest.mark.slow
def test_the_reduced_run_meets_its_criteria():
    assert recovery.run().is_complete
