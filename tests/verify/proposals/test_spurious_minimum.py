"""The search for a spurious minimum: from weights beside it, from the best one, and on problems it cannot be about."""

from __future__ import annotations

import numpy as np

from certificates import Accepted
from tests.support.minima import vector
from tests.support.planted_frozen import frozen_problem
from tests.support.spurious import frozen_output, two_minima
from verify import certify, save_problem
from verify.numeric.smooth_objective import FloatObjective
from verify.proposals import spurious_minimum
from verify.search.proposal import Options


def test_weights_beside_a_spurious_minimum(tmp_path):
    worse, best = two_minima(frozen_output())
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
    rng = np.random.default_rng(0)
    inputs = np.round(rng.normal(size=(40, 3)), 3)
    teacher, start = rng.normal(size=(3, 3)), rng.normal(size=(3, 3))
    worse = two_minima(frozen_problem(start, teacher, [1.0, 1.0, -1.0], inputs, "softplus(1)"))[0]
    found = spurious_minimum.SEARCH.propose(worse, Options())
    assert isinstance(found.verdict, Accepted) and found.evidence.witness == (tuple(teacher.ravel()),)
    at_teacher = FloatObjective(worse).network(teacher.ravel())
    assert spurious_minimum.SEARCH.propose(at_teacher, Options()).verdict.check == 9
