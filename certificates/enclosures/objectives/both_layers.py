"""One hidden layer, one output: what the theorem of local convergence needs at its centre and around it (theory 4.5).

Φ = φ(XWᵀ), Ψ = φ'(XWᵀ)diag(v), both (n, k). The n × p Jacobian is never formed: J, in W, has JJᵀ = (ΨΨᵀ) ∘ (XXᵀ), and
𝒥 = [Φ, J], in both layers, has 𝒥𝒥ᵀ = ΦΦᵀ + JJᵀ. Written once over the two arithmetics.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Generic

import numpy as np
from flint import arb

from certificates.arithmetic.arb import exact, root_above
from certificates.arithmetic.matrix import M
from certificates.enclosures.intervals.ranges import curvature_bound, slope_bound
from certificates.enclosures.networks.layers import activate
from certificates.enclosures.objectives.point import stands_at_teacher
from certificates.enclosures.quadratic.fourth_moments import fourth_moment_bound
from certificates.expression import Activation
from certificates.memory import remembered
from certificates.subjects import FloatArray, Network

__all__ = ["BothLayers", "OnBall", "around", "both_layers", "fourth_moment", "khatri_rao_gram", "schur_bound"]


@dataclass(frozen=True)
class OnBall:
    """Bounds on the ball of radius r + R around θ₀.

    Parameters
    ----------
    slope, bend
        L₁ ≥ |φ'| and L₂, a Lipschitz constant of φ', over all pre-activations.
    inputs, fourth
        ξ ≥ ‖X‖/√n and √(χ/n), χ ≥ sup Σ_i (a·x_i)⁴ over unit a.
    outer
        v̄ ≥ max |v_l|.
    """

    slope: arb
    bend: arb
    inputs: arb
    fourth: arb
    outer: arb

    @property
    def coupled(self) -> arb:
        """c₁ = L₁ξ."""
        return self.slope * self.inputs

    @property
    def bent(self) -> arb:
        """c₂ = v̄L₂√(χ/n)."""
        return self.outer * self.bend * self.fourth

    def turning(self, moves_outer: bool) -> arb:
        """β ≥ the Lipschitz constant of the Jacobian over √n (lemma 4.5.2)."""
        if not moves_outer:
            return self.bent
        return (self.bent + root_above(self.bent**2 + 4 * self.coupled**2)) / 2


@dataclass(frozen=True)
class BothLayers(Generic[M]):
    """The network at θ₀.

    Parameters
    ----------
    activation
        φ.
    inputs, features, slopes
        X, Φ and Ψ.
    input_norm, longest_input
        ≥ ‖X‖ and max ‖x_i‖.
    hidden_kernel, kernel
        JJᵀ, and what gradient descent sees: 𝒥𝒥ᵀ where v is trained, else JJᵀ.
    residual_norm
        ≥ ‖F − y‖; exactly 0 where the network is the teacher that plants y.
    weights
        W.
    outer, outer_norm
        v, exact, and ≥ ‖v‖.
    reach
        Bounds of all pre-activations.
    """

    activation: Activation
    inputs: M
    features: M
    slopes: M
    input_norm: arb
    longest_input: arb
    hidden_kernel: M
    kernel: M
    residual_norm: arb
    weights: M
    outer: FloatArray
    outer_norm: arb
    reach: tuple[float, float]


@remembered(1)
def both_layers(network: Network, arithmetic: type[M]) -> BothLayers[M]:
    """Enclose a network of one hidden layer and one output without biases at its weights.

    Guarantee
    ---------
    Every field contains, or bounds from above, the exact quantity. At the teacher the residual is 0 because its outputs
    are the labels: nothing is concluded from a small number.

    May fail when
    -------------
    φ is not enclosed at some pre-activation, or numbers overflow: :class:`~certificates.errors.EnclosureFailure`.
    """
    hidden, last = network.layers
    inputs = arithmetic.from_exact(network.inputs)
    weights, outer = arithmetic.from_exact(hidden.weight), arithmetic.from_exact(last.weight)
    pre = inputs.times(weights.T)
    features, slope = activate(network.activations[0], pre)
    slopes = slope.scale_columns(outer)
    hidden_kernel = slopes.gram().hadamard(inputs.gram())
    residual = features.times(outer.T).add(_labels(network, inputs).scale(Fraction(-1)))
    return BothLayers(
        activation=network.activations[0],
        inputs=inputs,
        features=features,
        slopes=slopes,
        input_norm=inputs.operator_norm(),
        longest_input=inputs.largest_row_norm(),
        hidden_kernel=hidden_kernel,
        kernel=hidden_kernel.add(features.gram()) if network.layers[1].trained else hidden_kernel,
        residual_norm=exact(0) if stands_at_teacher(network) else residual.frobenius_norm(),
        weights=weights,
        outer=last.weight.ravel(),
        outer_norm=outer.frobenius_norm(),
        reach=pre.range(),
    )


def _labels(network: Network, inputs: M) -> M:
    """y: as given, or what the teacher computes, in balls."""
    if network.teacher is None:
        return inputs.from_exact(network.given_targets)
    hidden, last = (inputs.from_exact(layer.weight) for layer in network.teacher)
    values, _ = activate(network.activations[0], inputs.times(hidden.T))
    return values.times(last.T)


def around(point: BothLayers[M], radius: arb, fourth: arb, *, moves_outer: bool) -> OnBall:
    """L₁, L₂, ξ, χ and v̄ on the ball of a radius around θ₀ (theory 4.5), given χ/n.

    Guarantee
    ---------
    They hold at every θ with ‖θ − θ₀‖ ≤ ``radius``: a pre-activation moves by at most ‖D‖ max ‖x_i‖, an outer weight
    by at most ‖ν‖.

    May fail when
    -------------
    φ has no finite bound on what can be reached: :class:`~certificates.errors.EnclosureFailure`.
    """
    moved, count = radius * point.longest_input, exact(point.inputs.shape[0])
    low, high = exact(point.reach[0]) - moved, exact(point.reach[1]) + moved
    largest = exact(float(np.max(np.abs(point.outer))))
    return OnBall(
        slope=exact(slope_bound(point.activation, low, high)),
        bend=exact(curvature_bound(point.activation, low, high)),
        inputs=point.input_norm / count.sqrt(),
        fourth=root_above(fourth),
        outer=largest + radius if moves_outer else largest,
    )


def fourth_moment(point: BothLayers[M], inputs: FloatArray, theta: Fraction, shift: float | None) -> arb | None:
    """χ/n ≥ sup_{‖a‖=1} (1/n)Σ(a·x_i)⁴, or ``None`` where the untrusted shift is too small (lemma 4.0.2).

    With a shift from a matrix of d(d + 1)/2 rows and any θ, else the lesser of max ‖x_i‖²‖X‖² and what the n × n matrix
    of (x_i·x_j)² gives.
    """
    if shift is not None:
        return fourth_moment_bound(inputs, type(point.inputs), theta, shift)
    largest = khatri_rao_gram(point.inputs).nonnegative_spectral_radius()
    return largest.min((point.longest_input * point.input_norm) ** 2) / len(inputs)


def khatri_rao_gram(inputs: M) -> M:
    """(X∗X)(X∗X)ᵀ = (XXᵀ) ∘ (XXᵀ), (n, n), of the rows x_i ⊗ x_i.

    Its rank is at most d(d + 1)/2, the dimension of the symmetric matrices: λ_min > 0 needs n ≤ d(d + 1)/2, with
    whatever constant a lower bound is stated (lemma 4.5.6). Its largest eigenvalue bounds Σ_i (a·x_i)⁴ over unit a.
    """
    gram = inputs.gram()
    return gram.hadamard(gram)


def schur_bound(slopes_least: arb, inputs_least: arb, shortest_input: arb, shortest_slope: arb) -> arb:
    """λ_min(JJᵀ) ≥ max(λ_min(ΨΨᵀ) min ‖x_i‖², λ_min(XXᵀ) min ‖ψ_i‖²), by Schur's theorem (lemma 4.5.7).

    Parameters
    ----------
    slopes_least, inputs_least
        ≤ λ_min(ΨΨᵀ) and λ_min(XXᵀ), at least 0; 0 where n > k, and n > d.
    shortest_input, shortest_slope
        ≤ min ‖x_i‖² and min ‖ψ_i‖².
    """
    return (slopes_least * shortest_input).max(inputs_least * shortest_slope)
