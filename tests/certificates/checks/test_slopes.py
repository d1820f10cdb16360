"""Checks 2 to 4 of what rests on φ' ≥ 0, one function at a time, at their bounds."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from flint import arb

from certificates.checks import slopes as _slopes
from certificates.checks.outcome import Refusal
from certificates.enclosures.infinity.monomials import ONE_MONOMIAL
from certificates.enclosures.infinity.tails import Tail
from certificates.expression import parse_activation
from certificates.language.slopes import AssumedSlope, SlopeCells, Zero
from tests.support.activations import tiling

F = Fraction
TWO = SlopeCells(F(2), tiling(-2, 2))
EIGHT = SlopeCells(F(8), tiling(-8, 8))
CELLS = EIGHT.cells


def refused(check, certain, call, *arguments):
    with pytest.raises(Refusal) as caught:
        call(*arguments)
    assert (caught.value.check, caught.value.certain) == (check, certain), caught.value


BAD_TILINGS = {
    "no cells": (),
    "first cell missing": CELLS[1:],
    "last cell missing": CELLS[:-1],
    "gap": CELLS[:20] + CELLS[21:],
    "overlap": (*CELLS[:20], CELLS[19], *CELLS[20:]),
    "reversed cell": (*CELLS[:20], CELLS[20][::-1], *CELLS[21:]),
    "reversed order": CELLS[::-1],
    "empty cell": (*CELLS[:20], (CELLS[20][0],) * 2, *CELLS[20:]),
    "too far": (*CELLS, (F(8), F(9))),
    "half the line": tiling(0, 8),
}


@pytest.mark.parametrize("cells", BAD_TILINGS.values(), ids=BAD_TILINGS)
def test_cells_that_do_not_tile_are_rejected(cells):
    activation = parse_activation("tanh")
    assert _slopes.nonnegative_cells(EIGHT, activation)
    refused(2, True, _slopes.nonnegative_cells, replace(EIGHT, cells=cells), activation)


@pytest.mark.parametrize("point", [8, 9, -8])
def test_breakpoints_lie_within_the_radius(point):
    refused(2, True, _slopes.nonnegative_cells, EIGHT, parse_activation(f"piecewise(z, {point}, z)"))


def test_cells_are_cut_at_a_breakpoint_that_is_not_dyadic():
    cells = _slopes.nonnegative_cells(EIGHT, parse_activation("piecewise(z, 1/3, z)"))
    assert (F(1, 4), F(1, 3)) in cells and (F(1, 3), F(1, 2)) in cells


@pytest.mark.parametrize(("order", "holds"), [(1, True), (2, True), (3, False), (8, False)])
def test_the_order_of_a_zero_must_be_right(order, holds):
    """φ' = 1 − exp(−z²) vanishes to order 2; order 1 suffices, as cells end at 0, where φ″ changes its sign."""
    evidence, activation = replace(EIGHT, zeros=(Zero(F(0), order),)), parse_activation("z-sqrt(atan(1))*erf(z)")
    if holds:
        assert _slopes.nonnegative_cells(evidence, activation)
    else:
        refused(3, False, _slopes.nonnegative_cells, evidence, activation)


@pytest.mark.parametrize("point", [F(1, 8), F(1, 3), F(-1), F(100)])
def test_a_zero_elsewhere_does_not_help(point):
    evidence = replace(EIGHT, zeros=(Zero(point, 2),))
    refused(3, False, _slopes.nonnegative_cells, evidence, parse_activation("z-sqrt(atan(1))*erf(z)"))


@pytest.mark.parametrize(("high", "certain"), [(-0.5, True), (0.0, False), (0.5, False)])
def test_a_cell_that_is_certainly_negative_is_rejected(monkeypatch, high, certain):
    monkeypatch.setattr(_slopes, "is_slope_nonnegative", lambda *_: False)
    monkeypatch.setattr(_slopes, "cell_range", lambda piece, cell, order: (arb(-9), arb(high)))
    refused(3, certain, _slopes.nonnegative_cells, TWO, parse_activation("z"))


@pytest.mark.parametrize(
    ("factor", "certain"),
    [(arb(-0.5), True), (arb(0, 1), False), (arb(0, 0.5), False), (arb(-0.5, 0.5), False), (arb(-3, 1), True)],
)
def test_a_tail_that_is_not_shown_to_be_nonnegative(monkeypatch, factor, certain):
    monkeypatch.setattr(_slopes, "tail_or_assumption", lambda *_, **options: (Tail(ONE_MONOMIAL, factor, F(2)), []))
    for side in (-1, 1):
        refused(4, certain, _slopes.nonnegative_tail, TWO, parse_activation("z"), side)


def test_what_is_asked_of_a_tail_is_what_is_given(monkeypatch):
    asked = []
    monkeypatch.setattr(
        _slopes, "tail_or_assumption", lambda *a, **options: asked.append((a, options)) or (None, ["assumed"])
    )
    activation = parse_activation("z")
    for tail in (None, AssumedSlope(F(3), F(5), 7)):
        assert _slopes.nonnegative_tail(replace(TWO, tail=tail), activation, -1) == (None, ["assumed"])
    for ((check, phi, side, bound), options), given in zip(asked, (False, True), strict=True):
        assert (check, phi, side, options) == (4, activation, -1, {"is_given": given})
        assert bound.derivative == 1 and bound.beyond == 2 and bound.is_nonnegative
    assert (bound.constant, bound.slope, bound.power) == (3, 5, 7)


@pytest.mark.parametrize(("orientation", "factor"), [(1, 0.5), (1, 0.0), (-1, -0.5), (-1, 0.0)])
def test_a_tail_with_the_sign_of_the_cells(monkeypatch, orientation, factor):
    found, phi = Tail(ONE_MONOMIAL, arb(factor), F(2)), parse_activation("z")
    monkeypatch.setattr(_slopes, "tail_or_assumption", lambda *_, **options: (found, []))
    assert _slopes.nonnegative_tail(TWO, phi, 1, orientation) == (found, [])
    if factor:
        refused(4, True, _slopes.nonnegative_tail, TWO, phi, 1, -orientation)
    monkeypatch.setattr(_slopes, "tail_or_assumption", lambda *_, **options: (replace(found, factor=arb(0, 1)), []))
    refused(4, False, _slopes.nonnegative_tail, TWO, phi, 1, orientation)


def test_nothing_is_assumed_of_a_slope_that_is_negative(monkeypatch):
    monkeypatch.setattr(_slopes, "tail_or_assumption", lambda *_, **options: (None, ["assumed"]))
    assert _slopes.nonnegative_tail(TWO, parse_activation("z"), 1) == (None, ["assumed"])
    refused(4, False, _slopes.nonnegative_tail, TWO, parse_activation("z"), 1, -1)


def test_an_assumed_sign_is_no_help_where_the_slope_is_negative() -> None:
    """What is assumed is φ' ≥ 0; 5z + tanh(log(1 + z²)) has no expansion, and nothing contradicts it."""
    evidence = replace(EIGHT, tail=AssumedSlope(F(6), F(0), 0))
    activation = parse_activation("5*z+tanh(log(1+z^2))")
    assert _slopes.nonnegative_tail(evidence, activation, 1)[1]
    refused(4, False, _slopes.nonnegative_tail, evidence, activation, 1, -1)
