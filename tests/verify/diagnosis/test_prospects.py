"""Which kinds may be about a problem: never a kind that is accepted called impossible, and reasons for the others."""

from __future__ import annotations

import numpy as np
import pytest

import verify
from certificates import Network
from certificates.kinds import KINDS, find
from tests.support.naive import random_network
from tests.support.objectives import CHANGES
from tests.support.planted import random_planted
from tests.support.quadratic import random_problem
from verify.diagnosis.prospects import prospects
from verify.search.estimates import estimates

ABOUT_NETWORKS = {kind for kind in KINDS if find(kind).subject is Network} | {"gradient-dominance-sos"}


def _prospects(network):
    found = list(prospects(network, estimates(network)))
    assert {each.kind for each in found} == ABOUT_NETWORKS and all(each.about for each in found)
    assert [each.possible for each in found] == sorted((each.possible for each in found), reverse=True)
    return {each.kind: each for each in found}


def _possible(network):
    return {kind for kind, each in _prospects(network).items() if each.possible}


OF_ANY_OBJECTIVE = {"strict-minimum", "spurious-minimum", "strong-convexity", "no-local-minimum", "critical-point"}


def test_a_perceptron_has_its_kinds_and_what_they_need():
    network = random_network(np.random.default_rng(1), (3, 12, 1), 5)
    found = _prospects(network)
    about = {
        "zero-loss-convergence",
        "interpolation",
        "convergence-basin",
        "certified-run",
        "float-run",
        "tangent-kernel",
        "wide-gradient-dominance",
        "wide-checklist",
    }
    assert _possible(network) == about | OF_ANY_OBJECTIVE
    assert f"needed {estimates(network).needed:.3g} (met)" in found["zero-loss-convergence"].about
    assert "expected the activation quadratic, got tanh" in found["optimality-gap"].about


@pytest.mark.parametrize("seed", range(3))
def test_what_is_accepted_was_possible(seed):
    for network in (
        random_problem(np.random.default_rng(seed), 3, 2, 4),
        random_problem(np.random.default_rng(seed), 4, 2, 9, "mixed"),
        random_planted(np.random.default_rng(seed), 3, 2, 40),
    ):
        covering = {kind for kind in ABOUT_NETWORKS if not find(kind).covers.lacks(network)}
        for kind in sorted(covering - _possible(network) - {"gradient-dominance-sos"}):
            assert verify.certify(network, kind=kind).verdict.outcome != "accepted", kind


def test_a_planted_network_has_orbits_and_no_zero_loss():
    found = _prospects(random_planted(np.random.default_rng(3), 3, 2, 40))
    assert found["orbit-convergence"].possible and found["certified-orbit-run"].possible
    assert "planted by a teacher" in found["zero-loss-convergence"].about
    assert not found["gradient-dominance"].possible and "at most as many samples" in found["gradient-dominance"].about
    assert "outer weights of each sign" in found["global-landscape"].about


def test_labels_that_are_given_have_no_orbits():
    found = _prospects(random_problem(np.random.default_rng(1), 3, 3, 4))
    assert "got given ones" in found["orbit-convergence"].about
    assert "at most 6 trained weights" in found["gradient-dominance-sos"].about
    assert found["global-landscape"].possible


@pytest.mark.parametrize(
    ("network", "reason"),
    [
        (random_network(np.random.default_rng(1), (1, 2, 1), 20), "N = 20"),
        (verify.from_arrays([np.ones((4, 1)), np.ones((1, 4))], None, "relu", [[1.0]], [[0.0]]), "jumps"),
        (
            verify.from_arrays([np.ones((4, 1)), np.ones((1, 4))], None, "tanh", [[1.0], [1.0]], [[0.0], [1.0]]),
            "samples 0 and 1",
        ),
        (
            verify.from_arrays([np.ones((4, 1)), np.ones((1, 4))], None, "identity", [[1.0], [2.0]], [[0.0], [1.0]]),
            "linear",
        ),
    ],
)
def test_structure_that_no_evidence_can_help_is_the_reason(network, reason):
    found = _prospects(network)["zero-loss-convergence"]
    assert not found.possible and reason in found.about and "check" not in found.about


@pytest.mark.parametrize("change", sorted(CHANGES))
def test_other_objectives_are_beyond_every_kind_about_squares(change):
    network = CHANGES[change](random_network(np.random.default_rng(1), (3, 12, 1), 5))
    beyond = [each for kind, each in _prospects(network).items() if find(kind).covers.lacks(network)]
    assert len(beyond) > 5 and not any(each.possible for each in beyond)
    assert all(each.about.startswith("does not cover") for each in beyond)
