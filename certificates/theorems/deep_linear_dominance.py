"""How a deep linear network's gradient dominates its gap to the global minimum (theorems 5.1.3 and 5.1.4).

Inputs are columns, S = XXᵀ, C = YXᵀ, Σ = CS⁺Cᵀ, R = W_H⋯W_1, r = min(d_0, …, d_H). Every bound is that a dyadic matrix
is positive semidefinite, which is decided exactly.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from certificates.arithmetic.dyadic_matrix import DyadicMatrix
from certificates.arithmetic.exact_definiteness import is_positive_semidefinite
from certificates.theorems.deep_linear import LinearNetwork

__all__ = ["Interior", "end_constant", "interior_constant"]


@dataclass(frozen=True, eq=False)
class Interior:
    """The bounds of theorem 5.1.4; U is the range of R.

    Parameters
    ----------
    inputs
        ς ≤ λ_min(S).
    above, below
        At most the least non-zero eigenvalues of W_{>1}W_{>1}ᵀ and of W_{<H}SW_{<H}ᵀ.
    inside, outside, norm
        Σ ⪰ a on U, Σ ⪯ b on the complement of U, Σ ⪯ σ.
    lift
        The number t ≥ 0 with Σ ⪯ bI + t AAᵀ, A = W_{>p}.
    solution
        Q, (d_0, d_H), near S⁻¹Cᵀ: Σ ⪰ CQ + QᵀCᵀ − QᵀSQ, whatever Q is.
    """

    inputs: float
    above: float
    below: float
    inside: float
    outside: float
    norm: float
    lift: float
    solution: DyadicMatrix


def end_constant(
    network: LinearNetwork, inputs: float, above: tuple[float, ...], below: tuple[float, ...], trained: Iterable[int]
) -> Fraction | str:
    """The μ of theorem 5.1.3, or which bound does not hold.

    Parameters
    ----------
    network
        With r = min(d_0, d_H).
    inputs
        ς, at most the least non-zero eigenvalue of S.
    above, below
        For each layer a_k ≤ λ_min(W_{>k}W_{>k}ᵀ) and b_k ≤ λ_min(W_{<k}ᵀW_{<k}), not negative.
    trained
        The layers k whose gradients are counted.

    Guarantee
    ---------
    ‖∇f(W)‖² ≥ 2μ(f(W) − min f).
    """
    if not is_positive_semidefinite(_nonzero(network.gram, inputs)):
        return "S² ⪰ ς S"
    total = Fraction(0)
    for k in trained:
        share = Fraction(above[k - 1]) * Fraction(below[k - 1])
        if not share:
            continue  # nothing is asked of this layer
        over, under = network.above(k), network.below(k)
        if not is_positive_semidefinite(over.times(over.T).shifted(-above[k - 1])):
            return f"λ_min(W_(>k) W_(>k)ᵀ) ≥ {above[k - 1]:.6g}, k = {k}"
        if not is_positive_semidefinite(under.T.times(under).shifted(-below[k - 1])):
            return f"λ_min(W_(<k)ᵀ W_(<k)) ≥ {below[k - 1]:.6g}, k = {k}"
        total += share
    return 2 * network.scale * Fraction(inputs) * total


def interior_constant(network: LinearNetwork, bounds: Interior) -> Fraction | str:
    """The μ of theorem 5.1.4, or which bound does not hold.

    Parameters
    ----------
    network
        With d_p = r for some 1 ≤ p ≤ H − 1, and rank R = r.
    bounds
        Numbers that are not negative.

    Guarantee
    ---------
    ‖∂f/∂W_1‖² + ‖∂f/∂W_H‖² ≥ 2μ(f(W) − min f), μ > 0 if ς, the bounds above and below, and a − b are.
    """
    narrowed = network.bottleneck < network.widths[-1]
    eta = Fraction(bounds.inside) - Fraction(bounds.outside)
    if narrowed and not eta > 0:
        return "a > b"
    failed = next((name for name, matrix in _conditions(network, bounds) if not is_positive_semidefinite(matrix)), None)
    if failed is not None:
        return failed
    least = min(Fraction(bounds.above) * Fraction(bounds.inputs), Fraction(bounds.below))
    worse = 1 + 2 * Fraction(bounds.norm) / eta if narrowed else 1  # nothing lies outside of U: no second term
    return 2 * network.scale * least / worse


def _conditions(network: LinearNetwork, bounds: Interior) -> Iterable[tuple[str, DyadicMatrix]]:
    gram, cross, outputs = network.gram, network.cross, network.widths[-1]
    over, under = network.above(1), network.below(len(network.weights))
    yield "λ_min(S) ≥ ς", gram.shifted(-bounds.inputs)
    yield "the bound above", _nonzero(over.times(over.T), bounds.above)
    yield "the bound below", _nonzero(under.times(gram).times(under.T), bounds.below)
    if network.bottleneck == outputs:
        return
    narrow = 1 + network.widths[1:-1].index(network.bottleneck)
    basis, unit = network.above(narrow), DyadicMatrix.of(np.eye(outputs))
    yield "Σ ⪯ σ", _block(gram, cross, unit.scaled(bounds.norm))
    lifted = unit.scaled(bounds.outside).plus(basis.times(basis.T).scaled(bounds.lift))
    yield "Σ ⪯ bI + tAAᵀ", _block(gram, cross, lifted)
    linear, square = cross.times(bounds.solution), bounds.solution.T.times(gram).times(bounds.solution)
    inside = linear.plus(linear.T).minus(square).shifted(-bounds.inside)
    yield "Aᵀ(Σ − aI)A ⪰ 0", basis.T.times(inside).times(basis)


def _block(gram: DyadicMatrix, cross: DyadicMatrix, corner: DyadicMatrix) -> DyadicMatrix:
    """(S Cᵀ; C K), which is positive semidefinite if and only if Σ ⪯ K."""
    return gram.beside(cross.T).above(cross.beside(corner))


def _nonzero(matrix: DyadicMatrix, least: float) -> DyadicMatrix:
    """N² − νN: positive semidefinite if and only if no eigenvalue of N ⪰ 0 lies in (0, ν)."""
    return matrix.times(matrix).minus(matrix.scaled(least))
