"""What the search finds with a bound of β, and what it does not do twice."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from certificates import Accepted, decide, judge
from certificates.enclosures.networks import linearisation
from certificates.errors import EnclosureFailure
from tests.support.naive import random_network
from verify.proposals import zero_loss_convergence as proposals
from verify.proposals.zero_loss_convergence import propose
from verify.search import estimates as searched
from verify.search.estimates import estimates
from verify.search.landscape import curvature_forms


def _network(widths, samples, name="tanh"):
    return random_network(np.random.default_rng(1), widths, samples, name, residual=1e-7)


@pytest.mark.parametrize(("widths", "plain"), [((2, 12, 1), "one-hidden-layer"), ((2, 6, 6, 1), "adjoint")])
def test_a_sharper_bound_proves_no_less(widths, plain):
    network = _network(widths, 4)
    sharp, other = propose(network), propose(network, known=estimates(network, forms=(plain,)))
    assert isinstance(sharp.verdict, Accepted) and isinstance(other.verdict, Accepted)
    assert sharp.evidence.curvature == curvature_forms(network)[0] and other.evidence.curvature == plain
    betas = [next(f.upper for f in found.verdict.facts if f.symbol == "β(r)") for found in (sharp, other)]
    assert betas[0] < betas[1]
    decreases = [found.claim.decrease_rate * found.claim.step_size_max for found in (sharp, other)]
    assert decreases[0] >= decreases[1] * (1 - 1e-4)  # what is maximised, on a grid of radii


def test_where_the_sharper_bound_is_not_enclosed_the_plain_one_serves(monkeypatch):
    network, look = _network((2, 6, 6, 1), 4), searched.survey

    def fails(problem, form):
        if form == "sample-centre":
            raise EnclosureFailure("no bound")
        return look(problem, form)

    monkeypatch.setattr(searched, "survey", fails)
    found = propose(network)
    assert isinstance(found.verdict, Accepted) and found.evidence.curvature == "adjoint"


def test_nothing_enclosed_is_the_judges_refusal():
    network = _network((2, 12, 1), 4)
    huge = replace(network, inputs=network.inputs * 1e200)
    assert not isinstance(propose(huge).verdict, Accepted)


@pytest.mark.parametrize(("widths", "residual"), [((2, 12, 1), 1e-7), ((2, 6, 6, 1), 1e-7), ((2, 12, 1), 10.0)])
def test_a_search_linearises_once(widths, residual, monkeypatch):
    network, forward, asked = _network(widths, 4), linearisation._forward, []
    far = replace(network, targets=network.given_targets + residual)
    monkeypatch.setattr(linearisation, "_forward", lambda *given: asked.append(given) or forward(*given))
    found = propose(far)
    assert isinstance(found.verdict, Accepted) == (residual < 1)
    assert len(asked) == 1
    if found.claim is not None:
        decide(found.claim, found.evidence, far)
        assert len(asked) == 2  # outside the search the judge remembers nothing


def test_too_much_work_is_refused_before_it_is_done(monkeypatch):
    network = _network((2, 12, 1), 4)
    monkeypatch.setattr(judge, "DEFAULT_BUDGET", 1e9)
    monkeypatch.setattr(proposals, "best_evidence", None)
    found = propose(network)
    assert found.claim is None and found.verdict.check == 5
