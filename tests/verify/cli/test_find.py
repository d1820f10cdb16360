"""``verify find``: the table, what is not certified, and what an interruption leaves."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

import verify
from tests.support.minima import vector
from verify.cli.app import app


@pytest.fixture
def path(tmp_path):
    return verify.save_problem(vector("A"), tmp_path / "net.safetensors")


def run(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_what_is_printed(path):
    done = run("find", path, "--starts", "3")
    assert done.exit_code == 0
    lines = done.stdout.splitlines()
    rows = [line.split() for line in lines if "point-" in line]
    assert [row[1:3] for row in rows] == [["0", "strict-minimum"], ["1", "critical-point"]]
    assert "2 certified critical points of 3 starts, 0 of them spurious minima" in done.stdout
    certificates = sorted(path.with_name("net.points").glob("*.cert.json"))
    assert run("check", *certificates).exit_code == 0 and len(certificates) == 2


def test_an_interrupted_search_says_how_to_go_on(path, monkeypatch):
    def stop(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("verify.certification.find.end_of_start", stop)
    done = run("find", path, "--starts", "3")
    assert done.exit_code == 130 and "the same command goes on where it was" in done.stderr


def test_what_is_no_problem_of_this_command(path, tmp_path):
    assert run("find", tmp_path / "missing").exit_code == 2
    assert run("find", path, "--starts", "0").exit_code == 2
    population = tmp_path / "population.json"
    verify.save_population(verify.from_units("relu", [[1, 0], [0, 1]]), population)
    done = run("find", population)
    assert done.exit_code == 2 and "is a population" in done.stderr
