"""Each column beside what numpy makes of the matrices written out."""

from __future__ import annotations

import numpy as np
import pytest

from certificates.arithmetic.arb import exact, precision
from certificates.arithmetic.ball_matrix import BallMatrix
from certificates.checks.regression_columns import regression_columns
from certificates.claims.local_convergence import Columns
from certificates.enclosures.objectives.both_layers import both_layers
from tests.support.shallow import shallow_problem


def _expected(network):
    (w, v), x = (layer.weight for layer in network.layers), network.inputs
    psi = (1 - np.tanh(x @ w.T) ** 2) * v
    kernel = np.linalg.eigvalsh((psi @ psi.T) * (x @ x.T)) / len(x)
    lengths = np.linalg.norm(w, axis=1)
    products = np.array([np.outer(row, row).ravel() for row in x])
    least_psi, least_x = (max(0, np.linalg.eigvalsh(part @ part.T)[0]) for part in (psi, x))
    schur = max(least_psi * np.min(np.sum(x**2, axis=1)), least_x * np.min(np.sum(psi**2, axis=1))) / len(x)
    ends = np.linalg.svd(w, compute_uv=False)
    return {
        "n": len(x), "d": x.shape[1], "k": len(w), "σ_min(W)": ends[-1], "σ_max(W)": ends[0],
        "w_min": lengths.min(), "w_max": lengths.max(), "v_min": np.abs(v).min(), "v_max": np.abs(v).max(),
        "σ_min(X∗X)": np.linalg.svd(products, compute_uv=False)[-1], "ξ": np.linalg.norm(x, 2) / np.sqrt(len(x)),
        "χ/n": 3.0, "λ_min(JJᵀ)/n": kernel[0], "λ_max(JJᵀ)/n": kernel[-1], "Schur": schur,
    }  # fmt: skip


@pytest.mark.parametrize(("d", "k", "n"), [(4, 3, 5), (3, 8, 5), (6, 7, 4)])
def test_columns_are_tight_bounds(d, k, n):
    network = shallow_problem(np.random.default_rng(d), d, k, n)
    expected = _expected(network)
    with precision(128):
        columns = regression_columns(both_layers(network, BallMatrix), exact(3), _guesses(network, expected))
    assert [fact.symbol for fact in columns] == list(expected)
    for fact in columns:
        true = expected[fact.symbol]
        known = [end for end in (fact.lower, fact.upper) if np.isfinite(end) and end != 0] or [0.0]
        assert fact.lower <= true + 1e-12 and true - 1e-12 <= fact.upper, fact
        assert min(abs(end - true) for end in known) <= 1e-2 * max(true, 1e-6), fact


def _guesses(network, expected):
    """A little below every least eigenvalue."""
    (w, v), x = (layer.weight for layer in network.layers), network.inputs
    psi = (1 - np.tanh(x @ w.T) ** 2) * v
    below = 1 - 1e-6
    return Columns(
        below * len(x) * expected["λ_min(JJᵀ)/n"],
        below * expected["σ_min(W)"] ** 2,
        below * expected["σ_min(X∗X)"] ** 2,
        *(below * np.linalg.eigvalsh(part @ part.T)[0] for part in (x, psi)),
    )
