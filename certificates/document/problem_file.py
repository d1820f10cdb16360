"""Problem files: safetensors with one metadata key, ``gradcert``.

Tensors
    ``layers.0.weight`` (out, in), ``layers.0.bias`` (out,), ``layers.1.weight`` …, consecutive; ``inputs`` (n, d);
    ``targets`` (n, o), or a teacher that plants the labels: ``teacher.layers.0.weight`` …, as many as the network's
    layers. F64, F32, F16 or BF16, taken exactly. In format 2 also ``centre.layers.0.weight`` … beside a decay.
Metadata
    ``gradcert`` is a JSON object of strings and lists of strings::

        {"format": "gradcert-problem/1", "type": "network", "activations": ["tanh"],
         "trained": ["0", "1"], "loss_scale": "1/100"}

    ``activations``: one expression or catalogue name a hidden layer; ``trained``: the layers that gradient descent
    moves, increasing; ``loss_scale``: s in f(w) = s‖F(w) − y‖², a positive rational. Optional ``notes``: a list of
    1 to 32 remarks of 1 to 1,000 printable characters, shown and never interpreted; left out where there are none.
    ``gradcert-problem/2`` holds every other objective (:mod:`certificates.document.objective_file`), and only those:
    a problem has one format.
"""

from __future__ import annotations

import json
import re
from typing import Any

from certificates.document.codec import require_keys
from certificates.document.numbers import read_integer
from certificates.document.objective_file import (
    CENTRE,
    OPTIONAL_KEYS,
    objective_settings,
    objective_tensors,
    read_objective,
)
from certificates.document.strict_json import parse_json
from certificates.document.tensors import decode_tensors, encode_tensors, shown_name
from certificates.errors import Malformed, MalformedProblem, OutOfMemory, within_memory
from certificates.expression import Activation, parse_activation
from certificates.subjects import SUBJECT_TYPES, Dense, FloatArray, Layer, Network, Objective

__all__ = ["decode_problem", "encode_problem"]

_PLAIN, _GENERAL = "gradcert-problem/1", "gradcert-problem/2"
_KEYS = {"format", "type", "activations", "trained", "loss_scale"}
_LAYER = re.compile(r"(teacher\.)?layers\.(0|[1-9][0-9]{0,4})\.(weight|bias)", re.ASCII)


@within_memory("problem")
def decode_problem(data: bytes) -> Network:
    """Parse a problem file.

    Raises
    ------
    MalformedProblem
        With the tensor or the metadata key as place.
    OutOfMemory
        Memory does not suffice to read it.
    """
    tensors, metadata = decode_tensors(data)
    if metadata.keys() != {"gradcert"}:
        raise MalformedProblem(
            "expected exactly one metadata key, 'gradcert'",
            place="__metadata__",
            remedy="write the file with `verify problem` or verify.save_problem",
        )
    try:
        settings = parse_json(metadata["gradcert"].encode())
        _require_format(settings)
        return _network(tensors, settings)
    except (MalformedProblem, OutOfMemory):
        raise
    except Malformed as error:
        raise MalformedProblem(error.what, place=error.place or "gradcert", remedy=error.remedy) from error


def _require_format(settings: Any) -> None:
    """Refuse an unknown format, and keys that are not those of the format."""
    form = settings.get("format", _PLAIN) if isinstance(settings, dict) else _PLAIN
    if form not in (_PLAIN, _GENERAL):
        raise MalformedProblem(f"expected {_PLAIN} or {_GENERAL}, got {ascii(form)[:60]}", place="gradcert.format")
    required, optional = (_KEYS, {"notes"}) if form == _PLAIN else (_KEYS | {"loss"}, {"notes", *OPTIONAL_KEYS})
    require_keys(settings, "gradcert", required, required | optional)


def _network(tensors: dict[str, FloatArray], settings: dict[str, Any]) -> Network:
    if settings["type"] != Network.type:
        known = settings["type"] in SUBJECT_TYPES
        reason = "is not supported by this version" if known else "is no type of subject"
        raise MalformedProblem(f"{ascii(settings['type'])[:60]} {reason}", place="gradcert.type")
    objective = _objective(tensors, settings)
    layers = _layers(tensors, settings)
    return Network(
        layers=layers,
        activations=_activations(settings, len(layers)),
        inputs=tensors["inputs"],
        targets=tensors.get("targets"),
        objective=objective,
        teacher=_teacher(tensors),
        notes=_notes(settings),
    )


