"""Losses of samples beside mpmath at 60 digits, saturated and not."""

from __future__ import annotations

from fractions import Fraction

import mpmath
import numpy as np
import pytest

from certificates.arithmetic.arb import exact, precision, upper
from certificates.arithmetic.ball_array import BallArray
from certificates.enclosures.objectives.loss_terms import band, largest_curvature, loss_terms
from certificates.errors import EnclosureFailure
from certificates.subjects import Logistic, SoftmaxCrossEntropy, Squared

ONE = Fraction(1)
LOGITS = np.array([[0.0, 0.0, 0.0], [1.0, -2.0, 0.5], [40.0, -3.0, 1.0], [-700.0, 600.0, 0.0], [3.0, 3.0, -800.0]])


def _softmax(row, q):
    z, q = [mpmath.mpf(v) for v in row], [mpmath.mpf(v.numerator) / v.denominator for v in map(Fraction, q)]
    powers = [mpmath.exp(v) for v in z]
    total = mpmath.fsum(powers)
    p = [v / total for v in powers]
    value = mpmath.log(total) - mpmath.fsum(a * b for a, b in zip(q, z, strict=True))
    curvature = mpmath.matrix(len(p), len(p))
    for i, a in enumerate(p):
        for j, b in enumerate(p):
            curvature[i, j] = a * mpmath.fsum(p[k] for k in range(len(p)) if k != i) if i == j else -a * b
    return value, [a - b for a, b in zip(p, q, strict=True)], curvature


def _holds(ball: BallArray, place, truth) -> bool:
    mid, rad = mpmath.mpf(float(ball.mid[place])), mpmath.mpf(float(np.broadcast_to(ball.rad, ball.shape)[place]))
    return abs(truth - mid) <= rad


@pytest.mark.parametrize("radius", [0.0, 1e-9, 0.4])
@pytest.mark.parametrize("loss", ["hard", "soft", "smoothed"])
def test_softmax(loss, radius):
    targets = np.eye(3)[[0, 1, 1, 1, 2]]
    rows = ()
    if loss == "soft":
        targets = np.array([[0.25, 0.5, 0.25], [0, 0.5, 0.5], [1, 0, 0], [0.125, 0.875, 0], [0.5, 0.25, 0.25]])
    if loss == "smoothed":
        rows = tuple(tuple(Fraction(1, 30) + Fraction(9, 10) * (i == j) for j in range(3)) for i in range(3))
    moved = LOGITS + radius * np.array([[1.0, -1.0, 1.0]])  # a corner of the balls
    with precision(128), mpmath.workdps(400):
        found = loss_terms(SoftmaxCrossEntropy(ONE, rows), BallArray(LOGITS, radius), targets)
        for i, row in enumerate(moved):
            q = rows[int(np.argmax(targets[i]))] if rows else targets[i]
            value, gradient, curvature = _softmax(row if radius else LOGITS[i], q)
            slack = mpmath.mpf(2) ** -50 * radius  # the corner itself is rounded
            assert abs(value - float(found.values.mid[i, 0])) <= float(found.values.rad[i, 0]) + 700 * slack
            assert all(
                abs(g - float(found.gradient.mid[i, c])) <= float(found.gradient.rad[i, c]) * (1 + 1e-6) + 700 * slack
                for c, g in enumerate(gradient)
            )
            norm = max(abs(v) for v in mpmath.eigsy(curvature, eigvals_only=True))
            assert norm <= float(found.curvature_norms[i]) * (1 + 1e-6)
            assert mpmath.sqrt(mpmath.fsum(g * g for g in gradient)) <= float(found.gradient_norms[i]) * (1 + 1e-6)


def test_roots_of_the_softmax_hessian_keep_their_digits():
    with precision(128), mpmath.workdps(400):
        found = loss_terms(SoftmaxCrossEntropy(ONE), BallArray.from_exact(LOGITS), np.eye(3)[[0, 1, 1, 1, 2]])
        for i, row in enumerate(LOGITS):
            p = [mpmath.exp(v) for v in row]
            total = mpmath.fsum(p)
            p = [v / total for v in p]
            for c in range(3):
                for j in range(3):
                    rest = mpmath.fsum(p[k] for k in range(3) if k != c)
                    truth = mpmath.sqrt(p[c]) * (rest if c == j else -p[j])
                    assert _holds(found.roots, (i, c, j), truth)
                    assert found.roots.rad[i, c, j] <= 1e-12 * abs(truth) + 1e-300
    assert found.curvature_norms[2] < 1e-15  # p = 1 − 8e-18


