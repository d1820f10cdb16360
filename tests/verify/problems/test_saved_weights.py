"""Files of weights and data: what is said, what is compared, what is refused, from the command line."""

from __future__ import annotations

import json

import numpy as np
import pytest
from safetensors.numpy import save_file
from typer.testing import CliRunner

from verify.cli.app import app
from verify.problems import load_problem

RANDOM = np.random.default_rng(0)
WEIGHTS = {"0.weight": RANDOM.normal(size=(8, 2)), "0.bias": RANDOM.normal(size=8), "2.weight": np.ones((1, 8))}


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    save_file({name: value.astype(np.float32) for name, value in WEIGHTS.items()}, "net.safetensors")
    save_file({f"experts.{name}": value for name, value in WEIGHTS.items()}, "experts.safetensors")
    (tmp_path / "x.csv").write_text("0,1\n0.3,0.7\n0.2,0.9\n")
    (tmp_path / "y.csv").write_text("0\n1.5\n2.5\n")
    (tmp_path / "y3.csv").write_text("y\n1.5\n2.5\n3.5\n")
    x = np.array([[0.3, 0.7], [0.2, 0.9]])
    outputs = np.tanh(x @ WEIGHTS["0.weight"].T + WEIGHTS["0.bias"]).sum(axis=1)
    (tmp_path / "p.csv").write_text("".join(f"{value:.5f}\n" for value in outputs))
    (tmp_path / "named.csv").write_text("".join(f"{value}\n" for value in ["prediction", *outputs]))
    (tmp_path / "q.csv").write_text("".join(f"{value + 0.01 * k:.5f}\n" for k, value in enumerate(outputs)))

    def import_files(weights="net", targets="y", *options):
        arguments = ["problem", "from-torch", f"{weights}.safetensors", "--inputs", "x.csv"]
        arguments += ["--targets", f"{targets}.csv", "--activation", "tanh", "-o", "p.safetensors", *options]
        return CliRunner().invoke(app, arguments)

    return import_files


def test_a_header_of_numbers_is_asked_for_and_then_named(run, tmp_path):
    asked = run()
    assert asked.exit_code == 2 and "x.csv, row 1: 0, 1 may be names or a sample; say --header" in asked.stderr
    assert not (tmp_path / "p.safetensors").exists()
    done = run("net", "y", "--header")
    assert done.exit_code == 0
    assert "x.csv: 2 rows, 2 columns (0, 1) named in row 1" in done.stdout
    assert load_problem(tmp_path / "p.safetensors").inputs.tolist() == [[0.3, 0.7], [0.2, 0.9]]


def test_what_the_weights_are_read_as_is_printed_and_stored(run, tmp_path):
    assert (
        "read as: Linear 2→8, tanh, Linear 8→1 without bias, affine output; a chain"
        in run("net", "y", "--header").stdout
    )
    notes = load_problem(tmp_path / "p.safetensors").notes
    assert notes[0].startswith("read as: Linear 2→8, tanh") and any("float32" in note for note in notes)
    document = json.loads(run("net", "y", "--header", "--json").stdout)
    assert document["problem"]["notes"] == list(notes) and len(document["read"]) == 3


@pytest.mark.parametrize("predictions", ["p.csv", "named.csv"])
def test_predictions_agree_with_and_without_a_header_of_their_own(run, predictions):
    done = run("net", "y", "--header", "--outputs", predictions)
    assert done.exit_code == 0 and f"predictions of {predictions} agree within rounding in float32" in done.stdout


def test_other_predictions_are_refused_with_the_largest_difference(run, tmp_path):
    done = run("net", "y", "--header", "--outputs", "q.csv")
    assert done.exit_code == 2 and "the largest differs by 0.01 at sample 1" in done.stderr
    assert not (tmp_path / "p.safetensors").exists()


def test_rows_that_do_not_match_name_both_files(run):
    done = run("net", "y3", "--header")
    assert done.exit_code == 2
    assert "x.csv: 2 rows" in done.stderr and "y3.csv: 3 rows" in done.stderr and "different numbers" in done.stderr


def test_members_need_chain(run):
    assert "say --chain" in run("experts", "y", "--header").stderr
    done = run("experts", "y", "--header", "--chain")
    assert done.exit_code == 0 and "names of tensors speak of experts" in done.stdout
