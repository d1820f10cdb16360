"""The installed scikit-learn's MLPRegressor: the problem's network predicts what the estimator predicts."""

import inspect

import numpy as np
import pytest

neural_network = pytest.importorskip("sklearn.neural_network", reason="scikit-learn is an extra")

from certificates.errors import MalformedProblem  # noqa: E402  (after the skip)
from verify.numeric.mlp import FloatNetwork  # noqa: E402
from verify.numeric.smooth_objective import FloatObjective  # noqa: E402
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
        assert any("or with other sample weights" in note for note in import_sklearn(weighted, X, Y).notes)
        said = import_sklearn(weighted, X, Y, sample_weight=weights).notes
        assert not any("loss_ =" in note for note in said)


@pytest.mark.filterwarnings("ignore:Stochastic Optimizer")
@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_early_stopping_and_single_outputs(kind: type) -> None:
    made = neural_network.MLPRegressor(
        hidden_layer_sizes=(9,), early_stopping=True, max_iter=3, random_state=0, alpha=0
    )
    x, y = X.astype(kind), Y[:, 0].astype(kind)
    with pytest.raises(MalformedProblem, match="sets samples aside that the estimator does not name"):
        import_sklearn(made.fit(x, y), x, y)
    imported = import_sklearn(made, x, y, penalty=False)
    assert any("all but a share 0.1" in note for note in imported.notes)
    assert any("float32" in note for note in imported.notes) == (kind is np.float32)


@pytest.mark.filterwarnings("ignore:lbfgs failed")
def test_a_penalty_left_out_is_noticed() -> None:
    made = fitted(random_state=0)
    with pytest.warns(ImportNotice, match="divides by"), pytest.warns(ImportNotice, match="alpha=0.0001"):
        from_sklearn(made, X, Y, penalty=False)
    with pytest.raises(MalformedProblem, match="not fitted"):
        from_sklearn(neural_network.MLPRegressor(), X, Y)


def _objective_of_sklearn(estimator: object, y: np.ndarray, weights: np.ndarray | None) -> tuple[float, np.ndarray]:
    """The value and gradient that its L-BFGS is given at the fitted weights, in the order of problem files."""
    binarizer = getattr(estimator, "_label_binarizer", None)
    labels = y.reshape(len(y), -1) if binarizer is None else binarizer.transform(y).astype(bool)
    grads = [np.empty_like(each) for each in (*estimator.coefs_, *estimator.intercepts_)]
    layers = len(estimator.coefs_)
    value, coefficients, intercepts = estimator._backprop(
        X, labels, weights, [X] + [None] * layers, [None] * layers, grads[:layers], grads[layers:]
    )
    parts = [part for pair in zip(coefficients, intercepts, strict=True) for part in (pair[0].T.ravel(), pair[1])]
    return value, np.concatenate(parts)


NAMES = np.array(["one", "three", "two"])[np.arange(20) % 3]
CASES = {
    "regressor": (Y[:, 0], {}),
    "two outputs": (Y, {}),
    "two classes": (NAMES == "one", {}),
    "three classes": (NAMES, {}),
    "labels": (np.stack([NAMES == "one", NAMES != "two"], axis=1).astype(int), {}),
    "weighted classes": (NAMES, {"sample_weight": np.linspace(0.5, 3.0, 20)}),
    "weighted regressor": (Y, {"sample_weight": np.linspace(0.5, 3.0, 20)}),
    "equal weights": (NAMES, {"sample_weight": np.full(20, 3.0)}),
}


@pytest.mark.filterwarnings("ignore:lbfgs failed")
@pytest.mark.parametrize("case", CASES)
def test_the_objective_is_what_its_solver_minimises(case: str) -> None:
    y, weights = CASES[case]
    kind = "MLPRegressor" if "regressor" in case or case == "two outputs" else "MLPClassifier"
    made = getattr(neural_network, kind)(
        hidden_layer_sizes=(7, 5), activation="tanh", solver="lbfgs", max_iter=9, alpha=0.37, random_state=0
    )
    made.fit(X, y, **weights)
    done = import_sklearn(made, X, y, **weights)
    objective = FloatObjective(done.network)
    value, gradient = objective.value_and_gradient(objective.initial())
    reported, expected = _objective_of_sklearn(made, y, weights.get("sample_weight"))
    np.testing.assert_allclose(gradient, expected, rtol=1e-12, atol=1e-14)
    assert reported == pytest.approx(made.loss_)
    if y.ndim == 1 or kind == "MLPClassifier":
        assert value == pytest.approx(reported, rel=1e-13)
    else:  # loss_ divides by the outputs, the gradient does not
        assert value > 1.2 * reported
    assert not any("loss_ =" in note for note in done.notes)
    assert f"norm {np.linalg.norm(expected):.3g} " in done.notes[0]


