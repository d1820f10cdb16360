"""Is φ continuous, and φ' Lipschitz, across its breakpoints? Decided by exact comparison (theory 2.4).

Between breakpoints a formula is analytic wherever it is defined, and every range enclosure proves that it is
defined: :mod:`certificates.enclosures.intervals.ranges` fails otherwise. So only the breakpoints are examined here.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from certificates.arithmetic.arb import precision
from certificates.enclosures.formulas.exact_constants import ZERO, ExactConstant, ExactRing, equal
from certificates.enclosures.formulas.jets import jet
from certificates.enclosures.intervals.pieces import pieces_of
from certificates.errors import EnclosureFailure
from certificates.expression import Activation, Expression
from certificates.memory import remembered

__all__ = ["Smoothness", "is_certainly_c2", "slope_jumps_at", "smoothness"]

_RING = ExactRing()
_LONGEST_SHOWN = 80  # characters of a formula in a sentence


@dataclass(frozen=True)
class Smoothness:
    """What is known about φ at its breakpoints.

    Parameters
    ----------
    is_certainly_continuous
        φ is proven continuous at every breakpoint.
    is_certainly_discontinuous
        φ itself is proven to jump somewhere.
    is_certainly_c11
        φ and φ' are proven continuous at every breakpoint; hence φ' is Lipschitz on every bounded interval on
        which the formulas are defined.
    is_certainly_not_c11
        φ or φ' is proven to jump somewhere.
    reason
        One sentence for a refusal, or why it is smooth.
    """

    is_certainly_continuous: bool
    is_certainly_discontinuous: bool
    is_certainly_c11: bool
    is_certainly_not_c11: bool
    reason: str


@remembered(256)
def smoothness(activation: Activation) -> Smoothness:
    """Decide whether φ is C¹ across its breakpoints.

    Parameters
    ----------
    activation
        Any activation.

    Guarantee
    ---------
    ``is_certainly_c11`` is true only if the one-sided limits of φ and of φ' agree exactly, as numbers of the
    real line, at every breakpoint; ``is_certainly_not_c11`` only if a pair of them certainly differs,
    ``is_certainly_discontinuous`` only if a pair of values does. All are false where the exact arithmetic cannot tell.

    References
    ----------
    Theory 2.4 (breakpoints), 1.4 (why the a.e. supremum of φ'' across a jump of φ' is no bound).

    Examples
    --------
    >>> from certificates.expression import parse_activation
    >>> smoothness(parse_activation("relu")).reason
    "relu: φ' jumps from 0 to 1 at z = 0"
    >>> smoothness(parse_activation("softsign")).is_certainly_c11
    True
    >>> smoothness(parse_activation("piecewise(0, 0, z, 1, z+1)")).is_certainly_discontinuous
    True
    """
    pieces, breakpoints = pieces_of(activation)
    text = activation.text if len(activation.text) <= _LONGEST_SHOWN else activation.text[:_LONGEST_SHOWN] + "…"
    joints = [_joint(left, right, b) for left, right, b in zip(pieces, pieces[1:], breakpoints, strict=False)]
    continuous = all(joint.value is True for joint in joints)
    jump = next((joint for joint in joints if joint.value is False), None)
    broken = jump or next((joint for joint in joints if joint.slope is False), None)
    unknown = next((joint for joint in joints if joint.value is None or joint.slope is None), None)
    blamed = broken or unknown
    if blamed is not None:
        reason = f"{text}: {blamed.text}"
        return Smoothness(continuous, jump is not None, False, broken is not None, reason)
    where = ", ".join(f"z = {b}" for b in breakpoints)
    how = f"φ and φ' are continuous at {where}" if breakpoints else "one formula on the whole line"
    return Smoothness(True, False, True, False, f"{text}: {how}")


@remembered(256)
def is_certainly_c2(activation: Activation) -> bool:
    """Whether φ, φ' and φ'' are proven continuous at every breakpoint; then φ'' is Lipschitz on bounded intervals.

    Examples
    --------
    >>> from certificates.expression import parse_activation
    >>> is_certainly_c2(parse_activation("gelu")), is_certainly_c2(parse_activation("elu"))
    (True, False)
    """
    if not smoothness(activation).is_certainly_c11:
        return False
    pieces, breakpoints = pieces_of(activation)
    try:
        return all(
            equal(_at(left, b, 2), _at(right, b, 2)) is True
            for left, right, b in zip(pieces, pieces[1:], breakpoints, strict=False)
        )
    except EnclosureFailure:
        return False


def slope_jumps_at(activation: Activation, point: Fraction) -> bool:
    """Whether φ' certainly has two different one-sided values at a point.

    Examples
    --------
    >>> from certificates.expression import parse_activation
    >>> relu = parse_activation("relu")
    >>> slope_jumps_at(relu, Fraction(0)), slope_jumps_at(relu, Fraction(1))
    (True, False)
    """
    pieces, breakpoints = pieces_of(activation)
    joints = zip(pieces, pieces[1:], breakpoints, strict=False)
    return any(_joint(left, right, b).slope is False for left, right, b in joints if b == point)


@dataclass(frozen=True)
class _Joint:
    """Whether φ and φ' agree at a breakpoint: yes, no, unknown (``None``)."""

    value: bool | None
    slope: bool | None
    text: str


def _joint(left: Expression, right: Expression, b: Fraction) -> _Joint:
    try:
        value, other_value = _at(left, b, 0), _at(right, b, 0)
        values = equal(value, other_value)
        if values is False:  # the slopes, which need not exist, cannot mend that
            return _Joint(False, None, _gap("φ", values, value, other_value, b))
        slope, other_slope = _at(left, b, 1), _at(right, b, 1)
    except EnclosureFailure as failure:
        return _Joint(None, None, f"the one-sided values at z = {b} are not decided exactly ({failure})")
    slopes = equal(slope, other_slope)
    if values is None:
        return _Joint(values, slopes, _gap("φ", values, value, other_value, b))
    return _Joint(values, slopes, _gap("φ'", slopes, slope, other_slope, b))


def _at(piece: Expression, b: Fraction, derivative: int) -> ExactConstant:
    """φ(b), φ'(b) or φ''(b)/2 of one formula."""
    point: ExactConstant | None = _RING.number(b) if b else None
    return jet(piece, point, derivative, _RING)[derivative] or ZERO


def _gap(what: str, same: bool | None, left: ExactConstant, right: ExactConstant, b: Fraction) -> str:
    if same is None:
        return f"it is not decided whether {what} is continuous at z = {b}"
    if _digits(left) == _digits(right):
        return f"{what} jumps by {_digits(right.plus(left.scaled(Fraction(-1))))} at z = {b}"
    return f"{what} jumps from {_shown(left)} to {_shown(right)} at z = {b}"


def _shown(constant: ExactConstant) -> str:
    """A short rational as it is, anything else to a few digits."""
    value = constant.rational
    return str(value) if value is not None and len(str(value)) <= 12 else _digits(constant)


def _digits(constant: ExactConstant) -> str:
    with precision(4096):
        return str(constant.enclose().str(6, radius=False))
