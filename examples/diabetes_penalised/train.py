"""Diabetes progression from ten measurements: scikit-learn's own ``MLPRegressor`` with its penalty.

Data: ``load_diabetes``, 331 patients for training. Noisy targets, more samples than parameters: the residual at the
minimum is large, and no theorem about zero loss has anything to say.
"""

from pathlib import Path

import numpy as np
from sklearn.compose import TransformedTargetRegressor
from sklearn.datasets import load_diabetes
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import verify

HERE = Path(__file__).parent


def data() -> list[np.ndarray]:
    """Measurements for training and for testing, progression after a year likewise: three quarters and one."""
    return train_test_split(*load_diabetes(return_X_y=True, scaled=False), random_state=0)


def train(inputs: np.ndarray, targets: np.ndarray) -> TransformedTargetRegressor:
    """scikit-learn's L-BFGS, the penalty alpha = 1."""
    network = MLPRegressor(
        hidden_layer_sizes=(8,), activation="tanh", solver="lbfgs", alpha=1, max_iter=2000, random_state=0
    )
    scaled = TransformedTargetRegressor(make_pipeline(StandardScaler(), network), transformer=StandardScaler())
    return scaled.fit(inputs, targets)


if __name__ == "__main__":
    x, _, y, _ = data()
    verify.save_problem(verify.from_sklearn(train(x, y), x, y), HERE / "problem.safetensors", force=True)
