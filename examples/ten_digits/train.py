"""Ten outputs: which digit, for 30 handwritten images, by scikit-learn's ``MLPRegressor`` with 128 tanh units.

Data: the first 30 images of ``load_digits``, standardised; targets are one-hot. The loss is scikit-learn's own,
half the mean of the squared residuals; its penalty ``alpha`` is 0, since a penalised loss never reaches zero.
"""

from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits
from sklearn.neural_network import MLPRegressor
from sklearn.preprocessing import StandardScaler

import verify


def data() -> tuple[np.ndarray, np.ndarray]:
    """Standardised pixels and one-hot digits."""
    digits = load_digits()
    return StandardScaler().fit_transform(digits.data)[:30], np.eye(10)[digits.target[:30]]


def train(inputs: np.ndarray, targets: np.ndarray) -> MLPRegressor:
    """scikit-learn's L-BFGS."""
    estimator = MLPRegressor(
        hidden_layer_sizes=(128,),
        activation="tanh",
        solver="lbfgs",
        alpha=0,
        tol=1e-12,
        max_iter=3000,
        random_state=0,
    )
    return estimator.fit(inputs, targets)


if __name__ == "__main__":
    x, y = data()
    problem = verify.from_sklearn(train(x, y), x, y, loss="half-mean")
    verify.save_problem(problem, Path(__file__).with_name("problem.safetensors"), force=True)
