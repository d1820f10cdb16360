"""λ_min of a symmetric matrix that is never held whole: bounded while it is factorised tile by tile (theory 5.6).

The matrix is known by enclosures of its blocks. Row by row of tiles, what the earlier ones L_IK L_JKᵀ, K < J, leave of
tile (I, J) is split into panels of columns; each panel of L is found from what is left of it, by means that nobody
trusts, and its products are subtracted in turn. What then is left is the residual of A − μI − LLᵀ, of whatever L was
found. So the entries of A are asked for once, and the residual costs nothing beside the factorisation: n³/3 flops in
all. Tiles hold their part of L, and the sums of the bounds of their entries of the residual.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from flint import arb

from certificates.arithmetic.arb import exact, upper
from certificates.arithmetic.ball_array import BallArray
from certificates.arithmetic.effort import reserve, spend_flops
from certificates.arithmetic.rounding import (
    UNDERFLOW,
    UNIT_ROUNDOFF,
    FloatArray,
    gamma,
    inflation,
    require_finite,
)

__all__ = [
    "Factor",
    "FactorInTiles",
    "Place",
    "SymmetricBlocks",
    "TileSums",
    "bound_of_tiles",
    "factor_in_tiles",
    "finished_tile",
    "smallest_eigenvalue_of_tiles",
    "tile_places",
    "tile_spans",
]

Place = tuple[int, int]
Factor = Callable[[int, int], FloatArray]

_SIDE = 1024
_PANEL = 128
_STRIP = 2**17  # entries of A that are enclosed at a time: what their operations hold stays in the cache


class SymmetricBlocks(Protocol):
    """A symmetric matrix, known by enclosures of its blocks."""

    @property
    def size(self) -> int:
        """The number of rows."""
        ...

    @property
    def identity(self) -> str:
        """Hexadecimal digits of a hash of all that the entries depend on."""
        ...

    def block(self, rows: slice, columns: slice) -> BallArray:
        """An enclosure of the entries in these rows and columns."""
        ...


@dataclass(frozen=True, eq=False)
class TileSums:
    """What a finished tile contributes to the bound.

    Parameters
    ----------
    rows
        For each row of the tile the sum of what bounds its entries of the residual, as it was rounded.
    columns
        Likewise its columns, which are the rows of the tile's mirror image; empty on the diagonal.
    squares
        At least ‖L_IJ‖_F².
    """

    rows: FloatArray
    columns: FloatArray
    squares: float


def tile_spans(size: int, side: int) -> list[slice]:
    """The rows of each row of tiles.

    Examples
    --------
    >>> tile_spans(5, 2)
    [slice(0, 2, None), slice(2, 4, None), slice(4, 5, None)]
    """
    return [slice(start, min(start + side, size)) for start in range(0, size, side)]


def tile_places(tiles: int) -> list[Place]:
    """The tiles of the lower triangle, each after those that it needs: (I, K) and (J, K) for K < J, and (J, J)."""
    return [(i, j) for i in range(tiles) for j in range(i + 1)]


def finished_tile(
    matrix: SymmetricBlocks, shift: float, side: int, place: Place, factor: Factor
) -> tuple[FloatArray, TileSums] | None:
    """Tile (I, J) of L, and the bounds of this tile's part of the residual A − μI − LLᵀ.

    Parameters
    ----------
    matrix
        A, (n, n).
    shift
        μ, not trusted.
    side
        Rows and columns of a tile, but for the last ones.
    place
        (I, J), J ≤ I.
    factor
        Gives the tiles (I, K) and (J, K), K < J, and (J, J) if J < I. Nothing is assumed of what is in them.

    Guarantee
    ---------
    For L whose tiles are those given and the returned one, :func:`bound_of_tiles` says what the sums are sums of.

    May fail when
    -------------
    The panels on the diagonal are not positive definite, or something is not finite: ``None``, which proves nothing.
    """
    i, j = place
    spans, shift = tile_spans(matrix.size, side), float(shift)
    rows, columns = spans[i], spans[j]
    height, width = rows.stop - rows.start, columns.stop - columns.start
    reserve(8.0 * 6 * height * width)
    spend_flops(2.0 * height * width * (columns.stop + _PANEL) / (2 if i == j else 1))
    on_diagonal = i == j
    with np.errstate(all="ignore"):
        rest, sums = _entries(matrix, rows, columns, _up(gamma(len(spans) + 2)))
        if on_diagonal:
            rest.reshape(-1)[:: width + 1] -= shift
        for k in range(j):
            _subtract(rest, factor(i, k), factor(j, k), on_diagonal)
        found = _eliminated(rest, None if on_diagonal else factor(j, j))
        if found is None:
            return None
        left = _sums(rest, on_diagonal)
        squares = (float(np.einsum("ij,ij->", found, found)) + found.size * UNDERFLOW) * inflation(found.size + 2)
    return found, TileSums(sums.rows + left.rows, sums.columns + left.columns, squares)


def _up(ball: arb) -> float:
    return float(upper(ball))


def _entries(matrix: SymmetricBlocks, rows: slice, columns: slice, relative: float) -> tuple[FloatArray, TileSums]:
    """The midpoints of A's entries, and sums of radius + relative |midpoint|; on the diagonal of the lower triangle."""
    height, width = rows.stop - rows.start, columns.stop - columns.start
    on_diagonal = rows.start == columns.start
    mid = np.zeros((height, width))
    row_sums, column_sums = np.zeros(height), np.zeros(width)
    step = max(_STRIP // width, 1)
    for top in range(0, height, step):
        strip = slice(top, min(top + step, height))
        end = strip.stop if on_diagonal else width
        part = matrix.block(
            slice(rows.start + strip.start, rows.start + strip.stop), slice(columns.start, columns.start + end)
        )
        mid[strip, :end] = part.mid
        bounds = np.abs(part.mid)
        bounds *= relative
        bounds += part.rad
        if on_diagonal:
            bounds = np.tril(bounds, strip.start)
            column_sums[:end] += _strictly_lower(bounds, strip.start).sum(axis=0)
        else:
            column_sums += bounds.sum(axis=0)
        row_sums[strip] = bounds.sum(axis=1)
    return mid, _mirrored(row_sums, column_sums, on_diagonal)


def _sums(rest: FloatArray, on_diagonal: bool) -> TileSums:
    """Sums of |entries|; on the diagonal of the lower triangle and its mirror image."""
    bounds = np.abs(rest)
    if on_diagonal:
        bounds = np.tril(bounds)
        return _mirrored(bounds.sum(axis=1), _strictly_lower(bounds, 0).sum(axis=0), True)
    return _mirrored(bounds.sum(axis=1), bounds.sum(axis=0), False)


def _strictly_lower(bounds: FloatArray, top: int) -> FloatArray:
    """Without the diagonal, for rows from ``top`` on."""
    return np.tril(bounds, top - 1)


def _mirrored(rows: FloatArray, columns: FloatArray, on_diagonal: bool) -> TileSums:
    """A tile on the diagonal is its own mirror image."""
    return TileSums(rows + columns, np.empty(0), 0.0) if on_diagonal else TileSums(rows, columns, 0.0)


def _panels(width: int) -> Iterator[slice]:
    return (slice(start, min(start + _PANEL, width)) for start in range(0, width, _PANEL))


def _subtract(rest: FloatArray, left: FloatArray, right: FloatArray, on_diagonal: bool) -> None:
    """Take one product off; on the diagonal off the lower triangle and the rest of its panels."""
    if not on_diagonal:
        rest -= left @ right.T
        return
    for panel in _panels(rest.shape[1]):
        rest[panel.start :, panel] -= left[panel.start :] @ right[panel].T


def _eliminated(rest: FloatArray, corner: FloatArray | None) -> FloatArray | None:
    """X with X Cᵀ near what is left; that is replaced by what X Cᵀ leaves of it, in two products for each entry.

    Parameters
    ----------
    rest
        Changed in place. On the diagonal the part above the panels is neither read nor changed.
    corner
        C, of which what is above the panels on its diagonal is not read; ``None`` on the diagonal, where C is X.
    """
    found = np.zeros(rest.shape)
    on_diagonal = corner is None
    against = found if corner is None else corner
    for panel in _panels(rest.shape[1]):
        top, below = (panel.start, panel.stop) if on_diagonal else (0, 0)
        before = slice(0, panel.start)
        if panel.start:
            rest[top:, panel] -= found[top:, before] @ against[panel, before].T
        try:
            if on_diagonal:
                found[panel, panel] = np.linalg.cholesky(rest[panel, panel])
            inverse = np.linalg.inv(against[panel, panel])
        except np.linalg.LinAlgError:
            return None
        found[below:, panel] = rest[below:, panel] @ inverse.T
        rest[top:, panel] -= found[top:, panel] @ against[panel, panel].T
    return found if np.isfinite(found).all() else None


def bound_of_tiles(size: int, side: int, shift: float, tiles: Mapping[Place, TileSums]) -> arb:
    """A lower bound of λ_min(A) from the sums of all tiles, whatever L is.

    Guarantee
    ---------
    Let m = T + 2 for T rows of tiles, b = ``side``, r_ij what the running subtraction of at most m terms left of entry
    (i, j), j ≤ i. Then |A − μI − LLᵀ|_ij is at most (1 + u)|r_ij| + ρ_ij + γ_m(|Â_ij| + |μ|δ_ij), plus
    γ_{b+m}(|L||L|ᵀ)_ij + 2nν (theorem 5.6.1). The norm of the former, mirrored, is at most its largest row sum, that of
    |L||L|ᵀ at most ‖L‖_F². The returned ball's every point is ≤ λ_min(A).

    Raises
    ------
    EnclosureFailure
        A sum is not finite.
    """
    spans, shift, side = tile_spans(size, side), float(shift), min(side, size)
    terms = len(spans) + 2
    rows, squares = np.zeros(size), exact(0)
    for i, j in tile_places(len(spans)):  # always in this order: the same bits wherever the tiles were made
        sums = tiles[i, j]
        rows[spans[i]] += sums.rows
        if i != j:
            rows[spans[j]] += sums.columns
        squares += exact(float(require_finite(np.asarray(sums.squares), "the norm of a tile")))
    # a product and a sum, b + 1 sums in strips, that of the two kinds, of both images, and T sums
    largest = float(np.max(rows)) * inflation(side + len(spans) + 8)
    require_finite(np.asarray(largest), "the residual of the factorisation")
    residual = (
        exact(largest) * (1 + exact(2 * UNIT_ROUNDOFF))
        + gamma(terms) * abs(exact(shift))
        + gamma(side + terms) * squares
        + exact(size) * exact(2 * size + 1) * exact(UNDERFLOW)  # that of γ|Â|, too
    )
    return exact(shift) - residual


@dataclass(frozen=True, eq=False)
class FactorInTiles:
    """L of A − μI, in memory: 4n² bytes.

    Parameters
    ----------
    size, side, shift
        n, rows of a tile, and μ.
    tiles, sums
        L_IJ, J ≤ I, and what :func:`finished_tile` says of each.
    """

    size: int
    side: int
    shift: float
    tiles: Mapping[Place, FloatArray]
    sums: Mapping[Place, TileSums]

    def smallest_eigenvalue(self) -> arb:
        """A lower bound of λ_min(A): :func:`bound_of_tiles`."""
        return bound_of_tiles(self.size, self.side, self.shift, self.sums)


def factor_in_tiles(matrix: SymmetricBlocks, shift: float, *, side: int = _SIDE) -> FactorInTiles | None:
    """Factorise A − μI for every symmetric matrix A in the enclosures.

    Parameters
    ----------
    matrix
        A, (n, n).
    shift
        μ, a guess slightly below λ_min; not trusted.
    side
        Of the tiles.

    May fail when
    -------------
    The factorisation breaks down: ``None``, which proves nothing. It is noticed as early as it can be: row by row of
    tiles the leading minors grow.

    References
    ----------
    Theory 5.6; 0.3 (residual form).
    """
    tiles: dict[Place, FloatArray] = {}
    sums: dict[Place, TileSums] = {}
    for place in tile_places(len(tile_spans(matrix.size, side))):
        done = finished_tile(matrix, shift, side, place, lambda *at: tiles[at])
        if done is None:
            return None
        tiles[place], sums[place] = done
    return FactorInTiles(matrix.size, side, float(shift), tiles, sums)


def smallest_eigenvalue_of_tiles(matrix: SymmetricBlocks, shift: float, *, side: int = _SIDE) -> arb | None:
    """A lower bound of λ_min for every symmetric matrix in the enclosures, or ``None``: of :func:`factor_in_tiles`."""
    found = factor_in_tiles(matrix, shift, side=side)
    return None if found is None else found.smallest_eigenvalue()
