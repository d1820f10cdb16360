"""scikit-learn's estimators, imitated by their attributes: the importer never loads scikit-learn."""

import subprocess
import sys

import numpy as np
import pytest

from certificates.errors import MalformedProblem
from verify.problems import ImportNotice, from_sklearn, import_sklearn

RANDOM = np.random.default_rng(0)
COEFFICIENTS = [RANDOM.normal(size=(3, 4)), RANDOM.normal(size=(4, 2))]
INTERCEPTS = [RANDOM.normal(size=4), RANDOM.normal(size=2)]
X, Y = RANDOM.normal(size=(5, 3)), RANDOM.normal(size=(5, 2))


def estimator(name: str = "MLPRegressor", **changes: object) -> object:
    attributes = {
        "coefs_": COEFFICIENTS,
        "intercepts_": INTERCEPTS,
        "activation": "tanh",
        "out_activation_": "identity",
        "alpha": 0,
        "loss": "squared_error",
        **changes,
    }
    made = type(name, (), {})()
    for key, value in attributes.items():
        if value is not None:
            setattr(made, key, value)
    return made


@pytest.mark.parametrize(
    ("theirs", "ours"), [("tanh", "tanh"), ("logistic", "sigmoid"), ("relu", "relu"), ("identity", "identity")]
)
def test_coefficients_are_transposed_contiguously(theirs: str, ours: str) -> None:
    problem = from_sklearn(estimator(activation=theirs), X, Y)
    assert problem.activations[0].text == ours
    for layer, coefficients, intercepts in zip(problem.layers, COEFFICIENTS, INTERCEPTS, strict=True):
        np.testing.assert_array_equal(layer.weight, coefficients.T)
        np.testing.assert_array_equal(layer.bias, intercepts)
        assert layer.weight.flags.c_contiguous


def test_a_penalty_is_noticed() -> None:
    with pytest.warns(ImportNotice, match=r"alpha=0.0001 is no part of the certified loss"):
        from_sklearn(estimator(alpha=1e-4), X, Y)
    assert import_sklearn(estimator(alpha=0), X, Y).notes == ()


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (estimator("MLPClassifier"), "cross-entropy"),
        (estimator("Pipeline"), "expected an MLPRegressor, got Pipeline"),
        (estimator(coefs_=None), "not fitted"),
        (estimator(loss="poisson"), "loss='poisson' is not covered"),
        (estimator(activation="swish"), "activation 'swish'"),
    ],
)
def test_refusals(made: object, words: str) -> None:
    with pytest.raises(MalformedProblem, match=words) as caught:
        from_sklearn(made, X, Y)
    assert caught.value.place == "estimator"


def test_columns_in_another_order_are_refused() -> None:
    frame = type("Frame", (), {"columns": ["b", "a", "c"]})()
    with pytest.raises(MalformedProblem, match="columns"):
        from_sklearn(estimator(feature_names_in_=np.array(["a", "b", "c"])), frame, Y)


def test_importers_load_neither_torch_nor_sklearn() -> None:
    code = "import sys, verify.problems; print(sorted({'torch', 'sklearn'} & set(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
