"""Second-order points: honest numbers pass, stronger and tampered ones do not, and all are those of the naive twin."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from certificates import Accepted, Layer, Rejected, Undecided, decide
from certificates.claims.second_order_stationary import Claim, Evidence
from certificates.errors import MalformedCertificate
from certificates.expression import parse_activation
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
    summed = decide(WEAKEST, evidence, replace(problem, loss_scale=Fraction(1))).proved
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


OTHERS = {
    "relu": lambda p: replace(p, activations=(parse_activation("relu"),)),
    "trained second layer": lambda p: replace(p, layers=(p.layers[0], replace(p.layers[1], trained=True))),
    "a bias": lambda p: replace(p, layers=(replace(p.layers[0], bias=np.zeros(len(p.layers[0].weight))), p.layers[1])),
    "flipped outer weights": lambda p: replace(p, layers=(p.layers[0], Layer(-p.layers[1].weight, None, False))),
    "other labels": lambda p: replace(p, targets=p.given_targets + 1),
    "other weights": lambda p: replace(p, layers=(Layer(1.1 * p.layers[0].weight, None), p.layers[1])),
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
    problem = replace(given, targets=None, teacher=(Layer(w, None, False), Layer(v[None], None, False)))
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
