"""Problems whose numbers come in files without a model: .npz archives and CSV tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Any

from certificates.errors import MalformedProblem
from certificates.subjects import Network
from verify.problems.arrays import Activations
from verify.problems.csv_format import ANY_CSV, CsvFormat
from verify.problems.csv_text import read_csv_table
from verify.problems.files import read_bytes
from verify.problems.imported import Imported, announce
from verify.problems.loss import LossName
from verify.problems.names import layers_from_tensors
from verify.problems.penalties import DecayNames
from verify.problems.readers import Reading, read_npz
from verify.problems.saved_weights import ROUNDED, Settings, import_saved
from verify.problems.tensors import read_tensors

__all__ = ["from_csv", "from_npz", "import_csv", "import_npz"]


def from_npz(
    path: str | PathLike[str],
    *,
    activation: Activations,
    loss: LossName = "mean",
    decay: DecayNames = 0,
    sample_weights: Any = None,
    frozen: Iterable[int] = (),
    chain: bool = False,
    outputs: Any = None,
    csv: CsvFormat = ANY_CSV,
) -> Network:
    """Make a problem of an .npz file with ``layers.0.weight``, ``layers.0.bias``, …, ``inputs``, ``targets``.

    Instead of ``targets`` it may hold ``teacher.layers.0.weight``, …: a network that plants the labels.

    Parameters
    ----------
    path
        Written by ``numpy.savez``; entries with pickled objects are refused.
    activation
        One text for all hidden layers, or one per hidden layer.
    loss, decay, frozen
        As for :func:`verify.problems.arrays.from_arrays`.
    sample_weights
        The same, or a file of one column.
    chain, outputs, csv
        As for :func:`verify.problems.state_dict.from_state_dict`.
    """
    return announce(import_npz(path, Settings(activation, loss, frozen, chain, outputs, csv, decay, sample_weights)))


def import_npz(path: str | PathLike[str], settings: Settings) -> Imported:
    """Do what :func:`from_npz` does, and return the notes instead of warning."""
    arrays, place = read_npz(path), Path(path).name
    planted = {name[8:]: arrays.pop(name) for name in list(arrays) if name.startswith("teacher.")}
    for name in ("inputs",) if planted else ("inputs", "targets"):
        if name not in arrays:
            raise MalformedProblem(
                f"has no entry {name!r}; it has {', '.join(sorted(arrays)) or 'none'}",
                place=place,
                remedy="save inputs and targets beside layers.0.weight, layers.0.bias, …",
            )
    inputs, targets = arrays.pop("inputs"), arrays.pop("targets", None)
    data = Reading(inputs, ""), None if targets is None else Reading(targets, "")
    return import_saved(arrays, place, data, settings, _teacher(planted, place) if planted else None)


def _teacher(planted: Mapping[str, Any], place: str) -> tuple[Any, ...]:
    named = layers_from_tensors(planted, f"{place}, teacher")
    if any(bias is not None for bias in named.biases):
        raise MalformedProblem("a teacher has no bias", place=f"{place}, teacher")
    return named.weights


def from_csv(
    path: str | PathLike[str],
    *,
    target: str | Sequence[str],
    weights: str | PathLike[str] | Mapping[str, Any],
    activation: Activations,
    loss: LossName = "mean",
    decay: DecayNames = 0,
    sample_weights: Any = None,
    frozen: Iterable[int] = (),
    chain: bool = False,
    outputs: Any = None,
    csv: CsvFormat = ANY_CSV,
) -> Network:
    """Make a problem of a CSV table and separately stored weights; notes are ``ImportNotice`` warnings.

    Parameters
    ----------
    path
        UTF-8 text with one row a sample. Every column that is no target is an input, in order.
    target
        The target column's name, or several; without a header columns are named 0, 1, ….
    weights
        A .safetensors, .npz or PyTorch state-dict file, or such a mapping.
    activation, loss, decay, frozen
        As for :func:`verify.problems.arrays.from_arrays`.
    sample_weights
        The same, or a file of one column.
    chain, outputs
        As for :func:`verify.problems.state_dict.from_state_dict`.
    csv
        Header, index column, separator and decimal sign, where they are not certain.

    Raises
    ------
    MalformedProblem
        A cell that is no number (row and column), a missing or duplicate column, ragged rows, no rows; a header or
        an index column that may be none.
    """
    settings = Settings(activation, loss, frozen, chain, outputs, csv, decay, sample_weights)
    return announce(import_csv(path, target, weights, settings))


def import_csv(
    path: str | PathLike[str],
    target: str | Sequence[str],
    weights: str | PathLike[str] | Mapping[str, Any],
    settings: Settings,
) -> Imported:
    """Do what :func:`from_csv` does, and return the notes instead of warning."""
    targets = [target] if isinstance(target, str) else list(target)
    table = read_csv_table(read_bytes(path), Path(path).name, settings.csv, names_needed=True, keep=targets)
    y = table.columns(targets)
    features = [name for name in table.names if name not in targets]
    if not features:
        raise MalformedProblem("every column is a target", place=table.place, remedy="leave some for the inputs")
    remarks = (*table.remarks, ROUNDED)
    shown = ", ".join(name[:40] for name in targets)
    data = (
        Reading(table.columns(features), table.said, remarks),
        Reading(y, f"{table.place}: {len(features)} inputs, and the targets {shown}"),
    )
    if isinstance(weights, Mapping):
        return import_saved(weights, "weights", data, settings)
    return import_saved(read_tensors(weights), Path(weights).name, data, settings)
