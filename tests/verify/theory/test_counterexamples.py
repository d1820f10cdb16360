"""The exact instances behind errata: every fact is recomputed, and held against another way to compute it."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
import sympy as sp

from tests.twins.planted_factors import PlantedFactor, one_column, state_evolution
from verify.theory.counterexamples import Fact, column_norms, identity
from verify.theory.errata import ERRATA, INSTANCES
from verify.theory.quadratic_errata import QUADRATIC


@pytest.mark.parametrize("name", INSTANCES)
def test_every_fact_holds(name):
    facts = INSTANCES[name].facts()
    assert facts
    for fact in facts:
        assert fact.holds, str(fact)
        assert isinstance(fact.left, Fraction) and isinstance(fact.right, Fraction)  # exact, no float slipped in


def test_instances_and_errata_name_each_other():
    assert {name for each in ERRATA for name in each.instances} == set(INSTANCES)
    assert all(each.instances for each in QUADRATIC)
    assert [each.key for each in QUADRATIC] == ["SJL1", "SJL2", *(f"XS{k}" for k in range(1, 9))]


@pytest.mark.parametrize(("left", "relation"), [(2, "<"), (2, "="), (0, ">")])
def test_a_false_fact_is_seen(left, relation):
    assert not Fact("a", Fraction(left), relation, "", Fraction(1)).holds


def test_facts_read_well():
    facts = [str(fact) for fact in INSTANCES["xs-13"].facts()]
    assert facts[0] == "α₁²/α₀² = 441/400 < 441/200 = r σ_r(A)², the lower bound of (13a) squared"
    assert str(INSTANCES["xs-16"].facts()[0]) == "α² = 1"


def _hessian(activation, outer, weight, x, label):
    v, w = sp.symbols("v w")
    loss = (v * activation(w * x) - label) ** 2 / 2
    at = {v: outer, w: weight}
    return sp.hessian(loss, (v, w)).subs(at)


@pytest.mark.parametrize(
    ("name", "activation", "point"),
    [
        ("sjl-7.14", sp.tanh, (0, 0, 1, 1)),
        ("sjl-7.14-blocks", lambda z: z**2, (sp.Rational(1, 10), 1, 1, 10)),
    ],
)
def test_7_14_by_the_hessian_of_the_network(name, activation, point):
    """Its spectral norm exceeds the sum of the norms of its diagonal blocks."""
    matrix = _hessian(activation, *point)
    norm = max(abs(value) for value in matrix.eigenvals())
    assert norm > abs(matrix[0, 0]) + abs(matrix[1, 1])
    fact = _facts(name)["|uᵀ∇²L u|/‖u‖²"]
    assert float(fact.right) == float(abs(matrix[0, 0]) + abs(matrix[1, 1]))
    assert float(fact.right) < float(fact.left) <= float(norm)


def _facts(name):
    return {fact.left_name: fact for fact in INSTANCES[name].facts()}


def test_13_by_the_symbolic_state_evolution():
    """α², β² after one step of (7) in the mean, by Wick; A and B from (12)."""
    planted, step = PlantedFactor(2, 2), sp.Rational(1, 100)
    numbers = dict(zip(planted.planted, one_column(2, 2), strict=True))
    numbers |= dict(zip(planted.factor, sp.eye(2) / 2, strict=True))
    after = (planted.factor - step * planted.population_gradient_closed).subs(numbers)
    a, b = state_evolution(sp.eye(2) / 2, step)
    facts = INSTANCES["xs-13"].facts()
    for row, evolution, fact in ((0, a, facts[0]), (1, b, facts[1])):
        assert sum(x**2 for x in after[row, :]) * 4 == sp.Rational(fact.left.numerator, fact.left.denominator)
        assert evolution == evolution[0, 0] * sp.eye(2)
        assert 2 * evolution[0, 0] ** 2 == sp.Rational(fact.right.numerator, fact.right.denominator)


def test_16_by_looking_at_all_rotations():
    factor = np.diag([1.4, 0.2])
    angles = np.linspace(0, 2 * np.pi, 2_001)
    turns = np.array([[np.cos(angles), -np.sin(angles)], [np.sin(angles), np.cos(angles)]]).transpose(2, 0, 1)
    flips = turns @ np.diag([1.0, -1.0])
    nearest = min(np.linalg.norm(factor @ p - np.eye(2)) for p in [*turns, *flips])
    assert nearest**2 == pytest.approx(float(_facts("xs-16")["dist²"].left), abs=1e-12)


def test_the_printed_16_holds_for_the_printed_planted_factor():
    """dist² = r[(α − 1)² + β²] for M♮ = [e₁, …, e₁], by singular values."""
    rng = np.random.default_rng(1)
    planted = np.zeros((4, 3))
    planted[0] = 1
    for _ in range(20):
        factor = rng.standard_normal((4, 3))
        alpha, beta = np.linalg.norm(factor[0]) / np.sqrt(3), np.linalg.norm(factor[1:]) / np.sqrt(3)
        nuclear = np.linalg.svd(factor.T @ planted, compute_uv=False).sum()
        squared = np.linalg.norm(factor) ** 2 + 3 - 2 * nuclear
        assert squared == pytest.approx(3 * ((alpha - 1) ** 2 + beta**2), rel=1e-10)


def test_wlog_by_running_the_recursion():
    """The rate b_t ~ √(3/(16 μ t)): sublinear."""
    s, b, step = 1.0, 0.5, 0.01
    for _ in range(20_000):
        s, b = s * (1 + step * (6 - 3 * s * s - b * b)), b * (1 + step * (2 - s * s - 3 * b * b))
    assert b * np.sqrt(16 * step * 20_000 / 3) == pytest.approx(1, abs=0.01)
    assert 3 * s * s + b * b == pytest.approx(6, abs=1e-4)


def test_independence_by_quadrature():
    x, weights = np.polynomial.hermite_e.hermegauss(20)
    moved = 0.5 * (1 - 0.1 * x**4 * (0.25 - 1))
    mean = weights @ ((x**4 - 3) * (moved**2 - 1) * moved) / np.sqrt(2 * np.pi)
    (fact,) = INSTANCES["xs-independence"].facts()
    assert mean == pytest.approx(float(fact.left), rel=1e-10)


def test_convexity_by_the_symbolic_hessian():
    """D²ℒ(M♮)[M♮Ω, M♮Ω] = 0 for all M♮ and inputs of shape 2 × 2."""
    planted = PlantedFactor(2, 2)
    omega = sp.Matrix([[0, 1], [-1, 0]])
    a, _ = planted.local_terms(planted.planted * omega)
    assert all(sp.expand(entry) == 0 for entry in a)
    t = sp.Symbol("t")
    moved = dict(zip(planted.factor, planted.planted + t * planted.planted * omega, strict=True))
    assert sp.Poly(sp.expand(planted.loss.subs(moved)), t).coeff_monomial(t**2) == 0


def test_khatri_rao_by_the_rank_of_all_rows():
    """d² rows, of which d(d + 1)/2 are distinct."""
    inputs = np.random.default_rng(2).standard_normal((9, 3))
    rows = np.array([np.outer(x, x).ravel() for x in inputs])
    assert np.linalg.matrix_rank(rows) == 6


def test_column_norms_against_the_definition():
    rng = np.random.default_rng(3)
    factor, planted = (rng.integers(-5, 6, size=(3, 2)) for _ in range(2))
    exact = column_norms(*(tuple(tuple(Fraction(int(x)) for x in row) for row in m) for m in (factor, planted)))
    along = [(m @ p) / (p @ p) * p for m, p in zip(factor.T, planted.T, strict=True)]
    rest = [m - a for m, a in zip(factor.T, along, strict=True)]
    assert float(exact[0]) == pytest.approx(sum(a @ a for a in along) / 2, rel=1e-12)
    assert float(exact[1]) == pytest.approx(sum(a @ a for a in rest) / 2, rel=1e-12, abs=1e-12)
    assert column_norms(identity(3), identity(3)) == (1, 0)
