"""What a table says of an activation besides its certificates: where it is defined, ranges of derivatives, symmetry."""

from __future__ import annotations

from fractions import Fraction

from flint import arb

from certificates.arithmetic.arb import precision
from certificates.checks.tilings import split_at_breakpoints
from certificates.enclosures.infinity.identities import homogeneity, is_slope_even, is_slope_odd, odd_part_slope
from certificates.enclosures.infinity.tails import tail
from certificates.enclosures.intervals.tilings import cell_range, piece_on, range_on_cells
from certificates.errors import EnclosureFailure
from certificates.expression import Activation
from verify.search.cells import Cell, sharpen, uniform

__all__ = ["derivative_range", "invariances", "why_undefined"]

_BITS = 64
_FINEST = Fraction(1, 2**12)
_TOLERANCE = 1e-7


def why_undefined(activation: Activation, radius: Fraction) -> str:
    """Where on [−R, R] no enclosure shows that φ is defined and smooth, and why; empty if one does everywhere.

    Examples
    --------
    >>> from certificates.expression import parse_activation
    >>> why_undefined(parse_activation("1/z"), Fraction(8))
    'φ is not shown to be defined on [-1/8192, 0]: division by an expression whose enclosure contains 0'
    >>> why_undefined(parse_activation("softsign"), Fraction(8))
    ''
    """
    with precision(_BITS):
        waiting = split_at_breakpoints(activation, uniform(-radius, radius))[::-1]
        while waiting:
            cell = waiting.pop()
            try:
                cell_range(piece_on(activation, cell), cell, 1)
            except EnclosureFailure as failure:
                if cell[1] - cell[0] < _FINEST:
                    return f"φ is not shown to be defined on [{cell[0]}, {cell[1]}]: {failure}"
                middle = (cell[0] + cell[1]) / 2
                waiting += [(middle, cell[1]), (cell[0], middle)]
    return ""


def derivative_range(activation: Activation, derivative: int, radius: Fraction) -> tuple[arb, arb] | None:
    """Bounds of φ^(k) over the line away from breakpoints, sharp to about 10⁻⁷; ``None`` where there are none.

    Parameters
    ----------
    activation, derivative
        φ and k.
    radius
        Where the expansions at infinity take over.

    Examples
    --------
    >>> from certificates.expression import parse_activation
    >>> low, high = derivative_range(parse_activation("sigmoid"), 1, Fraction(8))
    >>> abs(low) < 1e-6 and 0.25 < high < 0.2500001
    True
    """
    try:
        with precision(_BITS):
            beyond = [tail(activation, derivative, radius, side).range() for side in (-1, 1)]
            cells = split_at_breakpoints(activation, _sharp_cells(activation, derivative, radius))
            low, high = range_on_cells(activation, derivative, cells)
            for values in beyond:
                low, high = low.min(values.lower()), high.max(values.upper())
    except EnclosureFailure:
        return None
    return (low, high) if low.is_finite() and high.is_finite() else None


def _sharp_cells(activation: Activation, derivative: int, radius: Fraction) -> tuple[Cell, ...]:
    cells = uniform(-radius, radius)
    for sign in (1, -1):

        def bound(cell: Cell, sign: int = sign) -> float:
            parts = split_at_breakpoints(activation, [cell]) if cell[0] < cell[1] else [cell]
            low, high = range_on_cells(activation, derivative, parts)
            return float((high if sign > 0 else -low).mid())

        cells = sharpen(cells, bound, _TOLERANCE)
    return cells


def invariances(activation: Activation) -> tuple[str, ...]:
    """Exact identities of φ, in words.

    Examples
    --------
    >>> from certificates.expression import parse_activation
    >>> invariances(parse_activation("tanh"))
    ("φ' is even: α_{i,1} = 0",)
    """
    found = []
    if is_slope_even(activation):
        found.append("φ' is even: α_{i,1} = 0")
    if is_slope_odd(activation):
        found.append("φ' is odd: μ = 0")
    kappa = odd_part_slope(activation)
    if kappa is not None and kappa.terms:
        shown = kappa.rational if kappa.rational is not None else kappa.enclose().str(8, radius=False)
        found.append(f"φ(z) − φ(−z) = κz with κ = {shown}: μ = α_{{1,2}} = κ/2, c₃ = 0")
    homogeneous = homogeneity(activation)
    if homogeneous is not None:
        exponent = 2 * homogeneous.degree - 2
        scaling = f"ρ(σ) = σ^{exponent} ρ(1)" if exponent else "ρ does not depend on σ"
        found.append(f"φ is homogeneous of degree {homogeneous.degree}: {scaling}")
    return tuple(found)