@pytest.mark.filterwarnings("ignore:Stochastic Optimizer")
@pytest.mark.parametrize("batch", [4, 20])
def test_the_mean_of_its_batches_gradients_is_the_objectives_if_they_divide_the_samples(batch: int) -> None:
    made = neural_network.MLPClassifier((7,), batch_size=batch, alpha=0.37, max_iter=3, random_state=0).fit(X, NAMES)
    done = import_sklearn(made, X, NAMES)
    objective = FloatObjective(done.network)
    assert f"loss_ = {made.loss_:.6g} is the mean over the batches" in done.read[1]
    assert objective.value(objective.initial()) == pytest.approx(made.loss_, rel=0.05)
    labels, grads = made._label_binarizer.transform(NAMES), []
    for first in range(0, 20, batch):
        rows, empty = slice(first, first + batch), [np.empty_like(each) for each in (*made.coefs_, *made.intercepts_)]
        _, coefficients, intercepts = made._backprop(
            X[rows], labels[rows], None, [X[rows], None, None], [None, None], empty[:2], empty[2:]
        )
        parts = [part for pair in zip(coefficients, intercepts, strict=True) for part in (pair[0].T.ravel(), pair[1])]
        grads.append(np.concatenate(parts))
    np.testing.assert_allclose(objective.gradient(objective.initial()), np.mean(grads, axis=0), rtol=1e-12, atol=1e-14)


@pytest.mark.filterwarnings("ignore:Stochastic Optimizer")
def test_batches_without_one_objective_are_refused_and_the_remedies_work() -> None:
    options = {"hidden_layer_sizes": (7,), "alpha": 0.37, "max_iter": 3, "random_state": 0}
    made = neural_network.MLPClassifier(batch_size=8, **options).fit(X, NAMES)
    with pytest.raises(MalformedProblem, match=r"batches of 8 and of 4, .*batch_size=5 or 20, or solver='lbfgs'"):
        import_sklearn(made, X, NAMES)
    assert not import_sklearn(made, X, NAMES, penalty=False).network.objective.decay
    for remedy in ({"batch_size": 5}, {"batch_size": 20}, {"batch_size": 8, "alpha": 0.0}):
        import_sklearn(neural_network.MLPClassifier(**(options | remedy)).fit(X, NAMES), X, NAMES)
    uneven = neural_network.MLPClassifier(**(options | {"batch_size": 8, "alpha": 0.0, "shuffle": False}))
    with pytest.raises(MalformedProblem, match="where each sample counts more"):
        import_sklearn(uneven.fit(X, NAMES), X, NAMES)
    weights = np.linspace(0.5, 3.0, 20)
    made = neural_network.MLPClassifier(batch_size=5, **options).fit(X, NAMES, sample_weight=weights)
    with pytest.raises(MalformedProblem, match="by the sum of its own sample weights"):
        import_sklearn(made, X, NAMES, sample_weight=weights)


@pytest.mark.filterwarnings("ignore:Stochastic Optimizer")
def test_partial_fit_is_noticed() -> None:
    made = neural_network.MLPClassifier((7,), alpha=0, random_state=0)
    made.partial_fit(X[:10], NAMES[:10], classes=np.unique(NAMES))
    assert any("saw 10 samples in 1 epochs, not 20" in note for note in import_sklearn(made, X, NAMES).notes)


@pytest.mark.filterwarnings("ignore:lbfgs failed")
@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_a_reported_loss_of_clipped_probabilities_is_found_again(kind: type) -> None:
    made, x = (
        neural_network.MLPClassifier((7,), solver="lbfgs", max_iter=1, alpha=0, random_state=0),
        1e4 * X.astype(kind),
    )
    made.fit(x, NAMES)
    done = import_sklearn(made, x, NAMES)
    objective = FloatObjective(done.network)
    assert objective.value(objective.initial()) > 2 * made.loss_
    assert not any("loss_ =" in note for note in done.notes)
