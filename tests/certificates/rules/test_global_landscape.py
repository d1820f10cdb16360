"""No spurious minima: sign counts to the unit, zero loss only with a proven Gram matrix, and descent as a check."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from certificates import Accepted, Dense, Rejected, Undecided, decide
from certificates.claims.global_landscape import Claim, Evidence
from certificates.errors import MalformedCertificate
from certificates.expression import parse_activation
from tests.support import quadratic as naive
from verify.proposals.global_landscape import propose

BOTH = pytest.mark.parametrize("arithmetic", ["fast", "arb"])


def _problem(outer, d=2, n=3, seed=0):
    rng = np.random.default_rng(seed)
    return naive.network_problem(
        rng.normal(size=(len(outer), d)), outer, rng.normal(size=(n, d)), 3 * rng.normal(size=n)
    )


@pytest.fixture(scope="module")
def honest():
    problem = _problem([1.0, 2.0, -1.0, -0.5])
    found = propose(problem)
    assert isinstance(found.verdict, Accepted) and found.claim.gram_eigenvalue
    return problem, found.claim, found.evidence


@BOTH
def test_an_honest_claim_is_accepted(honest, arithmetic):
    problem, claim, evidence = honest
    assert isinstance(decide(claim, evidence, problem, arithmetic=arithmetic), Accepted)
    assert isinstance(decide(Claim(), evidence, problem, arithmetic=arithmetic), Accepted)
    truth = np.linalg.eigvalsh((problem.inputs @ problem.inputs.T) ** 2)[0]
    assert claim.gram_eigenvalue == pytest.approx(truth, rel=1e-5) and claim.gram_eigenvalue < truth


@BOTH
def test_one_ulp_more_than_proved_is_not_accepted(honest, arithmetic):
    problem, claim, evidence = honest
    proved = decide(claim, evidence, problem, arithmetic=arithmetic).proved.gram_eigenvalue
    assert isinstance(decide(Claim(proved), evidence, problem, arithmetic=arithmetic), Accepted)
    for value in (math.nextafter(proved, math.inf), math.inf, math.nan):
        assert not isinstance(decide(Claim(value), evidence, problem, arithmetic=arithmetic), Accepted)


SIGNS = {
    "exactly d of each": ([1.0, 1.0, -1.0, -1.0], True),
    "k ≥ 2d is not enough": ([1.0, 1.0, 1.0, -1.0], False),
    "one short": ([1.0, -1.0, -1.0], False),
    "one sign, exactly d": ([1.0, 2.0], True),
    "one sign, one short": ([1.0], False),
    "negative, exactly d": ([-1.0, -2.0], True),
    "zeros do not count": ([1.0, 0.0], False),
    "zeros do not count, mixed": ([1.0, 1.0, -1.0, 0.0, -0.0], False),
}


@pytest.mark.parametrize("name", sorted(SIGNS))
def test_signs_are_counted_to_the_unit(name):
    outer, holds = SIGNS[name]
    verdict = decide(Claim(), Evidence(), _problem(outer))
    assert isinstance(verdict, Accepted) == holds
    assert holds or (isinstance(verdict, Undecided) and verdict.check == 2)


@pytest.mark.parametrize("seed", range(6))
def test_where_it_is_accepted_descent_ends_at_one_value(seed):
    """Brute force: all runs of L-BFGS from random points end at the same loss, 0 for mixed signs and n ≤ D."""
    rng = np.random.default_rng(seed)
    outer = [1.0, 2.0, -1.0, -0.5] if seed % 2 else [1.0, 2.0, 0.5]
    problem = _problem(outer, n=3 if seed % 2 else 9, seed=seed)
    assert isinstance(decide(Claim(), Evidence(), problem), Accepted)
    v, x, y = problem.layers[1].weight[0], problem.inputs, problem.given_targets[:, 0]
    ends = []
    for _ in range(6):
        start = replace(problem, layers=(Dense(rng.normal(size=(len(outer), 2)), None), problem.layers[1]))
        ends.append(naive.loss(naive.trained(start).layers[0].weight, v, x, y))
    assert max(ends) - min(ends) < 1e-7 * (1 + max(ends))
    assert not seed % 2 or max(ends) < 1e-7


def test_with_one_unit_too_few_there_is_a_spurious_minimum():
    """The refusal is not vacuous: 3w₁⁴ + 3w₂⁴ + 12w₁²w₂² − 2w₁² − 3w₂² has minima of values −1/3 and −3/4."""
    x, y = [[1.0, 0.0], [0.0, 1.0], [1.0, 1.0], [1.0, -1.0]], [1.0, 1.5, 0.0, 0.0]
    ends = []
    for start in ([[0.6, 0.01]], [[0.01, 0.7]]):
        end = naive.trained(naive.network_problem(start, [1.0], x, y))
        ends.append(8 * naive.loss(end.layers[0].weight, np.ones(1), end.inputs, np.array(y)) - 3.25)
    assert ends == pytest.approx([-1 / 3, -3 / 4], abs=1e-9)
    assert isinstance(decide(Claim(), Evidence(), naive.network_problem([[0.6, 0.01]], [1.0], x, y)), Undecided)


@BOTH
@pytest.mark.parametrize("shift", [1e3, math.nan, math.inf, -1.0])
def test_a_wrong_shift_is_not_accepted(honest, shift, arithmetic):
    problem, claim, _ = honest
    verdict = decide(claim, Evidence(shift), problem, arithmetic=arithmetic)
    assert not isinstance(verdict, Accepted) and verdict.check in (4, 5)


@pytest.mark.parametrize(
    ("shift", "kind"),
    [(0.0, Undecided), (0.75, Accepted), (-0.5625, Undecided), (2.0, Undecided), (math.nan, Undecided)],
)
def test_only_a_bound_above_zero_is_a_proof(shift, kind):
    """K = 1, so that the bound is the shift itself."""
    verdict = decide(Claim(5e-324), Evidence(shift), naive.network_problem([[1.0], [1.0]], [1.0, -1.0], [[1.0]], [0.0]))
    assert isinstance(verdict, kind) and (kind is Accepted or verdict.check == 4), verdict.explanation()
    if kind is Accepted:
        counts = {fact.symbol: (fact.lower, fact.upper) for fact in verdict.facts}
        assert counts == {
            "|P|": (1, 1),
            "|N|": (1, 1),
            "d": (1, 1),
            "λ_min(K)": (verdict.proved.gram_eigenvalue, math.inf),
        }
        assert 0.74 < verdict.proved.gram_eigenvalue <= 0.75


def test_a_larger_eigenvalue_than_proved_is_undecided_by_the_last_check(honest):
    problem, claim, evidence = honest
    verdict = decide(Claim(2 * claim.gram_eigenvalue), evidence, problem)
    assert (
        isinstance(verdict, Undecided)
        and verdict.check == 5
        and verdict.proved.gram_eigenvalue >= claim.gram_eigenvalue
    )


SINGULAR = {
    "parallel samples": np.array([[1.0, 0.0], [2.0, 0.0], [0.0, 1.0]]),
    "opposite samples": np.array([[1.0, 0.5], [-1.0, -0.5], [0.0, 1.0]]),
    "more than d(d + 1)/2": np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0], [1.0, -1.0]]),
    "a zero sample": np.array([[1.0, 0.0], [0.0, 1.0], [0.0, 0.0]]),
}


@BOTH
@pytest.mark.parametrize("name", sorted(SINGULAR))
def test_zero_loss_is_not_accepted_for_singular_data(name, arithmetic):
    x = SINGULAR[name]
    problem = naive.network_problem(np.ones((4, 2)), [1.0, 1.0, -1.0, -1.0], x, np.arange(len(x)))
    for shift in (0.0, 1e-300, 1e-17, -1e-17, -1.0):
        assert not isinstance(decide(Claim(5e-324), Evidence(shift), problem, arithmetic=arithmetic), Accepted)
    assert propose(problem).claim == Claim() and propose(problem).notes


def test_one_sign_cannot_claim_zero_loss():
    verdict = decide(Claim(1e-9), Evidence(1e-9), _problem([1.0, 2.0, 3.0]))
    assert isinstance(verdict, Rejected) and verdict.check == 2


def test_a_claim_of_nothing_is_malformed():
    for value in (0.0, -1.0):
        with pytest.raises(MalformedCertificate):
            Claim(value)


OTHERS = {
    "relu": lambda p: replace(p, activations=(parse_activation("relu"),)),
    "trained second layer": lambda p: replace(p, layers=(p.layers[0], replace(p.layers[1], trained=True))),
    "a bias": lambda p: replace(p, layers=(replace(p.layers[0], bias=np.zeros(4)), p.layers[1])),
}


@pytest.mark.parametrize("name", sorted(OTHERS))
def test_another_network_is_rejected(honest, name):
    problem, claim, evidence = honest
    verdict = decide(claim, evidence, OTHERS[name](problem))
    assert isinstance(verdict, Rejected) and verdict.check == 1


def test_inputs_that_are_always_zero_do_not_count(honest):
    problem, claim, evidence = honest
    wide = np.hstack([problem.inputs, np.zeros((3, 2))])
    padded = naive.network_problem(np.ones((4, 4)), problem.layers[1].weight[0], wide, np.zeros(3))
    assert isinstance(decide(claim, evidence, padded), Accepted)


def test_the_sentence_speaks_of_zero_loss_only_if_it_is_claimed():
    assert "0.123456" in Claim(0.1234569).sentence() and "minimum is 0" in Claim(0.1234569).sentence()
    assert "minimum is 0" not in Claim().sentence()
