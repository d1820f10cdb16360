"""Targets in an affine subspace: found exactly, and said before anything is polished."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import verify
from certificates import decide
from certificates.claims.zero_loss_convergence import Claim
from certificates.subjects.objective import Decay
from tests.support.naive import random_network
from verify.certification import certify as certify_module
from verify.numeric.mlp import FloatNetwork
from verify.problems import select
from verify.search.landscape import survey
from verify.search.least_polish import least_polish
from verify.search.polish import levenberg_marquardt
from verify.search.target_relations import obstruction, relation
from verify.search.trapping import best_evidence


@pytest.mark.parametrize(
    ("targets", "affine", "text"),
    [
        (np.eye(3)[[0, 1, 2, 1]], True, "y_0 + y_1 + y_2 = 1"),
        (np.eye(3)[[0, 1, 2, 1]], False, None),
        (np.array([[1.0, 2.0], [2.0, 4.0], [3.0, 6.0]]), False, "2·y_0 − y_1 = 0"),
        (np.array([[0.5], [0.5]]), True, "y_0 = 1/2"),
        (np.array([[0.5], [0.25]]), True, None),
        (np.array([[0.1, 1.1], [0.2, 1.2], [0.7, 1.7]]), True, None),  # only almost: 0.1 + 1 is not 1.1 in binary64
        (np.array([[1e-300, 2e-300], [2e-300, 4e-300], [3e-300, 5e-300]]), True, None),
        (np.array([[1e300, -1e300], [-1e300, 1e300]]), True, "y_0 + y_1 = 0"),
    ],
)
def test_relations_are_exact(targets, affine, text):
    found = relation(targets, affine=affine)
    assert (None if found is None else str(found)) == text


@given(st.integers(0, 10**6), st.booleans())
@settings(max_examples=30)
def test_a_planted_relation_is_found_and_holds_exactly(seed, affine):
    rng = np.random.default_rng(seed)
    free = rng.integers(-(2**20), 2**20, size=(9, 3)) / 2.0**10
    normal = rng.integers(1, 9, size=3)
    targets = np.column_stack([free, free @ normal + (0.5 if affine else 0.0)])
    found = relation(targets, affine=affine)
    assert found is not None and len(found.redundant) == 1 and any(found.coefficients)
    for row in targets:
        total = sum(c * Fraction(y) for c, y in zip(found.coefficients, row.tolist(), strict=True))
        assert total == found.constant and (affine or not total)


def one_hot(hidden=6, samples=20):
    network = random_network(np.random.default_rng(3), (4, hidden, 3), samples, residual=0.1)
    return replace(network, targets=np.eye(3)[np.arange(samples) % 3])


def test_one_hot_targets_are_noticed_before_polishing_and_explain_the_verdict(monkeypatch):
    network, heard = one_hot(hidden=10), []
    original = least_polish

    def polish(given, *estimates, **options):
        assert "y_0 + y_1 + y_2 = 1 at every sample, exactly, and 20 samples are more than the 11 last" in heard[0]
        return original(given, *estimates, **options)

    monkeypatch.setattr("verify.proposals.zero_loss_convergence.least_polish", polish)
    verdict = verify.certify(network, polish=True, notice=heard.append).verdict
    assert verdict.outcome == "rejected" and verdict.check == 7  # polishing ended where it is a theorem
    assert "the targets satisfy y_0 + y_1 + y_2 = 1" in verdict.reason and "coincident" not in verdict.explanation()
    assert "leave out one output" in verdict.advice and "at least 19 units" in verdict.advice


def test_the_notice_is_a_warning_without_a_listener():
    with pytest.warns(certify_module.SearchNotice, match="leave out one output") as caught:
        verdict = verify.certify(one_hot(hidden=10)).verdict
    assert caught[0].filename == __file__ and "leave out one output" in verdict.advice


def test_the_kernel_is_singular_at_zero_loss_indeed():
    net = FloatNetwork(levenberg_marquardt(one_hot(hidden=10)).network)
    assert np.linalg.norm(net.residual(net.initial())) < 1e-12
    eigenvalues = np.linalg.eigvalsh(net.tangent_kernel(net.initial()))
    assert eigenvalues[0] < 1e-12 * eigenvalues[-1]


def test_where_polishing_ends_at_dependent_features_there_is_a_certificate_all_the_same():
    heard = []
    verdict = verify.certify(one_hot(hidden=18), polish=True, notice=heard.append).verdict
    assert len(heard) == 1 and verdict.outcome == "accepted"


@pytest.mark.parametrize(
    "change",
    [
        lambda network: one_hot(hidden=19),
        lambda network: replace(network, targets=network.targets + 1e-3 * np.eye(20, 3)),
        lambda network: replace(network, layers=(network.layers[0], replace(network.layers[1], trained=False))),
        lambda network: replace(network, layers=(network.layers[0], replace(network.layers[1], bias=None))),
    ],
)
def test_where_it_does_not_apply_nothing_is_said(change):
    assert obstruction(one_hot()) is not None
    assert obstruction(change(one_hot())) is None


# ---- where the refusal is a theorem --------------------------------------------------------------------------------


@cache
def polished(hidden, samples=20):
    return levenberg_marquardt(one_hot(hidden, samples)).network


def shifted(network, size):
    """The output weights and biases of one_hot's relation moved along T = (1, 1, 1)."""
    last = network.layers[-1]
    rows = np.random.default_rng(1).normal(size=last.weight.shape[1])
    weight = last.weight + size * rows / np.linalg.norm(rows) / np.sqrt(3)
    return replace(network, layers=(*network.layers[:-1], replace(last, weight=weight)))


