"""The figure at small sizes, and what becomes of failed runs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from certificates import Accepted, check
from verify.experiments.reproduction import is_proved
from verify.experiments.soltanolkotabi_2018 import fig_2 as sjl_fig_2
from verify.experiments.soltanolkotabi_2018.fig_2_proofs import FLOOR, classify
from verify.experiments.soltanolkotabi_2018.fig_2_reading import criteria, panel_of
from verify.experiments.soltanolkotabi_2018.planted_trials import GridPoint
from verify.experiments.soltanolkotabi_2018.softplus_trials import Settings, run_trials
from verify.experiments.writing import write

SMALL = Settings(
    samples=8,
    widths=tuple(GridPoint(2, k) for k in (2, 4, 8)),
    dimensions=tuple(GridPoint(d, 2) for d in (2, 4)),
    experiments=1,
    initialisations=3,
    budget=60,
)


@pytest.fixture(scope="module")
def done():
    seen = []
    found = sjl_fig_2.run(lambda *step: seen.append(step), SMALL)
    assert {step for _, step, _ in seen} == set(range(5)) and {total for *_, total in seen} == {5}
    return found


def test_every_run_reached_or_is_classified(done):
    for panel in done.document["panels"]:
        for reached, failures in zip(panel["runs_reached"], panel["failures"], strict=True):
            assert reached + sum(failures.values()) == 3
    runs = [run for panel in done.document["panels"] for run in panel["failed_runs"]]
    assert runs and sum(run["certificate"] is not None for run in runs) == len(done.proofs) > 0


def test_labels_are_what_the_certificates_say(done):
    kinds = {"global": "local-convergence", "spurious": "spurious-minimum", "saddle": "no-local-minimum"}
    for name, proof in done.proofs.items():
        assert is_proved(proof) and proof.claim.kind == kinds[name.rsplit("-", 1)[1]]
    for panel in done.document["panels"]:
        for run in panel["failed_runs"]:
            assert run["run"].endswith("global") == (run["after_polishing"] <= FLOOR)


@pytest.mark.slow
def test_what_is_written_is_accepted(done, tmp_path):
    write(done, tmp_path)
    files = sorted((tmp_path / "certificates").iterdir())
    assert len(files) == len(done.proofs) and isinstance(check(files[0]), Accepted)
    assert (tmp_path / "figure.png").stat().st_size > 10_000


@pytest.mark.slow
def test_a_spurious_minimum_is_certified_against_the_planted_weights():
    """n = 40, d = 5, k = 4: under-parameterised, as in the middle of the figure."""
    settings = Settings(experiments=1, initialisations=4, budget=800, seed=2)
    failures = list(classify(run_trials(settings, GridPoint(5, 4))))
    spurious = [each for each in failures if each.label == "spurious"]
    assert spurious and all(is_proved(each.proof) and each.after > FLOOR for each in spurious)
    assert all(each.proof.claim.gap > 0 for each in spurious)


def test_criteria_that_are_not_met_or_cannot_be_evaluated_are_not_met():
    trials = run_trials(replace(SMALL, budget=1), GridPoint(2, 8))
    never = panel_of(SMALL, "a", [(trials, ()), (trials, ())])
    found = dict(criteria([never], {}))
    assert not any(met for text, met in found.items() if text.startswith("(a)"))
    assert any("cannot be evaluated" in text for text in found)
    assert np.all(never.fractions == (0, 0))
