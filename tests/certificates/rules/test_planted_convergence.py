"""`planted-convergence`: vector 9.2, attacks on every check, other problems."""

from __future__ import annotations

import math
from dataclasses import fields, replace
from fractions import Fraction

import numpy as np
import pytest

from certificates import Accepted, Dense, Rejected, Undecided, decide
from certificates.arithmetic.arb import exact, lower, precision
from certificates.claims.planted_convergence import Claim, Evidence
from certificates.errors import MalformedCertificate
from certificates.expression import parse_activation
from certificates.subjects import Decay, Objective, Squared
from tests.support.planted_frozen import frozen_problem, random_frozen, vector_9_2
from verify.proposals.planted_convergence import propose

WEAKEST = Claim(Fraction(1, 10), 5e-324, 0.0)
VECTOR = Evidence(0.04, 0.085817, 0.03646943025, 0.41448404025, Fraction(1288290, 8_000_000), 29.7117105998 / 8 + 1e-9)


@pytest.fixture(scope="module")
def honest():
    return _found(random_frozen(np.random.default_rng(0), "tanh", 2, 3, 200, away=0.01))


@pytest.fixture(scope="module")
def kinked():
    return _found(random_frozen(np.random.default_rng(3), "relu", 2, 3, 300, away=1e-4))


def _found(network):
    found = propose(network)
    assert isinstance(found.verdict, Accepted), found.verdict.explanation()
    return network, found.claim, found.evidence


def _judge(honest, claim=None, evidence=None, network=None, **options):
    return decide(claim or honest[1], evidence or honest[2], network or honest[0], **options)


def _facts(verdict):
    return {fact.symbol: fact for fact in verdict.facts}


# ---- vector 9.2 ---------------------------------------------------------------------------------------------------


def test_the_vector_to_its_printed_digits():
    verdict = decide(WEAKEST, VECTOR, vector_9_2())
    assert isinstance(verdict, Accepted), verdict.explanation()
    facts = _facts(verdict)
    assert facts["s_*"].lower ** 2 == pytest.approx(0.0364694303, abs=2e-10)
    assert facts["S_*"].upper ** 2 == pytest.approx(0.4144840402, abs=2e-10)
    assert facts["χ/n"].upper * 8 == pytest.approx(29.7117105998, abs=2e-8)
    assert facts["β"].upper == pytest.approx(1.4835320866, abs=1e-9)
    assert facts["2s_*/3β"].lower == pytest.approx(0.0858175846, abs=2e-10)
    s, turn = math.sqrt(0.0364694303), 1.4835320866 * 0.04
    rate = (s - 1.5 * turn) * (s - 0.5 * turn)
    assert verdict.proved.decrease == pytest.approx(0.1 * rate, rel=1e-7)
    assert verdict.proved.step_size_max == pytest.approx((math.sqrt(0.4144840402) + turn) ** -2, rel=1e-9)
    assert verdict.proved.unique_radius == 0.085817 and verdict.proved.distance == 0.0


@pytest.mark.parametrize(("radius", "holds"), [(0.0858175845, True), (0.0858175847, False), (2 * 0.0858175846, False)])
def test_the_one_point_radius_is_the_limit(radius, holds):
    sharp = replace(VECTOR, shift_lower=0.03646943030, radius=radius, unique_radius=0.0)
    sharp = replace(sharp, shift_lower=float(np.nextafter(_least(), 0) - 1e-13), fourth_shift=_fourth() * (1 + 1e-12))
    verdict = decide(replace(WEAKEST, step_size=Fraction(1, 100)), sharp, vector_9_2())
    assert isinstance(verdict, Accepted) == holds
    if not holds:
        assert isinstance(verdict, Undecided) and verdict.check == 5


def _least():
    x = vector_9_2().inputs
    rows = ((1 - np.tanh(x) ** 2)[:, :, None] * x[:, None, :]).reshape(8, 4)
    return np.linalg.eigvalsh(rows.T @ rows / 8)[0]


