"""The door of a kind: values of another type are refused before the rule sees them."""

from __future__ import annotations

import sys
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from certificates.checks.kind import Kind
from certificates.checks.outcome import Context, Refusal
from certificates.claims import optimality_gap, zhong_rho_global
from certificates.errors import MalformedCertificate
from certificates.expression import parse_activation
from certificates.kinds import KINDS, find
from certificates.subjects import ActivationProblem
from tests.support.naive import random_network

CONTEXT = Context("fast", 1e12)
CLAIM, EVIDENCE = optimality_gap.Claim(1.0), optimality_gap.Evidence("nonnegative")
OTHER_CLAIM = zhong_rho_global.Claim(0, Fraction(0), Fraction(1, 100))
OTHER_EVIDENCE = zhong_rho_global.Evidence("homogeneous")


def _door() -> Kind:
    """A kind whose rule must not be reached."""

    def reached(*_):
        raise AssertionError("the rule was reached")

    return replace(find("optimality-gap"), decide=reached)


@pytest.mark.parametrize(
    ("claim", "evidence"), [(OTHER_CLAIM, EVIDENCE), (CLAIM, OTHER_EVIDENCE), (OTHER_CLAIM, OTHER_EVIDENCE)]
)
def test_claim_and_evidence_of_another_kind_are_refused(claim, evidence):
    network = random_network(np.random.default_rng(0), (2, 3, 1), 2)
    with pytest.raises(MalformedCertificate, match="not one of optimality-gap"):
        _door().judge(claim, evidence, network, CONTEXT)


def test_another_subject_is_refused():
    with pytest.raises(MalformedCertificate, match="about the subject network"):
        _door().judge(CLAIM, EVIDENCE, ActivationProblem(parse_activation("tanh")), CONTEXT)


def test_a_rule_is_asked_in_its_arithmetics_only():
    network = random_network(np.random.default_rng(0), (2, 3, 1), 2)
    door = replace(_door(), arithmetics=("fast",))
    with pytest.raises(Refusal, match="binary64 only") as caught:
        door.judge(CLAIM, EVIDENCE, network, Context("arb", 1e12))
    assert not caught.value.certain and caught.value.check == 0
    with pytest.raises(AssertionError, match="was reached"):
        door.judge(CLAIM, EVIDENCE, network, CONTEXT)


@pytest.mark.parametrize("name", KINDS)
def test_a_kind_says_what_it_is_about_in_one_line(name):
    kind = find(name)
    assert kind.name == name and kind.title
    about = (sys.modules[kind.claim.__module__].__doc__ or "").splitlines()[0]
    assert about.split(": ", 1)[-1] == f"{KINDS[name]}."
