"""The installed scikit-learn's MLPRegressor: the problem's network predicts what the estimator predicts."""

import inspect

import numpy as np
import pytest

neural_network = pytest.importorskip("sklearn.neural_network", reason="scikit-learn is an extra")

from certificates.errors import MalformedProblem  # noqa: E402  (after the skip)
from verify.numeric.mlp import FloatNetwork  # noqa: E402
from verify.problems import ImportNotice, from_sklearn, import_sklearn  # noqa: E402

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
    problem = import_sklearn(estimator, X, Y).network
    values = X
    for index, layer in enumerate(problem.layers):
        values = values @ layer.weight.T + layer.bias
        values = function(values) if index < 2 else values
    np.testing.assert_allclose(values, estimator.predict(X), rtol=1e-12, atol=1e-12)


@pytest.mark.filterwarnings("ignore:Stochastic Optimizer")
def test_a_step_of_its_own_descent_is_a_step_on_the_certified_loss() -> None:
    targets = RANDOM.normal(size=(20, 4))
    options = {"solver": "sgd", "momentum": 0.0, "learning_rate_init": 0.01, "batch_size": 20, "alpha": 0.0}
    runs = [
        neural_network.MLPRegressor(
            hidden_layer_sizes=(40,), activation="tanh", max_iter=k, random_state=0, **options
        ).fit(X, targets)
        for k in (1, 2)
    ]
    problem = import_sklearn(runs[0], X, targets).network
    assert problem.objective.loss.scale.denominator == 40
    net = FloatNetwork(problem)
    w = net.initial()
    gradient = 2 * float(problem.objective.loss.scale) * net.pull_back(w, net.residual(w))
    moved = net.network(w - 0.01 * gradient)
    for layer, coefficients in zip(moved.layers, runs[1].coefs_, strict=True):
        np.testing.assert_allclose(layer.weight.T, coefficients, rtol=1e-12, atol=1e-14)


@pytest.mark.filterwarnings("ignore:lbfgs failed")
def test_the_objective_it_reports_is_found_again_or_the_difference_is_said() -> None:
    plain = import_sklearn(fitted(alpha=0.3, random_state=0), X, Y)
    assert [note for note in plain.notes if "loss_ =" in note] == []
    weights = np.arange(1.0, 21.0)
    weighted = neural_network.MLPRegressor(hidden_layer_sizes=(7,), solver="lbfgs", max_iter=5, random_state=0)
    if "sample_weight" in inspect.signature(weighted.fit).parameters:
        weighted.fit(X, Y, sample_weight=weights)
        assert any("or with sample weights" in note for note in import_sklearn(weighted, X, Y).notes)


@pytest.mark.filterwarnings("ignore:Stochastic Optimizer")
@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_early_stopping_and_single_outputs(kind: type) -> None:
    made = neural_network.MLPRegressor(
        hidden_layer_sizes=(9,), early_stopping=True, max_iter=3, random_state=0, alpha=0
    )
    x, y = X.astype(kind), Y[:, 0].astype(kind)
    imported = import_sklearn(made.fit(x, y), x, y)
    assert any("all but a share 0.1" in note for note in imported.notes)
    assert any("float32" in note for note in imported.notes) == (kind is np.float32)


@pytest.mark.filterwarnings("ignore:lbfgs failed")
def test_the_default_penalty_is_noticed_and_a_classifier_refused() -> None:
    made = fitted(random_state=0)
    with pytest.warns(ImportNotice, match="divides by"), pytest.warns(ImportNotice, match="alpha=0.0001"):
        from_sklearn(made, X, Y)
    with pytest.raises(MalformedProblem, match="cross-entropy"):
        from_sklearn(fitted("MLPClassifier", random_state=0), X, Y)
    with pytest.raises(MalformedProblem, match="not fitted"):
        from_sklearn(neural_network.MLPRegressor(), X, Y)
