"""Class numbers become rows of the identity, and probabilities lie on the simplex exactly, a rounding away."""

from fractions import Fraction

import numpy as np
import pytest

from certificates.errors import MalformedProblem
from verify.problems.labels import class_rows, labels_of_outputs, missing_classes


@pytest.mark.parametrize("shape", [(4,), (4, 1)])
def test_class_numbers(shape: tuple[int, ...]) -> None:
    rows, by_number, notes = class_rows(np.array([0.0, 2.0, 1.0, 2.0]).reshape(shape), 3)
    assert rows.tolist() == np.eye(3)[[0, 2, 1, 2]].tolist()
    assert by_number and not notes


@pytest.mark.parametrize("single", [False, True])
def test_probabilities_are_moved_by_their_rounding_at_most(single: bool) -> None:
    rows = np.random.default_rng(0).dirichlet(np.full(7, 0.3), size=50)
    rows = rows.astype(np.float32).astype(np.float64) if single else rows
    found, by_number, (note,) = class_rows(rows, 7)
    assert all(sum(map(Fraction, row.tolist())) == 1 for row in found) and (found >= 0).all() and not by_number
    assert 0 < np.abs(found - rows).max() < (5e-7 if single else 1e-15)
    assert "exactly 1" in note
    again, _, none = class_rows(found, 7)
    assert np.array_equal(again, found) and not none


def test_exact_rows_stay_as_they_are() -> None:
    tiny = np.array([[2.0**-80, 1 - 2.0**-53, 2.0**-53 - 2.0**-80], [0.25, 0.75, 0.0]])
    found, _, notes = class_rows(tiny, 3)
    assert np.array_equal(found, tiny) and not notes


@pytest.mark.parametrize(
    ("targets", "outputs", "words"),
    [
        ([0.0, 3.0], 3, "row 1: expected a class from 0 to 2, got 3"),
        ([-1.0, 1.0], 2, "row 0: expected a class from 0 to 1, got -1"),
        ([0.5, 1.0], 2, "row 0: expected a class from 0 to 1, got 0.5"),
        ([np.nan, 1.0], 2, "row 0: expected a class"),
        ([[1.0, 0.0], [0.6, 0.5]], 2, "row 1: expected probabilities that sum to 1, got 0.6, 0.5"),
        ([[1.5, -0.5]], 2, "row 0: expected probabilities"),
        ([[np.nan, 0.5]], 2, "row 0: expected probabilities"),
        ([[1.0, 0.0]], 3, r"got shape \(1, 2\)"),
        ([0.0, 1.0], 1, "a softmax needs two outputs or more"),
    ],
)
def test_what_is_no_label_is_refused_by_row(targets: list, outputs: int, words: str) -> None:
    with pytest.raises(MalformedProblem, match=words) as caught:
        class_rows(np.array(targets), outputs)
    assert caught.value.place == "targets"


def test_classes_without_a_sample_are_named_where_rows_are_hard() -> None:
    assert missing_classes(np.eye(4)[[1, 1, 3]]) == ("no sample is of class 0, 2; their outputs are pushed down only",)
    assert missing_classes(np.eye(2)) == missing_classes(np.array([[0.5, 0.5, 0.0]])) == ()


def test_columns_of_labels() -> None:
    assert labels_of_outputs(np.array([1.0, 0.25]), 1).tolist() == [[1.0], [0.25]]
    for wrong, words in (([[2.0, 0.0]], "row 0: expected labels between"), ([[0.0], [1.0]], "one column of labels")):
        with pytest.raises(MalformedProblem, match=words):
            labels_of_outputs(np.array(wrong), 2)
