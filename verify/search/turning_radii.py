"""How large a ball may be on which a Hessian turns by no more than it is allowed to; the bounds are the judge's own."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from certificates import Network
from certificates.arithmetic.arb import upper
from certificates.checks.minimum import turning_on
from certificates.checks.turned import turned_along
from certificates.errors import EnclosureFailure

__all__ = ["bound_of_form", "bound_of_turning", "largest_radius", "planted", "radius_of"]

_CLOSE, _GUESS = 0.9, 2.0**-10
_LEAST, _MOST = 2.0**-60, 2.0**40


def bound_of_turning(network: Network, *, sums: bool = True) -> Callable[[float], float]:
    """R ↦ h(R) ≥ ‖∇²f(w) − ∇²f(w_0)‖ for ‖w − w_0‖ ≤ R; infinite where no bound is known."""

    def bound(radius: float) -> float:
        try:
            return upper(turning_on(network, radius, sums=sums).h)
        except EnclosureFailure:
            return float("inf")

    return bound


def bound_of_form(network: Network, direction: np.ndarray) -> Callable[[float], float]:
    """R ↦ how far uᵀ∇²f u/‖u‖² may rise for ‖w − w_0‖ ≤ R; infinite where no bound is known."""

    def bound(radius: float) -> float:
        try:
            return upper(turned_along(network, turning_on(network, radius), direction)[0])
        except EnclosureFailure:
            return float("inf")

    return bound


def largest_radius(bound: Callable[[float], float], allowed: float, guess: float, *, tries: int = 12) -> float | None:
    """A radius R with h(R) ≤ ``allowed``, within a tenth of the largest where h grows steadily.

    Parameters
    ----------
    bound
        h, at least proportional to R.
    allowed
        Positive.
    guess
        Where to begin.
    tries
        How often h is asked for.

    Returns
    -------
    float | None
        ``None`` if none was found.

    Examples
    --------
    >>> found = largest_radius(lambda r: 3 * r + r * r, 1.0, 1e-3)
    >>> 0.27 < found < 0.303
    True
    """
    radius, best, worst = guess, None, math.inf
    for _ in range(tries):
        value = bound(radius)
        if value > allowed:
            worst = min(worst, radius)
        else:
            best = radius if best is None else max(best, radius)
            if value >= _CLOSE * allowed:
                break
        radius = min(max(_proportional(radius, value, allowed), _LEAST), _MOST)
        if best is not None and not best < radius < worst:  # h grows faster than R
            radius = math.sqrt(best * worst) if worst < math.inf else 2 * best
    return best


def _proportional(radius: float, value: float, allowed: float) -> float:
    factor = 0.5 * (1 + _CLOSE) * allowed / value if value > 0 else 2.0**10
    return radius * min(max(factor, 2.0**-20), 2.0**10)


def radius_of(network: Network, allowed: float, *, sums: bool = True, along: np.ndarray | None = None) -> float | None:
    """A ball on which the Hessian, or its form along a direction, turns by no more than ``allowed``; cheap first."""
    cheap = largest_radius(bound_of_turning(network, sums=False), allowed, _GUESS)
    if not sums:
        return cheap
    best = bound_of_turning(network) if along is None else bound_of_form(network, along)
    better = largest_radius(best, allowed, _GUESS if cheap is None else cheap, tries=3)
    return cheap if better is None else better


def planted(network: Network) -> str | None:
    """Why nothing is said of labels that a teacher plants; ``None`` for given ones."""
    return None if network.teacher is None else "expected given labels, got ones planted by a teacher"
