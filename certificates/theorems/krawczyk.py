"""Exactly one critical point in a box, by Krawczyk's test (theorem 4.4.1).

F is C² on a neighbourhood of the box X = w_0 + [−r, r]^N, and 𝐇 a matrix of intervals, hence convex, that contains
∇²F(w) for every w in X. Y is any matrix, s_p ≥ Σ_q |(I − Y H)_pq| for every H in 𝐇, and g_p ≥ |(Y ∇F(w_0))_p|.

If s_p < 1 and g_p/(1 − s_p) < r for every p, then X contains exactly one critical point ŵ, and
|ŵ_p − w_0p| ≤ D = max g_p/(1 − s_p) for every p.

Proof: ‖I − YH‖_∞ < 1 makes Y invertible. K(w) = w − Y∇F(w) has K(w) − K(w') = (I − YH)(w − w') with H = ∫∇²F on the
segment, which lies in 𝐇: a contraction of X in the maximum norm. |K(w) − w_0|_p ≤ g_p + s_p r < r: it maps X into
itself. Its one fixed point is the one critical point, as Y is invertible; at the p where d = ‖ŵ − w_0‖_∞ is attained
d ≤ g_p + s_p d.
"""

from __future__ import annotations

import numpy as np

from certificates.arithmetic.rounding import FloatArray

__all__ = ["krawczyk_distance"]


def krawczyk_distance(sums: FloatArray, images: FloatArray, radius: float) -> float | None:
    """D, rounded up; ``None`` where no critical point is proved.

    Parameters
    ----------
    sums, images
        s and g.
    radius
        r.

    Examples
    --------
    >>> krawczyk_distance(np.array([0.5, 0.0]), np.array([1.0, 2.0]), 3.0) is None
    False
    >>> krawczyk_distance(np.array([0.5, 0.0]), np.array([1.0, 2.0]), 2.0) is None
    True
    """
    margins = np.nextafter(1.0 - sums, -np.inf)
    if not (margins > 0).all():
        return None
    with np.errstate(all="ignore"):
        distance = float(np.max(np.nextafter(images / margins, np.inf)))
    return distance if distance < radius else None
