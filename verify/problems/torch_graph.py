"""A module's own ``forward`` as leaves in a row, read from its torch.fx graph: a node not known here is a refusal."""

from __future__ import annotations

import copy
import linecache
import re
import sys
import traceback
from pathlib import Path
from types import ModuleType
from typing import Any

from certificates.errors import MalformedProblem
from verify.problems.modules import refuse_module, refuse_names
from verify.problems.readers import one_line
from verify.problems.suspects import suspicion
from verify.problems.torch_functions import (
    activation_of_function,
    flattens,
    flattens_output,
    function_name,
    is_row_count,
    refuse_function,
)

__all__ = ["Leaf", "at_line", "graph_of", "has_own_forward", "traced_leaves"]

Leaf = tuple[str, Any, str]
"""Place, module, and its class in ``torch.nn``; of a function, a module that does what it does."""

TracedLeaf = tuple[str, Any, str, str]
"""The same with the line of the source; the class is empty where the module is the model's own."""

_CALLS = ("__call__", "_call_impl", "_wrapped_call_impl")


def has_own_forward(module: Any, torch: ModuleType) -> bool:
    """Whether its class is none of PyTorch's and says itself what it computes."""
    return not _is_torchs(module) and type(module).forward is not torch.nn.Module.forward


def traced_leaves(model: Any, torch: ModuleType) -> tuple[list[TracedLeaf], bool]:
    """The leaves in the order of the graph, and whether (n, 1) is given as (n,) in the end.

    Parameters
    ----------
    model
        Without wrappers. A copy is traced, once in training and once in evaluation mode; the leaves are the model's.

    Raises
    ------
    MalformedProblem
        The two graphs differ, a holder of layers does more than hold them, or the graph is no chain: the node, and the
        line of the source that it is from.
    """
    _check_holders(model, torch)
    graph, other = (graph_of(model, torch, training=training) for training in (True, False))
    if _targets(graph) != _targets(other):
        raise _depends_on_mode()
    leaves: list[TracedLeaf] = []
    flat, current = False, None
    for node in graph.nodes:
        if node.op == "placeholder" and current is None:
            current = node
        elif node.op == "output":
            _follows(node, current)
        elif not _says_nothing(node):
            leaf = _leaf(node, model, torch)
            _follows(node, current)
            if flat:
                what = f"the values are flattened before {_name(node)}{_where(node)}"
                raise MalformedProblem(what, place="model", remedy="keep one row a sample to the end")
            leaves += [(*leaf, _where(node))] if leaf else []
            flat, current = leaf is None, node
    if str(graph) != str(other):
        raise _depends_on_mode()
    return leaves, flat


def _depends_on_mode() -> MalformedProblem:
    return MalformedProblem(
        "its forward computes something else in training mode than in evaluation mode",
        place="model",
        remedy="leave out what depends on self.training",
    )


def _says_nothing(node: Any) -> bool:
    """Whether it reads a shape, or is a second argument of forward that is not used."""
    return is_row_count(node) if node.op.startswith("call_") else node.op == "placeholder" and not node.users


def _targets(graph: Any) -> list[tuple[str, str]]:
    return [(node.op, str(node.target)) for node in graph.nodes]


def graph_of(model: Any, torch: ModuleType, *, training: bool) -> Any:
    """The torch.fx graph of a copy of the model; PyTorch's own modules and functions are its nodes."""

    class Tracer(torch.fx.Tracer):  # type: ignore[misc, name-defined]
        record_stack_traces = True

        def is_leaf_module(self, module: Any, _name: str) -> bool:
            return _is_torchs(module) and not _is_holder(module)

    try:
        return Tracer().trace(copy.deepcopy(model).train(training))
    except torch.fx.proxy.TraceError as error:
        what = f"what its forward computes depends on values or shapes ({one_line(error)})"
        raise _untraceable(what, error) from error
    except Exception as error:  # whatever a forward raises on what is no tensor
        raise _untraceable(f"torch.fx cannot trace its forward ({one_line(error)})", error) from error


