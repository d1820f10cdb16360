"""Gaps of quadratic networks: honest ones pass, stronger, tampered, infeasible ones do not, and none is too small."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from certificates import Accepted, Dense, Rejected, Undecided, check_bytes, decide
from certificates.certificate import Certificate, encode_certificate
from certificates.claims.optimality_gap import Claim, Evidence
from certificates.document import ProblemReference, sha256_hex
from certificates.document.problem_file import encode_problem
from certificates.errors import MalformedCertificate
from certificates.expression import parse_activation
from certificates.subjects import Objective, Squared
from tests.support import quadratic as naive
from verify.proposals import optimality_gap as search
from verify.proposals.optimality_gap import propose

BOTH = pytest.mark.parametrize("arithmetic", ["fast", "arb"])
HUGE = Claim(1e300)


def _proved(evidence, problem, arithmetic="fast"):
    verdict = decide(HUGE, evidence, problem, arithmetic=arithmetic)
    assert isinstance(verdict, Accepted), verdict.explanation()
    return verdict.proved.gap


@pytest.fixture(scope="module")
def noisy():
    """d = 3, k = 3, at a minimum whose loss is far from 0."""
    return naive.trained(naive.random_problem(np.random.default_rng(0), 3, 3, 25))


@pytest.fixture(scope="module")
def honest(noisy):
    found = propose(noisy)
    assert isinstance(found.verdict, Accepted), found.verdict.explanation()
    return noisy, found.claim, found.evidence


@BOTH
def test_the_gap_of_a_minimum_is_nearly_zero(honest, arithmetic):
    problem, claim, evidence = honest
    verdict = decide(claim, evidence, problem, arithmetic=arithmetic)
    assert isinstance(verdict, Accepted) and not verdict.conditional and verdict.ledger
    assert claim.gap < 1e-9 < 0.05 < verdict.facts[0].lower


@BOTH
def test_what_is_proved_is_accepted_and_anything_less_is_not(honest, arithmetic):
    problem, _, evidence = honest
    proved = _proved(evidence, problem, arithmetic)
    assert isinstance(decide(Claim(proved), evidence, problem, arithmetic=arithmetic), Accepted)
    for smaller in (math.nextafter(proved, 0), max(0.0, proved - 1e-12)):
        verdict = decide(Claim(smaller), evidence, problem, arithmetic=arithmetic)
        assert isinstance(verdict, Undecided) and verdict.check == 5


@pytest.mark.parametrize("gap", [math.nan, math.inf])
def test_claims_that_are_not_finite_are_not_accepted(honest, gap):
    problem, _, evidence = honest
    assert not isinstance(decide(Claim(gap), evidence, problem), Accepted)


def test_negative_numbers_are_no_certificate():
    with pytest.raises(MalformedCertificate):
        Claim(-1e-300)
    with pytest.raises(MalformedCertificate):
        Evidence("self-dual", shift=-1.0)


def _check_against_descent(signs, seed):
    rng = np.random.default_rng(seed)
    k, d, n = int(rng.integers(1, 5)), int(rng.integers(1, 4)), int(rng.integers(1, 16))
    problem = naive.random_problem(rng, k, d, n, signs, gain=rng.choice([0.01, 1, 10]))
    found = propose(problem)
    gaps = [decide(HUGE, found.evidence, problem, arithmetic=kind).proved.gap for kind in ("fast", "arb")]
    x, y, v = problem.inputs, problem.given_targets[:, 0], problem.layers[1].weight[0]
    here, best = naive.loss(problem.layers[0].weight, v, x, y), math.inf
    for _ in range(6):
        start = replace(problem, layers=(Dense(rng.normal(size=(k, d)), None), problem.layers[1]))
        best = min(best, naive.loss(naive.trained(start).layers[0].weight, v, x, y))
    assert here - best <= min(gaps) * (1 + 1e-9) + 1e-13 * here


@pytest.mark.parametrize("signs", ["positive", "spread", "mixed"])
@pytest.mark.parametrize("seed", range(2))
def test_no_gap_is_smaller_than_what_descent_finds(signs, seed):
    _check_against_descent(signs, seed)


@pytest.mark.slow
@pytest.mark.parametrize("signs", ["positive", "spread", "mixed"])
@pytest.mark.parametrize("seed", range(2, 60))
def test_no_gap_is_smaller_than_what_descent_finds_campaign(signs, seed):
    _check_against_descent(signs, seed)


def test_the_gap_is_about_the_problem_s_own_loss(honest):
    """The theory's scaling is 1/(2n): a sum is 2n times as much, a mean twice."""
    problem, _, evidence = honest
    unit = _proved(evidence, problem)
    for scale, factor in ((Fraction(1), 50), (Fraction(1, 25), 2)):
        gap = _proved(evidence, replace(problem, objective=Objective(Squared(scale))))
        assert gap == pytest.approx(factor * unit, rel=1e-12)