def test_the_distance_is_that_to_weights_with_a_singular_kernel():
    network = shifted(polished(10), 1e-3)
    found, last = obstruction(network), network.layers[-1]
    assert found.is_theorem and found.distance == pytest.approx(1e-3, rel=1e-6)
    flat = last.weight - last.weight.mean(axis=0)
    assert np.linalg.norm(flat - last.weight) == pytest.approx(found.distance)
    there = FloatNetwork(replace(network, layers=(*network.layers[:-1], replace(last, weight=flat))))
    eigenvalues = np.linalg.eigvalsh(there.tangent_kernel(there.initial()))
    here = FloatNetwork(network)
    assert eigenvalues[0] < 1e-13 * eigenvalues[-1]
    assert np.linalg.eigvalsh(here.tangent_kernel(here.initial()))[0] > 1e-11 * eigenvalues[-1]


def test_where_it_is_a_theorem_the_judge_accepts_no_evidence():
    network = shifted(polished(10), 1e-3)
    verdict = verify.certify(network, notice=lambda _: None).verdict
    assert verdict.outcome == "rejected" and verdict.check == 7 and "no evidence suffices" in verdict.reason
    assert "closer than 0.001" in verdict.required and "σ_min of the last features" in verdict.seen
    found = best_evidence(network, survey(network, "one-hidden-layer"), "radius")
    tried = set()
    for radius in np.geomspace(1e-9, 1.0, 10):
        evidence = replace(found, trapping_radius=float(radius), grid=(float(radius),), epsilon=2.0**-10)
        for shift in (found.kernel_shift_lower, found.kernel_shift_lower / 2):
            judged = decide(Claim(1e308, 5e-324, 0.0, 1e308), replace(evidence, kernel_shift_lower=shift), network)
            tried.add((judged.outcome, judged.check))
    assert tried == {("undecided", 7)}  # λ_min(K) > 0 is proved, and no radius meets the criterion


@pytest.mark.parametrize("seed", range(4))
def test_zeros_of_the_loss_in_the_ball_have_a_singular_kernel(seed):
    rng, network = np.random.default_rng(seed), shifted(polished(8, samples=12), 1e-2)
    found, net = obstruction(network), FloatNetwork(network)
    assert found.is_theorem
    direction = rng.normal(size=net.initial().shape)
    start = net.initial() + rng.uniform(0, 0.3) * found.distance * direction / np.linalg.norm(direction)
    zero = FloatNetwork(levenberg_marquardt(net.network(start)).network)
    end = zero.initial()
    eigenvalues = np.linalg.eigvalsh(zero.tangent_kernel(end))
    assert np.linalg.norm(zero.residual(end)) < 1e-12
    assert np.linalg.norm(end - net.initial()) > 0.7 * found.distance  # T·W vanishes there, so it is that far
    assert eigenvalues[0] < 1e-13 * eigenvalues[-1]


