"""β and Γ of theorem 6.1 for one hidden layer, from moments of the inputs over all samples (theory 6.4).

For F = V φ(W x̃), a direction (dV, dW) with ‖dV‖ = t, ‖dW‖ = τ, and v ≥ sup ‖V‖_{1→2},

    (Σ s_i ‖D²F_i‖²)^½ ≤ 2 c₁ tτ + c₂ τ²,       c₁ = M₁ ‖D_s^½ X̃‖,      c₂ = M₂ v κ₄(D_s^¼ X̃),
    Σ c_i ‖D³F_i‖ ≤ 3 M₂ ‖D_c^½ X̃‖² tτ² + M₃ v ‖D_c^½ X̃‖ κ₄(D_c^¼ X̃) τ³,

by the parts of the units, dV_m and dW_m: Σ_m ‖dV_m‖‖dW_m‖² ≤ tτ² and Σ_m ‖dW_m‖³ ≤ τ³. κ₄(D_s^¼ X̃)² ≥ sup Σ s_i
(x̃_i·u)⁴ is the least of λ_max of the matrix √s_i (x̃_i·x̃_j)² √s_j, of max ‖x̃_i‖² ‖D_s^½ X̃‖², and of λ_max(Σ s_i
svec(x̃_ix̃_iᵀ)svec(x̃_ix̃_iᵀ)ᵀ − tE) for a t that floats find (lemma 3.0.1 d); matrices that are large are not formed.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from flint import arb

from certificates.arithmetic.arb import exact, root_above, upper
from certificates.arithmetic.ball_matrix import BallMatrix
from certificates.arithmetic.effort import reserve, spend_flops
from certificates.arithmetic.rounding import FloatArray
from certificates.enclosures.objectives.point import Point
from certificates.enclosures.objectives.reach import ActivationBounds
from certificates.enclosures.objectives.upward import cubic_maximum
from certificates.enclosures.quadratic.fourth_moments import moment_matrix
from certificates.memory import remembered
from certificates.subjects import Network

__all__ = ["MOMENT_STEPS", "MOST_PAIRS", "MOST_SAMPLES", "THETA_LOOKS", "fourth_moments", "sums_of_one_hidden_layer"]

MOST_SAMPLES = 4_000  # for more, the matrix of fourth moments is not formed
MOMENT_STEPS = 30  # of power iteration
MOST_PAIRS = 300  # rows of the matrix of svec's: up to 23 inputs with a bias
THETA_LOOKS = 12  # at spectra in floats, for a good t


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
    if _pairs(rows) <= MOST_PAIRS:
        fourth_steep = fourth_steep.min(_by_pairs(point.network, steep.tobytes()))
        fourth_pull = fourth_pull.min(_by_pairs(point.network, pull.tobytes()))
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


def _pairs(rows: BallMatrix) -> int:
    return rows.shape[1] * (rows.shape[1] + 1) // 2


@remembered(4)
def _by_pairs(network: Network, weights: bytes) -> arb:
    """κ₄(D^¼ X̃) from above by the matrix of svec's; ∞ where no shift is proved. A squared loss asks once for all R."""
    rows = network.inputs
    if network.layers[0].bias is not None:
        rows = np.hstack([rows, np.ones((len(rows), 1))])
    with np.errstate(all="ignore"):
        scales = np.nextafter(np.sqrt(np.frombuffer(weights)), np.inf)
    moments = moment_matrix(rows, BallMatrix, Fraction(0), scales)
    exchange = moment_matrix(np.zeros((1, rows.shape[1])), BallMatrix, Fraction(-1)).mid  # E
    theta, estimate = _best_theta(moments.mid, exchange)
    shifted = moments.add(BallMatrix.from_exact(exchange).scale(-Fraction(theta)))
    bound = shifted.largest_eigenvalue(estimate * (1 + 2.0**-20) + 2.0**-40 * abs(theta) + 2.0**-1000)
    return arb("inf") if bound is None else root_above(bound * len(rows))


def _best_theta(moments: FloatArray, exchange: FloatArray) -> tuple[float, float]:
    """About the θ for which λ_max(T − θE), convex in θ, is least, and that eigenvalue; nothing here is trusted."""
    low, high, best = 0.0, float(np.max(np.abs(moments))), (0.0, np.inf)
    for _ in range(THETA_LOOKS):
        spend_flops(10.0 * len(moments) ** 3)
        theta = (low + high) / 2
        values, vectors = np.linalg.eigh(moments - theta * exchange)
        best = min(best, (theta, float(values[-1])), key=lambda pair: pair[1])
        leading = vectors[:, -1]
        if leading @ exchange @ leading > 0:  # it falls with θ
            low = theta
        else:
            high = theta
    return best