def test_negative_outer_weights_are_the_negated_problem(honest):
    problem, claim, evidence = honest
    flipped = naive.network_problem(
        problem.layers[0].weight, -problem.layers[1].weight[0], problem.inputs, -problem.given_targets[:, 0]
    )
    assert isinstance(decide(claim, evidence, flipped), Accepted)
    wrong = replace(problem, layers=flipped.layers)
    assert not isinstance(decide(claim, evidence, wrong), Accepted)


# ---- dual points that are none ------------------------------------------------------------------------------------


def _dual_of(problem, vector):
    return Evidence("dual", eigenvalue_shift=0.0, vector=tuple(float(c) for c in vector))


@BOTH
def test_an_infeasible_dual_point_is_not_accepted(noisy, arithmetic):
    """ν = r is a dual point only up to λ_min(G) < 0; without the shift 0 would be 'proven'."""
    w, v = noisy.layers[0].weight * 1.5, noisy.layers[1].weight[0]
    x, y = noisy.inputs, noisy.given_targets[:, 0]
    worse = naive.network_problem(0.5 * w, v, x, y)
    r = naive.residual(0.5 * w, v, x, y)
    assert np.linalg.eigvalsh(naive.force(0.5 * w, v, x, y))[0] < -0.1
    for evidence in (_dual_of(worse, r), Evidence("self-dual", eigenvalue_shift=0.0)):
        for shift in (0.0, -1.0, -1e9, 1.0, math.nan):
            tampered = replace(evidence, eigenvalue_shift=shift)
            verdict = decide(HUGE, tampered, worse, arithmetic=arithmetic)
            assert not isinstance(verdict, Accepted) and verdict.check in (2, 4)


def test_the_shift_must_be_along_the_covariance_not_the_identity():
    """Trap: t·I in place of t·Σ̂ would prove less than nothing when the inputs are small."""
    rng = np.random.default_rng(1)
    problem = naive.random_problem(rng, 3, 3, 20)
    small = replace(problem, inputs=0.01 * problem.inputs)
    w, v, x, y = small.layers[0].weight, small.layers[1].weight[0], small.inputs, small.given_targets[:, 0]
    bottom = -np.linalg.eigvalsh(naive.force(w, v, x, y))[0]
    assert bottom > 0
    assert not isinstance(decide(HUGE, Evidence("self-dual", shift=float(1.01 * bottom)), small), Accepted)


TAMPERED = {
    "vector too short": lambda e: replace(e, vector=e.vector[:-1]),
    "vector too long": lambda e: replace(e, vector=(*e.vector, 0.0)),
    "no vector": lambda e: replace(e, vector=()),
    "NaN in the vector": lambda e: replace(e, vector=(math.nan, *e.vector[1:])),
    "infinity in the vector": lambda e: replace(e, vector=(math.inf, *e.vector[1:])),
    "negated": lambda e: replace(e, vector=tuple(-c for c in e.vector)),
    "lowered": lambda e: replace(e, vector=tuple(c - 1e-3 for c in e.vector)),
    "eigenvalue shift above": lambda e: replace(e, eigenvalue_shift=1.0),
    "eigenvalue shift NaN": lambda e: replace(e, eigenvalue_shift=math.nan),
    "columns for independent inputs": lambda e: replace(e, columns=(0, 1)),
    "another method": lambda e: replace(e, method="least-squares"),
    "nonnegative with a vector": lambda e: replace(e, method="nonnegative"),
}


