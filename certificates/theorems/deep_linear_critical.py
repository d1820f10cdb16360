"""Whether an exact critical point of a deep linear network is a global minimum (theorem 5.1.6).

Inputs are columns, S = XXᵀ, C = YXᵀ, R = W_H⋯W_1, Γ = RS − C, r = min(d_0, …, d_H). At a critical point ΓRᵀ = 0 and
PΓ = 0, P the projector on the range of R. If Γ = 0, R minimises ‖Y − RX‖ over all matrices. If rank R = r and a τ ≥ 0
has

    ( S  Γᵀ ) ⪰ 0   and   RSRᵀ ⪰ τP,
    ( Γ  τI )

then Z = RSRᵀ − τP is feasible in theorem 5.1.2, and its bound ‖Y‖² − rτ − tr Z = ‖Y‖² − tr RSRᵀ is ‖Y − RX‖².
"""

from __future__ import annotations

from certificates.arithmetic.exact_definiteness import is_positive_semidefinite
from certificates.theorems.deep_linear import LinearNetwork

__all__ = ["global_failure"]


def global_failure(network: LinearNetwork, threshold: float) -> str | None:
    """Which condition for a global minimum does not hold; ``None`` if the point is one.

    Parameters
    ----------
    network
        At an exact critical point in all of its layers.
    threshold
        τ ≥ 0: at most the least non-zero eigenvalue of RSRᵀ, at least the largest one of ΓS⁺Γᵀ.

    Guarantee
    ---------
    If ``None``, no weights of layers of these widths have a smaller loss.
    """
    product = network.product
    slope = product.times(network.gram).minus(network.cross)
    if slope.square_norm() == 0:
        return None
    if product.rank() != network.bottleneck:
        return f"rank R = {network.bottleneck}"
    reached = product.times(network.gram).times(product.T)
    inside = product.T.times(reached.shifted(-threshold)).times(product)
    if not is_positive_semidefinite(inside):
        return "RSRᵀ ⪰ τ on the range of R"
    corner = slope.times(slope.T).scaled(0.0).shifted(threshold)
    block = network.gram.beside(slope.T).above(slope.beside(corner))
    return None if is_positive_semidefinite(block) else "(S Γᵀ; Γ τI) ⪰ 0"
