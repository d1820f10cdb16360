"""Targets in an affine subspace: found exactly, and said before anything is polished."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import verify
from tests.support.naive import random_network
from verify.certification import certify as certify_module
from verify.numeric.mlp import FloatNetwork
from verify.search.polish import levenberg_marquardt
from verify.search.target_relations import obstruction, relation


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
def test_a_planted_relation_is_found_and_holds_exactly(seed, affine):
    rng = np.random.default_rng(seed)
    free = rng.integers(-(2**20), 2**20, size=(9, 3)) / 2.0**10
    normal = rng.integers(1, 9, size=3)
    targets = np.column_stack([free, free @ normal + (0.5 if affine else 0.0)])
    found = relation(targets, affine=affine)
    assert found is not None and found.redundant == 1 and any(found.coefficients)
    for row in targets:
        total = sum(c * Fraction(y) for c, y in zip(found.coefficients, row.tolist(), strict=True))
        assert total == found.constant and (affine or not total)


def one_hot(hidden=6, samples=20):
    network = random_network(np.random.default_rng(3), (4, hidden, 3), samples, residual=0.1)
    return replace(network, targets=np.eye(3)[np.arange(samples) % 3])


def test_one_hot_targets_are_noticed_before_polishing_and_explain_the_verdict(monkeypatch):
    network, heard = one_hot(hidden=10), []
    original = levenberg_marquardt

    def polish(given, **options):
        assert "y_0 + y_1 + y_2 = 1 at every sample, exactly, and 20 samples are more than the 11 last" in heard[0]
        return original(given, **options)

    monkeypatch.setattr("verify.proposals.zero_loss_convergence.levenberg_marquardt", polish)
    verdict = verify.certify(network, polish=True, notice=heard.append).verdict
    assert verdict.outcome == "undecided" and verdict.check == 6
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


def test_one_column_less_and_it_works():
    network = one_hot()
    last = network.layers[1]
    fewer = replace(
        network,
        layers=(network.layers[0], replace(last, weight=last.weight[:2].copy(), bias=last.bias[:2].copy())),
        targets=network.targets[:, :2].copy(),
    )
    assert obstruction(fewer) is None
