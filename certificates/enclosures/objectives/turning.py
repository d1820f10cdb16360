"""h(R): how far the Hessian of an objective can turn on a ball around w_0 (theorem 6.1 of theory 6.4).

    h₁ = Σ ω_i (ΔP_i (T¹_i)² + (2‖P_i‖ + P̄_i) T¹_i T²_i R) + Σ c_i T³_i R
    h₂ = λ_max(Σ ω_i (E_i − 1) J_iᵀP_iJ_i) + (3/2) βR (2 λ_max^½(Σ ω_i E_i J_iᵀP_iJ_i) + βR) + ΓR

J, P at w_0; δ_i = T¹_i R, E_i = e^{ςδ_i}, P̄_i = min(E_i ‖P_i‖, P_max), ΔP_i = min((E_i − 1) ‖P_i‖, P_max), and
s_i = ω_i P̄_i, c_i = ω_i ‖g_i‖ at w_0. In the first, T¹_i may be ‖J_i‖ + T²_i R. A penalty does not turn.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from flint import arb

from certificates.arithmetic.arb import exact, root_above, upper
from certificates.arithmetic.effort import spend
from certificates.arithmetic.rounding import FloatArray, require_finite
from certificates.enclosures.objectives.derivatives import OutputDerivatives, output_derivatives
from certificates.enclosures.objectives.gram import gram_norm
from certificates.enclosures.objectives.jacobian import jacobian_norms
from certificates.enclosures.objectives.loss_terms import band, largest_curvature
from certificates.enclosures.objectives.one_hidden_layer import sums_of_one_hidden_layer
from certificates.enclosures.objectives.point import Point
from certificates.enclosures.objectives.reach import ActivationBounds
from certificates.enclosures.objectives.upward import plus, sum_above, times
from certificates.errors import EnclosureFailure

__all__ = ["Sums", "Turning", "turning"]


@dataclass(frozen=True)
class Sums:
    """Upper bounds of what h₂ is made of for a squared loss, whose part of f is ½‖r‖² (lemma 4.2.1).

    Parameters
    ----------
    slope
        S_0 ≥ ‖J‖ at w_0, J the Jacobian of r.
    beta, gamma
        β ≥ ‖D²r[u, u']‖ and Γ ≥ |r(w_0)·D³r[u, u', u'']| on the ball, for unit vectors.
    """

    slope: arb
    beta: arb
    gamma: arb


@dataclass(frozen=True)
class Turning:
    """What holds on the ball of radius R around w_0.

    Parameters
    ----------
    radius
        R.
    h
        ≥ sup ‖∇²f(w) − ∇²f(w_0)‖; of this ball and the next two the upper end is what bounds.
    by_samples, by_sums
        h₁ and h₂; the second ``None`` where it was not asked for, or has no finite bound.
    first, second, third
        T¹, T², T³ of the outputs, (n,).
    curvature
        P̄_i ≥ sup ‖P_i‖ of the loss without scale and weight, (n,).
    is_capped
        Whether P_max has stood for a larger ΔP_i.
    sums
        Where h₂ is there and the loss is squared.
    """

    radius: float
    h: arb
    by_samples: arb
    by_sums: arb | None
    first: FloatArray
    second: FloatArray
    third: FloatArray
    curvature: FloatArray
    is_capped: bool
    sums: Sums | None = None

    def within(self, radius: float) -> arb:
        """The bound on the ball of a smaller radius r ≤ R.

        Guarantee
        ---------
        ≥ sup ‖∇²f(w) − ∇²f(w_0)‖ for ‖w − w_0‖ ≤ r. What holds on the larger ball, M_k, T^k, P̄, β and Γ, holds on the
        smaller one, and with these every term of h₁ and h₂ is r/R of what it was, or less: e^{tx} − 1 ≤ t(e^x − 1) for
        0 ≤ t ≤ 1. Not so where ΔP = P_max: there h₁ is not scaled.
        """
        if not 0 <= radius <= self.radius:
            raise ValueError(f"{radius} is not between 0 and {self.radius}")
        if radius == self.radius:
            return self.h
        share, found = exact(radius) / exact(self.radius), self.h
        for bound in (self.by_sums, None if self.is_capped else self.by_samples):
            if bound is not None:
                found = found.min(bound * share)
        return found


def turning(
    point: Point,
    radius: float,
    prescribed: Sequence[ActivationBounds] | None = None,
    *,
    by_jacobians: bool = True,
    sums: bool = True,
) -> Turning:
    """Bound how far the Hessian turns on the ball of a radius around w_0.

    Parameters
    ----------
    point
        The objective at w_0.
    radius
        R ≥ 0, distance over the trained parameters.
    prescribed
        M₁, M₂, M₃ of every hidden layer, as in :func:`output_derivatives`.
    by_jacobians
        Whether Jacobians at w_0 take part. Without them h is h₁ with T¹ of the recursion: it holds for every network
        with these outputs, inputs of layers and weights, whatever its slopes are (theory 6.7).
    sums
        Whether h₂ is wanted, which takes two sums of Gram matrices, n o p² operations each; h₁ with the norms of
        Jacobians takes no more than a gradient.

    Guarantee
    ---------
    The upper end of ``h`` is ≥ ‖∇²f(w) − ∇²f(w_0)‖ for ‖w − w_0‖ ≤ R, and the arrays bound what they say there. Where a
    φ'' is only Lipschitz, ∇²f is continuous and the bound is the same (D²F_i is Lipschitz with T³_i).

    May fail when
    -------------
    As :func:`output_derivatives`; or h₁ overflows.

    References
    ----------
    Theorem 6.1 of theory 6.4; T^k are those of theory 6.3.
    """
    reach = output_derivatives(point, radius, prescribed)
    first = reach.first
    if by_jacobians:
        first = np.minimum(first, plus(jacobian_norms(point), times(reach.second, radius)))
    on_ball = _LossOnBall(point, first, radius)
    by_samples = _by_samples(point, reach, first, on_ball, radius)
    by_sums, found = _finite_by_sums(point, reach, on_ball, radius) if by_jacobians and sums else (None, None)
    least = by_samples if by_sums is None else by_samples.min(by_sums)
    bounds = least, by_samples, by_sums
    return Turning(radius, *bounds, first, reach.second, reach.third, on_ball.curvature, on_ball.is_capped, found)


class _LossOnBall:
    """What the losses may be on the ball, (n,) each; the growth E_i − 1 may be ∞, where P_max bounds the rest."""

    def __init__(self, point: Point, first: FloatArray, radius: float) -> None:
        norms, loss = point.loss.curvature_norms, point.network.objective.loss
        most, rate = upper(largest_curvature(loss)), band(loss)
        spend(6.0 * len(first))
        moved = times(first, radius).tolist()
        self.growth = np.array([upper((rate * exact(distance)).expm1()) for distance in moved])
        grown = times(self.growth, norms)
        self.change, self.is_capped = np.minimum(grown, most), bool((grown > most).any())
        self.curvature = np.minimum(plus(norms, grown), most)
        self.weights = point.weights.upper().reshape(-1)
        self.steep = times(self.weights, self.curvature)
        self.pull = times(self.weights, point.loss.gradient_norms)


def _by_samples(point: Point, reach: OutputDerivatives, first: FloatArray, loss: _LossOnBall, radius: float) -> arb:
    """h₁."""
    twice = plus(times(point.loss.curvature_norms, 2.0), loss.curvature)
    each = plus(
        times(loss.weights, plus(times(loss.change, first, first), times(twice, first, reach.second, radius))),
        times(loss.pull, reach.third, radius),
    )
    return exact(float(require_finite(np.asarray(sum_above(each)), "a bound of the Hessian's change")))


def _finite_by_sums(
    point: Point, reach: OutputDerivatives, loss: _LossOnBall, radius: float
) -> tuple[arb | None, Sums | None]:
    try:
        found, sums = _by_sums(point, reach, loss, radius)
    except EnclosureFailure:  # h₁ stands
        return None, None
    if not found.is_finite():
        return None, None
    return found, None if loss.growth.any() else sums


def _by_sums(point: Point, reach: OutputDerivatives, loss: _LossOnBall, radius: float) -> tuple[arb, Sums]:
    """h₂ and its parts; of a squared loss E = 1."""
    grown = require_finite(times(loss.weights, loss.growth), "the growth of a loss's curvature")
    beta, gamma = _sums(point, reach, loss, radius)
    distance = exact(radius)
    change = gram_norm(point, "loss", grown) if grown.any() else exact(0)
    around = root_above(gram_norm(point, "loss", plus(loss.weights, grown)))
    moved = beta * distance
    return change + 3 * moved * (2 * around + moved) / 2 + gamma * distance, Sums(around, beta, gamma)


def _sums(point: Point, reach: OutputDerivatives, loss: _LossOnBall, radius: float) -> tuple[arb, arb]:
    """β and Γ: the sums over samples, and for one hidden layer the lesser of two each."""
    beta = root_above(_total(times(loss.steep, reach.second, reach.second)))
    gamma = _total(times(loss.pull, reach.third))
    if len(point.layers) > 2:
        return beta, gamma
    sharper = sums_of_one_hidden_layer(point, reach.activations[0], loss.steep, loss.pull, radius)
    return beta.min(sharper[0]), gamma.min(sharper[1])


def _total(numbers: FloatArray) -> arb:
    return exact(float(require_finite(np.asarray(sum_above(numbers)), "a sum over samples")))
