"""The search for sums of squares: targets, refusals in words, and the level of noisy data."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from certificates import Accepted, Undecided, check_bytes, decide
from certificates.certificate import encode_certificate
from tests.support.polynomials import in_ball, neuron, values_and_gradients
from verify.problems.polynomials import least_squares
from verify.proposals.gradient_dominance_sos import propose
from verify.search import gram as _gram_search
from verify.search.proposal import certificate_of

F = Fraction
CIRCLE = least_squares([{(2, 0): F(1), (0, 2): F(1), (0, 0): F(-1)}], F(1))  # a continuum of minimisers


@pytest.mark.slow  # two seconds
def test_a_neuron_with_four_weights_is_certified_and_written():
    problem, centre = neuron(2, 4, 16)
    told: list[str] = []
    found = propose(problem, centre, F(2, 5), progress=told.append)
    assert isinstance(found.verdict, Accepted) and len(told) >= 2 and "sizes 34 and 14" in told[0]
    optimum = float(found.notes[0].split()[-1])
    assert optimum * 0.95 <= float(found.claim.constant) <= optimum
    assert isinstance(check_bytes(encode_certificate(certificate_of(found))), Accepted)
    points = in_ball(np.random.default_rng(1), centre, 0.4, 4_000)
    values, slopes = values_and_gradients(problem, points)
    assert np.all(np.sum(slopes**2, axis=1) >= 2 * float(found.claim.constant) * values)


def test_a_quadratic_loss_needs_no_multiplier():
    found = propose(least_squares([{(1, 0): F(1)}, {(0, 1): F(2)}], F(1, 2)), (F(0), F(0)), F(10))
    assert isinstance(found.verdict, Accepted) and F(9, 10) < found.claim.constant < 1 and not found.evidence.second


def test_minimisers_that_are_not_isolated_are_named_as_a_reason():
    found = propose(CIRCLE, (F(1), F(0)), F(1, 10))
    assert found.claim is None and isinstance(found.verdict, Undecided) and "isolated" in found.verdict.reason


def test_another_critical_point_in_the_ball_is_named_as_a_reason():
    double_well = least_squares([{(2,): F(1), (0,): F(-1)}], F(1))  # critical at −1, 0, 1
    found = propose(double_well, (F(1),), F(3, 2))
    assert found.claim is None and "critical points" in found.verdict.reason
    assert isinstance(propose(double_well, (F(1),), F(1, 2)).verdict, Accepted)


def test_a_centre_that_is_not_critical_gets_a_level_above_it():
    noisy = least_squares([{(2,): F(1), (0,): F(-1)}, {(1,): F(1), (0,): F(-2)}], F(1, 2))
    centre = F(11654, 10_000)  # near the minimiser of ((w² − 1)² + (w − 2)²)/2
    assert "not above" in propose(noisy, (centre,), F(1, 10), level=F(1, 10)).verdict.reason
    near = propose(noisy, (centre,), F(1, 10))
    assert isinstance(near.verdict, Accepted) and 0 < near.claim.level - F(near.verdict.facts[0].lower) < F(1, 10**5)
    found = propose(noisy, (centre,), F(1, 10), level=F(45, 100))
    assert isinstance(found.verdict, Accepted) and found.claim.level == F(45, 100)
    assert decide(found.claim, found.evidence, noisy).facts[0].upper < 0.45
    points = np.linspace(1.0654, 1.2654, 400)[:, None]
    values, slopes = values_and_gradients(noisy, points)
    assert np.all(slopes[:, 0] ** 2 >= 2 * float(found.claim.constant) * (values - 0.45))


def test_weights_that_training_left_a_hair_off_keep_the_constant():
    problem, centre = neuron(2, 2, 6)
    exact = propose(problem, centre, F(1, 5)).claim.constant
    for bits in (40, 12):
        moved = tuple(c + F(1, 2**bits) for c in centre)
        claim = propose(problem, moved, F(1, 5)).claim
        assert 0 < claim.level < F(1, 1000) and 0.95 * exact < claim.constant < 1.05 * exact


def test_a_level_above_the_whole_ball_claims_no_more_than_a_finite_constant():
    problem, centre = neuron(2, 2, 6)
    found = propose(problem, centre, F(1, 5), level=F(10**6))
    assert isinstance(found.verdict, Accepted) and found.claim.constant < 10


def test_what_does_not_fit_a_certificate_is_said_before_any_solver_runs():
    cubic = least_squares([{tuple(3 * int(i == j) for j in range(6)): F(1)} for i in range(6)], F(1))
    assert "does not fit" in propose(cubic, (F(0),) * 6, F(1)).verdict.reason


def test_a_solver_that_fails_is_reported(monkeypatch):
    monkeypatch.setattr(_gram_search, "_SOLVERS", {})
    problem, centre = neuron(1, 2, 6)
    assert "failed" in propose(problem, centre, F(1, 5)).verdict.reason


def test_a_constant_loss_is_refused():
    assert "constant" in propose(least_squares([{(0,): F(2)}], F(1)), (F(0),), F(1)).verdict.reason


@pytest.mark.slow
@pytest.mark.parametrize(("p", "n", "radius"), [(2, 6, F(1, 5)), (2, 6, F(2, 5)), (4, 16, F(1, 5)), (6, 30, F(1, 5))])
def test_the_targets(p, n, radius):
    problem, centre = neuron(1, p, n)
    found = propose(problem, centre, radius)
    assert isinstance(found.verdict, Accepted)
    assert float(found.claim.constant) >= 0.95 * float(found.notes[0].split()[-1])
    points = in_ball(np.random.default_rng(1), centre, float(radius), 20_000)
    values, slopes = values_and_gradients(problem, points)
    assert np.all(np.sum(slopes**2, axis=1) >= 2 * float(found.claim.constant) * values)