def _untraceable(what: str, error: Exception) -> MalformedProblem:
    frames = [(frame.filename, frame.lineno) for frame in traceback.extract_tb(error.__traceback__)]
    remedy = "give an nn.Sequential of its layers in the order of their calls"
    return MalformedProblem(what + _source(frames), place="model", remedy=remedy)


def _check_holders(model: Any, torch: ModuleType) -> None:
    """Refuse what the graph does not show of modules that hold layers: hooks, calls of their own, buffers."""
    for name, module in model.named_modules():
        place = f"model.{name}".rstrip(".")
        if _is_torchs(module) and not _is_holder(module):
            if module is model:
                raise suspicion(module, "", place, torch) or refuse_module(module, place)
            continue
        doubt = suspicion(module, "", place, torch)
        if doubt is not None:
            raise doubt
        if any(getattr(type(module), name) is not getattr(torch.nn.Module, name) for name in _CALLS):
            remedy = "leave it out: what a module computes has to be its forward"
            raise MalformedProblem(f"{type(module).__name__} replaces __call__", place=place, remedy=remedy)
        if module._buffers:
            what = f"{type(module).__name__} has a buffer, {next(iter(module._buffers))!r}, which forward may change"
            raise MalformedProblem(what, place=place, remedy="apply it to the data before the model, and leave it out")


def _leaf(node: Any, model: Any, torch: ModuleType) -> Leaf | None:
    """The leaf of a node; ``None`` where it only drops the last axis."""
    place = _name(node)
    if node.op == "call_module":
        module = model.get_submodule(node.target)
        names = [cls.__name__ for cls in type(module).__mro__]
        refused = refuse_names(names, names[0], place)
        if refused is not None:
            raise at_line(refused, _where(node))
        if len(node.args) == 1 and not node.kwargs:
            return place, module, ""
    if node.op in ("call_function", "call_method"):
        found = activation_of_function(node, torch)
        if found is not None:
            return place, *found
        if flattens(node):
            return place, torch.nn.Flatten(), "Flatten"
        if flattens_output(node):
            return None
    raise at_line(refuse_function(node, place), _where(node))


def at_line(error: MalformedProblem, where: str) -> MalformedProblem:
    """The error with the line of the source that it is about."""
    return MalformedProblem(f"{error.what}{where}", place=error.place, remedy=error.remedy)


def _follows(node: Any, current: Any) -> None:
    """Refuse a node that takes another value than the one before, or more than that one."""
    tensors = [each for each in node.all_input_nodes if not _says_nothing(each)]
    if tensors != [current] or (node.op == "output" and node.args[0] is not current):
        what = "is not computed from the value before it alone: paths that branch, or skip layers, are no chain"
        raise MalformedProblem(f"{what}{_where(node)}", place=_name(node), remedy="train a chain without branches")


def _name(node: Any) -> str:
    if node.op == "output":
        return "the output of model.forward"
    return f"model.{node.target}" if node.op == "call_module" else f"{function_name(node)} in model.forward"


def _where(node: Any) -> str:
    """The line of the model's source that a node is from."""
    return _source([(file, int(line)) for file, line in re.findall(r'File "(.*)", line (\d+)', node.stack_trace or "")])


def _source(frames: list[tuple[str, int | None]]) -> str:
    ours = [Path(__file__).parents[1], Path(str(sys.modules["torch"].__file__)).parent]
    for file, line in reversed(frames):
        path = Path(file)
        if line and not any(map(path.is_relative_to, ours)):
            text = linecache.getline(file, line).strip()
            return f" ({path.name}, line {line}{': ' if text else ''}{text})"
    return ""


def _is_torchs(module: Any) -> bool:
    return type(module).__module__.partition(".")[0] == "torch"


def _is_holder(module: Any) -> bool:
    return type(module).__name__ in ("Sequential", "ModuleList", "ModuleDict")
