"""How large the columns of a table are: networks are drawn for columns of mean 0 and standard deviation about 1."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Scales", "scales"]

_ODD, _FAR = 15.0, 10.0  # largest deviation, or its inverse; a mean in deviations
_UNEQUAL = 30.0  # largest over median deviation
_STANDARD, _CENTRED = 2.5, 1.0


@dataclass(frozen=True)
class Scales:
    """Of the columns that vary.

    Parameters
    ----------
    least, typical, most
        The smallest, the median and the largest standard deviation; 0 if none varies.
    offset
        The largest |mean|, in standard deviations of its column, or in typical ones if those are larger.
    largest
        The largest entry by size.
    """

    least: float
    typical: float
    most: float
    offset: float
    largest: float

    @property
    def is_odd(self) -> bool:
        """Whether one column outweighs the others, or all are far from mean 0 and standard deviation 1."""
        if not self.most:
            return False
        return self.most > _UNEQUAL * self.typical or self.offset > _FAR or not 1 / _ODD <= self.most <= _ODD

    @property
    def is_standard(self) -> bool:
        """Whether the columns are near mean 0 and standard deviation 1, so that scaling them would change little."""
        if not self.most:
            return True
        near = 1 / _STANDARD <= self.most <= _STANDARD and self.most <= _STANDARD**2 * self.typical
        return near and self.offset <= _CENTRED

    def __str__(self) -> str:
        """In words."""
        if not np.isfinite(self.largest):
            return "overflow"
        if not self.most:
            return f"constant columns, entries up to {self.largest:.3g}"
        spread = [f"{self.least:.3g}"] + ([f"to {self.most:.3g}"] if self.most > 1.001 * self.least else [])
        return (
            f"standard deviation {' '.join(spread)}, means within {self.offset:.2g} deviations of 0, entries up to "
            f"{self.largest:.3g}"
        )


def scales(table: NDArray[np.float64]) -> Scales:
    """Look at every column.

    Parameters
    ----------
    table
        Inputs or targets, (n, columns).

    Examples
    --------
    >>> print(scales(np.array([[0.0, 100.0], [2.0, 300.0]])))
    standard deviation 1 to 100, means within 2 deviations of 0, entries up to 300
    """
    largest = float(np.max(np.abs(table)))
    if not np.isfinite(largest):  # planted labels that overflow
        return Scales(0.0, 0.0, 0.0, 0.0, largest)
    unit = largest or 1.0
    scaled = table / unit
    means, deviations = scaled.mean(axis=0), scaled.std(axis=0)
    varying = deviations > 2.0**-40 * np.abs(means)
    if not varying.any():
        return Scales(0.0, 0.0, 0.0, 0.0, largest)
    means, deviations = np.abs(means[varying]), deviations[varying]
    typical = float(np.median(deviations))
    least, most = float(deviations.min()) * unit, float(deviations.max()) * unit
    return Scales(least, typical * unit, most, float(np.max(means / np.maximum(deviations, typical))), largest)
