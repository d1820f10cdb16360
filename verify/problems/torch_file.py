"""State dicts from files, with PyTorch's ``weights_only`` loading: no pickled code is executed."""

from __future__ import annotations

import importlib
import io
from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from pickle import UnpicklingError
from types import ModuleType
from typing import Any

from certificates.errors import MalformedProblem
from verify.problems.files import read_bytes
from verify.problems.readers import one_line

__all__ = ["load_torch", "read_state_dict"]

_SAVE = "torch.save(model.state_dict(), path)"
_PICKLES = (b"PK", b"\x80")  # an archive with a pickle, and a bare one
_SCRIPT, _LAZY = b"/constants.pkl", b"UninitializedParameter"  # names that archives hold as they are
_CHECKPOINT_KEYS = ("state_dict", "model_state_dict", "model")


def load_torch() -> ModuleType:
    """Import PyTorch, or say which extra brings it."""
    try:
        return importlib.import_module("torch")
    except ImportError as error:
        raise MalformedProblem(
            "PyTorch is not installed", place="torch", remedy="pip install 'gradcert[torch]'"
        ) from error


def read_state_dict(path: str | PathLike[str]) -> Mapping[str, Any]:
    """Read a state dict, or the one inside a checkpoint, executing no pickled code."""
    file = Path(path)
    data = read_bytes(file)
    try:
        loaded = load_torch().load(io.BytesIO(data), map_location="cpu", weights_only=True)
    except MalformedProblem:
        raise
    except Exception as error:  # torch.load raises nearly anything on foreign bytes
        what, remedy = _unloadable(data, error)
        raise MalformedProblem(what, place=file.name, remedy=remedy) from error
    return _state_dict_of(loaded, file.name)


def _unloadable(data: bytes, error: Exception) -> tuple[str, str]:
    """What a file is that PyTorch does not load with ``weights_only=True``, and what to do about it."""
    if _SCRIPT in data:
        return "is a TorchScript archive", "torch.save(torch.jit.load(path).state_dict(), other_path)"
    if _LAZY in data:
        return "holds layers without weights (LazyLinear)", f"call model(inputs) once, then {_SAVE}"
    if isinstance(error, UnpicklingError) and data.startswith(_PICKLES):
        return "is no state dict: it holds pickled objects, as of a whole model, and none is loaded", (
            f"where the model is, {_SAVE}, or give the model to verify.from_torch"
        )
    return f"is no state dict that PyTorch loads with weights_only=True ({one_line(error)})", f"write it with {_SAVE}"


def _state_dict_of(loaded: Any, place: str) -> Mapping[str, Any]:
    if isinstance(loaded, Mapping):
        for key in _CHECKPOINT_KEYS:
            if isinstance(loaded.get(key), Mapping):
                return _state_dict_of(loaded[key], place)
        if loaded and all(isinstance(name, str) and hasattr(value, "shape") for name, value in loaded.items()):
            return loaded
    raise MalformedProblem(
        f"holds a {type(loaded).__name__} that is no state dict",
        place=place,
        remedy=f"write it with {_SAVE}",
    )
