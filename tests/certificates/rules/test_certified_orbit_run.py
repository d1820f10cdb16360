"""Attacks on `certified-orbit-run`: steps, distances and rates too good, tampered evidence, other problems."""

from __future__ import annotations

import math
from dataclasses import fields, replace
from fractions import Fraction

import numpy as np
import pytest
from flint import arb

from certificates import Accepted, MalformedCertificate, Rejected, Undecided, decide
from certificates.certificate import Certificate, encode_certificate
from certificates.claims.certified_orbit_run import Claim, Evidence
from certificates.document import ProblemReference, sha256_hex
from certificates.document.problem_file import encode_problem
from certificates.enclosures.quadratic.planted import planted_quadratic
from certificates.judge import check_bytes
from certificates.language.local_constants import LocalConstants
from certificates.rules import certified_orbit_run as rule
from certificates.subjects import Objective, Squared
from tests.support.planted import planted_problem, random_planted
from verify.descent.planted import descend_planted, moments_of, orbit_distance
from verify.proposals.certified_orbit_run import propose

STEP = Fraction(1, 100)


@pytest.fixture(scope="module")
def honest():
    network = random_planted(np.random.default_rng(1), 5, 2, 1000, bits=8)
    found = propose(network, step_size=STEP)
    assert isinstance(found.verdict, Accepted), found.verdict.explanation()
    assert found.claim.entry_step > 5
    return network, found.claim, found.evidence


def _judge(honest, claim=None, evidence=None, network=None, **options):
    return decide(claim or honest[1], evidence or honest[2], network or honest[0], **options)


def test_both_arithmetics_accept_and_the_file_round_trips(honest):
    network, claim, evidence = honest
    assert isinstance(_judge(honest, arithmetic="arb"), Accepted)
    data = encode_problem(network)
    reference = ProblemReference(type="network", sha256=sha256_hex(data), path=None, embedded=data)
    written = encode_certificate(Certificate(claim.kind, reference, claim, evidence, {}))
    assert isinstance(check_bytes(written), Accepted)


def test_the_float_run_agrees(honest):
    from certificates.enclosures.quadratic.planted import planted_quadratic

    network, claim, _ = honest
    problem = planted_quadratic(network)
    run = descend_planted(problem, moments_of(network.inputs), float(STEP), problem.network.weights)
    distances = [orbit_distance(next(run), problem.planted)[0] for _ in range(claim.entry_step + 300)]
    late = np.array(distances[claim.entry_step :])
    assert late[0] <= claim.entry_distance <= late[0] * 1.001  # the bound of the distance is tight
    assert (late[1:] <= (1 - claim.decrease) * late[:-1]).all()
    measured = 1 - late[-1] / late[-2]
    assert claim.asymptotic_decrease <= measured <= 1.2 * claim.asymptotic_decrease


@pytest.mark.parametrize("name", ["entry_distance", "decrease", "asymptotic_decrease"])
def test_one_ulp_more_than_proved_is_refused(honest, name):
    proved = _judge(honest).proved
    assert isinstance(_judge(honest, claim=proved), Accepted)
    direction = -math.inf if name == "entry_distance" else math.inf
    verdict = _judge(honest, claim=replace(proved, **{name: math.nextafter(getattr(proved, name), direction)}))
    assert isinstance(verdict, Undecided) and verdict.check == 7 and name in verdict.reason


def test_an_earlier_step_is_refused_and_a_later_one_is_weaker(honest):
    claim, evidence = honest[1:]
    earlier = _judge(honest, claim=replace(claim, entry_step=claim.entry_step - 1))
    assert earlier.check == 7 and "entry_step" in earlier.reason
    both = _judge(
        honest, replace(claim, entry_step=claim.entry_step - 1), replace(evidence, entry_step=claim.entry_step - 1)
    )
    assert both.check == 7 and "entry_distance" in both.reason  # one step before, it was farther away
    assert isinstance(_judge(honest, claim=replace(claim, entry_step=claim.entry_step + 7)), Accepted)
    start = _judge(honest, evidence=replace(evidence, entry_step=0))
    assert isinstance(start, Undecided) and start.check == 6


def test_another_step_size_is_another_run(honest):
    """Half the step is refused. Twice the step is a faster run, and what is proved is about that one."""
    halved = _judge(honest, claim=replace(honest[1], step_size=STEP / 2))
    assert isinstance(halved, Undecided) and halved.check in (6, 7)
    doubled = _judge(honest, claim=replace(honest[1], step_size=2 * STEP))
    assert doubled.proved.asymptotic_decrease == pytest.approx(2 * _judge(honest).proved.asymptotic_decrease)


def test_the_two_losses_differ_by_their_scale(honest):
    network, claim, _ = honest
    twice = replace(network, objective=Objective(Squared(2 * network.objective.loss.scale)))
    doubled = _judge(honest, claim=replace(claim, step_size=2 * STEP)).proved
    assert _judge(honest, network=twice).proved == replace(doubled, step_size=STEP)
    half = _judge(honest, replace(claim, step_size=STEP / 2), network=twice)
    assert isinstance(half, Accepted) and half.proved == replace(_judge(honest).proved, step_size=STEP / 2)


