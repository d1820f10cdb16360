"""The rule of `strict-minimum`: the test vectors of theory chapter 6 to their digits, and what it must refuse."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from functools import cache

import numpy as np
import pytest

from certificates import Accepted, Dense, Rejected, Undecided, decide
from certificates.claims.strict_minimum import Claim, Evidence, FloatLoop, FloatLoopEvidence
from certificates.enclosures.objectives.point import evaluate
from certificates.enclosures.objectives.turning import turning
from certificates.errors import MalformedCertificate
from certificates.subjects import Squared
from tests.support.minima import VECTORS, classifier, decays, fitted, problem, vector
from tests.support.planted_frozen import frozen_problem
from verify.numeric.smooth_objective import FloatObjective
from verify.proposals.strict_minimum import propose

BOTH = ("layers.0.weight", "layers.1.weight")


@cache
def found(name):
    return propose(vector(name))


@pytest.mark.parametrize("name", VECTORS)
def test_vectors_to_their_digits(name):
    value, eigenvalues = VECTORS[name]
    proved = found(name).verdict.proved
    assert proved.value_lower <= Fraction(value) <= proved.value_upper
    assert proved.value_upper - proved.value_lower < 1e-13
    assert proved.distance < 1e-15 < proved.radius
    least = float(Fraction(eigenvalues[0]))
    assert least * (1 - 1e-9) < proved.strong_convexity <= Fraction(eigenvalues[0]) + Fraction(1, 10**15)
    assert proved.smoothness >= Fraction(eigenvalues[-1]) - Fraction(1, 10**15)
    assert proved.flat == (("output.bias shift",) if name == "D" else ())


@pytest.mark.parametrize("name", VECTORS)
def test_the_hessian_is_positive_definite_on_the_sphere_of_the_radius(name):
    """By another method, at points that are drawn."""
    network, claim = vector(name), found(name).claim
    objective, rng = FloatObjective(network), np.random.default_rng(1)
    w = objective.initial()
    for _ in range(50):
        step = rng.normal(size=w.size)
        values = np.linalg.eigvalsh(objective.hessian(w + claim.radius * step / np.linalg.norm(step)))
        assert values[len(claim.flat)] > 0


def test_a_saddle_is_no_minimum():
    claim, evidence = replace(found("A").claim, float_loop=None), found("A").evidence
    verdict = decide(claim, evidence, vector("B"))
    assert isinstance(verdict, Undecided) and verdict.check == 5
    assert propose(vector("B")).claim is None


def test_dead_units_leave_no_strict_minimum():
    dead = problem((Dense(np.zeros((1, 1)), np.zeros(1)), Dense(np.zeros((1, 1)), None)), [[1], [2]], [[0], [0]],
                   Squared(Fraction(1)), decays("1/10", *BOTH))  # fmt: skip
    verdict = propose(dead).verdict
    assert verdict.check == 5 and "positive definite" in verdict.reason


def test_flat_directions_are_listed_whatever_their_order():
    plain = classifier(np.random.default_rng(1), (1, 1, 1), 8, Squared(Fraction(1, 8)), Fraction(1, 10))
    weight, inputs = np.hstack([plain.layers[0].weight, [[2.0, -1.0]]]), np.hstack([plain.inputs, np.zeros((8, 2))])
    layers = (replace(plain.layers[0], weight=weight), plain.layers[1])
    objective = replace(plain.objective, decay=decays("1/10", "layers.1.weight"))
    unused = fitted(replace(plain, inputs=inputs, layers=layers, objective=objective))
    best = propose(unused)
    claim, evidence = best.claim, best.evidence
    assert claim.flat == ("input 1", "input 2")
    assert isinstance(decide(replace(claim, flat=claim.flat[::-1]), evidence, unused), Accepted)
    for flat in (claim.flat[:1], (*claim.flat, "input 0")):
        verdict = decide(replace(claim, flat=flat), evidence, unused)
        assert isinstance(verdict, Rejected) and verdict.check == 2
    with pytest.raises(MalformedCertificate, match="distinct"):
        replace(claim, flat=claim.flat * 2)


def test_a_correction_moves_the_centre():
    """Weights of 30 bits, with what was cut off: ŵ is as far as that, and the gradient is seen beyond binary64."""
    network = vector("A")
    printed = (Fraction("1.142558494481736832"), Fraction("1.666693244677236523"))
    high = [float(np.float32(float(x))) for x in printed]
    low = tuple(float(x - Fraction(h)) for x, h in zip(printed, high, strict=True))
    layers = tuple(replace(layer, weight=np.array([[h]])) for layer, h in zip(network.layers, high, strict=True))
    near = replace(network, layers=layers)
    evidence = replace(
        found("A").evidence, inner_radius=1e-5, radius=1e-5, shift_lower=0.2, correction=(low,), float_loop=None
    )
    claim = Claim(1e-5, 1e-5, 5e-324, 1e308, -1e308, 1e308)
    size = float(np.hypot(*low))
    proved = decide(claim, evidence, near).proved
    assert size <= proved.distance < size * (1 + 1e-9)
    doubled = decide(claim, replace(evidence, correction=(tuple(2 * x for x in low),)), near).proved
    assert proved.distance * 1.5 < doubled.distance


def test_relu_inside_its_cell():
    """F = vwx on positive inputs: f is smooth there, and beyond the cell no Hessian is claimed."""
    inside = problem((Dense(np.ones((1, 1)), None), Dense(np.ones((1, 1)), None)), [[1], [2]], [[1], [2]],
                     Squared(Fraction(1, 2)), decays("1/10", *BOTH), activation="relu")  # fmt: skip
    inside = fitted(inside)
    best = propose(inside)
    assert isinstance(best.verdict, Accepted)
    beyond = replace(best.evidence, radius=5.0)
    verdict = decide(replace(best.claim, radius=5.0), beyond, inside)
    assert verdict.check == 6 and "breakpoint" in verdict.seen


@pytest.mark.parametrize("activation", ["relu", "leaky_relu(1/2)", "elu(1)", "squared_relu", "piecewise(z, 0, z+1)"])
def test_no_ball_across_a_breakpoint(activation):
    """The sample x = 0 has its pre-activation at the breakpoint, whatever the weight: φ'' jumps there, or φ' or φ."""
    network = problem((Dense(np.ones((1, 1)), None), Dense(np.ones((1, 1)), None)), [[0], [1]], [[0], [1]],
                      Squared(Fraction(1, 2)), decays("3", *BOTH), activation=activation)  # fmt: skip
    claim = Claim(1e-9, 1e-9, 5e-324, 1e308, -1e308, 1e308)
    verdict = decide(claim, Evidence(1e-9, 1e-9, 1e-3, 100.0), network)
    assert isinstance(verdict, Undecided)
    assert verdict.check == (6 if activation in ("elu(1)", "squared_relu") else 5)  # both one-sided slopes are enclosed
    assert verdict.check == 5 or "breakpoint" in verdict.seen


