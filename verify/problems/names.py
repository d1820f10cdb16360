"""The layers of a multilayer perceptron found in a mapping of named tensors, as state dicts are."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from certificates.errors import MalformedProblem
from verify.problems.chain_words import branch_note, refuse_branches
from verify.problems.exact import address
from verify.problems.reparametrised import reparametrisation

__all__ = ["NamedLayers", "layers_from_tensors"]

_WRAPPERS = {"module": "DataParallel or AveragedModel"}
_COMPILED = re.compile(r"(^|\.)_orig_mod\.")
_COUNTER = "n_averaged"

_REFUSED_NAMES = (
    (
        r"running_mean|running_var|num_batches_tracked",
        "batch normalisation is not covered",
        "fold it into a layer",
    ),
    (r"weight_(ih|hh)|bias_(ih|hh)", "recurrent layers are not covered", "use fully connected layers"),
    (
        # As nn.MultiheadAttention names them; linear layers called in_proj or lin_proj1 have a .weight.
        r"(^|\.)(in_proj_(weight|bias)|[qkv]_proj_weight|bias_[kv])$|(^|[._])(attn|attention)",
        "attention is not covered",
        "use fully connected layers",
    ),
)

_NOT_MATRIX = {
    1: "a weight with one axis belongs to a normalisation or a PReLU, which are not covered",
    3: "a weight with three axes belongs to a convolution, which is not covered",
    4: "a weight with four axes belongs to a convolution, which is not covered",
    5: "a weight with five axes belongs to a convolution, which is not covered",
}


@dataclass(frozen=True)
class NamedLayers:
    """Weights and biases in the order of the layers, with the tensors' names and notes."""

    stems: tuple[str, ...]
    weights: tuple[Any, ...]
    biases: tuple[Any, ...]
    notes: tuple[str, ...]


def layers_from_tensors(tensors: Mapping[str, Any], place: str, *, chain: bool = False) -> NamedLayers:
    """Order ``STEM.weight`` and ``STEM.bias`` tensors by the numbers in their names.

    Parameters
    ----------
    tensors
        Such as a PyTorch state dict. A wrapper's prefix (``module.``, ``_orig_mod.``) is removed, with a note.
    place
        The file's name, for errors.
    chain
        Whether the user says that layers whose names speak of branches or members are a plain chain.

    Raises
    ------
    MalformedProblem
        No layers, names of branches, tensors that belong to something else than an affine layer (named), or names that
        do not give the order.

    Examples
    --------
    >>> named = layers_from_tensors({"10.weight": [[1.0]], "2.weight": [[2.0]], "2.bias": [0.0]}, "net.pt")
    >>> named.stems, named.biases
    (('2', '10'), ([0.0], None))
    """
    unwrapped, notes = _without_wrappers(tensors)
    _refuse_computed(unwrapped, place)
    for name, tensor in unwrapped.items():
        _refuse_foreign(name, tensor, place)
    _refuse_shared(unwrapped, place)
    stems = {name.rpartition(".")[0] for name in unwrapped}
    for stem in sorted(stems):
        if _join(stem, "weight") not in unwrapped:
            raise MalformedProblem(
                f"{stem!r} has a bias and no weight",
                place=place,
                remedy="files leave out a weight that two layers share, and shared weights are not covered: untie them",
            )
    if not stems:
        raise MalformedProblem("holds no layers", place=place, remedy="expected tensors such as layers.0.weight")
    ordered = _in_order(sorted(stems), place)
    if not chain:
        refuse_branches(unwrapped, place)
    return NamedLayers(
        stems=tuple(ordered),
        weights=tuple(unwrapped[_join(stem, "weight")] for stem in ordered),
        biases=tuple(unwrapped.get(_join(stem, "bias")) for stem in ordered),
        notes=(*notes, *branch_note(unwrapped)),
    )


def _join(stem: str, leaf: str) -> str:
    return f"{stem}.{leaf}" if stem else leaf


