"""Activations whose slope tends to a step: φ'(u) → κ₋ and κ₊ as u → ∓∞ (theory 2.5.4).

With f = φ', v = 1/σ, step(u) = κ₊ for u > 0 and κ₋ for u < 0, and m_j = E z₊ʲ, substituting u = σz gives

    α_{i,j}(σ) = m_j (κ₊ⁱ + (−1)ʲ κ₋ⁱ) + v^{j+1} H_{i,j}(v²)/√(2π),   H_{i,j}(s) = ∫ (fⁱ − stepⁱ)(u) uʲ e^{−su²/2} du,

    |H_{i,j}(s)| ≤ J_{i,j},   |H_{i,j}(s) − H_{i,j}(0)| ≤ ½ s J_{i,j+2},   J_{i,j} = ∫ |fⁱ − stepⁱ| |u|ʲ du.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from flint import acb, arb

from certificates.arithmetic.arb import exact, precision
from certificates.arithmetic.powers import by_squaring, natural_power
from certificates.enclosures.formulas.exact_constants import ONE, ExactConstant
from certificates.enclosures.formulas.power_series import compiled, complex_derivatives
from certificates.enclosures.gaussian.integration import integrate
from certificates.enclosures.gaussian.truncation import absolute_moment, symmetric
from certificates.enclosures.infinity.monomials import Monomial
from certificates.enclosures.infinity.tails import Tail, slope_limit, tail, tail_of_slope_power
from certificates.enclosures.intervals.pieces import evaluation_effort, pieces_of
from certificates.enclosures.intervals.tilings import cell_range
from certificates.errors import EnclosureFailure
from certificates.expression import Activation, Expression
from certificates.memory import remembered

__all__ = ["StepLimit", "second_derivative_integral", "step_limit"]

_BITS = 96
_START = Fraction(32)
# fine where φ' still varies
_EDGES = [Fraction(k, 32) for k in range(8 * 32)] + [Fraction(k, 4) for k in range(8 * 4, 32 * 4 + 1)]


@dataclass(frozen=True)
class StepLimit:
    """The step that φ' tends to, and the integrals of the difference.

    Parameters
    ----------
    left, right
        κ₋ and κ₊.
    activation
        φ.
    """

    activation: Activation
    left: ExactConstant
    right: ExactConstant

    def moment(self, i: int, j: int) -> arb:
        """The limit of α_{i,j}(σ) as σ → ∞: m_j(κ₊ⁱ + (−1)ʲκ₋ⁱ)."""
        plus, minus = _power(self.right, i).enclose(), _power(self.left, i).enclose()
        return absolute_moment(j) / 2 * (plus - minus if j % 2 else plus + minus)

    def absolute_integral(self, i: int, j: int) -> arb:
        """An upper bound of J_{i,j}."""
        return _absolute(self, i, j)

    def signed_integral(self, i: int, j: int) -> arb:
        """An enclosure of H_{i,j}(0)."""
        return _signed(self, i, j)


def _power(constant: ExactConstant, exponent: int) -> ExactConstant:
    return by_squaring(constant, exponent, ONE, ExactConstant.times)


@remembered(64)
def step_limit(activation: Activation) -> StepLimit:
    """The step that φ' tends to.

    Parameters
    ----------
    activation
        φ, with no breakpoint other than 0.

    May fail when
    -------------
    A breakpoint is not 0, or φ' has no exactly known limits: :class:`EnclosureFailure`.

    Examples
    --------
    >>> from certificates.expression import parse_activation
    >>> found = step_limit(parse_activation("silu"))
    >>> found.left.key, found.right.key
    ('', '1')
    """
    _require_no_breakpoint_but_0(activation)
    with precision(_BITS):
        return StepLimit(activation, slope_limit(activation, _START, -1), slope_limit(activation, _START, 1))


def _require_no_breakpoint_but_0(activation: Activation) -> None:
    """Each half-line has one formula then."""
    if any(b != 0 for b in pieces_of(activation)[1]):
        raise EnclosureFailure("a breakpoint other than 0")


@remembered(512)
def _absolute(limit: StepLimit, i: int, j: int) -> arb:
    with precision(_BITS):
        total = exact(0)
        for side, level in ((-1, limit.left), (1, limit.right)):
            kappa = _power(level, i).enclose()
            for slope, farthest, width in _slope_cells(limit.activation, side):
                total += abs(natural_power(slope, i) - kappa).upper() * natural_power(farthest, j) * width
            total += _tail_integral(tail_of_slope_power(limit.activation, i, level, _START, side), j)
        return total.upper()


@remembered(64)
def _slope_cells(activation: Activation, side: int) -> list[tuple[arb, arb, arb]]:
    """Cells of side·[0, 32]: the range of φ', the largest |u|, the width."""
    piece = _side_piece(activation, side)
    found = []
    for near, far in pairwise(_EDGES):
        low, high = cell_range(piece, (near, far) if side > 0 else (-far, -near), 1)
        found.append((low.union(high), exact(far), exact(far - near)))
    return found


