"""The rule of local convergence: honest claims pass; stronger, tampered and hopeless ones do not."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from certificates import Accepted, Rejected, Undecided, decide
from certificates.claims.local_convergence import Columns
from certificates.expression import parse_activation
from tests.support.naive import jacobian, parameters
from tests.support.shallow import shallow_problem
from verify.proposals.local_convergence import propose

WEAKER = {"start_radius": 0.5, "radius": 2.0, "step_size_max": 0.5, "decrease_rate": 0.5, "distance_factor": 2.0}


def _problem(seed=1, *args, **options):
    return shallow_problem(np.random.default_rng(seed), 4, 12, 6, *args, **options)


@pytest.fixture(scope="module")
def honest():
    network = _problem()
    found = propose(network)
    assert isinstance(found.verdict, Accepted), found.verdict.explanation()
    return network, found.claim, found.evidence


def test_an_honest_claim_is_accepted_on_both_arithmetics_with_the_same_numbers(honest):
    network, claim, evidence = honest
    verdicts = [decide(claim, evidence, network, arithmetic=arithmetic) for arithmetic in ("fast", "arb")]
    assert all(isinstance(verdict, Accepted) and not verdict.conditional for verdict in verdicts)
    for fast, slow in zip(*(verdict.facts for verdict in verdicts), strict=True):
        assert fast.symbol == slow.symbol
        assert max(fast.lower, slow.lower) <= min(fast.upper, slow.upper)


@pytest.mark.parametrize("name", sorted(WEAKER))
def test_weaker_fields_are_accepted_and_an_ulp_more_than_is_proved_is_not(honest, name):
    network, claim, evidence = honest
    weaker = replace(claim, **{name: getattr(claim, name) * WEAKER[name]})
    proved = decide(weaker, evidence, network).proved
    beyond = math.nextafter(getattr(proved, name), -math.inf if WEAKER[name] > 1 else math.inf)
    verdict = decide(replace(proved, **{name: beyond}), evidence, network)
    assert isinstance(verdict, Undecided) and verdict.check == 7 and name in verdict.reason


@pytest.mark.parametrize("name", sorted(WEAKER))
@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_claims_that_are_not_finite_are_not_accepted(honest, name, value):
    network, claim, evidence = honest
    assert not isinstance(decide(replace(claim, **{name: value}), evidence, network), Accepted)


def test_gradient_descent_from_the_rim_obeys_the_certificate(honest):
    network, claim, _ = honest
    rng, scale = np.random.default_rng(2), float(network.objective.loss.scale)
    centre, labels = parameters(network), _outputs(network, parameters(network))
    given = replace(network, teacher=None, targets=labels[:, None])
    for _ in range(3):
        direction = rng.normal(size=centre.size)
        start = w = centre + claim.start_radius * direction / np.linalg.norm(direction)
        for _ in range(100):
            error = _outputs(network, w) - labels
            eta = claim.step_size_max * rng.uniform(0.5, 1)
            w = w - eta * 2 * scale * jacobian(given, w, "tanh").T @ error
            after = _outputs(network, w) - labels
            assert np.linalg.norm(w - start) <= claim.radius
            assert after @ after <= (1 - claim.decrease_rate * eta) * (error @ error) + 1e-28


def _outputs(network, flat):
    units, d = network.layers[0].weight.shape
    w, v = flat[: units * d].reshape(units, d), flat[units * d :]
    return np.tanh(network.inputs @ w.T) @ v


TAMPERED = {
    "path of no length": (2, {"path_radius": 0.0}),
    "path NaN": (2, {"path_radius": math.nan}),
    "path infinite": (2, {"path_radius": math.inf}),
    "start negative": (2, {"start_radius": -1e-9}),
    "start NaN": (2, {"start_radius": math.nan}),
    "shift NaN": (5, {"kernel_shift": math.nan}),
    "negative shift": (5, {"kernel_shift": -1.0}),
    "moments of nothing": (5, {"fourth_moment_shift": 1e-9}),
    "moments NaN": (5, {"fourth_moment_shift": math.nan}),
    "theta far off": (5, {"theta": Fraction(10**6), "fourth_moment_shift": 10.0}),
}


@pytest.mark.parametrize("name", sorted(TAMPERED))
def test_tampered_evidence_is_refused_at_its_check(honest, name):
    network, claim, evidence = honest
    check, changes = TAMPERED[name]
    verdict = decide(claim, replace(evidence, **changes), network)
    assert not isinstance(verdict, Accepted) and verdict.check == check


def test_the_least_eigenvalue_a_hundredth_larger_is_refused(honest):
    network, claim, evidence = honest
    verdict = decide(claim, replace(evidence, kernel_shift=1.01 * evidence.kernel_shift), network)
    assert isinstance(verdict, Undecided) and verdict.check == 5


@pytest.mark.parametrize(("field", "factor"), [("start_radius", 3.0), ("path_radius", 1e3), ("path_radius", 0.5)])
def test_radii_past_the_limit_are_refused_by_the_criterion(honest, field, factor):
    network, claim, evidence = honest
    verdict = decide(claim, replace(evidence, **{field: factor * getattr(evidence, field)}), network)
    assert isinstance(verdict, Undecided) and verdict.check == 6 and "e_r" in verdict.required


@pytest.mark.parametrize("wrong", [0.0, -1.0, 1e9, math.nan, math.inf])
def test_wrong_guesses_for_the_columns_change_no_conclusion(honest, wrong):
    network, claim, evidence = honest
    right = decide(claim, evidence, network)
    verdict = decide(claim, replace(evidence, columns=Columns(*[wrong] * 5)), network)
    assert isinstance(verdict, Accepted) and verdict.proved == right.proved
    for bad, good in zip(verdict.facts, right.facts, strict=True):
        assert bad.lower <= good.lower * (1 + 1e-9) and good.upper <= bad.upper * (1 + 1e-9)


def test_given_labels_plant_nothing_however_small_the_residual():
    network = _problem(2, residual=0.0)
    found = propose(network)
    assert found.claim.around == "weights" and next(f.upper for f in found.verdict.facts if f.symbol == "e₀") > 0
    verdict = decide(replace(found.claim, around="teacher"), found.evidence, network)
    assert isinstance(verdict, Undecided) and verdict.check == 1 and "given" in verdict.reason


def test_one_label_changed_is_refused():
    network = _problem(2, residual=1e-6)
    found = propose(network)
    labels = network.targets.copy()
    labels[0] += 1
    verdict = decide(found.claim, found.evidence, replace(network, targets=labels))
    assert isinstance(verdict, Undecided) and verdict.check == 6


def test_constants_hold_as_far_as_paths_of_all_starts_lead(honest):
    """β is that of the ball of radius r + R: the same for other shares of the two."""
    network, claim, evidence = honest
    reach, found = 4 * evidence.path_radius, []
    for start in (0.0, 0.25 * reach, 0.75 * reach):
        parts = replace(evidence, start_radius=start, path_radius=reach - start)
        facts = decide(replace(claim, start_radius=0.0), parts, network).facts
        found += [fact.upper for fact in facts if fact.symbol == "β"]
    narrow = [fact.upper for fact in decide(claim, evidence, network).facts if fact.symbol == "β"]
    assert len(found) == 3 and found == pytest.approx(3 * found[:1], rel=1e-12) and found[0] > 1.001 * narrow[0]


def test_a_teacher_that_plants_labels_elsewhere_is_no_centre_of_the_weights(honest):
    _, claim, evidence = honest
    moved = _problem(away=0.3)
    assert isinstance(decide(claim, evidence, moved), Accepted)  # about the teacher, whatever the weights are
    verdict = decide(replace(claim, around="weights"), evidence, moved)
    assert isinstance(verdict, Undecided) and verdict.check == 6


def test_a_teacher_whose_frozen_layer_is_another_cannot_be_reached(honest):
    _, claim, evidence = honest
    network = _problem(trained=(True, False))
    assert isinstance(propose(network).verdict, Accepted)
    last = replace(network.layers[1], weight=np.nextafter(network.layers[1].weight, 2))
    verdict = decide(claim, evidence, replace(network, layers=(network.layers[0], last)))
    assert isinstance(verdict, Undecided) and verdict.check == 1 and "frozen" in verdict.reason


@pytest.mark.parametrize("name", ["relu", "leaky_relu(1/100)", "elu(1/2)", "piecewise(z, 0, z+1)"])
def test_kinks_are_refused(honest, name):
    network, claim, evidence = honest
    verdict = decide(claim, evidence, replace(network, activations=(parse_activation(name),)))
    assert isinstance(verdict, Rejected) and verdict.check == 3


@pytest.mark.parametrize("name", ["softplus(1)", "gelu", "elu(1)", "squared_relu", "sigmoid"])
@pytest.mark.parametrize("trained", [(True, True), (True, False)])
def test_smooth_activations_have_a_ball_of_starts(name, trained):
    found = propose(_problem(3, name, trained=trained))
    assert isinstance(found.verdict, Accepted) and found.claim.start_radius > 0


def test_more_samples_than_parameters_are_rejected():
    verdict = propose(shallow_problem(np.random.default_rng(0), 2, 3, 10)).verdict
    assert isinstance(verdict, Rejected) and verdict.check == 1 and "p = 9" in verdict.required
    assert propose(shallow_problem(np.random.default_rng(0), 2, 3, 7, trained=(True, False))).verdict.check == 1


def test_work_beyond_the_budget_is_undecided_with_the_estimate(honest):
    network, claim, evidence = honest
    verdict = decide(claim, evidence, network, budget=1e6)
    assert isinstance(verdict, Undecided) and verdict.check == 4 and "operations" in verdict.seen


def test_the_scale_of_the_loss_changes_units_only(honest):
    network, claim, _ = honest
    scaled = propose(_problem(scale=7)).claim
    ratio = 7 / float(network.objective.loss.scale)
    assert np.isclose(scaled.start_radius, claim.start_radius, rtol=1e-4)
    assert np.isclose(scaled.step_size_max * ratio, claim.step_size_max, rtol=1e-4)
    assert np.isclose(scaled.decrease_rate, claim.decrease_rate * ratio, rtol=1e-4)
