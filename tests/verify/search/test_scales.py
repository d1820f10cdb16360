"""Scales of columns, and which of them are odd."""

from __future__ import annotations

import numpy as np
import pytest

from verify.search.scales import scales

NORMAL = np.random.default_rng(1).normal(size=(50, 4))


def test_deviations_and_means_are_numpys():
    table = NORMAL * [1, 2, 3, 4] + [0, 0, 0, 40]
    found = scales(table)
    assert (found.least, found.most) == pytest.approx((table.std(axis=0).min(), table.std(axis=0).max()))
    assert found.typical == pytest.approx(np.median(table.std(axis=0)))
    own = np.maximum(table.std(axis=0), np.median(table.std(axis=0)))
    assert found.offset == pytest.approx(np.max(np.abs(table.mean(axis=0)) / own))
    assert found.largest == np.max(np.abs(table))


@pytest.mark.parametrize(
    ("table", "odd"),
    [
        (NORMAL, False),
        (NORMAL * 0.1, False),
        (NORMAL * 100, True),
        (NORMAL * 1e-3, True),
        (NORMAL * [1, 1, 1, 200], True),
        (NORMAL + np.array([0, 0, 0, 20]), True),
        (NORMAL * [1, 1, 1, 1e-3], False),
        (NORMAL * [1, 1, 1, 1e-3] + np.array([0, 0, 0, 1]), False),
        (NORMAL * [1, 1, 1, 0] + [0, 0, 0, 1e6], False),
        (np.ones((3, 2)), False),
        (np.zeros((1, 2)), False),
        (NORMAL * 1e307, True),
    ],
)
def test_what_is_odd(table, odd):
    assert scales(table).is_odd is odd


@pytest.mark.parametrize(
    ("table", "standard"),
    [
        (NORMAL, True),
        (NORMAL * [1, 0.4, 1, 1], True),
        (np.ones((3, 2)), True),
        (NORMAL * 0.2, False),
        (NORMAL * 5, False),
        (NORMAL + 2, False),
        (NORMAL * [1, 1, 1, 0.01], True),
        (NORMAL * [2, 0.2, 0.2, 0.2], False),
    ],
)
def test_what_is_standard(table, standard):
    assert scales(table).is_standard is standard


def test_in_words():
    assert str(scales(np.full((3, 1), 7.0))) == "constant columns, entries up to 7"
    assert (
        str(scales(np.array([[1.0], [3.0]]))) == "standard deviation 1, means within 2 deviations of 0, entries up to 3"
    )
