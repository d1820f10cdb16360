"""The ``nn.Sequential`` that may stand for a model that is no chain as it is written, from one run of it."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np

from verify.problems.torch_chain import Chain, read_chain, unwrapped
from verify.problems.torch_functions import activation_of_function

__all__ = ["sequential_line"]

_LEFT_OUT = (
    *("Dropout", "AlphaDropout", "FeatureAlphaDropout", "Identity", "Softmax", "LogSoftmax", "dropout", "softmax"),
    *("log_softmax", "float", "double", "to", "detach", "contiguous", "clone", "squeeze", "view", "reshape", "flatten"),
)


@dataclass(frozen=True)
class _Step:
    """One layer of a run: its name, the module that does the same (if there is one), what it took and gave."""

    name: str
    text: str
    module: Any
    taken: tuple[Any, ...]
    given: Any


def sequential_line(model: Any, inputs: Any, torch: ModuleType) -> str:
    """Text of a Sequential of the model's layers that can be imported, with what it leaves out; empty if there is none.

    Parameters
    ----------
    model
        A module, which the text calls ``m``.
    inputs
        What it takes.
    """
    try:
        twin, fresh = (copy.deepcopy(unwrapped(model, torch)).cpu().double().eval() for _ in "12")
        x = torch.as_tensor(np.asarray(inputs)).double()
        steps, outputs = _run(twin, x, torch)
        # The run may have changed the weights of the copy that ran.
        kept = [(step.text, _same_module(step, fresh)) for step in _kept(_path(steps, x, outputs), torch)]
        if x.ndim > 2:
            kept.insert(0, ("nn.Flatten()", torch.nn.Flatten()))
        chain = torch.nn.Sequential(*(module for _, module in kept))
        read_chain(chain, torch, Chain())
        same = bool(torch.equal(chain(x).detach().flatten(), outputs.detach().flatten()))
    except Exception:  # noqa: BLE001 - whatever a model raises: there is advice without this
        return ""
    what = "the same on these inputs" if same else "without the rest"
    return f"as a chain, {what}: nn.Sequential({', '.join(text for text, _ in kept)})"


def _run(twin: Any, x: Any, torch: ModuleType) -> tuple[list[_Step], Any]:
    """The modules and functions called by the model's own code, and the outputs."""
    steps: list[_Step] = []
    inside: list[Any] = []

    class Recorder(torch.overrides.TorchFunctionMode):  # type: ignore[misc, name-defined]
        def __torch_function__(self, function: Any, _types: Any, args: Any = (), kwargs: Any = None) -> Any:
            given = function(*args, **(kwargs or {}))
            if not inside and isinstance(given, torch.Tensor):
                steps.append(_called(function, args, kwargs or {}, given, torch))
            return given

    def leave(module: Any, taken: Any, given: Any) -> None:
        inside.pop()
        steps.append(_Step(type(module).__name__, f"m.{names[module]}", module, tuple(taken), given))

    names = {module: name for name, module in twin.named_modules() if type(module).__module__.startswith("torch.nn")}
    for module in names:
        if not module._modules:
            module.register_forward_pre_hook(lambda module, _: inside.append(module))
            module.register_forward_hook(leave)
    with Recorder():
        outputs = twin(x)
    for module in names:
        module._forward_pre_hooks.clear()
        module._forward_hooks.clear()
    return steps, outputs


def _called(function: Any, args: Any, kwargs: Any, given: Any, torch: ModuleType) -> _Step:
    name = str(getattr(function, "__name__", function))
    method = getattr(torch.Tensor, name, None) is function
    node = SimpleNamespace(
        op="call_method" if method else "call_function", target=name if method else function, args=args, kwargs=kwargs
    )
    found = activation_of_function(node, torch)
    taken = tuple(value for value in (*args, *kwargs.values()) if isinstance(value, torch.Tensor))
    module = None if found is None else found[0]
    return _Step(name, f"nn.{module!r}", module, taken, given)


def _path(steps: list[_Step], x: Any, outputs: Any) -> list[_Step]:
    """From the inputs to the outputs, where each step takes one tensor.

    Raises
    ------
    ValueError
        A step takes several, or the outputs are not computed from the inputs.
    """
    path: list[_Step] = []
    value = outputs
    for step in reversed(steps):
        if step.given is value:
            (value,) = step.taken  # the same tensor, where it was changed in place
            path.insert(0, step)
    if value is not x:
        raise ValueError
    return path


def _same_module(step: _Step, fresh: Any) -> Any:
    name = step.text.removeprefix("m.")
    return step.module if name == step.text else fresh.get_submodule(name)


def _kept(path: list[_Step], torch: ModuleType) -> list[_Step]:
    """Linear layers and activations up to the last Linear layer; others are left out where that may be meant."""
    last = max(index for index, step in enumerate(path) if isinstance(step.module, torch.nn.Linear))
    wanted = [step for step in path[: last + 1] if step.name not in _LEFT_OUT]
    if any(step.module is None for step in wanted):
        raise ValueError
    return wanted
