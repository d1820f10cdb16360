"""A problem made of arrays is the one meant, and a wrong one is refused at its place."""

from fractions import Fraction

import numpy as np
import pytest

from certificates.errors import MalformedProblem
from verify.numeric.mlp import FloatNetwork
from verify.problems import describe, from_arrays

RANDOM = np.random.default_rng(0)
W0, B0, W1, B1 = (RANDOM.normal(size=shape) for shape in [(4, 3), (4,), (2, 4), (2,)])
X, Y = RANDOM.normal(size=(5, 3)), RANDOM.normal(size=(5, 2))


def test_shapes_numbers_and_defaults() -> None:
    problem = from_arrays([W0, W1], [B0, B1], "tanh", X, Y)
    assert problem.widths == (3, 4, 2)
    assert [activation.text for activation in problem.activations] == ["tanh"]
    assert problem.objective.loss.scale == Fraction(1, 10)
    assert all(layer.trained for layer in problem.layers)
    np.testing.assert_array_equal(problem.layers[0].weight, W0)
    np.testing.assert_array_equal(problem.layers[1].bias, B1)


def test_the_users_arrays_stay_writeable_and_apart() -> None:
    weight = W0.copy()
    problem = from_arrays([weight, W1], [B0, B1], "tanh", X, Y)
    weight[0, 0] = 7.0
    assert problem.layers[0].weight[0, 0] == W0[0, 0]
    assert not problem.layers[0].weight.flags.writeable


def test_transposed_views_are_read_by_their_indices() -> None:
    stored = np.asfortranarray(W0)
    problem = from_arrays([stored, np.ascontiguousarray(W1.T).T], None, "tanh", X.copy(order="F"), Y)
    np.testing.assert_array_equal(problem.layers[0].weight, W0)
    np.testing.assert_array_equal(problem.layers[1].weight, W1)
    assert all(array.flags.c_contiguous for array in (problem.inputs, problem.layers[0].weight))


def test_one_activation_per_layer_and_frozen_layers() -> None:
    deep = from_arrays([W0, np.eye(4), W1], None, ["tanh", "softplus(2)"], X, Y, frozen=[0, 2])
    assert [activation.text for activation in deep.activations] == ["tanh", "softplus(2)"]
    assert [layer.trained for layer in deep.layers] == [False, True, False]


def test_vectors_are_columns_where_that_is_the_only_reading() -> None:
    problem = from_arrays([np.ones((4, 1)), np.ones((1, 4))], None, "tanh", [0.0, 1.0], [1.0, 2.0])
    assert problem.inputs.shape == problem.targets.shape == (2, 1)


@pytest.mark.parametrize(
    ("changes", "place", "words"),
    [
        ({"activations": "tanhh"}, "activations", "tanhh|unknown"),
        ({"activations": "__import__('os')"}, "activations", "activations"),
        ({"activations": None}, "activations", "expected the text of an activation, got a NoneType"),
        ({"activations": [np.tanh]}, "activations.0", "expected the text of an activation, got a ufunc"),
        ({"activations": ["tanh", "tanh"]}, "layers", "2 activations"),
        ({"biases": [B0]}, "biases", "expected one entry per layer, 2, got 1"),
        ({"biases": [B0, B0]}, "layers.1.bias", r"expected \(2,\), got \(4,\)"),
        ({"weights": [W0.T, W1]}, "layers.0.weight", r"expected \(out, 3\)"),
        ({"weights": [W0]}, "layers", "at least two layers"),
        ({"weights": []}, "layers", "at least two layers"),
        ({"inputs": X[:4]}, "targets", "has 5 rows, inputs have 4"),
        ({"inputs": np.empty((0, 3)), "targets": np.empty((0, 2))}, "inputs", "empty"),
        ({"inputs": np.where(X > 0, np.nan, X)}, "inputs", "NaN"),
        ({"targets": np.full((5, 2), np.inf)}, "targets", "infinite"),
        ({"frozen": [0, 1]}, "trained", "every layer is frozen"),
        ({"frozen": [2]}, "frozen", "there is no layer 2"),
        ({"frozen": [-1]}, "frozen", "there is no layer -1"),
        ({"loss": "huber"}, "loss", "huber"),
    ],
)
def test_wrong_input_is_refused_at_its_place(changes: dict[str, object], place: str, words: str) -> None:
    arguments = {"weights": [W0, W1], "biases": None, "activations": "tanh", "inputs": X, "targets": Y, **changes}
    with pytest.raises(MalformedProblem, match=words) as caught:
        from_arrays(**arguments)  # type: ignore[arg-type]
    assert caught.value.place.startswith(place)
    assert "\n" not in str(caught.value)


def test_a_teacher_plants_the_labels() -> None:
    teacher = [RANDOM.normal(size=(6, 3)), RANDOM.normal(size=(2, 6))]
    problem = from_arrays([W0, W1], None, "quadratic", X, teacher=teacher)
    assert problem.targets is None and problem.teacher is not None and problem.objective.loss.scale == Fraction(1, 10)
    np.testing.assert_array_equal(problem.teacher[1].weight, teacher[1])
    net = FloatNetwork(problem)
    planted = (X @ teacher[0].T) ** 2 @ teacher[1].T
    np.testing.assert_allclose(net.residual(net.initial()), (X @ W0.T) ** 2 @ W1.T - planted, rtol=1e-12)
    assert ("labels", "planted by a teacher, 3–6–2") in describe(problem)


def test_labels_are_given_or_planted_not_both_and_not_neither() -> None:
    with pytest.raises(MalformedProblem, match="got both"):
        from_arrays([W0, W1], None, "quadratic", X, Y, teacher=[W0, W1])
    with pytest.raises(MalformedProblem, match="got neither"):
        from_arrays([W0, W1], None, "quadratic", X)
    with pytest.raises(MalformedProblem, match="2 columns"):
        from_arrays([W0, W1], None, "quadratic", X, teacher=[W0, W1[:1]])


ONE_HOT = [np.ones((4, 3)), np.ones((3, 4))]


@pytest.mark.parametrize("labels", [[0, 2, 1, 2, 0], [[0], [2], [1], [2], [0]]])
def test_class_labels_are_told_how_to_become_one_hot_rows(labels: list[object]) -> None:
    with pytest.raises(MalformedProblem, match=r"targets: expected one row of 3 .*looks like class labels") as caught:
        from_arrays(ONE_HOT, None, "tanh", np.ones((5, 3)), labels)
    assert "numpy.eye(3)[labels]" in caught.value.remedy
    rows = np.eye(3)[np.ravel(labels)]
    assert from_arrays(ONE_HOT, None, "tanh", np.ones((5, 3)), rows).widths == (3, 4, 3)


@pytest.mark.parametrize("targets", [[0.5, 1, 2, 0, 1], [0, 1, 2, 3, 0], [0, 1, -1, 2, 0]])
def test_other_columns_are_not_called_labels(targets: list[float]) -> None:
    with pytest.raises(MalformedProblem, match="expected one row of 3") as caught:
        from_arrays(ONE_HOT, None, "tanh", np.ones((5, 3)), targets)
    assert "labels" not in str(caught.value)


def test_images_are_told_how_to_become_rows() -> None:
    images = np.ones((5, 1, 3))
    with pytest.raises(MalformedProblem, match=r"got shape \(5, 1, 3\); .*inputs.reshape\(len\(inputs\), -1\)"):
        from_arrays(ONE_HOT, None, "tanh", images, np.ones((5, 3)))
    assert from_arrays(ONE_HOT, None, "tanh", images.reshape(len(images), -1), np.ones((5, 3))).widths == (3, 4, 3)
