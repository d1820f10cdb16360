"""Problem files through the judge's document layer."""

from pathlib import Path

import numpy as np
import pytest

from certificates.errors import Malformed, MalformedProblem
from verify.problems import describe, from_arrays, load_problem, save_problem, summary_document

RANDOM = np.random.default_rng(0)


def test_a_transposed_problem_round_trips(tmp_path: Path) -> None:
    weights = [RANDOM.normal(size=(3, 4)).T, RANDOM.normal(size=(4, 2)).T]
    inputs, targets = RANDOM.normal(size=(3, 6)).T, RANDOM.normal(size=(2, 6)).T
    problem = from_arrays(weights, [None, RANDOM.normal(size=2)], "softplus(3/2)", inputs, targets, frozen=[0])
    path = save_problem(problem, tmp_path / "p.safetensors")
    again = load_problem(path)
    for ours, theirs in zip(again.layers, problem.layers, strict=True):
        np.testing.assert_array_equal(ours.weight, theirs.weight)
        assert ours.trained == theirs.trained
    np.testing.assert_array_equal(again.layers[1].bias, problem.layers[1].bias)
    assert again.layers[0].bias is None
    np.testing.assert_array_equal(again.inputs, inputs)
    np.testing.assert_array_equal(again.targets, targets)
    assert again.activations == problem.activations
    assert again.objective.loss.scale == problem.objective.loss.scale


def test_a_different_file_is_replaced_only_by_force(tmp_path: Path) -> None:
    problem = from_arrays([np.ones((2, 1)), np.ones((1, 2))], None, "tanh", [[1.0]], [[1.0]])
    path = tmp_path / "p.safetensors"
    path.write_bytes(b"mine")
    with pytest.raises(Malformed):
        save_problem(problem, path)
    assert path.read_bytes() == b"mine"
    save_problem(problem, path, force=True)
    assert load_problem(path).widths == (1, 2, 1)


def test_a_missing_file_is_malformed(tmp_path: Path) -> None:
    with pytest.raises(MalformedProblem, match="absent"):
        load_problem(tmp_path / "absent.safetensors")


def test_the_summary_says_every_default() -> None:
    weights = [np.ones((4, 3)), np.ones((4, 4)), np.ones((2, 4))]
    problem = from_arrays(
        weights, [np.ones(4), None, None], ["tanh", "gelu"], np.ones((5, 3)), np.ones((5, 2)), frozen=[1]
    )
    assert dict(describe(problem)) == {
        "samples n": "5",
        "widths": "3–4–4–2",
        "activations": "tanh, gelu",
        "layer 0": "4×3, bias, trained",
        "layer 1": "4×4, no bias, frozen",
        "layer 2": "2×4, no bias, trained",
        "labels": "given",
        "loss": "1/10 · ‖F(w) − y‖² (mean)",
        "equations N": "10",
        "trained parameters p": "24",
    }


@pytest.mark.parametrize(
    ("loss", "words"), [("half-mean", "(half-mean)"), ("sum", "(sum)"), ("half-sum", "(half-sum)"), ("1/7", "y‖²")]
)
def test_the_summary_names_the_loss(loss: str, words: str) -> None:
    problem = from_arrays([np.ones((2, 1)), np.ones((1, 2))], None, "tanh", np.ones((5, 1)), np.ones((5, 1)), loss=loss)
    assert dict(describe(problem))["loss"].endswith(words)


def test_counts_in_json_are_numbers() -> None:
    weights = [np.ones((512, 2)), np.ones((1, 512))]
    problem = from_arrays(weights, [np.ones(512), np.ones(1)], "tanh", np.ones((1, 2)), np.ones((1, 1)))
    assert dict(describe(problem))["trained parameters p"] == "2,049"
    document = summary_document(problem)
    assert (document["trained parameters p"], document["samples n"], document["equations N"]) == (2_049, 1, 1)
    assert document["widths"] == [2, 512, 1]
