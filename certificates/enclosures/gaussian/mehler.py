"""Blocks of the population Hessian by Mehler's series with a Parseval tail, for φ' analytic in a strip (theory 4.1.3).

For rows of norms σ, τ and correlation r, |r| < 1, with coefficients c_n, e_n of φ'(σz), φ'(τz) and unit rows w̄, ū,
Stein's identity twice gives G = K_0 I + K_20 w̄w̄ᵀ + K_02 ūūᵀ + K_11(w̄ūᵀ + ūw̄ᵀ),

    K_0 = Σ c_n e_n rⁿ,  K_11 = Σ (n+1)c_{n+1}e_{n+1} rⁿ,  K_20 = Σ √((n+1)(n+2)) c_{n+2}e_n rⁿ,

and K_02 with c and e exchanged.

The terms beyond n = m = N − 2 of each are at most sup_{n>m} (n + 2)|r|ⁿ · √(t s), t = Σ_{p>m} c_p², s = Σ_{p>m} e_p²
(Cauchy–Schwarz; every weight is at most n + 2). Parallel rows, told by exact rationals, need no series:
G = q_0 I + (q_2 − q_0) w̄w̄ᵀ, q_p = E[φ'(σz)φ'(±τz)z^p].
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flint import arb

from certificates.arithmetic.arb import exact, precision, root_above
from certificates.arithmetic.effort import spend, word_count
from certificates.arithmetic.powers import natural_power
from certificates.enclosures.gaussian.blocks import Block, Products
from certificates.enclosures.gaussian.hermite import SlopeTable, parseval_rest, slope_table, working_bits
from certificates.enclosures.gaussian.truncation import symmetric
from certificates.errors import EnclosureFailure
from certificates.expression import Activation

__all__ = ["largest_weight", "series_blocks"]

Pair = tuple[int, int]


def series_blocks(activation: Activation, pairs: Mapping[Pair, Products], degree: int, bits: int) -> dict[Pair, Block]:
    """Enclose the blocks of all pairs of rows.

    Parameters
    ----------
    activation
        With a strip lemma.
    pairs
        Inner products of rows i ≤ j, those with themselves among them; no row is 0.
    degree
        N ≥ 2: coefficients c_0, …, c_N are computed.
    bits
        As in :func:`certificates.enclosures.gaussian.hermite.slope_table`.

    Guarantee
    ---------
    Each block encloses E[φ'(w_i·x) φ'(w_j·x) x xᵀ], x ~ N(0, I), whatever ``degree`` and ``bits`` are.

    May fail when
    -------------
    There is no strip lemma, too many nodes would be needed, or two rows are so nearly parallel that the ball of their
    correlation reaches 1: :class:`EnclosureFailure`.

    Examples
    --------
    >>> from certificates.enclosures.gaussian.blocks import products
    >>> from certificates.expression import parse_activation
    >>> found = series_blocks(parse_activation("erf0"), {(0, 0): products((1,), (1,))}, 8, 40)[0, 0]
    >>> bool(abs(found.identity - 1 / arb(5).sqrt()) < 1e-11)
    True
    """
    squares = sorted({pair.first for pair in pairs.values()} | {pair.second for pair in pairs.values()})
    place = {square: index for index, square in enumerate(squares)}
    with precision(working_bits(degree, bits)):
        norms = [exact(square).sqrt() for square in squares]
        series = _Series(slope_table(activation, norms, degree, bits), norms)
        return {key: series.block(pair, place[pair.first], place[pair.second]) for key, pair in pairs.items()}


class _Series:
    """Coefficients and what is left of them, for each norm."""

    def __init__(self, table: SlopeTable, norms: Sequence[arb]) -> None:
        self.table, self.norms = table, norms
        self.coefficients = table.coefficients()
        kept = table.degree - 1  # n ≤ m = N − 2
        self.rests = [parseval_rest(table.moments(i, i)[0], found[:kept]) for i, found in enumerate(self.coefficients)]
        self.pairs = [exact((n + 1) * (n + 2)).sqrt() for n in range(kept)]

    def block(self, pair: Products, i: int, j: int) -> Block:
        """Of rows with the norms i and j."""
        if pair.sign:
            return self._parallel(pair, i, j)
        length = self.norms[i] * self.norms[j]
        correlation = exact(pair.mixed) / length
        if not abs(correlation) < 1:
            raise EnclosureFailure("two rows are so nearly parallel that the ball of their correlation reaches 1")
        tail = symmetric(largest_weight(correlation, len(self.pairs)) * root_above(self.rests[i] * self.rests[j]))
        plain, first, second, mixed = (total + tail for total in self._sums(correlation, i, j))
        return Block(plain, first / exact(pair.first), second / exact(pair.second), mixed / length)

    def _sums(self, correlation: arb, i: int, j: int) -> tuple[arb, arb, arb, arb]:
        """K_0, K_20, K_02 and K_11 up to n = m."""
        c, e = self.coefficients[i], self.coefficients[j]
        spend(20 * len(self.pairs) * (1 + word_count() / 8))
        power, totals = exact(1), [exact(0)] * 4
        for n, root in enumerate(self.pairs):
            at_c, at_e = c[n] * power, e[n] * power
            totals[0] += at_c * e[n]
            totals[1] += root * c[n + 2] * at_e
            totals[2] += root * e[n + 2] * at_c
            totals[3] += (n + 1) * c[n + 1] * e[n + 1] * power
            power *= correlation
        return totals[0], totals[1], totals[2], totals[3]

    def _parallel(self, pair: Products, i: int, j: int) -> Block:
        plain, square = self.table.moments(i, j, pair.sign)
        return Block(plain, (square - plain) / exact(pair.first), exact(0), exact(0))


def largest_weight(correlation: arb, start: int) -> arb:
    """An upper bound of (n + 2)|r|ⁿ over all n ≥ ``start``, |r| < 1.

    The quotient of neighbours, |r|(n + 3)/(n + 2), is at most 1 from n + 2 ≥ |r|/(1 − |r|) on; over all real x,
    x|r|^{x−2} ≤ |r|^{−2}/(e ln(1/|r|)).

    Examples
    --------
    >>> largest_weight(arb(1) / 2, 3)
    0.625000000000000
    """
    size = abs(correlation).upper()
    if size * (start + 3) <= start + 2:
        bound: arb = (start + 2) * natural_power(size, start)
        return bound
    found: arb = 1 / (size * size * exact(1).exp() * -size.log())
    return found
