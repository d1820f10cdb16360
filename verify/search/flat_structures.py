"""Structures of a network at its weights that may make a direction of parameters flat, each with that direction."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from certificates import Network
from certificates.enclosures.objectives.parameters import tensor_slices
from verify.numeric.activations import compile_twice
from verify.numeric.mlp import Array
from verify.numeric.smooth_objective import FloatObjective

__all__ = ["Suspect", "Weights", "suspects"]

_NOTHING = 1e-6  # of the largest weight: what counts as vanished, or as equal
_DEPENDENT = 1e-10  # of the largest singular value


@dataclass(frozen=True, eq=False)
class Suspect:
    """Where the structure is, what it is, what to do about it, and the direction ν, (p,)."""

    where: str
    found: str
    remedy: str
    direction: Array


class Weights:
    """A network at its weights, with directions in the space of its trained parameters."""

    def __init__(self, network: Network) -> None:
        self.network, self.objective = network, FloatObjective(network)
        self.vector = self.objective.initial()
        self.slices = tensor_slices(network)
        self._penalised = {decay.tensor for decay in network.objective.decay}

    @cached_property
    def hidden(self) -> list[tuple[Array, Array, Array, Array]]:
        """Pre-activations, φ, φ' and φ'' of each hidden layer, (n, d_k)."""
        found: list[tuple[Array, Array, Array, Array]] = []
        inputs: Array = self.network.inputs
        for layer, activation in zip(self.network.layers, self.network.activations, strict=False):
            z = inputs @ layer.weight.T + (0 if layer.bias is None else layer.bias)
            found.append((z, *compile_twice(activation)(z)))
            inputs = found[-1][1]
        return found

    def is_free(self, tensor: str) -> bool:
        """Whether it is trained without a penalty."""
        return tensor in self.slices and tensor not in self._penalised

    def direction(self, parts: dict[str, Array]) -> Array:
        """A vector of parameters from changes of tensors; those that are frozen stay."""
        vector = np.zeros(len(self.vector))
        for tensor, change in parts.items():
            if tensor in self.slices:
                vector[self.slices[tensor]] = change.ravel()
        return vector

    def vanishes(self, numbers: Array) -> bool:
        """Whether they are 0 beside the largest weight."""
        return bool(np.all(np.abs(numbers) <= _NOTHING * np.max(np.abs(self.vector))))


def suspects(at: Weights) -> Iterator[Suspect]:
    """All that there are, unit by unit, then layer by layer."""
    for index in range(len(at.network.activations)):
        for unit in range(len(at.network.layers[index].weight)):
            yield from _idle(at, index, unit)
            yield from _affine(at, index, unit)
            yield from _rescaled(at, index, unit)
            for other in range(unit):
                yield from _copied(at, index, unit, other)
    for index in range(len(at.network.layers)):
        yield from _dependent(at, index)


def _named(unit: int, index: int) -> str:
    return f"unit {unit} of layers.{index}"


def _own(at: Weights, index: int, unit: int) -> Array:
    return np.asarray(np.eye(len(at.network.layers[index].weight))[unit])


def _idle(at: Weights, index: int, unit: int) -> Iterator[Suspect]:
    """Nothing depends on the bias of a unit that is not heard, or never answers."""
    layer, tensor = at.network.layers[index], f"layers.{index}.bias"
    if layer.bias is None or not at.is_free(tensor):
        return
    if at.vanishes(at.network.layers[index + 1].weight[:, unit]):
        silent = at.vanishes(layer.weight[unit])
        what = "carries nothing: its " + ("incoming and outgoing" if silent else "outgoing") + " weights vanish"
    elif not at.hidden[index][2][:, unit].any():
        what = "does not answer to any sample (its slopes are 0)"
    else:
        return
    found, remedy = f"{what}, and no penalty holds its bias", f"remove it, or penalise {tensor}"
    yield Suspect(_named(unit, index), found, remedy, at.direction({tensor: _own(at, index, unit)}))


def _affine(at: Weights, index: int, unit: int) -> Iterator[Suspect]:
    """A ReLU unit that is active on all samples: its bias and those of the next layer do the same."""
    _, _, slopes, bends = (each[:, unit] for each in at.hidden[index])
    biases = f"layers.{index}.bias", f"layers.{index + 1}.bias"
    outer = at.network.layers[index + 1].weight[:, unit]
    if bends.any() or np.ptp(slopes) or not slopes[0] or at.vanishes(outer) or not all(map(at.is_free, biases)):
        return
    direction = at.direction({biases[0]: _own(at, index, unit), biases[1]: -slopes[0] * outer})
    found = "is affine on all samples (always active): its bias and those of the next layer do the same"
    yield Suspect(_named(unit, index), found, f"penalise {biases[0]} or {biases[1]}", direction)


