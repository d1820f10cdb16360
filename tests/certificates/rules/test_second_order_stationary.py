"""Second-order points: honest numbers pass, stronger and tampered ones do not, and all are those of the naive twin."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction
from types import SimpleNamespace

import numpy as np
import pytest
from flint import arb

from certificates import Accepted, Dense, Rejected, Undecided, decide
from certificates.arithmetic.arb import lower
from certificates.arithmetic.arb_matrix import ArbMatrix
from certificates.arithmetic.ball_matrix import BallMatrix
from certificates.checks.outcome import Refusal
from certificates.checks.quadratic import require_quadratic
from certificates.claims.second_order_stationary import Claim, Evidence
from certificates.enclosures.quadratic.network import evaluate
from certificates.errors import MalformedCertificate
from certificates.expression import parse_activation
from certificates.rules import second_order_stationary as rule
from certificates.subjects import Objective, Squared
from tests.support import quadratic as naive
from verify.proposals.second_order_stationary import propose

BOTH = pytest.mark.parametrize("arithmetic", ["fast", "arb"])
WEAKEST = Claim(1e300, 1e300, 1e300)
FIELDS = ("gradient_norm", "curvature_deficit", "gap")


def _parts(problem):
    return problem.layers[0].weight, problem.layers[1].weight[0], problem.inputs, problem.given_targets[:, 0]


def _near(seed, k, d, n, signs, steps=8):
    return naive.trained(naive.random_problem(np.random.default_rng(seed), k, d, n, signs), steps=steps)


@pytest.fixture(scope="module", params=["d units", "more units", "mixed"])
def honest(request):
    problem = {
        "d units": lambda: _near(0, 3, 3, 14, "spread"),
        "more units": lambda: _near(1, 5, 3, 14, "positive"),
        "mixed": lambda: _near(2, 6, 3, 14, "mixed"),
    }[request.param]()
    found = propose(problem)
    assert isinstance(found.verdict, Accepted), found.verdict.explanation()
    return problem, found.claim, found.evidence


@BOTH
def test_the_numbers_bound_the_naive_twin_s(honest, arithmetic):
    problem, claim, evidence = honest
    verdict = decide(claim, evidence, problem, arithmetic=arithmetic)
    assert isinstance(verdict, Accepted)
    proved = verdict.proved
    gradient, bottom = (
        np.linalg.norm(naive.gradient(*_parts(problem))),
        np.linalg.eigvalsh(naive.hessian(*_parts(problem)))[0],
    )
    assert gradient * (1 - 1e-9) <= proved.gradient_norm <= gradient * (1 + 1e-6)
    assert proved.curvature_deficit >= -bottom - 1e-7
    w, v, x, y = _parts(problem)
    best = min(
        naive.loss(naive.trained(naive.network_problem(s * w, v, x, y)).layers[0].weight, v, x, y) for s in (1, 2)
    )
    assert naive.loss(w, v, x, y) - best <= proved.gap * (1 + 1e-9)


@BOTH
@pytest.mark.parametrize("name", FIELDS)
def test_one_ulp_less_than_proved_is_not_accepted(honest, name, arithmetic):
    problem, claim, evidence = honest
    proved = decide(claim, evidence, problem, arithmetic=arithmetic).proved
    assert isinstance(decide(proved, evidence, problem, arithmetic=arithmetic), Accepted)
    if getattr(proved, name) > 0:
        stronger = replace(proved, **{name: math.nextafter(getattr(proved, name), 0)})
        verdict = decide(stronger, evidence, problem, arithmetic=arithmetic)
        assert isinstance(verdict, Undecided) and verdict.check == 6 and name in verdict.reason
    for value in (math.nan, math.inf):
        assert not isinstance(decide(replace(proved, **{name: value}), evidence, problem), Accepted)


@pytest.mark.parametrize("name", FIELDS)
def test_negative_claims_are_malformed(name):
    with pytest.raises(MalformedCertificate):
        replace(WEAKEST, **{name: -1e-300})


def test_a_direction_of_zeros_is_malformed():
    with pytest.raises(MalformedCertificate):
        Evidence(0.0, 1.0, units=(0.0, -0.0))


def test_all_numbers_scale_with_the_problem_s_loss(honest):
    problem, claim, evidence = honest
    unit = decide(claim, evidence, problem).proved
    summed = decide(WEAKEST, evidence, replace(problem, objective=Objective(Squared(Fraction(1))))).proved
    for name in FIELDS:
        assert getattr(summed, name) == pytest.approx(28 * getattr(unit, name), rel=1e-12)


TAMPERED = {
    "lower shift of G above": lambda e: replace(e, force_lower=abs(e.force_lower) + 1),
    "upper shift of G below": lambda e: replace(e, force_upper=-1.0),
    "NaN shift": lambda e: replace(e, force_lower=math.nan),
    "infinite shift": lambda e: replace(e, force_upper=math.inf),
    "Hessian shift above": lambda e: replace(e, hessian_shift=1e3),
    "covariance shift above": lambda e: replace(e, covariance_shift=1e3),
    "covariance shift zero or less": lambda e: replace(e, covariance_shift=-1.0),
    "fourth moment too small": lambda e: replace(e, fourth_moment_shift=1e-3),
    "moment shift above": lambda e: replace(e, moment_shift=1e3),
    "moment shift negative": lambda e: replace(e, moment_shift=-1.0),
    "Gram shift above": lambda e: replace(e, gram_shift=1e4),
    "u too short": lambda e: replace(e, units=(1.0,), fourth_moment_shift=1e4),
    "NaN in u": lambda e: replace(e, units=(math.nan,) * 3, fourth_moment_shift=1e4),
}


@BOTH
@pytest.mark.parametrize("name", sorted(TAMPERED))
def test_tampered_evidence_is_not_accepted(honest, name, arithmetic):
    problem, _, evidence = honest
    verdict = decide(WEAKEST, TAMPERED[name](evidence), problem, arithmetic=arithmetic)
    assert not isinstance(verdict, Accepted) and verdict.check in (2, 4, 5)


# ---- at the bounds: one weight, x = 1, where G = r, T = Σ̂ = K = 1 and L'' = 2v(3vw² − y) -------------------------


def _one(label, outer=(1.0,), scale=None):
    return naive.network_problem([[0.5]] * len(outer), outer, [[1.0]], [label], scale)


DOWN = Evidence(-2.0, 0.0)  # w = 1/2 and y = 5/4: G = −1, λ_min(G) ≥ −2, λ_max(G) ≤ 0, L'' = −1
OPTIONAL = ("covariance_shift", "moment_shift", "gram_shift")
OUTCOMES = {
    "the lemma": (1.25, DOWN, Accepted, 0),
    "G not above": (1.25, replace(DOWN, force_lower=0.0), Undecided, 4),
    "G not below": (1.25, replace(DOWN, force_upper=-2.0), Undecided, 4),
    "the Hessian not above": (1.25, replace(DOWN, hessian_shift=0.0), Undecided, 5),
    "c₄ not below": (1.25, replace(DOWN, fourth_moment_shift=-1.0), Undecided, 5),
    "u without c₄": (1.25, replace(DOWN, units=(1.0,)), Accepted, 0),
    "u of another size": (1.25, replace(DOWN, units=(1.0, 1.0)), Rejected, 2),
    "u with no number": (1.25, replace(DOWN, units=(math.nan,)), Rejected, 2),
    "a shift that is none": (1.25, replace(DOWN, gram_shift=math.nan), Rejected, 2),
    **{f"{name} at 0": (1.25, replace(DOWN, **{name: 0.0}), Undecided, 5) for name in OPTIONAL},
    **{f"{name} above 0": (1.25, replace(DOWN, **{name: 0.75}), Accepted, 0) for name in OPTIONAL},
    **{f"{name} below 0": (1.25, replace(DOWN, **{name: -0.5625}), Undecided, 5) for name in OPTIONAL},
    **{f"{name} too large": (1.25, replace(DOWN, **{name: 2.0}), Undecided, 5) for name in OPTIONAL},
}


@pytest.mark.parametrize("name", OUTCOMES)
def test_every_evidence_has_its_outcome(name):
    label, evidence, kind, check = OUTCOMES[name]
    verdict = decide(WEAKEST, evidence, _one(label), arithmetic="arb")
    assert isinstance(verdict, kind) and (kind is Accepted or verdict.check == check), verdict.explanation()


def _numbers(problem, evidence):
    verdict = decide(WEAKEST, evidence, problem, arithmetic="arb")
    assert isinstance(verdict, Accepted), verdict.explanation()
    facts = {fact.symbol: fact for fact in verdict.facts}
    rows = {fact.at: fact.upper for fact in verdict.facts if fact.symbol == "gap"}
    return verdict.proved, facts, rows


@pytest.mark.parametrize(
    ("label", "evidence", "below", "above", "deficit"),
    [
        (1.25, DOWN, 2.0, 0.0, 4.0),
        (1.25, replace(DOWN, force_upper=-0.75), 2.0, 0.0, 4.0),
        (1.25, replace(DOWN, hessian_shift=-2.0), 2.0, 0.0, 2.0),  # the whole Hessian says less than 2·2
        (1.25, replace(DOWN, hessian_shift=-10.0), 2.0, 0.0, 4.0),
        (-1.0, Evidence(0.25, 2.25), 0.0, 2.25, 0.0),  # G = 5/4
        (-1.0, Evidence(-1.0, 2.25), 1.0, 2.25, 2.0),
        (-1.0, Evidence(-1.0, 2.25, hessian_shift=2.5), 1.0, 2.25, 0.0),
    ],
)
def test_force_and_curvature_to_the_last_bit(label, evidence, below, above, deficit):
    """L'' = 7/2 for y = −1; f = 3L."""
    proved, facts, rows = _numbers(_one(label, scale=Fraction(3, 2)), evidence)
    assert proved.curvature_deficit == facts["ε_H"].upper == 3 * deficit and facts["ε_H"].lower == 0.0
    assert (facts["−λ_min(G)"].upper, facts["λ_max(G)"].upper) == (below, above)
    assert facts["−λ_min(G)"].lower == facts["λ_max(G)"].lower == -math.inf
    residual = 0.25 - label
    assert (facts["f(W)"].lower, facts["f(W)"].upper) == (1.5 * residual**2, 1.5 * residual**2)
    assert facts["‖∇f(W)‖"].lower == 0.0 and facts["‖∇f(W)‖"].upper == pytest.approx(3 * abs(residual), rel=1e-15)
    assert rows["loss"] == 1.5 * residual**2 and proved.gap == min(rows.values())
    assert facts["gap"].lower == 0.0


@pytest.mark.parametrize(
    ("outer", "deficit"), [((1.0, 3.0), 12.0), ((3.0, 1.0), 12.0), ((1.0, -8.0), 4.0), ((0.25, -0.5), 1.0)]
)
def test_the_largest_outer_weight_of_each_sign_counts(outer, deficit):
    """2 max(v_l) τ⁻ for positive, 2 max|v_l| τ⁺ for negative units: −3 ≤ G = r ≤ −1 by the shifts −2 and −1 + 1."""
    label = 1.0 + 0.25 * sum(outer)  # r = −1
    proved, _, _ = _numbers(_one(label, outer), DOWN)
    assert proved.curvature_deficit == deficit
    other = 0.25 * sum(outer) - 1.0  # r = 1
    proved, _, _ = _numbers(_one(other, outer), Evidence(0.0, 2.0))
    assert proved.curvature_deficit == 4 * max(0.0, -min(outer))


def test_every_row_of_one_weight_by_hand():
    """n = 1, r = −1, q = 1/4, y = 5/4, τ⁻ = 2, ε_g = 1, ε_H = 4 and λ = 3/4 for Σ̂, T and K; c₄ = 2."""
    evidence = replace(DOWN, covariance_shift=0.75, moment_shift=0.75, gram_shift=0.75, units=(2.0,))
    _, _, rows = _numbers(_one(1.25), replace(evidence, fourth_moment_shift=2.0, theta=Fraction(0)))
    near = pytest.approx
    pairing, trace = -0.25, 1.25 / 0.75
    assert rows["trace (3.2.3)"] == near(pairing + 2 * trace, rel=1e-12)
    assert rows["self-dual (3.2.2)"] == near(pairing + 2 / 0.75 * 0.25 + (2 / 0.75) ** 2 / 2, rel=1e-12)
    assert rows["moment matrix, ‖G‖_F"] == rows["Gram matrix, ‖G‖_F"] == near(1 / 1.5, rel=1e-12)
    assert rows["moment matrix"] == rows["Gram matrix"] == near(4 / 1.5, rel=1e-12)
    assert rows["nuclear norm"] == near((pairing + 2 * 1.25 / 0.75**0.5) / 2, rel=1e-12)
    # |P| = d = 1: ε_H/2 + ½(4c₄ε_g²)^{1/3}; by u: (4ε_H + 4c₄‖a‖²)/(2v_u) with a = 1, v_u = 4
    a_priori = min(4 / 2 + (4 * 2) ** (1 / 3) / 2, (4 * 4 + 4 * 2) / 8)
    assert rows["moment matrix, ‖G‖_F"] < rows["moment matrix"]
    assert rows["trace (3.2.3), a priori"] == near(pairing + a_priori * trace, rel=1e-12)


def test_rows_of_two_samples_are_means():
    """x = 1, 2 and y = 1, 3 at w = 1/2: q = 1/4, 1 and r = −3/4, −2."""
    problem = naive.network_problem([[0.5]], [1.0], [[1.0], [2.0]], [1.0, 3.0])
    force = (-0.75 - 2.0 * 4) / 2  # G = (1/n)Σr_ix_i²
    evidence = Evidence(force - 1.0, 0.0, covariance_shift=1.5, moment_shift=7.5)
    _, _, rows = _numbers(problem, evidence)
    tau, pairing, near = 1 - force, (-0.75 * 0.25 - 2.0) / 2, pytest.approx
    first = 2.0 + math.sqrt((1 + 9) / 2)
    second = 2.0 + math.sqrt((0.75**2 + 4) / 2)  # √(2L) = ‖r‖/√n
    assert rows["trace (3.2.3)"] == near(pairing + tau * min(first / 2, second) / 1.5, rel=1e-12)
    assert rows["self-dual (3.2.2)"] == near(pairing + tau / 1.5 * 0.625 + (tau / 1.5) ** 2 / 2, rel=1e-12)
    assert rows["nuclear norm"] == near((pairing + tau * math.sqrt(5 / 7.5)) / 2, rel=1e-12)
    assert rows["moment matrix, ‖G‖_F"] == near(force**2 / 15, rel=1e-12)


@BOTH
def test_the_ends_of_the_facts_hold_to_the_last_bit(arithmetic):
    for seed in range(4):
        problem = naive.random_problem(np.random.default_rng(seed), 2, 2, 3, "mixed")
        factor, problem = Fraction(2), replace(problem, objective=Objective(Squared(Fraction(1, 3))))
        verdict = decide(WEAKEST, Evidence(-1e3, 1e3), problem, arithmetic=arithmetic)
        facts = {fact.symbol: fact for fact in verdict.facts}
        truth, square = naive.exact_loss(*_parts(problem)), naive.exact_gradient_square(*_parts(problem))
        assert Fraction(facts["f(W)"].lower) < factor * truth < Fraction(facts["f(W)"].upper)
        assert Fraction(facts["‖∇f(W)‖"].upper) ** 2 > factor**2 * square
        assert Fraction(verdict.proved.gap) > factor * truth
        v = [Fraction(float(entry)) for entry in problem.layers[1].weight[0]]
        ends = max(v) * Fraction(facts["−λ_min(G)"].upper), -min(v) * Fraction(facts["λ_max(G)"].upper)
        assert Fraction(verdict.proved.curvature_deficit) >= factor * 2 * max(ends)


def test_a_bound_of_the_fourth_moment_enters_from_above(monkeypatch):
    """c₄ in [1, 3] at ε_H = 0 and ε_g = 5/4: the two a-priori bounds of τ⁻ are those of c₄ = 3."""
    monkeypatch.setattr(rule, "fourth_moment_bound", lambda *_: arb(2, 1))
    evidence = Evidence(0.25, 2.25, covariance_shift=0.75, fourth_moment_shift=1.0, units=(2.0,))
    _, _, rows = _numbers(_one(-1.0), evidence)
    pairing = 1.25 * 0.25  # R = min((ȳ + Y)/2, ȳ + ‖r‖)/λ = 0 for y = −1
    assert rows["trace (3.2.3), a priori"] == pytest.approx(pairing, rel=1e-12)
    shift = min(4 * 3 / 8, (4 * 3 * 1.25**2) ** (1 / 3) / 2) / 0.75
    assert rows["self-dual (3.2.2), a priori"] == pytest.approx(pairing + shift * 0.25 + shift**2 / 2, rel=1e-8)


def test_the_sizes_of_a_teacher_by_sign():
    """Σ|v°|‖w°‖²: ½·(9 + 16) for the positive units, 3·1 + 0.5·4 for the negative ones."""
    teacher = (
        Dense(np.array([[3.0, 4.0], [1.0, 0.0], [0.0, 2.0]]), None, False),
        Dense(np.array([[0.5, -3.0, -0.5]]), None, False),
    )
    given = naive.random_problem(np.random.default_rng(0), 1, 2, 3)
    positive, negative = rule._planted(require_quadratic(1, replace(given, targets=None, teacher=teacher)))
    assert (positive, negative) == (12.5, 5)


@BOTH
def test_norms_and_eigenvalues_enter_by_their_weak_ends(arithmetic):
    """Y = ‖y‖/√n and ‖G‖_F from above, to the last bit; n = 4, d = 1, √3 and 1/√3 are no doubles."""
    problem = naive.network_problem([[0.0]], [1.0], [[1.0], [1.0], [1.0], [1.0]], [1.0, 1.0, 1.0, 0.0])
    network, kind = require_quadratic(1, problem), ArbMatrix if arithmetic == "arb" else BallMatrix
    numbers = rule._numbers(network, evaluate(network, kind), Evidence(-2.0, 0.0))
    assert Fraction(2 * lower(numbers.label_norm)) ** 2 > 3
    wide = naive.network_problem([[0.0, 0.0]], [1.0], [[1.0, 0.0], [1.0, 1.0], [0.0, 1.0]], [1.0, -1.0, 1.0])
    network = require_quadratic(1, wide)  # 3G = ((0, 1), (1, 0))
    numbers = rule._numbers(network, evaluate(network, kind), Evidence(-2.0, 2.0))
    assert 9 * Fraction(lower(numbers.force_norm)) ** 2 > 2
    assert float(rule._positive("λ", arb(2, 1))) == pytest.approx(1.0)
    with pytest.raises(Refusal):
        rule._positive("λ", arb(0.5, 1))


def test_wide_bounds_of_spectra_enter_by_their_weak_ends(monkeypatch):
    wide = SimpleNamespace(smallest_eigenvalue=lambda shift: arb(-2, 1), largest_eigenvalue=lambda shift: arb(2, 1))
    force = rule._check_force(SimpleNamespace(force=wide), DOWN)
    assert (force.below, force.above) == (pytest.approx(3.0), pytest.approx(3.0))
    monkeypatch.setattr(rule, "hessian", lambda *_: wide)
    network = require_quadratic(1, _one(1.25))
    assert rule._deficit(network, None, replace(DOWN, hessian_shift=-9.0), force) == pytest.approx(3.0)


def test_a_factor_that_is_no_double_rounds_outwards():
    """A third of L = 1/2, of ε_H = 4 and of ‖∇L‖ = 1."""
    proved, facts, rows = _numbers(_one(1.25, scale=Fraction(1, 6)), DOWN)
    assert Fraction(facts["f(W)"].lower) < Fraction(1, 6) < Fraction(facts["f(W)"].upper)
    assert Fraction(rows["loss"]) > Fraction(1, 6) and Fraction(proved.gap) > Fraction(1, 6)
    assert Fraction(proved.curvature_deficit) > Fraction(4, 3) and Fraction(proved.gradient_norm) > Fraction(1, 3)


@pytest.mark.parametrize(
    ("outer", "tau"),
    [
        ((2.0, 2.0, -1.0, -1.0), 4.0),  # ε_H = 8 over twice the second largest |v| of each sign, the larger of the two
        ((0.5, 0.5, -1.0, -1.0), 2.0),
        ((1.0, 1.0, -0.5, -0.5), 4.0),
        ((0.5, 0.5, -1.0), None),  # one unit of a sign, and no c₄
        ((1.0, -0.5, -0.5), None),
    ],
)
def test_what_is_known_a_priori_of_each_sign(outer, tau):
    """G = r = −1, −2 ≤ G ≤ 0: ε_H = 2·2·max v."""
    problem = _one(1.0 + 0.25 * sum(outer), outer)
    _, _, rows = _numbers(problem, replace(DOWN, moment_shift=0.75))
    found = rows.get("moment matrix, a priori")
    assert found is None if tau is None else found == pytest.approx(tau**2 / 1.5)


OTHERS = {
    "relu": lambda p: replace(p, activations=(parse_activation("relu"),)),
    "trained second layer": lambda p: replace(p, layers=(p.layers[0], replace(p.layers[1], trained=True))),
    "a bias": lambda p: replace(p, layers=(replace(p.layers[0], bias=np.zeros(len(p.layers[0].weight))), p.layers[1])),
    "flipped outer weights": lambda p: replace(p, layers=(p.layers[0], Dense(-p.layers[1].weight, None, False))),
    "other labels": lambda p: replace(p, targets=p.given_targets + 1),
    "other weights": lambda p: replace(p, layers=(Dense(1.1 * p.layers[0].weight, None), p.layers[1])),
}


@pytest.mark.parametrize("name", sorted(OTHERS))
def test_another_problem_is_not_accepted(honest, name):
    problem, claim, evidence = honest
    verdict = decide(claim, evidence, OTHERS[name](problem))
    assert not isinstance(verdict, Accepted)
    if name in ("relu", "trained second layer", "a bias"):
        assert isinstance(verdict, Rejected) and verdict.check == 1


def test_negative_outer_weights_are_the_negated_problem():
    problem = _near(3, 4, 3, 14, "spread")
    found = propose(problem)
    w, v, x, y = _parts(problem)
    flipped = naive.network_problem(w, -v, x, -y)
    assert isinstance(decide(found.claim, found.evidence, flipped), Accepted)


def test_the_whole_hessian_can_be_sharper_than_the_lemma():
    """At a positive definite Gauss–Newton part with G ⋡ 0, ε_H is smaller with the Hessian."""
    problem = naive.random_problem(np.random.default_rng(4), 1, 3, 20)
    lemma, whole = propose(problem, full=False), propose(problem, full=True)
    assert whole.claim.curvature_deficit < lemma.claim.curvature_deficit
    assert whole.evidence.hessian_shift is not None and lemma.evidence.hessian_shift is None


def test_every_row_is_reported(honest):
    problem, claim, evidence = honest
    names = {fact.at for fact in decide(claim, evidence, problem).facts if fact.symbol == "gap"}
    one_sign = {"trace (3.2.3)", "self-dual (3.2.2)", "trace (3.2.3), a priori", "self-dual (3.2.2), a priori"}
    mixed = {"moment matrix", "nuclear norm", "moment matrix, a priori", "nuclear norm, a priori"}
    assert "loss" in names and (one_sign <= names or mixed <= names)


def test_planted_labels_use_the_teacher():
    """Equation (3.2.4) with the sizes of the teacher's positive and of its negative units apart."""
    rng = np.random.default_rng(5)
    w, v = rng.normal(size=(2, 3)), np.array([1.0, -0.5])
    given = naive.random_problem(rng, 4, 3, 12, "mixed")
    problem = replace(given, targets=None, teacher=(Dense(w, None, False), Dense(v[None], None, False)))
    found = propose(problem)
    rows = {fact.at: fact.upper for fact in found.verdict.facts}
    x, y = given.inputs, ((given.inputs @ w.T) ** 2) @ v
    start, outer = given.layers[0].weight, given.layers[1].weight[0]
    values = np.linalg.eigvalsh(naive.force(start, outer, x, y))
    pairing = np.sum(start * naive.gradient(start, outer, x, y)) / 2
    total = pairing + max(0, -values[0]) * (w[0] @ w[0]) + max(0, values[-1]) * 0.5 * (w[1] @ w[1])
    assert rows["planted (3.2.4)"] == pytest.approx(total / 2, rel=1e-9)