def _fourth():
    """λ_max(T − θE), θ of the vector, from the definition."""
    x, root = vector_9_2().inputs, math.sqrt(2)
    rows = np.array([[a * a, root * a * b, b * b] for a, b in x])
    exchange = np.array([[0, 0, 1.0], [0, -1, 0], [1, 0, 0]])
    return np.linalg.eigvalsh(rows.T @ rows / 8 - float(VECTOR.theta) * exchange)[-1]


def test_the_same_data_with_relu_are_refused():
    """A sample lies on a kink at W*: τ(0+) = 8^(−½) is above s_*/2, which is 0.1153 with the slope 0 there."""
    verdict = decide(WEAKEST, Evidence(1e-12, 0.0, 0.0531, 4.0), vector_9_2("relu"))
    assert isinstance(verdict, Undecided) and verdict.check == 5
    facts = _facts(verdict)
    assert 8**-0.5 <= facts["τ"].upper == pytest.approx(0.3536, abs=5e-4)
    assert facts["s_*"].lower / 2 == pytest.approx(0.1153, abs=2e-4)


# ---- what is proved -----------------------------------------------------------------------------------------------


def test_steps_from_the_rim_are_no_slower(honest, kinked):
    """In float64, from starts in every direction: the certificate's numbers are far above roundings."""
    rng = np.random.default_rng(1)
    for network, claim, _ in (honest, kinked):
        planted, outer = network.teacher[0].weight, network.layers[1].weight
        for _ in range(6):
            step = rng.normal(size=planted.shape)
            before = claim.radius * step / np.linalg.norm(step)
            after = before - float(claim.step_size) * _gradient(network, planted + before, outer)
            assert np.sum(after**2) <= (1 - claim.decrease) * np.sum(before**2) * (1 + 1e-9)


def _gradient(network, weights, outer):
    """∇f, one sample at a time."""
    total, scale = np.zeros_like(weights), float(network.objective.loss.scale)
    value = np.tanh if network.activations[0].text == "tanh" else lambda z: np.maximum(z, 0.0)
    slope = (lambda z: 1 - np.tanh(z) ** 2) if network.activations[0].text == "tanh" else lambda z: (z > 0) * 1.0
    for x in network.inputs:
        residual = outer @ (value(weights @ x) - value(network.teacher[0].weight @ x))
        total += 2 * scale * np.outer((outer.T @ residual) * slope(weights @ x), x)
    return total


@pytest.mark.parametrize(
    ("activation", "outputs", "biased"), [("tanh", 2, True), ("relu", 3, True), ("squared_relu", 1, True)]
)
def test_biases_and_several_outputs(activation, outputs, biased):
    network = random_frozen(np.random.default_rng(5), activation, 2, 2, 400, away=1e-4, biased=biased, outputs=outputs)
    _, claim, _ = _found(network)
    offset = math.hypot(
        np.linalg.norm(network.layers[0].bias), np.linalg.norm(network.layers[0].weight - network.teacher[0].weight)
    )
    assert claim.distance == pytest.approx(offset, rel=1e-5)


def test_any_scale_of_the_loss_only_rescales_steps(honest):
    network, claim, _ = honest
    third = replace(network, objective=Objective(Squared(network.objective.loss.scale / 3)))
    verdict = _judge(honest, claim=replace(claim, step_size=3 * claim.step_size), network=third)
    assert isinstance(verdict, Accepted)
    assert verdict.proved.decrease == pytest.approx(_judge(honest).proved.decrease, rel=1e-12)
    assert verdict.proved.step_size_max == pytest.approx(3 * _judge(honest).proved.step_size_max, rel=1e-12)
    assert (
        _judge(honest, network=replace(network, objective=Objective(Squared(2 * network.objective.loss.scale)))).check
        == 6
    )


