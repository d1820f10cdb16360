"""The search for a spurious minimum: from weights beside it, from the best one, and on problems it cannot be about."""

from __future__ import annotations

import numpy as np

from certificates import Accepted
from tests.support.minima import vector
from tests.support.planted import random_planted
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


def test_planted_labels_are_excluded():
    assert "planted" in spurious_minimum.SEARCH.excludes(random_planted(np.random.default_rng(0), 3, 2, 10))
    assert spurious_minimum.SEARCH.excludes(vector("A")) is None
