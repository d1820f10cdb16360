"""Gradient descent with errors, for so many steps: it stays near zeros of F − y (theorem 1.7.4).

w⁺ = w − ηJᵀ(e + ρ) + r with ‖ρ‖ ≤ δ_e and ‖r‖ ≤ δ_r; z_0 a zero, σ_* ≤ σ_min(J(z_0)), D_0 ≥ ‖w_0 − z_0‖, the difference
orthogonal to ker J(z_0). With δ = η√Λ δ_e + δ_r, κ = βηδ_e, ε = βδ/σ_♭, ε_r = βδ_r/σ_♭, D_M = u_M σ_*/β, b = βη√Λ D_M
and c = γ − (1 + γ)u/2, γ = 1 − ηΛ/2, at u = u_M:

    u⁺ = (u + ε)/(1 − (2(b + κ)u + 2ε_r)/(1 − u − b − κ)),   v = (u + u⁺ + b + κ)/2,   Ψ = c − u²/(1 − v),
    a = (u(b + κ) + ε_r)/(1 − v),   N = (ε + u(uκ + ε_r)/(1 − v))/(1 − a),   u_N = N/(ησ_♭²(1 − u/2)Ψ).

Zeros drift along, by no more than (σ_* − σ_♭)/β in H steps if σ_* e^(−Γ) ≥ σ_♭, where

    Γ = (M + 1)/(M − 1) u_M u_0/((1 − v)Ψ) + H (M u_N (η√Λσ_* M u_N + κ) + ε_r)/((1 − v)(1 − a)).
"""

from __future__ import annotations

from dataclasses import dataclass

from flint import arb

from certificates.arithmetic.arb import exact, upper
from certificates.theorems.potential_descent import Start

__all__ = ["Errors", "Hover", "Promise", "hover"]


@dataclass(frozen=True)
class Errors:
    """Bounds of what each step does wrong, on the ball of radius R around z_0.

    Parameters
    ----------
    inner
        δ_e, before Jᵀ.
    outer
        δ_r, after it.
    """

    inner: arb
    outer: arb


@dataclass(frozen=True)
class Promise:
    """What is chosen, exact numbers.

    Parameters
    ----------
    steps
        H ≥ 0.
    kept
        σ_♭, between 0 and σ_*: what is left of σ_min(J) at the nearest zeros.
    most
        u_M ≥ u_0.
    share
        M > 1: above Mu_N, descent outruns its errors.
    """

    steps: int
    kept: arb
    most: arb
    share: arb


@dataclass(frozen=True)
class Hover:
    """The quantities of the theorem, as balls; they mean nothing unless it ``holds``.

    Parameters
    ----------
    margin
        Ψ.
    noise, level
        N and u_N: from below the level, errors may lift u by as much as the noise.
    loss
        Γ.
    travel
        Y = (σ_* − σ_♭)/β: how far nearest zeros may move from z_0.
    reach
        R; β, Λ, δ_e and δ_r have to hold on a larger ball around z_0.
    contraction
        1 − q.
    floor
        δ/(1 − q): D_k ≤ q^k D_0 + floor for 0 ≤ k ≤ H.
    holds
        Whether the hypotheses certainly hold, up to the ball of radius R.
    """

    margin: arb
    noise: arb
    level: arb
    loss: arb
    travel: arb
    reach: arb
    contraction: arb
    floor: arb
    holds: bool


def hover(start: Start, curvature: arb, largest: arb, step: arb, errors: Errors, promise: Promise) -> Hover:
    """Evaluate theorem 1.7.4.

    Parameters
    ----------
    start
        D_0 and σ_*.
    curvature, largest, step
        β > 0, Λ and η > 0, the step for ½‖e‖², the same at every step.
    errors
        δ_e and δ_r, where the residual may be as large as √Λ u_M σ_*/β.
    promise
        H, σ_♭, u_M and M.

    Guarantee
    ---------
    If it ``holds`` and the bounds hold on the ball, then for 0 ≤ k ≤ H some exact zero within Y of z_0 is at the
    distance D_k ≤ q^k D_0 + ``floor`` of w_k, and ‖e(w_k)‖ ≤ √Λ D_k.
    """
    u, kept, root = promise.most, promise.kept, largest.sqrt()
    first = curvature * start.distance / start.singular_value
    moved, bent = step * root * errors.inner + errors.outer, curvature * step * errors.inner  # δ, κ
    lift, slide = curvature * moved / kept, curvature * errors.outer / kept  # ε, ε_r
    farthest = u * start.singular_value / curvature  # D_M
    pull = curvature * step * root * farthest + bent  # b + κ
    gamma = 1 - step * largest / 2
    slope = gamma - (1 + gamma) * u / 2
    rest = 1 - u - pull
    shrunk = 1 - (2 * pull * u + 2 * slide) / rest
    straight = 1 - (u + (u + lift) / shrunk + pull) / 2  # 1 − v
    margin = slope - u * u / straight
    steady = 1 - (u * pull + slide) / straight  # 1 − a
    noise = (lift + u * (u * bent + slide) / straight) / steady
    level = noise / (step * kept * kept * (1 - u / 2) * margin)
    low = promise.share * level
    each = (low * (step * root * start.singular_value * low + bent) + slide) / (straight * steady)
    loss = (promise.share + 1) / (promise.share - 1) * u * first / (straight * margin) + promise.steps * each
    travel = (start.singular_value - kept) / curvature
    jump = (2 * pull * farthest + 2 * errors.outer) / rest
    reach = exact(max(upper(farthest + travel + moved), upper(travel + jump)))
    fall = 2 * step * kept * kept * slope * (1 - u / 2)
    contraction = fall / (1 + (1 - fall).sqrt())  # 1 − q, q² = 1 − fall
    positive = (step, curvature, kept, start.singular_value - kept, gamma, rest, shrunk, straight, margin, steady)
    sound = all(bool(each > 0) for each in positive) and bool(promise.share > 1) and promise.steps >= 0
    bounded = bool(first <= u) and bool(level + noise <= u)
    holds = sound and bounded and bool(start.singular_value * (-loss).exp() >= kept)
    return Hover(margin, noise, level, loss, travel, reach, contraction, moved / contraction, holds)
