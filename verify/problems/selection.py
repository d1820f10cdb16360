"""Problems with fewer samples or fewer outputs: what refusals advise, done exactly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from certificates.errors import MalformedProblem
from certificates.subjects import Decay, Dense, FloatArray, Layer, Network
from verify.problems.imported import imported

__all__ = ["select"]

_SHOWN = 20


def select(network: Network, *, samples: Sequence[int] | None = None, outputs: Sequence[int] | None = None) -> Network:
    """Restrict a problem to some of its samples and some of its outputs.

    Parameters
    ----------
    network
        The problem.
    samples, outputs
        Indices from 0, in any order, each once; all by default. Other samples leave the loss, other outputs leave the
        last layer, its penalty, the targets and the teacher.

    Returns
    -------
    Network
        Every number that stays is the same, the loss's factor too: a mean over all samples becomes 1/n of a sum over
        fewer. A note says what was selected.

    Raises
    ------
    MalformedProblem
        An index that does not exist or comes twice, nothing left, outputs of a softmax, which belong together.

    Examples
    --------
    >>> from verify.problems.arrays import from_arrays
    >>> net = from_arrays([[[1.0]], [[1.0], [2.0]]], None, "tanh", [[1.0], [2.0]], [[0.5, 1.0], [0.0, 3.0]])
    >>> small = select(net, samples=[1], outputs=[0])
    >>> small.widths, small.inputs.tolist(), small.targets.tolist(), small.notes[0]
    ((1, 1, 1), [[2.0]], [[0.0]], 'selected of a larger problem: samples 1')
    """
    notes = list(network.notes)
    if samples is not None:
        rows = _checked(samples, network.sample_count, "samples")
        notes.append(f"selected of a larger problem: samples {_shown(rows)}")
        network = _with_samples(network, rows)
    if outputs is not None:
        columns = _checked(outputs, network.widths[-1], "outputs")
        notes.append(f"selected of a larger problem: outputs {_shown(columns)}")
        network = _with_outputs(network, columns)
    return imported(network, notes).network


def _checked(indices: Sequence[int], count: int, place: str) -> list[int]:
    found = [int(index) for index in indices]
    if not found:
        raise MalformedProblem("nothing is selected", place=place, remedy=f"name some of 0 to {count - 1}")
    wrong = next((index for index in found if not 0 <= index < count), None)
    if wrong is not None:
        raise MalformedProblem(f"there is no {wrong}", place=place, remedy=f"name some of 0 to {count - 1}")
    if len(set(found)) < len(found):
        raise MalformedProblem("one is named twice", place=place, remedy="name each once")
    return found


def _shown(indices: list[int]) -> str:
    text = ", ".join(map(str, indices[:_SHOWN]))
    return text if len(indices) <= _SHOWN else f"{text}, … ({len(indices)} of them)"


def _rows(array: FloatArray, rows: list[int]) -> FloatArray:
    return np.ascontiguousarray(array[rows])


def _with_samples(network: Network, rows: list[int]) -> Network:
    targets = None if network.targets is None else _rows(network.targets, rows)
    objective = network.objective
    if objective.sample_weights:
        kept = tuple(objective.sample_weights[row] for row in rows)
        objective = replace(objective, sample_weights=kept if len(set(kept)) > 1 else ())
        if len(set(kept)) == 1:  # a common factor has one place
            objective = replace(objective, loss=replace(objective.loss, scale=objective.loss.scale * kept[0]))
    return replace(network, inputs=_rows(network.inputs, rows), targets=targets, objective=objective)


def _with_outputs(network: Network, columns: list[int]) -> Network:
    if network.objective.loss.name == "softmax" and len(columns) < network.widths[-1]:
        raise MalformedProblem("the outputs of a softmax belong together", place="outputs", remedy="keep them all")
    last = f"layers.{len(network.layers) - 1}."
    decay = tuple(
        _with_rows(each, columns) if each.tensor.startswith(last) else each for each in network.objective.decay
    )
    return replace(
        network,
        layers=(*network.layers[:-1], _narrowed(network.layers[-1], columns)),
        targets=None if network.targets is None else np.ascontiguousarray(network.targets[:, columns]),
        teacher=network.teacher and (*network.teacher[:-1], _narrowed(network.teacher[-1], columns)),
        objective=replace(network.objective, decay=decay),
    )


def _narrowed(layer: Layer, rows: list[int]) -> Layer:
    bias = None if layer.bias is None else _rows(layer.bias, rows)
    return Dense(_rows(layer.weight, rows), bias, layer.trained)


def _with_rows(decay: Decay, rows: list[int]) -> Decay:
    centre = None if decay.centre is None else _rows(decay.centre, rows)
    return replace(decay, centre=centre if centre is not None and centre.any() else None)
