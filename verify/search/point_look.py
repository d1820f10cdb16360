"""What given weights look like in floats: next to a minimum, to a saddle, or to no critical point."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from certificates import Network
from certificates.enclosures.intervals.smoothness import smoothness
from verify.numeric.smooth_objective import FloatObjective
from verify.search.newton_steps import curvature_at

__all__ = ["PointLook", "look_of"]

_MOST = 400  # parameters: all eigenvalues within a second
_STILL = 1e-6  # ‖∇f‖ over λ_max(1 + ‖w‖): below, a critical point is likely to be near
_SINGULAR = 1e-10  # of λ_max


@dataclass(frozen=True)
class PointLook:
    """Numbers in binary64, without error bounds.

    Parameters
    ----------
    value, slope
        f and ‖∇f‖.
    smallest, largest
        λ_min and λ_max of ∇²f off the flat directions.
    negative, singular
        How many eigenvalues are below 0, and how many are 0 up to rounding.
    is_near
        Whether the gradient is so small that a critical point is likely to be near.
    """

    value: float
    slope: float
    smallest: float
    largest: float
    negative: int
    singular: int
    is_near: bool

    def __str__(self) -> str:
        """One line."""
        numbers = f"‖∇f‖ = {self.slope:.3g}, λ(∇²f) from {self.smallest:.3g} to {self.largest:.3g}"
        return f"the weights look like {self._place()}: {numbers}"

    def _place(self) -> str:
        if not self.is_near:
            return "no critical point, f falls from here"
        flat = f", singular in {self.singular} directions" if self.singular else ""
        if self.negative:
            return f"a saddle of index {self.negative}{flat}"
        return f"a minimum{flat}" if self.singular else "a strict minimum"

    def to_dict(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "value": self.value,
            "gradient_norm": self.slope,
            "eigenvalues": [self.smallest, self.largest],
            "negative": self.negative,
            "singular": self.singular,
            "near_a_critical_point": self.is_near,
        }


def look_of(network: Network) -> PointLook | None:
    """Look at the weights; ``None`` where φ' jumps, numbers overflow, or there are too many parameters.

    Where a plain sum of squares has as many parameters as equations, or more, zero loss is reached on surfaces, not at
    points: ``None``, too.

    Examples
    --------
    >>> import verify
    >>> print(look_of(verify.from_arrays([[[0.0]], [[0.0]]], None, "tanh", [[1.0]], [[1.0]], decay=0.5)))
    the weights look like a saddle of index 1: ‖∇f‖ = 0, λ(∇²f) from -1.5 to 2.5
    """
    plain = network.objective.squared_scale is not None
    if network.trained_parameter_count > (min(_MOST, network.residual_count - 1) if plain else _MOST):
        return None
    if not all(smoothness(activation).is_certainly_c11 for activation in network.activations):
        return None
    objective = FloatObjective(network)
    w = objective.initial()
    with np.errstate(all="ignore"):
        value, slope = objective.value(w), float(np.linalg.norm(objective.gradient(w.astype(np.longdouble))))
        curvature = curvature_at(network, objective, w)
    if curvature is None or not np.isfinite([value, slope]).all():
        return None
    values = np.linalg.eigvalsh(curvature.matrix)
    height = float(np.max(np.abs(values)))
    return PointLook(
        value=value,
        slope=slope,
        smallest=float(values[0]),
        largest=float(values[-1]),
        negative=int(np.sum(values < -_SINGULAR * height)),
        singular=int(np.sum(np.abs(values) <= _SINGULAR * height)),
        is_near=slope <= _STILL * height * (1 + float(np.linalg.norm(w))),
    )
