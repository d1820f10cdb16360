"""What the enclosures of a wide layer and of what lies above it cost."""

from __future__ import annotations

from itertools import pairwise

from certificates.checks.wide_layers import input_count
from certificates.checks.workload import Workload
from certificates.subjects import Network

__all__ = ["wide_workload"]

_EFFORT_OF_A_SAMPLE = 1_300.0  # a factorisation of a small matrix
_EFFORT_OF_AN_ENTRY = 1.5  # of an activation and its slope, and of the bounds that pass through it
_EFFORT = 60_000.0  # of the rest: norms of the layers, bounds of slopes on a ball


def wide_workload(network: Network, k: int, *, samples: bool, layers: bool) -> Workload:
    """A pass and the way back, n²d_k + 3n³ for the features, the norms of all layers, the spectra of those above.

    Parameters
    ----------
    network
        The problem.
    k
        The hidden layer whose features are meant, 0 for the inputs.
    samples, layers
        By which ways what lies above is bounded.
    """
    n, widths, outputs = float(network.sample_count), network.widths, float(network.widths[-1])
    products = sum(float(a) * b for a, b in pairwise(widths))
    columns, hidden = float(input_count(network, k)), float(sum(widths[1:-1]))
    operations = 6 * n * products + 2 * n * columns * (n + widths[k + 1]) + 3 * n**3
    operations += sum(_norm(a, b) for a, b in pairwise(widths)) + sum(_norm(n, a + 1) for a in widths[:-1])
    entries = 6 * n * (hidden + widths[0]) + 10 * n * n + 8.0 * max(a * b for a, b in pairwise(widths))
    scalars = _EFFORT * len(network.layers) + _EFFORT_OF_AN_ENTRY * n * hidden
    if samples:
        above = max(widths[k + 1 : -1], default=1)
        operations += 2 * n * outputs * products + 3 * n * outputs**2 * (above + 9 * outputs)
        entries += 5 * n * outputs * above + 4 * n * outputs**2
        scalars += n * (_EFFORT_OF_A_SAMPLE + outputs**2) + n * outputs * hidden / 5
    if layers:
        operations += sum(2.0 * b * b * a + 3.0 * b**3 for a, b in pairwise(widths[k + 1 :]))
        entries += 8.0 * max((b * b for b in widths[k + 2 :]), default=0)
    return Workload(operations, entries, n * hidden, scalars)


def _norm(rows: float, columns: float) -> float:
    """The operator norm of a matrix, by squaring the smaller Gram matrix."""
    small, large = sorted((rows, columns))
    return 2.0 * small**2 * (large + 8.0 * small)
