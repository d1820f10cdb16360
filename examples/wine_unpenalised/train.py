"""Which of three cultivars a wine is, without weight decay: scikit-learn's Adam until the summed loss is below 0.1.

Data: ``load_wine``, all 178 wines. Softmax cross-entropy, ``alpha=0``: there is no minimum, the loss goes to zero while
the weights grow.
"""

from pathlib import Path

import numpy as np
from sklearn.datasets import load_wine
from sklearn.neural_network import MLPClassifier
from sklearn.preprocessing import StandardScaler

import verify

HERE = Path(__file__).parent


def train(inputs: np.ndarray, labels: np.ndarray) -> tuple[MLPClassifier, int]:
    """Epochs with batches of 32, and their number."""
    network = MLPClassifier((8,), activation="tanh", alpha=0, batch_size=32, random_state=0)
    for epoch in range(1, 2_001):
        network.partial_fit(inputs, labels, classes=np.unique(labels))
        chances = network.predict_proba(inputs)[np.arange(len(labels)), labels]
        if -np.log(chances).sum() < 0.1:
            return network, epoch
    raise RuntimeError("the summed loss stays above 0.1")


if __name__ == "__main__":
    x, y = load_wine(return_X_y=True)
    x = StandardScaler().fit_transform(x)
    model, epochs = train(x, y)
    print(f"{epochs} epochs")
    verify.save_problem(verify.from_sklearn(model, x, y), HERE / "problem.safetensors", force=True)
