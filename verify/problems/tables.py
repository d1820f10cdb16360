"""Problems whose numbers come in files without a model: .npz archives and CSV tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from os import PathLike
from pathlib import Path
from typing import Any

from certificates.errors import MalformedProblem
from certificates.problem import Network
from verify.problems.arrays import Activations, from_arrays
from verify.problems.csv_text import read_csv_table
from verify.problems.files import read_bytes
from verify.problems.imported import Imported, announce, imported
from verify.problems.names import NamedLayers, layers_from_tensors
from verify.problems.readers import read_npz
from verify.problems.tensors import read_tensors

__all__ = ["from_csv", "from_npz", "import_csv", "import_npz"]

_ROUNDED = "the decimals of {} are taken as the nearest binary64 numbers; the certified problem is about those"


def from_npz(
    path: str | PathLike[str],
    *,
    activation: Activations,
    loss: str | int | Fraction = "mean",
    frozen: Iterable[int] = (),
) -> Network:
    """Make a problem of an .npz file with ``layers.0.weight``, ``layers.0.bias``, …, ``inputs``, ``targets``.

    Instead of ``targets`` it may hold ``teacher.layers.0.weight``, …: a network that plants the labels.

    Parameters
    ----------
    path
        Written by ``numpy.savez``; entries with pickled objects are refused.
    activation
        One text for all hidden layers, or one per hidden layer.
    loss, frozen
        As for :func:`verify.problems.arrays.from_arrays`.
    """
    return announce(import_npz(path, activation=activation, loss=loss, frozen=frozen))


def import_npz(
    path: str | PathLike[str],
    *,
    activation: Activations,
    loss: str | int | Fraction = "mean",
    frozen: Iterable[int] = (),
) -> Imported:
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
    data = arrays.pop("inputs"), arrays.pop("targets", None)
    named = layers_from_tensors(arrays, place)
    teacher = _teacher(planted, place) if planted else None
    network = from_arrays(named.weights, named.biases, activation, *data, teacher=teacher, loss=loss, frozen=frozen)
    return imported(network, named.notes)


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
    loss: str | int | Fraction = "mean",
    frozen: Iterable[int] = (),
) -> Network:
    """Make a problem of a CSV table and separately stored weights; notes are ``ImportNotice`` warnings.

    Parameters
    ----------
    path
        Comma-separated UTF-8 text with a header row. Every column that is no target is an input, in order.
    target
        The target column's name, or several.
    weights
        A .safetensors, .npz or PyTorch state-dict file, or such a mapping.
    activation, loss, frozen
        As for :func:`verify.problems.arrays.from_arrays`.

    Raises
    ------
    MalformedProblem
        A cell that is no number (row and column), a missing or duplicate column, ragged rows, no rows.
    """
    return announce(import_csv(path, target=target, weights=weights, activation=activation, loss=loss, frozen=frozen))


def import_csv(
    path: str | PathLike[str],
    *,
    target: str | Sequence[str],
    weights: str | PathLike[str] | Mapping[str, Any],
    activation: Activations,
    loss: str | int | Fraction = "mean",
    frozen: Iterable[int] = (),
) -> Imported:
    """Do what :func:`from_csv` does, and return the notes instead of warning."""
    table = read_csv_table(read_bytes(path), Path(path).name, header=True)
    targets = [target] if isinstance(target, str) else list(target)
    y = table.columns(targets)
    features = [name for name in table.names if name not in targets]
    if not features:
        raise MalformedProblem("every column is a target", place=table.place, remedy="leave some for the inputs")
    named = _weights(weights)
    network = from_arrays(named.weights, named.biases, activation, table.columns(features), y, loss=loss, frozen=frozen)
    return imported(network, (*named.notes, _ROUNDED.format(table.place)))


def _weights(given: str | PathLike[str] | Mapping[str, Any]) -> NamedLayers:
    if isinstance(given, Mapping):
        return layers_from_tensors(given, "weights")
    return layers_from_tensors(read_tensors(given), Path(given).name)
