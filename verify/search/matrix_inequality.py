"""The semidefinite program behind the matrix inequality of gradient dominance (theory 3.5.2).

It is solved for h = ϱu, so that the ball is the unit ball. The solver is never trusted: the judge decides in balls.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.sparse import csr_matrix

from certificates.enclosures.quadratic.network import QuadraticNetwork
from verify.search.conic import USABLE, statuses
from verify.search.quadratic import Array

__all__ = ["kernels", "solve"]


def kernels(network: QuadraticNetwork) -> Array:
    """(J_iJ_jᵀ + J_jJ_iᵀ)/(2n²) for the blocks i, j of W_0 and the p unit matrices: shape (p + 1, p + 1, n, n)."""
    x, k, d = network.inputs, network.width, network.dimension
    n = network.sample_count
    signals = np.zeros((k * d + 1, k, n))  # v_l times the hidden pre-activations of each block
    signals[0] = (x @ network.weights.T).T
    for unit in range(k):
        signals[1 + unit * d : 1 + (unit + 1) * d, unit] = x.T
    signals *= network.outer[None, :, None]
    products = np.einsum("ila,jlb->ijab", signals, signals)
    both: Array = 2 / n**2 * (products + products.transpose(0, 1, 3, 2)) * (x @ x.T)
    return both


def solve(network: QuadraticNetwork, radius: float) -> tuple[float, Array, Array] | None:
    """(μ of L, ϱ²S, Θ scaled by ϱ and ϱ²) that maximise μ, in floating point; ``None`` when the solvers fail."""
    import cvxpy as cp

    blocks = kernels(network)
    order, n = blocks.shape[0], blocks.shape[2]
    scale = np.full(order, radius)
    scale[0] = 1.0
    blocks = blocks * (scale[:, None] * scale[None, :])[:, :, None, None]
    unit = float(np.max(np.abs(blocks[0, 0]))) or 1.0
    fixed = blocks.transpose(0, 2, 1, 3).reshape(order * n, order * n) / unit
    linear = _directions(order, n)
    unknowns = cp.Variable(linear.shape[1])
    spread = cp.Variable((n, n), symmetric=True)
    first, second = np.tril_indices(n)
    matrix = cp.reshape(linear @ unknowns, (order * n, order * n), order="C") + fixed
    constraints = [
        (matrix + matrix.T) / 2 >> 0,
        spread >> 0,
        unknowns[1 : 1 + len(first)] == cp.hstack([spread[a, b] for a, b in zip(first, second, strict=True)]),
    ]
    program = cp.Problem(cp.Maximize(unknowns[0]), constraints)
    for status in statuses(program, _SOLVERS):
        if status in USABLE and np.isfinite(unknowns.value).all():
            values = np.asarray(unknowns.value) * unit
            return float(values[0]) * n, np.asarray(spread.value) * unit, values[1 + len(first) :]
    return None


_SOLVERS: dict[str, dict[str, Any]] = {"CLARABEL": {}, "SCS": {"eps_abs": 1e-8, "eps_rel": 1e-8, "max_iters": 20_000}}


def _directions(order: int, n: int) -> csr_matrix:
    """Columns: −I in the corner (for μ/n); the lower triangle of S, −S in the corner and S below; then every twist."""
    size, column = order * n, 0
    entries: list[tuple[int, int, float]] = [(a * size + a, 0, -1.0) for a in range(n)]
    for a in range(n):
        for b in range(a + 1):
            column += 1
            for block in range(order):
                sign = -1.0 if block == 0 else 1.0
                places = {(block * n + a, block * n + b), (block * n + b, block * n + a)}
                entries += [(row * size + other, column, sign) for row, other in places]
    for i in range(order):
        for j in range(i + 1, order):
            for a in range(n):
                for b in range(a):
                    column += 1
                    for row, other, sign in ((a, b, 1.0), (b, a, -1.0)):
                        top, side = i * n + row, j * n + other
                        entries += [(top * size + side, column, sign), (side * size + top, column, sign)]
    rows, columns, values = (np.array(part) for part in zip(*entries, strict=True))
    return csr_matrix((values, (rows.astype(int), columns.astype(int))), shape=(size * size, column + 1))
