"""Balls without minima: vector B to its digits, forms at points of the ball, and what is not accepted."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from certificates import Accepted, Undecided, decide
from certificates.claims.no_local_minimum import Claim, Evidence
from certificates.errors import MalformedCertificate
from certificates.expression import parse_activation
from tests.support.minima import vector
from tests.support.objective_nets import draw_network
from tests.support.objectives import weighted
from tests.support.saddles import no_minimum
from verify.numeric.smooth_objective import FloatObjective
from verify.proposals.no_local_minimum import propose

WEAKEST = Claim(5e-324, 5e-324, 1e308)


def _lowest(network):
    objective = FloatObjective(network)
    values, vectors = np.linalg.eigh(objective.hessian(objective.initial()))
    return float(values[0]), tuple(vectors[:, 0].tolist())


@pytest.fixture(scope="module")
def honest():
    return no_minimum((2, 3, 3), "softmax", samples=7)


def test_vector_b_bends_down_by_two_fifths():
    """u = v = 0 of F = v tanh(ux), logistic, λ = 1/10: eigenvalues −2/5 and 3/5, along (1, 1) and (1, −1)."""
    verdict = decide(WEAKEST, Evidence((1.0, 1.0), 1e-12), vector("B"))
    assert verdict.proved.curvature == pytest.approx(0.4, abs=1e-11) and verdict.proved.curvature < 0.4
    assert verdict.proved.gradient_norm < 1e-15 and verdict.facts[0].lower < math.log(2) < verdict.facts[0].upper
    at_a_point = decide(WEAKEST, Evidence((1.0, 1.0), 5e-324), vector("B")).proved.curvature
    assert 0.4 - 1e-12 < at_a_point < 0.4
    upwards = decide(WEAKEST, Evidence((1.0, -1.0), 1e-12), vector("B"))
    assert isinstance(upwards, Undecided) and upwards.check == 4 and upwards.seen.startswith("0.6 ")


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("loss", ["squared", "logistic", "softmax"])
def test_the_form_is_negative_all_over_the_ball(loss, seed):
    network = draw_network(seed, (2, 2, 2), loss, samples=4, decay=bool(seed % 2))
    found = propose(network)
    if found.claim is None:
        assert _lowest(network)[0] > -1e-9
        return
    objective, u = FloatObjective(network), np.array(found.evidence.direction)
    rng, start = np.random.default_rng(seed), objective.initial()
    for _ in range(40):
        move = rng.normal(size=len(start))
        point = start + found.claim.radius * rng.uniform() ** 0.2 * move / np.linalg.norm(move)
        assert u @ objective.hessian(point) @ u <= -found.claim.curvature * (u @ u) * (1 - 1e-9)


def test_a_longer_direction_proves_the_same(honest):
    network, claim, evidence = honest
    longer = replace(evidence, direction=tuple(1024 * entry for entry in evidence.direction))
    first, second = (decide(claim, each, network).proved for each in (evidence, longer))
    assert second.curvature == pytest.approx(first.curvature, rel=1e-9)


@pytest.mark.parametrize(
    ("name", "towards"), [("radius", math.inf), ("curvature", math.inf), ("gradient_norm", -math.inf)]
)
def test_one_ulp_more_than_proved_is_not_accepted(honest, name, towards):
    network, claim, evidence = honest
    proved = decide(claim, evidence, network).proved
    assert isinstance(decide(proved, evidence, network), Accepted)
    stronger = replace(proved, **{name: math.nextafter(getattr(proved, name), towards)})
    verdict = decide(stronger, evidence, network)
    assert isinstance(verdict, Undecided) and verdict.check == 5 and name in verdict.reason
    for value in (math.nan, math.inf):
        assert not isinstance(decide(replace(proved, **{name: value}), evidence, network), Accepted)


TAMPERED = {
    "too short": (2, lambda e: replace(e, direction=e.direction[:-1])),
    "too long": (2, lambda e: replace(e, direction=(*e.direction, 0.0))),
    "NaN": (2, lambda e: replace(e, direction=(math.nan, *e.direction[1:]))),
    "infinite": (2, lambda e: replace(e, direction=(math.inf, *e.direction[1:]))),
    "infinite radius": (2, lambda e: replace(e, radius=math.inf)),
    "NaN radius": (2, lambda e: replace(e, radius=math.nan)),
    "reversed": (4, lambda e: replace(e, direction=tuple(reversed(e.direction)))),
    "four times the radius": (4, lambda e: replace(e, radius=4 * e.radius)),
    "subnormal": (4, lambda e: replace(e, direction=tuple(5e-324 * np.sign(x) for x in e.direction))),
    "so long that squares overflow": (0, lambda e: replace(e, direction=tuple(1e200 * x for x in e.direction))),
}


@pytest.mark.parametrize("name", sorted(TAMPERED))
def test_tampered_evidence_is_not_accepted(honest, name):
    network, claim, evidence = honest
    check, tamper = TAMPERED[name]
    verdict = decide(claim, tamper(evidence), network)
    assert not isinstance(verdict, Accepted) and verdict.check == check


@pytest.mark.parametrize("change", ["labels", "inputs", "weights", "sample weights", "penalty"])
def test_another_problem_is_another_question(honest, change):
    network, claim, evidence = honest
    doubled = tuple(replace(each, rate=2 * each.rate) for each in network.objective.decay)
    others = {
        "labels": lambda: replace(network, targets=network.given_targets[::-1].copy()),
        "inputs": lambda: replace(network, inputs=1.5 * network.inputs),
        "weights": lambda: replace(
            network, layers=(replace(network.layers[0], weight=network.layers[0].weight + 0.1), network.layers[1])
        ),
        "sample weights": lambda: weighted(network),
        "penalty": lambda: replace(network, objective=replace(network.objective, decay=doubled)),
    }
    proved = decide(claim, evidence, network).proved
    assert not isinstance(decide(proved, evidence, others[change]()), Accepted)


def test_a_minimum_is_never_none():
    network = vector("A")
    for direction in ((1.0, 0.0), (0.0, 1.0), (1.0, 1.0), (1.0, -1.0)):
        verdict = decide(WEAKEST, Evidence(direction, 1e-9), network)
        assert isinstance(verdict, Undecided) and verdict.check == 4


def test_a_kink_in_reach_is_no_second_derivative():
    network = replace(vector("B"), activations=(parse_activation("relu"),))
    verdict = decide(WEAKEST, Evidence((1.0, 1.0), 1e-3), network)
    assert isinstance(verdict, Undecided) and verdict.check == 0


def test_copied_units_are_no_obstacle():
    """Critical points on a curve are not isolated: theorem 4.3.2 cannot speak of them, 4.3.3 can."""
    network = vector("B")
    twice = tuple(
        replace(layer, weight=np.repeat(layer.weight, 2, axis=axis)) for axis, layer in enumerate(network.layers)
    )
    found = propose(replace(network, layers=twice))
    assert isinstance(found.verdict, Accepted) and found.claim.curvature > 0.19


@pytest.mark.parametrize("fields", [(0.0, 1.0, 0.0), (1.0, 0.0, 0.0), (-1.0, 1.0, 0.0), (1.0, 1.0, -1.0)])
def test_claims_out_of_range_are_malformed(fields):
    with pytest.raises(MalformedCertificate):
        Claim(*fields)


@pytest.mark.parametrize("fields", [((0.0, -0.0), 1.0), ((), 1.0), ((1.0,), 0.0), ((1.0,), -1.0)])
def test_evidence_out_of_range_is_malformed(fields):
    with pytest.raises(MalformedCertificate):
        Evidence(*fields)
