"""The command that writes wide networks at their random start."""

from __future__ import annotations

import numpy as np
import pytest
from typer.testing import CliRunner

import verify
from verify.cli.app import app


@pytest.fixture
def run(tmp_path):
    return lambda name, *options: CliRunner().invoke(
        app, ["problem", "wide", "--width", "4", "-o", str(tmp_path / name), *options]
    )


def test_data_are_drawn_or_taken_from_files_or_from_a_problem(run, tmp_path):
    assert run("drawn", "--samples", "3", "--dimension", "2", "--seed", "5").exit_code == 0
    drawn = verify.load_problem(tmp_path / "drawn")
    np.save(tmp_path / "x.npy", drawn.inputs)
    np.save(tmp_path / "y.npy", drawn.targets)
    files = ("--inputs", str(tmp_path / "x.npy"), "--targets", str(tmp_path / "y.npy"))
    assert run("files", *files, "--seed", "5").exit_code == 0
    assert run("like", "--like", str(tmp_path / "drawn"), "--seed", "5").exit_code == 0
    assert len({(tmp_path / name).read_bytes() for name in ("drawn", "files", "like")}) == 1


@pytest.mark.parametrize("options", [(), ("--samples", "3"), ("--samples", "3", "--dimension", "2", "--like", "p")])
def test_data_that_are_not_stated_once_are_asked_for(run, tmp_path, options):
    done = run("p", *options)
    assert done.exit_code == 2 and "--samples N --dimension D" in done.stderr and not (tmp_path / "p").exists()


@pytest.mark.parametrize("kind", ["interpolation", "convergence-basin"])
def test_kinds_about_zeros_polish_a_start_on_the_way(run, tmp_path, kind):
    options = ("--samples", "3", "--dimension", "3", "--activation", "tanh", "--scale", "2")
    assert run("start", *options).exit_code == 0
    done = CliRunner().invoke(app, ["certify", str(tmp_path / "start"), "--kind", kind, "--polish", "--first"])
    assert done.exit_code == 0, done.output
    assert "polished: " in done.stdout and f"start.{kind}.cert.json" in done.stdout
    (certificate,) = tmp_path.glob("*.cert.json")
    assert CliRunner().invoke(app, ["check", str(certificate)]).exit_code == 0