def test_certificates_near_dependent_features_contradict_no_theorem():
    network, rng = polished(16), np.random.default_rng(0)
    net = FloatNetwork(network)
    for size in (1e-6, 1e-5):
        direction = rng.normal(size=net.initial().shape)
        near = net.network(net.initial() + size * direction / np.linalg.norm(direction))
        found = obstruction(near)
        assert found.features.smallest_singular > 0 and not found.is_theorem  # independent, but not on the ball
        assert verify.certify(near, notice=lambda _: None).verdict.outcome == "accepted"


def test_a_refusal_after_polishing_is_about_the_polished_weights():
    network = one_hot(10)
    assert not obstruction(network).is_theorem  # and yet the answer is rejected
    done = verify.certify(network, polish=True, notice=lambda _: None)
    found = obstruction(done.network)
    assert done.network.layers != network.layers and f"closer than {found.distance:.4g}" in done.verdict.required


def test_output_weights_along_the_relation_that_vanish_exactly():
    network = one_hot(10)
    rows = np.round(network.layers[1].weight * 256) / 256
    exact = replace(network.layers[1], weight=np.vstack([rows[:2], -rows[0] - rows[1]]))
    verdict = verify.certify(replace(network, layers=(network.layers[0], exact)), notice=lambda _: None).verdict
    assert (verdict.outcome, verdict.check, verdict.seen) == ("rejected", 6, "λ_min(K) = 0")


def test_without_bias_and_through_the_origin():
    network = random_network(np.random.default_rng(1), (5, 5, 2), 9, bias=False)
    column = np.arange(9.0)[:, None] / 8
    network = replace(network, targets=np.hstack([column, -2 * column]))
    ended = levenberg_marquardt(network)
    found = obstruction(ended.network)
    assert ended.residuals[-1] < 1e-12 and found.is_theorem and "2·y_0 + y_1 = 0" in found.reason
    assert obstruction(replace(network, targets=network.targets + 1.0)) is None  # c ≠ 0 needs a bias


def test_numbers_of_any_size_in_the_relation():
    network = random_network(np.random.default_rng(6), (5, 7, 2), 9)
    column = np.arange(9.0)[:, None]
    network = replace(network, targets=np.hstack([2.0**-600 * column, 2.0**500 * column]))
    weight = network.layers[1].weight
    assert obstruction(network).distance == pytest.approx(np.linalg.norm(weight[0]))


# ---- advice, followed ----------------------------------------------------------------------------------------------


def accepted(network):
    heard = []
    verdict = verify.certify(network, polish=True, notice=heard.append).verdict
    return verdict.outcome == "accepted" and not heard


def test_one_output_less_and_it_works():
    network = one_hot(10)
    assert "`verify problem select PROBLEM --leave-out-output 0 -o OUT`" in obstruction(network).advice
    for kept in ([1, 2], [0, 2]):  # the one that is named, or any other
        less = select(network, outputs=kept)
        assert obstruction(less) is None and accepted(less)


def test_so_many_outputs_less_that_no_relation_is_left():
    targets = np.random.default_rng(8).integers(-9, 9, size=(12, 5)).astype(float)
    targets[:, 1] = 2 * targets[:, 3] - 1
    targets[:, 4] = targets[:, 0] + targets[:, 3] - targets[:, 1]
    found = relation(targets, affine=True)
    kept = np.setdiff1d(np.arange(5), found.redundant)
    assert len(found.redundant) == 2 and relation(targets[:, kept], affine=True) is None


def test_one_number_as_the_label_of_a_sample():
    network = one_hot(10)
    last = network.layers[1]
    single = replace(last, weight=last.weight[:1].copy(), bias=last.bias[:1].copy())
    labels = np.argmax(network.targets, axis=1)[:, None].astype(float)
    assert accepted(replace(network, layers=(network.layers[0], single), targets=labels))


def test_a_wider_layer():
    assert "at least 19 units" in obstruction(one_hot(10)).advice
    assert accepted(one_hot(19)) and obstruction(one_hot(18)) is not None


def test_constant_targets_are_told_what_is_left():
    network = random_network(np.random.default_rng(3), (4, 5, 1), 9)
    advice = obstruction(replace(network, targets=np.full((9, 1), 0.5))).advice
    assert advice.startswith("a last hidden layer of at least 8 units") and "leave out" not in advice


def test_with_a_penalty_no_loss_need_be_zero():
    network = one_hot(10)
    decay = replace(network.objective, decay=(Decay("layers.1.weight", Fraction(1, 100)),))
    assert verify.certify(replace(network, objective=decay)).verdict.kind == "no-local-minimum"
