"""What searches about the derivatives of an activation share: where tails begin, witnesses, zeros, cells."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache

from flint import arb

from certificates.arithmetic.arb import exact, upper
from certificates.checks.tilings import split_at_breakpoints
from certificates.enclosures.infinity.tails import Tail, tail
from certificates.enclosures.intervals.derivatives import derivatives_arb
from certificates.enclosures.intervals.slope_signs import is_slope_nonnegative, vanishes_to_order
from certificates.errors import EnclosureFailure
from certificates.expression import Activation, Expression, smooth_pieces
from certificates.language.slopes import Cells, Zero
from verify.search.cells import Cell, bisect, sharpen, uniform

__all__ = ["is_nonzero", "parts_of", "refined", "sign_cells", "slope_zeros", "tail_or_none", "tail_power"]
__all__ += ["tail_radius", "witness"]

_RADII = tuple(Fraction(2**k) for k in range(3, 17))
_FAR = Fraction(128)  # beyond, the first enclosure will do
_SAMPLES = [Fraction(k, 8) for k in range(-80, 81)]
_HIGHEST_POWER = 6
_TOLERANCE = 2.0**-22


@lru_cache(maxsize=64)
def tail_radius(activation: Activation) -> Fraction:
    """The first R beyond which φ' and φ'' have a certain sign; else are enclosed; else the first candidate."""
    inside = max((abs(b) for b in smooth_pieces(activation.expression)[1]), default=Fraction(0))
    candidates = [r for r in _RADII if r > inside] or [Fraction(2 ** inside.__ceil__().bit_length())]
    enclosed: list[Fraction] = []
    for radius in candidates:
        if enclosed and radius > _FAR:
            break
        found = [tail_or_none(activation, k, radius, side) for k in (1, 2) for side in (-1, 1)]
        if all(t is not None and (t.factor >= 0 or t.factor <= 0) for t in found):
            return radius
        if None not in found:
            enclosed.append(radius)
    return (enclosed or candidates)[0]


def tail_or_none(activation: Activation, derivative: int, radius: Fraction, side: int) -> Tail | None:
    """The tail, where the judge has one."""
    try:
        return tail(activation, derivative, radius, side)
    except EnclosureFailure:
        return None


def tail_power(activation: Activation, assumed: int | None = None) -> int:
    """The smallest p for which φ' = O(|z|^p) on both tails; ``assumed`` where one is not known."""
    found = [tail_or_none(activation, 1, tail_radius(activation), side) for side in (-1, 1)]
    powers = [0 if t.is_bounded else max(0, t.monomial.power.__ceil__()) for t in found if t is not None]
    return max([*powers, assumed if assumed is not None and None in found else 0])


def witness(activation: Activation, derivative: int, wanted: Callable[[arb], bool]) -> Fraction | None:
    """A short rational point where φ^(k) certainly is as wanted; the largest |φ^(k)| among the samples."""
    found = [(p, v) for p in _SAMPLES if (v := _value(activation, p, derivative)) is not None and wanted(v)]
    if not found:
        return None
    return max(found, key=lambda entry: (abs(float(entry[1].mid())), -entry[0].denominator))[0]


def _value(activation: Activation, point: Fraction, derivative: int) -> arb | None:
    try:
        return derivatives_arb(activation, exact(point), derivative)[derivative]
    except EnclosureFailure:
        return None


def is_nonzero(value: arb) -> bool:
    """Whether it certainly is."""
    return bool(value > 0 or value < 0)


@lru_cache(maxsize=64)
def slope_zeros(activation: Activation) -> tuple[Zero, ...]:
    """Where φ' vanishes exactly: 0, the breakpoints and the sampled points."""
    pieces, breakpoints = smooth_pieces(activation.expression)
    points = dict.fromkeys([Fraction(0), *breakpoints, *(p for p in _SAMPLES if p.denominator == 1)])
    found = []
    for point in points:
        orders = [_order(piece, point) for piece in pieces]
        if any(orders):
            found.append(Zero(point, max(orders)))
    return tuple(found)


def _order(piece: Expression, point: Fraction) -> int:
    """How many derivatives from φ' on vanish, 0 if that is all of them or none."""
    order = 0
    while order <= _HIGHEST_POWER and vanishes_to_order(piece, point, order + 1):
        order += 1
    return order if order <= _HIGHEST_POWER else 0


def sign_cells(activation: Activation, radius: Fraction, orientation: int = 1) -> Cells:
    """Cells on which φ' ≥ 0 (−1: ≤ 0); if there are none, coarse ones, for the judge to name the first that fails."""
    zeros = {zero.point: zero.order for zero in slope_zeros(activation)}
    coarse = uniform(-radius, radius)
    found = bisect(
        -radius,
        radius,
        coarse[0][1] - coarse[0][0],
        lambda cell: all(
            is_slope_nonnegative(activation, part, zeros, orientation) for part in parts_of(activation, cell)
        ),
    )
    return found or coarse


def parts_of(activation: Activation, cell: Cell, *, mirrored: bool = False) -> list[Cell]:
    """The cell, cut as the judge does."""
    return split_at_breakpoints(activation, [cell], mirrored=mirrored)


def refined(activation: Activation, cells: Cells, bound: Callable[[Cell], arb]) -> Cells:
    """Cells fine enough for a sharp largest bound."""

    def largest(cell: Cell) -> float:
        parts = parts_of(activation, cell) if cell[0] < cell[1] else [cell]
        return max(upper(bound(part)) for part in parts)

    return sharpen(cells, largest, _TOLERANCE)
