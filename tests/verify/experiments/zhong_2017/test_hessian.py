"""The bound of Zhong et al. beside λ_min at a small size: numbers by another route, and criteria that can fail."""

from __future__ import annotations

import json
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from certificates import Accepted, check
from verify.experiments.writing import write
from verify.experiments.zhong_2017 import hessian as zhong_hessian
from verify.experiments.zhong_2017.hessian_bounds import Instance, prove
from verify.experiments.zhong_2017.planted_weights import Settings, draw_planted

SMALL = Settings(activations=("squared_relu", "tanh"), sizes=((2, 3),), draws=2, seed=1)


@pytest.fixture(scope="module")
def instances():
    return [prove(name, planted) for name in SMALL.activations for planted in draw_planted(SMALL)]


@pytest.fixture(scope="module")
def done(instances):
    return zhong_hessian._reproduction(SMALL, instances)


def test_the_run_tells_its_progress(monkeypatch, instances):
    seen, waiting = [], iter(instances)
    monkeypatch.setattr(zhong_hessian, "prove", lambda *_: next(waiting))
    assert zhong_hessian.run(lambda *step: seen.append(step), SMALL).is_complete
    assert [(step, total) for _, step, total in seen] == [(k, 6) for k in range(6)]


def test_the_criteria_are_met(done):
    assert done.is_complete and len(done.document["criteria"]) == 4
    assert len(done.proofs) == 12 and len(done.document["teachers"]) == 6


def test_the_bound_is_what_the_slides_print(instances):
    """With singular values by numpy."""
    for each in instances:
        rows = np.array([[float(w) for w in row] for row in each.planted.units.weights])
        values = np.linalg.svd(rows, compute_uv=False)
        loss = (values[0] / values[-1]) ** 2 * np.prod(values) / values[-1] ** len(values)
        assert each.loss == pytest.approx(loss, rel=1e-9)
        claim = each.rho.claim
        assert float(claim.sigma) == pytest.approx(values[-1], rel=1e-9)
        assert float(each.slides.mid()) == pytest.approx(float(claim.rho.lower) / loss, rel=1e-9)
        assert float(each.ours.mid()) == pytest.approx(min(float(claim.first.lower), float(claim.second.lower)) / loss)


def test_the_third_term_costs_a_third_for_squared_relu(done):
    (row,) = (row for row in done.rows if row[0] == "squared_relu")
    assert row[-1] == "1.0000, 1.3299"


def test_singular_values_are_those_drawn():
    low, high = SMALL.singular_values
    for planted in draw_planted(SMALL)[1:]:
        rows = np.array([[float(w) for w in row] for row in planted.units.weights])
        values = np.linalg.svd(rows, compute_uv=False)
        assert low - 1e-5 < values.min() and values.max() < high + 1e-5


def _with(instance, **claim):
    hessian = SimpleNamespace(claim=replace(instance.hessian.claim, **claim), verdict=instance.hessian.verdict)
    return Instance(instance.activation, instance.planted, hessian, instance.rho, instance.spectrum)


@pytest.mark.parametrize(
    ("index", "claim", "failing"),
    [
        (1, {"curvature": 1e-9, "attained": 2e-9, "general_bound": None}, [1, 2]),
        (1, {"curvature": 1e-9, "general_bound": None}, [2]),
        (0, {"curvature": 0.1, "general_bound": None}, [3]),
    ],
)
def test_each_comparison_can_fail(instances, index, claim, failing):
    bent = [_with(each, **claim) if k == index else each for k, each in enumerate(instances)]
    assert [k for k, (_, met) in enumerate(zhong_hessian._criteria(bent)) if not met] == failing


def test_what_is_not_proved_is_missed(monkeypatch, instances):
    monkeypatch.setattr("verify.experiments.zhong_2017.hessian_bounds.is_proved", lambda _: False)
    found = zhong_hessian._reproduction(SMALL, instances)
    assert not found.is_complete and found.rows[0][1] == "0 of 3"


def test_what_is_written_is_accepted(done, tmp_path):
    named = {path for each in done.document["teachers"] for path in each["certificates"]}
    assert named == {f"certificates/{name}.cert.json" for name in done.proofs}
    two = {name: proof for name, proof in done.proofs.items() if name.startswith("tanh-k2-d3-1")}
    write(replace(done, figure=None, proofs=two), tmp_path)
    assert isinstance(check(tmp_path / "certificates" / "tanh-k2-d3-1-hessian.cert.json"), Accepted)
    assert json.loads((tmp_path / "result.json").read_text())["experiment"] == "zhong-hessian"


@pytest.mark.slow
def test_the_picture_has_a_dot_for_each_teacher_and_bound(done):
    for axes in done.figure().axes:
        assert sum(len(line.get_xdata()) for line in axes.lines if line.get_linestyle() == "None") == 12
        assert axes.get_xscale() == axes.get_yscale() == "log"
