"""The command that makes smaller problems: what it keeps, what it says, what it refuses."""

from __future__ import annotations

import numpy as np
import pytest
from typer.testing import CliRunner

import verify
from verify.cli.app import app

RNG = np.random.default_rng(9)


@pytest.fixture
def problem(tmp_path):
    inputs = RNG.normal(size=(6, 3))[[0, 1, 2, 3, 4, 5, 2]]  # the last sample is the third again
    layers, biases = [RNG.normal(size=(20, 3)), RNG.normal(size=(3, 20))], [RNG.normal(size=20), np.zeros(3)]
    labels = np.eye(3)[[0, 1, 2, 0, 1, 2, 2]]
    return verify.save_problem(verify.from_arrays(layers, biases, "tanh", inputs, labels), tmp_path / "net.safetensors")


@pytest.fixture
def select(problem, tmp_path):
    made = tmp_path / "small.safetensors"

    def call(*options):
        done = CliRunner().invoke(app, ["problem", "select", str(problem), "-o", str(made), *options])
        return done, verify.load_problem(made) if made.exists() else None

    return call


def test_samples_and_outputs_are_kept_as_named(select, problem):
    done, small = select("--samples", "0, 3-5", "--leave-out-output", "1")
    whole = verify.load_problem(problem)
    assert done.exit_code == 0 and "written" in done.stdout
    assert (small.inputs == whole.inputs[[0, 3, 4, 5]]).all() and (
        small.targets == whole.targets[[0, 3, 4, 5]][:, [0, 2]]
    ).all()


def test_different_samples_leave_out_a_copy_and_are_named_as_the_option_reads_them(select):
    done, small = select("--different")
    assert small.sample_count == 6 and "6 of 7 samples" in done.stderr
    assert "0-5" in done.stderr or "0-1,3-6" in done.stderr


@pytest.mark.parametrize(
    ("options", "place"),
    [
        (["--samples", "0,x"], "--samples"),
        (["--samples", "3-"], "--samples"),
        (["--samples", "0-99999999999999999999"], "samples"),
        (["--samples", "2-1"], "samples"),
        (["--samples", "0", "--different"], "--different"),
        (["--leave-out-output", "3"], "--leave-out-output"),
        (["--leave-out-output", "0", "--leave-out-output", "1", "--leave-out-output", "2"], "outputs"),
    ],
)
def test_what_cannot_be_selected_is_refused_with_its_place_and_nothing_is_written(select, options, place):
    done, small = select(*options)
    assert done.exit_code == 2 and place in done.stderr and small is None
