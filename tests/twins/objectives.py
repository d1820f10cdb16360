"""An objective written out in mpmath, sample by sample, unit by unit, and its derivatives by differences."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import mpmath
import numpy as np

from certificates import Network
from certificates.subjects import Logistic, Objective, SoftmaxCrossEntropy
from tests.support.naive import unflatten

DIGITS = 60
_STEP = mpmath.mpf(10) ** -15

ACTIVATIONS: dict[str, Callable[[mpmath.mpf], mpmath.mpf]] = {
    "tanh": mpmath.tanh,
    "sin": mpmath.sin,
    "gelu": lambda z: z * (1 + mpmath.erf(z / mpmath.sqrt(2))) / 2,
    "quadratic": lambda z: z * z,
    "identity": lambda z: z,
}


def exact(value: Fraction) -> mpmath.mpf:
    return mpmath.mpf(value.numerator) / value.denominator


def value(network: Network, w: list[mpmath.mpf], name: str) -> mpmath.mpf:
    """f(w)."""
    layers = unflatten(network, np.array(w, dtype=object))
    objective, total = network.objective, mpmath.mpf(0)
    for index, x in enumerate(network.inputs.tolist()):
        weight = objective.sample_weights[index] if objective.sample_weights else Fraction(1)
        z = _outputs(layers, x, name)
        total += exact(weight * objective.loss.scale) * _loss(objective, z, network.targets[index].tolist())
    for decay in objective.decay:
        _, layer, part = decay.tensor.split(".")
        tensor = layers[int(layer)][part == "bias"]
        centre = np.zeros(tensor.shape) if decay.centre is None else decay.centre
        total += exact(decay.rate) / 2 * sum((a - c) ** 2 for a, c in zip(tensor.flat, centre.flat, strict=True))
    return total


def _outputs(layers: list, x: list[float], name: str) -> list[mpmath.mpf]:
    hidden = [mpmath.mpf(each) for each in x]
    for index, (weight, bias) in enumerate(layers):
        hidden = [mpmath.fdot(row, hidden) + (0 if bias is None else bias[unit]) for unit, row in enumerate(weight)]
        if index < len(layers) - 1:
            hidden = [ACTIVATIONS[name](z) for z in hidden]
    return hidden


def _loss(objective: Objective, z: list[mpmath.mpf], y: list[float]) -> mpmath.mpf:
    match objective.loss:
        case SoftmaxCrossEntropy(class_labels=rows):
            q = [exact(each) for each in rows[y.index(1)]] if rows else y
            return mpmath.log(sum(map(mpmath.exp, z))) - mpmath.fdot(q, z)
        case Logistic():
            return sum(mpmath.log(1 + mpmath.exp(each)) - q * each for each, q in zip(z, y, strict=True))
    return sum((each - target) ** 2 for each, target in zip(z, y, strict=True))


def gradient(network: Network, w: np.ndarray, name: str) -> list[mpmath.mpf]:
    """∇f(w) up to about 1e-25, w of any precision that two doubles hold."""
    with mpmath.workdps(DIGITS):
        at = _point(w)
        steps = [[(index, sign) for sign in (1, -1)] for index in range(len(at))]
        return [(_moved(network, at, name, up) - _moved(network, at, name, down)) / (2 * _STEP) for up, down in steps]


def hessian(network: Network, w: np.ndarray, name: str) -> np.ndarray:
    """∇²f(w), correctly rounded up to about 1e-25."""
    with mpmath.workdps(DIGITS):
        at = _point(w)
        found = np.zeros((len(at),) * 2)
        for i in range(len(at)):
            for j in range(i + 1):
                same = _moved(network, at, name, (i, 1), (j, 1)) + _moved(network, at, name, (i, -1), (j, -1))
                other = _moved(network, at, name, (i, 1), (j, -1)) + _moved(network, at, name, (i, -1), (j, 1))
                found[i, j] = found[j, i] = float((same - other) / (4 * _STEP**2))
        return found


def _point(w: np.ndarray) -> list[mpmath.mpf]:
    high = w.astype(np.float64)
    return [
        mpmath.mpf(a) + mpmath.mpf(b) for a, b in zip(high.tolist(), (w - high).astype(float).tolist(), strict=True)
    ]


def _moved(network: Network, at: list[mpmath.mpf], name: str, *moves: tuple[int, int]) -> mpmath.mpf:
    moved = list(at)
    for index, sign in moves:
        moved[index] += sign * _STEP
    return value(network, moved, name)
