"""The shipped problems are the ones their pages describe, and small."""

from pathlib import Path

import numpy as np
import pytest

from verify.problems import load_problem

EXAMPLES = Path(__file__).parents[3] / "examples"
MEBIBYTE = 1 << 20

SHAPES = {
    "digits_parity": ((64, 256, 1), 100, "tanh"),
    "diabetes": ((10, 512, 1), 150, "softplus(4)"),
    "deep_gelu": ((64, 48, 48, 48, 1), 60, "gelu"),
    "ten_digits": ((64, 128, 10), 30, "tanh"),
    "all_digits": ((64, 128, 1), 1797, "tanh"),
}


@pytest.mark.parametrize("name", SHAPES)
def test_the_problem_is_the_one_described(name: str) -> None:
    path = EXAMPLES / name / "problem.safetensors"
    problem = load_problem(path)
    widths, samples, activation = SHAPES[name]
    assert problem.widths == widths
    assert problem.sample_count == samples
    assert {found.text for found in problem.activations} == {activation}
    assert all(layer.trained and layer.bias is not None for layer in problem.layers)
    assert problem.residual_count <= problem.trained_parameter_count
    assert path.stat().st_size < 2 * MEBIBYTE


@pytest.mark.parametrize(("name", "bound"), [("digits_parity", 1e-4), ("ten_digits", 5e-3), ("all_digits", 1e-2)])
def test_the_tanh_networks_are_trained(name: str, bound: float) -> None:
    problem = load_problem(EXAMPLES / name / "problem.safetensors")
    first, last = problem.layers
    hidden = np.tanh(problem.inputs @ first.weight.T + first.bias)
    residual = hidden @ last.weight.T + last.bias - problem.targets
    assert np.linalg.norm(residual) < bound