def test_a_start_beyond_the_ball_claims_nothing_of_the_given_weights(honest):
    far = replace(honest[0], layers=(Dense(honest[0].teacher[0].weight + 1, None, True), honest[0].layers[1]))
    assert _judge(honest, network=far).check == 8
    verdict = _judge(honest, claim=replace(honest[1], distance=None), network=far)
    assert isinstance(verdict, Accepted) and verdict.proved.distance is None
    found = propose(far)
    assert found.claim.distance is None and "given weights" not in found.claim.sentence()


def test_a_start_on_the_rim_is_one_and_just_beyond_it_is_none(honest):
    mine, planted = honest[0].layers[0].weight.ravel().tolist(), honest[0].teacher[0].weight.ravel().tolist()
    squares = sum((Fraction(a) - Fraction(b)) ** 2 for a, b in zip(mine, planted, strict=True))
    near = _judge(honest).proved.distance
    assert Fraction(near * (1 - 1e-12)) ** 2 < squares <= Fraction(near) ** 2
    for radius in (near, math.nextafter(near, 0), near / 1.5):
        asked = replace(WEAKEST, step_size=honest[1].step_size, radius=radius, distance=radius)
        verdict = _judge(honest, claim=asked, evidence=replace(honest[2], radius=radius, unique_radius=0.0))
        assert isinstance(verdict, Accepted) if radius == near else verdict.check == 8


def test_what_is_proved_is_on_the_safe_side_and_as_far_as_the_evidence(kinked):
    """The decrease and the longest step from the facts in exact numbers, the radii from the evidence."""
    network, claim, evidence = kinked
    for share in range(1, 8):
        third = replace(network, objective=Objective(Squared(network.objective.loss.scale / (2 * share + 1))))
        part = replace(evidence, radius=evidence.radius * share / 8, unique_radius=0.0)
        step, factor = claim.step_size * Fraction(share, 11), Fraction(1, 2 * share + 1)
        verdict = _judge((third, replace(WEAKEST, step_size=step), part))
        proved, facts = verdict.proved, _facts(verdict)
        decrease = factor * step * Fraction(facts["κ"].lower)
        assert Fraction(proved.decrease) <= decrease <= Fraction(math.nextafter(proved.decrease, 1))
        with precision(256):
            longest = lower(1 / (exact(facts["S_*"].upper) + exact(facts["τ"].upper)) ** 2)
        assert (
            Fraction(proved.step_size_max)
            <= Fraction(longest) / factor
            <= Fraction(proved.step_size_max * (1 + 2.0**-50))
        )
        assert proved.radius == proved.unique_radius == part.radius


def test_in_the_cell_of_a_relu_the_rate_is_that_of_a_quadratic(kinked):
    verdict = decide(
        replace(WEAKEST, step_size=Fraction(1, 4)), replace(kinked[2], radius=1e-9, unique_radius=0.0), kinked[0]
    )
    facts = _facts(verdict)
    assert facts["τ"].upper == 0 and verdict.proved.decrease == pytest.approx(facts["s_*"].lower ** 2 / 4, rel=1e-9)


# ---- claims that are too strong -----------------------------------------------------------------------------------

DIRECTED = ["radius", "decrease", "step_size_max", "unique_radius", "distance"]


def test_one_ulp_more_than_proved_is_refused(honest, kinked):
    for each in (honest, kinked):
        proved = _judge(each).proved
        assert isinstance(_judge(each, claim=proved), Accepted)
        for name in DIRECTED:
            moved = math.nextafter(getattr(proved, name), -math.inf if name == "distance" else math.inf)
            verdict = _judge(each, claim=replace(proved, **{name: moved}))
            assert isinstance(verdict, Undecided) and verdict.check == 9 and name in verdict.reason


@pytest.mark.parametrize("name", DIRECTED)
@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_numbers_that_are_none_are_refused(honest, name, value):
    assert _judge(honest, claim=replace(honest[1], **{name: value})).check in (8, 9)


