"""Lemma 3.2.3 and theorem 3.2.8 against brute force: no bound of G is violated, no gap is below what descent finds."""

from __future__ import annotations

import math

import numpy as np
import pytest

from certificates.arithmetic.arb import exact, precision
from certificates.theorems.second_order_points import (
    ForceBounds,
    PointNumbers,
    a_priori_force,
    force_from_direction,
    gaps,
    known_gaps,
)
from tests.support import quadratic as naive


@pytest.fixture(autouse=True)
def _bits():
    with precision(128):
        yield


def _fourth(x, rng):
    """An upper bound of c_4 up to rounding: λ_max(T) with θ = 0."""
    d = x.shape[1]
    pairs = [(a, b) for a in range(d) for b in range(a, d)]
    rows = np.array([[(1 if a == b else math.sqrt(2)) * s[a] * s[b] for a, b in pairs] for s in x])
    return float(np.linalg.eigvalsh(rows.T @ rows / len(x))[-1])


def _point(rng, signs, *, near_minimum):
    d, n = int(rng.integers(1, 4)), int(rng.integers(1, 9))
    k = int(rng.integers(1, 2 * d + 3))
    problem = naive.random_problem(rng, k, d, n, signs, gain=float(rng.choice([0.01, 0.3, 1.0])))
    if near_minimum:
        problem = naive.trained(problem, steps=int(rng.integers(1, 30)))
    return problem


def _numbers(w, v, x, y, **proven):
    r = naive.residual(w, v, x, y)
    q = r + y
    return PointNumbers(
        loss=exact(naive.loss(w, v, x, y)),
        pairing=exact(float(r @ q) / len(x)),
        mean_output=exact(float(q.mean())),
        mean_label=exact(float(y.mean())),
        label_norm=exact(float(np.sqrt(np.mean(y**2)))),
        force_norm=exact(float(np.linalg.norm(naive.force(w, v, x, y)))),
        dimension=x.shape[1],
        sample_count=len(x),
        one_sign=bool((v > 0).all()),
        **proven,
    )


def _best_loss(problem, rng, tries=5):
    v, x, y = problem.layers[1].weight[0], problem.inputs, problem.given_targets[:, 0]
    best = naive.loss(naive.trained(problem).layers[0].weight, v, x, y)
    for _ in range(tries):
        w = rng.normal(size=problem.layers[0].weight.shape)
        best = min(best, naive.loss(naive.trained(naive.network_problem(w, v, x, y)).layers[0].weight, v, x, y))
    return best


def _check(seed, signs, near_minimum):
    rng = np.random.default_rng(seed)
    problem = _point(rng, signs, near_minimum=near_minimum)
    w, v = problem.layers[0].weight, problem.layers[1].weight[0]
    x, y = problem.inputs, problem.given_targets[:, 0]
    d, n = x.shape[1], len(x)
    force = np.linalg.eigvalsh(naive.force(w, v, x, y))
    curvature = np.linalg.eigvalsh(naive.hessian(w, v, x, y))[0]
    gradient = float(np.linalg.norm(naive.gradient(w, v, x, y)))
    deficit, fourth = max(0.0, -float(curvature)) + 1e-7, exact(_fourth(x, rng))
    below, above = max(0.0, -float(force[0])), max(0.0, float(force[-1]))
    tolerance = 1e-6 * (1 + abs(force).max())
    sides = [(v[v > 0], below), (-v[v < 0], above)]
    # lemma 3.2.4
    assert deficit >= 0 and -curvature <= 2 * max((o.max() * t for o, t in sides if len(o)), default=0) + tolerance
    believed = [a_priori_force(outer, d, gradient, deficit, fourth) for outer, _ in sides]
    for (_, truth), bound in zip(sides, believed, strict=True):
        assert bound is None or truth <= bound + tolerance
    if (v > 0).all():
        for _ in range(5):
            u = rng.normal(size=len(v))
            image = np.linalg.norm(w.T @ (v * u))
            bound = force_from_direction(exact(u @ u), exact(float(image)), exact(u @ (v * u)), deficit, fourth)
            assert below <= bound + tolerance
    proven = {}
    covariance = float(np.linalg.eigvalsh(x.T @ x / n)[0])
    moment = _smallest_moment(x)
    gram = float(np.linalg.eigvalsh((x @ x.T) ** 2)[0])
    for name, value in (("covariance", covariance), ("moments", moment), ("gram", gram)):
        if value > 1e-6:
            proven[name] = exact(value)
    numbers = _numbers(w, v, x, y, **proven)
    gap = naive.loss(w, v, x, y) - _best_loss(problem, rng)
    for rows in (known_gaps(numbers), gaps(numbers, ForceBounds(below, above)), gaps(numbers, ForceBounds(*believed))):
        for name, bound in rows.items():
            assert gap <= bound * (1 + 1e-6) + 1e-8 * (1 + naive.loss(w, v, x, y)), name


