"""What kinds cover: no accepted certificate survives a change of its objective, whether or not its rule looks at it."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from certificates import Accepted, Network, Undecided, check_bytes, decide
from certificates.certificate import decode_certificate
from certificates.checks.objective import SMOOTH, SQUARED_DENSE, Scope, require_squared
from certificates.checks.outcome import Context, Refusal
from certificates.document.problem_file import decode_problem
from certificates.kinds import KINDS, find
from certificates.subjects import Logistic, Squared
from tests.support.certificates import certificate_bytes
from tests.support.naive import random_network
from tests.support.objectives import CHANGES, logistic, penalised, softmax, varied, weighted

CORPUS = Path(__file__).resolve().parents[2] / "corpus" / "accepted"
ABOUT_NETWORKS = [kind for kind in KINDS if find(kind).subject is Network]
ABOUT_SQUARES = [kind for kind in ABOUT_NETWORKS if find(kind).covers == SQUARED_DENSE]
NETWORK = random_network(np.random.default_rng(5), (2, 3, 1), 3)


def _accepted(kind: str):
    """A certificate of the corpus about more than one sample, a small one, and its problem."""
    for path in sorted((CORPUS / kind).glob("*.cert.json"), key=lambda path: path.stat().st_size):
        certificate = decode_certificate(path.read_bytes())
        problem = decode_problem(certificate.problem.embedded)
        if problem.sample_count > 1:
            return certificate, problem
    raise AssertionError(kind)


def test_every_other_kind_is_about_a_subject_without_an_objective():
    others = {find(kind).subject.type for kind in KINDS if kind not in ABOUT_NETWORKS}
    assert len(ABOUT_SQUARES) >= 8 and others == {"activation", "polynomial", "population"}


@pytest.mark.parametrize("change", sorted(CHANGES))
@pytest.mark.parametrize("kind", ABOUT_SQUARES)
def test_an_accepted_certificate_says_nothing_about_another_objective(kind, change):
    certificate, problem = _accepted(kind)
    claim, evidence, other = certificate.claim, certificate.evidence, CHANGES[change](problem)
    verdict = decide(claim, evidence, other)
    assert isinstance(verdict, Undecided) and (verdict.check, verdict.cause) == (0, "check")
    assert f"{kind} does not cover" in verdict.reason and change.split()[-1] in verdict.reason
    judged = check_bytes(certificate_bytes(other, claim, evidence))
    assert replace(judged, certificate_sha256="", problem_sha256="") == verdict


@pytest.mark.parametrize("change", sorted(CHANGES))
@pytest.mark.parametrize("kind", ABOUT_SQUARES)
def test_the_rule_refuses_too_if_the_door_were_open(kind, change):
    """By name: a rule that takes its s from another objective would go on as if the loss were squared."""
    certificate, problem = _accepted(kind)
    other = CHANGES[change](problem)
    context = Context("fast", 1e12)
    with pytest.raises(Refusal, match="about sums of squares") as caught:
        find(kind).decide(certificate.claim, certificate.evidence, other, context)
    assert not caught.value.certain and caught.value.check == 1


@pytest.mark.parametrize("kind", ABOUT_SQUARES)
def test_the_certificates_that_are_changed_are_accepted_as_they_are(kind):
    certificate, problem = _accepted(kind)
    assert isinstance(decide(certificate.claim, certificate.evidence, problem), Accepted)


# ---- scopes -------------------------------------------------------------------------------------------------------


def test_a_scope_is_closed():
    assert Scope() == SQUARED_DENSE and find("zero-loss-convergence").covers == SQUARED_DENSE
    assert not SQUARED_DENSE.lacks(NETWORK)
    assert all(SQUARED_DENSE.lacks(network) for network in varied(NETWORK))


def test_a_scope_says_all_that_it_lacks():
    both = softmax(weighted(penalised(NETWORK)))
    assert SQUARED_DENSE.lacks(both) == ("the softmax loss", "a penalty on the weights", "sample weights")
    assert Scope(layers=()).lacks(NETWORK) == ("Dense layers",)
    assert SQUARED_DENSE.lacks(logistic(NETWORK)) == ("the logistic loss",)


def test_each_part_is_covered_by_its_own_name_only():
    assert not any(SMOOTH.lacks(network) for network in varied(NETWORK))
    assert Scope(decay=True).lacks(weighted(penalised(NETWORK))) == ("sample weights",)
    assert Scope(sample_weights=True).lacks(weighted(penalised(NETWORK))) == ("a penalty on the weights",)
    assert Scope((Logistic,)).lacks(NETWORK) == ("the squared loss",)


def test_a_loss_that_is_derived_from_a_covered_one_is_not_covered():
    class Huber(Squared):
        name = "huber"

    bent = replace(NETWORK, objective=replace(NETWORK.objective, loss=Huber(Fraction(1))))
    assert SQUARED_DENSE.lacks(bent) == ("the huber loss",)


def test_the_scale_is_handed_out_for_sums_of_squares_only():
    assert require_squared(3, NETWORK) == NETWORK.objective.loss.scale
    for network in varied(NETWORK):
        with pytest.raises(Refusal) as caught:
            require_squared(3, network)
        assert caught.value.check == 3 and not caught.value.certain