@BOTH
@pytest.mark.parametrize("name", sorted(TAMPERED))
def test_tampered_dual_points_are_not_accepted(honest, name, arithmetic):
    problem, claim, evidence = honest
    dual = _as_dual(problem, evidence)
    assert isinstance(decide(HUGE, dual, problem, arithmetic=arithmetic), Accepted)
    verdict = decide(claim, TAMPERED[name](dual), problem, arithmetic=arithmetic)
    assert not isinstance(verdict, Accepted) and verdict.check in (2, 4, 5)
    assert isinstance(verdict, Rejected) or verdict.check != 2


def _as_dual(problem, evidence):
    if evidence.method == "dual":
        return evidence
    w, v = problem.layers[0].weight, problem.layers[1].weight[0]
    r = naive.residual(w, v, problem.inputs, problem.given_targets[:, 0])
    return Evidence("dual", evidence.eigenvalue_shift, vector=tuple((r + evidence.shift * (1 + 1e-3)).tolist()))


def test_a_scaled_dual_point_proves_the_same(honest):
    problem, _, evidence = honest
    dual = _as_dual(problem, evidence)
    scaled = replace(dual, eigenvalue_shift=dual.eigenvalue_shift * 8, vector=tuple(8 * c for c in dual.vector))
    assert _proved(scaled, problem) == pytest.approx(_proved(dual, problem), abs=1e-12)


# ---- other problems -----------------------------------------------------------------------------------------------


def _relu(p):
    return replace(p, activations=(parse_activation("relu"),))


OTHERS = {
    "relu": _relu,
    "trained second layer": lambda p: replace(p, layers=(p.layers[0], replace(p.layers[1], trained=True))),
    "a bias": lambda p: replace(p, layers=(replace(p.layers[0], bias=np.zeros(3)), p.layers[1])),
    "an output bias": lambda p: replace(p, layers=(p.layers[0], replace(p.layers[1], bias=np.zeros(1)))),
    "mixed signs": lambda p: replace(p, layers=(p.layers[0], Dense(np.array([[1.0, -1.0, 1.0]]), None, False))),
    "other labels": lambda p: replace(p, targets=p.given_targets + 1),
    "other inputs": lambda p: replace(p, inputs=2 * p.inputs),
    "other weights": lambda p: replace(p, layers=(Dense(1.01 * p.layers[0].weight, None), p.layers[1])),
}


@pytest.mark.parametrize("name", sorted(OTHERS))
def test_another_problem_is_not_accepted(honest, name):
    problem, claim, evidence = honest
    verdict = decide(claim, evidence, OTHERS[name](problem))
    assert not isinstance(verdict, Accepted)
    if name in ("relu", "trained second layer", "a bias", "an output bias"):
        assert isinstance(verdict, Rejected) and verdict.check == 1


# ---- special data -------------------------------------------------------------------------------------------------


def test_planted_labels_give_the_loss_itself(noisy):
    teacher = (Dense(np.array([[1.0, -0.5, 0.25]]), None, False), Dense(np.array([[2.0]]), None, False))
    planted = replace(noisy, targets=None, teacher=teacher)
    found = propose(planted)
    w, v, x = noisy.layers[0].weight, noisy.layers[1].weight[0], noisy.inputs
    y = 2.0 * (x @ teacher[0].weight[0]) ** 2
    assert found.claim.gap == pytest.approx(naive.loss(w, v, x, y), rel=1e-5)


def test_zero_labels_give_the_loss_itself(noisy):
    zero = replace(noisy, targets=np.zeros((25, 1)))
    found = propose(zero)
    assert isinstance(found.verdict, Accepted)
    assert found.claim.gap == pytest.approx(found.verdict.facts[0].upper, rel=1e-5)


