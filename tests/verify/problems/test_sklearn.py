"""scikit-learn's estimators, imitated by a module of that name: the importer never loads scikit-learn."""

import subprocess
import sys
from fractions import Fraction
from types import ModuleType

import numpy as np
import pytest

from certificates.errors import MalformedProblem
from certificates.subjects import Decay, Logistic, Objective, SoftmaxCrossEntropy
from verify.problems import ImportNotice, from_sklearn, import_sklearn

RANDOM = np.random.default_rng(0)
COEFFICIENTS = [RANDOM.normal(size=(3, 4)), RANDOM.normal(size=(4, 2))]
INTERCEPTS = [RANDOM.normal(size=4), RANDOM.normal(size=2)]
X, Y = RANDOM.normal(size=(5, 3)), RANDOM.normal(size=(5, 2))


FUNCTIONS = {
    "tanh": np.tanh,
    "logistic": lambda z: 1 / (1 + np.exp(-z)),
    "relu": lambda z: np.maximum(z, 0),
    "identity": lambda z: z,
}


class MLPRegressor:
    """What the importer uses of scikit-learn's."""

    def fit(self, X, y, sample_weight=None):
        raise NotImplementedError

    def _forward_pass(self, values):
        for k, (matrix, intercepts) in enumerate(zip(self.coefs_, self.intercepts_, strict=True)):
            values[k + 1] = values[k] @ matrix + intercepts
            if k + 1 < len(self.coefs_):
                values[k + 1] = FUNCTIONS[self.activation](values[k + 1])
        return values

    def predict(self, X):
        return self._forward_pass([X] + [None] * len(self.coefs_))[-1]


class MLPClassifier(MLPRegressor):
    def predict(self, X):
        raise NotImplementedError

    def predict_proba(self, X):
        outputs = super().predict(X)
        if self.out_activation_ == "softmax":
            powers = np.exp(outputs)
            return powers / powers.sum(axis=1, keepdims=True)
        positive = 1 / (1 + np.exp(-outputs))
        return np.hstack([1 - positive, positive]) if outputs.shape[1] == 1 else positive


@pytest.fixture(autouse=True)
def _sklearn(monkeypatch: pytest.MonkeyPatch) -> None:
    module = ModuleType("sklearn.neural_network")
    module.MLPRegressor, module.MLPClassifier = MLPRegressor, MLPClassifier
    monkeypatch.setitem(sys.modules, "sklearn.neural_network", module)


def estimator(name: str = "MLPRegressor", **changes: object) -> object:
    attributes = {
        "coefs_": COEFFICIENTS,
        "intercepts_": INTERCEPTS,
        "activation": "tanh",
        "out_activation_": "identity",
        "alpha": 0,
        "loss": "squared_error",
        "solver": "lbfgs",
        **changes,
    }
    made = MLPRegressor() if name == "MLPRegressor" else type(name, (), {})()
    for key, value in attributes.items():
        if value is not None:
            setattr(made, key, value)
    made.loss_ = changes.get("loss_", objective(made) if hasattr(made, "predict") and hasattr(made, "coefs_") else 0.0)
    return made


def objective(made: MLPRegressor) -> float:
    squares = np.mean((made.predict(X) - Y) ** 2) / 2 if made.activation in FUNCTIONS else 0.0
    return squares + float(made.alpha) * sum(np.sum(each**2) for each in COEFFICIENTS) / (2 * len(X))


@pytest.mark.parametrize(
    ("theirs", "ours"), [("tanh", "tanh"), ("logistic", "sigmoid"), ("relu", "relu"), ("identity", "identity")]
)
def test_coefficients_are_transposed_contiguously(theirs: str, ours: str) -> None:
    problem = import_sklearn(estimator(activation=theirs), X, Y).network
    assert problem.activations[0].text == ours
    for layer, coefficients, intercepts in zip(problem.layers, COEFFICIENTS, INTERCEPTS, strict=True):
        np.testing.assert_array_equal(layer.weight, coefficients.T)
        np.testing.assert_array_equal(layer.bias, intercepts)
        assert layer.weight.flags.c_contiguous


