"""Exact identities of activations: parity of φ', affine and homogeneous pieces (theory 2.1, 2.3, 2.4).

A formula is evaluated at the symbol t ∈ [1, 2] (and at −t) in the ring of exact constants, where tanh(−t) = −tanh(t),
s(−t) = 1 − s(t) and so on are built in. If a combination is the zero polynomial there, it vanishes on [1, 2]. Every
piece is also shown to be analytic on the whole interval where it is in force (:mod:`analyticity`); so the combination
is analytic for all t > 0, as long as 0 is the only breakpoint, and vanishes there. Without that, z + log(30 − z) −
log(30 − z) would be z for all z. The normal form is not complete: ``False`` and ``None`` mean *not shown*.

Nothing is said about z = 0: that φ or φ' is continuous there is for the caller to check (:mod:`smoothness`).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from certificates.enclosures.formulas.exact_constants import SYMBOL, ZERO, Atom, ExactConstant, ExactRing, equal
from certificates.enclosures.formulas.jets import Series, jet
from certificates.enclosures.infinity.analyticity import is_analytic_on_pieces
from certificates.enclosures.intervals.pieces import pieces_of
from certificates.errors import EnclosureFailure
from certificates.expression import Activation, Expression
from certificates.memory import remembered

__all__ = ["Homogeneity", "affine_pieces", "even_part_is_quadratic", "homogeneity", "is_curvature_continuous"]
__all__ += ["is_slope_affine_around_zero", "is_slope_even", "is_slope_odd", "odd_part_slope"]

_RING = ExactRing()


@dataclass(frozen=True)
class Homogeneity:
    """φ(z) = right · z^degree for z > 0 and left · (−z)^degree for z < 0."""

    degree: int
    left: ExactConstant
    right: ExactConstant


@remembered(256)
def _slopes(activation: Activation) -> tuple[ExactConstant, ExactConstant] | None:
    """φ'(−t) and φ'(t) at the symbol, ``None`` where the normal form fails."""
    pieces, breakpoints = pieces_of(activation)
    if any(b != 0 for b in breakpoints) or not is_analytic_on_pieces(activation):
        return None
    try:
        left, right = (
            jet(piece, SYMBOL.scaled(Fraction(side)), 1, _RING)[1] for piece, side in ((pieces[0], -1), (pieces[-1], 1))
        )
    except EnclosureFailure:
        return None
    return left or ZERO, right or ZERO


@remembered(256)
def _combined(activation: Activation, sign: int) -> ExactConstant | None:
    """φ'(t) + sign·φ'(−t)."""
    found = _slopes(activation)
    try:
        return None if found is None else found[1].plus(found[0].scaled(Fraction(sign)))
    except EnclosureFailure:
        return None


def is_slope_even(activation: Activation) -> bool:
    """Whether φ'(−z) = φ'(z) for all z ≠ 0 is shown.

    Examples
    --------
    >>> from certificates.expression import parse_activation
    >>> [is_slope_even(parse_activation(name)) for name in ("tanh", "softsign", "erf", "gelu")]
    [True, True, True, False]
    """
    difference = _combined(activation, -1)
    return difference is not None and not difference.terms


def is_slope_odd(activation: Activation) -> bool:
    """Whether φ'(−z) = −φ'(z) for all z ≠ 0 is shown."""
    total = _combined(activation, 1)
    return total is not None and not total.terms


def odd_part_slope(activation: Activation) -> ExactConstant | None:
    """κ with φ'(z) + φ'(−z) = κ for all z ≠ 0, if that is shown: the odd part of a continuous φ is κz/2.

    Examples
    --------
    >>> from certificates.expression import parse_activation
    >>> odd_part_slope(parse_activation("gelu")).rational
    Fraction(1, 1)
    """
    total = _combined(activation, 1)
    if total is None or any(_depends(atom) for monomial in total.terms for atom, _ in monomial):
        return None
    return total


def even_part_is_quadratic(activation: Activation) -> bool:
    """Whether φ'(z) − φ'(−z) is shown to be a multiple of z: the even part of φ is a polynomial of degree ≤ 2.

    Of a continuous φ, that is.
    """
    difference = _combined(activation, -1)
    if difference is None:
        return False
    return difference.terms.keys() <= SYMBOL.terms.keys()


def affine_pieces(activation: Activation) -> tuple[Fraction, ...] | None:
    """The breakpoints, if every piece is shown to be affine; ``None`` otherwise."""
    pieces, breakpoints = pieces_of(activation)
    if not is_analytic_on_pieces(activation):
        return None
    for piece in pieces:
        powers = _powers(piece, 1)
        if powers is None or max(powers, default=0) > 1:
            return None
    return breakpoints


def is_slope_affine_around_zero(activation: Activation) -> bool:
    """Whether φ' is shown to be affine on an interval around 0: then T₁(σ) falls faster than every power of σ.

    As φ' − P, P affine, is 0 for |w| < δ and grows at most like a power, T₁(σ) ≤ E[(φ' − P)(σz)²] = O(e^{−δ²/(4σ²)}).

    Examples
    --------
    >>> from certificates.expression import parse_activation
    >>> [is_slope_affine_around_zero(parse_activation(t)) for t in ("piecewise(-1, -1, z, 1, 1)", "relu", "tanh")]
    [True, False, False]
    """
    pieces, breakpoints = pieces_of(activation)
    if Fraction(0) in breakpoints or not is_analytic_on_pieces(activation):
        return False
    powers = _powers(pieces[sum(b < 0 for b in breakpoints)], 1)
    return powers is not None and max(powers, default=0) <= 2


def homogeneity(activation: Activation) -> Homogeneity | None:
    """Φ(σz) = σ^q φ(z) for σ > 0 and z ≠ 0, if it is shown with an integer q ≥ 1.

    Examples
    --------
    >>> from certificates.expression import parse_activation
    >>> homogeneity(parse_activation("squared_relu")).degree
    2
    """
    pieces, breakpoints = pieces_of(activation)
    if any(b != 0 for b in breakpoints) or not is_analytic_on_pieces(activation):
        return None
    left, right = _powers(pieces[0], -1), _powers(pieces[-1], 1)
    if left is None or right is None or len({*left, *right}) != 1:
        return None
    (degree,) = {*left, *right}
    if degree < 1:
        return None
    return Homogeneity(degree, left.get(degree, ZERO), right.get(degree, ZERO))


def is_curvature_continuous(activation: Activation, *, only_at: Fraction | None = None) -> bool:
    """Whether φ'' is shown to exist at every breakpoint (its one-sided values agree, as those of φ and φ' must).

    ``only_at``: whether it exists at this point, as it does where there is no breakpoint.
    """
    pieces, breakpoints = pieces_of(activation)
    try:
        return all(
            equal(left or ZERO, right or ZERO) is True
            for (before, after), b in zip(pairwise(pieces), breakpoints, strict=True)
            if only_at is None or b == only_at
            for left, right in zip(_taylor(before, b), _taylor(after, b), strict=True)
        )
    except EnclosureFailure:
        return False


def _taylor(piece: Expression, b: Fraction) -> Series[ExactConstant]:
    """φ, φ', φ''/2 of one formula at a rational point, exactly."""
    point: ExactConstant | None = _RING.number(b) if b else None
    return jet(piece, point, 2, _RING)


def _powers(piece: Expression, side: int) -> dict[int, ExactConstant] | None:
    """The piece at side·t as a polynomial in t: power -> coefficient."""
    try:
        value = jet(piece, SYMBOL.scaled(Fraction(side)), 0, _RING)[0] or ZERO
        found: dict[int, ExactConstant] = {}
        for monomial, coefficient in value.terms.items():
            exponent = sum((e for atom, e in monomial if atom.function == "symbol"), start=Fraction(0))
            rest = tuple((atom, e) for atom, e in monomial if atom.function != "symbol")
            if exponent < 0 or exponent.denominator != 1 or any(_depends(atom) for atom, _ in rest):
                return None
            known = found.get(int(exponent), ZERO)
            found[int(exponent)] = known.plus(ExactConstant({rest: coefficient}))
    except EnclosureFailure:
        return None
    return {power: coefficient for power, coefficient in found.items() if coefficient.terms}


def _depends(atom: Atom) -> bool:
    """Whether the symbol occurs in it."""
    if atom.function == "symbol":
        return True
    return any(_depends(inner) for monomial in atom.argument.terms for inner, _ in monomial)
