"""The four hypotheses of a wide layer, each decided or not, and whether they contradict one another (theorem 5.2.6)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from certificates.arithmetic.arb import lower
from certificates.arithmetic.ball_matrix import BallMatrix
from certificates.arithmetic.exact_rank import exact_rank
from certificates.arithmetic.preconditioned import preconditioned
from certificates.checks.wide_layers import equal_inputs, first_growth, input_count
from certificates.enclosures.intervals.smoothness import is_certainly_c2
from certificates.enclosures.objectives.hessian import hessian
from certificates.enclosures.objectives.point import evaluate
from certificates.errors import EnclosureFailure
from certificates.subjects import Network

__all__ = [
    "block_of_layers",
    "contradiction_of_shape",
    "distance_to_inverse",
    "has_independent_rows",
    "is_surely_singular",
]

_INCREASING = ("tanh", "sigmoid", "softplus", "erf", "erf0", "arctan", "identity", "smooth_leaky_relu")  # φ' > 0


def has_independent_rows(network: Network, k: int, shifts: tuple[float, ...] | None) -> bool | None:
    """(3): by shifts of spectra, or by exact ranks.

    Returns
    -------
    bool or None
        ``None`` where a shift proves nothing, or numbers are of too different sizes for exact arithmetic.
    """
    if first_growth(network, k) is not None:
        return False
    above = network.layers[k + 1 :]
    if shifts is not None:
        found = [
            BallMatrix.from_exact(layer.weight).gram().smallest_eigenvalue(shift)
            for layer, shift in zip(above, shifts, strict=True)
        ]
        return True if all(least is not None and lower(least) > 0 for least in found) else None
    try:
        return all(exact_rank(layer.weight) == len(layer.weight) for layer in above)
    except EnclosureFailure:
        return None


def is_surely_singular(network: Network, k: int) -> bool:
    """Whether more features than samples that differ are combined: then f is constant along some directions.

    Guarantee
    ---------
    ``True`` only if there is a v ≠ 0 with H̃_kv = 0, whatever the weights below: f does not change along uvᵀ in
    [W_(k+1), b_(k+1)], and its Hessian by layers k + 1 … H is singular wherever it exists.
    """
    rows = network.inputs + 0.0
    return input_count(network, k) > len({row.tobytes() for row in rows})


def block_of_layers(network: Network, k: int) -> Network:
    """The same problem in which exactly the layers k + 1 … H are trained."""
    layers = tuple(replace(layer, trained=index >= k) for index, layer in enumerate(network.layers))
    return replace(network, layers=layers)


def distance_to_inverse(block: Network, k: int) -> float | None:
    """An upper bound of ‖I − BA‖_∞ for the Hessian A by the trained layers and some B.

    Returns
    -------
    float or None
        Below 1 only if A is nonsingular. ``None`` if φ'' may jump in a layer above, if no finite enclosure exists, or
        if B is not found.
    """
    if not all(is_certainly_c2(activation) for activation in block.activations[k:]):
        return None
    try:
        matrix = hessian(evaluate(block))
        found = preconditioned(matrix, BallMatrix.from_exact(np.zeros((matrix.shape[0], 1))))
    except EnclosureFailure:
        return None
    return None if found is None else float(np.max(found.sums))


def contradiction_of_shape(network: Network, k: int) -> bool:
    """Whether widths, inputs and activations alone let no critical weights satisfy (1) to (4) (theorem 5.2.6)."""
    columns, count = input_count(network, k), network.sample_count
    if equal_inputs(network) is not None or columns < count or first_growth(network, k) is not None:
        return True  # (1), (2) or (3) is false at all weights
    if columns > count:
        return True
    increasing = all(activation.name in _INCREASING for activation in network.activations[k:])
    return k < len(network.layers) - 1 and increasing
