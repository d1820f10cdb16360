"""Norms of one matrix under many scalings of its rows: never below the true ones, whatever was guessed."""

from __future__ import annotations

import numpy as np
import pytest

from certificates.arithmetic.arb import precision
from certificates.arithmetic.arb_matrix import ArbMatrix
from certificates.arithmetic.ball_matrix import BallMatrix
from certificates.enclosures.networks import deflated_norms
from certificates.enclosures.networks.deflated_norms import MOST_COLUMNS, deflate

EACH = pytest.mark.parametrize("arithmetic", [BallMatrix, ArbMatrix])


def _true(matrix, scales):
    return np.array([np.linalg.norm(row[:, None] * matrix, 2) for row in scales])


def _found(arithmetic, matrix, scales):
    with precision(128):
        return deflate(arithmetic.from_exact(matrix).gram()).scaled_norms(scales)


def _matrices(rng):
    yield rng.normal(size=(7, 5))
    yield rng.normal(size=(1, 4))
    yield np.zeros((4, 3))
    yield np.outer(rng.normal(size=6), rng.normal(size=9))
    yield np.eye(20)
    yield 2.0**100 * rng.normal(size=(5, 3))
    yield 2.0**-300 * rng.normal(size=(5, 3))
    yield rng.normal(size=(24, 40)) * 10.0 ** -np.arange(24)[:, None]


@EACH
def test_bounds_every_scaling_from_above(arithmetic):
    rng = np.random.default_rng(1)
    for matrix in _matrices(rng):
        scales = (
            rng.random((6, len(matrix))) * (rng.random((6, len(matrix))) < 0.8) * 10.0 ** rng.uniform(-3, 3, (6, 1))
        )
        assert (_found(arithmetic, matrix, scales) >= _true(matrix, scales) * (1 - 1e-13)).all()


@EACH
def test_is_sharp_where_few_columns_make_the_matrix_up(arithmetic):
    rng = np.random.default_rng(2)
    matrix, scales = rng.normal(size=(30, 5)), rng.random((4, 30))
    true, found = _true(matrix, scales), _found(arithmetic, matrix, scales)
    assert MOST_COLUMNS > 5 and (found <= true * 1.01).all()


@EACH
def test_is_at_most_the_largest_scale_times_the_norm(arithmetic):
    rng = np.random.default_rng(3)
    matrix, scales = rng.normal(size=(40, 40)), rng.random((4, 40))
    found = _found(arithmetic, matrix, scales)
    assert (found <= np.linalg.norm(matrix, 2) * scales.max(axis=1) * 1.01).all()
    assert (found >= _true(matrix, scales)).all()


@EACH
@pytest.mark.parametrize("wrong", ["far", "short", "none", "zero"])
def test_any_guess_gives_a_bound(arithmetic, wrong, monkeypatch):
    rng = np.random.default_rng(4)
    matrix, scales = rng.normal(size=(6, 6)), rng.random((5, 6))
    norm = np.linalg.norm(matrix, 2) ** 2
    guess = {
        "far": (10 * rng.normal(size=(6, 3)), norm),
        "short": (1e-3 * rng.normal(size=(6, 2)), norm / 2),
        "none": None,
        "zero": (np.zeros((6, 1)), norm * 1.001),
    }[wrong]
    monkeypatch.setattr(deflated_norms, "_guess", lambda _: guess)
    assert (_found(arithmetic, matrix, scales) >= _true(matrix, scales)).all()


def test_what_is_taken_out_is_not_more_than_what_is_counted():
    """P Pᵀ takes 0.4 of the norm out and leaves 0.6 behind: more than the 0.45 that are guessed."""
    matrix = np.diag([1.0, 0.1, 0.1])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(deflated_norms, "_guess", lambda _: (np.array([[np.sqrt(0.4)], [0.0], [0.0]]), 0.45))
        assert _found(BallMatrix, matrix, np.ones((1, 3)))[0] >= 1


def test_the_radii_of_the_entries_count():
    gram = BallMatrix(np.diag([4.0, 1.0, 1.0]), 0.5)
    with precision(128):
        found = deflate(gram).scaled_norms(np.array([[1.0, 1.0, 1.0]]))
    assert found[0] >= np.sqrt(4.5 + 0.5)  # the farthest matrix of the enclosure: diag(4.5, 1.5, 1.5) and 0.5 elsewhere


def test_a_guess_that_floats_do_not_find_is_none(monkeypatch):
    def fails(_):
        raise np.linalg.LinAlgError

    monkeypatch.setattr(np.linalg, "eigh", fails)
    matrix, scales = np.diag([3.0, 1.0]), np.array([[1.0, 2.0]])
    assert 3 <= _found(BallMatrix, matrix, scales)[0] <= 6.1