def test_a_direction_is_for_outer_weights_of_one_sign():
    problem = naive.random_problem(np.random.default_rng(9), 6, 3, 14, "mixed")
    evidence = replace(propose(problem).evidence, units=(1.0, *(0.0,) * 5), fourth_moment_shift=1e3)
    verdict = decide(WEAKEST, evidence, problem)
    assert isinstance(verdict, Undecided) and verdict.check == 5


def test_inputs_that_span_less_prove_the_loss_only():
    rng = np.random.default_rng(6)
    x = rng.normal(size=(12, 2)) @ rng.normal(size=(2, 3))
    problem = naive.network_problem(rng.normal(size=(4, 3)), np.ones(4), x, rng.normal(size=12))
    found = propose(problem)
    assert isinstance(found.verdict, Accepted) and found.evidence.covariance_shift is None
    claimed = replace(found.evidence, covariance_shift=1e-12)
    verdict = decide(WEAKEST, claimed, problem)
    assert isinstance(verdict, Undecided) and verdict.check == 5


@BOTH
@pytest.mark.parametrize("size", [1e200, 5e-324])
def test_huge_and_subnormal_entries(size, arithmetic):
    """x = 1, v = 1, y = 1: at w ≈ 0, D²f = −2, ∇f ≈ 0 and the gap is 1/2."""
    problem = naive.network_problem([[size]], [1.0], [[1.0]], [1.0])
    evidence = Evidence(-1.5, 1.5, covariance_shift=0.5)
    verdict = decide(WEAKEST, evidence, problem, arithmetic=arithmetic)
    if size > 1:
        assert not isinstance(verdict, Accepted)
        return
    assert verdict.proved.curvature_deficit >= 2 and verdict.proved.gap >= 0.5
    assert not isinstance(decide(Claim(1.0, 1.99, 1.0), evidence, problem, arithmetic=arithmetic), Accepted)
    assert not isinstance(decide(Claim(1.0, 3.0, 0.49), evidence, problem, arithmetic=arithmetic), Accepted)