def test_the_default_loss_has_the_estimators_own_gradient() -> None:
    assert import_sklearn(estimator(), X, Y).network.objective.loss.scale == Fraction(1, 10)
    assert import_sklearn(estimator(), X, Y, loss="half-mean").network.objective.loss.scale == Fraction(1, 20)


@pytest.mark.parametrize(
    ("changes", "options", "words"),
    [
        ({}, {}, ["the loss_ that it reports divides by the 2 outputs, too"]),
        ({}, {"loss": "half-mean"}, ["its learning rate counts 2 times as much"]),
        ({"alpha": 1e-4}, {"penalty": False}, ["divides by", "alpha=0.0001 is no part of the certified loss"]),
        ({"alpha": 1e-4}, {"loss": "sum"}, ["learning rate", "alpha=0.0001 is no part of the certified loss"]),
        ({"alpha": 1e-4}, {}, ["1/100000 · ‖layers.1.weight‖²", "divides by"]),
        ({"loss_": 0.1}, {}, ["divides by", "reports loss_ = 0.1: it was fitted on other data"]),
        (
            {"solver": "adam", "early_stopping": True, "validation_fraction": 0.1, "batch_size": 2},
            {"penalty": False},
            ["divides by", "all but a share 0.1", "adam on batches of 2", "sample weights of the fit"],
        ),
        (
            {"solver": "sgd", "batch_size": 1, "alpha": 1e-4, "t_": 6, "n_iter_": 2},
            {"sample_weight": np.ones(5)},
            [
                "1/20000 · ‖layers.1.weight‖²",
                "divides by",
                "saw 6 samples in 2 epochs",
                "penalty that its batches have",
            ],
        ),
    ],
)
def test_what_the_certified_loss_is_not_is_said(changes: dict, options: dict, words: list[str]) -> None:
    notes = import_sklearn(estimator(**changes), X, Y, **options).network.notes
    assert len(notes) == len(words)
    for note, word in zip(notes, words, strict=True):
        assert word in note


def test_notes_are_warnings() -> None:
    with pytest.warns(ImportNotice, match="divides by the 2 outputs"):
        from_sklearn(estimator(), X, Y)


class Derived(MLPRegressor):
    def predict(self, X):
        return np.maximum(super().predict(X), 0)


def test_an_estimator_that_predicts_otherwise_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    made = estimator()
    made.__class__ = Derived
    with pytest.raises(MalformedProblem, match="Derived is not scikit-learn's MLPRegressor"):
        from_sklearn(made, X, Y)
    made = estimator()
    made.predict = lambda X: X[:, :2]
    with pytest.raises(MalformedProblem, match="methods were replaced"):
        from_sklearn(made, X, Y)
    monkeypatch.setitem(FUNCTIONS, "tanh", lambda z: np.tanh(z) + 1e-9)
    with pytest.raises(MalformedProblem, match=r"hidden layer 1 differs by 1e-09 at sample \d"):
        from_sklearn(estimator(), X, Y)


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (estimator("MLPClassifier"), "is not scikit-learn's MLPClassifier"),
        (estimator("Pipeline"), "expected an MLPRegressor or MLPClassifier, got Pipeline"),
        (estimator(coefs_=None), "not fitted"),
        (estimator(loss="poisson"), "loss='poisson' is not covered"),
        (estimator(activation="swish"), "activation 'swish'"),
    ],
)
def test_refusals(made: object, words: str) -> None:
    with pytest.raises(MalformedProblem, match=words) as caught:
        from_sklearn(made, X, Y)
    assert caught.value.place == "estimator"


