"""Problems from saved weights: PyTorch state dicts, or .safetensors and .npz files with the same names."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from os import PathLike
from pathlib import Path
from typing import Any

from certificates.problem import Network
from verify.problems.arrays import Activations, from_arrays
from verify.problems.imported import Imported, announce, imported
from verify.problems.names import layers_from_tensors
from verify.problems.readers import read_array
from verify.problems.tensors import read_tensors

__all__ = ["from_state_dict", "import_state_dict"]


def from_state_dict(
    path: str | PathLike[str],
    inputs: Any,
    targets: Any,
    *,
    activation: Activations,
    loss: str | int | Fraction = "mean",
    frozen: Iterable[int] = (),
) -> Network:
    """Make a problem of saved weights and data; notes are issued as ``ImportNotice`` warnings.

    Parameters
    ----------
    path
        A file of ``torch.save(model.state_dict(), path)``, or .safetensors or .npz with the same names.
    inputs, targets
        Arrays, or paths of .npy or .csv files.
    activation
        State dicts do not hold it: one text for all hidden layers, or one per hidden layer.
    loss, frozen
        As for :func:`verify.problems.arrays.from_arrays`.
    """
    return announce(import_state_dict(path, inputs, targets, activation=activation, loss=loss, frozen=frozen))


def import_state_dict(
    path: str | PathLike[str],
    inputs: Any,
    targets: Any,
    *,
    activation: Activations,
    loss: str | int | Fraction = "mean",
    frozen: Iterable[int] = (),
) -> Imported:
    """Do what :func:`from_state_dict` does, and return the notes instead of warning."""
    named = layers_from_tensors(read_tensors(path), Path(path).name)
    network = from_arrays(
        named.weights, named.biases, activation, _data(inputs), _data(targets), loss=loss, frozen=frozen
    )
    return imported(network, named.notes)


def _data(given: Any) -> Any:
    return read_array(given) if isinstance(given, str | PathLike) else given
