"""Directions in which an objective is constant, whatever the weights (theory 6.1, lemma 6.0).

Each lies inside one tensor without a penalty, and moves no loss:

``output.weight shift``, ``output.bias shift``
    Softmax with a trained output layer: the same number added to all logits, 1 ⊗ a in W_L or 1 in b_L.
``input 17``
    What the first layer, if it is trained, does with an input that is 0 on all samples: 1 ⊗ e_17, every unit's weight.

On the span 𝒩 of some of them ∇f vanishes and ∇²f is 0; f is a function on 𝒩^⊥.
"""

from __future__ import annotations

import numpy as np

from certificates.arithmetic.arb import exact
from certificates.arithmetic.ball_matrix import BallMatrix, widened
from certificates.arithmetic.rounding import UNIT_ROUNDOFF
from certificates.enclosures.objectives.parameters import tensor_slices
from certificates.subjects import Network, SoftmaxCrossEntropy

__all__ = ["flat_directions", "raised"]

_WEIGHT, _BIAS, _INPUT = "output.weight shift", "output.bias shift", "input "


def flat_directions(network: Network) -> tuple[str, ...]:
    """The names of all directions above that the problem has.

    Guarantee
    ---------
    f(w + ν) = f(w) for all w and every ν in their span, exactly.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from certificates.expression import parse_activation
    >>> from certificates.subjects import Dense, Objective, Squared
    >>> layers = Dense(np.ones((1, 2)), None), Dense(np.ones((1, 1)), None)
    >>> inputs, targets = np.array([[1.0, 0.0]]), np.array([[1.0]])
    >>> flat_directions(Network(layers, (parse_activation("tanh"),), inputs, targets, Objective(Squared(Fraction(1)))))
    ('input 1',)
    """
    penalised = {decay.tensor for decay in network.objective.decay}
    last = len(network.layers) - 1
    found: list[str] = []
    if isinstance(network.objective.loss, SoftmaxCrossEntropy) and network.layers[last].trained:
        found += [_WEIGHT] if f"layers.{last}.weight" not in penalised else []
        has_bias = network.layers[last].bias is not None
        found += [_BIAS] if has_bias and f"layers.{last}.bias" not in penalised else []
    if network.layers[0].trained and "layers.0.weight" not in penalised:
        found += [f"{_INPUT}{index}" for index in np.flatnonzero(~network.inputs.any(axis=0))]
    return tuple(found)


def raised(matrix: BallMatrix, network: Network, names: tuple[str, ...], height: float) -> BallMatrix:
    """A + σΠ, Π the orthogonal projector onto the span of the named directions, σ = ``height`` ≥ 0.

    Guarantee
    ---------
    If A vanishes on the span, the eigenvalues of the result are σ, and those of A on the orthogonal complement.
    """
    if not names:
        return matrix
    mid, slices = matrix.mid.copy(), tensor_slices(network)
    largest = 0.0
    with np.errstate(all="ignore"):
        for name in names:
            for rows, value in _entries(network, name, slices, height):
                mid[np.ix_(rows, rows)] += value
                largest = max(largest, float(np.max(np.abs(mid[np.ix_(rows, rows)]))))
    # σ/o is rounded, and so is every sum; no entry belongs to two directions
    error = exact(2 * UNIT_ROUNDOFF) * (exact(largest) + exact(height))
    return widened(BallMatrix(mid, matrix.rad), error + exact(2.0**-1074))


def _entries(network: Network, name: str, slices: dict[str, slice], height: float) -> list[tuple[np.ndarray, float]]:
    """Index sets, disjoint, and what Π times σ has in all entries between members of each."""
    last, outputs = len(network.layers) - 1, network.widths[-1]
    if name == _BIAS:
        place = slices[f"layers.{last}.bias"]
        return [(np.arange(place.start, place.stop), height / outputs)]
    if name == _WEIGHT:
        place = slices[f"layers.{last}.weight"]
        columns = np.arange(place.start, place.stop).reshape(network.layers[last].weight.shape).T
        return [(column, height / outputs) for column in columns]
    column = int(name.removeprefix(_INPUT))
    place = slices["layers.0.weight"]
    entries = np.arange(place.start, place.stop).reshape(network.layers[0].weight.shape)[:, column]
    return [(entries[[row]], height) for row in range(len(entries))]
