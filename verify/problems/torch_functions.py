"""Functions inside a module's ``forward``: PyTorch's activations, those that change a shape only, and the rest."""

from __future__ import annotations

import operator
import sys
from types import ModuleType
from typing import Any

from certificates.errors import MalformedProblem
from verify.problems.modules import ACTIVATION_MODULES, refuse_names

__all__ = ["activation_of_function", "flattens", "flattens_output", "function_name", "is_row_count", "refuse_function"]

_SPELLED = {"LeakyReLU": "leaky_relu"}
_METHODS = ("tanh", "sigmoid", "relu")
_FLATTENING = ("view", "reshape", "flatten")
_OUTPUT_FLATTENING = ("squeeze", *_FLATTENING)
_FORMATS = ("float", "double", "half", "bfloat16", "to", "type", "type_as", "cpu", "cuda")
_ARITHMETIC = ("add", "iadd", "sub", "isub", "mul", "imul", "truediv", "itruediv", "div", "pow", "neg", "matmul")
_ARITHMETIC_OF_TWO = (*_ARITHMETIC, "cat", "concat", "concatenate", "stack", "hstack", "vstack")
_REASONS = (
    (
        _ARITHMETIC_OF_TWO,
        "joins two paths, which is no chain",
        "train without it; an activation of your own can be given as an expression to verify.from_arrays",
    ),
    (
        _ARITHMETIC,
        "computes with the values themselves",
        "do it to the data before the model, or give it as an activation to verify.from_arrays",
    ),
    (_FORMATS, "may change the numbers", "convert the data before the model, and leave it out"),
    (("detach", "requires_grad"), "changes what is trained", "leave it out, or freeze layers"),
)


def function_name(node: Any) -> str:
    """``tanh`` of a node that calls ``torch.tanh``, ``torch.nn.functional.tanh`` or a tensor's method ``tanh``."""
    return str(node.target) if node.op == "call_method" else str(getattr(node.target, "__name__", node.target))


def activation_of_function(node: Any, torch: ModuleType) -> tuple[Any, str] | None:
    """A module that does what the node does to its first argument, and its class; ``None`` for no activation.

    The function has to be PyTorch's own object; its other arguments have to be constants, and are those of the module.
    """
    name = function_name(node)
    for kind in ACTIVATION_MODULES:
        if name != _SPELLED.get(kind, kind.lower()):
            continue
        if node.op == "call_method":
            own = name in _METHODS
        else:
            own = any(node.target is getattr(place, name, None) for place in (torch, torch.nn.functional))
        options = {key: value for key, value in node.kwargs.items() if key != "input"}
        given = [*node.args[0 if "input" in node.kwargs else 1 :]]
        if own and all(isinstance(value, bool | int | float | str) for value in (*given, *options.values())):
            return getattr(torch.nn, kind)(*given, **options), kind
    return None


def is_row_count(node: Any) -> bool:
    """Whether the node reads ``x.shape``, ``x.size()`` or the number of rows, which change no value."""
    if node.op == "call_method":
        return node.target in ("size", "dim") and not node.kwargs
    if node.target is getattr:
        return bool(node.args[1] in ("shape", "ndim"))
    return node.target is operator.getitem and hasattr(node.args[0], "op") and is_row_count(node.args[0])


def flattens(node: Any) -> bool:
    """Whether the node makes one row of each sample, as ``x.flatten(1)`` and ``x.view(x.size(0), -1)`` do.

    ``x.view(-1, k)`` does where a sample has k numbers, and the next Linear layer, which takes k, says whether it has.
    """
    name, (first, last) = function_name(node), _sizes(node)
    if not _is_torchs(node, _FLATTENING):
        return False
    if name == "flatten":
        return (first, last) in ((1, -1), (1, None)) and set(node.kwargs) <= {"start_dim", "end_dim", "input"}
    if node.kwargs:
        return False
    return (_counts_rows(first) and last == -1) or (first == -1 and type(last) is int and last > 0)


def flattens_output(node: Any) -> bool:
    """Whether the node makes (n,) of values of shape (n, 1), and of nothing else."""
    if not _is_torchs(node, _OUTPUT_FLATTENING) or not set(node.kwargs) <= {"input", "dim"}:
        return False
    first, last = _sizes(node)
    if function_name(node) == "squeeze":
        return last is None and node.kwargs.get("dim", first) in (None, -1, 1)
    return last is None and first in ((None,) if function_name(node) == "flatten" else (-1,))


def refuse_function(node: Any, place: str) -> MalformedProblem:
    """The error for a node that is no layer of a perceptron."""
    name = function_name(node)
    if node.op == "get_attr":
        what = f"the tensor {name} is used outside of a layer"
        return MalformedProblem(what, place=place, remedy="call the Linear layer that holds it")
    known = refuse_names(["".join(part[:1].upper() + part[1:] for part in name.split("_"))], name, place)
    if known is not None:
        return known
    several = len(set(node.all_input_nodes)) > 1
    for names, what, remedy in _REASONS:
        if name.strip("_") in names and (several or names is not _ARITHMETIC_OF_TWO):
            return MalformedProblem(f"{name} {what}", place=place, remedy=remedy)
    remedy = "give an nn.Sequential of Linear and activation modules"
    return MalformedProblem(f"{name} is not covered", place=place, remedy=remedy)


def _is_torchs(node: Any, names: tuple[str, ...]) -> bool:
    """Whether it is a tensor's method of one of these names, or PyTorch's function of that name."""
    if function_name(node) not in names:
        return False
    return node.op == "call_method" or node.target is getattr(sys.modules["torch"], function_name(node), None)


def _sizes(node: Any) -> tuple[Any, Any]:
    """The first two arguments after the tensor, one tuple of sizes unpacked; ``None`` where there is none."""
    given = list(node.args[0 if "input" in node.kwargs else 1 :])
    if len(given) == 1 and isinstance(given[0], tuple | list):
        given = list(given[0])
    if "start_dim" in node.kwargs:
        given.insert(0, node.kwargs["start_dim"])
    if "end_dim" in node.kwargs:
        given.append(node.kwargs["end_dim"])
    given += [None, None]
    return (given[0], given[1]) if len(given) <= 4 else ("more", "more")


def _counts_rows(size: Any) -> bool:
    """Whether a size is x.size(0) or x.shape[0] of some value."""
    if not hasattr(size, "op") or not is_row_count(size):
        return False
    return size.args[-1] == 0 and function_name(size) in ("size", "getitem")
