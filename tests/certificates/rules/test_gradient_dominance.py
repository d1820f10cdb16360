"""Gradient dominance on a ball: exact truths, attacks on every field, and sampled truth."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from flint import arb

from certificates import Accepted, Dense, Network, Rejected, Undecided, decide
from certificates.arithmetic.arb import exact
from certificates.arithmetic.arb_matrix import ArbMatrix
from certificates.checks.outcome import Refusal
from certificates.checks.quadratic import require_quadratic
from certificates.claims.gradient_dominance import Claim, Descent, Evidence
from certificates.errors import MalformedCertificate
from certificates.expression import parse_activation
from certificates.rules import gradient_dominance as rule
from certificates.subjects import Objective, Squared
from tests.support.quadratic import gradient, loss, network_problem, random_problem, residual
from verify.proposals.gradient_dominance import propose

# f(w) = (2w² − y)²/2 with w_0 = 2: ‖∇f‖²/(2f) = 16w², on |w − 2| ≤ 1 at least 16
NEURON = network_problem([[2.0]], [2.0], [[1.0]], [7.0])
BALL = Evidence("ball", 1.0, 0.0, 1.0 + 2.0**-40, 64.0 - 2.0**-40)
SHARP = Evidence("lmi", 1.0, constant=16.0 - 2.0**-40, multiplier=(16.0,))


def _near_zero_loss(seed=8, *, scale=None, size=1e-4):
    """Weights whose residual is small, so that descent stays in a certified ball."""
    rng = np.random.default_rng(seed)
    x, w, v = rng.normal(size=(3, 3)), rng.normal(size=(4, 3)), rng.uniform(0.5, 2, 4) * np.array([1, -1, 1, -1])
    return network_problem(w, v, x, residual(w, v, x, np.zeros(3)) + size * rng.normal(size=3), scale)


@pytest.fixture(scope="module")
def found():
    """(problem, proposal) with descent, in closed form."""
    problem = _near_zero_loss()
    return problem, propose(problem)


@pytest.fixture(scope="module")
def inequality():
    """(problem, proposal) by the matrix inequality."""
    problem = random_problem(np.random.default_rng(1), 2, 2, 2, noise=0.0)
    return problem, propose(problem, radius=0.1, method="lmi")


def _quotients(problem, radius, rng, count=3_000):
    """‖∇f‖²/(2f) at points of the ball, half of them on its boundary."""
    w, v = problem.layers[0].weight, problem.layers[1].weight[0]
    x, y, n = problem.inputs, problem.given_targets[:, 0], len(problem.inputs)
    factor = float(2 * n * problem.objective.loss.scale)
    found = []
    for index in range(count):
        u = rng.normal(size=w.shape)
        u *= radius / np.linalg.norm(u) * (1.0 if index % 2 else rng.uniform())
        slope = gradient(w + u, v, x, y)
        found.append(factor * np.sum(slope**2) / (2 * loss(w + u, v, x, y)))
    return np.array(found)


def test_one_weight_is_certified_to_the_last_digits_by_both_methods():
    for evidence in (BALL, SHARP):
        assert isinstance(decide(Claim(1.0, 16 * (1 - 1e-9)), evidence, NEURON), Accepted)
        assert not isinstance(decide(Claim(1.0, 16 * (1 + 1e-9)), evidence, NEURON), Accepted)


@pytest.mark.parametrize("constant", [16.0, math.nextafter(16.0, 17.0), 16.1])
def test_a_matrix_inequality_that_is_singular_or_indefinite_by_a_hair_is_refused(constant):
    verdict = decide(Claim(1.0, 15.0), replace(SHARP, constant=constant), NEURON)
    assert not isinstance(verdict, Accepted) and verdict.check == 5
    assert constant == 16.0 or isinstance(verdict, Rejected)


@pytest.mark.parametrize("multiplier", [-1e-30, 0.0, -5e-324, 15.0, 17.0])
def test_multipliers_that_are_not_positive_or_off_the_optimum_are_refused(multiplier):
    verdict = decide(Claim(1.0, 15.0), replace(SHARP, multiplier=(multiplier,)), NEURON)
    assert isinstance(verdict, Rejected) and verdict.check == 5


def test_a_negative_multiplier_would_prove_what_is_false():
    """The ball of radius 10 contains the saddle w = 0, where ∇f = 0 < f; with S = −1 the matrix is definite."""
    verdict = decide(Claim(10.0, 50.0), Evidence("lmi", 10.0, constant=50.0, multiplier=(-1.0,)), NEURON)
    assert isinstance(verdict, Rejected) and verdict.check == 5 and verdict.reason.startswith("S ")


def test_descent_is_about_the_problems_own_loss():
    descents = {}
    for scale in (Fraction(1, 6), Fraction(1, 600), Fraction(7)):  # 1/6 is L itself
        problem = _near_zero_loss(scale=scale)
        proved = propose(problem).verdict.proved
        assert proved.descent.decrease_rate == proved.constant
        descents[scale] = proved.descent
    for scale, found in descents.items():
        ratio, base = float(6 * scale), descents[Fraction(1, 6)]
        assert found.decrease_rate == pytest.approx(ratio * base.decrease_rate, rel=1e-9)
        assert found.step_size_max == pytest.approx(base.step_size_max / ratio, rel=1e-9)
        assert found.radius == pytest.approx(base.radius, rel=1e-9)


@pytest.mark.parametrize("scale", [Fraction(1, 2), Fraction(3, 7), Fraction(10)])
def test_the_constant_is_that_of_the_problems_own_loss(scale):
    problem = replace(NEURON, objective=Objective(Squared(scale)))
    truth = 32 * float(scale)
    for evidence in (BALL, replace(SHARP, constant=truth * (1 - 1e-12))):
        assert isinstance(decide(Claim(1.0, truth * (1 - 1e-9)), evidence, problem), Accepted)
        assert not isinstance(decide(Claim(1.0, truth * (1 + 1e-9)), evidence, problem), Accepted)


def test_both_arithmetics_accept(found, inequality):
    for problem, proposal in (found, inequality):
        for arithmetic in ("fast", "arb"):
            verdict = decide(proposal.claim, proposal.evidence, problem, arithmetic=arithmetic)
            assert isinstance(verdict, Accepted) and not verdict.conditional
    assert found[1].claim.descent is not None and "descent" in found[1].claim.sentence()


def test_what_is_claimed_holds_at_sampled_weights(found, inequality):
    for problem, proposal in (found, inequality):
        claim = proposal.claim
        assert np.min(_quotients(problem, claim.radius, np.random.default_rng(0))) >= claim.constant


@pytest.mark.parametrize("scale", [None, Fraction(5)])
def test_gradient_descent_does_what_is_claimed(scale):
    problem = _near_zero_loss(scale=scale)
    descent = propose(problem).claim.descent
    w, v = problem.layers[0].weight, problem.layers[1].weight[0]
    x, y = problem.inputs, problem.targets[:, 0]
    factor = float(2 * len(x) * problem.objective.loss.scale)
    start, point = loss(w, v, x, y), w.copy()
    for t in range(1, 200):
        point = point - descent.step_size_max * factor * gradient(point, v, x, y)
        assert np.linalg.norm(point - w) <= descent.radius
        value = loss(point, v, x, y)
        if value < 1e-20 * start:
            break
        assert value <= (1 - descent.step_size_max * descent.decrease_rate) ** t * start * (1 + 1e-9)


@pytest.mark.parametrize("name", ["radius", "constant"])
def test_one_ulp_more_than_proved_is_refused(found, inequality, name):
    for problem, proposal in (found, inequality):
        proved = replace(proposal.verdict.proved, descent=proposal.claim.descent)
        assert isinstance(decide(proved, proposal.evidence, problem), Accepted)
        stronger = replace(proved, **{name: math.nextafter(getattr(proved, name), math.inf)})
        verdict = decide(stronger, proposal.evidence, problem)
        assert not isinstance(verdict, Accepted) and verdict.check == 7


@pytest.mark.parametrize(("name", "towards"), [("radius", 0.0), ("step_size_max", 1e9), ("decrease_rate", 1e9)])
def test_descent_one_ulp_stronger_than_proved_is_refused(found, name, towards):
    problem, proposal = found
    proved = proposal.verdict.proved
    better = replace(proved.descent, **{name: math.nextafter(getattr(proved.descent, name), towards)})
    assert isinstance(decide(proved, proposal.evidence, problem), Accepted)
    assert decide(replace(proved, descent=better), proposal.evidence, problem).check == 7


def test_weaker_claims_are_accepted(found):
    problem, proposal = found
    claim = proposal.claim
    for weaker in (
        replace(claim, descent=None),
        replace(claim, radius=claim.radius / 2),
        replace(claim, constant=claim.constant / 2),
        replace(claim, descent=replace(claim.descent, radius=9.0, step_size_max=1e-9)),
    ):
        assert isinstance(decide(weaker, proposal.evidence, problem), Accepted)


def test_descent_is_refused_where_the_path_could_leave_the_ball():
    problem = random_problem(np.random.default_rng(1), 4, 3, 3, gain=2.0)
    proposal = propose(problem, radius=1e-3, method="ball")
    assert proposal.claim.descent is None
    wished = replace(proposal.claim, descent=Descent(1e300, 1e-300, 1e-300))
    verdict = decide(wished, proposal.evidence, problem)
    assert isinstance(verdict, Undecided) and verdict.check == 6


def test_a_zero_loss_point_stays_where_it_is():
    problem = network_problem([[2.0, 1.0]], [1.0], [[1.0, 1.0]], [9.0])
    proposal = propose(problem)
    assert isinstance(proposal.verdict, Accepted) and proposal.claim.descent is not None
    assert proposal.claim.descent.radius <= 1e-12


@pytest.mark.parametrize(
    "change",
    [
        {"moment_shift": 0.9},
        {"moment_shift": -1.0},
        {"kernel_shift": 65.0},
        {"kernel_shift": 1e308},
        {"kernel_shift": -1.7e308},
        {"radius": 2.0},
        {"radius": 1e308},
        {"theta": math.nan},
        {"radius": math.inf},
        {"multiplier": (1.0,)},
        {"twists": (1.0,)},
    ],
)
def test_ball_evidence_that_proves_nothing_is_refused(change):
    for arithmetic in ("fast", "arb"):
        verdict = decide(Claim(1.0, 1.0), replace(BALL, **change), NEURON, arithmetic=arithmetic)
        assert not isinstance(verdict, Accepted)


@pytest.mark.parametrize("arithmetic", ["fast", "arb"])
def test_previous_bug_a_shift_that_overflows_is_a_refusal_and_no_warning(inequality, arithmetic):
    evidence = Evidence("ball", 0.1, 1.7e308, -1.7e308, 1.0)
    verdict = decide(Claim(0.1, 1e-9), evidence, inequality[0], arithmetic=arithmetic)
    assert isinstance(verdict, Undecided)


@pytest.mark.parametrize(
    "change",
    [
        {"multiplier": ()},
        {"multiplier": (16.0, 0.0)},
        {"multiplier": (math.nan,)},
        {"twists": (0.0,)},
        {"constant": 0.0},
        {"constant": math.inf},
        {"radius": math.nextafter(1.0, 2.0), "constant": 16.0},
        {"radius": 2.0},
        {"radius": 1e308},
        {"multiplier": (1e308,)},
        {"multiplier": (5e-324,)},
    ],
)
def test_lmi_evidence_that_proves_nothing_is_refused(change):
    assert not isinstance(decide(Claim(1.0, 1.0), replace(SHARP, **change), NEURON), Accepted)


def test_tampered_twists_and_multipliers_are_refused(inequality):
    problem, proposal = inequality
    evidence = proposal.evidence
    for index in range(len(evidence.twists)):
        changed = list(evidence.twists)
        changed[index] += 1.0
        assert not isinstance(decide(proposal.claim, replace(evidence, twists=tuple(changed)), problem), Accepted)
    swapped = (evidence.multiplier[0], evidence.multiplier[1] + 9.0, evidence.multiplier[2])
    assert decide(proposal.claim, replace(evidence, multiplier=swapped), problem).check == 5
    assert not isinstance(decide(proposal.claim, replace(evidence, method="ball"), problem), Accepted)


def test_another_problem_is_refused(found):
    problem, proposal = found
    moved = network_problem(
        0.9 * problem.layers[0].weight, problem.layers[1].weight[0], problem.inputs, problem.targets[:, 0]
    )
    assert not isinstance(decide(proposal.claim, proposal.evidence, moved), Accepted)


def test_networks_of_other_shapes_are_rejected():
    layers = NEURON.layers
    relu = Network(layers, (parse_activation("relu"),), NEURON.inputs, NEURON.targets, Objective(Squared(Fraction(1))))
    biased = (Dense(layers[0].weight, np.zeros(1), True), layers[1])
    trained = (layers[0], Dense(layers[1].weight, None, True))
    shapes = [replace(NEURON, layers=biased), replace(NEURON, layers=trained)]
    for problem in (relu, *shapes):
        verdict = decide(Claim(1.0, 1.0), BALL, problem)
        assert isinstance(verdict, Rejected) and verdict.check == 1


def test_units_and_inputs_that_do_not_enter_the_loss_change_nothing():
    wide = network_problem([[2.0, 5.0], [7.0, 1.0]], [2.0, 0.0], [[1.0, 0.0]], [7.0])
    for evidence in (BALL, SHARP):
        assert isinstance(decide(Claim(1.0, 15.9), evidence, wide), Accepted)
        assert not isinstance(decide(Claim(1.0, 16.1), evidence, wide), Accepted)


def test_planted_labels_are_enclosed():
    teacher = (Dense(np.array([[2.0 + 2.0**-20]]), None, False), Dense(np.array([[2.0]]), None, False))
    planted = Network(NEURON.layers, NEURON.activations, NEURON.inputs, None, NEURON.objective, teacher)
    proposal = propose(planted)
    assert isinstance(proposal.verdict, Accepted) and proposal.claim.descent is not None


def test_the_budget_is_kept(found, inequality):
    for problem, proposal in (found, inequality):
        verdict = decide(proposal.claim, proposal.evidence, problem, budget=1.0)
        assert isinstance(verdict, Undecided) and verdict.check == 3


@pytest.mark.parametrize("value", [0.0, -1.0, math.nan])
def test_balls_and_constants_are_positive(value):
    for build in (
        lambda: Claim(value, 1.0),
        lambda: Claim(1.0, value),
        lambda: Evidence("ball", value),
        lambda: Descent(1.0, value, 1.0),
        lambda: Descent(1.0, 1.0, value),
    ):
        with pytest.raises(MalformedCertificate):
            build()


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(20))
def test_sampled_minima_never_lie_below_what_is_certified(seed):
    rng = np.random.default_rng(seed)
    k, d, n = int(rng.integers(1, 4)), int(rng.integers(1, 4)), int(rng.integers(1, 4))
    problem = random_problem(rng, k, d, min(n, k * d), ["positive", "spread", "mixed"][seed % 3], gain=2.0)
    for method in ("ball", "lmi"):
        for radius in (0.02, 0.1, 0.3):
            claim = propose(problem, radius=radius, method=method).claim
            if claim is not None:
                assert np.min(_quotients(problem, radius, rng, 2_000)) >= claim.constant


# ---- at the bounds -------------------------------------------------------------------------------------------------

TWO_BY_THREE = network_problem(np.ones((2, 3)), [1.0, 1.0], [[1.0, 0.0, 0.0], [0.0, 1.0, 1.0]], [0.0, 0.0])
SMALL = network_problem([[0.125]], [2.0], [[1.0]], [0.0])  # JJᵀ = 1/4
LONG = network_problem([[8.0]], [0.5], [[0.5]], [7.0])  # c₄ = 1/16, JJᵀ = 4
OUTCOMES = {
    "c₄ at most 1 is enough": (LONG, Evidence("ball", 0.5, 0.0, 0.3125, 3.75), Accepted, 0),
    "c₄ not above": (NEURON, replace(BALL, moment_shift=1.0), Undecided, 4),
    "JJᵀ with λ_min ≥ 0 only": (NEURON, replace(BALL, kernel_shift=0.0), Undecided, 5),
    "JJᵀ not factored": (NEURON, replace(BALL, kernel_shift=65.0), Undecided, 5),
    "JJᵀ below 1 is enough": (SMALL, Evidence("ball", 0.0625, 0.0, 1.25, 0.1875), Accepted, 0),
    "too far": (NEURON, replace(BALL, radius=2.0), Undecided, 5),
    "not a number": (NEURON, replace(BALL, theta=math.nan), Rejected, 2),
    "a multiplier for none": (NEURON, replace(BALL, multiplier=(1.0,)), Rejected, 2),
    "a twist for none": (NEURON, replace(BALL, twists=(1.0,)), Rejected, 2),
    "a twist too many": (NEURON, replace(SHARP, twists=(1.0,)), Rejected, 2),
    "an infinite multiplier": (NEURON, replace(SHARP, multiplier=(math.inf,)), Rejected, 2),
    "no constant": (NEURON, replace(SHARP, constant=0.0), Rejected, 2),
    "a constant below 1": (NEURON, replace(SHARP, constant=0.5), Accepted, 0),
    "one twist missing": (TWO_BY_THREE, replace(SHARP, multiplier=(1.0, 0.0, 1.0), twists=(0.0,) * 20), Rejected, 2),
}


@pytest.mark.parametrize("name", OUTCOMES)
def test_every_evidence_has_its_outcome(name):
    problem, evidence, kind, check = OUTCOMES[name]
    verdict = decide(Claim(min(evidence.radius, 1.0), 5e-324), evidence, problem, arithmetic="arb")
    assert isinstance(verdict, kind) and (kind is Accepted or verdict.check == check), verdict.explanation()


def test_the_matrix_inequality_has_as_many_numbers_as_weights_and_samples_ask_for():
    """n = 2, p = 6: n(n + 1)/2 multipliers, (n(n − 1)/2)·p(p + 1)/2 twists."""
    verdict = decide(Claim(1.0, 1.0), SHARP, TWO_BY_THREE)
    assert isinstance(verdict, Rejected) and verdict.check == 2
    assert "3 in multiplier and 21 in twists" in verdict.required


def test_triangles_are_read_row_by_row(monkeypatch):
    seen = []
    monkeypatch.setattr(rule, "is_positive_definite", lambda rows: seen.append(rows) or True)
    problem = network_problem([[1.0]], [1.0], [[1.0], [2.0], [3.0]], [0.0] * 3, Fraction(1))
    evidence = Evidence("lmi", 1.0, constant=9.0, multiplier=(1.0, 2.0, 3.0, 4.0, 5.0, 6.0), twists=(0.0,) * 3)
    constant = rule._lmi_constant(require_quadratic(1, problem), evidence)
    assert [[float(entry) for entry in row] for row in seen[0]] == [[1.0], [2.0, 3.0], [4.0, 5.0, 6.0]]
    assert len(seen) == 2 and [len(row) for row in seen[1]] == [1, 2, 3, 4, 5, 6]
    assert float(constant) == 1.5  # of L = f/6


@pytest.mark.parametrize(("answers", "kind"), [([None], Undecided), ([False], Rejected), ([True, None], Undecided)])
def test_what_is_not_shown_to_be_definite_is_undecided_what_is_shown_not_to_be_rejected(monkeypatch, answers, kind):
    told = iter(answers)
    monkeypatch.setattr(rule, "is_positive_definite", lambda rows: next(told))
    verdict = decide(Claim(1.0, 1.0), SHARP, NEURON)
    assert isinstance(verdict, kind) and verdict.check == 5


def test_every_number_is_rounded_in_its_weak_direction(monkeypatch):
    """Wide balls for what is enclosed: L in [1, 3], a path of value/16, Λ in [1, 3] and μ in [3, 5]; f = 2L."""
    monkeypatch.setattr(rule, "loss", lambda *_: arb(2, 1))
    monkeypatch.setattr(rule, "path_length", lambda value, constant: value / 16)
    monkeypatch.setattr(rule, "curvature", lambda *_: arb(2, 1))
    monkeypatch.setattr(rule, "_ball_constant", lambda *_: arb(4, 1))
    wished = Claim(1.0, 1.0, Descent(9.0, 1e-9, 1e-9))
    verdict = decide(wished, BALL, replace(NEURON, objective=Objective(Squared(Fraction(1)))))
    near = pytest.approx
    proved = verdict.proved
    assert proved.constant == near(6.0) and proved.descent.decrease_rate == near(6.0)
    assert proved.descent.radius == near(3 / 16) and proved.descent.step_size_max == near(1 / 6)
    value, path = verdict.facts
    assert (value.lower, value.upper) == (near(2.0), near(6.0))
    assert path.lower == 0.0 and path.upper == proved.descent.radius
    assert len(decide(replace(wished, descent=None), BALL, NEURON).facts) == 1


def test_a_path_as_long_as_the_radius_may_leave_the_ball(monkeypatch):
    monkeypatch.setattr(rule, "path_length", lambda *_: exact(1.0))
    verdict = decide(Claim(1.0, 1.0, Descent(9.0, 1e-9, 1e-9)), BALL, NEURON)
    assert isinstance(verdict, Undecided) and verdict.check == 6


def test_descent_beside_the_matrix_inequality():
    """The constant is that of the inequality, the curvature that of the closed form."""
    near = network_problem([[2.0]], [2.0], [[1.0]], [8.0 - 1e-6])
    claim, evidence = Claim(1.0, 15.9, Descent(1.0, 1e-9, 1e-9)), replace(SHARP, moment_shift=1.25)
    verdict = decide(claim, evidence, near)
    assert isinstance(verdict, Accepted) and verdict.proved.constant == SHARP.constant
    assert verdict.proved.descent.decrease_rate == pytest.approx(16.0)
    verdict = decide(claim, replace(evidence, moment_shift=0.0), near)
    assert isinstance(verdict, Undecided) and verdict.check == 4


def test_a_bound_that_is_not_positive_is_no_constant():
    assert rule._positive(0.5) == 0.5
    for bound in (0.0, -0.5):
        with pytest.raises(Refusal) as caught:
            rule._positive(bound)
        assert caught.value.check == 5 and not caught.value.certain


def test_the_norms_at_the_given_weights():
    """c₄ ≤ 5/4 by the shift, ‖J‖ = 1/2 and r = 1/32 for 2w² at w = 1/8."""
    network = require_quadratic(1, SMALL)
    data = rule._ball_data(network, rule.evaluate(network, ArbMatrix), replace(BALL, moment_shift=1.25))
    found = [float(value) for value in (data.fourth_moment, data.jacobian_norm, data.residual_norm)]
    assert found == pytest.approx([1.25, 0.5, 1 / 32])
