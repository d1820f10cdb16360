"""The command that writes population problems, and what certify says of their files."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from typer.testing import CliRunner

import verify
from certificates.errors import MalformedProblem
from verify.cli.app import app


@pytest.fixture
def run(tmp_path):
    np.save(tmp_path / "teacher.npy", np.eye(2))
    (tmp_path / "outer.csv").write_text("0.5\n-1\n")
    np.save(tmp_path / "student.npy", np.array([[1.0, 0.1], [0.0, 1.0], [2.0, 3.0]]))
    return lambda *options: CliRunner().invoke(
        app, ["problem", "population", "--teacher", str(tmp_path / "teacher.npy"), "-o", str(tmp_path / "p"), *options]
    )


def test_units_are_written_as_they_are(run, tmp_path):
    options = ("--teacher-outer", str(tmp_path / "outer.csv"), "--student", str(tmp_path / "student.npy"))
    done = run("--activation", "relu", *options)
    written = verify.load_population(tmp_path / "p")
    assert done.exit_code == 0 and "3 units" in done.stdout and "2 units" in done.stdout
    assert written.teacher.outer == (Fraction(1, 2), Fraction(-1))
    assert written.student.weights[0] == (Fraction(1), Fraction(0.1)) and written.student.outer == (Fraction(1),) * 3
    shown = CliRunner().invoke(app, ["problem", "show", str(tmp_path / "p")])
    assert shown.exit_code == 0 and "N(0, I_2)" in shown.stdout


def test_a_kind_about_weights_and_data_is_refused_for_a_population_and_the_other_way_round(run, tmp_path):
    assert run("--activation", "tanh").exit_code == 0
    done = CliRunner().invoke(app, ["certify", str(tmp_path / "p"), "--kind", "strict-minimum"])
    assert done.exit_code == 2 and "weights and data" in done.stderr
    with pytest.raises(MalformedProblem, match="an activation, not about a population"):
        verify.certify(verify.load_population(tmp_path / "p"), kind="zhong-rho")


def test_outer_weights_of_no_student_are_not_dropped(run, tmp_path):
    done = run("--activation", "relu", "--student-outer", str(tmp_path / "outer.csv"))
    assert done.exit_code == 2 and "student" in done.stderr and not (tmp_path / "p").exists()


def test_an_activation_that_is_none_is_refused_with_its_place(run, tmp_path):
    done = run("--activation", "nonsense(")
    assert done.exit_code == 2 and "activation" in done.stderr and not (tmp_path / "p").exists()
