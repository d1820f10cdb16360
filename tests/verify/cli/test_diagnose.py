"""``verify diagnose``: what it prints, and what it does with a file that is no problem."""

from __future__ import annotations

import numpy as np
import pytest
from typer.testing import CliRunner

import verify
from tests.support.naive import random_network
from verify.cli.app import app


@pytest.fixture
def run():
    runner = CliRunner()
    return lambda *arguments: runner.invoke(app, [str(argument) for argument in arguments])


def test_it_says_that_nothing_is_proved_and_exits_with_0(run, tmp_path):
    network = random_network(np.random.default_rng(1), (4, 24, 1), 6, residual=0.3)
    path = verify.save_problem(network, tmp_path / "net.safetensors")
    done = run("diagnose", path)
    assert done.exit_code == 0 and "nothing here is proved" in done.stdout and "too large)" in done.stdout
    assert [file.name for file in tmp_path.iterdir()] == ["net.safetensors"]
    line = next(line for line in run("certify", path).stdout.splitlines() if line.startswith("estimates:"))
    assert line == str(verify.diagnose(network).estimates)  # the same numbers


def test_what_is_no_problem_is_bad_input(run, tmp_path):
    (tmp_path / "x.json").write_text("{}")
    assert run("diagnose", tmp_path / "x.json").exit_code == 2
    assert run("diagnose", tmp_path / "missing").exit_code == 2
