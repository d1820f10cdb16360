"""What the enclosures of a network cost: products, spectral tests, Jacobians, and β at every node."""

from __future__ import annotations

from itertools import pairwise

from certificates.checks.workload import Workload
from certificates.enclosures.networks.curvature import curvature_effort
from certificates.subjects import Network

__all__ = ["network_workload"]

# Norms for each pair of layers, and for each sample of them, whatever the widths.
_EFFORT_OF_A_PAIR, _EFFORT_OF_A_CHAIN = 2_000.0, 3_000.0


def network_workload(network: Network, *, jacobians: bool, curvatures: int = 1) -> Workload:
    """2N²Σd_ℓ for the Gram products, 3N³ for the spectral tests, the adjoint form's Jacobians, and β."""
    n, equations, widths = network.sample_count, network.residual_count, network.widths
    hidden = widths[1:-1]
    grams = 2.0 * equations**2 * sum(hidden) + 2.0 * n**2 * sum(widths[:-1])
    passes = 4.0 * equations * sum(a * b for a, b in pairwise(widths))
    chains = 0.0
    if jacobians and len(hidden) > 1:
        chains = sum(40.0 * n * a * a * max(hidden) for a in hidden) * len(hidden)
    block = 1024.0 * (n * 3 + equations * 2)
    entries = 8.0 * equations**2 + n * 3.0 * sum(hidden[:-1]) + block
    bounds = curvatures * curvature_effort(len(network.layers))
    if jacobians and len(hidden) > 1:
        bounds += len(hidden) ** 2 / 2 * (_EFFORT_OF_A_PAIR + _EFFORT_OF_A_CHAIN * n)
    return Workload(grams + passes + chains + 3.0 * equations**3, entries, float(n) * sum(hidden), bounds)
