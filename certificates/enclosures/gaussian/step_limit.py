"""Activations whose slope tends to a step, or to a constant: φ'(u) → κ₋ and κ₊ as u → ∓∞ (theory 2.5.4).

With f = φ', v = 1/σ, step(u) = κ₊ for u > 0 and κ₋ for u < 0, and m_j = E z₊ʲ, substituting u = σz gives

    α_{i,j}(σ) = m_j (κ₊ⁱ + (−1)ʲ κ₋ⁱ) + v^{j+1} H_{i,j}(v²)/√(2π),   H_{i,j}(s) = ∫ (fⁱ − stepⁱ)(u) uʲ e^{−su²/2} du,

    |H_{i,j}(s)| ≤ J_{i,j},   |H_{i,j}(s) − H_{i,j}(0)| ≤ ½ s J_{i,j+2},   J_{i,j} = ∫ |fⁱ − stepⁱ| |u|ʲ du.

f may jump, and bend, anywhere. If both limits are κ, the same holds of g = f − κ, which tends to 0: ``centred``.
Where J_{i,j+2} is infinite (algebraic tails),

    |v^{j+1}H_{i,j}(v²)| ≤ v^{j+1} ∫_{|u|≤R} |fⁱ − stepⁱ| |u|ʲ du + √(2π) M_j sup_{|u|>R} |fⁱ − stepⁱ|.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from flint import acb, arb

from certificates.arithmetic.arb import exact, precision
from certificates.arithmetic.powers import by_squaring, natural_power
from certificates.enclosures.formulas.exact_constants import ONE, ExactConstant, equal
from certificates.enclosures.formulas.power_series import compiled, complex_derivatives
from certificates.enclosures.gaussian.integration import integrate
from certificates.enclosures.gaussian.truncation import absolute_moment, symmetric
from certificates.enclosures.infinity.monomials import ONE_MONOMIAL, Monomial
from certificates.enclosures.infinity.tails import Tail, slope_limit, tail, tail_of_slope_power
from certificates.enclosures.intervals.pieces import evaluation_effort, pieces_of
from certificates.enclosures.intervals.tilings import cell_range, piece_on
from certificates.errors import EnclosureFailure
from certificates.expression import Activation, Expression
from certificates.memory import remembered

__all__ = ["StepLimit", "second_derivative_integral", "step_limit"]

_BITS = 96
_STARTS = [Fraction(2**k) for k in range(5, 11)]
_FINE = [Fraction(k, 32) for k in range(8 * 32)]  # where φ' still varies


@dataclass(frozen=True)
class StepLimit:
    """The step that φ' tends to, and the integrals of the difference.

    Parameters
    ----------
    activation
        φ.
    left, right
        κ₋ and κ₊.
    start
        R, beyond every breakpoint, from where on the expansions of φ' at infinity are known.
    """

    activation: Activation
    left: ExactConstant
    right: ExactConstant
    start: Fraction

    @property
    def common(self) -> ExactConstant | None:
        """κ, if it is the limit on both sides."""
        return self.left if equal(self.left, self.right) else None

    def moment(self, i: int, j: int) -> arb:
        """The limit of α_{i,j}(σ) as σ → ∞: m_j(κ₊ⁱ + (−1)ʲκ₋ⁱ)."""
        plus, minus = _power(self.right, i).enclose(), _power(self.left, i).enclose()
        return absolute_moment(j) / 2 * (plus - minus if j % 2 else plus + minus)

    def absolute_integral(self, i: int, j: int, *, centred: bool = False) -> arb:
        """An upper bound of J_{i,j}, of g = f − κ if ``centred``."""
        return _absolute(self, i, j, centred)

    def signed_integral(self, i: int, j: int, *, centred: bool = False) -> arb:
        """An enclosure of H_{i,j}(0), of g = f − κ if ``centred``."""
        return _signed(self, i, j, centred)

    def crude_distance(self, i: int, j: int, v: arb) -> arb:
        """An upper bound of |α_{i,j}(1/v') − its limit| for all v' ≤ v, also where the tails of φ' are algebraic."""
        return natural_power(v, j + 1) * _inner(self, i, j) / (2 * arb.pi()).sqrt() + _beyond(
            self, i
        ) * absolute_moment(j)


def _power(constant: ExactConstant, exponent: int) -> ExactConstant:
    return by_squaring(constant, exponent, ONE, ExactConstant.times)


@remembered(64)
def step_limit(activation: Activation) -> StepLimit:
    """The step that φ' tends to.

    Parameters
    ----------
    activation
        φ, continuous; φ' may jump at its breakpoints.

    May fail when
    -------------
    φ' has no exactly known limits: :class:`EnclosureFailure`.

    Examples
    --------
    >>> from certificates.expression import parse_activation
    >>> found = step_limit(parse_activation("silu"))
    >>> found.left.key, found.right.key
    ('', '1')
    """
    nearest = max((2 * abs(b) for b in pieces_of(activation)[1]), default=Fraction(0))
    failure: EnclosureFailure | None = None
    with precision(_BITS):
        for start in dict.fromkeys(max(nearest, s) for s in _STARTS):
            try:
                left, right = (slope_limit(activation, start, side) for side in (-1, 1))
            except EnclosureFailure as refused:
                failure = failure or refused
            else:
                return StepLimit(activation, left, right, start)
    raise failure or EnclosureFailure("φ' has no known limits")


def _side_cells(
    activation: Activation, side: int, start: Fraction
) -> list[tuple[Expression, tuple[Fraction, Fraction]]]:
    """Cells that tile side·[0, R], cut at the breakpoints, each with its formula."""
    width = max(Fraction(1, 4), start / 512)
    coarse = [8 + k * width for k in range(int((start - 8) / width))]
    cuts = [side * b for b in pieces_of(activation)[1] if 0 < side * b < start]
    edges = sorted({*_FINE, *coarse, *cuts, start})
    cells = [(near, far) if side > 0 else (-far, -near) for near, far in pairwise(edges)]
    return [(piece_on(activation, cell), cell) for cell in cells]


@remembered(64)
def _slope_cells(activation: Activation, side: int, start: Fraction) -> list[tuple[arb, arb, arb]]:
    """On each cell of side·[0, R]: the range of φ', the largest |u|, the width."""
    found = []
    for piece, cell in _side_cells(activation, side, start):
        low, high = cell_range(piece, cell, 1)
        found.append((low.union(high), exact(max(abs(cell[0]), abs(cell[1]))), exact(cell[1] - cell[0])))
    return found


def _sides(limit: StepLimit) -> tuple[tuple[int, ExactConstant], tuple[int, ExactConstant]]:
    return (-1, limit.left), (1, limit.right)


@remembered(512)
def _absolute(limit: StepLimit, i: int, j: int, centred: bool) -> arb:
    with precision(_BITS):
        total = _inner(limit, i, j, centred=centred)
        for side, level in _sides(limit):
            total += _tail_integral(_rest(limit, i, level, side, centred=centred), j)
        return total.upper()


def _inner(limit: StepLimit, i: int, j: int, *, centred: bool = False) -> arb:
    """An upper bound of J_{i,j} over [−R, R]."""
    total = exact(0)
    for side, level in _sides(limit):
        kappa, shift = _power(level, i).enclose(), level.enclose()
        for slope, farthest, width in _slope_cells(limit.activation, side, limit.start):
            value = natural_power(slope - shift, i) if centred else natural_power(slope, i) - kappa
            total += abs(value).upper() * natural_power(farthest, j) * width
    return total


def _beyond(limit: StepLimit, i: int) -> arb:
    """sup |fⁱ − stepⁱ| beyond R."""
    ranges = [_rest(limit, i, level, side, centred=False).range() for side, level in _sides(limit)]
    return abs(ranges[0]).upper().max(abs(ranges[1]).upper())


def _rest(limit: StepLimit, i: int, level: ExactConstant, side: int, *, centred: bool) -> Tail:
    """fⁱ − κⁱ on one tail, or (f − κ)ⁱ."""
    rest = tail_of_slope_power(limit.activation, 1 if centred else i, level, limit.start, side)
    if not centred:
        return rest
    monomial, factor = ONE_MONOMIAL, exact(1)
    for _ in range(i):
        monomial, factor = monomial.times(rest.monomial), factor * rest.factor
    return Tail(monomial, factor, rest.start)


@remembered(512)
def second_derivative_integral(activation: Activation, i: int, j: int) -> arb:
    """An upper bound of K = ∫ |(fⁱ)''(u)| |u|ʲ du/√(2π) away from the breakpoints, for i = 1 or 2.

    f'' is the third derivative of φ, (f²)'' = 2(f'² + f f''), each taken on open intervals; jumps of f and f' are not
    counted (:mod:`certificates.theorems.step_cells` adds what those off 0 do; one at 0 does nothing).

    May fail when
    -------------
    A tail is outside the classes of :mod:`tail_ring`, or too heavy: :class:`EnclosureFailure`.
    """
    with precision(_BITS):
        start, total = step_limit(activation).start, exact(0)
        for side in (-1, 1):
            for piece, cell in _side_cells(activation, side, start):
                f, f1, f2 = _ranges(piece, cell)
                bend = f2 if i == 1 else 2 * (f1 * f1 + f * f2)
                farthest = exact(max(abs(cell[0]), abs(cell[1])))
                total += abs(bend).upper() * natural_power(farthest, j) * exact(cell[1] - cell[0])
            slope, bent, twice = (tail(activation, k, start, side) for k in (1, 2, 3))
            total += _tail_integral(twice, j) * (exact(1) if i == 1 else 2 * abs(slope.range()).upper())
            total += exact(0) if i == 1 else 2 * abs(bent.range()).upper() * _tail_integral(bent, j)
        return (total / (2 * arb.pi()).sqrt()).upper()


@remembered(4096)
def _ranges(piece: Expression, cell: tuple[Fraction, Fraction]) -> tuple[arb, arb, arb]:
    """The first three derivatives of φ on a cell."""
    found = [cell_range(piece, cell, k) for k in (1, 2, 3)]
    return found[0][0].union(found[0][1]), found[1][0].union(found[1][1]), found[2][0].union(found[2][1])


def _tail_integral(rest: Tail, j: int) -> arb:
    """∫_R^∞ m(t)|g|tʲ dt ≤ R^{j+1} m(R) sup|g|, since t^{j+2} m(t) does not increase and ∫_R^∞ t^{−2} = 1/R."""
    if rest.factor.is_zero():
        return exact(0)
    weighted = rest.monomial.times(Monomial(Fraction(0), Fraction(0), Fraction(j + 2)))
    if not weighted.is_decreasing_from(rest.start):
        raise EnclosureFailure("φ' tends to its limits too slowly")
    return abs(rest.factor).upper() * rest.monomial.at(rest.start) * natural_power(exact(rest.start), j + 1)


@remembered(512)
def _signed(limit: StepLimit, i: int, j: int, centred: bool) -> arb:
    with precision(_BITS + 32):
        total = exact(0)
        for side, level in _sides(limit):
            for piece, ends in _side_pieces(limit, side):
                total += _integral(piece, i, j, level, ends, centred=centred)
            total += symmetric(_tail_integral(_rest(limit, i, level, side, centred=centred), j))
        return total


def _side_pieces(limit: StepLimit, side: int) -> list[tuple[Expression, tuple[Fraction, Fraction]]]:
    """side·[0, R] cut at the breakpoints only."""
    cuts = [side * b for b in pieces_of(limit.activation)[1] if 0 < side * b < limit.start]
    edges = [Fraction(0), *sorted(cuts), limit.start]
    cells = [(near, far) if side > 0 else (-far, -near) for near, far in pairwise(edges)]
    return [(piece_on(limit.activation, cell), cell) for cell in cells]


def _integral(
    piece: Expression, i: int, j: int, level: ExactConstant, ends: tuple[Fraction, Fraction], *, centred: bool
) -> arb:
    formula, kappa, shift = compiled(piece), acb(_power(level, i).enclose()), acb(level.enclose())

    def integrand(u: acb) -> acb:
        try:
            slope = complex_derivatives(formula, u, 1)[1]
        except EnclosureFailure:
            return acb("nan")
        base = slope - shift if centred else slope
        value = base
        for _ in range(i - 1):
            value *= base
        value = value if centred else value - kappa
        for _ in range(j):
            value *= u
        return value

    goal, nodes = arb(2) ** -60, 4 * evaluation_effort(piece)
    left, right = (acb(exact(end)) for end in ends)
    return integrate(integrand, left, right, relative=goal, absolute=goal, nodes=nodes).real
