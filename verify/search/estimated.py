"""What is estimated of the criterion of zero-loss convergence: numbers in binary64, a line, JSON values."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

from verify.search.float_kernel import rounding
from verify.search.landscape import Landscape

__all__ = ["Estimates"]


@dataclass(frozen=True)
class Estimates:
    """Numbers in binary64, without error bounds; NaN where one is not known.

    Parameters
    ----------
    samples, equations, parameters
        n, N and p.
    loss, residual
        The objective, and ‖F(w) − y‖ if it is a plain sum of squares.
    smallest, largest
        λ_min and λ_max of K = JJᵀ.
    curvature
        β(0).
    needed
        The largest residual for which the criterion could hold; 0 if K is singular, or is not proven not to be.
    kernel_samples, curvature_samples
        How many of the samples λ and β are of, spread evenly; 0 if of none. Of fewer samples λ_min is larger and β
        smaller, so that ``needed`` is too large.
    remarks
        What is not known, and why.
    landscape
        What a search goes on with; ``None`` if it could not be had, or not for all samples.
    """

    samples: int
    equations: int
    parameters: int
    loss: float
    residual: float = math.nan
    smallest: float = math.nan
    largest: float = math.nan
    curvature: float = math.nan
    needed: float = math.nan
    kernel_samples: int = 0
    curvature_samples: int = 0
    remarks: tuple[str, ...] = ()
    landscape: Landscape | None = field(default=None, repr=False, compare=False)

    @property
    def condition(self) -> float:
        """λ_max/λ_min of K; ∞ if λ_min is 0 up to rounding."""
        return self.largest / self.smallest if self.smallest > self.rounding else math.inf

    @property
    def rounding(self) -> float:
        """About as much as λ_min may be wrong: see :func:`~verify.search.float_kernel.rounding`."""
        return rounding(self.equations, self.largest)

    @property
    def excess(self) -> float:
        """How many times too large the residual is; at most 1 where the criterion may hold, ∞ if it never does."""
        return self.residual / self.needed if self.needed else math.inf

    def to_dict(self) -> dict[str, Any]:
        """As JSON values; what is not known, or infinite, is ``None``."""
        numbers = {
            "loss": self.loss,
            "residual": self.residual,
            "needed": self.needed,
            "excess": self.excess,
            "lambda_min": self.smallest,
            "lambda_max": self.largest,
            "condition": self.condition,
            "beta": self.curvature,
        }
        return {
            **{name: value if math.isfinite(value) else None for name, value in numbers.items()},
            "equations": self.equations,
            "parameters": self.parameters,
            "kernel_samples": self.kernel_samples,
            "beta_samples": self.curvature_samples,
            "remarks": list(self.remarks),
        }

    def __str__(self) -> str:
        """One line."""
        parts = [f"loss {self.loss:.3g}" if math.isfinite(self.loss) else "the loss overflows"]
        parts += [f"λ_min {self.smallest:.3g}"] if not math.isnan(self.smallest) else []
        parts += [f"β {self.curvature:.3g}"] if not math.isnan(self.curvature) else []
        parts += [f"residual {self.residual:.3g}"] if math.isfinite(self.residual) else []
        return f"estimates: {', '.join([*parts, *filter(None, [self.comparison])])}"

    @property
    def _obstacle(self) -> str:
        if math.isnan(self.largest):
            return "two samples have the same inputs"
        lost = "the bounds of K" if self.smallest > self.rounding else "rounding"
        return f"λ_min is 0 up to {lost}"

    @property
    def comparison(self) -> str:
        """The residual that is needed beside the one there is, in words; empty if nobody asked."""
        if self.equations > self.parameters:
            return f"no residual is small enough: N = {self.equations:,} > p = {self.parameters:,}"
        if math.isnan(self.needed):
            return f"needed: unknown ({self.remarks[0]})" if self.remarks else ""
        if self.needed == 0:
            return f"no residual is small enough: {self._obstacle}"
        if min(self.kernel_samples, self.curvature_samples) == self.samples:
            return f"needed {self.needed:.3g} ({_times(self.excess)})"
        return f"needed at most {self.needed:.3g} ({'perhaps ' if self.excess < 1 else ''}{_times(self.excess)})"


def _times(excess: float) -> str:
    if excess < 1:
        return "met"
    return f"{excess:.2g}× too large" if 1.1 < excess < 100 else f"{excess:.4g}× too large"