def test_the_work_is_estimated_before_it_is_done():
    problem = naive.random_problem(np.random.default_rng(7), 40, 40, 30)
    verdict = decide(WEAKEST, Evidence(-1e6, 1e6, hessian_shift=-1e6), problem, budget=1e6)
    assert isinstance(verdict, Undecided) and verdict.check == 3


@pytest.mark.slow
@pytest.mark.parametrize(("k", "d", "n", "full"), [(60, 30, 600, True), (500, 200, 1_000, False)])
def test_the_sizes_of_the_issue(k, d, n, full):
    problem = naive.random_problem(np.random.default_rng(8), k, d, n, "spread")
    assert isinstance(propose(problem, full=full).verdict, Accepted)


def test_the_sentence_rounds_up():
    text = Claim(0.1234561, 0.2234561, 0.3234561).sentence()
    assert all(number in text for number in ("0.123457", "0.223457", "0.323457"))


@BOTH
@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_previous_bug_10_the_facts_are_about_g_of_the_problem_as_given(sign, arithmetic):
    """Where every outer weight is negative they were about −G: λ_max(G) ≤ 0.501, and it is 2/3."""
    x, y = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]), np.array([0.5, -3.0, -2.0])
    problem = naive.network_problem(np.eye(2), np.array([-sign, -sign]), x, sign * y)
    least, greatest = np.linalg.eigvalsh(naive.force(*_parts(problem)))
    low, high = sorted([-sign * least, -sign * greatest])
    verdict = decide(WEAKEST, Evidence(low - 1e-3, high + 1e-3), problem, arithmetic=arithmetic)
    facts = {fact.symbol: fact.upper for fact in verdict.facts}
    assert facts["−λ_min(G)"] >= -least > facts["−λ_min(G)"] - 0.01
    assert facts["λ_max(G)"] >= greatest > facts["λ_max(G)"] - 0.01
