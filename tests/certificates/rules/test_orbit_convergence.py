"""Attacks on `orbit-convergence`: what is claimed too strongly, evidence tampered with, other problems."""

from __future__ import annotations

import math
from dataclasses import fields, replace
from fractions import Fraction

import numpy as np
import pytest
from flint import arb

from certificates import Accepted, Rejected, Undecided, decide
from certificates.certificate import Certificate, encode_certificate
from certificates.checks import planted as _orbit
from certificates.checks.outcome import Refusal
from certificates.claims.orbit_convergence import Claim, Evidence
from certificates.document import ProblemReference, sha256_hex
from certificates.document.problem_file import encode_problem
from certificates.judge import check_bytes
from certificates.language.local_constants import LocalConstants
from certificates.rules import orbit_convergence as rule
from certificates.subjects import Objective, Squared
from certificates.theorems.teacher_basin import Regularity, envelope_steps
from tests.support.planted import planted_problem, random_planted
from verify.proposals.orbit_convergence import propose


@pytest.fixture(scope="module")
def honest():
    network = random_planted(np.random.default_rng(1), 5, 2, 1000)
    found = propose(network, step_size=Fraction(1, 100))
    assert isinstance(found.verdict, Accepted), found.verdict.explanation()
    return network, found.claim, found.evidence


def _judge(honest, claim=None, evidence=None, network=None, **options):
    return decide(claim or honest[1], evidence or honest[2], network or honest[0], **options)


def _with(evidence, **changes):
    return replace(evidence, constants=replace(evidence.constants, **changes))


def test_both_arithmetics_accept_and_the_file_round_trips(honest):
    network, claim, evidence = honest
    assert claim.radius > 0.2 and 0 < claim.decrease < claim.half_decrease < claim.asymptotic_decrease
    assert isinstance(_judge(honest, arithmetic="arb"), Accepted)
    data = encode_problem(network)
    reference = ProblemReference(type="network", sha256=sha256_hex(data), path=None, embedded=data)
    written = encode_certificate(Certificate(claim.kind, reference, claim, evidence, {}))
    assert isinstance(check_bytes(written), Accepted)


def test_the_given_weights_play_no_part(honest):
    network = honest[0]
    moved = planted_problem(100 + network.layers[0].weight, network.teacher[0].weight, network.inputs)
    verdict = _judge(honest, network=moved)
    assert isinstance(verdict, Accepted) and verdict.proved == _judge(honest).proved


@pytest.mark.parametrize("name", ["radius", "decrease", "half_decrease", "asymptotic_decrease"])
def test_one_ulp_more_than_proved_is_refused(honest, name):
    proved = _judge(honest).proved
    assert isinstance(_judge(honest, claim=proved), Accepted)
    verdict = _judge(honest, claim=replace(proved, **{name: math.nextafter(getattr(proved, name), math.inf)}))
    assert isinstance(verdict, Undecided) and verdict.check == 6 and name in verdict.reason


@pytest.mark.parametrize("name", ["radius", "decrease", "half_decrease", "asymptotic_decrease"])
@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_numbers_that_are_none_are_refused(honest, name, value):
    assert _judge(honest, claim=replace(honest[1], **{name: value})).check == 6


@pytest.mark.parametrize("radius", [0.0, -0.0, -5e-324, -math.inf])
def test_a_ball_without_starts_is_no_claim(honest, radius):
    verdict = _judge(honest, claim=replace(honest[1], radius=radius))
    assert isinstance(verdict, Rejected) and verdict.check == 2
    assert isinstance(_judge(honest, claim=replace(honest[1], radius=5e-324)), Accepted)


def test_what_is_proved_belongs_to_the_radius_of_the_evidence(honest):
    """From within half the radius means: the decrease that evidence of half the radius proves."""
    claim, evidence = honest[1:]
    whole = _judge(honest).proved
    assert whole.radius == evidence.radius
    half = _judge(honest, replace(claim, radius=claim.radius / 2), replace(evidence, radius=evidence.radius / 2)).proved
    assert half.decrease == whole.half_decrease and half.half_decrease > whole.half_decrease
    assert half.asymptotic_decrease == whole.asymptotic_decrease