def test_what_the_rule_is_not_about():
    claim = Claim(1.0, 1.0, 5e-324, 1e308, -1e308, 1e308)
    evidence = Evidence(1.0, 1.0, 1e-9, 1.0)
    wide = problem(
        (Dense(np.ones((1, 10_000)), None), Dense(np.ones((1, 1)), None)),
        np.ones((1, 10_000)),
        [[1.0]],
        Squared(Fraction(1)),
    )
    verdict = decide(claim, evidence, wide)
    assert isinstance(verdict, Undecided) and verdict.check == 1
    verdict = decide(claim, evidence, vector("A"), arithmetic="arb")
    assert verdict.check == 0 and "binary64 only" in verdict.reason


def test_planted_labels_are_those_of_the_teacher():
    """Of z³ and small integers they are numbers that binary64 holds: given, they have the same minimum."""
    rng = np.random.default_rng(2)
    inputs, rows = rng.integers(-3, 4, size=(9, 2)).astype(float), np.array([[2.0, 1.0], [1.0, -1.0]])
    planted = frozen_problem(rows + 0.125, rows, [1.0, 1.0], inputs, "z^3")
    planted = replace(planted, objective=replace(planted.objective, decay=decays("1/8", "layers.0.weight")))
    given = replace(planted, targets=((inputs @ rows.T) ** 3).sum(axis=1, keepdims=True), teacher=None)
    mine, theirs = (propose(fitted(each)).verdict.proved for each in (planted, given))
    for name in ("radius", "distance", "strong_convexity", "smoothness", "value_lower", "value_upper"):
        assert getattr(mine, name) == pytest.approx(getattr(theirs, name), rel=1e-9, abs=1e-14)
    assert mine.value_lower > 0.01


