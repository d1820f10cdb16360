"""How far eigenvalues of ∇²f, or its form along one direction, move on a ball: the least of two bounds.

h(R) of theorem 6.1 bounds every change of ∇²f. Of a squared loss, f = ½‖r‖² + ½Σλ_t‖w_t − c_t‖², theorem 4.2.2 (3)
knows more about the least and the largest eigenvalue, and theorem 4.3.3 about a form: the Gram part JᵀJ turns much
along those vectors only on which J is large.
"""

from __future__ import annotations

from dataclasses import dataclass

from flint import arb

from certificates.arithmetic.arb import exact, root_above, upper
from certificates.enclosures.objectives.along import slope_along, squared_length
from certificates.enclosures.objectives.hessian import loss_sum
from certificates.enclosures.objectives.point import evaluate
from certificates.enclosures.objectives.turning import Turning
from certificates.subjects import FloatArray, Network
from certificates.theorems.hessian_balls import Slopes, between, turning_along

__all__ = ["Turned", "slopes_of_sums", "turned", "turned_along"]

_PLAIN = "change of the Hessian"
_FALL = "fall of the least eigenvalue, whose Gram part turns with the Jacobian (theorem 4.2.2)"
_FORM = "rise of the form along u, whose Gram part turns with the Jacobian (theorem 4.3.3)"


@dataclass(frozen=True)
class Turned:
    """Bounds on a ball.

    Parameters
    ----------
    fall, rise
        The upper ends bound how far the least eigenvalue falls and the largest one rises.
    what
        Which bound of the fall is the least, in words.
    """

    fall: arb
    rise: arb
    what: str


def slopes_of_sums(problem: Network, turning: Turning) -> Slopes | None:
    """S_0, e_0, β and γ that h₂ is made of, where the loss is squared: they hold on the ball of ``turning``."""
    if turning.sums is None:
        return None
    residual = root_above(2 * exact(max(0.0, upper(loss_sum(evaluate(problem))))))
    return Slopes(turning.sums.slope, None, residual, turning.sums.beta, turning.sums.gamma)


def turned(problem: Network, turning: Turning, radius: float, least: arb, most: arb) -> Turned:
    """How far λ_min falls and λ_max rises on the ball of a radius r ≤ R.

    Parameters
    ----------
    problem, turning
        The network, and what bounds its Hessian on the ball of R around the weights.
    radius
        r.
    least, most
        λ_0 and Λ_0, bounds of the eigenvalues at the weights, on a subspace perhaps.
    """
    plain, slopes = turning.within(radius), slopes_of_sums(problem, turning)
    if slopes is None:
        return Turned(plain, plain, _PLAIN)
    found = between(least, most, slopes, exact(radius))
    fall = plain if found.strength is None else least - found.strength
    rise = plain if found.smoothness is None else plain.min(found.smoothness - most)
    return Turned(fall, rise, _FALL) if upper(fall) < upper(plain) else Turned(plain, rise, _PLAIN)


def turned_along(problem: Network, turning: Turning, direction: FloatArray) -> tuple[arb, str]:
    """How far uᵀ∇²f u/‖u‖² rises on the ball of ``turning`` along a direction u; and which bound that is."""
    slopes = slopes_of_sums(problem, turning)
    if slopes is None:
        return turning.h, _PLAIN
    steep = root_above(slope_along(evaluate(problem), direction) / squared_length(direction))
    rise = turning_along(slopes, exact(turning.radius), steep)
    return (rise, _FORM) if rise is not None and upper(rise) < upper(turning.h) else (turning.h, _PLAIN)
