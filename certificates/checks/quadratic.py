"""What the rules about quadratic networks share: reading the problem, and what their products cost."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from certificates.checks.objective import require_squared
from certificates.checks.outcome import Refusal
from certificates.checks.workload import Workload
from certificates.enclosures.quadratic.network import NotQuadratic, QuadraticNetwork, quadratic_network
from certificates.subjects import Network

__all__ = ["pair_count", "quadratic_workload", "require_quadratic"]


def require_quadratic(check: int, problem: Network) -> QuadraticNetwork:
    """The problem as a quadratic network without units of outer weight 0 and without inputs that are 0 in every sample.

    Both leave f as a function of what remains: deleted weights add zeros to gradient and Hessian.
    """
    require_squared(check, problem)
    try:
        network = quadratic_network(problem)
    except NotQuadratic as reason:
        raise Refusal.rejected(
            check,
            f"no quadratic network: {reason}",
            required="x ↦ Σ v_l (w_lᵀx)², first layer trained, second frozen, no biases",
        ) from reason
    used = network.inputs.any(axis=0)
    if used.all() or not used.any():
        return network
    teacher = network.teacher and (np.ascontiguousarray(network.teacher[0][:, used]), network.teacher[1])
    return replace(
        network,
        inputs=np.ascontiguousarray(network.inputs[:, used]),
        weights=np.ascontiguousarray(network.weights[:, used]),
        teacher=teacher,
    )


def pair_count(network: QuadraticNetwork) -> int:
    """D = d(d + 1)/2, the dimension of the symmetric matrices."""
    return network.dimension * (network.dimension + 1) // 2


def quadratic_workload(
    network: QuadraticNetwork, *, moments: bool = False, products: bool = False, hessian: bool = False
) -> Workload:
    """Z, q and G always; T (D × D), K (n × n) and ∇²L (kd × kd) with their spectral tests where they are wanted."""
    n, d, k = network.sample_count, network.dimension, network.width
    operations, entries = 4.0 * n * d * (k + d) + 3.0 * d**3, 4.0 * n * (k + d) + 4.0 * d * d
    for wanted, size, inner in (
        (moments, pair_count(network), n),
        (products, n, d),
        (hessian, k * d, n),
    ):
        if wanted:
            operations += 2.0 * size * size * inner + 3.0 * float(size) ** 3
            entries += 6.0 * size * size + 3.0 * size * inner
    return Workload(operations, entries, 0.0)
