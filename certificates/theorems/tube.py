"""How far a run of gradient descent may drift from a run near by, and convergence from the end of one (theory 1.7).

f = s‖e‖², J = DF, β a Lipschitz constant of J on the ball of radius E around w̃, where ‖e‖ ≤ e_0 and ‖J‖ ≤ S at its
centre. On the ball ‖J‖ ≤ S + βE, ‖e‖ ≤ e_0 + (S + βE)E, and all Hessians of f lie between −γ and L,

    γ = 2sβ(e_0 + (S + βE)E),   L = 2s(S + βE)² + γ,

so w ↦ w − η∇f(w) stretches distances to the centre by at most max(1 + ηγ, ηL − 1).
"""

from __future__ import annotations

from fractions import Fraction

from flint import arb

from certificates.arithmetic.arb import exact, upper
from certificates.theorems.trapping import Trapping, trap

__all__ = ["next_radius", "trap_in_tube"]


def next_radius(
    radius: arb, step: arb, scale: arb, residual: arb, norm: arb, beta: arb, missed: arb
) -> tuple[arb, arb]:
    """The factor of theorem 1.7.1, and E after the step.

    Parameters
    ----------
    radius
        E.
    step, scale
        η and s.
    residual, norm, beta
        e_0, S and β.
    missed
        At least ‖w̃ − η∇f(w̃) − w̃⁺‖, w̃⁺ the next centre.

    Guarantee
    ---------
    For every w with ‖w − w̃‖ ≤ E, ‖w − η∇f(w) − w̃⁺‖ is at most the returned radius, which is a point.
    """
    on_ball = norm + beta * radius
    bend = 2 * scale * beta * (residual + on_ball * radius)
    factor = (1 + step * bend).max(step * (2 * scale * on_ball * on_ball + bend) - 1)
    return factor, exact(upper(factor * radius + missed))


def trap_in_tube(
    radius: arb,
    residual: arb,
    singular_values: tuple[arb, arb],
    scale: Fraction,
    epsilon: float,
    grid: tuple[float, ...],
    betas: tuple[arb, list[arb]],
) -> Trapping:
    """Radial trapping at any w with ‖w − w̃‖ ≤ E, from numbers at w̃ (theorem 1.7.2).

    Parameters
    ----------
    radius
        E.
    residual, singular_values
        e_0, and (σ̃, S̃) at w̃.
    scale, epsilon, grid
        As in :func:`certificates.theorems.trapping.trap`, the grid of distances from w.
    betas
        β̃(E), and β̃(ρ_j + E) for the nodes ρ_j, β̃(ρ) on the ball of radius ρ around w̃.

    Guarantee
    ---------
    If the result ``holds``, so does its conclusion at every such w.
    """
    drift = betas[0] * radius
    smallest, largest = singular_values[0] - drift, singular_values[1] + drift
    return trap(residual + largest * radius, smallest, largest, scale, epsilon, grid, betas[1])