def test_a_rotation_that_is_none_is_charged(honest):
    evidence = honest[2]
    turn = np.array(evidence.rotation)
    assert _judge(honest, evidence=replace(evidence, rotation=tuple(2 * turn))).check == 6
    bent = _judge(honest, evidence=replace(evidence, rotation=tuple(turn * (1 + 1e-3))))
    assert bent.check == 7 and "entry_distance" in bent.reason
    assert _judge(honest, evidence=replace(evidence, rotation=(1.0, 0.0, 0.0, 1.0))).check in (6, 7)
    for wrong in ((), (1.0,), (*evidence.rotation[:3], math.nan)):
        verdict = _judge(honest, evidence=replace(evidence, rotation=wrong))
        assert isinstance(verdict, Rejected) and verdict.check == 2


def test_too_few_bits_are_undecided(honest):
    """The balls grow by a factor a step; with 53 bits a long run ends in balls that say nothing."""
    late = replace(honest[2], entry_step=400, bits=53)
    assert not isinstance(_judge(honest, replace(honest[1], entry_step=400), late), Accepted)
    with pytest.raises(MalformedCertificate, match="bits"):
        _judge(honest, evidence=replace(honest[2], bits=8))


@pytest.mark.parametrize(
    ("changes", "check"),
    [
        ({"curvature_shift_lower": 5.0}, 4),
        ({"curvature_shift_upper": 0.1}, 4),
        ({"fourth_moment_shift": 0.1}, 4),
        ({"vertical_weight": 0.0}, 4),
        ({"vertical_weight": -1.0}, 2),
    ],
)
def test_tampered_constants_are_refused(honest, changes, check):
    evidence = replace(honest[2], constants=replace(honest[2].constants, **changes))
    assert _judge(honest, evidence=evidence).check == check


@pytest.mark.parametrize("step", [-1, 10**9])
def test_steps_out_of_range_are_rejected(honest, step):
    verdict = _judge(honest, evidence=replace(honest[2], entry_step=step))
    assert isinstance(verdict, Rejected) and verdict.check == 2


def test_other_weights_data_and_teachers_are_refused(honest):
    network = honest[0]
    w, planted, x = network.layers[0].weight, network.teacher[0].weight, network.inputs
    others = (
        planted_problem(-2 * w, planted, x),
        planted_problem(w, planted[:, ::-1], x),
        planted_problem(w, planted, x[:, ::-1]),
        planted_problem(w, planted, x[:900], network.objective.loss.scale),
    )
    for other in others:
        assert not isinstance(_judge(honest, network=other), Accepted)


def test_a_rotated_start_is_the_same_run(honest):
    """f depends on WᵀW only: swapping the hidden units changes the rotation in the evidence, not the claim."""
    network, claim, evidence = honest
    swapped = planted_problem(network.layers[0].weight[::-1], network.teacher[0].weight, network.inputs)
    turn = np.array(evidence.rotation).reshape(2, 2)[:, ::-1]
    verdict = _judge(honest, evidence=replace(evidence, rotation=tuple(turn.ravel())), network=swapped)
    assert isinstance(verdict, Accepted) and verdict.claim == claim


def test_a_start_at_the_teacher_stays_there():
    problem = random_planted(np.random.default_rng(2), 4, 2, 400, bits=8, away=0.0)
    found = propose(problem)
    assert isinstance(found.verdict, Accepted) and found.claim.entry_step == 0
    assert found.claim.entry_distance <= 1e-14


def test_a_start_that_never_arrives_is_not_accepted():
    """W = 0 is a critical point."""
    problem = random_planted(np.random.default_rng(3), 3, 2, 200, bits=8)
    zero = planted_problem(np.zeros((2, 3)), problem.teacher[0].weight, problem.inputs)
    found = propose(problem, step_size=STEP)
    verdict = decide(found.claim, found.evidence, zero)
    assert isinstance(verdict, Undecided) and verdict.check == 6


def test_a_run_that_explodes_is_undecided(honest):
    verdict = _judge(honest, claim=replace(honest[1], step_size=Fraction(10) ** 9))
    assert isinstance(verdict, Undecided)


def test_the_papers_numbers_stand_beside(honest):
    facts = {fact.symbol: fact for fact in _judge(honest).facts}
    planted = honest[0].teacher[0].weight
    square = np.linalg.svd(planted)[1][-1] ** 2
    assert facts["σ_r²"].lower == pytest.approx(square, rel=1e-8) and facts["σ_r²"].lower <= square
    assert facts["1 − μσ_r²/2"].lower == -math.inf and facts["h₀"].upper == math.inf  # bounds of one side
    assert facts["1 − μσ_r²/2"].upper == pytest.approx(1 - 0.01 * square / 2, rel=1e-8)
    assert facts["δ"].upper == pytest.approx(honest[1].entry_distance * np.linalg.norm(planted) / square, rel=1e-3)


def test_work_beyond_the_budget_is_undecided(honest):
    verdict = _judge(honest, budget=1.0)
    assert isinstance(verdict, Undecided) and verdict.check == 3


