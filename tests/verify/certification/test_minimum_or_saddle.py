"""What `certify` says where no kind is asked for and the objective is no plain sum of squares."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import verify
from certificates import Accepted, Dense, Undecided
from certificates.subjects import Objective
from tests.support.kinks import vector_f
from tests.support.minima import decays, vector
from tests.support.naive import random_network
from tests.support.planted_frozen import random_frozen
from verify.certification import minimum_or_saddle as choice
from verify.search.proposal import Options


def _singular():
    """A label of 1/2 and λ = 1 pull both weights of a unit to 0, where its unpenalised bias is flat."""
    network = replace(vector("B"), targets=np.array([[0.5]]))
    first, second = network.layers
    heavy = Objective(network.objective.loss, decays("1", "layers.0.weight", "layers.1.weight"))
    return replace(network, layers=(Dense(first.weight, np.zeros(1)), second), objective=heavy)


def test_a_minimum_is_a_strict_minimum():
    done = verify.certify(vector("A"))
    assert done.verdict.kind == "strict-minimum" and not done.notes


def test_a_saddle_is_no_minimum_and_polishing_is_advised():
    done = verify.certify(vector("B"))
    assert isinstance(done.verdict, Accepted) and done.verdict.kind == "no-local-minimum"
    assert "not at a minimum" in done.notes[0] and "--polish" in done.notes[0]
    assert done.notes[1].startswith("strict-minimum: the Hessian is not proven positive definite; needs λ_min")
    assert "saddle of index 1: --kind critical-point" in done.notes[2]


@pytest.mark.parametrize("kind", ["strict-minimum", "critical-point"])
def test_a_kind_that_is_asked_for_is_the_kind(kind):
    assert verify.certify(vector("B"), kind=kind).verdict.kind == kind


def test_following_the_advice_leads_to_a_minimum():
    done = verify.certify(vector("B"), polish=True)
    assert isinstance(done.verdict, Accepted) and done.verdict.kind == "strict-minimum" and done.polished is not None


@pytest.mark.parametrize("polish", [False, True])
def test_a_singular_point_is_refused_with_the_cause_and_all_numbers(polish):
    done = verify.certify(_singular(), polish=polish)
    assert done.verdict.kind == "strict-minimum" and not isinstance(done.verdict, Accepted)
    assert "dead" in done.verdict.reason or "carries nothing" in done.verdict.reason
    assert [note.split(":")[0] for note in done.notes[-2:]] == ["no-local-minimum", "critical-point"]
    assert all("needs" in note and "has" in note for note in done.notes[-2:])


def test_a_critical_point_is_what_is_left(monkeypatch):
    refused = choice.no_local_minimum.propose(vector("A"))
    monkeypatch.setattr(choice.no_local_minimum, "propose", lambda _: refused)
    done = verify.certify(vector("B"))
    assert (
        isinstance(done.verdict, Accepted) and done.verdict.kind == "critical-point" and done.verdict.claim.index == 1
    )
    assert [note.split(":")[0] for note in done.notes] == ["strict-minimum", "no-local-minimum"]


def test_where_polishing_ends_at_no_minimum_the_given_weights_have_a_say():
    """A bias without a penalty: v pulls it away from the origin, and where it is pulled to the Hessian is singular."""
    network = vector("B")
    first, second = network.layers
    heavy = Objective(network.objective.loss, decays("1", "layers.0.weight", "layers.1.weight"))
    free = replace(network, layers=(Dense(first.weight, np.zeros(1)), second), objective=heavy)
    done = verify.certify(free, polish=True)
    assert done.verdict.kind == "no-local-minimum" and done.polished is None
    assert "weights as given" in done.notes[0] and "singular" in done.notes[1]


def _refused(monkeypatch, check):
    """As if a strict minimum were refused by this check."""
    found = choice.strict_minimum.SEARCH.propose(vector("A"), Options())
    verdict = Undecided("strict-minimum", "", "fast", check, "too much")
    early = replace(found, claim=None, verdict=verdict)
    monkeypatch.setattr(
        choice.strict_minimum, "SEARCH", replace(choice.strict_minimum.SEARCH, propose=lambda *_: early)
    )


@pytest.mark.parametrize("check", [1, 4])
def test_parameters_that_are_too_many_for_a_hessian_may_still_be_at_no_minimum(monkeypatch, check):
    _refused(monkeypatch, check)
    done = verify.certify(vector("B"))
    assert done.verdict.kind == "no-local-minimum" and done.notes == ("strict-minimum: too much",)
    refused = verify.certify(vector("A"))
    assert refused.verdict.check == check and refused.notes[0].startswith("no-local-minimum: the direction")


def test_what_evidence_cannot_help_is_said_once(monkeypatch):
    _refused(monkeypatch, 2)
    monkeypatch.setattr(choice.no_local_minimum, "propose", None)
    assert verify.certify(vector("A")).verdict.check == 2


def test_a_relu_net_has_its_minimum_on_kinks():
    done = verify.certify(vector_f())
    assert isinstance(done.verdict, Accepted) and done.verdict.kind == "kink-minimum"
    assert done.notes[-1].startswith("strict-minimum: ")


def test_a_relu_net_whose_kink_does_not_hold_is_refused_by_that():
    done = verify.certify(vector_f(second_label=0.25))
    assert not isinstance(done.verdict, Accepted) and done.verdict.kind == "kink-minimum"


def test_more_equations_than_parameters_are_a_minimum_of_squares():
    fewer = random_network(np.random.default_rng(0), (3, 4, 1), 9, trained=(False, True))
    assert verify.certify(fewer).verdict.kind == "strict-minimum"


def test_planted_labels_of_more_equations_than_parameters():
    """Recovery where the output is frozen; a minimum where it is trained, too, or where nothing is recovered."""
    network = random_frozen(np.random.default_rng(0), "tanh", 2, 3, 60)
    assert verify.certify(network).verdict.kind == "planted-convergence"
    first, last = network.layers
    both = replace(network, layers=(first, replace(last, trained=True)))
    assert verify.certify(both).verdict.kind == "strict-minimum"
    dead = replace(last, weight=np.array([[1.0, 0.0]]))
    nothing = replace(network, layers=(first, dead), teacher=(network.teacher[0], dead))
    done = verify.certify(nothing)
    assert not isinstance(done.verdict, Accepted) and done.verdict.kind == "planted-convergence"
