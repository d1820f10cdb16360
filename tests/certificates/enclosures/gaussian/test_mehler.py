"""Mehler's series: short ones contain the closed form because of their tails; nearly parallel rows are refused."""

from __future__ import annotations

from fractions import Fraction

import pytest
from flint import arb

from certificates.arithmetic.arb import exact, precision
from certificates.enclosures.gaussian import mehler as module
from certificates.enclosures.gaussian.blocks import Block, products
from certificates.enclosures.gaussian.closed_blocks import closed_block
from certificates.enclosures.gaussian.mehler import largest_weight, series_blocks
from certificates.errors import EnclosureFailure
from certificates.expression import parse_activation

F = Fraction
ERF, TANH = parse_activation("erf0"), parse_activation("tanh")
ROWS = {"slanted": (F(3, 5), F(4, 5)), "long": (F(-2), F(1)), "across": (F(0), F(1)), "near": (F(10), F(1))}


def pairs_of(*rows):
    return {(i, j): products(rows[i], rows[j]) for i in range(len(rows)) for j in range(i, len(rows))}


def numbers(block: Block):
    return block.identity, block.first, block.second, block.mixed


@pytest.mark.parametrize("name", ROWS)
@pytest.mark.parametrize("degree", [2, 3, 7, 40])
def test_a_series_of_any_length_contains_the_closed_form(name, degree):
    pairs = pairs_of((F(1), F(1, 4)), ROWS[name])
    found = series_blocks(ERF, pairs, degree, 64)
    with precision(200):
        closed = closed_block(ERF)
        for key, pair in pairs.items():
            same = Block(closed(pair).identity, exact(0), exact(0), exact(0))
            assert numbers(found[key])[0].overlaps(same.identity)
            if key == (0, 1):
                assert all(a.overlaps(b) for a, b in zip(numbers(found[key]), numbers(closed(pair)), strict=True))
                assert degree < 40 or name == "near" or all(ball.rad() < 1e-6 for ball in numbers(found[key]))


def test_the_tail_is_needed_and_covers_each_of_the_four_sums(monkeypatch):
    pairs = pairs_of((F(1), F(1, 4)), ROWS["slanted"])
    with precision(200):
        truth = numbers(closed_block(ERF)(pairs[0, 1]))
    monkeypatch.setattr(module, "largest_weight", lambda *_: exact(0))
    found = numbers(series_blocks(ERF, pairs, 4, 64)[0, 1])
    assert not any(a.overlaps(b) for a, b in zip(found, truth, strict=True))


@pytest.mark.parametrize("sign", [1, -1])
def test_parallel_rows_need_no_series(sign):
    """They are told by exact rationals, also where the correlation's ball reaches 1."""
    w, u = (F(1, 3), F(1, 7)), (sign * F(2, 3), sign * F(2, 7))
    found = series_blocks(ERF, {(0, 1): products(w, u)}, 2, 64)[0, 1]
    truth = closed_block(ERF)(products(w, u))
    square = products(w, w).first
    assert abs(found.identity - truth.identity) < 1e-15
    whole = (truth.first + 4 * truth.second + 4 * sign * truth.mixed) * exact(square)
    assert abs(found.first * exact(square) - whole) < 1e-15


@pytest.mark.parametrize("sign", [1, -1])
def test_rows_that_are_nearly_parallel_are_refused(sign):
    pairs = pairs_of((F(1), F(0)), (F(sign), F(1, 2**400)))
    with pytest.raises(EnclosureFailure, match="nearly parallel"):
        series_blocks(TANH, pairs, 20, 64)


@pytest.mark.parametrize("size", [0.0, 0.3, 0.5, 0.9, 0.99, 0.9999])
@pytest.mark.parametrize("start", [1, 2, 7, 60])
@pytest.mark.parametrize("sign", [1, -1])
def test_the_largest_weight_bounds_every_later_one(size, start, sign):
    bound = float(largest_weight(exact(sign * size), start).upper())
    weights = [(n + 2) * size**n for n in range(start, 60_000)]
    assert max(weights) <= bound * (1 + 1e-12) and bound <= max(weights) * 1.5


def test_the_largest_weight_is_that_of_the_whole_ball():
    assert largest_weight(arb(0.5, 0.25), 20) >= 22 * 0.75**20 * (1 - 1e-12)