@pytest.mark.parametrize("radius", [0.0, 1e-6])
def test_logistic(radius):
    targets = np.array([[0, 1, 0.25]] * 5)
    with precision(128), mpmath.workdps(400):
        found = loss_terms(Logistic(ONE), BallArray(LOGITS, radius), targets)
        for i, row in enumerate(LOGITS):
            value = mpmath.mpf(0)
            for c, z in enumerate(row):
                p, rest = 1 / (1 + mpmath.exp(-mpmath.mpf(z))), 1 / (1 + mpmath.exp(mpmath.mpf(z)))
                q = mpmath.mpf(targets[i, c])
                value += mpmath.log(1 + mpmath.exp(mpmath.mpf(z))) - q * z
                assert _holds(found.gradient, (i, c), p * (1 - q) - q * rest)
                assert _holds(found.roots, (i, c, c), mpmath.sqrt(p * rest))
            assert _holds(found.values, (i, 0), value)
    assert not found.roots.mid[:, ~np.eye(3, dtype=bool)].any()


def test_squared():
    targets = np.array([[1.0, 2.0]])
    found = loss_terms(Squared(ONE), BallArray.from_exact(np.array([[4.0, 6.0]])), targets)
    assert found.values.contains(np.array([[25.0]])).all()
    assert found.gradient.contains(np.array([[6.0, 8.0]])).all()
    with precision(128):
        low, high = exact(float(found.roots.lower()[0, 0, 0])), exact(float(found.roots.upper()[0, 0, 0]))
        assert low < exact(2).sqrt() < high
    assert found.curvature_norms.tolist() == [2.0] and found.gradient_norms[0] >= 10


def test_outputs_that_are_hardly_known_are_refused():
    with pytest.raises(EnclosureFailure):
        loss_terms(Logistic(ONE), BallArray(np.zeros((1, 1)), 1.5), np.ones((1, 1)))


@pytest.mark.parametrize("loss", [Squared(ONE), Logistic(ONE), SoftmaxCrossEntropy(ONE)])
def test_the_band_holds_between_any_two_outputs(loss):
    """e^{−ςδ}P ⪯ P' ⪯ e^{ςδ}P and ‖P‖ ≤ P_max, by generalised eigenvalues in floats."""
    rng = np.random.default_rng(0)
    with precision(128):
        rate, most = upper(band(loss)), upper(largest_curvature(loss))
    for _ in range(200):
        first = rng.normal(size=(1, 3)) * 3
        second = first + rng.normal(size=(1, 3)) * rng.choice([0.01, 1.0])
        distance = float(np.linalg.norm(first - second))
        matrices = []
        for z in (first, second):
            root = loss_terms(loss, BallArray.from_exact(z), np.eye(3)[:1]).roots.mid[0]
            matrices.append(root.T @ root)
        assert np.linalg.norm(matrices[0], 2) <= most * (1 + 1e-12)
        for sign in (1, -1):
            a, b = matrices[::sign]
            assert np.linalg.eigvalsh(np.exp(rate * distance) * a - b).min() >= -1e-12


def test_the_complement_of_a_large_probability_moves_with_the_other_outputs():
    """1 − p ≈ e^{−5}, of which an error of 1/8 in both logits moves nearly a quarter."""
    found = loss_terms(SoftmaxCrossEntropy(ONE), BallArray(np.array([[5.0, 0.0]]), 0.125), np.array([[1.0, 0.0]]))
    for gap in (4.75, 5.25):
        assert found.gradient.lower()[0, 0] <= -1 / (1 + np.exp(gap)) <= found.gradient.upper()[0, 0]


def test_the_root_of_two_is_between_doubles():
    roots = loss_terms(Squared(ONE), BallArray.from_exact(np.zeros((1, 2))), np.zeros((1, 2))).roots
    mid, rad = (Fraction(float(part[0, 0, 0])) for part in (roots.mid, roots.rad))
    assert (mid - rad) ** 2 < 2 < (mid + rad) ** 2 and roots.rad[0, 0, 1] == 0