def test_fewer_samples_than_dimensions():
    """Independent inputs: feasible is ν ≥ 0, and inf f = Σ min(y, 0)²/(2n) exactly."""
    rng = np.random.default_rng(2)
    x, y = rng.normal(size=(3, 5)), np.array([-1.0, 2.0, -0.5])
    problem = naive.trained(naive.network_problem(rng.normal(size=(5, 5)), np.ones(5), x, y))
    found = propose(problem)
    assert found.verdict.facts[2].lower == pytest.approx(1.25 / 6, abs=1e-9)
    assert found.claim.gap < 1e-8


def test_inputs_that_are_always_zero_are_deleted():
    rng = np.random.default_rng(3)
    problem = naive.random_problem(rng, 4, 3, 30)
    wide = np.hstack([problem.inputs, np.zeros((30, 1))])
    padded = naive.network_problem(rng.normal(size=(4, 4)), np.ones(4), wide, problem.given_targets[:, 0])
    assert propose(naive.trained(padded)).claim.gap < 1e-8


@pytest.fixture(scope="module")
def dependent():
    """The fourth input is the second one, the fifth the exact sum of two."""
    rng = np.random.default_rng(3)
    x = np.round(rng.normal(size=(30, 3)) * 64) / 64
    x = np.hstack([x, x[:, 1:2], x[:, :1] + x[:, 1:2]])
    y = rng.normal(size=30) + 1
    return naive.trained(naive.network_problem(rng.normal(size=(5, 5)), np.ones(5), x, y))


@pytest.fixture(scope="module")
def spanned(dependent):
    return propose(dependent)


@BOTH
def test_dependent_inputs_need_columns_that_span_them(dependent, spanned, arithmetic):
    found = spanned
    assert len(found.evidence.columns) == 3 and found.claim.gap < 1e-8
    assert isinstance(decide(found.claim, found.evidence, dependent, arithmetic=arithmetic), Accepted)
    without = decide(HUGE, replace(found.evidence, columns=()), dependent, arithmetic=arithmetic)
    assert isinstance(without, Undecided) and without.check == 4 and "span" in without.advice


COLUMNS = {
    "too few": (0, 1),
    "too many": (0, 1, 2, 3),
    "dependent": (1, 2, 3),
    "reversed": (2, 1, 0),
    "repeated": (0, 1, 1),
    "outside": (0, 1, 5),
    "negative": (-1, 0, 1),
}


@BOTH
@pytest.mark.parametrize("name", sorted(COLUMNS))
def test_columns_that_do_not_span_the_inputs_are_not_accepted(dependent, spanned, name, arithmetic):
    evidence = spanned.evidence
    for shift in (evidence.eigenvalue_shift, 0.0, 1e-18):
        tampered = replace(evidence, columns=COLUMNS[name], eigenvalue_shift=shift)
        verdict = decide(HUGE, tampered, dependent, arithmetic=arithmetic)
        assert not isinstance(verdict, Accepted) and verdict.check in (2, 4)


def test_inputs_that_are_nearly_dependent_are_not_taken_for_dependent(dependent, spanned):
    """One last bit off, and the rank is 5: three columns span nothing."""
    inputs = np.array(dependent.inputs)
    inputs[7, 4] = np.nextafter(inputs[7, 4], 9)
    other = replace(dependent, inputs=inputs)
    assert not isinstance(decide(HUGE, spanned.evidence, other), Accepted)
    assert search.spanning_columns(inputs) == ()


def test_units_without_an_outer_weight_do_not_count(honest):
    problem, claim, evidence = honest
    layers = (
        Dense(np.vstack([problem.layers[0].weight, 1e3 * np.ones((2, 3))]), None),
        Dense(np.hstack([problem.layers[1].weight, [[0.0, -0.0]]]), None, False),
    )
    assert isinstance(decide(claim, evidence, replace(problem, layers=layers)), Accepted)


