"""Small networks for tangent kernels, and their kernels by other routes: Arb entry by entry, quadrature, SVD."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from flint import arb, arb_mat

from certificates import Network
from certificates.arithmetic.arb import exact
from certificates.expression import parse_activation
from certificates.subjects import Dense, Objective, Squared

__all__ = ["empirical_matrix", "is_above_least", "kernel_net", "limit_entry", "limit_matrix", "rayleigh"]


def kernel_net(
    inputs: np.ndarray, activation: str, *, units: int = 12, bias: bool = False, outputs: int = 1, seed: int = 0
) -> Network:
    """One hidden layer of random weights, everything trained."""
    rng = np.random.default_rng(seed)
    first = Dense(rng.normal(size=(units, inputs.shape[1])), rng.normal(size=units) if bias else None)
    last = Dense(rng.normal(size=(outputs, units)) / np.sqrt(units), None)
    targets = rng.normal(size=(len(inputs), outputs))
    return Network((first, last), (parse_activation(activation),), inputs, targets, Objective(Squared(Fraction(1, 2))))


def _dot(x: np.ndarray, y: np.ndarray) -> arb:
    return sum((exact(float(a)) * exact(float(b)) for a, b in zip(x, y, strict=True)), exact(0))


def _are_parallel(x: np.ndarray, y: np.ndarray) -> bool:
    a, b = ([Fraction(each) for each in row.tolist()] for row in (x, y))
    return all(a[i] * b[j] == a[j] * b[i] for i in range(len(a)) for j in range(i))


def limit_entry(x: np.ndarray, y: np.ndarray, activation: str, *, unit: bool = False, leak: Fraction | int = 0) -> arb:
    """K(x, y) of ReLU, leaky ReLU, erf or erf0 in balls, by arccos."""
    product, first, second = _dot(x, y), _dot(x, x), _dot(y, y)
    if unit:
        product, first, second = product / (first * second).sqrt(), exact(1), exact(1)
    if activation in ("erf", "erf0"):
        root = ((1 + 2 * first) * (1 + 2 * second) - 4 * product * product).sqrt()
        return product / root * (4 / arb.pi() if activation == "erf" else 1)
    rho = product / (first * second).sqrt()
    if activation == "sin":  # of unit inputs
        return rho * rho.cosh() / exact(1).exp()
    if activation == "identity":
        return product
    angle = (exact(0) if product > 0 else arb.pi()) if _are_parallel(x, y) else rho.acos()
    a = exact(Fraction(leak))
    return product * (a + (1 - a) ** 2 * (arb.pi() - angle) / (2 * arb.pi()))


def limit_matrix(inputs: np.ndarray, activation: str, **options: object) -> arb_mat:
    """All entries."""
    return arb_mat([[limit_entry(x, y, activation, **options) for y in inputs] for x in inputs])


def is_above_least(matrix: arb_mat, number: float) -> bool | None:
    """Whether λ_min < number, by the signs of pivots of A − number·I; ``None`` where a ball does not tell."""
    rows = [[matrix[i, j] for j in range(matrix.ncols())] for i in range(matrix.nrows())]
    for i in range(len(rows)):
        rows[i][i] -= exact(number)
    for k in range(len(rows)):
        pivot = rows[k][k]
        if pivot < 0:
            return True
        if not pivot > 0:
            return None
        for i in range(k + 1, len(rows)):
            factor = rows[i][k] / pivot
            for j in range(k, len(rows)):
                rows[i][j] -= factor * rows[k][j]
    return False


_FUNCTIONS = {
    "tanh": (arb.tanh, lambda z: 1 - z.tanh() ** 2),
    "erf": (arb.erf, lambda z: 2 / arb.pi().sqrt() * (-z * z).exp()),
    "relu": (lambda z: z.max(exact(0)), lambda z: exact(1 if z > 0 else 0)),
}


def empirical_matrix(network: Network) -> arb_mat:
    """JJᵀ of one hidden layer, all of it trained, rows ordered (output, sample), from the definition."""
    first, last = network.layers
    value, slope = _FUNCTIONS[str(network.activations[0].name)]
    rows = []
    with_bias = first.bias is not None
    inputs = [[exact(float(a)) for a in row] + [exact(1)] * with_bias for row in network.inputs]
    weights = [
        [exact(float(a)) for a in row] + ([exact(float(first.bias[k]))] if with_bias else [])
        for k, row in enumerate(first.weight)
    ]
    for o, outer in enumerate(last.weight):
        for x in inputs:
            z = [sum((a * b for a, b in zip(x, w, strict=True)), exact(0)) for w in weights]
            inner = [exact(float(v)) * slope(each) * a for v, each in zip(outer, z, strict=True) for a in x]
            ends = [value(each) if k == o else exact(0) for k in range(len(last.weight)) for each in z]
            rows.append(inner + ends)
    jacobian = arb_mat(rows)
    return jacobian * jacobian.transpose()


def rayleigh(matrix: arb_mat) -> tuple[arb, float]:
    """An upper bound of λ_min, and a number slightly below it as floats see it."""
    mids = np.array([[float(matrix[i, j].mid()) for j in range(matrix.ncols())] for i in range(matrix.nrows())])
    values, vectors = np.linalg.eigh((mids + mids.T) / 2)
    v = arb_mat([[exact(float(x))] for x in vectors[:, 0]])
    quotient = (v.transpose() * matrix * v)[0, 0] / (v.transpose() * v)[0, 0]
    slack = 1e-12 * float(np.abs(values).max())
    return quotient, float(values[0]) - slack