@pytest.mark.parametrize(
    "changes",
    [{"step_size": Fraction(0)}, {"step_size": Fraction(-1)}, {"radius": 0.0}, {"radius": -1.0},
     {"step_size_max": -1.0}, {"unique_radius": -1.0}, {"distance": -1.0}, {"distance": 1.0, "radius": 0.5}],
)  # fmt: skip
def test_claims_about_nothing_are_malformed(changes):
    with pytest.raises(MalformedCertificate):
        replace(WEAKEST, **changes)


def test_every_field_has_a_direction_but_the_step(honest):
    assert [spec.name for spec in fields(Claim) if "weaker" not in spec.metadata] == ["step_size"]
    parts = ("No other critical point", "any other constant step", "The given weights")
    assert [part in honest[1].sentence() for part in parts] == [True] * 3
    assert [part in WEAKEST.sentence() for part in parts] == [False] * 3


# ---- evidence -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "changes",
    [{"radius": 0.0}, {"radius": -1.0}, {"radius": math.nan}, {"radius": math.inf}, {"unique_radius": -1.0},
     {"unique_radius": math.inf}, {"shift_lower": math.nan}, {"shift_upper": math.inf}, {"fourth_shift": math.nan}],
)  # fmt: skip
def test_evidence_out_of_range_is_rejected(honest, changes):
    verdict = _judge(honest, evidence=replace(honest[2], **changes))
    assert isinstance(verdict, Rejected) and verdict.check == 2


@pytest.mark.parametrize(
    ("name", "factor"), [("shift_lower", 1.01), ("shift_upper", 0.99), ("fourth_shift", 0.99), ("shift_lower", -1.0)]
)
def test_shifts_beyond_the_spectrum_are_refused(honest, name, factor):
    verdict = _judge(honest, evidence=replace(honest[2], **{name: getattr(honest[2], name) * factor}))
    assert isinstance(verdict, Undecided) and verdict.check == 4


def test_a_radius_past_the_limit_is_refused(honest, kinked):
    for each in (honest, kinked):
        assert _judge(each, evidence=replace(each[2], radius=2.1 * each[2].radius)).check == 5
        wide = replace(each[2], radius=1.7 * each[2].radius, unique_radius=1.01 * each[2].unique_radius)
        assert _judge(each, claim=replace(WEAKEST, step_size=each[1].step_size / 8), evidence=wide).check == 7
        assert _judge(each, evidence=replace(each[2], unique_radius=1.01 * each[2].unique_radius)).check == 7


def test_without_a_radius_for_uniqueness_it_is_that_of_the_ball(honest):
    verdict = _judge(
        honest, evidence=replace(honest[2], unique_radius=0.0), claim=replace(honest[1], unique_radius=0.0)
    )
    assert isinstance(verdict, Accepted) and verdict.proved.unique_radius == honest[2].radius


def test_a_longer_step_is_refused(honest):
    assert _judge(honest, claim=replace(honest[1], step_size=2 * honest[1].step_size)).check == 6
    assert _judge(honest, claim=replace(honest[1], step_size=Fraction(10) ** 400)).check == 6


def test_the_bound_without_pairs_of_inputs_is_larger(honest):
    by_samples = replace(honest[2], fourth_shift=None, unique_radius=0.0, radius=honest[2].radius / 4)
    verdict = _judge(honest, claim=replace(WEAKEST, step_size=honest[1].step_size / 8), evidence=by_samples)
    assert isinstance(verdict, Accepted)
    assert _facts(verdict)["χ/n"].upper > _facts(_judge(honest))["χ/n"].upper


# ---- other problems -----------------------------------------------------------------------------------------------


def test_given_labels_are_refused_even_where_they_are_the_teachers_to_the_last_bit(honest):
    network = honest[0]
    labels = np.tanh(network.inputs @ network.teacher[0].weight.T) @ network.layers[1].weight.T
    verdict = _judge(honest, network=replace(network, teacher=None, targets=labels))
    assert isinstance(verdict, Undecided) and verdict.check == 1 and "given" in verdict.reason
    assert propose(replace(network, teacher=None, targets=labels)).claim is None


