"""Weights from tensors: exact ones to rounding, sampled ones roughly, and what no tensor shows."""

from __future__ import annotations

import numpy as np
import pytest

from certificates.expression import parse_activation
from verify.experiments.zhong_2017.planted_samples import (
    PlantedSamples,
    nearly_orthonormal,
    tensor_coefficient,
    tensor_order,
)
from verify.experiments.zhong_2017.tensor_start import (
    NoStart,
    _norm_of,
    diagonalised,
    matched,
    require_identifiable,
    tensor_start,
)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("relu", (1 / np.sqrt(2 * np.pi), 0, -1 / np.sqrt(2 * np.pi))),
        ("leaky_relu(1/100)", (0.394953, 0, -0.394953)),
        ("squared_relu", (1, np.sqrt(2 / np.pi), 0)),
        ("erf0", (0, -2 * 3**-1.5, 0)),
        ("tanh", (0, -0.363595, 0)),
        ("sigmoid", (0, -0.062396, 0)),
        ("softplus", (0.206621, 0, -0.062396)),
    ],
)
def test_the_table_of_the_theory(name, expected):
    activation = parse_activation(name)
    found = [tensor_coefficient(activation, order) for order in (2, 3, 4)]
    assert found == pytest.approx(expected, abs=6e-7)
    assert tensor_order(activation) == (3 if expected[1] else 4)


@pytest.mark.parametrize("order", [3, 4])
def test_an_exact_tensor_gives_its_terms_back(order):
    rng = np.random.default_rng(order)
    vectors = rng.normal(size=(3, 3))
    vectors /= np.linalg.norm(vectors, axis=0)
    numbers = np.array([2.0, -1.0, 0.5])
    letters = "ijkl"[:order]
    form = f"t,{','.join(f'{letter}t' for letter in letters)}->{letters}"
    found, coefficients, misfit = diagonalised(np.einsum(form, numbers, *(vectors,) * order), rng)
    assert misfit < 1e-9
    for vector, number in zip(found.T, coefficients, strict=True):
        nearest = int(np.argmax(np.abs(vectors.T @ vector)))
        sign = np.sign(vectors[:, nearest] @ vector)
        assert sign * vector == pytest.approx(vectors[:, nearest], abs=1e-8)
        assert number * sign**order == pytest.approx(numbers[nearest], abs=1e-8)


def test_terms_that_are_not_real_are_no_start():
    """Re (e_1 + i e_2)^{⊗3} has two complex terms."""
    complex_vector = np.array([1, 1j])
    tensor = np.einsum("i,j,k->ijk", *(complex_vector,) * 3).real
    with pytest.raises(NoStart, match="no draw"):
        diagonalised(tensor, np.random.default_rng(0))


@pytest.mark.parametrize(
    ("formula", "count", "error"),
    [("squared_relu", 20_000, 0.2), ("tanh", 20_000, 0.2), ("relu", 60_000, 0.3), ("leaky_relu(1/4)", 60_000, 0.5)],
)
def test_sampled_tensors_give_weights_and_signs(formula, count, error):
    rng = np.random.default_rng(5)
    planted = nearly_orthonormal(rng, 2, 4) * np.array([[1.0], [0.8]])
    outer = np.array([1.0, 1.0 if formula == "tanh" else -1.0])
    found = tensor_start(PlantedSamples(formula, planted, outer, (1, 2)), count, rng)
    weights, signs = matched(found.weights, found.outer, planted)
    assert np.array_equal(signs, outer)
    assert np.linalg.norm(weights - planted) < error
    assert found.order == (3 if formula in ("squared_relu", "tanh") else 4) and 0 < found.misfit < 0.5


def test_norms_are_inverse_to_coefficients_and_stay_in_range():
    softplus = parse_activation("softplus")
    size = abs(tensor_coefficient(softplus, 4, 1.7))
    assert _norm_of(softplus, 4, size) == pytest.approx(1.7, rel=1e-6)
    assert (_norm_of(softplus, 4, 0.0), _norm_of(softplus, 4, 1e9)) == (2.0**-4, 2.0**4)


@pytest.mark.parametrize(
    ("formula", "weights", "reason"),
    [
        ("squared_relu", np.vstack([np.eye(2), [[0.6, 0.8]]]), "k ≤ d"),
        ("squared_relu", [[1.0, 0, 0], [0, 1, 0], [1, 1, 0]], "dependent"),
        ("z^3-z^5/10", np.eye(2), r"m_3\(‖w_0‖\) = 0"),
        ("relu", [[1.0, 0], [0, 0]], "dependent"),
        ("quadratic", np.eye(2), "both tensors"),
        ("identity", np.eye(2), "both tensors"),
    ],
)
def test_what_no_tensor_shows_is_refused_with_the_reason(formula, weights, reason):
    with pytest.raises(NoStart, match=reason):
        require_identifiable(parse_activation(formula), np.array(weights))


def test_streams_do_not_depend_on_how_many_are_drawn():
    samples = PlantedSamples("relu", np.eye(3), np.ones(3), (7,))
    few, many = (np.vstack([x for x, _ in samples.blocks(count)]) for count in (10, 50_000))
    assert np.array_equal(few, many[:10]) and np.array_equal(few, samples.first(10)) and len(many) == 50_000
