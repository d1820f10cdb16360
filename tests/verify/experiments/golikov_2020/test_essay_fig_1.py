"""The whole experiment on few made-up images: what is written, and what is said."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from certificates import Accepted, check
from tests.support.made_up_images import made_up_images
from verify.experiments.golikov_2020 import essay_fig_1
from verify.experiments.golikov_2020.essay_fig_1 import run
from verify.experiments.golikov_2020.width_trials import Settings
from verify.experiments.writing import write

SMALL = Settings(
    widths=(2, 16),
    seeds=2,
    samples=40,
    batch=8,
    epochs=30,
    proof_widths=(4, 11, 16),
    proof_samples=12,
    proof_steps=20,
    seed=5,
)


@pytest.fixture(autouse=True)
def no_digits(monkeypatch):
    monkeypatch.setattr(essay_fig_1, "digits", made_up_images)


@pytest.fixture(scope="module")
def done():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(essay_fig_1, "digits", made_up_images)
        return run(settings=SMALL)


def test_table_and_certificates_are_written_and_empirical_is_called_so(done, tmp_path):
    write(replace(done, figure=None), tmp_path)
    files = list((tmp_path / "certificates").glob("*.cert.json"))
    assert len(files) >= 5 and all(isinstance(check(file), Accepted) for file in files)
    assert [row[0] for row in done.rows] == ["2", "4", "11", "16"]
    assert done.rows[0][1:3] == ("0/2", "never") and done.rows[0][4:] == ("—",) * 4
    assert done.rows[1][1:5] == ("—", "—", "—", "too narrow") and float(done.rows[3][4]) > 0
    document = json.loads((tmp_path / "result.json").read_text())
    assert [trial["width"] for trial in document["empirical"]] == [2, 2, 16, 16]
    assert document["proved"][0]["start"]["check"] == 3 and "12 samples" in document["proved"][0]["start"]["refusal"]
    constant = document["proved"][2]["start"]["constant"]
    assert constant >= float(done.rows[3][4])  # rounded down
    assert len(document["data_sha256"]) == 64


def test_the_picture_shows_what_is_in_the_document(done):
    panels = done.figure().axes
    assert len(panels) == 5
    errors, epochs, _, constants, flow = panels
    trials, proved = done.document["empirical"], done.document["proved"]
    mean = next(line for line in errors.lines if line.get_label() == "16").get_ydata()
    assert mean[0] == pytest.approx(sum(t["train_errors"][0] for t in trials[2:]) / 2 / 40)
    assert list(epochs.lines[0].get_ydata()) == [t["epochs"] for t in trials if t["epochs"] is not None]
    shown = {line.get_label(): list(line.get_ydata()) for line in constants.lines}
    assert shown["c, proved at the start"] == [each["start"]["constant"] for each in proved[1:]]
    assert shown["‖∇f‖²/f, measured after descent"] == [each["measured"]["trained"]["quotient"] for each in proved]
    measured, bound = flow.lines[:2]
    assert bound.get_linestyle() == "--" and all(measured.get_ydata() <= bound.get_ydata() + 1e-12)


def test_it_is_complete_when_all_criteria_are_met(monkeypatch):
    few = replace(SMALL, widths=(2,), seeds=1, epochs=1, proof_widths=(4, 16), proof_steps=1)
    done = run(settings=few)
    assert not done.is_complete and any("cannot be evaluated: no runs of width" in note for note in done.notes)
    monkeypatch.setattr(essay_fig_1, "measured_criteria", lambda trials: [])
    assert run(settings=few).is_complete


def test_the_run_tells_its_progress():
    seen = []
    run(lambda *step: seen.append(step), replace(SMALL, epochs=1, proof_widths=(4,)))
    assert [step[1:] for step in seen] == [(k, 5) for k in range(5)]
