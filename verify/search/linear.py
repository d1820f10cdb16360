"""What the proposals about deep linear networks share: the judge's reading of the problem, and products in floats."""

from __future__ import annotations

from functools import reduce

import numpy as np
from numpy.typing import NDArray

from certificates import Network
from certificates.checks.deep_linear import require_linear
from certificates.checks.outcome import Refusal

__all__ = ["Array", "labels_of", "not_linear", "reached_labels"]

Array = NDArray[np.float64]


def not_linear(problem: Network) -> str | None:
    """Why the rules about deep linear networks do not accept the problem; ``None`` if they do."""
    try:
        require_linear(1, problem)
    except Refusal as refusal:
        needed, seen = refusal.fields.get("required", ""), refusal.fields.get("seen", "")
        return f"{refusal.reason}: expected {needed}" + (f", got {seen}" if seen else "")
    return None


def labels_of(network: Network) -> Array:
    """Y, (n, d_H), planted ones rounded."""
    if network.teacher is None:
        return network.given_targets
    planted: Array = reduce(lambda below, layer: below @ layer.weight.T, network.teacher, network.inputs)
    return planted


def reached_labels(network: Network, share: float) -> Array:
    """M (d_H, rank X) with MMᵀ = YXᵀ(XXᵀ)⁺XYᵀ: the labels in an orthonormal basis of what the inputs span.

    Parameters
    ----------
    network
        A linear one.
    share
        Singular values of X below this share of the largest one count as 0.
    """
    left, sizes, _ = np.linalg.svd(network.inputs, full_matrices=False)
    basis: Array = left[:, sizes > share * sizes[0]]
    return labels_of(network).T @ basis
