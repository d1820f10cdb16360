"""The installed scikit-learn's MLPRegressor: the problem's network predicts what the estimator predicts."""

import numpy as np
import pytest

neural_network = pytest.importorskip("sklearn.neural_network", reason="scikit-learn is an extra")

from certificates.errors import MalformedProblem  # noqa: E402  (after the skip)
from verify.problems import ImportNotice, from_sklearn  # noqa: E402

pytestmark = pytest.mark.torch

RANDOM = np.random.default_rng(0)
X, Y = RANDOM.normal(size=(20, 3)), RANDOM.normal(size=(20, 2))


def fitted(kind: str = "MLPRegressor", **options: object) -> object:
    targets = RANDOM.integers(0, 2, size=20) if kind == "MLPClassifier" else Y
    estimator = getattr(neural_network, kind)(hidden_layer_sizes=(7, 5), solver="lbfgs", max_iter=5, **options)
    return estimator.fit(X, targets)


@pytest.mark.filterwarnings("ignore:lbfgs failed")
@pytest.mark.parametrize(
    ("activation", "function"),
    [
        ("tanh", np.tanh),
        ("logistic", lambda z: 1 / (1 + np.exp(-z))),
        ("relu", lambda z: np.maximum(z, 0)),
        ("identity", lambda z: z),
    ],
)
def test_predictions_agree(activation: str, function: object) -> None:
    estimator = fitted(activation=activation, alpha=0, random_state=0)
    problem = from_sklearn(estimator, X, Y)
    values = X
    for index, layer in enumerate(problem.layers):
        values = values @ layer.weight.T + layer.bias
        values = function(values) if index < 2 else values
    np.testing.assert_allclose(values, estimator.predict(X), rtol=1e-12, atol=1e-12)


@pytest.mark.filterwarnings("ignore:lbfgs failed")
def test_the_default_penalty_is_noticed_and_a_classifier_refused() -> None:
    with pytest.warns(ImportNotice, match="alpha=0.0001"):
        from_sklearn(fitted(random_state=0), X, Y)
    with pytest.raises(MalformedProblem, match="cross-entropy"):
        from_sklearn(fitted("MLPClassifier", random_state=0), X, Y)
    with pytest.raises(MalformedProblem, match="not fitted"):
        from_sklearn(neural_network.MLPRegressor(), X, Y)
