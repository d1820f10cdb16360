"""Logistic regression on one variable, by maximum likelihood."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit

__all__ = ["Logistic", "fit_logistic"]

_RIDGE = 1e-4  # on the slope: perfectly separated points would send it to infinity


@dataclass(frozen=True)
class Logistic:
    """p(x) = 1/(1 + e^{−slope·(x − midpoint)}).

    Parameters
    ----------
    slope, midpoint
        Per unit of x; where p is 1/2.
    """

    slope: float
    midpoint: float

    def __call__(self, x: float) -> float:
        """p(x)."""
        return float(expit(self.slope * (x - self.midpoint)))

    def crossing(self, level: float) -> float:
        """Where p is the level, which lies in (0, 1).

        Examples
        --------
        >>> Logistic(2.0, 5.0).crossing(0.5)
        5.0
        """
        return self.midpoint + math.log(level / (1 - level)) / self.slope


def fit_logistic(positions: Sequence[float], successes: Sequence[int], trials: int) -> Logistic | None:
    """Fit success counts; ``None`` without points, where all trials or none succeed, or where success does not grow.

    Parameters
    ----------
    positions
        x of each point.
    successes
        How many of the trials there succeeded.
    trials
        At each point.
    """
    x, s = np.asarray(positions, dtype=np.float64), np.asarray(successes, dtype=np.float64)
    if not len(x) or s.sum() in (0, trials * len(x)):
        return None
    centre = float(x.mean())

    def cost(parameters: np.ndarray) -> tuple[float, np.ndarray]:
        slope, offset = parameters
        eta = slope * (x - centre) + offset
        value = trials * np.logaddexp(0, eta).sum() - s @ eta + _RIDGE / 2 * slope**2
        error = trials * expit(eta) - s
        return float(value), np.array([error @ (x - centre) + _RIDGE * slope, error.sum()])

    slope, offset = minimize(cost, np.zeros(2), jac=True, method="BFGS", options={"gtol": 1e-9}).x
    return Logistic(float(slope), centre - float(offset) / float(slope)) if slope > 0 else None
