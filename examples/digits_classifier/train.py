"""Which of ten digits an image shows: scikit-learn's own ``MLPClassifier``.

Data: all 1,797 images of ``load_digits``, 1,347 for training and 450 for testing.
"""

from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

import verify

HERE = Path(__file__).parent


def data() -> list[np.ndarray]:
    """Inputs for training and for testing, labels likewise: three quarters and one."""
    return train_test_split(*load_digits(return_X_y=True), random_state=0)


def train(inputs: np.ndarray, labels: np.ndarray) -> Pipeline:
    """scikit-learn's L-BFGS, the penalty alpha = 1."""
    network = MLPClassifier(
        hidden_layer_sizes=(16,), activation="tanh", solver="lbfgs", alpha=1, max_iter=2000, random_state=0
    )
    return make_pipeline(StandardScaler(), network).fit(inputs, labels)


if __name__ == "__main__":
    x, x_test, y, y_test = data()
    model = train(x, y)
    verify.save_problem(verify.from_sklearn(model, x, y), HERE / "problem.safetensors", force=True)
    test = verify.from_sklearn(model, x_test, y_test, penalty=False)
    verify.save_problem(test, HERE / "test.safetensors", force=True)
