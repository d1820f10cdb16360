"""Wick's gradient, the state evolution and the local identities, each derived and each held against its closed form."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
import sympy as sp
from flint import arb, fmpq

from certificates.arithmetic.arb import precision
from certificates.arithmetic.arb_matrix import ArbMatrix
from certificates.enclosures.quadratic.planted import gauss_newton, planted_quadratic, vertical_directions
from certificates.enclosures.quadratic.planted_descent import descend_enclosed, exact_moments
from certificates.expression import parse_activation
from certificates.subjects import Dense, Network, Objective, Squared
from tests.twins.planted_factors import PlantedFactor, one_column, state_evolution
from tests.twins.quadratic_networks import SymbolicNetwork, multiplied_out

_SHAPES = ((2, 1), (2, 2), (3, 2))


def _vanishes(matrix):
    return all(multiplied_out(entry) == 0 for entry in matrix)


@pytest.mark.parametrize("shape", [(2, 1), *(pytest.param(s, marks=pytest.mark.slow) for s in ((2, 2), (3, 2)))])
def test_wick(shape):
    planted = PlantedFactor(*shape)
    assert planted.population_loss != 0
    assert _vanishes([planted.population_loss - planted.population_loss_closed])
    assert _vanishes(planted.population_gradient - planted.population_gradient_closed)


@pytest.mark.parametrize("shape", _SHAPES)
def test_the_papers_gradient_7(shape):
    planted = PlantedFactor(*shape, samples=2 if shape[0] == 2 else 1)
    assert _vanishes(planted.gradient - planted.gradient_closed)


@pytest.mark.parametrize("shape", _SHAPES)
def test_state_evolution_11_12(shape):
    """One population step with M♮ = [e₁, …, e₁], row by row."""
    planted, step = PlantedFactor(*shape), sp.Symbol("mu", real=True)
    fixed = dict(zip(planted.planted, one_column(*shape), strict=True))
    gradient = planted.population_gradient_closed.subs(fixed)
    moved = planted.factor - step * gradient
    signal, rest = state_evolution(planted.factor, step)
    assert _vanishes(moved[0, :] - planted.factor[0, :] * signal)
    assert _vanishes(moved[1:, :] - planted.factor[1:, :] * rest)
    assert not _vanishes(moved[0, :] - planted.factor[0, :] * rest)


@pytest.mark.parametrize("shape", [(2, 1, 2), (2, 2, 1)])
def test_local_identities_6_1(shape):
    planted = PlantedFactor(*shape)
    direction = sp.Matrix(shape[0], shape[1], lambda i, j: sp.Symbol(f"h_{i}{j}", real=True))
    a, b = planted.local_terms(direction)
    moved = dict(zip(planted.factor, planted.planted + direction, strict=True))
    mean = sp.Rational(1, planted.samples)
    loss = mean * sum(((2 * s + t) ** 2 for s, t in zip(a, b, strict=True)), sp.Integer(0)) / 4
    assert _vanishes([planted.loss.subs(moved) - loss])
    pairing = sum((g * h for g, h in zip(planted.gradient_closed.subs(moved), direction, strict=True)), sp.Integer(0))
    assert _vanishes([pairing - mean * sum(((2 * s + t) * (s + t) for s, t in zip(a, b, strict=True)), sp.Integer(0))])


def test_the_two_losses_differ_by_a_factor_of_two():
    """L with W = Mᵀ, v = 1 and planted labels is 2ℒ, so a step μ for ℒ is a step μ/2 for L."""
    planted, net = PlantedFactor(2, 2, samples=2), SymbolicNetwork(2, 2, 2)
    labels = [(planted.inputs[i, :] * planted.planted * planted.planted.T * planted.inputs[i, :].T)[0] for i in (0, 1)]
    same = dict(zip(net.weights, planted.factor.T, strict=True)) | dict(zip(net.inputs, planted.inputs, strict=True))
    same |= dict(zip(net.labels, labels, strict=True)) | dict.fromkeys(net.outer, sp.Integer(1))
    assert _vanishes([net.loss.subs(same, simultaneous=True) - 2 * planted.loss])
    assert _vanishes(net.gradient_closed.subs(same, simultaneous=True) - 2 * planted.gradient_closed.T)


# ---- against the judge ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def instance():
    """Shape (2, 2) with three inputs, in symbols and in dyadic numbers for the judge."""
    symbolic, rng = PlantedFactor(2, 2, samples=3), np.random.default_rng(5)
    arrays = {name: rng.integers(-6, 7, size=getattr(symbolic, name).shape) / 4 for name in _NAMES}
    numbers = {
        symbol: sp.Rational(*value.as_integer_ratio())
        for name in _NAMES
        for symbol, value in zip(getattr(symbolic, name), arrays[name].ravel().tolist(), strict=True)
    }
    ones = np.ones((1, 2))
    problem = Network(
        layers=(Dense(np.ascontiguousarray(arrays["factor"].T), None), Dense(ones, None, trained=False)),
        activations=(parse_activation("quadratic"),),
        inputs=arrays["inputs"],
        targets=None,
        objective=Objective(Squared(Fraction(1, 12))),
        teacher=(
            Dense(np.ascontiguousarray(arrays["planted"].T), None, trained=False),
            Dense(ones, None, trained=False),
        ),
    )
    return symbolic, numbers, planted_quadratic(problem)


_NAMES = ("factor", "planted", "inputs")


def _assert_encloses(matrix, exact):
    for ball, entry in zip(matrix.entries(), exact, strict=True):
        assert ball.contains(fmpq(int(entry.p), int(entry.q)))
        assert float(ball.rad()) < 1e-25


def test_the_judges_form_is_half_the_hessian_at_the_teacher(instance):
    symbolic, numbers, planted = instance
    entries = list(symbolic.factor.T)  # rows of W = Mᵀ
    hessian = sp.Matrix([sp.diff(symbolic.loss, entry) for entry in entries]).jacobian(entries)
    at_teacher = dict(zip(symbolic.factor, symbolic.planted, strict=True))
    exact = (hessian / 2).subs(at_teacher, simultaneous=True).subs(numbers)
    with precision(128):
        _assert_encloses(gauss_newton(planted, ArbMatrix), exact)


def test_the_judges_iterates_are_those_of_the_derived_gradient(instance):
    """Two exact steps of gradient descent on ℒ with the gradient by differentiation."""
    symbolic, numbers, planted = instance
    step, now = sp.Rational(1, 64), dict(numbers)
    for _ in range(2):
        moved = (symbolic.factor - step * symbolic.gradient).subs(now)
        now |= dict(zip(symbolic.factor, moved, strict=True))
    with precision(256):
        found = descend_enclosed(planted, exact_moments(planted.network.inputs), arb(fmpq(1, 64)), 2)
        _assert_encloses(found, moved.T)


def test_the_judges_vertical_directions_span_the_kernel(instance):
    """𝒬 vanishes on them, exactly."""
    symbolic, numbers, planted = instance
    (direction,) = vertical_directions(planted.planted).T
    turned = sp.Matrix(2, 2, [sp.Rational(*x.as_integer_ratio()) for x in direction.tolist()]).T
    a, _ = symbolic.local_terms(turned)
    assert any(turned)
    assert all(entry == 0 for entry in a.subs(numbers))
