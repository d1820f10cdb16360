"""A file of weights says nothing of how its layers are connected: what it is read as, in words, and what forbids it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from certificates.errors import MalformedProblem
from certificates.subjects import Layer, Network

__all__ = ["branch_note", "refuse_branches", "sentence"]

# fmt: off
_BRANCHES = frozenset((
    "expert", "experts", "moe", "mixture", "member", "members", "ensemble", "ensembles", "models", "nets", "networks",
    "branch", "branches", "path", "paths", "stream", "streams", "tower", "towers", "twin", "siamese", "parallel",
    "head", "heads", "aux", "auxiliary", "actor", "actors", "critic", "critics", "value", "query", "key", "q", "k", "v",
    "shortcut", "shortcuts", "downsample", "skip", "skips", "res", "residual", "residuals", "resblock", "resblocks",
    "densenet", "side", "gate", "gates", "gating", "router", "routers", "adapter", "adapters", "lora", "hyper",
))
# fmt: on
_BLOCKS = frozenset(("block", "blocks", "stage", "stages", "cell", "cells", "unit", "units"))
_SHOWN = 6


def branch_words(tensors: Mapping[str, Any]) -> dict[str, str]:
    """{tensor: the word in its name} for names that speak of branches, or of blocks of square matrices."""
    found = {}
    for name, tensor in tensors.items():
        words = re.findall("[a-z]+", re.sub("([a-z])([A-Z])", r"\1 \2", name).lower())
        shape = tuple(getattr(tensor, "shape", ()))
        square = len(shape) == 2 and shape[0] == shape[1]
        suspect = [word for word in words[:-1] if word in _BRANCHES or (word in _BLOCKS and square)]
        if suspect:
            found[name] = suspect[0]
    return found


def refuse_branches(tensors: Mapping[str, Any], place: str) -> None:
    """Refuse names of layers that are usually connected otherwise than one after another."""
    for name, word in branch_words(tensors).items():
        raise MalformedProblem(
            f"tensor {name!r}: layers called {word!r} are seldom a plain chain (members side by side, sums with what "
            "went before), and a file of weights does not say how they are connected",
            place=place,
            remedy="say --chain (chain=True) if each layer takes the one before and nothing else; otherwise import "
            "the model itself with verify.from_torch",
        )


def branch_note(tensors: Mapping[str, Any]) -> tuple[str, ...]:
    """What is noted where the user said that such names are a chain."""
    words = sorted(set(branch_words(tensors).values()))
    return (f"names of tensors speak of {', '.join(words)}; they are read as a chain, as was said",) if words else ()


def sentence(network: Network) -> str:
    """What a file of weights is read as.

    Examples
    --------
    >>> from verify.problems.arrays import from_arrays
    >>> sentence(from_arrays([[[1.0], [2.0]], [[1.0, 1.0]]], [[0.0, 0.0], None], "tanh", [[1.0]], [[1.0]]))
    'read as: Linear 1→2, tanh, Linear 2→1 without bias, affine output; a chain, nothing else'
    """
    parts = [_linear(network.layers[0])]
    for activation, layer in zip(network.activations, network.layers[1:], strict=True):
        text = activation.text
        parts += [text if len(text) <= 60 else text[:59] + "…", _linear(layer)]
    if len(parts) > 2 * _SHOWN + 1:
        parts[_SHOWN:-_SHOWN] = [f"… ({len(network.layers)} Linear layers in all) …"]
    return f"read as: {', '.join(parts)}, affine output; a chain, nothing else"


def _linear(layer: Layer) -> str:
    rows, columns = layer.weight.shape
    return f"Linear {columns}→{rows}" + (" without bias" if layer.bias is None else "")