def _other_output(network):
    hidden, last = network.layers
    return replace(network, layers=(hidden, Dense(last.weight * (1 + 2.0**-52), None, False)))


def _wider_teacher(network):
    first = network.teacher[0]
    return replace(
        network,
        teacher=(Dense(np.vstack([first.weight, first.weight[:1]]), None, False), Dense(np.ones((1, 3)), None, False)),
    )


def _output_bias(network):
    hidden, last = network.layers
    return replace(network, layers=(hidden, Dense(last.weight, np.zeros(1), False)))


def _trained_output(network):
    hidden, last = network.layers
    return replace(network, layers=(hidden, Dense(last.weight, None, True)))


def _frozen_hidden(network):
    hidden, last = network.layers
    return replace(network, layers=(Dense(hidden.weight, None, False), Dense(last.weight, None, True)))


@pytest.mark.parametrize("bend", [_other_output, _wider_teacher, _output_bias, _trained_output, _frozen_hidden])
def test_networks_whose_teacher_is_no_point_of_theirs_are_refused(honest, bend):
    verdict = _judge(honest, network=bend(honest[0]))
    assert isinstance(verdict, Undecided) and verdict.check == 1 and verdict.advice


def test_another_loss_is_refused(honest):
    penalised = Objective(honest[0].objective.loss, (Decay("layers.0.weight", Fraction(1)),))
    verdict = _judge(honest, network=replace(honest[0], objective=penalised))
    assert isinstance(verdict, Undecided) and verdict.check == 0


def test_an_activation_that_turns_faster_is_refused(honest):
    assert _judge(honest, network=replace(honest[0], activations=(parse_activation("sin"),))).check in (4, 5)


def test_linear_units_contract_on_every_ball():
    network, claim, evidence = _found(random_frozen(np.random.default_rng(0), "identity", 1, 2, 20))
    verdict = decide(claim, evidence, network)
    assert claim.unique_radius > 1e17 and not {"2s_*/3β", "τ"} & set(_facts(verdict))


def test_three_slopes_are_covered_as_long_as_no_kink_is_met(honest):
    three = replace(honest[0], activations=(parse_activation("piecewise(-1, -1, z, 1, 1)"),))
    evidence = _found(three)[2]
    verdict = decide(WEAKEST, replace(evidence, radius=100 * evidence.unique_radius), three)
    assert isinstance(verdict, Undecided) and verdict.check == 5 and "breakpoint" in verdict.seen


def test_an_activation_that_jumps_is_refused(honest):
    jumping = replace(honest[0], activations=(parse_activation("piecewise(0, 0, 1+z)"),))
    found = propose(jumping)
    assert found.claim is None and isinstance(found.verdict, Undecided)


def test_a_dead_or_copied_unit_is_refused():
    rng = np.random.default_rng(2)
    x = rng.normal(size=(60, 2))
    for teacher, outer in (([[1, 0], [1, 0]], [1, 1]), ([[1, 0], [0, 1]], [1, 0])):
        verdict = propose(frozen_problem(teacher, teacher, outer, x, "tanh")).verdict
        assert isinstance(verdict, Undecided) and verdict.check == 4


def test_too_few_samples_are_refused():
    verdict = propose(random_frozen(np.random.default_rng(4), "tanh", 2, 4, 7)).verdict
    assert isinstance(verdict, Undecided) and verdict.check == 4


def test_huge_and_tiny_inputs_are_never_accepted_falsely(honest):
    for size in (1e200, 1e-200, 1e-320):
        assert not isinstance(_judge(honest, network=replace(honest[0], inputs=honest[0].inputs * size)), Accepted)


def test_work_beyond_the_budget_is_undecided(honest):
    verdict = _judge(honest, budget=1.0)
    by_samples = _judge(honest, evidence=replace(honest[2], fourth_shift=None), budget=1.0)
    assert verdict.check == by_samples.check == 3 and verdict.seen != by_samples.seen


def test_arb_is_not_offered(honest):
    assert _judge(honest, arithmetic="arb").check == 0
