"""The closest pair against every pair."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from verify.search import closest_pair as module
from verify.search.closest_pair import closest_pair, repeated_samples


def _every_pair(inputs):
    pairs = {(i, j): np.linalg.norm(inputs[i] - inputs[j]) for i, j in combinations(range(len(inputs)), 2)}
    return min(pairs, key=pairs.get), min(pairs.values()), np.sqrt(np.mean(np.square(list(pairs.values()))))


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(("count", "width"), [(2, 3), (7, 1), (40, 5)])
@pytest.mark.parametrize("block", [3, 512])
def test_it_is_the_closest_of_all(seed, count, width, block, monkeypatch):
    monkeypatch.setattr(module, "_BLOCK", block)
    inputs = np.random.default_rng(seed).normal(size=(count, width))
    found = closest_pair(inputs)
    pair, distance, typical = _every_pair(inputs)
    assert ((found.first, found.second), found.compared) == (pair, count)
    assert found.distance == pytest.approx(distance, rel=1e-12) and found.typical == pytest.approx(typical, rel=1e-12)


def test_a_gap_below_the_rounding_of_products_is_seen():
    inputs = np.random.default_rng(1).normal(size=(30, 4)) + 1000
    inputs[17] = inputs[4]
    inputs[17, 2] = np.nextafter(inputs[17, 2], np.inf)
    found = closest_pair(inputs)
    assert (found.first, found.second) == (4, 17) and 0 < found.distance < 1e-12


def test_equal_rows_and_huge_ones():
    assert "with the same inputs" in str(closest_pair(np.array([[1.0], [2.0], [1.0]])))
    assert closest_pair(np.zeros((3, 2))).distance == 0
    huge = closest_pair(np.array([[1e308, 0.0], [-1e308, 0.0], [9e307, 0.0]]))
    assert (huge.first, huge.second) == (0, 2) and huge.distance == pytest.approx(1e307)


def test_repeated_samples_are_those_with_one_before_them():
    inputs = np.random.default_rng(1).integers(0, 2, size=(20, 3)).astype(float)
    before = [any((inputs[i] == inputs[j]).all() for i in range(j)) for j in range(20)]
    assert repeated_samples(inputs) == tuple(np.flatnonzero(before))


def test_one_sample_has_no_pair():
    assert closest_pair(np.ones((1, 3))) is None


def test_of_too_many_samples_some_are_compared(monkeypatch):
    monkeypatch.setattr(module, "_OPERATIONS", 1e6)
    inputs = np.random.default_rng(1).normal(size=(500, 2))
    found = closest_pair(inputs)
    rows = np.linspace(0, 499, found.compared).astype(int)
    assert 10 < found.compared < 100
    assert found.distance == pytest.approx(_every_pair(inputs[rows])[1]) and {found.first, found.second} <= set(
        rows.tolist()
    )
