"""What enclosures of an objective cost: its Hessian, spectral tests, how fast it turns, a gradient of many digits."""

from __future__ import annotations

from itertools import pairwise

from certificates.checks.workload import Workload
from certificates.subjects import Network

__all__ = ["objective_workload"]

_SMALL_BLOCKS = 4_000.0  # operations on balls for each pair of a unit and a trained layer, whatever their sizes
_TABLES = 2.0e6  # of |φ'|, |φ''| and |φ'''| on what is reached, for each hidden layer


def objective_workload(
    network: Network, *, hessians: int = 1, grams: int = 0, turnings: int = 0, spectra: int = 2, scalars: float = 0.0
) -> Workload:
    """2nop² for a sum of Gram matrices of Jacobians, 3p³ for a spectral test, and what depends on layers alone.

    Parameters
    ----------
    network
        The problem.
    hessians, grams, turnings, spectra
        How many Hessians, further sums Σ a_iA_iᵀA_i with their norms, bounds h(R) without those sums, and further
        tests.
    scalars
        Operations on single balls beyond all that.
    """
    n, p, widths = network.sample_count, network.trained_parameter_count, network.widths
    outputs, hidden = widths[-1], widths[1:-1]
    gram = 2.0 * n * outputs * p * p + 30.0 * n * outputs * p
    second, blocks = _second_part(network)
    passes = 10.0 * 6.0 * n * outputs * sum(a * b for a, b in pairwise(widths))
    return Workload(
        operations=(hessians + grams) * gram + hessians * second + passes + (grams + spectra) * 3.0 * p**3,
        entries=6.0 * p * p + 3.0 * 2**22 + n * (3.0 * outputs * outputs + 8.0 * sum(widths)),
        activations=float(n) * sum(hidden),
        scalars=scalars
        + hessians * _SMALL_BLOCKS * blocks
        + turnings * (_TABLES * len(hidden) + 40.0 * n * len(widths))
        + 2.0 * n * (sum(hidden) + outputs * outputs),
    )


def _second_part(network: Network) -> tuple[float, float]:
    """Flops of the second derivatives of outputs, and how many blocks they are made of."""
    n, widths = network.sample_count, network.widths
    trained = [index for index, layer in enumerate(network.layers) if layer.trained]
    flops, blocks = 0.0, 0.0
    for j in trained[:-1] if trained[-1] == len(network.layers) - 1 else trained:
        for index in (k for k in trained if k >= j):
            size = widths[index + 1] * (widths[index] + 1.0)
            flops += 2.0 * n * widths[j + 1] * size * (widths[j] + 1.0) + 30.0 * n * widths[j + 1] * size
            blocks += widths[j + 1]
    chains = sum(2.0 * n * a * b * c for a in widths[1:-1] for b, c in pairwise(widths[1:]))
    return flops + 3.0 * chains, blocks
