"""Tilings and ranges over cells: exact bookkeeping, ranges that contain every value and are sharp enough."""

import random
from fractions import Fraction
from itertools import pairwise

import pytest
from flint import arb

from certificates.enclosures.intervals.derivatives import derivatives_arb
from certificates.enclosures.intervals.tilings import cell_range, piece_on, range_on_cells, tiling_gap
from certificates.errors import EnclosureFailure
from certificates.expression import CATALOGUE, parse_activation

NAMES = [f"{name}(1/10)" if name == "smooth_leaky_relu" else name for name in CATALOGUE]


def _cells(*ends):
    points = [Fraction(e) for e in ends]
    return list(pairwise(points))


@pytest.mark.parametrize(
    ("cells", "gap"),
    [
        (_cells(0, "1/3", 1), ""),
        (_cells("1/100", 1), "leaves a gap"),
        (_cells(-1, 1), "overlaps"),
        (_cells(0, "1/3"), "end at 1/3, not at 1"),
        (_cells(0, 2), "end at 2, not at 1"),
        ([], "end at 0, not at 1"),
        ([(Fraction(0), Fraction(0)), (Fraction(0), Fraction(1))], "cell 0 is empty"),
        ([(Fraction(0), Fraction(1)), (Fraction(1), Fraction(1, 2)), (Fraction(1, 2), Fraction(1))], "cell 1 is empty"),
        ([(Fraction(0), Fraction(1, 2)), (Fraction(1, 3), Fraction(1))], "cell 1 starts at 1/3 and overlaps"),
        ([(Fraction(0), Fraction(1, 2)), (Fraction(501, 1000), Fraction(1))], "cell 1 starts at 501/1000 and leaves"),
    ],
)
def test_gaps(cells, gap):
    found = tiling_gap(cells, Fraction(0), Fraction(1))
    assert gap in found
    assert bool(found) == bool(gap)


@pytest.mark.parametrize("derivative", [0, 1, 2, 3])
@pytest.mark.parametrize("name", NAMES)
def test_every_value_lies_in_the_range(name, derivative):
    activation, generator = parse_activation(name), random.Random(f"{name} {derivative}")
    for _ in range(12):
        left = Fraction(generator.randint(-40, 39), 8)
        cell = (left, left + Fraction(1, generator.choice([1, 2, 64])))
        if cell[0] < 0 < cell[1]:
            cell = (Fraction(0), cell[1])
        low, high = cell_range(piece_on(activation, cell), cell, derivative)
        for _ in range(6):
            point = generator.uniform(float(cell[0]), float(cell[1]))
            if cell[0] < Fraction(point) < cell[1]:
                value = derivatives_arb(activation, arb(point), derivative)[derivative]
                assert not value < low, (cell, point)
                assert not value > high, (cell, point)


def test_ranges_converge_quadratically():
    """Over [1, 1 + h] the range of tanh' has width |tanh''(1)| h + O(h²): the mean-value form, not the natural one."""
    piece = parse_activation("tanh").expression
    for h in (Fraction(1, 64), Fraction(1, 1024)):
        low, high = cell_range(piece, (Fraction(1), 1 + h), 1)
        assert abs((high - low) / arb(float(h)) - 0.6397) < 8 * arb(float(h)) + 0.001


def test_the_second_order_form_is_exact_for_parabolas():
    """(z³ − 3z²)' = −3 + 3(z − 1)²: on a cell around 1 neither of the other forms is better than 12h wide."""
    h = Fraction(1, 16)
    low, high = cell_range(parse_activation("z^3-3*z^2").expression, (1 - h, 1 + h), 1)
    width = 3 * float(h * h)
    assert not low > -3 and not high < -3 + width
    assert low > -3 - 1e-6 and high < -3 + width + 1e-6


def test_an_extremum_inside_a_cell_is_seen():
    low, high = cell_range(parse_activation("tanh").expression, (Fraction(-1, 8), Fraction(1, 8)), 1)
    assert high >= 1
    assert high < 1.001
    assert low > 0.95


def test_breakpoints_belong_to_ends_of_cells():
    relu = parse_activation("piecewise(0, 1/2, z-1/2)")
    assert range_on_cells(relu, 1, _cells(0, "1/2")) == (0, 0)
    assert range_on_cells(relu, 1, _cells("1/2", 1)) == (1, 1)
    assert range_on_cells(relu, 1, _cells(0, "1/2", 1)) == (0, 1)
    with pytest.raises(EnclosureFailure, match="breakpoint lies inside"):
        range_on_cells(relu, 1, _cells(0, 1))


@pytest.mark.parametrize("text", ["sqrt(z)", "log(z)", "1/z", "sqrt(z^2)", "atan(1/z)"])
def test_undefined_formulas_are_refused(text):
    with pytest.raises(EnclosureFailure):
        range_on_cells(parse_activation(text), 1, _cells(0, 1))