def test_a_larger_radius_in_the_evidence_has_no_factor_below_one(honest):
    verdict = _judge(honest, evidence=replace(honest[2], radius=honest[2].radius * 1.01))
    assert isinstance(verdict, Undecided) and verdict.check == 5
    halved = replace(honest[1], step_size=honest[1].step_size / 2)
    assert _judge(honest, claim=halved).check == 6  # half the step, the same decrease


def test_a_doubled_step_is_refused(honest):
    verdict = _judge(honest, claim=replace(honest[1], step_size=2 * honest[1].step_size))
    assert isinstance(verdict, Undecided) and verdict.check == 5


def test_the_two_losses_differ_by_their_scale(honest):
    """s doubled is the step doubled: 4ms = 1 for 𝓛, 2 for the loss 1/(2m)."""
    network, claim, _ = honest
    twice = replace(network, objective=Objective(Squared(2 * network.objective.loss.scale)))
    assert _judge(honest, network=twice).check == 5
    verdict = _judge(honest, replace(claim, step_size=claim.step_size / 2), network=twice)
    assert isinstance(verdict, Accepted)
    mu = next(fact for fact in verdict.facts if fact.symbol == "μ")
    assert mu.lower <= 0.01 <= mu.upper


@pytest.mark.parametrize(
    "changes",
    [
        {"fourth_moment_shift": 0.99},
        {"curvature_shift_upper": 0.99},
        {"curvature_shift_lower": 1.01},
        {"fourth_moment_shift": math.nan},
        {"curvature_shift_lower": math.nan},
    ],
)
def test_constants_beyond_the_spectrum_are_refused(honest, changes):
    ((name, factor),) = changes.items()
    tampered = _with(honest[2], **{name: getattr(honest[2].constants, name) * factor})
    verdict = _judge(honest, evidence=tampered)
    assert isinstance(verdict, Undecided) and verdict.check == 4


def test_without_the_directions_of_rotation_there_is_no_curvature(honest):
    """𝒬 vanishes on them: the trap of theory 3.8.6."""
    for shift in (honest[2].constants.curvature_shift_lower, -1e-6):
        verdict = _judge(honest, evidence=_with(honest[2], vertical_weight=0.0, curvature_shift_lower=shift))
        assert isinstance(verdict, Undecided) and verdict.check == 4


def test_theta_zero_shrinks_the_radius(honest):
    """Lemma 3.0.1 d with θ = 0 is true and loses about (d + 2)/3: it needs a larger c₄ and proves less."""
    plain = _with(honest[2], theta=Fraction(0))
    assert _judge(honest, evidence=plain).check == 4
    larger = _with(honest[2], theta=Fraction(0), fourth_moment_shift=4 * honest[2].constants.fourth_moment_shift)
    assert _judge(honest, evidence=larger).check == 5
    smaller = replace(larger, radius=honest[2].radius / 2)
    verdict = _judge(honest, replace(honest[1], radius=smaller.radius, decrease=0.0, half_decrease=0.0), smaller)
    assert isinstance(verdict, Accepted)


@pytest.mark.parametrize(
    ("where", "changes"),
    [
        ("claim", {"step_size": Fraction(0)}),
        ("claim", {"step_size": Fraction(-1, 100)}),
        ("evidence", {"radius": 0.0}),
        ("evidence", {"radius": -1.0}),
        ("evidence", {"radius": math.nan}),
        ("evidence", {"radius": math.inf}),
        ("constants", {"vertical_weight": -1.0}),
        ("constants", {"vertical_weight": math.nan}),
    ],
)
def test_numbers_out_of_range_are_rejected(honest, where, changes):
    claim, evidence = honest[1:]
    if where == "claim":
        claim = replace(claim, **changes)
    else:
        evidence = replace(evidence, **changes) if where == "evidence" else _with(evidence, **changes)
    verdict = _judge(honest, claim, evidence)
    assert isinstance(verdict, Rejected) and verdict.check == 2


def test_huge_steps_are_refused_not_crashed_on(honest):
    verdict = _judge(honest, claim=replace(honest[1], step_size=Fraction(10) ** 400))
    assert isinstance(verdict, Undecided) and verdict.check == 5