def test_the_work_is_estimated_before_it_starts():
    network = classifier(np.random.default_rng(0), (30, 40, 5), 400, vector("C").objective.loss, Fraction(1, 10))
    claim = Claim(1.0, 1.0, 5e-324, 1e308, -1e308, 1e308, flat=("output.bias shift",))
    verdict = decide(claim, Evidence(1.0, 1.0, 1e-9, 1.0), network, budget=1e9)
    assert (verdict.check, verdict.cause) == (4, "budget")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("radius", float("nan")),
        ("radius", 1e300),
        ("inner_radius", 5e-324),
        ("inner_radius", -1.0),
        ("shift_lower", -1e300),
        ("shift_lower", 5e-324),
        ("shift_upper", float("inf")),
        ("shift_upper", 1e300),
        ("correction", 1e300),
        ("correction", 5e-324),
    ],
)
def test_tampered_evidence_proves_nothing_false(field, value):
    """Whatever stands there: refused, or what is proved holds of the known minimum."""
    best = found("A")
    bent = replace(best.evidence, **{field: ((value, value),) if field == "correction" else value})
    verdict = decide(replace(best.claim, radius=best.claim.distance), bent, vector("A"))
    if isinstance(verdict, Accepted):
        assert verdict.proved.strong_convexity <= 0.207863752230684 and verdict.proved.radius < 0.3


def _beside(step: float):
    """Vector A with one weight off by a step, and evidence whose ball is 1.5 times as large as the distance."""
    network, evidence = vector("A"), found("A").evidence
    first, last = network.layers
    ball = dict.fromkeys(("radius", "inner_radius"), 1.5 * step)
    return replace(network, layers=(replace(first, weight=first.weight + step), last)), replace(
        evidence, shift_lower=0.2, correction=((-step, 0.0),), **ball
    )


def test_the_curvature_is_less_by_what_it_may_turn_on_the_inner_ball():
    network, evidence = _beside(2.0**-12)
    objective = FloatObjective(network)
    least = float(np.linalg.eigvalsh(objective.hessian(objective.initial()))[0])
    claim = Claim(2.0**-12 * 1.01, 2.0**-12 * 1.01, 5e-324, 1e308, -1e308, 1e308)
    proved = decide(claim, replace(evidence, shift_lower=least - 1e-9, float_loop=None), network).proved
    turned = float(turning(evaluate(network), evidence.inner_radius).h.lower())
    assert proved.strong_convexity <= least - turned + 1e-13 < least - 1e-7


def test_a_bound_of_the_least_eigenvalue_below_zero_is_no_curvature():
    best = found("A")
    claim = replace(best.claim, radius=best.claim.distance, float_loop=None)
    saddle = decide(claim, replace(best.evidence, shift_lower=-0.5, float_loop=None), vector("B"))
    assert saddle.check == 5 and "λ_min ≥ -0." in saddle.seen


def test_numbers_of_a_loop_pay_for_its_roundings():
    best = found("D")
    loop, m, norm = best.claim.float_loop, best.claim.strong_convexity, np.linalg.norm
    size = norm(
        [norm(tensor) for layer in vector("D").layers for tensor in (layer.weight, layer.bias) if tensor is not None]
    )
    error = loop.gradient_error + 2.0**-53 * size / loop.step_size
    assert loop.drift * m >= error
    assert loop.horizon * loop.step_size * error <= loop.flat_drift


def test_a_loop_stays_as_near_as_is_proved():
    """Steps in binary64, each gradient off by ε_g in the worst direction that is known: away from ŵ."""
    best = found("D")
    objective, loop = FloatObjective(vector("D")), best.claim.float_loop
    w, start = objective.initial(), objective.initial()
    flat = np.array([0.0, 0, 0, 0, 1, 1, 1]) / np.sqrt(3)
    for _ in range(200):
        away = w - start
        away = away / np.linalg.norm(away) if away.any() else flat
        gradient = objective.gradient(w.astype(np.longdouble)) - loop.gradient_error * away * (1 - 1e-6)
        w = w - loop.step_size * gradient.astype(np.float64)
    along = (w - start) @ flat
    assert np.linalg.norm(w - start - along * flat) <= loop.drift + 2 * best.claim.distance
    assert abs(along) <= loop.flat_drift and loop.horizon > 200


