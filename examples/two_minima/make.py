"""Make the problem of this example: three units of tanh with fixed outer weights, noisy labels of such a network.

Run from the repository: ``python -m examples.two_minima.make``.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

import verify

HERE = Path(__file__).resolve().parent
SAMPLES, UNITS = 60, 3


def problem() -> verify.Network:
    """f(W) = (1/120) Σ_i (Σ_l v_l tanh(w_l·x_i) − y_i)², v = (1, 1, −1), x and y rounded to three decimals."""
    rng = np.random.default_rng(2)
    inputs, teacher = np.round(rng.normal(size=(SAMPLES, UNITS)), 3), rng.normal(size=(UNITS, UNITS))
    outer = np.array([1.0, 1.0, -1.0])
    labels = np.round(np.tanh(inputs @ teacher.T) @ outer + 0.1 * rng.normal(size=SAMPLES), 3)
    weights = [rng.normal(size=(UNITS, UNITS)), outer[None]]
    return verify.from_arrays(weights, None, "tanh", inputs, labels, frozen=[1], loss="half-mean")


if __name__ == "__main__":
    verify.save_problem(problem(), HERE / "problem.safetensors", force=True)