@remembered(512)
def second_derivative_integral(activation: Activation, i: int, j: int) -> arb:
    """An upper bound of K = ∫ |(fⁱ)''(u)| |u|ʲ du/√(2π) over both half-lines, for i = 1 or 2.

    f'' is the third derivative of φ, (f²)'' = 2(f'² + f f''), each taken on an open half-line; a jump of f or f' at 0
    is not counted. It need not be: ∫₀^∞ fⁱ(σz) zʲ n(z) dz is differentiated under the integral, the end 0 does not
    move, and u = σz gives |α_{ij}''(σ)| ≤ σ^{−j−3} K_{i,j+2}.

    May fail when
    -------------
    A breakpoint is not 0, or a tail is outside the classes of :mod:`tail_ring`: :class:`EnclosureFailure`.
    """
    _require_no_breakpoint_but_0(activation)
    with precision(_BITS):
        total = exact(0)
        for side in (-1, 1):
            piece = _side_piece(activation, side)
            for near, far in pairwise(_EDGES):
                cell = (near, far) if side > 0 else (-far, -near)
                f, f1, f2 = _ranges(piece, cell)
                bend = f2 if i == 1 else 2 * (f1 * f1 + f * f2)
                total += abs(bend).upper() * natural_power(exact(far), j) * exact(far - near)
            slope, bent, twice = (tail(activation, k, _START, side) for k in (1, 2, 3))
            total += _tail_integral(twice, j) * (exact(1) if i == 1 else 2 * abs(slope.range()).upper())
            total += exact(0) if i == 1 else 2 * abs(bent.range()).upper() * _tail_integral(bent, j)
        return (total / (2 * arb.pi()).sqrt()).upper()


@remembered(4096)
def _ranges(piece: Expression, cell: tuple[Fraction, Fraction]) -> tuple[arb, arb, arb]:
    """The first three derivatives of φ on a cell."""
    found = [cell_range(piece, cell, k) for k in (1, 2, 3)]
    return found[0][0].union(found[0][1]), found[1][0].union(found[1][1]), found[2][0].union(found[2][1])


def _side_piece(activation: Activation, side: int) -> Expression:
    pieces, _ = pieces_of(activation)
    return pieces[-1] if side > 0 else pieces[0]


def _tail_integral(rest: Tail, j: int) -> arb:
    """∫_R^∞ m(t)|g|tʲ dt ≤ R^{j+1} m(R) sup|g|, since t^{j+2} m(t) does not increase and ∫_R^∞ t^{−2} = 1/R."""
    if rest.factor.is_zero():
        return exact(0)
    weighted = rest.monomial.times(Monomial(Fraction(0), Fraction(0), Fraction(j + 2)))
    if not weighted.is_decreasing_from(rest.start):
        raise EnclosureFailure("φ' tends to its limits too slowly")
    return abs(rest.factor).upper() * rest.monomial.at(rest.start) * natural_power(exact(rest.start), j + 1)


@remembered(512)
def _signed(limit: StepLimit, i: int, j: int) -> arb:
    with precision(_BITS + 32):
        total = exact(0)
        for side, level in ((-1, limit.left), (1, limit.right)):
            kappa = acb(_power(level, i).enclose())
            found = _integral(_side_piece(limit.activation, side), i, j, kappa, side)
            bound = _tail_integral(tail_of_slope_power(limit.activation, i, level, _START, side), j)
            total += found + symmetric(bound)
        return total


def _integral(piece: Expression, i: int, j: int, kappa: acb, side: int) -> arb:
    formula = compiled(piece)

    def integrand(u: acb) -> acb:
        try:
            slope = complex_derivatives(formula, u, 1)[1]
        except EnclosureFailure:
            return acb("nan")
        value = slope
        for _ in range(i - 1):
            value *= slope
        value -= kappa
        for _ in range(j):
            value *= u
        return value

    ends = (acb(0), acb(exact(_START))) if side > 0 else (acb(exact(-_START)), acb(0))
    goal, nodes = arb(2) ** -60, 4 * evaluation_effort(piece)
    return integrate(integrand, *ends, relative=goal, absolute=goal, nodes=nodes).real
