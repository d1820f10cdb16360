"""Objectives of imports on the command line: what the options say is what is written."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from certificates.subjects import Decay, SoftmaxCrossEntropy
from verify.cli.app import app
from verify.problems import load_problem

RANDOM = np.random.default_rng(0)


@pytest.fixture
def run(tmp_path: Path):
    arrays = {
        "layers.0.weight": RANDOM.normal(size=(3, 2)),
        "layers.0.bias": RANDOM.normal(size=3),
        "layers.1.weight": RANDOM.normal(size=(2, 3)),
        "inputs": RANDOM.normal(size=(4, 2)),
        "targets": np.array([0, 1, 1, 1]),
    }
    np.savez(tmp_path / "net.npz", **arrays)
    np.save(tmp_path / "weights.npy", np.array([1.0, 1.0, 2.0, 0.5]))
    command = [
        "problem",
        "from-arrays",
        tmp_path / "net.npz",
        "--activation",
        "tanh",
        "-o",
        tmp_path / "net.safetensors",
    ]
    return lambda *options: CliRunner().invoke(app, [str(each) for each in (*command, *options)])


def test_cross_entropy_with_everything(run, tmp_path: Path) -> None:
    done = run(
        "--loss", "cross-entropy", "--label-smoothing", "0.1", "--class-weights", "1,1/2",
        "--decay", "layers.1.weight=1e-3", "--decay", "layers.0.bias=2", "--sample-weights", tmp_path / "weights.npy",
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    objective = load_problem(tmp_path / "net.safetensors").objective
    shares = [[Fraction(19, 20), Fraction(1, 40)], [Fraction(1, 20), Fraction(19, 40)]]
    totals = [sum(row) for row in shares]
    labels = tuple(tuple(share / total for share in row) for row, total in zip(shares, totals, strict=True))
    assert objective.loss == SoftmaxCrossEntropy(1 / (1 + 3 * Fraction(1, 2)), labels)
    given = [1, 1, 2, Fraction(1, 2)]
    assert objective.sample_weights == tuple(a * totals[k] for a, k in zip(given, [0, 1, 1, 1], strict=True))
    assert objective.decay == (Decay("layers.0.bias", Fraction(2)), Decay("layers.1.weight", Fraction(1, 1000)))
    assert "class labels" in done.stdout and "penalty" in done.stdout
    assert "gradient has norm" in " ".join(done.stdout.split())


def test_one_number_is_for_every_tensor(run, tmp_path: Path) -> None:
    assert run("--loss", "cross-entropy-sum", "--decay", "0.01").exit_code == 0
    objective = load_problem(tmp_path / "net.safetensors").objective
    assert objective.loss == SoftmaxCrossEntropy(Fraction(1))
    tensors = ("layers.0.weight", "layers.0.bias", "layers.1.weight")
    assert objective.decay == tuple(Decay(tensor, Fraction(1, 100)) for tensor in tensors)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--loss", "logistic", "--label-smoothing", "0.1"], "--label-smoothing: is of a cross-entropy"),
        (["--class-weights", "1,2"], "--class-weights: is of a cross-entropy"),
        (["--loss", "cross-entropy", "--decay", "0.1", "--decay", "layers.0.weight=1"], "--decay: expected one number"),
        (
            ["--loss", "cross-entropy", "--decay", "layers.0.weight=1", "--decay", "layers.0.weight=2"],
            "--decay: expected",
        ),
        (["--loss", "cross-entropy", "--decay=-1"], "expected no negative number, got -1"),
        (["--loss", "cross-entropy", "--class-weights", "1,x"], "expected a finite number, got 'x'"),
        (["--loss", "logistic"], "expected one column of labels for each of 2 outputs"),
    ],
)
def test_what_does_not_fit_is_refused(run, options: list[str], words: str) -> None:
    done = run(*options)
    assert done.exit_code == 2 and words in " ".join(done.output.split())
