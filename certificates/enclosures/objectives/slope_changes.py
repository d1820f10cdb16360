"""Which units may change their side on a ball around planted weights, and how far that turns J (theorem 4.2.6).

φ(u) = a u for u < 0 and b u for u > 0, g = |b − a|. For ‖W − W*‖ ≤ R unit l keeps its side on sample i wherever
|w*_l·x̃_i| > R‖x̃_i‖. With F_l the other samples and c_i = #{l : i ∈ F_l},

    ‖J(W) − J(W*)‖ ≤ √n τ,    ‖r(W) − J(W)D‖ ≤ √n τ‖D‖,    τ² = (g²/n) max_l ‖v_l‖² λ_max(Σ_{i∈F_l} c_i x̃_ix̃_iᵀ),

v_l the column of the output layer. For unit l on sample i slopes differ by at most g, and φ(z) − φ(z*) − φ'(z)(z − z*)
is at most g|z − z*|, both 0 off F_l; (Σ_{l: i∈F_l} ‖v_l‖ g |δ_il|)² ≤ c_i g² Σ_l ‖v_l‖²δ_il² by Cauchy and Schwarz, and
Σ_l ‖Δ_l‖² = ‖Δ‖².
"""

from __future__ import annotations

import numpy as np
from flint import arb

from certificates.arithmetic.arb import exact
from certificates.arithmetic.ball_array import BallArray
from certificates.arithmetic.ball_matrix import BallMatrix
from certificates.arithmetic.effort import spend
from certificates.arithmetic.rounding import BoolArray, FloatArray
from certificates.enclosures.objectives.kinks import Sides, sides_of
from certificates.enclosures.objectives.rows import row_norms_above
from certificates.enclosures.objectives.upward import times
from certificates.expression import Activation

__all__ = ["has_two_slopes", "may_change", "turn_across_kinks"]


def has_two_slopes(activation: Activation) -> bool:
    """Whether φ is shown to have one slope left of 0 and another right of it."""
    found = sides_of(activation)
    return found is not None and found.jump != 0


def may_change(pre: BallArray, samples: FloatArray, radius: float) -> BoolArray:
    """The pairs (i, l) with i ∈ F_l, (n, k).

    Parameters
    ----------
    pre
        w*_l·x̃_i, (n, k).
    samples
        x̃, (n, d), exact.
    radius
        R ≥ 0.

    Guarantee
    ---------
    True wherever |w*_l·x̃_i| ≤ R‖x̃_i‖; on samples of zeros false: they turn nothing.

    Examples
    --------
    >>> samples = np.array([[1.0, 0.0], [0.0, 2.0], [0.0, 0.0]])
    >>> may_change(BallArray.from_exact(np.array([[0.5], [-1.5], [0.0]])), samples, 0.5).ravel().tolist()
    [True, False, False]
    """
    nearest = np.maximum(pre.lower(), -pre.upper())
    spend(100 + 0.1 * nearest.size)
    reach = times(row_norms_above(BallMatrix.from_exact(samples)), radius)
    found: BoolArray = ~(nearest > reach[:, None])
    found[~np.any(samples, axis=1)] = False
    return found


def turn_across_kinks(changes: BoolArray, samples: FloatArray, outer: FloatArray, sides: Sides) -> arb:
    """An upper bound of τ.

    Parameters
    ----------
    changes
        The pairs (i, l), (n, k).
    samples
        x̃, (n, d), exact.
    outer
        V, (o, k), exact.
    sides
        The slopes of φ.
    """
    columns = row_norms_above(BallMatrix.from_exact(np.ascontiguousarray(outer.T)))
    largest = exact(0)
    counts = changes.sum(axis=1).astype(np.float64)
    roots = np.nextafter(np.sqrt(counts), np.inf)
    for unit in range(changes.shape[1]):
        chosen = np.flatnonzero(changes[:, unit])
        spend(20 + 0.05 * len(changes))
        if not chosen.size or not outer[:, unit].any():
            continue
        rows = BallMatrix.from_exact(samples[chosen]).scale_rows(roots[chosen])
        largest = largest.max(exact(float(columns[unit])) * rows.operator_norm())
    return abs(exact(sides.jump)) * largest / exact(len(samples)).sqrt()
