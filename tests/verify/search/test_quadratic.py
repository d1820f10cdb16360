"""The searches about quadratic networks end in a verdict, whatever the sizes of the numbers."""

from __future__ import annotations

import warnings
from dataclasses import replace

import numpy as np
import pytest

from certificates import Accepted, Undecided, decide
from certificates.arithmetic import exact_rank
from certificates.arithmetic.ball_matrix import BallMatrix
from certificates.expression import parse_activation
from tests.support import quadratic as naive
from verify.proposals import global_landscape, negative_curvature, optimality_gap, second_order_stationary
from verify.search.quadratic import look, lowered, read

SEARCHES = [global_landscape, negative_curvature, optimality_gap, second_order_stationary]
EACH = pytest.mark.parametrize("search", SEARCHES, ids=lambda module: module.__name__.rsplit(".", 1)[-1])


@EACH
@pytest.mark.parametrize("size", [1e160, 1e-200, 5e-324])
def test_huge_and_tiny_numbers_end_in_a_verdict(search, size):
    rng = np.random.default_rng(0)
    problem = naive.network_problem(
        size * rng.normal(size=(3, 2)), [1.0, 2.0, 0.5], rng.normal(size=(5, 2)), size * np.ones(5)
    )
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = search.propose(problem)
    assert isinstance(found.verdict, Accepted) == (found.claim is not None)
    if size > 1 and search is not global_landscape:
        assert isinstance(found.verdict, Undecided) and "no finite enclosure" in found.verdict.reason


@EACH
def test_another_network_gets_the_judge_s_refusal(search):
    problem = replace(naive.random_problem(np.random.default_rng(1), 3, 2, 5), activations=(parse_activation("relu"),))
    found = search.propose(problem)
    assert found.claim is None and found.verdict.check == 1 and "quadratic" in found.verdict.reason
    assert read(problem) is look(problem) is None


@EACH
def test_the_same_problem_gives_the_same_claim(search):
    problem = naive.random_problem(np.random.default_rng(2), 4, 3, 9)
    first, second = search.propose(problem), search.propose(problem)
    assert first.claim == second.claim and first.evidence == second.evidence


@EACH
@pytest.mark.parametrize("arithmetic", ["fast", "arb"])
def test_claims_have_room_for_another_rounding(search, arithmetic):
    """Data in another order change the last bits of every sum, and no claim."""
    problem = naive.trained(naive.random_problem(np.random.default_rng(3), 4, 3, 30), steps=9)
    found = search.propose(problem)
    units = np.random.default_rng(4).permutation(4)
    layers = (
        replace(problem.layers[0], weight=problem.layers[0].weight[units]),
        replace(problem.layers[1], weight=problem.layers[1].weight[:, units]),
    )
    evidence = found.evidence
    if getattr(evidence, "units", ()):
        evidence = replace(evidence, units=tuple(evidence.units[index] for index in units))
    if found.claim is not None:
        assert isinstance(
            decide(found.claim, evidence, replace(problem, layers=layers), arithmetic=arithmetic), Accepted
        )


def test_the_rank_of_dependent_inputs_is_computed_once(monkeypatch):
    rng, spans, asked = np.random.default_rng(5), exact_rank._charge, []
    inputs = np.tile(rng.integers(-8, 9, size=(6, 4)) / 8, 2)
    problem = naive.network_problem(rng.normal(size=(2, 8)), [1.0, 1.0], inputs, rng.normal(size=6))
    monkeypatch.setattr(exact_rank, "_charge", lambda *given: asked.append(given) or spans(*given))
    found = optimality_gap.propose(problem)
    assert found.evidence.columns and isinstance(found.verdict, Accepted)
    assert len(asked) == 1


def test_a_lowered_guess_lies_below_every_matrix_of_the_ball():
    ball = BallMatrix(np.diag([1.0, 2.0]), 1e-3)
    assert lowered(ball) <= 1 - 2e-3 and ball.smallest_eigenvalue(lowered(ball)) is not None
