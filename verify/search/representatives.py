"""Samples that differ most in what they ask of the weights: where the tangent kernel is singular in floats."""

from __future__ import annotations

from bisect import bisect_left

import numpy as np
from scipy.linalg import LinAlgError, cho_factor, cho_solve

from certificates.subjects import Network
from verify.numeric.mlp import Array
from verify.search.float_kernel import kernel_of

__all__ = ["different_samples"]

_CONDITION = 1e6  # of K of the samples that are kept: the judge has ten digits to prove the rest with


def different_samples(network: Network, condition: float = _CONDITION) -> tuple[int, ...]:
    """Samples that differ most in what they ask of the weights, as many as leave K well conditioned.

    One after another, each time the sample of whose own block of K the others leave most: a pivoted Cholesky
    factorisation by samples. With more samples λ_min(K) falls and λ_max(K) grows: the condition says where to stop.

    Parameters
    ----------
    network
        A problem with a squared loss.
    condition
        The largest λ_max(K)/λ_min(K) of the samples that are kept.

    Returns
    -------
    tuple of int
        In increasing order. Floats, O(n N²) work for N equations: an estimate that a search starts from.

    Examples
    --------
    >>> from verify.problems.arrays import from_arrays
    >>> net = from_arrays([[[1.0], [0.5]], [[1.0, 2.0]]], None, "tanh", [[1.0], [1.0], [-2.0]], [[0.0]] * 3)
    >>> different_samples(net)
    (0, 2)
    """
    kernel = kernel_of(network)
    if kernel is None:
        return ()
    order = _by_difference(kernel, network.widths[-1], 1 / condition)

    def is_ill(count: int) -> bool:
        rows = (np.array(order[:count])[:, None] * network.widths[-1] + np.arange(network.widths[-1])).ravel()
        values = np.linalg.eigvalsh(kernel[np.ix_(rows, rows)])
        return bool(values[0] * condition < values[-1])

    return tuple(sorted(order[: bisect_left(range(1, len(order) + 1), True, key=is_ill)]))


def _by_difference(kernel: Array, outputs: int, share: float) -> list[int]:
    """The samples in the order of what is left of their blocks, down to a share of the first."""
    left, chosen, first = kernel, list[int](), 0.0
    while len(chosen) < len(kernel) // outputs:
        smallest = _smallest_eigenvalues(left, outputs)
        smallest[chosen] = -np.inf
        best = int(np.argmax(smallest))
        first = first or float(smallest[best])
        taken = _without(left, slice(best * outputs, (best + 1) * outputs)) if smallest[best] > share * first else None
        if taken is None:
            break
        left, chosen = taken, [*chosen, best]
    return chosen


def _smallest_eigenvalues(kernel: Array, size: int) -> Array:
    """Of each diagonal block."""
    count = len(kernel) // size
    blocks = kernel.reshape(count, size, count, size)[np.arange(count), :, np.arange(count)]
    return np.asarray(np.linalg.eigvalsh(blocks)[:, 0], dtype=np.float64)


def _without(kernel: Array, rows: slice) -> Array | None:
    """The Schur complement of one block, or ``None`` where it is not positive definite."""
    try:
        solved = cho_solve(cho_factor(kernel[rows, rows]), kernel[rows])
    except LinAlgError:
        return None
    left: Array = kernel - kernel[:, rows] @ solved
    return left
