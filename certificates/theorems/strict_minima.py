"""A strict minimum near a point, and gradient descent to it (theorem 4.2.3, on 𝒩^⊥).

On the ball B of radius R around w_0 let m = λ_0 − h ≤ ∇²f ≤ Λ_0 + h = M on 𝒩^⊥, where 𝒩 holds directions in which f is
constant. If m > 0 and G < mR for a G ≥ ‖∇f(w_0)‖, then modulo 𝒩

(a) f has exactly one critical point ŵ in B, its strict minimum there, and ‖ŵ − w_0‖ ≤ G/m;
(b) f(w_0) − G²/(2m) ≤ f(ŵ) ≤ f(w_0);
(c) if also 2G ≤ mR, gradient descent from w_0 with constant steps 0 < η ≤ 2/(m + M) stays in B and comes nearer by the
    factor 1 − ηm in every step.

If the gradient is known better at w_0 + δ than at w_0, G' ≥ ‖∇f(w_0 + δ)‖, (a) and (b) hold with the ball of radius
R − ‖δ‖ around that point inside B: G' < m(R − ‖δ‖), ‖ŵ − w_0‖ ≤ ‖δ‖ + G'/m.
"""

from __future__ import annotations

from dataclasses import dataclass

from flint import arb

from certificates.arithmetic.arb import exact

__all__ = ["StrictMinimum", "strict_minimum"]


@dataclass(frozen=True)
class StrictMinimum:
    """The quantities of the theorem, as balls.

    Parameters
    ----------
    strong_convexity, smoothness
        m and M.
    gradient_norm, offset
        G at w_0 + δ, and ‖δ‖.
    available
        m(R − ‖δ‖), which G is to be below.
    distance
        ‖δ‖ + G/m.
    value_drop
        G²/(2m).
    step_size
        2/(m + M).
    """

    strong_convexity: arb
    smoothness: arb
    gradient_norm: arb
    offset: arb
    available: arb
    distance: arb
    value_drop: arb
    step_size: arb

    @property
    def holds(self) -> bool:
        """Whether m > 0, ‖δ‖ < R and G < m(R − ‖δ‖) certainly hold."""
        return bool(self.strong_convexity > 0) and bool(self.gradient_norm < self.available)

    def descends(self, radius: float) -> bool:
        """Whether descent from w_0 stays in B: 2‖ŵ − w_0‖ ≤ R, which 2G ≤ mR is for δ = 0."""
        return self.holds and bool(2 * self.distance <= exact(radius))


def strict_minimum(
    lowest: arb,
    highest: arb,
    turning: arb,
    gradient_norm: arb,
    radius: float,
    offset: arb | None = None,
    rise: arb | None = None,
) -> StrictMinimum:
    """Evaluate the theorem.

    Parameters
    ----------
    lowest, highest
        λ_0 and Λ_0: bounds of the eigenvalues of ∇²f(w_0) on 𝒩^⊥.
    turning
        h ≥ ‖∇²f(w) − ∇²f(w_0)‖ on B, or how far the least eigenvalue falls there.
    gradient_norm
        G ≥ ‖∇f(w_0 + δ)‖.
    radius
        R > 0.
    offset
        ‖δ‖; ``None`` for 0.
    rise
        How far the largest eigenvalue rises on B; ``None`` for h.

    Guarantee
    ---------
    If :attr:`StrictMinimum.holds`, (a) and (b) hold for every point of the balls, (b) with f(w_0 + δ) for f(w_0); if
    :meth:`StrictMinimum.descends`, (c) as well: distances to ŵ do not grow, so ‖w_t − w_0‖ ≤ 2‖ŵ − w_0‖ ≤ R.

    Examples
    --------
    >>> found = strict_minimum(exact(1), exact(3), exact(0.5), exact(0.125), 1.0)
    >>> found.holds, found.descends(1.0), float(found.distance)
    (True, True, 0.25)
    """
    moved = exact(0) if offset is None else offset
    lower, upper = lowest - turning, highest + (turning if rise is None else rise)
    return StrictMinimum(
        strong_convexity=lower,
        smoothness=upper,
        gradient_norm=gradient_norm,
        offset=moved,
        available=lower * (exact(radius) - moved),
        distance=moved + gradient_norm / lower,
        value_drop=gradient_norm**2 / (2 * lower),
        step_size=2 / (lower + upper),
    )
