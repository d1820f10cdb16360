"""The searches by the list of kinds: what each starts from and reads, and which options are refused."""

from __future__ import annotations

from dataclasses import fields
from fractions import Fraction

import pytest

from certificates.errors import MalformedCertificate, MalformedProblem
from certificates.expression import parse_activation
from certificates.kinds import KINDS, find
from certificates.subjects import ActivationProblem, PolynomialProblem
from verify.certification.searches import network_searches, refuse_unread, search_of
from verify.search.proposal import Options


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_a_search_that_reads_options_there_are(kind):
    search, subject = search_of(kind), find(kind).subject
    assert search.claim is find(kind).claim
    assert search.subject is subject or subject is PolynomialProblem  # polynomials are made from networks
    assert search.reads <= {spec.name for spec in fields(Options)}


def test_no_search_for_a_kind_that_is_not_in_the_list():
    with pytest.raises(MalformedCertificate, match="unknown kind"):
        search_of("__init__")


def test_a_search_under_another_name_is_seen(monkeypatch):
    monkeypatch.setattr("verify.proposals.optimality_gap.SEARCH", search_of("negative-curvature"))
    with pytest.raises(ImportError, match="optimality_gap does not define its search"):
        search_of("optimality-gap")


READ = {
    "step_size": Fraction(1, 2),
    "radius": Fraction(1, 2),
    "objective": "radius",
    "polish": True,
    "rate": Fraction(1, 2),
}


@pytest.mark.parametrize("kind", [kind for kind, _ in network_searches()])
@pytest.mark.parametrize("name", sorted(READ))
def test_an_option_is_read_or_refused(kind, name):
    options = Options(**{name: READ[name]})
    if name in search_of(kind).reads:
        refuse_unread(options, kind)
    else:
        with pytest.raises(MalformedProblem, match=f"--{name.replace('_', '-')}.*belongs to --kind"):
            refuse_unread(options, kind)


def test_no_kind_reads_no_option():
    refuse_unread(Options(), None)
    with pytest.raises(MalformedProblem, match="orbit-convergence and certified-orbit-run"):
        refuse_unread(Options(step_size=Fraction(1, 2)), None)


def test_numbers_are_positive():
    with pytest.raises(MalformedProblem, match="positive"):
        refuse_unread(Options(radius=Fraction(-1)), "gradient-dominance")


@pytest.mark.parametrize("kind", [kind for kind in KINDS if search_of(kind).subject is ActivationProblem])
def test_searches_about_activations_choose_what_is_not_given(kind):
    problem = ActivationProblem(parse_activation("relu"))
    found = search_of(kind).propose(problem, Options())
    assert found.problem == problem and found.verdict.kind == found.claim.kind == kind
