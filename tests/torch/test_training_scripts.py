"""The training scripts' data are the data in the shipped problem files."""

import runpy
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="PyTorch is an extra: make test-torch installs it")
pytest.importorskip("sklearn", reason="scikit-learn is an extra")

from verify.problems import load_problem

pytestmark = pytest.mark.torch

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.mark.parametrize("name", ["digits_parity", "diabetes", "deep_gelu", "ten_digits", "all_digits"])
def test_data_come_from_the_script(name: str) -> None:
    problem = load_problem(EXAMPLES / name / "problem.safetensors")
    inputs, targets = runpy.run_path(str(EXAMPLES / name / "train.py"))["data"]()
    np.testing.assert_allclose(problem.inputs, np.asarray(inputs), rtol=1e-6, atol=1e-7)
    np.testing.assert_array_equal(problem.targets.shape, np.asarray(targets).shape)
    np.testing.assert_allclose(problem.targets, np.asarray(targets), rtol=1e-6, atol=1e-7)