def classifier(outputs: int, classes: list[object], **changes: object) -> MLPClassifier:
    made = MLPClassifier()
    vars(made).update(vars(estimator()))
    made.coefs_, made.intercepts_ = (
        [COEFFICIENTS[0], COEFFICIENTS[1][:, :outputs]],
        [INTERCEPTS[0], INTERCEPTS[1][:outputs]],
    )
    made.classes_, made.alpha, made.loss = np.array(classes), 0.5, "log_loss"
    made.out_activation_ = "logistic" if outputs == 1 else "softmax"
    vars(made).update(changes)
    return made


def test_a_classifier_has_its_own_objective() -> None:
    labels = np.array(["no", "yes", "no", "yes", "yes"])
    binary = classifier(1, ["no", "yes"])
    probability = binary.predict_proba(X)[:, 1]
    binary.loss_ = -np.mean(np.log(np.where(labels == "yes", probability, 1 - probability))) + 0.05 * sum(
        np.sum(each**2) for each in binary.coefs_
    )
    for targets in (labels, labels[:, None], list(labels)):
        found = import_sklearn(binary, X, targets)
        assert found.network.objective == Objective(
            Logistic(Fraction(1, 5)),
            (Decay("layers.0.weight", Fraction(1, 10)), Decay("layers.1.weight", Fraction(1, 10))),
        )
        assert found.network.targets.ravel().tolist() == [0, 1, 0, 1, 1]
        (note,) = found.notes
        assert f"the objective is {binary.loss_:.6g} and its gradient" in note
    soft = import_sklearn(classifier(2, [3, 7], solver="adam"), X, [3, 7, 3, 7, 3], penalty=False).network
    assert soft.objective == Objective(SoftmaxCrossEntropy(Fraction(1, 5)))
    both = classifier(2, [0, 1], out_activation_="logistic", solver="adam")
    rows = np.array([[0, 1], [1, 1], [0, 0], [1, 0], [1, 1]])
    assert import_sklearn(both, X, rows, frozen=[0]).network.objective == Objective(
        Logistic(Fraction(1, 5)), (Decay("layers.1.weight", Fraction(1, 10)),)
    )


@pytest.mark.parametrize(
    ("made", "targets", "words"),
    [
        (classifier(1, ["no", "yes"]), ["no", "maybe", "yes", "no", "no"], "row 1: 'maybe' is not among .*'no', 'yes'"),
        (classifier(1, [0]), [0] * 5, "was fitted on 1 class"),
        (classifier(2, [0, 1]), np.eye(5)[:, :2], r"expected one label a sample, got shape \(5, 2\)"),
        (classifier(2, [0, 1], out_activation_="logistic"), np.full((5, 2), -1), "columns of 0 and 1"),
        (classifier(2, [0, 1], loss="hinge"), [0] * 5, "use loss='log_loss'"),
    ],
)
def test_labels_that_are_none_of_its_classes_are_refused(made: object, targets: object, words: str) -> None:
    with pytest.raises(MalformedProblem, match=words):
        import_sklearn(made, X, targets)


def test_a_classifier_that_predicts_other_probabilities_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = MLPClassifier.predict_proba
    monkeypatch.setattr(MLPClassifier, "predict_proba", lambda self, X: plain(self, X) + 1e-9)
    with pytest.raises(MalformedProblem, match="its prediction differs"):
        import_sklearn(classifier(2, [0, 1]), X, [0, 1, 0, 1, 1])
    with pytest.raises(MalformedProblem, match="names a plain sum of squares"):
        import_sklearn(classifier(2, [0, 1]), X, [0, 1, 0, 1, 1], loss="half-mean")


def test_columns_in_another_order_are_refused() -> None:
    frame = type("Frame", (), {"columns": ["b", "a", "c"]})()
    with pytest.raises(MalformedProblem, match="columns"):
        from_sklearn(estimator(feature_names_in_=np.array(["a", "b", "c"])), frame, Y)


def test_importers_load_neither_torch_nor_sklearn() -> None:
    code = "import sys, verify.problems; print(sorted({'torch', 'sklearn'} & set(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
