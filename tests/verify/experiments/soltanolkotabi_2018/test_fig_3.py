"""The figure at small sizes, with what is proved of single runs."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from certificates import Accepted, check
from certificates.claims.second_order_stationary import Claim
from verify.experiments.reproduction import is_proved
from verify.experiments.soltanolkotabi_2018 import fig_3 as sjl_fig_3
from verify.experiments.soltanolkotabi_2018.fig_3_proofs import _is_stationary, label_runs, prove_runs
from verify.experiments.soltanolkotabi_2018.fig_3_reading import Panel, criteria
from verify.experiments.soltanolkotabi_2018.logistic import Logistic
from verify.experiments.soltanolkotabi_2018.planted_trials import GridPoint, Settings, run_trials
from verify.experiments.writing import write

SMALL = Settings(
    samples=9,
    widths=tuple(GridPoint(4, k) for k in (1, 3, 4)),
    dimensions=tuple(GridPoint(d, 2) for d in (3, 5, 7)),
    experiments=2,
    initialisations=2,
    budget=300,
)


@pytest.fixture(scope="module")
def done():
    seen = []
    found = sjl_fig_3.run(lambda *step: seen.append(step), SMALL)
    assert [step for _, step, _ in seen] == list(range(12)) and {total for *_, total in seen} == {12}
    return found


def test_every_point_is_there_and_every_run_is_labelled(done):
    assert len(done.rows) == 2 * (3 + 3)
    for panel in done.document["panels"]:
        for fraction, runs in zip(panel["fractions"], panel["runs"], strict=True):
            assert sum(runs.values()) == 4
            assert fraction <= runs.get("global", 0) / 4  # an experiment needs all its runs
    assert done.document["panels"][0]["positions"] == [1, 3, 4]
    assert done.document["panels"][1]["positions"] == [3, 5, 7]


def test_points_with_little_freedom_are_left_out_of_the_fit(done):
    """n = 9; freedoms 4, 9, 10 in (a) and 5, 9, 13 in (b)."""
    assert [panel["fitted"] for panel in done.document["panels"]] == [[False, True, True]] * 4


def test_successful_runs_with_an_exact_relaxation_carry_their_gap(done):
    gaps = [name for name, proof in done.proofs.items() if proof.claim.kind == "optimality-gap"]
    exact = [row for row in done.rows if int(row[3]) >= int(row[2]) or int(row[3]) >= 3]
    reached = sum(int(row[6].split(",")[0]) for row in exact)
    assert len(gaps) == reached > 0


def test_the_certified_gap_is_the_loss(done):
    proof = next(p for p in done.proofs.values() if p.claim.kind == "optimality-gap")
    labels = ((proof.network.inputs @ proof.network.teacher[0].weight.T) ** 2).sum(axis=1)
    assert 0 < proof.claim.gap <= 1e-6 * (labels @ labels) / (2 * SMALL.samples) * (1 + 1e-6)


def test_what_is_written_is_accepted(done, tmp_path):
    write(done, tmp_path)
    files = list((tmp_path / "certificates").iterdir())
    assert len(files) == len(done.proofs)
    assert isinstance(check(files[0]), Accepted)
    assert (tmp_path / "figure.png").stat().st_size > 10_000
    assert "![The figure](figure.svg)" in (tmp_path / "table.md").read_text()


def test_a_run_stopped_early_is_no_local_minimum():
    """With a budget of one step nothing is reached; saddles are proved, the rest is called budget."""
    trials = run_trials(replace(SMALL, budget=1), "fixed", GridPoint(4, 4))
    proofs = prove_runs(trials, SMALL.samples)
    labels = label_runs(trials, proofs)
    assert set(labels) <= {"saddle", "budget"}
    assert Counter(labels)["saddle"] == len(proofs)
    assert all(proof.claim.kind == "negative-curvature" for proof in proofs.values())
    both = run_trials(replace(SMALL, budget=1), "both", GridPoint(4, 4))
    assert set(label_runs(both, prove_runs(both, SMALL.samples))) == {"budget"}


def test_a_spurious_minimum_is_labelled_by_its_certificate():
    """n = 9 samples of a planted rank-2 model in dimension 4: some starts stall above the minimum 0."""
    settings = replace(SMALL, experiments=4, initialisations=5, budget=3_000, seed=3)
    trials = run_trials(settings, "fixed", GridPoint(5, 2))
    proofs = prove_runs(trials, settings.samples)
    labels = label_runs(trials, proofs)
    assert "second-order" in labels
    for index, label in enumerate(labels):
        if label == "second-order":
            assert trials.run.outcomes[index] != "reached"
            assert trials.run.losses[index] > 1e-4
            assert np.linalg.eigvalsh(_hessian(trials.problem(index)))[0] > -1e-5


@pytest.mark.parametrize(("gradient", "deficit", "near"), [(1e-6, 1e-6, True), (1e-3, 0.0, False), (0.0, 1e-3, False)])
def test_both_orders_have_to_be_small(gradient, deficit, near):
    assert _is_stationary(Claim(gradient, deficit, 1.0)) is near


def _hessian(problem):
    """By (1.3)."""
    x, w = problem.inputs, problem.layers[0].weight
    labels = ((x @ problem.teacher[0].weight.T) ** 2).sum(axis=1)
    residual = ((x @ w.T) ** 2).sum(axis=1) - labels
    jacobian = 2 * np.einsum("nk,nd->nkd", x @ w.T, x).reshape(len(x), -1)
    return jacobian.T @ jacobian / len(x) + 2 * np.kron(np.eye(len(w)), (x.T * residual) @ x / len(x))


def test_criteria_can_fail():
    few = replace(SMALL, samples=7, budget=1)
    trials = [run_trials(few, "fixed", point) for point in SMALL.widths]
    flat = Panel("a", "fixed", (1, 3, 4), (True,) * 3, tuple(trials), (("budget",) * 4,) * 3, None)
    first, middle, last = criteria(few, [flat], {})
    assert not first[1]  # nothing succeeds far above n
    assert middle == (
        "(a) fixed: midpoint within 1 of 2.00, where kd − k(k−1)/2 = n (cannot be evaluated: no logistic curve fits)",
        False,
    )
    assert last[1]  # no certificate was refused


def test_a_criterion_that_cannot_be_evaluated_makes_the_figure_incomplete(done):
    """n = 9: no width of SMALL has 1.3n freedom, and no curve fits."""
    assert "cannot be evaluated: the grid has no point" in done.document["criteria"][0]["criterion"]
    assert all(map(is_proved, done.proofs.values())) and not done.is_complete
    assert any(note.startswith("NOT met: (a) both") for note in done.notes)


def test_a_midpoint_far_from_the_threshold_is_seen():
    trials = tuple(run_trials(replace(SMALL, budget=1), "fixed", point) for point in SMALL.widths)
    labels = (("budget",) * 4,) * 3
    for midpoint, met in ((3.2, True), (1.5, False)):  # 4k − k(k − 1)/2 = 9 at k = 3
        panel = Panel("a", "fixed", (1, 3, 4), (True,) * 3, trials, labels, Logistic(2.0, midpoint))
        assert criteria(SMALL, [panel], {})[1][1] is met


def test_thresholds_are_the_solutions(done):
    for panel in done.document["panels"]:
        x = panel["freedom_equals_n_at"]
        d, k = (4, x) if panel["panel"] == "a" else (x, 2)
        assert k * d - k * (k - 1) / 2 == pytest.approx(SMALL.samples)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [2, 3, 4])
def test_the_figure_at_its_own_size_on_fresh_seeds(seed):
    found = sjl_fig_3.run(settings=Settings(seed=seed))
    assert all(each["met"] for each in found.document["criteria"]), found.document["criteria"]
    assert found.is_complete
