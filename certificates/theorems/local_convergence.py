"""Convergence of gradient descent to loss 0 from every start near weights of one hidden layer (theory 4.5).

F = φ(XWᵀ)v, L = ‖F − y‖²/(2n), θ = (v, W) or W alone; lengths of residuals and Jacobians are divided by √n. With

    c₁ = L₁ξ,   c₂ = v̄L₂√(χ/n),   β = ½(c₂ + √(c₂² + 4c₁²))  (c₂ alone where v is frozen),   σ(t) = s₀ − βt,

L₁, L₂, v̄ = max|v_l| on the ball of radius r + R around θ₀, every start at most r away from θ₀ with

    e_r < ½∫_r^{r+R} σ,      s = σ(r + R) > 0,

e_r = e₀ + min(S₀r + ½βr², what lemma 4.5.4 bounds), has: steps 0 < η_k ≤ 1/M of divergent sum, M = (S₀ + β(r + R))² +
βe_r, stay within R of the start, L decreases by the factor 1 − η_ks² at every step, and the limit has loss 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from flint import arb

from certificates.arithmetic.arb import exact, root_above
from certificates.arithmetic.matrix import M
from certificates.enclosures.objectives.both_layers import BothLayers, OnBall
from certificates.subjects import Network

__all__ = ["Centre", "LocalConvergence", "centre_of", "converge"]


@dataclass(frozen=True)
class Centre:
    """Bounds at θ₀; lengths of vectors over the samples are divided by √n.

    Parameters
    ----------
    samples, scale
        n, and the s of the problem's own loss f = s‖F − y‖² = 2ns·L.
    moves_outer
        Whether v is trained as well.
    residual
        e₀ ≥ ‖F(θ₀) − y‖/√n; exactly 0 where θ₀ plants the labels.
    smallest, largest
        s₀ ≤ √(λ_min(K)/n) and S₀ ≥ √(λ_max(K)/n), K = 𝒥𝒥ᵀ or JJᵀ: of n × n matrices, and not the s₀ of theory 4.2.
    features
        ≥ ‖Φ‖/√n, Φ = φ(XWᵀ).
    outer
        ≥ ‖v‖.
    """

    samples: int
    scale: Fraction
    moves_outer: bool
    residual: arb
    smallest: arb
    largest: arb
    features: arb
    outer: arb


@dataclass(frozen=True)
class LocalConvergence:
    """The quantities of the theorem, as balls.

    Parameters
    ----------
    needed, available
        The two sides of the criterion: e_r and ½∫σ.
    slope
        s = σ(r + R).
    turning
        β.
    smoothness, smoothness_of_ball
        M, where L is no larger than at the start, and what lemma 4.5.5 says of the whole ball.
    step_size, decrease_rate, distance_factor
        1/(2nsM), 2ns·s² and 2/(s√n): in the units of f.
    """

    needed: arb
    available: arb
    slope: arb
    turning: arb
    smoothness: arb
    smoothness_of_ball: arb
    step_size: arb
    decrease_rate: arb
    distance_factor: arb

    @property
    def holds(self) -> bool:
        """Whether the criterion and s > 0 certainly hold."""
        return bool(self.slope > 0) and bool(self.needed < self.available)


def centre_of(point: BothLayers[M], smallest: arb, network: Network) -> Centre:
    """The bounds at θ₀, given ≤ λ_min(K) > 0 for the kernel of what is trained; the loss is a plain sum of squares."""
    root = exact(network.sample_count).sqrt()
    return Centre(
        samples=network.sample_count,
        scale=network.objective.loss.scale,
        moves_outer=network.layers[1].trained,
        residual=point.residual_norm / root,
        smallest=smallest.sqrt() / root,
        largest=root_above(point.kernel.operator_norm()) / root,
        features=point.features.operator_norm() / root,
        outer=point.outer_norm,
    )


def converge(centre: Centre, ball: OnBall, start_radius: float, path_radius: float) -> LocalConvergence:
    """Evaluate the criterion and its conclusion.

    Parameters
    ----------
    centre, ball
        What holds at θ₀ and on the ball of radius r + R around it.
    start_radius, path_radius
        r ≥ 0 and R > 0.

    Guarantee
    ---------
    If :attr:`LocalConvergence.holds`, the conclusion above holds for every point of the balls.

    References
    ----------
    Theorem 4.5.1 with lemmas 4.5.2 to 4.5.5 of theory 4.5.
    """
    start, path = exact(start_radius), exact(path_radius)
    reach, beta = start + path, ball.turning(centre.moves_outer)
    slope = centre.smallest - beta * reach
    needed = centre.residual + _moved_outputs(centre, ball, start, beta)
    longest = centre.largest + beta * reach
    furthest = centre.residual + centre.largest * reach + beta * reach**2 / 2
    smoothness, units = longest**2 + beta * needed, 2 * centre.samples * exact(centre.scale)
    return LocalConvergence(
        needed=needed,
        available=path * (centre.smallest - beta * (start + path / 2)) / 2,
        slope=slope,
        turning=beta,
        smoothness=smoothness,
        smoothness_of_ball=longest**2 + beta * furthest,
        step_size=1 / (units * smoothness),
        decrease_rate=units * slope**2,
        distance_factor=2 / (slope * exact(centre.samples).sqrt()),
    )


def _moved_outputs(centre: Centre, ball: OnBall, start: arb, beta: arb) -> arb:
    """≥ ‖F(θ) − F(θ₀)‖/√n for ‖θ − θ₀‖ ≤ r: by Taylor, or by lemma 4.5.4; both are bounds, and so is the lesser."""
    inner = centre.outer * ball.coupled
    outer = centre.features + ball.coupled * start if centre.moves_outer else exact(0)
    by_layers = start * root_above(inner**2 + outer**2)
    by_jacobian = centre.largest * start + beta * start**2 / 2
    return by_jacobian.min(by_layers)
