"""Gradient dominance of a wide layer (theorem 5.2.1), and the basin around such weights (theorem 5.2.3).

f = s‖F − Y‖², rows are samples. For every layer k + 1 that is trained

    ‖∇_{W_(k+1)} f‖² ≥ c f,    c = 4s σ_min(H̃_k)² σ_J²,

σ_min(H̃_k)² = λ_min(H̃_kH̃_kᵀ), where every J_i = ∂z_H/∂z_(k+1) has J_iJ_iᵀ ⪰ σ_J²I: by the samples, or as
Π_{l ≥ k+2} σ_min(W_lᵀ) Π_{l > k} min |φ'(z_l)|. With c̄ on the ball of radius ρ, 4f(W) < ρ²c̄ keeps gradient flow in it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from flint import arb

from certificates.arithmetic.arb import exact, lower
from certificates.enclosures.networks.upper_layers import Changes

__all__ = ["Strengths", "dominance", "flow_distance", "least_on_ball", "least_product"]


def least_on_ball(least: arb, change: arb) -> arb:
    """A lower bound of a number ≥ 0 that is at least ``least`` at the centre and changes by at most ``change``.

    Clamped at 0, before anybody squares or multiplies it.

    Examples
    --------
    >>> least_on_ball(exact(3), exact(1)), least_on_ball(exact(1), exact(3))
    (2.00000000000000, 0)
    """
    left = least - change
    return left.lower() if left > 0 else exact(0)


def least_product(factors: Iterable[arb]) -> arb:
    """A lower bound of a product of numbers ≥ 0, given such bounds of each."""
    product = exact(1)
    for factor in factors:
        product = (product * factor).lower()
    return product if product > 0 else exact(0)


@dataclass(frozen=True)
class Strengths:
    """Lower bounds at the given weights; what is not known is ``None``.

    Parameters
    ----------
    features
        σ_min(H̃_kᵀ).
    samples
        min_i σ_min(J_iᵀ).
    layers
        σ_min(W_lᵀ) for l = k + 2 … H, then min |φ'(z_l)| for l = k + 1 … H − 1; none for k = H − 1, where J_i = I.
    """

    features: arb
    samples: arb | None
    layers: tuple[arb, ...] | None

    def on_ball(self, moved: Changes | None) -> tuple[arb, arb, str]:
        """σ_min(H̃_kᵀ), σ_J and the better way to it, where no more than ``moved`` has changed (lemma 5.2.2)."""
        ways: dict[str, arb] = {}
        if self.samples is not None:
            changed = moved.jacobian if moved is not None else None
            ways["samples"] = least_on_ball(self.samples, exact(0) if changed is None else changed)
        if self.layers is not None:
            change = [exact(0)] * len(self.layers) if moved is None else [*moved.weights, *moved.slopes]
            ways["layers"] = least_product(least_on_ball(a, b) for a, b in zip(self.layers, change, strict=True))
        way = max(ways, key=lambda name: lower(ways[name]))
        features = self.features if moved is None else least_on_ball(self.features, moved.features)
        return features, ways[way], way


def dominance(scale: Fraction, features: arb, jacobian: arb) -> arb:
    """c = 4s σ_F² σ_J², from lower bounds of σ_min(H̃_k) and of all σ_min(J_iᵀ) (theorem 5.2.1).

    Examples
    --------
    >>> dominance(Fraction(1, 2), exact(3), exact(1))
    18.0000000000000
    """
    return 4 * exact(scale) * features**2 * jacobian**2


def flow_distance(loss: arb, constant: arb) -> arb:
    """2(f(W)/c̄)^{1/2}: how far gradient flow can come while c̄ holds (theorem 5.2.3)."""
    return 2 * (loss / constant).sqrt()
