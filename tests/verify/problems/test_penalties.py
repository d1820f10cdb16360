"""Penalties by tensor, weights of samples, and their one spelling."""

from fractions import Fraction

import numpy as np
import pytest

from certificates.errors import MalformedProblem
from certificates.subjects import Decay, Network, Squared
from verify.problems import CrossEntropy, describe, from_arrays
from verify.problems.statement import objective_statement


def made(**options: object) -> Network:
    layers, biases = [np.ones((2, 1)), np.ones((1, 2))], [np.ones(2), np.ones(1)]
    return from_arrays(layers, biases, "tanh", [[1.0], [2.0]], [0.5, 1.0], loss="sum", **options)


TENSORS = ["layers.0.weight", "layers.0.bias", "layers.1.weight", "layers.1.bias"]


@pytest.mark.parametrize("rate", [0.01, "1/100", "1e-2", Fraction(1, 100), np.float64(0.01)])
def test_a_number_is_for_every_trained_tensor(rate: object) -> None:
    assert [(each.tensor, each.rate) for each in made(decay=rate).objective.decay] == [
        (t, Fraction(1, 100)) for t in TENSORS
    ]
    assert [each.tensor for each in made(decay=rate, frozen=[0]).objective.decay] == TENSORS[2:]


def test_tensors_by_name_in_any_order_and_centres() -> None:
    network = made(decay={"layers.1.weight": 3, "layers.0.weight": "1/7", "layers.0.bias": 0})
    assert network.objective.decay == (Decay(TENSORS[0], Fraction(1, 7)), Decay(TENSORS[2], Fraction(3)))
    centred = [Decay(TENSORS[2], Fraction(1), np.array([[1.0, 2.0]])), Decay(TENSORS[0], Fraction(1))]
    assert made(decay=centred).objective.decay == (centred[1], centred[0])
    assert not made(decay=0).objective.decay


def test_weights_of_samples_multiply_and_a_common_factor_has_one_place() -> None:
    network = made(sample_weights=[0.1, 2])
    assert network.objective.sample_weights == (Fraction(1, 10), Fraction(2))
    assert made(sample_weights=[3, 3]).objective.loss == Squared(Fraction(3))
    both = from_arrays(
        [np.ones((2, 1)), np.ones((2, 2))], None, "tanh", [[1.0], [2.0]], [0, 1],
        loss=CrossEntropy("sum", class_weights=[2, 3]), sample_weights=[[3], [2]],
    )  # fmt: skip
    assert both.objective.loss.scale == 6 and not both.objective.sample_weights


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"decay": -0.1}, "decay.layers.0.weight: expected no negative number, got -0.1; a penalty is λ ≥ 0"),
        ({"decay": {"layers.1.bias": -1}}, "decay.layers.1.bias: expected no negative number"),
        ({"decay": {"layers.2.weight": 1}}, "decay.layers.2.weight: is no tensor that gradient descent moves"),
        ({"decay": {"layers.0.weight": 1}, "frozen": [0]}, "is no tensor that gradient descent moves"),
        ({"decay": ["layers.0.weight"]}, "decay: expected a number, a mapping"),
        ({"decay": "small"}, "expected a finite number, got 'small'"),
        ({"decay": float("inf")}, "expected a finite number, got inf"),
        ({"decay": "1e999999999"}, "expected a finite number"),
        (
            {"sample_weights": [1, 0]},
            r"sample_weights\[1\]: expected a positive number, got 0; leave samples of weight 0",
        ),
        ({"sample_weights": [-1, 2]}, r"sample_weights\[0\]: expected a positive number, got -1"),
        ({"sample_weights": [1, 2, 3]}, "expected one for each of 2 samples"),
        ({"sample_weights": [1, np.nan]}, r"sample_weights\[1\]: expected a finite number"),
    ],
)
def test_what_is_none_is_refused_at_its_place(options: dict[str, object], words: str) -> None:
    with pytest.raises(MalformedProblem, match=words):
        made(**options)


def test_the_objective_is_said_with_its_value_and_gradient() -> None:
    network = made(decay=2, sample_weights=[1, 2])
    hidden = np.tanh(np.array([[2.0, 2.0], [3.0, 3.0]]))
    error = hidden.sum(axis=1) + 1 - [0.5, 1.0]
    value = error[0] ** 2 + 2 * error[1] ** 2 + 7
    (said,) = objective_statement(network)
    assert f"as imported, the objective is {value:.6g} and its gradient has norm " in said
    assert "1 · Σ_i ω_i ‖F_i(w) − y_i‖² + 1 · ‖layers.0.weight‖²" in said and "sample weights ω: from 1 to 2" in said
    assert not objective_statement(made())
    assert ("sample weights ω", "from 1 to 2") in describe(network)
