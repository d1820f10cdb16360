"""How large the columns of a table are: networks are drawn for columns of mean 0 and standard deviation about 1."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Scales", "scales"]

_ODD, _FAR = 30.0, 10.0  # largest deviation, or its inverse; a mean in deviations
_UNEQUAL = 100.0  # largest over smallest deviation
_STANDARD, _CENTRED = 2.5, 1.0


@dataclass(frozen=True)
class Scales:
    """Of the columns that vary.

    Parameters
    ----------
    least, most
        The smallest and the largest standard deviation; 0 if none varies.
    offset
        The largest |mean|, in standard deviations of its column.
    largest
        The largest entry by size.
    """

    least: float
    most: float
    offset: float
    largest: float

    @property
    def is_odd(self) -> bool:
        """Whether the columns are far from mean 0 and standard deviation 1, or from one another."""
        if not self.most:
            return False
        apart = self.most > _UNEQUAL * self.least or self.offset > _FAR
        return apart or not 1 / _ODD <= self.most <= _ODD

    @property
    def is_standard(self) -> bool:
        """Whether the columns are near mean 0 and standard deviation 1, so that scaling them would change little."""
        if not self.most:
            return True
        near = 1 / _STANDARD <= self.most <= _STANDARD and self.most <= _STANDARD**2 * self.least
        return near and self.offset <= _CENTRED

    def __str__(self) -> str:
        """In words."""
        if not np.isfinite(self.largest):
            return "overflow"
        if not self.most:
            return f"constant columns, entries up to {self.largest:.3g}"
        spread = f"{self.least:.3g}" if self.least == self.most else f"{self.least:.3g} to {self.most:.3g}"
        return f"standard deviation {spread}, mean up to {self.offset:.3g} of them, entries up to {self.largest:.3g}"


def scales(table: NDArray[np.float64]) -> Scales:
    """Look at every column.

    Parameters
    ----------
    table
        Inputs or targets, (n, columns).

    Examples
    --------
    >>> print(scales(np.array([[0.0, 100.0], [2.0, 300.0]])))
    standard deviation 1 to 100, mean up to 2 of them, entries up to 300
    """
    largest = float(np.max(np.abs(table)))
    if not np.isfinite(largest):  # planted labels that overflow
        return Scales(0.0, 0.0, 0.0, largest)
    unit = largest or 1.0
    scaled = table / unit
    means, deviations = scaled.mean(axis=0), scaled.std(axis=0)
    varying = deviations > 2.0**-40 * np.abs(means)
    if not varying.any():
        return Scales(0.0, 0.0, 0.0, largest)
    means, deviations = np.abs(means[varying]), deviations[varying]
    least, most = float(deviations.min()) * unit, float(deviations.max()) * unit
    return Scales(least, most, float(np.max(means / deviations)), largest)
