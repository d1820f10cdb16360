"""A network with its data: the subject of claims about training.

The labels are *given*, or *planted*: those of a teacher, exact, and stored nowhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from certificates.errors import MalformedProblem
from certificates.expression import Activation
from certificates.subjects.layers import FloatArray, Layer
from certificates.subjects.objective import Objective, check_objective
from certificates.subjects.problem import Problem

__all__ = ["LONGEST_NOTE", "MOST_NOTES", "Network"]

MOST_NOTES, LONGEST_NOTE = 32, 1_000


@dataclass(frozen=True, eq=False)
class Network(Problem):
    """A multilayer perceptron with identity output, its data and its objective.

    Parameters
    ----------
    layers
        At least two (one hidden layer). All numbers are exact dyadics.
    activations
        One per hidden layer, ``len(layers) - 1`` of them.
    inputs
        X, shape (n, d).
    targets
        y, shape (n, o), given labels; ``None`` when a teacher plants them.
    objective
        f, what gradient descent minimises: mostly s ‖F(w) − y‖².
    teacher
        The network that plants the labels: as many layers as ``layers``, with the same activations, frozen and without
        biases, of any hidden widths. Then y is what it computes in exact arithmetic. ``None`` for given labels.
    notes
        Remarks of whoever wrote the problem, at most 32 of at most 1,000 printable characters: how files were read,
        where the source of the weights computes something else. Shown beside verdicts, never interpreted.

    Raises
    ------
    MalformedProblem
        Shapes that do not compose (names the layer), empty data, numbers that are not finite, no trained
        layer, an objective that does not fit, labels both given and planted, or neither, notes out of bounds.
    """

    type: ClassVar[str] = "network"

    layers: tuple[Layer, ...]
    activations: tuple[Activation, ...]
    inputs: FloatArray
    targets: FloatArray | None
    objective: Objective
    teacher: tuple[Layer, ...] | None = None
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what is no network, and freeze the arrays."""
        _check_labels(self)
        _check_shapes(self)
        for name, array in _named_arrays(self):
            if not np.isfinite(array).all():
                raise MalformedProblem("has NaN or infinite entries", place=name, remedy="remove or impute them")
            array.flags.writeable = False
        if not any(layer.trained for layer in self.layers):
            raise MalformedProblem("every layer is frozen; there is nothing to train", place="trained")
        check_objective(self.objective, self.sample_count, self.widths[-1], self.targets, _trained_shapes(self))
        _check_notes(self.notes)

    @property
    def sample_count(self) -> int:
        """N."""
        return int(self.inputs.shape[0])

    @property
    def residual_count(self) -> int:
        """N = n · outputs, the number of equations F(w) = y."""
        return self.sample_count * self.widths[-1]

    @property
    def given_targets(self) -> FloatArray:
        """Y as given.

        Raises
        ------
        MalformedProblem
            The labels are planted.
        """
        if self.targets is None:
            raise MalformedProblem(
                "the labels are planted by a teacher, and given ones are needed here",
                place="targets",
                remedy="store labels as targets instead of teacher.layers.N.weight",
            )
        return self.targets

    @property
    def trained_parameter_count(self) -> int:
        """p, the number of parameters that gradient descent moves."""
        return sum(layer.parameter_count for layer in self.layers if layer.trained)

    @property
    def widths(self) -> tuple[int, ...]:
        """(d, d_1, …, d_L): input dimension, hidden widths, outputs."""
        return (int(self.inputs.shape[1]), *(int(layer.weight.shape[0]) for layer in self.layers))

    def __repr__(self) -> str:
        """Widths, activations, number of samples and loss, as in ``Network(64–256–1, tanh, n=100, squared)``."""
        names = list(dict.fromkeys(activation.text for activation in self.activations))
        shown = names[0][:60] if len(names) == 1 else f"{len(names)} activations"
        return f"Network({'–'.join(map(str, self.widths))}, {shown}, n={self.sample_count}, {self.objective.loss.name})"