def _is_homogeneous(at: Weights, index: int, unit: int) -> bool:
    """Whether φ(z) = φ'(z) z on all samples, piece by piece."""
    z, values, slopes, bends = (each[:, unit] for each in at.hidden[index])
    return not bends.any() and bool(slopes.any()) and np.allclose(values, slopes * z, rtol=1e-12, atol=0)


def _scaled(at: Weights, index: int, unit: int, incoming: float, outgoing: float) -> dict[str, Array]:
    """The change of incoming and outgoing weights of a unit by multiples of themselves."""
    own, layer = _own(at, index, unit), at.network.layers[index]
    outer = at.network.layers[index + 1].weight
    parts = {f"layers.{index}.weight": incoming * own[:, None] * layer.weight}
    parts |= {} if layer.bias is None else {f"layers.{index}.bias": incoming * own * layer.bias}
    return parts | {f"layers.{index + 1}.weight": outgoing * own * outer}


def _rescaled(at: Weights, index: int, unit: int) -> Iterator[Suspect]:
    """Of a ReLU unit, incoming weights times c and outgoing ones over c compute the same."""
    parts = _scaled(at, index, unit, 1.0, -1.0)
    if _is_homogeneous(at, index, unit) and all(map(at.is_free, parts)):
        found = "is positively homogeneous: incoming weights times c and outgoing ones over c compute the same"
        remedy = f"penalise layers.{index}.weight and layers.{index + 1}.weight"
        yield Suspect(_named(unit, index), found, remedy, at.direction(parts))


def _copied(at: Weights, index: int, unit: int, other: int) -> Iterator[Suspect]:
    """Two units with h = c h' on all samples."""
    one, two = at.hidden[index][1][:, unit], at.hidden[index][1][:, other]
    ratio = float(one @ two) / max(float(two @ two), 1e-300)
    if not one.any() or float(np.linalg.norm(one - ratio * two)) > _NOTHING * float(np.linalg.norm(one)):
        return
    where = f"units {other} and {unit} of layers.{index}"
    merged = (
        f"add {ratio:.6g} times the outgoing weights of unit {unit} to those of unit {other}, and remove unit {unit}"
    )
    tensor = f"layers.{index + 1}.weight"
    moved = np.zeros_like(at.network.layers[index + 1].weight)
    moved[0, [unit, other]] = 1.0, -ratio
    if at.is_free(tensor):
        found = "have proportional values on all samples, and no penalty tells their outgoing weights apart"
        yield Suspect(where, found, merged, at.direction({tensor: moved}))
    elif ratio > 0 and _is_homogeneous(at, index, unit) and _is_homogeneous(at, index, other):
        found = "are multiples of each other: other shares of what they compute together cost the same penalty"
        parts, less = _scaled(at, index, unit, 1.0, 1.0), _scaled(at, index, other, -(ratio**2), -(ratio**2))
        both = {name: parts[name] + less[name] for name in parts}
        yield Suspect(where, found, merged, at.direction(both))


def _dependent(at: Weights, index: int) -> Iterator[Suspect]:
    """Columns of a layer's inputs that depend on each other, where no penalty holds the weights on them."""
    layer, tensor = at.network.layers[index], f"layers.{index}.weight"
    if not at.is_free(tensor):
        return
    columns: Array = at.network.inputs if index == 0 else at.hidden[index - 1][1]
    used = np.flatnonzero(columns.any(axis=0))
    biased = layer.bias is not None and at.is_free(f"layers.{index}.bias")
    matrix = np.hstack([columns[:, used], np.ones((len(columns), 1 if biased else 0))])
    _, values, rows = np.linalg.svd(np.linalg.qr(matrix, mode="r"))
    rank = int(np.count_nonzero(values > _DEPENDENT * values[0])) if len(values) else 0
    if rank == matrix.shape[1]:
        return
    change, kernel = np.zeros_like(layer.weight), rows[-1]
    change[0, used] = kernel[: len(used)]
    parts = {tensor: change}
    if biased:
        parts[f"layers.{index}.bias"] = np.eye(len(layer.weight))[0] * kernel[-1]
    found = f"{'inputs and bias' if biased else 'inputs'} span {rank} of {matrix.shape[1]} dimensions on the samples"
    what = "remove columns that depend on others, or " if index == 0 and rank < len(columns) else ""
    remedy = f"{what}penalise {tensor}"
    yield Suspect(f"layers.{index}:", f"its {found}, and no penalty holds its weights", remedy, at.direction(parts))
