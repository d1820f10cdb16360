"""Pipelines of scikit-learn's scalers: the problem is about the numbers that the MLPRegressor receives."""

import numpy as np
import pytest

neural_network = pytest.importorskip("sklearn.neural_network", reason="scikit-learn is an extra")

from sklearn import compose, decomposition, model_selection, pipeline, preprocessing  # noqa: E402

from certificates.errors import MalformedProblem  # noqa: E402  (after the skip)
from verify.problems import import_sklearn, load_problem, save_problem  # noqa: E402
from verify.problems.sklearn_pipeline import received_by_network  # noqa: E402

pytestmark = [pytest.mark.torch, pytest.mark.filterwarnings("ignore:lbfgs failed")]

RANDOM = np.random.default_rng(0)
X, Y = 30 + 5 * RANDOM.normal(size=(20, 3)), 100 + 20 * RANDOM.normal(size=20)
SCALERS = (
    preprocessing.StandardScaler(),
    preprocessing.StandardScaler(with_mean=False),
    preprocessing.MinMaxScaler(),
    preprocessing.MaxAbsScaler(),
    preprocessing.RobustScaler(),
)


def regressor() -> object:
    return neural_network.MLPRegressor(hidden_layer_sizes=(7,), activation="tanh", solver="lbfgs", max_iter=5, alpha=0)


@pytest.mark.parametrize("scaler", SCALERS, ids=repr)
def test_inputs_are_what_the_network_receives(scaler: object, tmp_path: object) -> None:
    made = pipeline.make_pipeline("passthrough", scaler, regressor()).fit(X, Y)
    found = import_sklearn(made, X, Y)
    np.testing.assert_array_equal(found.network.inputs, made[:-1].transform(X))
    np.testing.assert_array_equal(found.network.layers[0].weight, made[-1].coefs_[0].T)
    assert "the numbers that" in found.notes[0]
    again = load_problem(save_problem(found.network, tmp_path / "p.safetensors"))
    assert again.notes == found.notes
    parameter = made[1].scale_
    said = next(note for note in again.notes if ".scale_ = " in note)
    np.testing.assert_array_equal([float(text) for text in said.partition(" = ")[2].split(", ")], parameter)


def test_several_scalers_and_targets() -> None:
    inner = pipeline.make_pipeline(preprocessing.RobustScaler(), preprocessing.MinMaxScaler(), regressor())
    made = compose.TransformedTargetRegressor(inner, transformer=preprocessing.StandardScaler()).fit(X, Y)
    found = import_sklearn(made, X, Y)
    np.testing.assert_array_equal(found.network.targets, made.transformer_.transform(Y[:, None]))
    np.testing.assert_array_equal(found.network.inputs, made.regressor_[:-1].transform(X))
    assert [note.partition(":")[0] for note in found.notes] == ["targets"] * 3 + ["inputs"] * 6
    assert all("in which the MLPRegressor receives them" in found.notes[at] for at in (0, 3))


def test_many_features_are_named_by_their_hash() -> None:
    wide = RANDOM.normal(size=(20, 80))
    made = pipeline.make_pipeline(preprocessing.StandardScaler(), regressor()).fit(wide, Y)
    notes = import_sklearn(made, wide, Y).notes
    assert any("StandardScaler.mean_: 80 numbers, sha256" in note for note in notes)


class Scaler(preprocessing.StandardScaler):
    """A scaler in name."""


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (decomposition.PCA(), "step 'pca': PCA is no scaler"),
        (preprocessing.PolynomialFeatures(), "PolynomialFeatures is no scaler"),
        (preprocessing.FunctionTransformer(), "FunctionTransformer is no scaler"),
        (Scaler(), "Scaler is no scaler"),
    ],
)
def test_other_steps_are_refused_and_the_remedy_works(step: object, words: str) -> None:
    made = pipeline.make_pipeline(step, regressor()).fit(X, Y)
    with pytest.raises(MalformedProblem, match=words) as caught:
        import_sklearn(made, X, Y)
    assert "pipeline[-1], pipeline[:-1].transform(X)" in caught.value.remedy
    assert import_sklearn(made[-1], made[:-1].transform(X), Y).network.sample_count == 20


def test_what_is_not_fitted_or_no_regressor_is_refused() -> None:
    scaler = preprocessing.StandardScaler()
    with pytest.raises(MalformedProblem, match="step 'standardscaler': StandardScaler cannot be applied"):
        import_sklearn(pipeline.make_pipeline(scaler, regressor()), X, Y)
    with pytest.raises(MalformedProblem, match="is not fitted"):
        import_sklearn(compose.TransformedTargetRegressor(regressor(), transformer=scaler), X, Y)
    logs = compose.TransformedTargetRegressor(regressor(), func=np.log, inverse_func=np.exp).fit(X, Y)
    with pytest.raises(MalformedProblem, match="targets by FunctionTransformer"):
        import_sklearn(logs, X, Y)
    classes = pipeline.make_pipeline(scaler, neural_network.MLPClassifier((5,), max_iter=5, solver="lbfgs"))
    notes = import_sklearn(classes.fit(X, Y > 100), X, Y > 100).notes
    assert any("the certified descent moves the MLPClassifier's weights" in note for note in notes)
    search = model_selection.GridSearchCV(regressor(), {"alpha": [0]}, cv=2).fit(X, Y)
    with pytest.raises(MalformedProblem, match="best_estimator_"):
        import_sklearn(search, X, Y)
    assert import_sklearn(search.best_estimator_, X, Y).network.sample_count == 20


def test_a_replaced_transform_is_no_scaler() -> None:
    made = pipeline.make_pipeline(preprocessing.StandardScaler(), regressor()).fit(X, Y)
    made[0].transform = lambda values: values
    with pytest.raises(MalformedProblem, match="is no scaler"):
        received_by_network(made, X, Y)
