"""Critical points with their index: vectors to their digits, points of the ball, what is not accepted."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from certificates import Accepted, Dense, Rejected, Undecided, decide
from certificates.arithmetic.arb import upper
from certificates.claims.critical_point import Claim, Evidence
from certificates.enclosures.objectives.point import evaluate
from certificates.enclosures.objectives.turning import turning
from certificates.errors import MalformedCertificate
from certificates.subjects import Objective
from tests.support.minima import vector
from tests.support.objectives import weighted
from tests.support.saddles import copied_saddle, saddle
from verify.numeric.smooth_objective import FloatObjective
from verify.proposals.critical_point import propose


@pytest.fixture(scope="module")
def honest():
    found = propose(saddle("softmax"))
    assert isinstance(found.verdict, Accepted), found.verdict.explanation()
    return found.problem, found.claim, found.evidence


def _accepted(network):
    found = propose(network)
    assert isinstance(found.verdict, Accepted), found.verdict.explanation()
    return found.verdict.proved


def test_vector_b_is_a_saddle_with_eigenvalues_of_two_and_three_fifths():
    """At u = v = 0: −2/5 and 3/5, f = log 2. The shift is what is near 3/5, and μ the nearer of both."""
    proved = _accepted(vector("B"))
    assert proved.index == 1 and proved.flat == ()
    assert proved.negative_curvature == pytest.approx(0.4, abs=1e-12) and proved.negative_curvature < 0.4
    assert proved.nondegeneracy == pytest.approx(0.4, abs=1e-12) and proved.distance < 1e-14 < proved.radius
    assert proved.value_lower < math.log(2) < proved.value_upper < proved.value_lower + 1e-13
    claim = Claim(1, 1e-9, 1e-9, 1e-9, 0.0, 0.0, 1.0)
    for shift, accepted in ((0.5999999999, True), (0.6000000001, False)):
        verdict = decide(claim, Evidence(1e-9, 1e-9, shift), vector("B"))
        assert isinstance(verdict, Accepted) is accepted


@pytest.mark.parametrize("size", [1e-4, 1e-2, 0.05])
@pytest.mark.parametrize("angle", [0.3, 1.2, 2.0, 2.9])
def test_weights_next_to_the_saddle_say_only_what_is_true_at_it(angle, size):
    """The Hessian there is not the one at the saddle: each number has room for how far it turns on the way."""
    near = size * math.cos(angle), size * math.sin(angle)
    network = vector("B")
    layers = tuple(replace(layer, weight=np.array([[w]])) for layer, w in zip(network.layers, near, strict=True))
    for inner in (1.3, 2.0):
        claim = Claim(1, 1e-12, 1e-12, 1e-3, 0.0, -1.0, 1.0)
        ball = inner * 2.6 * size
        verdict = decide(
            replace(claim, radius=ball, distance=ball), Evidence(ball, ball, 0.45), replace(network, layers=layers)
        )
        if not isinstance(verdict, Accepted):
            assert size > 1e-2
            continue
        proved = verdict.proved
        assert proved.distance >= math.hypot(*near) and proved.nondegeneracy <= 0.4
        assert 0.1 < proved.negative_curvature <= 0.4
        assert proved.value_lower <= math.log(2) <= proved.value_upper


def test_distance_and_value_have_room_for_the_turn_on_the_inner_ball():
    """G/(μ − h(r)) and ½Gd + h(r)d², with a turn that is no small part of μ."""
    network, inner = vector("B"), 0.03
    layers = tuple(replace(layer, weight=np.array([[0.01]])) for layer in network.layers)
    network = replace(network, layers=layers)
    verdict = decide(Claim(1, 1e-12, 1e-12, 1e-3, 0.0, -1.0, 1.0), Evidence(inner, 0.04, 0.59), network)
    facts = {each.symbol: each for each in verdict.facts}
    slope, least = facts["‖∇f(w₀)‖"].upper, facts["μ"].lower
    turned, value = upper(turning(evaluate(network), inner).h), facts["f(w₀)"].lower
    assert turned > 0.03 * least
    distance = slope / (least - turned)
    assert verdict.proved.distance == pytest.approx(distance, rel=1e-9)
    room = slope * distance / 2 + turned * distance * distance
    assert value - verdict.proved.value_lower == pytest.approx(room, rel=1e-6)
    assert verdict.proved.value_upper - value == pytest.approx(room, rel=1e-6)


@pytest.mark.parametrize(("name", "least"), [("A", "0.207863752230683811"), ("D", "0.0487364439894408")])
def test_vectors_at_minima_have_index_0(name, least):
    proved = _accepted(vector(name))
    assert proved.index == 0 and proved.negative_curvature == 0.0
    assert proved.nondegeneracy == pytest.approx(float(least), rel=1e-2) and proved.nondegeneracy < float(least)
    assert proved.flat == (("output.bias shift",) if name == "D" else ())


def test_a_strict_maximum_has_the_full_index():
    from tests.corpus.critical_point import maximum

    proved = _accepted(maximum())
    assert proved.index == 1 and proved.negative_curvature == pytest.approx(2, abs=1e-12)
    assert proved.value_lower <= 1 <= proved.value_upper


@pytest.mark.parametrize("loss", ["softmax", "squared"])
def test_newton_s_method_ends_where_the_point_is_claimed(loss):
    network = saddle(loss)
    claim, objective = propose(network).claim, FloatObjective(network)
    start, rng = objective.initial(), np.random.default_rng(0)
    for _ in range(5):
        move = rng.normal(size=len(start))
        weights = start + 0.5 * claim.radius * move / np.linalg.norm(move)
        for _ in range(9):
            weights = weights - np.linalg.solve(objective.hessian(weights), objective.gradient(weights))
        values = np.linalg.eigvalsh(objective.hessian(weights))
        assert np.linalg.norm(weights - start) <= claim.distance + 1e-14
        assert np.sum(values < 0) == claim.index and np.min(np.abs(values)) >= claim.nondegeneracy * (1 - 1e-9)
        assert values[0] <= -claim.negative_curvature * (1 - 1e-9)
        assert claim.value_lower - 1e-14 <= objective.value(weights) <= claim.value_upper + 1e-14


STRONGER = {
    "radius": math.inf,
    "distance": -math.inf,
    "nondegeneracy": math.inf,
    "negative_curvature": math.inf,
    "value_lower": math.inf,
    "value_upper": -math.inf,
}


@pytest.mark.parametrize("name", sorted(STRONGER))
def test_one_ulp_more_than_proved_is_not_accepted(honest, name):
    network, claim, evidence = honest
    proved = decide(claim, evidence, network).proved
    assert isinstance(decide(proved, evidence, network), Accepted)
    stronger = replace(proved, **{name: math.nextafter(getattr(proved, name), STRONGER[name])})
    verdict = decide(stronger, evidence, network)
    assert isinstance(verdict, Undecided) and verdict.check == 8 and name in verdict.reason


@pytest.mark.parametrize("change", [-1, 1, 5, 100])
def test_another_index_is_not_accepted(honest, change):
    network, claim, evidence = honest
    index = claim.index + change
    other = replace(claim, index=index, negative_curvature=0.0 if index == 0 else claim.negative_curvature)
    verdict = decide(other, evidence, network)
    assert isinstance(verdict, Undecided) and verdict.check == 5


TAMPERED = {
    "no shift": (3, {"shift": 0.0}),
    "NaN shift": (3, {"shift": math.nan}),
    "infinite radius": (3, {"radius": math.inf}),
    "NaN radius": (3, {"inner_radius": math.nan}),
    "a negative radius": (3, {"inner_radius": -1e-9}),
    "exchanged": (3, {"inner_radius": 1.0}),
    "a large shift": (5, {"shift": 10.0}),
    "a large radius": (6, {"radius": 1.0}),
    "a small ball": (7, {"inner_radius": 1e-300}),
}


@pytest.mark.parametrize("name", sorted(TAMPERED))
def test_tampered_evidence_is_not_accepted(honest, name):
    network, claim, evidence = honest
    check, changes = TAMPERED[name]
    verdict = decide(claim, replace(evidence, **changes), network)
    assert not isinstance(verdict, Accepted) and verdict.check == check


def test_the_ball_of_uniqueness_ends_where_the_hessian_may_be_singular(honest):
    network, claim, evidence = honest
    verdict = decide(claim, replace(evidence, radius=1.2 * evidence.radius), network)
    assert isinstance(verdict, Undecided) and verdict.check == 6


def test_flat_directions_are_those_of_the_problem():
    network = vector("D")
    found = propose(network)
    for flat in ((), ("output.weight shift",), ("input 0", "output.bias shift")):
        verdict = decide(replace(found.claim, flat=flat), found.evidence, network)
        assert isinstance(verdict, Rejected) and verdict.check == 2


def test_an_input_that_is_always_0_is_flat():
    network = vector("B")
    first = Dense(np.array([[0.0, 7.0]]), None)
    wider = replace(network, layers=(first, network.layers[1]), inputs=np.array([[1.0, 0.0]]))
    free = replace(wider, objective=Objective(network.objective.loss, network.objective.decay[1:]))
    proved = _accepted(free)
    assert proved.flat == ("input 1",) and proved.index == 1


def test_copied_units_have_no_isolated_critical_point():
    found = propose(copied_saddle())
    assert isinstance(found.verdict, Undecided) and found.verdict.check == 5


def test_another_problem_is_another_question(honest):
    network, claim, evidence = honest
    for other in (
        weighted(network),
        replace(network, targets=network.given_targets[::-1].copy()),
        replace(network, objective=replace(network.objective, decay=network.objective.decay[:1])),
        replace(
            network, layers=(replace(network.layers[0], weight=network.layers[0].weight + 1e-3), network.layers[1])
        ),
    ):
        assert not isinstance(decide(claim, evidence, other), Accepted)


def test_the_value_is_that_of_the_scaled_objective(honest):
    network = honest[0]
    loss, decay = network.objective.loss, network.objective.decay
    double = Objective(replace(loss, scale=2 * loss.scale), tuple(replace(each, rate=2 * each.rate) for each in decay))
    one, two = _accepted(network), _accepted(replace(network, objective=double))
    for name in ("nondegeneracy", "negative_curvature", "value_lower", "value_upper"):
        assert getattr(two, name) == pytest.approx(2 * getattr(one, name), rel=1e-6)
    assert Fraction(1, 2) < Fraction(two.radius) / Fraction(one.radius) < 2


@pytest.mark.parametrize(
    "changes",
    [
        {"index": -1},
        {"radius": 0.0, "distance": 0.0},
        {"distance": -1.0},
        {"distance": 2.0},
        {"nondegeneracy": 0.0},
        {"negative_curvature": -1.0},
        {"index": 0},
        {"value_lower": 2.0},
        {"flat": ("output.bias shift",) * 2},
    ],
)
def test_claims_out_of_range_are_malformed(changes):
    good = Claim(1, 1.0, 0.5, 0.1, 0.1, 0.0, 1.0)
    with pytest.raises(MalformedCertificate):
        replace(good, **changes)
