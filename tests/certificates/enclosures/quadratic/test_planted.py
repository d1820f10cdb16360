"""Planted quadratic networks: structure, the form 𝒬 against exact sums, rotations, the bound of the distance."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from flint import fmpq

from certificates import Dense
from certificates.arithmetic.arb import precision, upper
from certificates.arithmetic.arb_matrix import ArbMatrix
from certificates.arithmetic.ball_matrix import BallMatrix
from certificates.enclosures.quadratic.network import NotQuadratic
from certificates.enclosures.quadratic.planted import (
    gauss_newton,
    planted_quadratic,
    rotation_distance,
    vertical_directions,
)
from certificates.expression import parse_activation
from certificates.subjects import Objective, Squared
from tests.support.planted import gradient, random_planted
from verify.descent.planted import orbit_distance


@pytest.fixture
def problem():
    return random_planted(np.random.default_rng(3), 4, 2, 9)


def _exact_form(problem) -> list[list[Fraction]]:
    """(1/m)Σ z zᵀ in rationals."""
    x, planted = problem.inputs, problem.teacher[0].weight
    rows = []
    for sample in x:
        point = [Fraction(float(v)) for v in sample]
        hidden = [sum(Fraction(float(w)) * v for w, v in zip(unit, point, strict=True)) for unit in planted]
        rows.append([h * v for h in hidden for v in point])
    size = range(planted.size)
    return [[sum(row[i] * row[j] for row in rows) / len(x) for j in size] for i in size]


@pytest.mark.parametrize("arithmetic", [BallMatrix, ArbMatrix])
def test_the_form_contains_its_exact_value(problem, arithmetic):
    truth = _exact_form(problem)
    with precision(128):
        found = gauss_newton(planted_quadratic(problem), arithmetic)
    with precision(2048):  # at which the rational is nearly a point
        for i, row in enumerate(truth):
            for j, value in enumerate(row):
                if arithmetic is BallMatrix:
                    assert abs(value - Fraction(float(found.mid[i, j]))) <= Fraction(found.radius)
                else:
                    assert found.table[i, j].contains(fmpq(value.numerator, value.denominator))


def test_the_form_is_half_the_second_derivative_at_the_teacher(problem):
    x, planted = problem.inputs, problem.teacher[0].weight
    direction = np.random.default_rng(4).normal(size=planted.shape)
    step = 1e-5
    change = gradient(planted + step * direction, planted, x) - gradient(planted - step * direction, planted, x)
    form = np.array([[float(v) for v in row] for row in _exact_form(problem)])
    np.testing.assert_allclose(change.ravel() / (2 * step), 2 * form @ direction.ravel(), rtol=1e-7)


def test_rotations_are_the_kernel_of_the_form_and_orthogonal_to_horizontal_directions(problem):
    planted = problem.teacher[0].weight
    vertical = vertical_directions(planted)
    form = np.array([[float(v) for v in row] for row in _exact_form(problem)])
    assert vertical.shape == (8, 1) and np.abs(form @ vertical).max() < 1e-14
    other = planted + 0.2 * np.random.default_rng(5).normal(size=planted.shape)
    aligned = orbit_distance(other, planted)[1] @ other
    assert abs(vertical.T @ (aligned - planted).ravel()).max() < 1e-14


def test_one_hidden_unit_has_no_rotations():
    assert vertical_directions(np.ones((1, 3))).shape == (3, 0)


def _distance(weights, planted, rotation) -> float:
    with precision(128):
        return upper(rotation_distance(ArbMatrix.from_exact(weights), planted, rotation))


def test_the_distance_is_bounded_for_every_matrix_and_tightly_for_the_best():
    rng = np.random.default_rng(6)
    for _ in range(40):
        weights, planted = rng.normal(size=(3, 4)), rng.normal(size=(3, 4))
        truth, turn = orbit_distance(weights, planted)
        assert truth * (1 - 1e-12) <= _distance(weights, planted, turn) <= truth * (1 + 1e-12)
        for bad in (np.zeros((3, 3)), 1.1 * turn, turn + 0.05 * rng.normal(size=(3, 3)), rng.normal(size=(3, 3))):
            assert _distance(weights, planted, bad) >= truth * (1 - 1e-12)


def test_a_stretch_that_hides_the_distance_is_charged():
    """R = W°W⁻¹ makes RW = W°; the bound must still see how far R is from a rotation."""
    planted, weights = np.eye(2), np.diag([2.0, 2.0])
    assert _distance(weights, planted, np.eye(2) / 2) >= orbit_distance(weights, planted)[0]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda p: {"activations": (parse_activation("tanh"),)}, "quadratic"),
        (lambda p: {"targets": np.ones((9, 1)), "teacher": None}, "planted"),
        (lambda p: {"layers": (p.layers[0], Dense(np.array([[1.0, 2.0]]), None, False))}, "student"),
        (lambda p: {"layers": (p.layers[0], Dense(np.array([[1.0, 0.0]]), None, False))}, "student"),
        (lambda p: {"teacher": (p.teacher[0], Dense(np.array([[1.0, -1.0]]), None, False))}, "teacher"),
        (lambda p: {"layers": (p.layers[0], Dense(np.ones((1, 2)), None, True))}, "frozen"),
        (lambda p: {"layers": (Dense(np.ones((2, 4)), np.ones(2), True), p.layers[1])}, "biases"),
        (
            lambda p: {"layers": (Dense(np.ones((3, 4)), None, True), Dense(np.ones((1, 3)), None, False))},
            "as wide as the student",
        ),
    ],
)
def test_other_networks_are_refused_with_the_reason(problem, change, words):
    with pytest.raises(NotQuadratic, match=words):
        planted_quadratic(replace(problem, **change(problem)))


def test_the_step_is_translated_exactly(problem):
    assert planted_quadratic(problem).step_factor == 1
    assert planted_quadratic(replace(problem, objective=Objective(Squared(Fraction(1, 9))))).step_factor == 4