@BOTH
@pytest.mark.parametrize("size", [1e200, 5e-324])
def test_huge_and_subnormal_entries_never_prove_a_small_gap(size, arithmetic):
    """The gap is 1/4 for subnormal inputs (q rounds to 0 in binary64), and astronomic for huge ones."""
    x, y = size * np.eye(2), np.array([-1.0, 1.0])
    problem = naive.network_problem(np.ones((2, 2)), np.ones(2), x, y)
    for evidence in (Evidence("nonnegative"), Evidence("dual", vector=(1.0, 0.0)), Evidence("self-dual", shift=1.0)):
        assert not isinstance(decide(Claim(0.2499), evidence, problem, arithmetic=arithmetic), Accepted)


def test_one_sample_exactly():
    """x = 1, y = −1: inf f = 1/2 at W = 0, so f(W) = ½(w² + 1)² has the gap ½w⁴ + w²."""
    problem = naive.network_problem([[0.5]], [1.0], [[1.0]], [-1.0])
    gap = _proved(Evidence("dual", vector=(1.0,)), problem, "arb")
    assert 0.28125 <= gap <= 0.28125 * (1 + 1e-15)


# ---- at the bounds -------------------------------------------------------------------------------------------------

ONE = naive.network_problem([[1.0]], [1.0], [[1.0], [1.0]], [0.0, 0.0])  # (1/n)Σν_ix_i² is the mean of ν, T = 1
PAIR = naive.network_problem(np.eye(2), [1.0, 1.0], np.eye(2), [0.0, 0.0])
CROSS = naive.network_problem(np.eye(2), [1.0, -1.0], np.eye(2), [0.0, 0.0])
MEAN_1 = Evidence("dual", vector=(3.0, -1.0))
SQUARES = Evidence("least-squares", vector=(1.0,))
OUTCOMES = {
    "λ_min ≥ 0 is enough": (ONE, MEAN_1, Accepted, 0),
    "a bound below 0 is not": (ONE, replace(MEAN_1, eigenvalue_shift=-0.5625), Undecided, 4),
    "the mean, not the sum": (ONE, replace(MEAN_1, eigenvalue_shift=1.5), Undecided, 4),
    "columns need λ_min > 0": (ONE, replace(MEAN_1, columns=(0,)), Undecided, 4),
    "columns with λ_min > 0": (ONE, replace(MEAN_1, columns=(0,), eigenvalue_shift=0.75), Accepted, 0),
    "columns with a bound below 0": (ONE, replace(MEAN_1, columns=(0,), eigenvalue_shift=-0.5625), Undecided, 4),
    "columns too few": (PAIR, Evidence("dual", vector=(1.0, -1.0), columns=(0,)), Rejected, 4),
    "ν ≥ 0 needs no spectrum": (PAIR, Evidence("dual", vector=(0.0, 0.5), eigenvalue_shift=9.0), Accepted, 0),
    "one ν below 0": (PAIR, Evidence("dual", vector=(-0.5, 0.5)), Undecided, 4),
    "the other": (PAIR, Evidence("dual", vector=(0.5, -0.5)), Undecided, 4),
    "T with λ_min ≥ 0 only": (ONE, SQUARES, Undecided, 4),
    "T with λ_min > 0": (ONE, replace(SQUARES, eigenvalue_shift=0.75), Accepted, 0),
    "T below 0": (ONE, replace(SQUARES, eigenvalue_shift=-0.5625), Undecided, 4),
    "T not factored": (ONE, replace(SQUARES, eigenvalue_shift=2.0), Undecided, 4),
    "mixed signs": (CROSS, Evidence("dual", vector=(1.0, 1.0)), Rejected, 2),
    "mixed signs, self-dual": (CROSS, Evidence("self-dual", shift=1.0), Rejected, 2),
    "mixed signs, the loss": (CROSS, Evidence("nonnegative"), Accepted, 0),
    "columns without a dual point": (PAIR, Evidence("nonnegative", columns=(0, 1)), Rejected, 2),
    "the first column is 0": (PAIR, Evidence("self-dual", shift=0.5, columns=(0, 1)), Accepted, 0),
    "a column before the first": (PAIR, Evidence("self-dual", shift=0.5, columns=(-1,)), Rejected, 2),
    "a column after the last": (PAIR, Evidence("self-dual", shift=0.5, columns=(0, 2)), Rejected, 2),
    "a column twice": (PAIR, Evidence("self-dual", shift=0.5, columns=(0, 0)), Rejected, 2),
    "columns in another order": (PAIR, Evidence("self-dual", shift=0.5, columns=(1, 0)), Rejected, 2),
    "one number too many": (PAIR, Evidence("dual", vector=(1.0, 1.0, 1.0)), Rejected, 2),
    "a number for none": (PAIR, Evidence("nonnegative", vector=(1.0,)), Rejected, 2),
    "not a number among others": (PAIR, Evidence("dual", vector=(math.nan, 1.0)), Rejected, 2),
    "an infinite shift": (PAIR, Evidence("self-dual", shift=math.inf), Rejected, 2),
}