def _smallest_moment(x):
    d = x.shape[1]
    pairs = [(a, b) for a in range(d) for b in range(a, d)]
    rows = np.array([[(1 if a == b else math.sqrt(2)) * s[a] * s[b] for a, b in pairs] for s in x])
    return float(np.linalg.eigvalsh(rows.T @ rows / len(x))[0])


@pytest.mark.parametrize("signs", ["positive", "spread", "mixed"])
@pytest.mark.parametrize("seed", range(4))
def test_no_bound_is_violated(seed, signs):
    _check(seed, signs, seed % 2 == 0)


@pytest.mark.slow
@pytest.mark.parametrize("signs", ["positive", "spread", "mixed"])
@pytest.mark.parametrize("seed", range(10, 210))
def test_no_bound_is_violated_campaign(seed, signs):
    _check(seed, signs, seed % 2 == 0)


def test_one_tau_alone_bounds_nothing_for_mixed_signs():
    """Trap: d = n = 1, x = 1, v = (1, 1, −1), W = (0, 0, 1), y = −3/2 has τ_P = 0 and the gap 1/8."""
    v, w, x, y = np.array([1.0, 1.0, -1.0]), np.array([[0.0], [0.0], [1.0]]), np.ones((1, 1)), np.array([-1.5])
    assert np.linalg.eigvalsh(naive.hessian(w, v, x, y))[0] > 0.9 and np.linalg.norm(naive.gradient(w, v, x, y)) == 1
    assert a_priori_force(v[v > 0], 1, 1.0, 0.0, exact(1)) == 0.0
    assert a_priori_force(-v[v < 0], 1, 1.0, 0.0, exact(1)) >= 0.5
    numbers = _numbers(w, v, x, y, moments=exact(1), gram=exact(1), covariance=exact(1))
    assert naive.loss(w, v, x, y) == 0.125 and naive.force(w, v, x, y)[0, 0] == 0.5
    assert gaps(numbers, ForceBounds(0.0, None)) == {}
    assert all(bound >= 0.125 for bound in gaps(numbers, ForceBounds(0.0, 0.5)).values())
    assert "trace (3.2.3)" not in gaps(numbers, ForceBounds(0.0, 0.5))


def test_the_a_priori_bound_needs_a_unit_to_spare_or_the_gradient():
    outer = np.array([1.0, 3.0, 2.0])
    assert a_priori_force(outer, 4, 1.0, 1.0, exact(1)) is None
    assert a_priori_force(outer, 3, 1.0, 1.0, None) is None
    # (d + 1)-st largest of 3, 2, 1 for d = 2 is 1; for d = 1 it is 2
    assert a_priori_force(outer, 2, 9.0, 1.0, None) == 0.5
    assert a_priori_force(outer, 1, 9.0, 1.0, None) == 0.25
    # ε_H/2 + ½ (4·2)^{1/3}·8^{2/3} = 0.5 + 4
    assert a_priori_force(outer, 3, 8.0, 1.0, exact(2)) == pytest.approx(4.5, rel=1e-15)
    assert a_priori_force(outer, 3, 0.0, 0.0, exact(2)) == 0.0


@pytest.mark.parametrize("sign", [exact(0), exact(-1)])
def test_a_direction_without_positive_v_u_is_refused(sign):
    assert force_from_direction(exact(1), exact(0), sign, 1.0, exact(1)) is None


