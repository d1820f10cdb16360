"""β and Γ of theorem 6.1 for one hidden layer, from moments of the inputs over all samples (theory 6.4).

For F = V φ(W x̃), a direction (dV, dW) with ‖dV‖ = t, ‖dW‖ = τ, and v ≥ sup ‖V‖_{1→2},

    (Σ s_i ‖D²F_i‖²)^½ ≤ 2 c₁ tτ + c₂ τ²,       c₁ = M₁ ‖D_s^½ X̃‖,      c₂ = M₂ v κ₄(D_s^¼ X̃),
    Σ c_i ‖D³F_i‖ ≤ 3 M₂ ‖D_c^½ X̃‖² tτ² + M₃ v ‖D_c^½ X̃‖ κ₄(D_c^¼ X̃) τ³,

by the parts of the units, dV_m and dW_m: Σ_m ‖dV_m‖‖dW_m‖² ≤ tτ² and Σ_m ‖dW_m‖³ ≤ τ³. κ₄(D_s^¼ X̃)² ≥ sup Σ s_i
(x̃_i·u)⁴ is λ_max of the matrix √s_i (x̃_i·x̃_j)² √s_j, or max ‖x̃_i‖² ‖D_s^½ X̃‖² where that matrix is large.
"""

from __future__ import annotations

import numpy as np
from flint import arb

from certificates.arithmetic.arb import exact, root_above, upper
from certificates.arithmetic.ball_matrix import BallMatrix
from certificates.arithmetic.effort import reserve
from certificates.arithmetic.rounding import FloatArray
from certificates.enclosures.objectives.point import Point
from certificates.enclosures.objectives.reach import ActivationBounds
from certificates.enclosures.objectives.upward import cubic_maximum

__all__ = ["MOMENT_STEPS", "MOST_SAMPLES", "fourth_moments", "sums_of_one_hidden_layer"]

MOST_SAMPLES = 4_000  # for more, the matrix of fourth moments is not formed
MOMENT_STEPS = 30  # of power iteration


def sums_of_one_hidden_layer(
    point: Point, bounds: ActivationBounds, steep: FloatArray, pull: FloatArray, radius: float
) -> tuple[arb, arb]:
    """β and Γ for s = ``steep`` and c = ``pull``, (n,) each.

    Guarantee
    ---------
    (Σ s_i ‖D²F_i(w)[u, u']‖²)^½ ≤ β and Σ c_i |y_i·D³F_i(w)[u, u', u'']| ≤ Γ for ‖w − w_0‖ ≤ R and all unit u, u', u'',
    ‖y_i‖ ≤ 1, with the upper ends of β and Γ; M₁, M₂, M₃ of ``bounds`` hold on the ball.
    """
    hidden, last = point.layers
    if not hidden.trained:
        return exact(0), exact(0)
    slope, bend, change = exact(bounds.slope), exact(bounds.bend), exact(bounds.bend_change)
    rows = point.inputs[0] if hidden.bias is None else point.inputs[0].with_ones()
    column = last.weight.largest_column_norm() + exact(radius if last.trained else 0.0)
    moves = exact(1 if last.trained else 0)
    (second_steep, fourth_steep), (second_pull, fourth_pull) = fourth_moments(rows, (steep, pull))
    couple, bent = moves * slope * second_steep, bend * column * fourth_steep
    beta = (bent + root_above(bent * bent + 4 * couple * couple)) / 2
    slots = 3 * moves * bend * second_pull**2, change * column * second_pull * fourth_pull
    return beta, exact(float(cubic_maximum(*(np.array([upper(slot)]) for slot in slots))[0]))


def fourth_moments(rows: BallMatrix, weights: tuple[FloatArray, ...]) -> list[tuple[arb, arb]]:
    """(‖D^½ X̃‖, κ₄(D^¼ X̃)) from above for the diagonal matrix of each of the weights."""
    scales = [np.nextafter(np.sqrt(weight), np.inf) for weight in weights]
    second = [rows.scale_rows(scale).operator_norm() for scale in scales]
    longest = rows.largest_row_norm()
    fourth = [longest * norm for norm in second]
    if rows.shape[0] <= MOST_SAMPLES:
        reserve(32.0 * rows.shape[0] ** 2)
        gram = rows.gram()
        start = np.ones((rows.shape[0], len(weights)))
        found, _ = gram.hadamard(gram).scaled_spectral_radii(np.stack(scales, axis=1), start, MOMENT_STEPS)
        fourth = [least.min(root_above(exact(float(bound)))) for least, bound in zip(fourth, found, strict=True)]
    return list(zip(second, fourth, strict=True))
