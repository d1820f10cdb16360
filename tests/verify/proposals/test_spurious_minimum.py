"""The search for a spurious minimum: from weights beside it, from the best one, and on problems it cannot be about."""

from __future__ import annotations

from functools import partial

import pytest

from certificates import Accepted
from tests.support.minima import vector
from tests.support.spurious import frozen_minima, planted_minimum
from verify import certify, save_problem
from verify.numeric.smooth_objective import FloatObjective
from verify.proposals import spurious_minimum
from verify.search.better_weights import better_weights
from verify.search.proposal import Options


@pytest.mark.slow
def test_weights_beside_a_spurious_minimum(tmp_path, monkeypatch):
    monkeypatch.setattr(spurious_minimum, "better_weights", partial(better_weights, starts=2))
    worse, best = frozen_minima()
    objective = FloatObjective(worse)
    path = tmp_path / "net.safetensors"
    save_problem(objective.network(objective.initial() + 0.01), path)
    done = certify(path, kind="spurious-minimum", polish=True)
    assert isinstance(done.verdict, Accepted) and done.certificate_path.name == "net.spurious-minimum.cert.json"
    assert done.polished.distance < 0.05 and abs(done.certificate.claim.gap - 0.02147740) < 1e-7
    at_best = spurious_minimum.SEARCH.propose(objective.network(best), Options())
    assert at_best.claim is None and at_best.verdict.check == 9


def test_a_saddle_is_refused_without_a_search():
    told = []
    options = Options(progress=lambda *stage: told.append(stage))
    assert spurious_minimum.SEARCH.propose(vector("B"), options).verdict.check == 5 and not told


def test_of_planted_labels_the_teacher_is_the_witness():
    worse = planted_minimum()
    teacher = worse.teacher[0].weight.ravel()
    found = spurious_minimum.SEARCH.propose(worse, Options())
    assert isinstance(found.verdict, Accepted) and found.evidence.witness == (tuple(teacher),)
    at_teacher = FloatObjective(worse).network(teacher)
    assert spurious_minimum.SEARCH.propose(at_teacher, Options()).verdict.check == 9
