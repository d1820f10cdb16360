"""An exact solution of F(w) = y near w_0, by Newton's method of least norm (theorem 1.5.1).

J = DF, σ_0 ≤ σ_min(J(w_0)) positive, ξ ≥ ‖J(w_0)⁺(F(w_0) − y)‖, β a Lipschitz constant of J on the closed ball of
radius ϱ. If h = βξ/σ_0 ≤ ½ and r = 2ξ/(1 + √(1 − 2h)) ≤ ϱ, then F(w) = y for some w within r of w_0, and
σ_min(J(w)) ≥ σ_0 √(1 − 2h).
"""

from __future__ import annotations

from dataclasses import dataclass

from flint import arb

from certificates.arithmetic.arb import exact, lower

__all__ = ["Interpolation", "interpolate"]


@dataclass(frozen=True)
class Interpolation:
    """The quantities of the theorem, as balls.

    Parameters
    ----------
    bent, radius
        h and r.
    singular_value
        A lower bound of σ_min(J) at the solution, not negative.
    holds
        Whether h ≤ ½ and r ≤ ϱ, certainly.
    """

    bent: arb
    radius: arb
    singular_value: arb
    holds: bool


def interpolate(step: arb, singular_value: arb, curvature: arb, reach: float) -> Interpolation:
    """Evaluate the theorem.

    Parameters
    ----------
    step, singular_value, curvature
        ξ, σ_0 and β.
    reach
        ϱ.

    Guarantee
    ---------
    If it ``holds``, so does the conclusion, with the upper end of ``radius`` and the lower one of ``singular_value``.
    """
    bent = curvature * step / singular_value
    rest = exact(max(0.0, lower(1 - 2 * bent)))  # 1 − 2h, from below
    radius = 2 * step / (1 + rest.sqrt())
    holds = bool(2 * bent <= 1) and bool(radius <= exact(reach))
    return Interpolation(bent, radius, singular_value * rest.sqrt(), holds)
