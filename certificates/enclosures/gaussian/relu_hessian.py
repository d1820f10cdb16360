"""The Hessian of the population loss of ReLU units that learn e_1 … e_k, in binary64 balls (lemma 4.4.2).

With w̄ = w/‖w‖, g = 1/(2π sin θ) and q(w, u) = ū − cos θ w̄ the blocks (k, k) of ∇²F(W), with α and T of
:mod:`certificates.enclosures.gaussian.relu_units`, are

    i ≠ i':  α I + g (w̄_i w̄_i'ᵀ + w̄_i' w̄_iᵀ) − g cos θ (w̄_i w̄_iᵀ + w̄_i' w̄_i'ᵀ),
    i = i':  T_ii I − (T_ii − ½) w̄_i w̄_iᵀ + Σ_u ± g ‖u‖/‖w_i‖ q(w_i, u) q(w_i, u)ᵀ,

u over the other students with + and the teachers with −. Scalars are Arb's; what has n²k² entries is not.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from flint import arb

from certificates.arithmetic.arb import exact
from certificates.arithmetic.arb_matrix import ArbMatrix
from certificates.arithmetic.ball_array import BallArray
from certificates.arithmetic.ball_matrix import BallMatrix
from certificates.arithmetic.close_products import close_product
from certificates.arithmetic.effort import reserve
from certificates.arithmetic.rounding import FloatArray
from certificates.enclosures.gaussian.relu_units import ReluUnits

__all__ = ["in_balls", "relu_hessian"]

_BYTES = 40  # of an entry: midpoint and radius, twice while the upper triangle is written, and a row of blocks


def in_balls(matrix: ArbMatrix) -> BallMatrix:
    """The same matrix in binary64, rounded outwards, a radius for each entry."""
    return BallMatrix.of(BallArray.between(*matrix.entry_bounds()))


@dataclass(frozen=True)
class _Scalars:
    """What the blocks are made of: w̄ of students and e_j (n + k, k), T_ii (n,), the rest (n, n + k)."""

    directions: BallArray
    own: BallArray
    shares: BallArray
    cosines: BallArray
    crossed: BallArray
    folded: BallArray
    bends: BallArray


def relu_hessian(units: ReluUnits) -> BallMatrix:
    """∇²F(W), (nk, nk), parameters ordered by student.

    Guarantee
    ---------
    Contains ∇²F(W) for every W of the enclosure that ``units`` were made of; symmetric bit for bit.

    Examples
    --------
    >>> from certificates.enclosures.gaussian.relu_units import relu_units
    >>> found = relu_hessian(relu_units(ArbMatrix.from_exact(np.array([[1.0, 1.0]]))))
    >>> found.shape, bool(np.allclose(found.mid, found.mid.T))
    ((2, 2), True)
    """
    count, k = units.weights.shape
    reserve(_BYTES * (count * k) ** 2)
    scalars = _scalars(units)
    squares = _outer(_part(scalars.directions, slice(0, count)), _part(scalars.directions, slice(0, count)))
    mid, rad = np.zeros((count, k, count, k)), np.zeros((count, k, count, k))
    for i in range(count):
        if i:
            row = _mixed(scalars, squares, i)
            mid[i, :, :i], rad[i, :, :i] = row.mid.transpose(1, 0, 2), row.rad.transpose(1, 0, 2)
        block = _diagonal(scalars, squares, i)
        mid[i, :, i], rad[i, :, i] = block.mid, block.rad
    return BallMatrix(*(_mirrored(each.reshape(count * k, count * k)) for each in (mid, rad)))


def _mirrored(matrix: FloatArray) -> FloatArray:
    """The lower triangle, and above it the same: what is enclosed is symmetric."""
    mirrored: FloatArray = np.tril(matrix) + np.tril(matrix, -1).T
    return mirrored


def _scalars(units: ReluUnits) -> _Scalars:
    count, k = units.weights.shape
    lengths, turn = units.lengths, 2 * arb.pi()
    rows = zip(units.weights.entries(), (length for length in lengths for _ in range(k)), strict=True)
    directions = [
        *(entry / length for entry, length in rows),
        *(exact(int(i == j)) for i in range(k) for j in range(k)),
    ]
    crossed = [
        exact(0) if i == j else 1 / (turn * sine) for i, row in enumerate(units.sines) for j, sine in enumerate(row)
    ]
    folded = [g * cosine for g, cosine in zip(crossed, _flat(units.cosines), strict=True)]
    sizes = [ratio / length for length in lengths for ratio in (*lengths, *[exact(-1)] * k)]
    bends = [g * size for g, size in zip(crossed, sizes, strict=True)]
    across = units.across().entries()
    wide = count, count + k
    return _Scalars(
        _array(count + k, k, directions),
        _part(_array(count, 1, across[:: count + 1]), (slice(None), 0)),
        _array(*wide, _flat(units.shares)),
        _array(*wide, _flat(units.cosines)),
        *(_array(*wide, each) for each in (crossed, folded, bends)),
    )


def _flat(table: Iterable[Iterable[arb]]) -> list[arb]:
    return [entry for row in table for entry in row]


def _array(rows: int, columns: int, entries: list[arb]) -> BallArray:
    return in_balls(ArbMatrix.from_entries(rows, columns, entries))


def _part(array: BallArray, index: Any) -> BallArray:
    """Some entries, or new axes; every array here has a radius for each entry."""
    return BallArray(array.mid[index], array.rad[index])


def _outer(left: BallArray, right: BallArray) -> BallArray:
    """l_i r_iᵀ for each i, (batch, k, k)."""
    return _part(left, (..., slice(None), None)) * _part(right, (..., None, slice(None)))


def _identity(scales: BallArray, size: int) -> BallArray:
    """s_i I for each i."""
    return _spread(scales) * BallArray.from_exact(np.eye(size))


def _spread(scales: BallArray) -> BallArray:
    return _part(scales, (..., None, None))


def _mixed(scalars: _Scalars, squares: BallArray, i: int) -> BallArray:
    """The blocks (i, i') for i' < i, (i, k, k)."""
    others = slice(0, i)
    mine = _part(scalars.directions, slice(i, i + 1))
    product = _outer(mine, _part(scalars.directions, others))
    turned = BallArray(product.mid.transpose(0, 2, 1), product.rad.transpose(0, 2, 1))
    crossed = _spread(_part(scalars.crossed, (i, others))) * (product + turned)
    folded = _spread(_part(scalars.folded, (i, others))) * (_part(squares, others) + _part(squares, slice(i, i + 1)))
    return _identity(_part(scalars.shares, (i, others)), squares.shape[1]) + crossed - folded


def _diagonal(scalars: _Scalars, squares: BallArray, i: int) -> BallArray:
    """The block (i, i): the student itself has the weight 0 in the sum."""
    own, mine = _part(scalars.own, i), _part(scalars.directions, slice(i, i + 1))
    bent = scalars.directions - _part(scalars.cosines, (i, slice(None), None)) * mine
    scaled = BallMatrix.of(_part(scalars.bends, (i, slice(None), None)) * bent)
    return (
        _identity(own, squares.shape[1])
        - _spread(own - BallArray.from_exact(np.array(0.5))) * _part(squares, i)
        + close_product(scaled.T, bent)
    )