def _check_notes(notes: tuple[str, ...]) -> None:
    if len(notes) > MOST_NOTES:
        raise MalformedProblem(f"has {len(notes)} notes, at most {MOST_NOTES} are read", place="notes")
    for index, note in enumerate(notes):
        if not (0 < len(note) <= LONGEST_NOTE and note.isprintable()):
            raise MalformedProblem(f"expected 1 to {LONGEST_NOTE:,} printable characters", place=f"notes.{index}")


def _named_arrays(network: Network) -> list[tuple[str, FloatArray]]:
    named = [("inputs", network.inputs)] + ([] if network.targets is None else [("targets", network.targets)])
    for prefix, layers in (("", network.layers), ("teacher.", network.teacher or ())):
        for index, layer in enumerate(layers):
            named.append((f"{prefix}layers.{index}.weight", layer.weight))
            if layer.bias is not None:
                named.append((f"{prefix}layers.{index}.bias", layer.bias))
    return named


def _trained_shapes(network: Network) -> dict[str, tuple[int, ...]]:
    """The tensors that gradient descent moves, in order."""
    moved = {f"layers.{index}" for index, layer in enumerate(network.layers) if layer.trained}
    return {name: array.shape for name, array in _named_arrays(network) if name.rpartition(".")[0] in moved}


def _check_labels(network: Network) -> None:
    if (network.targets is None) == (network.teacher is None):
        raise MalformedProblem(
            "expected either given labels or a teacher that plants them, got "
            + ("neither" if network.targets is None else "both"),
            place="targets",
        )
    for index, layer in enumerate(network.teacher or ()):
        if layer.bias is not None or layer.trained:
            raise MalformedProblem("a teacher's layers are frozen and have no bias", place=f"teacher.layers.{index}")


def _check_shapes(network: Network) -> None:
    for name, array in _named_arrays(network):
        rank = 1 if name.endswith("bias") else 2
        if array.dtype != np.float64 or array.ndim != rank:
            raise MalformedProblem(
                f"expected a float64 array with {rank} axes, got {array.dtype} with {array.ndim}", place=name
            )
        if array.size == 0:
            raise MalformedProblem(f"is empty, shape {array.shape}", place=name, remedy="give at least one entry")
    if len(network.layers) < 2 or len(network.activations) != len(network.layers) - 1:
        raise MalformedProblem(
            f"expected at least two layers and one activation between each pair, got {len(network.layers)} "
            f"layers and {len(network.activations)} activations",
            place="layers",
        )
    if network.teacher is not None and len(network.teacher) != len(network.layers):
        raise MalformedProblem(
            f"expected {len(network.layers)} layers as the network has, got {len(network.teacher)}", place="teacher"
        )
    width = _check_composition(network.layers, network.inputs.shape[1], "")
    if network.teacher is not None:
        _check_outputs(_check_composition(network.teacher, network.inputs.shape[1], "teacher."), width, "teacher")
    if network.targets is not None:
        if network.inputs.shape[0] != network.targets.shape[0]:
            raise MalformedProblem(
                f"has {network.targets.shape[0]} rows, inputs have {network.inputs.shape[0]}", place="targets"
            )
        _check_outputs(network.targets.shape[1], width, "targets")


def _check_composition(layers: tuple[Layer, ...], width: int, prefix: str) -> int:
    """The number of outputs of layers that compose from ``width`` inputs."""
    source = "inputs"
    for index, layer in enumerate(layers):
        place = f"{prefix}layers.{index}.weight"
        if layer.weight.shape[1] != width:
            raise MalformedProblem(
                f"expected (out, {width}) to follow {source}, got {layer.weight.shape}",
                place=place,
                remedy="weights are stored as (out, in), as PyTorch does",
            )
        if layer.bias is not None and layer.bias.shape != (layer.weight.shape[0],):
            raise MalformedProblem(
                f"expected ({layer.weight.shape[0]},), got {layer.bias.shape}", place=f"{prefix}layers.{index}.bias"
            )
        width, source = layer.weight.shape[0], place
    return width


def _check_outputs(found: int, width: int, place: str) -> None:
    if found != width:
        raise MalformedProblem(f"expected {width} columns to match the network's outputs, got {found}", place=place)