def test_every_field_has_a_direction_but_the_step(honest):
    undirected = [spec.name for spec in fields(Claim) if "weaker" not in spec.metadata]
    assert undirected == ["step_size"]
    assert f"t ≥ {honest[1].entry_step}" in honest[1].sentence()


@pytest.mark.slow
@pytest.mark.parametrize("bits", [16, None])
def test_the_papers_setting(bits):
    """d = 20, r = 3, m = 20,000, μ = 0.005, a random start."""
    from verify.generators.data import gaussian_inputs
    from verify.generators.initialisations import scaled_columns
    from verify.generators.teachers import unit_columns

    rng = np.random.default_rng(0)
    inputs = gaussian_inputs(rng, 20_000, 20, bits)
    planted = unit_columns(rng, 20, 3, 40).T
    start = scaled_columns(rng, 20, 3, 40).T
    found = propose(planted_problem(start, planted, inputs), step_size=Fraction(1, 200))
    assert isinstance(found.verdict, Accepted)
    assert found.claim.entry_step < 1_000 and found.claim.asymptotic_decrease > 0.0058


# ---- one weight ----------------------------------------------------------------------------------------------------

POINT = planted_problem([[0.75]], [[1.0]], [[1.0]])
LOCAL = LocalConstants(
    curvature_shift_lower=0.75,
    curvature_shift_upper=1.25,
    vertical_weight=0.0,
    theta=Fraction(0),
    fourth_moment_shift=1.25,
)
AT_ONCE = Evidence(entry_step=0, bits=64, rotation=(1.0,), constants=LOCAL)
WEAK = Claim(Fraction(1, 8), 1_000_000, 9.0, 0.0, 0.0)


def _factor(bounds, step, distance):
    return (1 + distance) / 4 + arb(0, 0.125)


def test_the_distance_and_its_factors_enter_by_their_weak_ends(monkeypatch):
    monkeypatch.setattr(rule, "rotation_distance", lambda *_: arb(0.75, 0.25))
    monkeypatch.setattr(rule, "step_factor", _factor)
    proved = decide(WEAK, AT_ONCE, POINT).proved
    assert proved.entry_distance >= 1.0 and proved.entry_distance == pytest.approx(1.0)
    assert proved.decrease == pytest.approx(0.375) and proved.asymptotic_decrease == pytest.approx(0.625)
    assert [fact.symbol for fact in decide(WEAK, AT_ONCE, POINT).facts] == [
        *("λ", "Λ", "c₄", "μ", "h₀"),
        *("σ_r²", "δ", "1 − μσ_r²/2"),
    ]


@pytest.mark.parametrize("factor", [lambda distance: arb(1), lambda distance: distance + 0.875])
def test_a_factor_of_one_at_the_entry_is_undecided(monkeypatch, factor):
    monkeypatch.setattr(rule, "step_factor", lambda bounds, step, distance: factor(distance))
    verdict = decide(WEAK, AT_ONCE, POINT)
    assert isinstance(verdict, Undecided) and verdict.check == 6


@pytest.mark.parametrize(
    ("step", "kind", "check"), [(10**6, Undecided, 3), (10**6 + 1, Rejected, 2), (-1, Rejected, 2)]
)
def test_the_last_step_that_is_looked_at(step, kind, check):
    verdict = decide(WEAK, replace(AT_ONCE, entry_step=step), POINT, budget=1.0)
    assert isinstance(verdict, kind) and verdict.check == check


def test_the_step_of_the_run_is_that_of_the_problem_s_own_loss():
    """One step of size 1/8 on (w² − 1)²/2 from 3/4: w − w(w² − 1)/4; dist = 1 − w."""
    twice = replace(POINT, objective=Objective(Squared(Fraction(1, 2))))
    after = Fraction(3, 4) - Fraction(3, 4) * (Fraction(9, 16) - 1) / 4
    proved = decide(WEAK, replace(AT_ONCE, entry_step=1), twice).proved
    assert proved.entry_distance == pytest.approx(float(1 - after), rel=1e-12)
    assert Fraction(proved.entry_distance) >= 1 - after


def test_the_papers_numbers_by_their_weak_ends():
    planted = planted_quadratic(planted_problem([[3.0]], [[3.0]], [[1.0]]))
    square, delta, factor = rule._beside_the_paper(planted, arb(0.75, 0.25), arb(1, 0.25))
    assert 9 * (1 - 2.0**-29) < square.lower < 9 and (delta.lower, factor.lower) == (0.0, -math.inf)
    assert Fraction(delta.upper) * Fraction(square.lower) >= 3 and delta.upper == pytest.approx(1 / 3)
    assert factor.upper == pytest.approx(1 - 0.75 * 9 / 2)


@pytest.mark.parametrize("guess", [-0.5625, 0.0, 2.0])
def test_no_singular_value_no_numbers_of_the_paper(monkeypatch, guess):
    monkeypatch.setattr(np.linalg, "eigvalsh", lambda matrix: np.array([guess]))
    assert rule._beside_the_paper(planted_quadratic(POINT), arb(1), arb(1)) == ()
