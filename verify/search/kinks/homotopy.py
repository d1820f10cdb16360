"""From any weights near a minimum on kinks: softplus units of growing sharpness, minimised by L-BFGS."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit

from verify.search.kinks.bilinear import Array, Bilinear

__all__ = ["LAST_SHARPNESS", "smoothed_minimum"]

_SHARPNESS = (30.0, 100.0, 300.0, 1_000.0, 3_000.0)
LAST_SHARPNESS = 20_000.0
_ROUGH = {"maxiter": 300, "maxcor": 30, "gtol": 1e-6, "ftol": 1e-10}
_FINE = {"maxiter": 3_000, "maxcor": 30, "gtol": 1e-8, "ftol": 1e-14}


def smoothed_minimum(net: Bilinear, w: Array, told: Callable[[int], None] = lambda _: None) -> Array:
    """A minimiser of the objective with units a u + (b − a) softplus(βu)/β at the last β.

    Parameters
    ----------
    net, w
        The objective, and where to start.
    told
        Told the number of each stage.
    """
    for stage, sharpness in enumerate((*_SHARPNESS, LAST_SHARPNESS)):
        told(stage)
        options = _FINE if sharpness == LAST_SHARPNESS else _ROUGH
        w = minimize(_smoothed(net, sharpness), w, jac=True, method="L-BFGS-B", options={**options, "maxfun": 10**5}).x
    return w


def _smoothed(net: Bilinear, sharpness: float) -> Callable[[Array], tuple[float, Array]]:
    def both(w: Array) -> tuple[float, Array]:
        u = net.inputs_of_units(w)
        hidden = net.low * u + net.jump * np.logaddexp(0, sharpness * u) / sharpness
        slopes = net.low + net.jump * expit(sharpness * u)
        return net.value(w, hidden), net.gradient(w, hidden, slopes)

    return both
