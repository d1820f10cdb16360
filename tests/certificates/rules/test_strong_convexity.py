"""Balls of strong convexity: the test vector to its printed digits, Hessians at points of the ball, what is refused."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from functools import cache

import numpy as np
import pytest
from flint import arb

from certificates import Accepted, Dense, Network, Rejected, Undecided, decide
from certificates.checks.frozen_output import frozen_constants, slopes_on_ball
from certificates.checks.hessian_ball import _best
from certificates.checks.outcome import Refusal
from certificates.claims.strong_convexity import Claim, Evidence, HessianShifts, Minimiser
from certificates.errors import MalformedCertificate
from certificates.expression import parse_activation
from certificates.language.frozen_output import FrozenShifts
from certificates.subjects import Decay, Objective, Squared
from certificates.theorems.hessian_balls import Curvature
from tests.support.frozen import ROWS, given, planted, vector
from tests.support.minima import classifier, fitted
from tests.support.naive import parameters
from verify.numeric.smooth_objective import FloatObjective
from verify.proposals.strong_convexity import propose

TIGHT = 1 + 1e-11
# s_0², S_0², ξ² and χ/8 as printed in chapter 4, with its witness t = 1.288290
SHIFTS = FrozenShifts(
    0.0364694303 * (1 - 2e-9),
    0.4144840402 * (1 + 1e-9),
    1.0606601718**2 * TIGHT,
    Fraction(1288290, 8 * 10**6),
    29.7117105998 / 8 * TIGHT,
)


@cache
def _found(noise=None, radius=None):
    """What is found at the test vector, with labels planted or (with noise) given."""
    return propose(vector() if noise is None else given(vector(), noise), radius=radius)


def _claim(labels="planted", radius=0.004, **changes):
    return replace(Claim(labels, radius, 5e-324, 1e308, Minimiser(radius, -1e308, 1e308)), **changes)


def _proved(radius, network=None, **shifts):
    return decide(_claim(radius=radius), Evidence(radius, None, replace(SHIFTS, **shifts)), network or vector())


def _fact(verdict, symbol):
    return next(fact for fact in verdict.facts if fact.symbol == symbol)


def test_the_test_vector_to_its_printed_digits():
    verdict = _proved(0.004)
    assert isinstance(verdict, Accepted)
    assert round(verdict.proved.strong_convexity, 7) == 0.0304001
    assert round(verdict.proved.smoothness, 7) == 0.4259981
    assert round(_fact(verdict, "β").upper, 8) == 1.48353209 and round(_fact(verdict, "χ").upper, 6) == 29.711711
    assert round(_fact(verdict, "s₀").lower ** 2, 9) == 0.036469430
    assert verdict.proved.minimiser == Minimiser(0.0, 0.0, 0.0, 0.004, verdict.proved.minimiser.step_size_max)
    assert verdict.proved.minimiser.step_size_max == pytest.approx(2 / (0.0304001 + 0.4259981), rel=1e-6)


def test_the_radius_of_the_test_vector():
    assert isinstance(_proved(0.0243962), Accepted)
    beyond = _proved(0.0243964)
    assert isinstance(beyond, Undecided) and beyond.check == 7


def test_the_best_member_wins_and_the_verdict_says_so():
    found = _found(radius=0.004)
    assert found.verdict.proved.strong_convexity == pytest.approx(0.0304001, abs=2e-7)
    both = decide(_claim(), found.evidence, vector())
    alone = decide(_claim(), replace(found.evidence, frozen=None), vector())
    assert both.proved.strong_convexity > alone.proved.strong_convexity
    assert "Gram part turns" in _fact(alone, "m").meaning or "how far it turns" in _fact(alone, "m").meaning
    noisy = _found(0.05)
    assert noisy.claim is not None and "only the Gram part turns" in _fact(noisy.verdict, "m").meaning


@pytest.mark.parametrize(
    ("size", "radius", "factor"),
    [((2, 5, 400), 0.0224, 0.950), pytest.param((4, 10, 5_000), 0.0191, 0.971, marks=pytest.mark.slow)],
)
def test_radius_and_rate_on_gaussian_data(size, radius, factor):
    """Tanh, orthonormal rows: as large as the formula on paper, about as printed there for other samples."""
    (k, d, n), rng = size, np.random.default_rng(0)
    weights = np.ascontiguousarray(np.linalg.qr(rng.normal(size=(d, d)))[0][:k])
    rows = rng.normal(size=(n, d))
    jacobian = ((1 - np.tanh(rows @ weights.T) ** 2)[:, :, None] * rows[:, None, :]).reshape(n, -1)
    singular = np.linalg.svd(jacobian, compute_uv=False) / np.sqrt(n)
    first, second = np.triu_indices(d)
    products = rows[:, first] * rows[:, second] * np.where(first == second, 1.0, np.sqrt(2.0))
    unit = (first == second).astype(float)
    tops = [
        np.linalg.eigvalsh(products.T @ products / n - theta * (np.outer(unit, unit) - np.eye(len(unit))))[-1]
        for theta in np.linspace(0.5, 1.5, 21)
    ]
    s, big, beta = singular[-1], singular[0], 4 / (3 * np.sqrt(3)) * np.sqrt(min(tops))
    paper = (2 * s + big - np.sqrt((2 * s + big) ** 2 - 2 * s * s)) / beta  # (s − βR)² = β(SR + ½βR²)
    claim = propose(planted(rows, weights)).claim
    assert 2 * claim.radius > 0.97 * paper and paper == pytest.approx(radius, rel=0.15)
    found = (claim.smoothness - claim.strong_convexity) / (claim.smoothness + claim.strong_convexity)
    assert found == pytest.approx(factor, abs=0.008)


# ---- what is proved is true ---------------------------------------------------------------------------------------


def _networks():
    rng = np.random.default_rng(2)
    rows, weights = rng.normal(size=(30, 3)), rng.normal(size=(2, 3))
    yield "planted", planted(rows, weights)
    yield "near the teacher", planted(rows, weights, weights + 1e-3 * rng.normal(size=(2, 3)))
    yield "given", given(planted(rows, weights), 0.1)
    yield "squared ReLU", planted(rows, weights, activation="squared_relu")
    yield "penalties", fitted(classifier(rng, (2, 2, 1), 10, planted(rows, weights).objective.loss, Fraction(1, 50)))


@pytest.mark.parametrize(("name", "network"), list(_networks()))
def test_hessians_on_the_ball_and_descent(name, network):
    found = propose(network)
    assert found.claim is not None, found.verdict
    claim, rng = found.claim, np.random.default_rng(5)
    objective = FloatObjective(network if network.teacher is None else given(network))
    start, span = objective.initial(), []
    for _ in range(40):
        step = rng.normal(size=start.shape)
        values = np.linalg.eigvalsh(objective.hessian(start + step * claim.radius / np.linalg.norm(step)))
        span += [values[0], values[-1]]
    assert claim.strong_convexity <= min(span) and max(span) <= claim.smoothness
    assert claim.strong_convexity > 0.2 * min(span)
    if claim.minimiser is not None and network.teacher is not None and claim.minimiser.distance == 0:
        _descends(objective, claim, start, rng)


def _descends(objective, claim, goal, rng):
    step = rng.normal(size=goal.shape)
    w = goal + step * claim.minimiser.start_radius / np.linalg.norm(step)
    for _ in range(20):
        after = w - claim.minimiser.step_size_max * objective.gradient(w)
        factor = 1 - claim.minimiser.step_size_max * claim.strong_convexity
        assert np.linalg.norm(after - goal) <= factor * np.linalg.norm(w - goal) * (1 + 1e-12) + 1e-15
        w = after


def test_the_minimiser_is_where_newton_finds_it():
    network = given(planted(np.random.default_rng(3).normal(size=(40, 2)), np.eye(2)), 1e-4)
    found = propose(network)
    assert found.claim is not None and found.claim.minimiser is not None
    objective = FloatObjective(network)
    w = objective.initial()
    for _ in range(20):
        w = w - np.linalg.solve(objective.hessian(w), objective.gradient(w))
    claimed = found.claim.minimiser
    assert 0 < np.linalg.norm(w - objective.initial()) <= claimed.distance <= found.claim.radius
    assert claimed.value_lower <= objective.value(w) <= claimed.value_upper
    assert claimed.value_upper - claimed.value_lower < 1e-6
    assert 0 < claimed.start_radius <= (found.claim.radius - 2 * claimed.distance) * (1 + 2.0**-16)


def test_inside_the_cell_a_relu_is_quadratic():
    wide = planted(
        np.random.default_rng(0).normal(size=(30, 2)), np.array([[1.0, 0.0], [0.5, -1.0]]), activation="relu"
    )
    found = propose(wide)
    rows = wide.inputs
    cell = np.min(np.abs(rows @ wide.layers[0].weight.T) / np.linalg.norm(rows, axis=1)[:, None])
    active = (rows @ wide.layers[0].weight.T > 0).astype(float)
    jacobian = (active[:, :, None] * rows[:, None, :]).reshape(30, -1)
    values = np.linalg.eigvalsh(jacobian.T @ jacobian / 30)
    assert found.claim.strong_convexity == pytest.approx(values[0], rel=1e-4)
    assert found.claim.smoothness == pytest.approx(values[-1], rel=1e-4)
    assert 0.4 * cell < found.claim.radius < cell
    beyond = decide(_claim(radius=1.01 * cell), replace(found.evidence, radius=1.01 * cell), wide)
    assert isinstance(beyond, Undecided) and beyond.check == 6 and "breakpoint" in beyond.seen


def test_on_a_kink_there_is_no_ball():
    verdict = propose(vector("relu")).verdict
    assert isinstance(verdict, Undecided)
    gram = FrozenShifts(-1.0, 10.0, 2.0, Fraction(0), 4.0)
    on_a_kink = decide(_claim(radius=1e-200), Evidence(1e-200, None, gram), vector("relu"))
    assert isinstance(on_a_kink, Undecided) and on_a_kink.check == 6


def test_constants_are_those_of_l_and_bounds_those_of_f():
    """Seven times the loss has seven times the curvature, with the same shifts of JᵀJ/n."""
    network, found = given(vector(), 0.05), _found(0.05)
    louder = replace(network, objective=Objective(Squared(7 * network.objective.loss.scale)))
    shifts, radius = found.evidence.frozen, 1e-3
    loud = slopes_on_ball(frozen_constants(5, louder, shifts), radius)
    plain = slopes_on_ball(frozen_constants(5, network, shifts), radius)
    for name, power in (("largest", 0.5), ("smallest", 0.5), ("residual", 0.5), ("beta", 0.5), ("gamma", 1.0)):
        quotient = float(getattr(loud[0], name) / getattr(plain[0], name))
        assert quotient == pytest.approx(7**power, rel=1e-9), name
    assert float(plain[0].residual) > 0 and [fact.upper for fact in loud[1]] == pytest.approx(
        [fact.upper for fact in plain[1]]
    )


# ---- labels -------------------------------------------------------------------------------------------------------


def test_planted_is_never_inferred_from_a_small_residual():
    floats = given(vector())
    found = _found(0.0)
    assert found.claim.labels == "given" and found.claim.minimiser.distance > 0
    verdict = decide(replace(found.claim, labels="planted"), found.evidence, floats)
    assert isinstance(verdict, Rejected) and verdict.check == 1
    at_teacher = _found()
    assert isinstance(decide(at_teacher.claim, at_teacher.evidence, floats), Rejected)
    as_given = decide(replace(at_teacher.claim, labels="given"), at_teacher.evidence, floats)
    assert isinstance(as_given, Undecided) and as_given.check == 9 and "distance" in as_given.reason


def test_one_label_changed():
    found, floats = _found(0.0), given(vector())
    labels = floats.targets.copy()
    labels[3] += 2.0**-6
    verdict = decide(found.claim, found.evidence, replace(floats, targets=labels))
    assert not isinstance(verdict, Accepted) and verdict.check in (5, 8, 9)


# ---- negative controls --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "check"),
    [
        ({"gram_lower": SHIFTS.gram_lower * 1.01**2}, 5),
        ({"gram_upper": SHIFTS.gram_upper * 0.99}, 5),
        ({"covariance_upper": SHIFTS.covariance_upper * 0.99}, 5),
        ({"fourth_moment": SHIFTS.fourth_moment * 0.99}, 5),
        ({"theta": Fraction(2)}, 5),
        ({"gram_lower": float("nan")}, 5),
    ],
)
def test_a_shift_too_strong(changes, check):
    verdict = _proved(0.004, **changes)
    assert not isinstance(verdict, Accepted) and verdict.check == check


def test_a_weak_shift_weakens():
    assert _proved(0.004, fourth_moment=4.0).proved.strong_convexity < _proved(0.004).proved.strong_convexity
    assert _proved(0.004, gram_lower=-1.0).check == 7


def test_other_activations_and_fewer_samples():
    for network in (vector("sigmoid"), replace(vector(), inputs=ROWS[:3])):
        verdict = _proved(0.004, network)
        assert isinstance(verdict, Undecided) and verdict.check == 5
    jump = replace(vector(), activations=(parse_activation("squared_relu"),))
    loose = Evidence(0.004, HessianShifts(-10.0, 100.0))
    verdict = decide(_claim(), loose, jump)
    assert isinstance(verdict, Undecided) and verdict.check == 6


def test_a_step_above_the_bound():
    found = _found()
    long = replace(found.claim.minimiser, step_size_max=2.001 / (found.claim.strong_convexity + found.claim.smoothness))
    verdict = decide(replace(found.claim, minimiser=long), found.evidence, vector())
    assert isinstance(verdict, Undecided) and verdict.check == 9 and "step_size_max" in verdict.reason


def test_a_gradient_too_large_for_a_minimiser():
    found = _found(0.05)
    assert found.claim is not None and found.claim.minimiser is None
    claim = replace(found.claim, minimiser=Minimiser(found.claim.radius, 0.0, 1e308))
    verdict = decide(claim, found.evidence, given(vector(), 0.05))
    assert isinstance(verdict, Undecided) and verdict.check == 8


@pytest.mark.parametrize(
    "evidence",
    [Evidence(0.0, None, SHIFTS), Evidence(0.004), Evidence(0.004, HessianShifts(float("nan"), 1.0)), Evidence(-1.0)],
)
def test_evidence_out_of_range(evidence):
    verdict = decide(_claim(), evidence, vector())
    assert isinstance(verdict, Rejected) and verdict.check == 3


@pytest.mark.parametrize(
    "bent",
    [
        {"radius": 0.0},
        {"strong_convexity": 0.0},
        {"flat": ("input 0", "input 0")},
        {"minimiser": (0.5, 0.0, 1.0)},
        {"minimiser": (-0.1, 0.0, 1.0)},
        {"minimiser": (0.0, 2.0, 1.0)},
    ],
)
def test_claims_of_nothing_are_malformed(bent):
    with pytest.raises(MalformedCertificate):
        fields = {name: Minimiser(*value) if name == "minimiser" else value for name, value in bent.items()}
        replace(Claim("given", 0.1, 0.1, 1.0), **fields)


def test_the_sentence_rounds_in_the_weak_direction():
    text = Claim("planted", 0.123456789, 0.5, 2.0, Minimiser(0.0, 0.0, 0.0, 0.1, 0.8)).sentence()
    assert "that its teacher plants" in text and "0.12345" in text and "w^0" in text
    assert "w_0 itself, and f(ŵ) = 0." in text
    assert "descent" not in Claim("given", 0.1, 0.5, 2.0, Minimiser(0.0, 0.0, 0.0)).sentence()


def test_flat_directions_are_split_off():
    inputs = np.hstack([np.random.default_rng(4).normal(size=(20, 2)), np.zeros((20, 1))])
    network = planted(inputs, np.random.default_rng(5).normal(size=(2, 3)))
    found = propose(network)
    assert found.claim is not None and found.claim.flat == ("input 2",)
    verdict = decide(replace(found.claim, flat=()), found.evidence, network)
    assert isinstance(verdict, Rejected) and verdict.check == 2
    assert len(parameters(network)) == 6


def test_a_weaker_rate_has_longer_steps():
    """What was claimed when less was proved of m stays accepted."""
    found = _found()
    m, big = 0.75 * found.claim.strong_convexity, found.verdict.proved.smoothness
    for share, outcome in ((1 - 1e-9, Accepted), (1 + 1e-9, Undecided)):
        steps = replace(found.claim.minimiser, step_size_max=share * 2 / (m + big))
        verdict = decide(replace(found.claim, strong_convexity=m, minimiser=steps), found.evidence, vector())
        assert isinstance(verdict, outcome) and verdict.proved.strong_convexity == m
    assert isinstance(decide(replace(found.claim, minimiser=steps), found.evidence, vector()), Undecided)


def test_what_one_weight_attains():
    """F = w², y = 0, f = ½w⁴ + (3/2)w²: f'' = 6w² + 3, at most that at 1.1 on the ball of 1/10 around 1."""
    objective = Objective(Squared(Fraction(1, 2)), (Decay("layers.0.weight", Fraction(3)),))
    one, frozen = Dense(np.ones((1, 1)), None), Dense(np.ones((1, 1)), None, trained=False)
    network = Network((one, frozen), (parse_activation("quadratic"),), np.ones((1, 1)), np.zeros((1, 1)), objective)
    evidence = Evidence(0.1, HessianShifts(9 * (1 - 1e-12), 9 * (1 + 1e-12)))
    proved = decide(Claim("given", 0.1, 5e-324, 1e308), evidence, network).proved
    assert 6 * 1.1**2 + 3 <= proved.smoothness < (6 * 1.1**2 + 3) * 1.01
    assert 7.7 < proved.strong_convexity <= 6 * 0.9**2 + 3


def test_the_weaker_ends_of_balls_are_taken():
    found = _best([Curvature(arb(2, 1), arb(3, 1), "one way"), Curvature(arb(2, 1.5), arb(2, 2.5), "another")], (), 0.1)
    assert 1 - 1e-6 < float(found.strength) <= 1 and 4 <= float(found.smoothness) < 4 + 1e-6
    with pytest.raises(Refusal, match="strongly convex"):
        _best([Curvature(arb(1, 2), arb(3, 1), "one way")], (), 0.1)
