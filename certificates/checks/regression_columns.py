"""What theorems for random data are stated in, enclosed for these data: numbers beside a proof that needs none of them.

Sizes, norms of the weights, extreme eigenvalues over n. Where a guess in the evidence leads to no bound, the fact says
what holds for every positive semidefinite matrix: 0 from below, its trace or norm from above.
"""

from __future__ import annotations

import numpy as np
from flint import arb

from certificates.arithmetic.arb import exact, lower, upper
from certificates.arithmetic.matrix import M, Matrix
from certificates.checks.acceptance import fact_below
from certificates.claims.local_convergence import Columns
from certificates.enclosures.objectives.both_layers import BothLayers, khatri_rao_gram, schur_bound
from certificates.verdict import Fact

__all__ = ["regression_columns"]


def regression_columns(point: BothLayers[M], fourth: arb, guesses: Columns) -> tuple[Fact, ...]:
    """The columns that do not depend on radii; those that do are facts of the proof.

    Guarantee
    ---------
    Each number lies between the ends of its fact.
    """
    (count, dimension), units = point.inputs.shape, point.weights.shape[0]
    return (
        _count("n", "samples", count),
        _count("d", "inputs", dimension),
        _count("k", "hidden units", units),
        *_weights(point, guesses),
        *_inputs(point, fourth, guesses, count),
        *_kernel(point, guesses, count),
    )


def _weights(point: BothLayers[M], guesses: Columns) -> tuple[Fact, ...]:
    """Singular values of W, lengths of its rows, and sizes of v."""
    weights = point.weights if point.weights.shape[0] <= point.weights.shape[1] else point.weights.T
    least = _at_least(weights.gram(), guesses.weights_lower).sqrt()
    rows_low, rows_high = _squared_rows(point.weights)
    outer = np.abs(point.outer)
    return (
        fact_below("σ_min(W)", "smallest singular value of W", least),
        Fact("σ_max(W)", "largest singular value of W", 0.0, upper(point.weights.operator_norm())),
        fact_below("w_min", "length of the shortest row of W", exact(rows_low).sqrt()),
        Fact("w_max", "length of the longest row of W", 0.0, upper(exact(rows_high).sqrt())),
        Fact("v_min", "least |v_l|", float(outer.min()), float(outer.min())),
        Fact("v_max", "largest |v_l|", float(outer.max()), float(outer.max())),
    )


def _inputs(point: BothLayers[M], fourth: arb, guesses: Columns, count: int) -> tuple[Fact, ...]:
    products = _at_least(khatri_rao_gram(point.inputs), guesses.products_lower).sqrt()
    return (
        fact_below("σ_min(X∗X)", "smallest singular value of the rows x_i ⊗ x_i", products),
        Fact("ξ", "‖X‖/√n", 0.0, upper(point.input_norm / exact(count).sqrt())),
        Fact("χ/n", "fourth moments of the inputs", 0.0, upper(fourth)),
    )


def _kernel(point: BothLayers[M], guesses: Columns, count: int) -> tuple[Fact, ...]:
    """λ_min and λ_max of JJᵀ/n, and what Schur's theorem says of the first."""
    smallest = _at_least(point.hidden_kernel, guesses.hidden_lower)
    largest = point.hidden_kernel.operator_norm()
    slopes = _at_least(point.slopes.gram(), guesses.slopes_lower)
    inputs = _at_least(point.inputs.gram(), guesses.inputs_lower)
    shortest = (exact(_squared_rows(matrix)[0]) for matrix in (point.inputs, point.slopes))
    schur = schur_bound(slopes, inputs, *shortest)
    return (
        fact_below("λ_min(JJᵀ)/n", "smallest eigenvalue of the kernel of the hidden layer, over n", smallest / count),
        Fact(
            "λ_max(JJᵀ)/n", "largest eigenvalue of the kernel of the hidden layer, over n", 0.0, upper(largest / count)
        ),
        fact_below("Schur", "lower bound of λ_min(JJᵀ)/n by Schur's theorem", schur / count),
    )


def _count(symbol: str, meaning: str, number: int) -> Fact:
    return Fact(symbol, meaning, float(number), float(number))


def _at_least(matrix: Matrix, guess: float) -> arb:
    """≤ λ_min of a positive semidefinite matrix, and not negative."""
    bound = matrix.smallest_eigenvalue(guess)
    return exact(0) if bound is None else exact(max(0.0, lower(bound)))


def _squared_rows(matrix: Matrix) -> tuple[float, float]:
    """The squared lengths of the shortest and of the longest row, from below and from above."""
    low, high = matrix.gram().entry_bounds()
    return max(0.0, float(np.diagonal(low).min())), float(np.diagonal(high).max())