def _without_wrappers(tensors: Mapping[str, Any]) -> tuple[dict[str, Any], tuple[str, ...]]:
    notes: list[str] = []
    names = {str(name): tensor for name, tensor in tensors.items()}
    plain = {_COMPILED.sub(r"\1", name): tensor for name, tensor in names.items()}
    if plain.keys() != names.keys() and len(plain) == len(names):
        names = plain
        notes.append("the prefix '_orig_mod' of torch.compile was removed from the tensors' names")
    if names.pop(_COUNTER, None) is not None:
        notes.append(f"the counter {_COUNTER!r} of AveragedModel was left out")
    while names:
        first = {name.partition(".")[0] for name in names}
        wrapper = first.pop() if len(first) == 1 else ""
        if wrapper not in _WRAPPERS:
            break
        names = {name.partition(".")[2]: tensor for name, tensor in names.items()}
        notes.append(f"the prefix {wrapper!r} of {_WRAPPERS[wrapper]} was removed from the tensors' names")
    return names, tuple(notes)


def _refuse_computed(names: Mapping[str, Any], place: str) -> None:
    found = reparametrisation(names)
    if found is not None:
        name, what, call = found
        raise MalformedProblem(
            f"tensor {name!r}: {what} is not covered, the layer's weight is computed from several tensors",
            place=place,
            remedy=f"call {call} on that layer, then save again",
        )


def _refuse_shared(tensors: Mapping[str, Any], place: str) -> None:
    """Refuse PyTorch tensors that lie in one memory: they were one parameter when they were saved."""
    owners: dict[int, str] = {}
    for name, tensor in tensors.items():
        place_in_memory = address(tensor)
        other = owners.setdefault(place_in_memory, name) if place_in_memory else name
        if other != name:
            raise MalformedProblem(
                f"tensor {name!r} is {other!r} once more, and shared weights are not covered",
                place=place,
                remedy="untie the layers",
            )


def _refuse_foreign(name: str, tensor: Any, place: str) -> None:
    for pattern, reason, remedy in _REFUSED_NAMES:
        if re.search(pattern, name):
            raise MalformedProblem(f"tensor {name!r}: {reason}", place=place, remedy=remedy)
    if name.rpartition(".")[2] not in ("weight", "bias"):
        raise MalformedProblem(
            f"tensor {name!r} belongs to no affine layer",
            place=place,
            remedy="only STEM.weight and STEM.bias are expected; leave out what is no layer of the network",
        )
    shape = tuple(getattr(tensor, "shape", ()))
    if name.endswith("weight") and len(shape) in _NOT_MATRIX:
        raise MalformedProblem(
            f"tensor {name!r} has shape {shape}: {_NOT_MATRIX[len(shape)]}",
            place=place,
            remedy="use fully connected layers",
        )


def _in_order(stems: list[str], place: str) -> list[str]:
    # Numbers order what is otherwise spelled alike: "0", "2", "10"; "fc1", "fc2"; nested "0.0", "0.2", "1".
    rests = _without_common_prefix(stems)
    alike = len({re.sub(r"[0-9]+", "#", stem) for stem in stems}) == 1
    keys = {stem: _numbers(stem) for stem in stems}
    nested = all(re.fullmatch(r"[0-9]+(?:\.[0-9]+)*", rest) for rest in rests)
    if not (alike or nested) or len(set(keys.values())) < len(stems):
        raise MalformedProblem(
            f"the names {', '.join(stems)} do not give the order of the layers",
            place=place,
            remedy="name them layers.0, layers.1, … or import the model itself with verify.from_torch",
        )
    return sorted(stems, key=keys.__getitem__)


def _numbers(stem: str) -> tuple[tuple[int, str], ...]:
    # Ordered by length, then digits: the order of the integers, however long a stranger makes them.
    digits = (found.lstrip("0") for found in re.findall(r"[0-9]+", stem))
    return tuple((len(text), text) for text in digits)


def _without_common_prefix(stems: list[str]) -> list[str]:
    parts = [stem.split(".") for stem in stems]
    shared = 0
    while all(len(part) > shared + 1 for part in parts) and len({part[shared] for part in parts}) == 1:
        if parts[0][shared].isdigit():
            break
        shared += 1
    return [".".join(part[shared:]) for part in parts]
