"""Integrals of φ'(σz)ⁱ zʲ e^{−z²/2} by Taylor expansion on adaptively bisected cells, in real arithmetic.

On a cell [m − r, m + r] let F(m + rs) = Σ_{k<n} f_k s^k + f_n(ξ_s) s^n with f_k the scaled Taylor coefficients at m
and f_n(ξ) the one at some point ξ of the cell (Lagrange). For even n, s^n ≥ 0, so with a ball B ⊇ {f_n(ξ)}

    ∫_{m−r}^{m+r} F dz ∈ r (Σ_{k<n even} 2f_k/(k + 1) + 2B/(n + 1)).

B comes from power series whose constant term is the whole cell. A series that comes back proves that the formula is
analytic there, so this works for every formula and every piece of one, without complex numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from flint import arb, arb_series

from certificates.arithmetic.arb import exact, series_length
from certificates.arithmetic.effort import spend, spend_rationals, word_count
from certificates.enclosures.formulas.power_series import Compiled, compiled
from certificates.enclosures.intervals.pieces import evaluation_effort
from certificates.errors import EnclosureFailure
from certificates.expression import Expression

__all__ = ["taylor_integrals"]

_MOST_CELLS = 4_000
_DEEPEST = 64  # bisections beyond the bits of σ: a singularity nearer than that to the real line is refused

Segment = tuple[Expression, Fraction, Fraction]


@dataclass(frozen=True)
class _Task:
    """What stays the same on all cells; ``order`` is n, even."""

    orders: Sequence[tuple[int, int]]
    sigma: arb
    order: int
    goals: Sequence[arb]
    relative_goal: arb


def taylor_integrals(
    segments: Sequence[Segment], orders: Sequence[tuple[int, int]], sigma: Fraction, goals: Sequence[arb], bits: int
) -> list[arb]:
    """Enclose ∫ φ'(σz)ⁱ zʲ e^{−z²/2} dz over the union of the segments, for all orders at once.

    Parameters
    ----------
    segments
        Formulas of φ with the intervals of z on which they are in force.
    orders
        Pairs (i, j).
    sigma
        σ > 0.
    goals
        For each order, an error that is good enough on a cell.
    bits
        A cell is also good enough if its error is smaller than 2^−bits times what it may contribute.

    Guarantee
    ---------
    Ball k contains the integral for ``orders[k]``.

    May fail when
    -------------
    A formula is not proven analytic on a closed segment, or 4,000 cells do not suffice: :class:`EnclosureFailure`.
    """
    order = 2 * (bits // 4) + 12
    task = _Task(orders, exact(sigma), order, goals, exact(Fraction(1, 2**bits)))
    totals = [exact(0) for _ in orders]
    depth = _DEEPEST + sigma.numerator.bit_length()
    spent = 0
    with series_length(order + 2):
        for piece, left, right in segments:
            # FLINT multiplies two series in about length · words/8 operations, long numbers more slowly
            words = word_count()
            cost = (evaluation_effort(piece) + 20) * (order + 2) * (words + 3) * (1 + words // 16) // 8
            waiting = [(left, right, 0)]
            while waiting:
                a, b, level = waiting.pop()
                spent += 1
                spend(cost)
                spend_rationals(b.denominator.bit_length() + a.denominator.bit_length(), 8)
                if spent > _MOST_CELLS or level > depth:
                    raise EnclosureFailure(f"Taylor expansion makes no progress near z = {float(a):.4g}, σ = {sigma}")
                found = _integrated(compiled(piece), a, b, task)
                if found is None:
                    middle = (a + b) / 2
                    waiting += [(middle, b, level + 1), (a, middle, level + 1)]
                else:
                    totals = [total + part for total, part in zip(totals, found, strict=True)]
    return totals


def _integrated(formula: Compiled, a: Fraction, b: Fraction, task: _Task) -> list[arb] | None:
    """The integrals over one cell; ``None`` if it is too wide."""
    radius, middle, whole = exact((b - a) / 2), exact((a + b) / 2), exact(a).union(exact(b))
    try:
        wide = _expansions(formula, whole, radius, task)
    except EnclosureFailure:
        return None
    n = task.order
    remainders = [2 * f[n] / (n + 1) for f in wide]
    for f, remainder, goal in zip(wide, remainders, task.goals, strict=True):
        error = abs(remainder).upper()
        if not (error * radius < goal or error < 2 * abs(f[0]).upper() * task.relative_goal):
            return None
    centre = _expansions(formula, middle, radius, task)
    return [radius * (_even_part(f, n) + remainder) for f, remainder in zip(centre, remainders, strict=True)]


def _even_part(f: arb_series, order: int) -> arb:
    """Σ_{k < order, even} 2f_k/(k + 1)."""
    total = exact(0)
    for k in range(0, order, 2):
        total += f[k] / (k + 1)
    return 2 * total


def _expansions(formula: Compiled, z: arb, radius: arb, task: _Task) -> list[arb_series]:
    """The series of F(z + rs) in s up to s^n, for every pair of orders."""
    length = task.order + 1
    variable = arb_series([z, radius], length)
    weight = arb_series([-z * z / 2, -z * radius, -radius * radius / 2], length).exp()
    slopes = [arb_series([1], length)]
    if any(i for i, _ in task.orders):
        slopes.append(_slope(formula, z, radius, task))
    while len(slopes) <= max(i for i, _ in task.orders):
        slopes.append(slopes[-1] * slopes[1])
    weights = [weight]
    while len(weights) <= max(j for _, j in task.orders):
        weights.append(weights[-1] * variable)
    found = [weights[j] * slopes[i] if i else weights[j] for i, j in task.orders]
    if any(f.prec < length for f in found):
        raise EnclosureFailure("power series are cut off too early")
    return found


def _slope(formula: Compiled, z: arb, radius: arb, task: _Task) -> arb_series:
    """φ'(σ(z + rs)) = d/ds φ(σz + σrs) / (σr)."""
    pace = task.sigma * radius
    value = formula(arb_series([task.sigma * z, pace], task.order + 2))
    if not isinstance(value, arb_series):  # a constant
        return arb_series([0], task.order + 1)
    return value.derivative() * (1 / pace)
