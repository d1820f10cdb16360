"""Population problems from numbers and files: exactness, one file format, errors with a place."""

from __future__ import annotations

import json
import os
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from certificates.errors import Malformed, MalformedProblem
from verify.problems.population import from_units, is_population, load_population, save_population


def test_texts_are_decimals_and_floats_are_what_they_are():
    typed = from_units("tanh", [["0.6", "4/5"]]).teacher.weights[0]
    stored = from_units("tanh", np.array([[0.6, 0.8]])).teacher.weights[0]
    assert typed == (Fraction(3, 5), Fraction(4, 5)) and stored == (Fraction(0.6), Fraction(0.8)) != typed


@pytest.mark.parametrize(
    ("number", "exact"),
    [
        (np.int64(2**62 + 1), Fraction(2**62 + 1)),
        (np.float32(0.1), Fraction(13421773, 2**27)),
        (np.longdouble(0.6), Fraction(0.6)),
        (np.array(0.6), Fraction(0.6)),
        (np.bool_(True), Fraction(1)),
        (Decimal("0.6"), Fraction(3, 5)),
    ],
)
def test_no_number_is_rounded_whatever_its_type(number, exact):
    assert from_units("relu", [[number]]).teacher.weights == ((exact,),)


@pytest.mark.parametrize("bad", [np.nan, np.inf, "x", None, [1.0], 1j, Decimal("1e-999999999"), Decimal("Infinity")])
def test_what_is_no_number_is_refused_with_its_place(bad):
    with pytest.raises(MalformedProblem, match=r"teacher\.weights\[1\]\[0\]"):
        from_units("relu", [[1.0, 2.0], [bad, 0.0]])


@pytest.mark.parametrize(
    ("rows", "place"),
    [([1.0, 2.0], "weights"), ([[1.0], [1.0, 2.0]], "weights"), ([], "weights"), (5, "weights"), ("1", "weights")],
)
def test_rows_that_do_not_fit_are_refused_with_their_place(rows, place):
    with pytest.raises(MalformedProblem, match=f"teacher.{place}"):
        from_units("relu", rows)


def test_outer_weights_of_no_student_are_not_dropped():
    with pytest.raises(MalformedProblem, match=r"student\.outer"):
        from_units("relu", [[1.0]], student_outer=[1.0])


def test_a_file_that_could_not_be_read_is_not_written(tmp_path):
    with pytest.raises(Malformed, match="4000 digits"):
        save_population(from_units("relu", [[10**4001]]), tmp_path / "p.json")
    assert not (tmp_path / "p.json").exists()


def test_files_round_trip_and_are_known_by_their_first_byte(tmp_path):
    problem = from_units("softplus", np.eye(2), [1, -1], [[0.1, 0.2]])
    path = save_population(problem, tmp_path / "p.json")
    assert is_population(path) and load_population(path) == problem
    path.write_text("\n " + path.read_text())
    assert is_population(path) and load_population(path) == problem
    assert not is_population(tmp_path / "none.json")


def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    assert not is_population(tmp_path / "pipe")


@pytest.mark.parametrize(
    ("change", "place"),
    [({"format": "gradcert/1"}, "format"), ({"teacher": {}}, "teacher"), ({"kind": "x"}, "kind")],
)
def test_other_files_are_refused_with_their_place(tmp_path, change, place):
    path = save_population(from_units("relu", [[1.0]]), tmp_path / "p.json")
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with pytest.raises(MalformedProblem, match=rf"p\.json.*{place}"):
        load_population(path)
