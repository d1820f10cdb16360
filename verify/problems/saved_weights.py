"""What the importers of weights without code share: layers by name, data, the sentence, the comparison."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from os import PathLike
from typing import Any

import numpy as np

from certificates.errors import MalformedProblem
from verify.problems.arrays import Activations, import_arrays
from verify.problems.chain_words import sentence
from verify.problems.csv_format import ANY_CSV, CsvFormat
from verify.problems.imported import Imported, imported
from verify.problems.loss import LossName
from verify.problems.names import layers_from_tensors
from verify.problems.penalties import DecayNames
from verify.problems.precision import precision_notes
from verify.problems.predictions import compare_predictions, framework_notes
from verify.problems.readers import Reading, read_array
from verify.problems.statement import objective_statement

__all__ = ["ROUNDED", "Settings", "as_reading", "import_saved"]

ROUNDED = "decimals of CSV files are taken as the nearest binary64 numbers; the certified problem is about those"


@dataclass(frozen=True)
class Settings:
    """What the user says about weights without code.

    Parameters
    ----------
    activation, loss, frozen, decay
        As for :func:`verify.problems.arrays.from_arrays`.
    sample_weights
        The same, or a .npy, .npz or .csv file.
    chain
        Layers whose names speak of branches, members or blocks are a plain chain all the same.
    outputs
        The source's predictions on the inputs, an array or a .npy, .npz or .csv file, to be compared.
    csv
        How CSV files are written.
    """

    activation: Activations
    loss: LossName = "mean"
    frozen: Iterable[int] = ()
    chain: bool = False
    outputs: Any = None
    csv: CsvFormat = ANY_CSV
    decay: DecayNames = 0
    sample_weights: Any = None


def import_saved(
    tensors: Mapping[str, Any],
    place: str,
    data: tuple[Reading, Reading | None],
    settings: Settings,
    teacher: Sequence[Any] | None = None,
) -> Imported:
    """Make the problem, say what the weights were read as, and compare predictions if there are any."""
    named = layers_from_tensors(tensors, place, chain=settings.chain)
    inputs, targets = data
    _check_rows(inputs, targets)
    done = import_arrays(
        named.weights,
        named.biases,
        settings.activation,
        inputs.values,
        None if targets is None else targets.values,
        teacher=teacher,
        loss=settings.loss,
        decay=settings.decay,
        sample_weights=_sample_weights(settings),
        frozen=settings.frozen,
    )
    network = done.network
    readings = [each for each in data if each is not None]
    predictions = (
        None
        if settings.outputs is None
        else as_reading(settings.outputs, "outputs", settings.csv, network.sample_count)
    )
    said = [each.said for each in (*readings, *([] if predictions is None else [predictions])) if each.said]
    said.append(f"layers of {place} in the order of their names: {', '.join(named.stems)}")
    if predictions is not None:
        said.append(compare_predictions(network, named.weights, predictions))
    return imported(
        network,
        [
            sentence(network),
            *done.notes,
            *objective_statement(network),
            *named.notes,
            *(remark for each in readings for remark in each.remarks),
            *precision_notes(named.weights, network.inputs),
            *framework_notes(network),
        ],
        said,
    )


def _sample_weights(settings: Settings) -> Any:
    given = settings.sample_weights
    return None if given is None else as_reading(given, "sample_weights", settings.csv).values


def as_reading(given: Any, what: str, csv: CsvFormat, rows: int | None = None) -> Reading:
    """An array as it is, or the array of a file with what is to be said of it; ``rows`` tells of a header."""
    if not isinstance(given, str | PathLike):
        return Reading(given, f"{what}: given") if what == "outputs" else Reading(given, "")
    found = read_array(given, csv, rows)
    if np.any(found.half_units):
        return replace(found, remarks=(*found.remarks, ROUNDED))
    return found


def _check_rows(inputs: Reading, targets: Reading | None) -> None:
    if targets is None or not (inputs.said and targets.said):
        return
    rows = [np.shape(each.values)[:1] for each in (inputs, targets)]
    if rows[0] != rows[1]:
        raise MalformedProblem(
            "inputs and targets have different numbers of rows",
            place=f"{inputs.said}; {targets.said}",
            remedy="give one row a sample in both; say --header or --no-header if a first row was misread",
        )
