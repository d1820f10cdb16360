"""Weak duality and least squares on exact rationals; dual points a hair outside the cone are never taken."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from certificates import Accepted, decide
from certificates.arithmetic.arb import exact, precision
from certificates.arithmetic.arb_matrix import ArbMatrix
from certificates.arithmetic.ball_matrix import BallMatrix
from certificates.claims.optimality_gap import Claim, Evidence
from certificates.enclosures.quadratic.network import evaluate, quadratic_network
from certificates.theorems.quadratic_gaps import duality_gap, least_squares_gap, symmetric_from_triangle
from tests.support import quadratic as naive

ARITHMETICS = pytest.mark.parametrize("arithmetic", [BallMatrix, ArbMatrix], ids=["fast", "arb"])
SQUARE = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])  # 𝒜*(ν) = [[ν₁ + ν₃, ν₃], [ν₃, ν₂ + ν₃]]


@pytest.fixture(autouse=True)
def _bits():
    with precision(128):
        yield


def _fractions(vector):
    return [Fraction(float(c)) for c in vector]


def _exact_gap(w, x, y, nu):
    """min over α ∈ {0, 1, best} of ‖r − αν‖²/(2n) + (α/n)νᵀq, in rationals, for one unit of weight 1."""
    q = [sum((a * b for a, b in zip(_fractions(w), _fractions(row), strict=True)), Fraction(0)) ** 2 for row in x]
    labels, nu, n = _fractions(y), _fractions(nu), len(x)
    square = sum(c * c for c in nu)
    best = max(Fraction(0), -sum(c * b for c, b in zip(nu, labels, strict=True)) / square) if square else Fraction(0)
    found = []
    for alpha in (Fraction(0), Fraction(1), best):
        rest = sum((a - b - alpha * c) ** 2 for a, b, c in zip(q, labels, nu, strict=True))
        found.append((rest / 2 + alpha * sum(a * c for a, c in zip(q, nu, strict=True))) / n)
    return min(found)


NUMBERS = st.integers(-40, 40).map(lambda k: k / 8)


@settings(max_examples=30, deadline=None)
@given(
    w=st.lists(NUMBERS, min_size=2, max_size=2),
    y=st.lists(NUMBERS, min_size=3, max_size=3),
    nu=st.lists(NUMBERS, min_size=3, max_size=3),
)
@ARITHMETICS
def test_the_duality_gap_is_the_exact_one_rounded_up(arithmetic, w, y, nu):
    network = quadratic_network(naive.network_problem([w], [1.0], SQUARE, y))
    found = duality_gap(network, evaluate(network, arithmetic), arithmetic.from_exact(np.array(nu)[:, None]))
    truth = _exact_gap(w, SQUARE, y, nu)
    # α near the best one only: its rounding costs a second-order term
    assert truth <= Fraction(found) <= truth + Fraction(1, 10**9)


@settings(max_examples=40, deadline=None)
@given(
    a=st.integers(-64, 64),
    c=st.integers(-64, 64),
    numerator=st.integers(-6, 6),
    exponent=st.sampled_from([0, -20, -45, -50, -52]),
    arithmetic=st.sampled_from(["fast", "arb"]),
)
def test_what_is_accepted_as_a_dual_point_is_one(a, c, numerator, exponent, arithmetic):
    """ν₂ at or near the edge of the cone, where the determinant (ν₁ + ν₃)(ν₂ + ν₃) − ν₃² vanishes."""
    first, third = a / 8, c / 8
    edge = (third * third / (first + third) - third) if first + third else 0.0
    nu = (first, edge + numerator * 2.0**exponent, third)
    problem = naive.network_problem([[1.0, 2.0]], [1.0], SQUARE, [-1.0, 1.0, 0.5])
    p, q, r = _fractions(nu)
    definite = p + r >= 0 and q + r >= 0 and (p + r) * (q + r) >= r * r
    for shift in (0.0, 2.0**-60, 2.0**-40, -(2.0**-40), float(np.max(np.abs(nu)))):
        evidence = Evidence("dual", eigenvalue_shift=shift, vector=nu)
        if isinstance(decide(Claim(1e300), evidence, problem, arithmetic=arithmetic), Accepted):
            assert definite


def test_the_lower_bound_of_orthonormal_inputs_is_attained():
    """X = I: inf L = Σ min(y, 0)²/(2n), attained by ν = max(−y, 0) exactly."""
    y = np.array([-3.0, 1.0, -0.5, 0.0])
    network = quadratic_network(naive.network_problem(np.zeros((1, 4)), [1.0], np.eye(4), y))
    point = evaluate(network, ArbMatrix)
    gap = duality_gap(network, point, ArbMatrix.from_exact(np.maximum(-y, 0)[:, None]))
    assert gap == pytest.approx(1 / 8, abs=1e-15)  # L(0) − inf L = (9.25 + 1 − 9.25)/8


def test_a_zero_dual_point_leaves_the_loss():
    network = quadratic_network(naive.network_problem([[1.0]], [1.0], [[2.0]], [1.0]))
    assert duality_gap(network, evaluate(network, ArbMatrix), ArbMatrix.from_exact(np.zeros((1, 1)))) == 4.5


def test_a_triangle_is_read_row_by_row():
    expected = np.array([[1.0, 2.0, 3.0], [2.0, 4.0, 5.0], [3.0, 5.0, 6.0]])
    assert (symmetric_from_triangle(np.arange(1.0, 7.0), 3) == expected).all()


@ARITHMETICS
@pytest.mark.parametrize("seed", range(8))
def test_least_squares_bounds_the_exact_minimum(arithmetic, seed):
    """inf over symmetric M by lstsq in float64; M° anywhere gives an upper bound, at the minimum a tight one."""
    rng = np.random.default_rng(seed)
    d, n = 2, 9
    problem = naive.random_problem(rng, 4, d, n, "mixed")
    x, y = problem.inputs, problem.given_targets[:, 0]
    network = quadratic_network(problem)
    first, second = np.triu_indices(d)
    rows = x[:, first] * x[:, second]
    design, scaled = rows * np.where(first == second, 1, 2), rows * np.where(first == second, 1, np.sqrt(2))
    best, *_ = np.linalg.lstsq(design, y)
    least = float(np.sum((design @ best - y) ** 2)) / (2 * n)
    smallest = exact(float(np.linalg.eigvalsh(scaled.T @ scaled / n)[0]) * (1 - 1e-12))
    truth = naive.loss(network.weights, network.outer, x, y) - least
    point = evaluate(network, arithmetic)
    for size in (0.0, 1e-3, 1.0):
        matrix = symmetric_from_triangle(best + size * rng.normal(size=3), d)
        gap = least_squares_gap(network, point, matrix, smallest)
        assert truth <= gap * (1 + 1e-9)
        assert size or gap == pytest.approx(truth, rel=1e-9)


@ARITHMETICS
@pytest.mark.parametrize("m", [-1.0, 0.0, 0.75, 4.0])
def test_least_squares_is_tight_in_one_dimension(arithmetic, m):
    """x = 1, w = 2, y = 1: every M° gives exactly ½(w² − y)² = 9/2; y = 0 and 1: (16 + 9)/4 − 1/8."""
    for labels, wanted in (([1.0], 4.5), ([0.0, 1.0], 6.125)):
        network = quadratic_network(naive.network_problem([[2.0]], [1.0], np.ones((len(labels), 1)), labels))
        gap = least_squares_gap(network, evaluate(network, arithmetic), np.array([[m]]), exact(1))
        assert wanted <= gap <= wanted + 1e-12


def test_a_dual_point_far_too_short_scales_beyond_every_double():
    """−νᵀy/‖ν‖² = 1e400: α near it is no double, and α = 0 bounds the gap by L."""
    network = quadratic_network(naive.network_problem([[1.0, 0.0]], [1.0], SQUARE, [-1e200, 0.0, 0.0]))
    point, short = evaluate(network, ArbMatrix), ArbMatrix.from_exact(np.array([[1e-200], [0.0], [0.0]]))
    exact_loss = Fraction(naive.exact_loss([[1.0, 0.0]], [1.0], SQUARE, [-1e200, 0.0, 0.0]))
    # L itself is beyond the doubles
    assert exact_loss > Fraction(10) ** 308 and duality_gap(network, point, short) == float("inf")
