"""What the rules about deep linear networks share: reading the problem, and what its exact products cost."""

from __future__ import annotations

import numpy as np

from certificates.arithmetic.dyadic_matrix import DyadicMatrix
from certificates.arithmetic.exact_definiteness import definiteness_cost
from certificates.arithmetic.exact_rank import spread_of
from certificates.checks.objective import require_squared
from certificates.checks.outcome import Refusal
from certificates.checks.workload import Workload
from certificates.memory import remembered
from certificates.subjects import FloatArray, Network
from certificates.theorems.deep_linear import LinearNetwork
from certificates.verdict import Assumption

__all__ = ["EXACT_MATRICES", "linear_network", "linear_workload", "require_linear"]

EXACT_MATRICES = Assumption("FLINT's arithmetic of matrices of integers is exact")

_MANTISSA = 53.0


def require_linear(check: int, problem: Network) -> None:
    """Refuse what is no composition of linear maps, or has another objective than a plain sum of squares."""
    require_squared(check, problem)
    for index, activation in enumerate(problem.activations):
        if activation.name != "identity":
            raise Refusal.rejected(
                check,
                "no linear network",
                required="the activation identity after every hidden layer",
                seen=f"{activation.text[:60]} after layer {index}",
            )
    for index, layer in enumerate(problem.layers):
        if layer.bias is not None:
            raise Refusal.rejected(
                check,
                "no linear network",
                required="no biases",
                seen=f"layers.{index}.bias",
                advice="append a 1 to every input instead, and leave the biases out",
            )


@remembered(2)
def linear_network(problem: Network) -> LinearNetwork:
    """The exact network of a problem that :func:`require_linear` lets through; planted labels are exact, too."""
    inputs = DyadicMatrix.of(problem.inputs).T
    gram = inputs.times(inputs.T)
    weights = tuple(DyadicMatrix.of(layer.weight) for layer in problem.layers)
    scale = require_squared(1, problem)
    if problem.teacher is None:
        labels = DyadicMatrix.of(problem.given_targets).T
        return LinearNetwork(weights, gram, labels.times(inputs.T), labels.square_norm(), scale)
    planted = tuple(DyadicMatrix.of(layer.weight) for layer in problem.teacher)
    teacher = LinearNetwork(planted, gram, gram, gram.trace(), scale).product
    cross = teacher.times(gram)
    return LinearNetwork(weights, gram, cross, cross.inner(teacher), scale)


def linear_workload(problem: Network, definite: tuple[int, ...] = ()) -> Workload:
    """The Gram matrix of the inputs, the products of all layers, and the characteristic polynomials of these sizes."""
    widths, n = problem.widths, float(problem.sample_count)
    bits = _bits(problem.inputs) + max(_bits(array) for array in _labels(problem))
    grams = n * widths[0] * (widths[0] + widths[-1]) * (1 + bits / 128) ** 2 / 20
    products, length = 0.0, 1.0
    for layers in (problem.layers, problem.teacher or ()):
        for layer in layers:
            words = 1 + _bits(layer.weight) / 64
            products += layer.weight.size * max(widths[0], widths[-1]) * words * length / 20
            length += words
    spectra = sum(definiteness_cost(size, bits) for size in definite)
    entries = 4 * n * (widths[0] + widths[-1]) + 8 * sum(size * size for size in definite)
    return Workload(0.0, entries * (1 + bits / 64), 0.0, grams + products + spectra)


def _labels(problem: Network) -> list[FloatArray]:
    return [problem.targets] if problem.targets is not None else [layer.weight for layer in problem.teacher or ()]


def _bits(array: FloatArray) -> float:
    """No entry, as an integer, is longer."""
    return _MANTISSA + spread_of(np.reshape(array, (-1, 1)))