def _objective(tensors: dict[str, FloatArray], settings: dict[str, Any]) -> Objective:
    """The objective; takes its tensors out."""
    centres = {name.removeprefix(CENTRE): tensors.pop(name) for name in list(tensors) if name.startswith(CENTRE)}
    objective = read_objective(settings, centres)
    if settings["format"] == _GENERAL and objective.squared_scale is not None:
        raise MalformedProblem(f"expected {_PLAIN}, which suffices", place="gradcert.format")  # one spelling
    return objective


def _layers(tensors: dict[str, FloatArray], settings: dict[str, Any]) -> tuple[Layer, ...]:
    count = _layer_count(tensors)
    trained = [read_integer(text, "gradcert.trained") for text in _texts(settings, "trained")]
    if trained != sorted(set(trained)) or any(not 0 <= index < count for index in trained):
        raise MalformedProblem(f"expected increasing layer numbers below {count}", place="gradcert.trained")
    return tuple(
        Dense(tensors[f"layers.{k}.weight"], tensors.get(f"layers.{k}.bias"), k in trained) for k in range(count)
    )


def _activations(settings: dict[str, Any], count: int) -> tuple[Activation, ...]:
    texts = _texts(settings, "activations")
    if len(texts) != count - 1:  # before any of them is parsed
        raise MalformedProblem(
            f"expected one between each pair of {count} layers, got {len(texts)}", place="gradcert.activations"
        )
    return tuple(parse_activation(text) for text in texts)


def _teacher(tensors: dict[str, FloatArray]) -> tuple[Layer, ...] | None:
    count = sum(name.startswith("teacher.") for name in tensors)
    if not count:
        return None
    return tuple(Dense(tensors[f"teacher.layers.{k}.weight"], None, trained=False) for k in range(count))


def _notes(settings: dict[str, Any]) -> tuple[str, ...]:
    if "notes" not in settings:
        return ()
    notes = tuple(_texts(settings, "notes"))
    if not notes:
        raise MalformedProblem("is empty", place="gradcert.notes", remedy="leave it out")  # one spelling
    return notes


def _texts(settings: dict[str, Any], key: str) -> list[str]:
    values = settings[key]
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values) or len(values) > 1_000:
        raise MalformedProblem("expected a list of strings", place=f"gradcert.{key}")
    return values


def _layer_count(tensors: dict[str, FloatArray]) -> int:
    """How many layers there are; refuses gaps, unknown and missing tensors."""
    numbers: dict[str, set[int]] = {"": set(), "teacher.": set()}
    for name in tensors:
        match = _LAYER.fullmatch(name)
        if match is not None and not (match[1] and match[3] == "bias"):
            numbers[match[1] or ""].add(int(match[2]))
        elif name not in ("inputs", "targets"):
            raise MalformedProblem("unknown tensor", place=shown_name(name))
    needed = [f"{prefix}layers.{k}.weight" for prefix, found in numbers.items() for k in range(len(found))]
    labels = [] if numbers["teacher."] else ["targets"]
    for name in [*needed, "inputs", *labels]:
        if name not in tensors:
            raise MalformedProblem("is missing", place=name, remedy="layers are numbered from 0 without gaps")
    return len(numbers[""])


def encode_problem(network: Network) -> bytes:
    """The problem file of a network, in the lowest format that suffices; decoding it gives the same network."""
    tensors = {"inputs": network.inputs, **objective_tensors(network.objective)}
    if network.targets is not None:
        tensors["targets"] = network.targets
    for index, layer in enumerate(network.teacher or ()):
        tensors[f"teacher.layers.{index}.weight"] = layer.weight
    for index, layer in enumerate(network.layers):
        tensors[f"layers.{index}.weight"] = layer.weight
        if layer.bias is not None:
            tensors[f"layers.{index}.bias"] = layer.bias
    settings: dict[str, Any] = {
        "format": _GENERAL if network.objective.squared_scale is None else _PLAIN,
        "type": Network.type,
        "activations": [activation.text for activation in network.activations],
        "trained": [str(index) for index, layer in enumerate(network.layers) if layer.trained],
        **objective_settings(network.objective),
    }
    if network.notes:
        settings["notes"] = list(network.notes)
    return encode_tensors(tensors, {"gradcert": json.dumps(settings, ensure_ascii=True)})
