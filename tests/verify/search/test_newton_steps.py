"""Newton's steps against eigenvalue decompositions, definite, indefinite and singular."""

from __future__ import annotations

import numpy as np
import pytest

from verify.search import newton_steps
from verify.search.newton_steps import Curvature, follow_down

SIZE = 30


def _matrix(lowest: list[float], seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """With given lowest eigenvalues, the others between 1 and 2, and its eigenvectors as columns."""
    rng = np.random.default_rng(seed)
    basis, _ = np.linalg.qr(rng.normal(size=(SIZE, SIZE)))
    values = np.concatenate([lowest, np.linspace(1, 2, SIZE - len(lowest))])
    matrix = basis @ np.diag(values) @ basis.T
    return (matrix + matrix.T) / 2, basis


@pytest.fixture(params=["all eigenvalues", "Lanczos"], autouse=True)
def _way(request, monkeypatch):
    if request.param == "Lanczos":
        monkeypatch.setattr(newton_steps, "_DENSE", 5)


@pytest.mark.parametrize("lowest", [[0.1, 0.2], [-0.3, 0.1], [-0.3, -0.29, -0.1]])
def test_the_lower_end(lowest):
    matrix, basis = _matrix(lowest)
    curvature = Curvature(matrix)
    assert curvature.smallest == pytest.approx(lowest[0], rel=1e-3)
    assert abs(curvature.softest @ basis[:, 0]) > 0.99
    assert curvature.largest == pytest.approx(2, rel=0.02)
    assert curvature.is_definite == (lowest[0] > 0)
    assert not curvature.is_singular


@pytest.mark.parametrize("noise", [0.0, 1e-16, -1e-16])
def test_zero_up_to_rounding_is_singular(noise):
    matrix, _ = _matrix([noise, 0.5])
    curvature = Curvature(matrix)
    assert curvature.is_singular and not curvature.is_definite
    assert np.isfinite(curvature.newton_step(matrix @ np.ones(SIZE))).all()


def test_steps_solve_and_descend():
    gradient = np.random.default_rng(1).normal(size=SIZE)
    matrix, _ = _matrix([0.1, 0.2])
    np.testing.assert_allclose(Curvature(matrix).newton_step(gradient), -np.linalg.solve(matrix, gradient), rtol=1e-9)
    indefinite, basis = _matrix([-0.3, 0.1])
    step = Curvature(indefinite).newton_step(gradient)
    assert gradient @ step < 0
    along = basis[:, 0] @ step
    assert along == pytest.approx(-(basis[:, 0] @ gradient) / 0.15, rel=0.02)  # 0.15 = 1.5 · 0.3 − 0.3


def test_following_down_doubles_and_halves():
    def value(w: np.ndarray) -> float:
        return float(-(w[0] ** 2) + w[0] ** 4 + w[1] ** 2)

    for length in (1e-3, 100.0):
        found = follow_down(value, np.zeros(2), np.array([1.0, 0.0]), length)
        assert value(found) < -0.15  # the least is −1/4
    at = np.array([0.0, 1.0])
    assert follow_down(lambda w: float(w @ w), np.zeros(2), at, 1.0).tolist() == [0.0, 0.0]
