"""The first layer that differs is named, with its worst sample."""

from __future__ import annotations

import numpy as np
import pytest

from certificates.errors import MalformedProblem
from verify.problems.comparison import first_difference, largest_difference, weakness
from verify.problems.rounding import Range

OURS = Range(np.zeros((3, 2)), np.full((3, 2), 0.1))


def changed(**entries):
    values = np.zeros((3, 2))
    for key, value in entries.items():
        values[int(key[1]), int(key[2])] = value
    return values


def test_within_rounding_there_is_no_difference():
    assert first_difference([("a", OURS, changed(_00=0.1, _21=-0.1))]) is None


def test_the_first_layer_and_its_largest_excess_are_named():
    found = first_difference(
        [("a", OURS, changed()), ("b", OURS, changed(_01=0.2, _20=0.3)), ("c", OURS, changed(_00=9))]
    )
    assert (found.place, found.sample, found.size, found.allowed) == ("b", 2, 0.3, 0.1)
    assert str(found) == "b differs by 0.3 at sample 2 (counted from 0), where rounding allows 0.1"


def test_what_rounding_explains_does_not_hide_what_it_does_not():
    ours = Range(np.zeros((2, 1)), np.array([[10.0], [0.1]]))
    assert largest_difference("a", ours, np.array([[5.0], [1.0]])).sample == 1


def test_nan_differs_and_shapes_are_compared():
    assert first_difference([("a", OURS, changed(_11=np.nan))]).sample == 1
    with pytest.raises(MalformedProblem, match=r"shape \(3,\), expected \(3, 2\)"):
        first_difference([("a", OURS, np.zeros(3))])


def test_agreement_that_shows_little_is_called_weak():
    assert "rounding alone may move them by 0.1" in weakness(OURS)
    assert weakness(Range(np.full((3, 2), 20.0), OURS.allowed)) == ""
