"""Random streams that do not depend on the order in which instances are made."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["dyadic", "stream"]


def stream(seed: int, *path: int) -> np.random.Generator:
    """The generator of one instance.

    Parameters
    ----------
    seed
        Of the whole experiment.
    path
        Which instance, say grid point, experiment, trial; other paths give independent streams.

    Examples
    --------
    >>> [int(stream(1, *path).integers(1000)) == int(stream(1, 2, 3).integers(1000)) for path in ((2, 3), (3, 2))]
    [True, False]
    """
    return np.random.default_rng([seed, *path])


def dyadic(values: NDArray[np.float64], bits: int) -> NDArray[np.float64]:
    """Round to multiples of 2^−bits, so that exact arithmetic with them stays short.

    Examples
    --------
    >>> dyadic(np.array([0.3, -1.0]), 2)
    array([ 0.25, -1.  ])
    """
    return np.ldexp(np.rint(np.ldexp(values, bits)), -bits)