@pytest.mark.parametrize("name", OUTCOMES)
def test_every_evidence_has_its_outcome(name):
    problem, evidence, kind, check = OUTCOMES[name]
    verdict = decide(HUGE, evidence, problem, arithmetic="arb")
    assert isinstance(verdict, kind) and (kind is Accepted or verdict.check == check), verdict.explanation()


def test_one_sample_in_another_scale_has_all_its_facts():
    """f = (9/2)(w² + 1)² at w = 1/2, with its infimum at 0."""
    problem = naive.network_problem([[0.5]], [1.0], [[1.0]], [-1.0], Fraction(9, 2))
    verdict = decide(HUGE, Evidence("dual", vector=(1.0,)), problem, arithmetic="arb")
    loss, gradient, infimum, gap = verdict.facts
    assert (loss.lower, loss.upper) == (7.03125, 7.03125)
    assert gradient.lower == gap.lower == 0.0 and gradient.upper == pytest.approx(11.25, rel=1e-15)
    assert infimum.lower == pytest.approx(4.5, rel=1e-15) and infimum.upper == 7.03125
    assert gap.upper == verdict.proved.gap == pytest.approx(2.53125, rel=1e-15)


@BOTH
@pytest.mark.parametrize("scale", [None, Fraction(1, 3)])
def test_the_ends_of_the_facts_hold_to_the_last_bit(scale, arithmetic):
    for seed in range(4):
        problem = naive.random_problem(np.random.default_rng(seed), 2, 2, 3)
        parts = problem.layers[0].weight, problem.layers[1].weight[0], problem.inputs, problem.given_targets[:, 0]
        problem = replace(problem, objective=Objective(Squared(scale or problem.objective.loss.scale)))
        factor = 6 * problem.objective.loss.scale
        verdict = decide(HUGE, Evidence("nonnegative"), problem, arithmetic=arithmetic)
        loss, gradient, infimum, gap = verdict.facts
        truth = factor * naive.exact_loss(*parts)
        assert Fraction(loss.lower) < truth < Fraction(loss.upper) and Fraction(infimum.upper) > truth
        assert Fraction(gradient.upper) ** 2 > factor**2 * naive.exact_gradient_square(*parts)
        assert Fraction(verdict.proved.gap) > truth and Fraction(infimum.lower) <= truth - Fraction(gap.upper)


# ---- mixed signs ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def mixed():
    problem = naive.trained(naive.random_problem(np.random.default_rng(5), 6, 3, 20, "mixed"))
    found = propose(problem)
    assert found.evidence.method == "least-squares", found.notes
    return problem, found.claim, found.evidence


@BOTH
def test_mixed_signs_are_least_squares(mixed, arithmetic):
    problem, claim, evidence = mixed
    assert claim.gap < 1e-9 and isinstance(decide(claim, evidence, problem, arithmetic=arithmetic), Accepted)


