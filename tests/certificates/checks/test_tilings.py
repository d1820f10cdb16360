"""Coverings of the half-line of σ, and what is assumed beyond the radius."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import pytest

from certificates.checks import tilings as _tilings
from certificates.checks.assumptions import AssumedBound
from certificates.checks.outcome import Refusal
from certificates.expression import parse_activation

F = Fraction


def cells(*ends):
    return tuple((F(a), F(b)) for a, b in pairwise(ends))


@pytest.mark.parametrize(
    ("near", "far", "covers"),
    [
        ((0, 1), (0, 1), True),
        ((0, 1, 2), (0, "1/2"), True),
        ((0, "1/2"), (0, 1, 2), True),
        ((0, "1/2", 1, 4), (0, "1/8", "1/4"), True),
        ((0, 3), (0, 3), True),
        ((0, 1, 2), (0, "1/4"), False),
        ((0, "1/4"), (0, 1, 2), False),
        ((0, 2), (0, "1/4"), False),
        (("1/4", 2), (0, 1), False),
        ((0, 2), ("1/4", 1), False),
        ((-1, 0, 2), (0, 1), False),
        ((0, 2), (-1, 0, 1), False),
        ((0,), (0, 1), False),
        ((0, 1), (0,), False),
    ],
)
def test_cells_cover_the_half_line_only_if_their_ends_meet(near, far, covers):
    if covers:
        _tilings.require_covering(cells(*near), cells(*far))
        return
    with pytest.raises(Refusal) as caught:
        _tilings.require_covering(cells(*near), cells(*far))
    assert caught.value.certain and caught.value.check == 2


def test_the_radius_is_beyond_every_breakpoint():
    inside = parse_activation("piecewise(z, -7, 2*z)")
    _tilings.require_radius(inside, F(8))
    for radius in (F(7), F(6)):
        with pytest.raises(Refusal) as caught:
            _tilings.require_radius(inside, radius)
        assert caught.value.certain and caught.value.check == 2


def test_cells_are_cut_at_breakpoints_and_where_their_mirrors_have_some():
    activation, whole = parse_activation("piecewise(z, -1, 2*z+1)"), ((F(-2), F(2)),)
    assert _tilings.split_at_breakpoints(activation, whole) == [(-2, -1), (-1, 2)]
    assert _tilings.split_at_breakpoints(activation, whole, mirrored=True) == [(-2, -1), (-1, 1), (1, 2)]


def test_what_is_assumed_of_each_derivative():
    """On the right φ'' = 2 is known: held against the bound 3 of φ'', and against no growth."""
    activation = parse_activation("piecewise(z+sin(log(1+z^2))/9, 0, z+z^2)")
    curvature = AssumedBound(2, F(3), F(0), 0, F(8))
    slope = AssumedBound(1, F(5), F(7), 2, F(8), is_nonnegative=True)
    found, (second,) = _tilings.tail_or_assumption(4, activation, -1, curvature, is_given=True)
    assert found is None and second.text.startswith("|φ''(z)| ≤ 3 for all |z| ≥ 8")
    found, (first,) = _tilings.tail_or_assumption(4, activation, -1, slope, is_given=True)
    assert found is None and first.text.startswith("0 ≤ φ'(z) ≤ 5 + 7|z|^2 for all |z| ≥ 8")
    found, assumed = _tilings.tail_or_assumption(4, activation, 1, curvature, is_given=True)
    assert found is not None and assumed == []
    with pytest.raises(Refusal) as caught:
        _tilings.tail_or_assumption(5, activation, -1, curvature, is_given=False)
    assert caught.value.check == 5 and not caught.value.certain
