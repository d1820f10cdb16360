"""Samples that differ most in what they ask of the weights: where the tangent kernel is singular in floats."""

from __future__ import annotations

import numpy as np
from scipy.linalg import LinAlgError, cho_factor, cho_solve

from certificates.subjects import Network
from verify.numeric.mlp import Array, FloatNetwork

__all__ = ["different_samples"]

_SHARE = 1e-6  # of the largest: what is left of a sample's own kernel once the others are taken out


def different_samples(network: Network, share: float = _SHARE) -> tuple[int, ...]:
    """Samples whose rows of J are independent to a share, greedily: a pivoted Cholesky factorisation of K by samples.

    Parameters
    ----------
    network
        A problem with a squared loss.
    share
        A sample is left out when the smallest eigenvalue of what the others leave of its own block of K falls below
        this share of the largest at the start.

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
    net = FloatNetwork(network)
    outputs = network.widths[-1]
    with np.errstate(all="ignore"):
        left = net.tangent_kernel(net.initial())
    if not np.isfinite(left).all():
        return ()
    chosen: list[int] = []
    first = 0.0
    for _ in range(network.sample_count):
        smallest = _smallest_eigenvalues(left, outputs)
        smallest[chosen] = -np.inf
        best = int(np.argmax(smallest))
        first = first or float(smallest[best])
        if not smallest[best] > share * first:
            break
        rows = slice(best * outputs, (best + 1) * outputs)
        taken = _without(left, rows)
        if taken is None:
            break
        left, chosen = taken, [*chosen, best]
    return tuple(sorted(chosen))


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