def test_planted_labels_bound_the_loss():
    """Equation (3.2.4): 2L ≤ ½⟨W, ∇L⟩ + τ tr M°, with both signs of the teacher."""
    rng = np.random.default_rng(7)
    for _ in range(30):
        d, n, k = int(rng.integers(1, 4)), int(rng.integers(1, 8)), int(rng.integers(1, 5))
        teacher, outer = rng.normal(size=(2, d)), rng.choice([-1.0, 1.0], 2)
        x, v, w = rng.normal(size=(n, d)), rng.choice([-1.0, 1.0], k), rng.normal(size=(k, d))
        y = ((x @ teacher.T) ** 2) @ outer
        sizes = np.abs(outer) * (teacher**2).sum(axis=1)
        planted = (exact(float(sizes[outer > 0].sum())), exact(float(sizes[outer < 0].sum())))
        values = np.linalg.eigvalsh(naive.force(w, v, x, y))
        force = ForceBounds(max(0.0, -float(values[0])), max(0.0, float(values[-1])))
        row = gaps(_numbers(w, v, x, y, planted=planted), force)["planted (3.2.4)"]
        assert naive.loss(w, v, x, y) <= row * (1 + 1e-12)


def test_the_rows_are_tight_in_one_dimension():
    """x = 1, v = 1, w = 1, y = 2: r = G = −1, q = 1, L = ½, inf L = 0."""
    w, v, x, y = np.ones((1, 1)), np.ones(1), np.ones((1, 1)), np.array([2.0])
    numbers = _numbers(w, v, x, y, covariance=exact(1), moments=exact(1), gram=exact(1))
    rows = known_gaps(numbers) | gaps(numbers, ForceBounds(1.0, 0.0))
    # trace: −1 + 1·min{2, 2 + 1} = 1; nuclear: ½(−1 + 1·2) = ½
    expected = {"trace (3.2.3)": 1.0, "nuclear norm": 0.5}
    for name, bound in rows.items():
        assert bound == pytest.approx(expected.get(name, 0.5), abs=1e-15), name


def test_the_rows_are_tight_for_a_longer_input():
    """x = 2, v = 1, w = 1, y = 5: r = −1, G = −4, q = 4, L = ½, inf L = 0; λ(Σ̂) = 4, λ(T) = λ(K) = 16."""
    w, v, x, y = np.ones((1, 1)), np.ones(1), np.full((1, 1), 2.0), np.array([5.0])
    numbers = _numbers(w, v, x, y, covariance=exact(4), moments=exact(16), gram=exact(16))
    # trace: −4 + 4·min{5, 5 + 1}/4 = 1
    rows = known_gaps(numbers) | gaps(numbers, ForceBounds(4.0, 0.0))
    assert set(rows) > {"loss", "trace (3.2.3)", "self-dual (3.2.2)", "nuclear norm", "Gram matrix, ‖G‖_F"}
    for name, bound in rows.items():
        assert bound == pytest.approx(1.0 if name == "trace (3.2.3)" else 0.5, abs=1e-15), name


def test_any_direction_is_tight_in_one_dimension():
    """w = ½, y = 5: G = −19/4, D²L = 4w² + 2G = −17/2, and (ε_H + 4c₄w²)/2 = 19/4."""
    assert force_from_direction(exact(1), exact(0.5), exact(1), 8.5, exact(1)) == 4.75


def test_any_direction_is_tight_for_longer_inputs_and_directions():
    """x = 2, w = ½, y = 5: r = −4, G = −16, D²L = 16 + 2G = −16, c₄ = 16, and with u: (16u² + 64(u/2)²)/(2u²) = 16."""
    for u in (1.0, 4.0):
        assert force_from_direction(exact(u * u), exact(u / 2), exact(u * u), 16.0, exact(16)) == 16.0


def test_the_a_priori_bound_divides_by_the_smallest_weight():
    """ε_H/(2·8) + ½(4·2)^{1/3}·8^{2/3}·8^{−1/3} = 1/16 + 2."""
    outer = np.array([9.0, 8.0, 10.0])
    assert a_priori_force(outer, 3, 8.0, 1.0, exact(2)) == pytest.approx(2.0625, rel=1e-15)


def test_the_operator_norm_pays_for_the_dimension():
    """‖G‖_F² ≤ dτ², with equality for G = τI."""
    w, v, x = np.zeros((1, 2)), np.ones(1), np.array([[1.0, 0.0], [0.0, 1.0]])
    numbers = _numbers(w, v, x, np.array([-2.0, -2.0]), gram=exact(1))  # G = I, K = I
    rows = gaps(numbers, ForceBounds(0.0, 1.0))
    assert known_gaps(numbers)["Gram matrix, ‖G‖_F"] == pytest.approx(2.0, rel=1e-15)  # n‖G‖_F²/2, n = 2
    assert rows["Gram matrix"] == pytest.approx(naive.loss(w, v, x, np.array([-2.0, -2.0])), rel=1e-15)
