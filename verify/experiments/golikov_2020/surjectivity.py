"""Local surjectivity after Lu and Kawaguchi, in rationals: products near W_H⋯W_1 are reached near W, if rank R = r.

For R' of rank at most r near R, with A = W_{>p}, B = W_{≤p} at a narrowest layer p: A' = R'Bᵀ(BBᵀ)⁻¹,
B' = (A'ᵀA')⁻¹A'ᵀR' (A' = R', B' = I if p = 0; A' = I, B' = R' if p = H), and W_H' = W_H + (A' − A)(W_{H−1}⋯W_{p+1})⁺,
W_1' = W_1 + (W_p⋯W_2)⁺(B' − B) have the product R'.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

from flint import fmpq, fmpq_mat

__all__ = ["is_reached"]


def is_reached(weights: Sequence[fmpq_mat], step: fmpq_mat) -> bool:
    """Whether the formulas give exactly the product R' = A(I + step)B for the weights' own factors A and B.

    Parameters
    ----------
    weights
        W_1, …, W_H, whose product has the rank r of the narrowest layer.
    step
        (r, r), small.
    """
    depth = len(weights)
    widths = [int(weights[0].ncols()), *(int(weight.nrows()) for weight in weights)]
    narrow = widths.index(min(widths))
    above, below = _product(weights[narrow:], widths[narrow]), _product(weights[:narrow], widths[0])
    size = widths[narrow]
    wanted = above * (_unit(size) + step) * below
    right = wanted if narrow == 0 else _unit(size) if narrow == depth else wanted * _right_inverse(below)
    left = _unit(size) if narrow == 0 else wanted if narrow == depth else _left_inverse(right) * wanted
    moved = list(weights)
    if narrow < depth:
        moved[-1] = weights[-1] + (right - above) * _left_inverse(_product(weights[narrow:-1], widths[narrow]))
    if narrow > 0:
        moved[0] = weights[0] + _right_inverse(_product(weights[1:narrow], widths[1])) * (left - below)
    return bool(_product(moved, widths[0]) == wanted)


def _product(weights: Sequence[fmpq_mat], size: int) -> fmpq_mat:
    return reduce(lambda under, weight: weight * under, weights, _unit(size)) if weights else _unit(size)


def _unit(size: int) -> fmpq_mat:
    return fmpq_mat(size, size, [fmpq(int(i == j)) for i in range(size) for j in range(size)])


def _left_inverse(tall: fmpq_mat) -> fmpq_mat:
    flat = tall.transpose()
    return (flat * tall).inv() * flat


def _right_inverse(wide: fmpq_mat) -> fmpq_mat:
    return _left_inverse(wide.transpose()).transpose()
