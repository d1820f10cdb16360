"""Problems from saved weights: PyTorch state dicts, or .safetensors and .npz files with the same names."""

from __future__ import annotations

from collections.abc import Iterable
from os import PathLike
from pathlib import Path
from typing import Any

from certificates.subjects import Network
from verify.problems.arrays import Activations
from verify.problems.csv_format import ANY_CSV, CsvFormat
from verify.problems.imported import Imported, announce
from verify.problems.loss import LossName
from verify.problems.penalties import DecayNames
from verify.problems.saved_weights import Settings, as_reading, import_saved
from verify.problems.tensors import read_tensors

__all__ = ["from_state_dict", "import_state_dict"]


def from_state_dict(
    path: str | PathLike[str],
    inputs: Any,
    targets: Any,
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
    """Make a problem of saved weights and data; notes are issued as ``ImportNotice`` warnings.

    Parameters
    ----------
    path
        A file of ``torch.save(model.state_dict(), path)``, or .safetensors or .npz with the same names.
    inputs, targets
        Arrays, or paths of .npy, .npz or .csv files.
    activation
        State dicts do not hold it: one text for all hidden layers, or one per hidden layer.
    loss, decay, frozen
        As for :func:`verify.problems.arrays.from_arrays`.
    sample_weights
        The same, or a file of one column.
    chain
        Whether layers whose names speak of branches, members or blocks are a plain chain all the same.
    outputs
        The model's predictions on the inputs, an array or a file: they are compared with the network's, and refused if
        they differ by more than rounding. Without them nothing shows that the file was read as it was meant.
    csv
        How CSV files are written, where that is not certain.
    """
    settings = Settings(activation, loss, frozen, chain, outputs, csv, decay, sample_weights)
    return announce(import_state_dict(path, inputs, targets, settings))


def import_state_dict(path: str | PathLike[str], inputs: Any, targets: Any, settings: Settings) -> Imported:
    """Do what :func:`from_state_dict` does, and return the notes instead of warning."""
    data = as_reading(inputs, "inputs", settings.csv), as_reading(targets, "targets", settings.csv)
    return import_saved(read_tensors(path), Path(path).name, data, settings)