# ---- where each inequality stops holding ---------------------------------------------------------------------

U = 2.0**-53


@cache
def moved():
    """Vector A with weights off by 10⁻³, a ball that still holds the minimum, and what is proved there."""
    network = vector("A")
    layers = tuple(replace(layer, weight=layer.weight + 1e-3) for layer in network.layers)
    near, claim = replace(network, layers=layers), Claim(0.05, 0.05, 5e-324, 1e308, -1e308, 1e308)
    evidence = Evidence(0.05, 0.05, 0.2, 0.35)
    return near, claim, evidence, decide(claim, evidence, near).proved


def test_the_value_is_that_of_the_minimum_and_not_of_the_weights():
    *_, proved = moved()
    value = Fraction(VECTORS["A"][0])
    assert proved.value_lower <= value <= proved.value_upper - 1e-8
    assert proved.value_upper - proved.value_lower == pytest.approx(
        proved.smoothness * proved.distance**2 / 2, rel=1e-6
    )
    assert np.hypot(1e-3, 1e-3) < proved.distance < 0.01


@pytest.mark.parametrize(("room", "descends"), [(3.9e-3, False), (4.3e-3, True)])
def test_descent_needs_twice_the_distance_as_room(room, descends):
    near, claim, evidence, _ = moved()
    found = decide(claim, replace(evidence, inner_radius=room), near).proved
    assert (found.step_size_max > 0) == descends == (2 * found.distance <= room)
    if descends:
        assert found.step_size_max == pytest.approx(2 / (found.strong_convexity + found.smoothness), rel=1e-12)


def test_a_weaker_rate_has_longer_steps():
    near, _, evidence, proved = moved()
    m = 0.75 * proved.strong_convexity
    for share, check in ((1 - 1e-9, None), (1 + 1e-9, 9)):
        step = share * 2 / (m + proved.smoothness)
        verdict = decide(replace(proved, strong_convexity=m, step_size_max=step), evidence, near)
        assert getattr(verdict, "check", None) == check and verdict.proved.strong_convexity == m
    assert decide(replace(proved, step_size_max=step), evidence, near).check == 9


def test_the_ball_ends_where_the_hessian_may_turn_as_far_as_its_least_eigenvalue():
    best = found("A")
    wide = 1.1 * best.evidence.radius
    verdict = decide(replace(best.claim, radius=wide), replace(best.evidence, radius=wide), vector("A"))
    assert verdict.check == 6


@pytest.mark.parametrize(("share", "check"), [(0.999, None), (1.001, 8)])
def test_a_loop_has_steps_up_to_two_over_the_sum_of_the_ends(share, check):
    near, claim, evidence, proved = moved()
    loop = FloatLoopEvidence(share * proved.step_size_max, 1e-12)
    asked = replace(claim, float_loop=FloatLoop(loop.step_size, 0.0, 1e308))
    verdict = decide(asked, replace(evidence, float_loop=loop), near)
    assert getattr(verdict, "check", None) == check


@pytest.mark.parametrize(("share", "check"), [(0.98, None), (1.02, 8)])
def test_a_loop_needs_room_for_its_errors_and_twice_the_distance(share, check):
    near, claim, evidence, proved = moved()
    room = proved.strong_convexity * (0.05 - 2 * proved.distance)
    loop = FloatLoopEvidence(1.0, share * room)
    asked = replace(claim, float_loop=FloatLoop(1.0, 0.0, 1e308))
    verdict = decide(asked, replace(evidence, float_loop=loop), near)
    assert getattr(verdict, "check", None) == check


def test_what_a_loop_drifts_by_is_its_errors_over_the_curvature():
    """Tiny steps are lost in the rounding of the weights: u‖w_0‖/η of the gradient."""
    near, claim, evidence, _ = moved()
    step, error = 2.0**-30, 1e-9
    asked = replace(claim, float_loop=FloatLoop(step, 0.0, 1e308))
    proved = decide(asked, replace(evidence, float_loop=FloatLoopEvidence(step, error)), near).proved
    size, m = float(np.hypot(1.143558494481737, 1.667693244677237)), proved.strong_convexity
    largest = proved.smoothness * (0.05 + proved.distance) + error
    expected = (error + U * largest + U * (size + 0.05) / step) / m
    assert proved.float_loop.drift == pytest.approx(expected, rel=1e-9)