def test_a_rank_deficient_teacher_is_refused():
    """e₁1ᵀ of Xia and Shi: convergence there is sublinear."""
    rng = np.random.default_rng(2)
    teacher = np.zeros((2, 4))
    teacher[:, 0] = 1
    network = planted_problem(rng.normal(size=(2, 4)), teacher, rng.normal(size=(500, 4)))
    verdict = propose(network, step_size=Fraction(1, 100)).verdict
    assert isinstance(verdict, Undecided) and verdict.check == 4


def test_one_hidden_unit_and_one_input_are_covered():
    rng = np.random.default_rng(3)
    for r, d in ((1, 3), (1, 1), (2, 2)):
        found = propose(random_planted(rng, d, r, 300))
        assert isinstance(found.verdict, Accepted), found.verdict.explanation()


def test_another_problem_is_refused(honest):
    other = random_planted(np.random.default_rng(9), 5, 2, 1000)
    assert not isinstance(_judge(honest, network=other), Accepted)
    given = replace(honest[0], teacher=None, targets=np.ones((1000, 1)))
    verdict = _judge(honest, network=given)
    assert isinstance(verdict, Undecided) and verdict.check == 1 and "planted" in verdict.reason


def test_few_samples_do_not_identify_the_teacher():
    verdict = propose(random_planted(np.random.default_rng(4), 6, 2, 8)).verdict
    assert isinstance(verdict, Undecided) and verdict.check == 4


def test_huge_and_tiny_numbers_are_never_accepted_falsely(honest):
    network = honest[0]
    for size in (1e200, 1e-200, 1e-320):
        scaled = planted_problem(network.layers[0].weight, network.teacher[0].weight, network.inputs * size)
        assert not isinstance(_judge(honest, network=scaled), Accepted)


def test_work_beyond_the_budget_is_undecided(honest):
    verdict = _judge(honest, budget=1.0)
    assert isinstance(verdict, Undecided) and verdict.check == 3


def test_every_field_has_a_direction_but_the_step(honest):
    undirected = [spec.name for spec in fields(Claim) if "weaker" not in spec.metadata]
    assert undirected == ["step_size"]
    assert "0.01" in honest[1].sentence()


@pytest.mark.slow
@pytest.mark.parametrize(("width", "radius", "curvature"), [(3, 0.38, 0.588), (10, 0.21, 0.184)])
def test_the_papers_setting(width, radius, curvature):
    """d = 20, m = 20,000, columns of length 1, μ = 0.005 (theory 3.6.4)."""
    from verify.generators.data import gaussian_inputs
    from verify.generators.teachers import unit_columns

    rng = np.random.default_rng(0)
    inputs = gaussian_inputs(rng, 20_000, 20, 16)
    planted = unit_columns(rng, 20, width, 40).T
    found = propose(planted_problem(planted, planted, inputs), step_size=Fraction(1, 200))
    assert isinstance(found.verdict, Accepted)
    assert found.claim.radius >= radius and found.claim.asymptotic_decrease >= 2 * 0.005 * curvature


def test_the_constants_are_the_far_ends_of_their_balls():
    """λ is used from below, Λ and c₄ from above, however wide the balls."""
    bounds, facts = _orbit._positive(arb(1, 0.25), arb(2, 0.25), arb(3, 0.25), 4)
    assert bounds.lower <= 0.75 and bounds.upper >= 2.25 and bounds.fourth >= 3.25
    assert facts[0].lower <= 0.75 and facts[1].upper >= 2.25 and facts[2].upper >= 3.25
    assert (facts[0].upper, facts[1].lower, facts[2].lower) == (math.inf, 0.0, 0.0)
    assert _orbit._positive(arb(0.5), arb(2), arb(0.5), 4)[0].fourth == 0.5
    for lam, large, fourth in (
        (arb(0, 1), arb(2), arb(3)),
        (arb(-1), arb(2), arb(3)),
        (arb(1), arb("inf"), arb(3)),
        (arb(1), arb(2), arb("inf")),
    ):
        with pytest.raises(Refusal) as refusal:
            _orbit._positive(lam, large, fourth, 4)
        assert not refusal.value.certain and refusal.value.check == 4


# ---- one weight: λ = Λ = c₄ = 1 ------------------------------------------------------------------------------