@BOTH
@pytest.mark.parametrize("shift", [0.0, 1.0, -1.0, math.inf])
def test_a_wrong_bound_of_the_moment_matrix_is_not_accepted(mixed, shift, arithmetic):
    problem, claim, evidence = mixed
    verdict = decide(claim, replace(evidence, eigenvalue_shift=shift), problem, arithmetic=arithmetic)
    assert not isinstance(verdict, Accepted)


def test_a_matrix_far_from_the_minimum_proves_less_and_nothing_false(mixed):
    problem, claim, evidence = mixed
    far = replace(evidence, vector=tuple(1.5 * c for c in evidence.vector))
    assert not isinstance(decide(claim, far, problem), Accepted)
    assert _proved(far, problem) > claim.gap


def test_mixed_signs_take_no_dual_point(mixed):
    problem, _, _ = mixed
    verdict = decide(HUGE, Evidence("dual", vector=(0.0,) * 20), problem)
    assert isinstance(verdict, Rejected) and verdict.check == 2


def test_more_unknowns_than_samples_leave_the_loss():
    found = propose(naive.random_problem(np.random.default_rng(6), 8, 4, 9, "mixed"))
    assert found.evidence.method == "nonnegative" and "unknowns" in found.notes[0]


# ---- the search -----------------------------------------------------------------------------------------------------


def test_a_relaxation_that_overflows_leaves_the_self_dual_gap_and_says_so(monkeypatch):
    monkeypatch.setattr(search, "relaxed_residual", lambda inputs, labels: None)
    draw = naive.random_problem(np.random.default_rng(7), 3, 3, 25)
    problem = naive.trained(draw, steps=15)  # not so near a minimum that nothing else is tried
    found = propose(problem)
    assert isinstance(found.verdict, Accepted) and found.evidence.method == "self-dual"
    assert any("overflow" in note for note in found.notes)


def test_a_lying_relaxation_is_not_believed(monkeypatch):
    monkeypatch.setattr(search, "relaxed_residual", lambda inputs, labels: -1e3 * np.ones(len(labels)))
    problem = naive.trained(naive.random_problem(np.random.default_rng(7), 3, 3, 25), steps=60)
    assert propose(problem).evidence.method == "self-dual"


def test_the_relaxation_beats_an_unfinished_run(noisy):
    early = naive.network_problem(1.3 * noisy.layers[0].weight, np.ones(3), noisy.inputs, noisy.given_targets[:, 0])
    found = propose(early)
    here = naive.loss(early.layers[0].weight, np.ones(3), early.inputs, early.given_targets[:, 0])
    there = naive.loss(noisy.layers[0].weight, np.ones(3), early.inputs, early.given_targets[:, 0])
    assert found.evidence.method == "dual" and found.claim.gap == pytest.approx(here - there, rel=1e-4)


def test_what_is_no_quadratic_network_gets_the_judge_s_refusal(noisy):
    found = propose(_relu(noisy))
    assert found.claim is None and found.verdict.check == 1


def test_a_certificate_is_written_and_read_back(honest):
    problem, claim, evidence = honest
    data = encode_problem(problem)
    reference = ProblemReference("network", sha256_hex(data), embedded=data)
    written = encode_certificate(Certificate(Claim.kind, reference, claim, _as_dual(problem, evidence), {}))
    assert isinstance(check_bytes(written), Accepted)
    larger = written.replace(b'"gap": "0x1.', b'"gap": "0x0.')
    assert larger != written and "inf f ≤" in claim.sentence()
    with pytest.raises(MalformedCertificate):
        check_bytes(larger)


@pytest.mark.slow
@pytest.mark.parametrize(("d", "n"), [(15, 200), (30, 600), (60, 2_000)])
def test_the_sizes_of_the_issue(d, n):
    problem = naive.trained(naive.random_problem(np.random.default_rng(8), d, d, n))
    assert propose(problem).claim.gap <= 1e-8


def test_the_sentence_rounds_up():
    assert "f(W) − inf f ≤ 0.123457." in Claim(0.1234561).sentence()
