"""Radial trapping for least squares (theory 1.2 and 1.3): from numbers at w_0 to convergence.

f(w) = s ‖e(w)‖², e = F − y, J = DF, K = JJᵀ. With σ_0 ≤ σ_min(J(w_0)), S_0 ≥ ‖J(w_0)‖ and β(ρ) a Lipschitz
constant of J on the ball of radius ρ, σ(ρ) = σ_0 − ∫_0^ρ β bounds σ_min(J) from below at distance ρ. If

    ‖e(w_0)‖ < (1 − ε) ∫_0^r σ(ρ) dρ,      σ(r) > 0,

then gradient descent with any steps 0 < η_k ≤ 2ε/L of divergent sum stays within r, and f decreases by the
factor 1 − κη_k, κ = 4s(1 − ε)σ(r)², at every step and tends to 0, where
L = 2s[(S_0 + ∫_0^r β)² + ‖e(w_0)‖ β(r)].
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from flint import arb

from certificates.arithmetic.arb import exact

__all__ = ["Trapping", "trap"]


@dataclass(frozen=True)
class Trapping:
    """The quantities of the theorem, as balls.

    Parameters
    ----------
    needed, available
        The two sides of the criterion: ‖e_0‖ and (1 − ε)∫σ.
    slope_at_radius
        σ(r).
    smoothness
        L, a Lipschitz constant of ∇f on the trapping region.
    step_size
        2ε/L.
    decrease_rate
        κ.
    distance_factor
        1/((1 − ε)σ(r)).
    """

    needed: arb
    available: arb
    slope_at_radius: arb
    smoothness: arb
    step_size: arb
    decrease_rate: arb
    distance_factor: arb

    @property
    def holds(self) -> bool:
        """Whether the criterion and σ(r) > 0 certainly hold."""
        return bool(self.slope_at_radius > 0) and bool(self.needed < self.available)


def trap(
    residual_norm: arb,
    smallest_singular: arb,
    largest_singular: arb,
    scale: Fraction,
    epsilon: float,
    grid: tuple[float, ...],
    betas: list[arb],
) -> Trapping:
    """Evaluate the radial trapping criterion and its conclusion.

    Parameters
    ----------
    residual_norm
        ≥ ‖e(w_0)‖.
    smallest_singular, largest_singular
        σ_0 ≤ σ_min(J(w_0)) and S_0 ≥ ‖J(w_0)‖.
    scale
        s > 0, exact.
    epsilon
        ε in (0, 1).
    grid
        0 < ρ_1 < … < ρ_q = r.
    betas
        β(ρ_1), …, β(ρ_q); β(ρ_j) holds on the whole cell that ends at ρ_j.

    Guarantee
    ---------
    If :attr:`Trapping.holds`, the conclusion above holds for every point of the balls. On each cell ∫σ is
    evaluated exactly for the piecewise linear lower bound of σ, so no Riemann sum loses anything more.

    References
    ----------
    Theory 1.2 (theorem and proof), 1.3 (least squares, C^{1,1}); [Chatterjee2022]_ Theorem 1.2 is the case of
    constant α. The flow is the case ε → 0 of the same inequality.
    """
    sigma, spent, integral, previous = smallest_singular, exact(0), exact(0), exact(0)
    for node, beta in zip(grid, betas, strict=True):
        width = exact(node) - previous
        integral += width * sigma - beta * width * width / 2
        sigma -= beta * width
        spent += beta * width
        previous = exact(node)
    share = 1 - exact(epsilon)
    bound = (largest_singular + spent) ** 2 + residual_norm * betas[-1]
    smoothness = 2 * exact(scale) * bound
    return Trapping(
        needed=residual_norm,
        available=share * integral,
        slope_at_radius=sigma,
        smoothness=smoothness,
        step_size=2 * exact(epsilon) / smoothness,
        decrease_rate=4 * exact(scale) * share * sigma * sigma,
        distance_factor=1 / (share * sigma),
    )
