"""The figure at a small size: both stages proved, the files accepted, the criteria able to fail."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction

import pytest

from certificates import Accepted, Undecided, check
from verify.experiments.writing import write
from verify.experiments.xia_shi_2019 import fig_2 as xia_shi_fig_2
from verify.experiments.xia_shi_2019.fig_2 import Measured, _criteria
from verify.experiments.xia_shi_2019.orbit_proofs import prove_near
from verify.experiments.xia_shi_2019.orbit_runs import Settings, planted_problem, run_orbit
from verify.theory.xia_shi_2019.printed import STEP

SMALL = Settings(
    dimensions=(5, 4), columns=2, samples_per_dimension=300, step=Fraction(1, 32), steps=400, whole_up_to=4, seed=2
)


@pytest.fixture(scope="module")
def done():
    seen = []
    found = xia_shi_fig_2.run(lambda *step: seen.append(step), SMALL)
    assert [(step, total) for _, step, total in seen] == [(k, 6) for k in range(6)]
    return found


def test_the_criteria_are_met(done):
    assert done.is_complete
    assert len(done.document["criteria"]) == 8
    assert all(each["met"] for each in done.document["criteria"])


def test_both_stages_are_proved(done):
    assert set(done.proofs) == {"n5-orbit-convergence", "n4-orbit-convergence", "n4-certified-orbit-run"}
    near, whole = (done.proofs[f"n4-{kind}"].claim for kind in ("orbit-convergence", "certified-orbit-run"))
    assert near.step_size == whole.step_size == Fraction(1, 32)
    assert near.radius > 0.2
    assert 0 < whole.entry_step < 400
    assert whole.entry_distance <= near.radius


def test_the_proved_rate_beside_the_observed_one(done):
    for each in done.document["runs"]:
        proved = 1 - each["proved_asymptotic_decrease"]
        assert each["observed_factor"] <= proved + 1e-4 < each["printed_factor"]


def test_the_raw_ratio_stays_where_the_aligned_one_grows(done):
    for each in done.document["runs"]:
        (raw_first, raw_last), (aligned_first, aligned_last) = (
            [rows[k][0] / rows[k][1] for k in (0, -1)] for rows in (each["raw"], each["aligned"])
        )
        assert raw_last < 100 * raw_first
        assert aligned_last > 1_000 * aligned_first


def test_what_is_written_is_accepted(done, tmp_path):
    write(replace(done, figure=None), tmp_path)
    names = {path.name for path in (tmp_path / "certificates").iterdir()}
    assert {f"{name}.cert.json" for name in done.proofs} <= names
    assert isinstance(check(tmp_path / "certificates" / "n4-certified-orbit-run.cert.json"), Accepted)
    assert json.loads((tmp_path / "result.json").read_text())["experiment"] == "xia-shi-fig-2"
    page = (tmp_path / "table.md").read_text()
    assert page.count("certificates/") >= 3


def test_the_picture_has_raw_and_aligned_curves(done):
    error, size, ratio = done.figure().axes
    assert [len([line for line in axes.lines if len(line.get_xdata()) > 2]) for axes in (error, size, ratio)] == [
        2,
        8,
        4,
    ]
    markers = [line for line in error.lines if len(line.get_xdata()) == 1]
    assert [line.get_xdata()[0] for line in markers] == [done.proofs["n4-certified-orbit-run"].claim.entry_step]


def test_a_run_too_short_to_get_near_is_said_to_be_so():
    found = xia_shi_fig_2.run(settings=replace(SMALL, dimensions=(4,), steps=10))
    assert "n4-certified-orbit-run" not in found.proofs
    assert [each["met"] for each in found.document["criteria"]][1] is False
    assert not found.is_complete


@pytest.fixture(scope="module")
def measured():
    descent = run_orbit(SMALL, planted_problem(SMALL, 4))
    return Measured(4, descent, prove_near(descent, SMALL.step, "n4"), None)


def _met(measured):
    return [met for _, met in _criteria(measured)]


def test_each_criterion_can_fail(measured):
    """Rate, entry, growth of the aligned ratio, bounded raw ratio."""
    descent = measured.descent
    assert _met(measured) == [True] * 4
    slow = replace(descent, errors=descent.errors**0.5)
    assert _met(replace(measured, descent=slow))[0] is False
    far = replace(descent, errors=descent.errors + 10)
    assert _met(replace(measured, descent=far))[1] is False
    swapped = replace(descent, raw=descent.aligned, aligned=descent.raw)
    assert _met(replace(measured, descent=swapped)) == [True, True, False, False]


def test_what_cannot_be_evaluated_is_not_met(measured):
    """A run below rounding has no tail to measure, and an unproved ball is entered by no one."""
    descent = measured.descent
    silent = replace(measured, descent=replace(descent, errors=0 * descent.errors))
    assert silent.observed is None
    assert _met(silent)[0] is _met(silent)[2] is False
    assert "cannot be evaluated: no tail above rounding" in _criteria(silent)[2][0]
    refused = replace(measured, near=replace(measured.near, verdict=Undecided("", "", "fast", 0, "")))
    assert _met(refused) == [False, False, True, True]
    assert "Stage 2 is not proved" in _criteria(refused)[0][0]


def test_the_default_is_the_papers_setting():
    default = Settings()
    assert (default.columns, default.samples_per_dimension, default.step) == (10, 1_000, STEP)
    assert default.dimensions == (20, 30)


@pytest.mark.slow
def test_the_figure_at_its_own_size():
    found = xia_shi_fig_2.run()
    assert found.is_complete
    assert all(each["met"] for each in found.document["criteria"]), found.document["criteria"]
    assert "n20-certified-orbit-run" in found.proofs