POINT = planted_problem([[0.5]], [[1.0]], [[1.0]])
LOCAL = LocalConstants(
    curvature_shift_lower=0.75,
    curvature_shift_upper=1.25,
    vertical_weight=0.0,
    theta=Fraction(0),
    fourth_moment_shift=1.25,
)
SLOW = Claim(Fraction(1, 8), 0.125, 0.0, 0.0, 0.0)


def test_every_fact_of_one_weight():
    verdict = decide(SLOW, Evidence(0.125, LOCAL), POINT, arithmetic="arb")
    assert isinstance(verdict, Accepted), verdict.explanation()
    bounds, step, radius = Regularity(arb(0.75), arb(1.25), arb(1.25)), arb(0.125), arb(0.125)
    count = envelope_steps(bounds, step, radius, radius * arb(2) ** -20, 1_000)
    ends = [(fact.symbol, fact.lower, fact.upper) for fact in verdict.facts]
    assert ends[:4] == [("λ", 0.75, math.inf), ("Λ", 0.0, 1.25), ("c₄", 0.0, 1.25), ("μ", 0.125, 0.125)]
    assert ends[4][::2] == ("h₀", math.inf) and Fraction(ends[4][1]) ** 2 <= Fraction(3, 5)
    assert ends[4][1] == pytest.approx(0.6**0.5) and ends[5] == ("steps", 0.0, count)
    wide = decide(SLOW, Evidence(0.125, LOCAL), POINT, arithmetic="fast").facts
    assert wide[0].lower < 0.75 and wide[1].upper > 1.25  # balls around doubles


def test_facts_in_wide_balls_have_their_own_ends():
    step, reach = _orbit.local_facts(Regularity(arb(1), arb(9), arb(4)), arb(1, 0.25))
    assert (step.lower, step.upper) == (pytest.approx(0.75), pytest.approx(1.25))
    assert (reach.lower, reach.upper) == (0.5, math.inf)


def test_the_factor_at_the_radius_at_half_of_it_and_at_zero(monkeypatch):
    monkeypatch.setattr(rule, "step_factor", lambda bounds, step, distance: (1 + distance) / 4 + arb(0, 0.125))
    proved = decide(replace(SLOW, radius=1.0), Evidence(1.0, LOCAL), POINT).proved
    gaps = proved.decrease, proved.half_decrease, proved.asymptotic_decrease
    assert gaps == (pytest.approx(0.375), pytest.approx(0.5), pytest.approx(0.625))


@pytest.mark.parametrize("factor", [lambda distance: arb(1), lambda distance: distance + 0.875 + arb(0, 0.0625)])
def test_a_factor_of_one_at_the_radius_is_undecided(monkeypatch, factor):
    monkeypatch.setattr(rule, "step_factor", lambda bounds, step, distance: factor(distance))
    verdict = decide(SLOW, Evidence(0.125, LOCAL), POINT)
    assert isinstance(verdict, Undecided) and verdict.check == 5


@pytest.mark.parametrize(
    ("step", "weight", "radius", "kind"),
    [
        (Fraction(1, 2), 0.0, 0.5, None),
        (Fraction(10) ** 400, 0.5, 1e300, None),
        (Fraction(0), 0.0, 0.5, "step_size"),
        (Fraction(-1, 2), 0.0, 0.5, "step_size"),
        (Fraction(1, 2), 0.0, 0.0, "radius"),
        (Fraction(1, 2), 0.0, -0.5, "radius"),
        (Fraction(1, 2), 0.0, math.inf, "radius"),
        (Fraction(1, 2), -0.5, 0.5, "vertical"),
        (Fraction(1, 2), math.inf, 0.5, "vertical"),
        (Fraction(1, 2), math.nan, 0.5, "vertical"),
    ],
)
def test_numbers_in_range_and_out_of_it(step, weight, radius, kind):
    constants = replace(LOCAL, vertical_weight=weight)
    if kind is None:
        _orbit.check_range(2, step, constants, radius=radius)
        return
    with pytest.raises(Refusal, match=kind) as caught:
        _orbit.check_range(2, step, constants, radius=radius)
    assert caught.value.certain and caught.value.check == 2
