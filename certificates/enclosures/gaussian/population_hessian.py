"""The Hessian of the population loss at the planted weights (theory 4.1).

With y = Σ v_lφ(w_l·x), x ~ N(0, I_d), the residual vanishes at W*, and ∇²f(W*) has the blocks v_iv_jG_ij,
G_ij = E[φ'(w_i·x) φ'(w_j·x) x xᵀ].
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from flint import arb

from certificates.arithmetic.arb import exact, precision
from certificates.arithmetic.arb_matrix import ArbMatrix
from certificates.arithmetic.effort import reserve, spend, word_count
from certificates.enclosures.gaussian.blocks import Block, Rows, inner_products
from certificates.enclosures.gaussian.closed_blocks import closed_block
from certificates.enclosures.gaussian.mehler import series_blocks
from certificates.expression import Activation
from certificates.memory import remembered

__all__ = ["population_hessian"]

_BYTES = 120  # of a ball in a list


@remembered(2)
def population_hessian(
    activation: Activation, rows: Rows, outer: tuple[Fraction, ...], degree: int, bits: int
) -> ArbMatrix:
    """Enclose ∇²f(W*), (kd, kd), in the order of the units and of the inputs within a unit.

    Parameters
    ----------
    activation
        φ: ReLU, leaky or squared ReLU, erf, or one with a strip lemma.
    rows
        w_1, …, w_k of d entries each, none of them 0.
    outer
        v_1, …, v_k.
    degree
        The last Hermite coefficient of the series, at least 2; closed forms have none.
    bits
        Digits of the closed forms, or the goal for coefficients.

    Guarantee
    ---------
    The exact matrix lies in the balls.

    May fail when
    -------------
    There is neither a closed form nor a strip lemma; as in
    :func:`certificates.enclosures.gaussian.mehler.series_blocks`: :class:`EnclosureFailure`.

    Examples
    --------
    >>> from certificates.expression import parse_activation
    >>> unit = ((Fraction(1), Fraction(0)),)
    >>> population_hessian(parse_activation("relu"), unit, (Fraction(2),), 2, 64).midpoint().tolist()
    [[2.0, 0.0], [0.0, 2.0]]
    """
    pairs = inner_products(rows)
    with precision(bits + 40):
        form = closed_block(activation)
        if form is not None:
            blocks: dict[tuple[int, int], Block] = {key: form(pair) for key, pair in pairs.items()}
        else:
            blocks = series_blocks(activation, pairs, degree, bits)
        return _assembled(blocks, rows, outer)


def _assembled(blocks: Mapping[tuple[int, int], Block], rows: Rows, outer: Sequence[Fraction]) -> ArbMatrix:
    count, dimension = len(rows), len(rows[0])
    size = count * dimension
    reserve(2 * _BYTES * size * size)
    spend(6 * size * size * (1 + word_count() / 16))
    balls = [[exact(entry) for entry in row] for row in rows]
    table: list[list[arb]] = [[exact(0)] * size for _ in range(size)]
    for (i, j), block in blocks.items():
        for p, entries in enumerate(_block_rows(block, balls[i], balls[j], outer[i] * outer[j])):
            for q, entry in enumerate(entries):
                table[i * dimension + p][j * dimension + q] = entry
                table[j * dimension + q][i * dimension + p] = entry
    return ArbMatrix.from_entries(size, size, (entry for row in table for entry in row))


def _block_rows(block: Block, w: Sequence[arb], u: Sequence[arb], weight: Fraction) -> list[list[arb]]:
    """V_iv_j G, row by row: (first w_p + mixed u_p)w + (second u_p + mixed w_p)u, and the identity."""
    scale, rows = exact(weight), []
    for p, (at_w, at_u) in enumerate(zip(w, u, strict=True)):
        along_w = scale * (block.first * at_w + block.mixed * at_u)
        along_u = scale * (block.second * at_u + block.mixed * at_w)
        row = [along_w * a + along_u * b for a, b in zip(w, u, strict=True)]
        row[p] += scale * block.identity
        rows.append(row)
    return rows
