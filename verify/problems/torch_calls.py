"""What a run of a model calls, held against its graph, which shows no modes and nothing behind ``isinstance``."""

from __future__ import annotations

import random
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np

from certificates.errors import MalformedProblem
from verify.problems.torch_graph import graph_of

__all__ = ["calls_of", "refuse_other_calls"]

_DEVICES = ("cpu", "cuda")


@dataclass(frozen=True)
class Call:
    """A function of PyTorch, called by a model's own code.

    Parameters
    ----------
    function
        The function's own object.
    constants
        Its arguments that are no values of the model: numbers, words, and which parameters.
    modes
        Whether gradients, inference mode and autocasting were on.
    """

    function: Any
    constants: tuple[Any, ...]
    modes: tuple[bool, ...]

    @property
    def name(self) -> str:
        """The function's name."""
        return str(getattr(self.function, "__name__", self.function))


def calls_of(model: Any, inputs: Any, torch: ModuleType) -> list[Call]:
    """The calls of one run, in order, those inside PyTorch's functions left out."""
    calls: list[Call] = []

    class Recorder(torch.overrides.TorchFunctionMode):  # type: ignore[misc, name-defined]
        def __torch_function__(self, function: Any, _types: Any, args: Any = (), kwargs: Any = None) -> Any:
            modes = (torch.is_grad_enabled(), torch.is_inference_mode_enabled())
            constants = _constants((*args, *sorted((kwargs or {}).items())), torch)
            calls.append(Call(function, constants, (*modes, *map(torch.is_autocast_enabled, _DEVICES))))
            return function(*args, **(kwargs or {}))

    with torch.enable_grad(), Recorder():
        model(inputs)
    return calls


def _constants(values: Any, torch: ModuleType) -> tuple[Any, ...]:
    found: list[Any] = []
    for value in values:
        if isinstance(value, tuple | list):
            found += _constants(value, torch)
        elif isinstance(value, torch.nn.Parameter):
            found.append(id(value))
        elif isinstance(value, bool | int | float | str):
            found.append((type(value), value))
    return tuple(found)


def refuse_other_calls(twin: Any, inputs: Any, torch: ModuleType) -> None:
    """Refuse a model that calls, in either mode, anything else than its graph does.

    Parameters
    ----------
    twin
        A copy of the model that may be run.
    inputs
        What the model takes.

    Raises
    ------
    MalformedProblem
        With the first call that differs; or a forward that draws random numbers, or counts its calls.
    """
    for training in (True, False):
        twin.train(training)
        state = _state(twin, torch)
        traced = torch.fx.GraphModule(twin, graph_of(twin, torch, training=training))
        ours, theirs = calls_of(traced, inputs, torch), calls_of(twin, inputs, torch)
        if _state(twin, torch) != state:
            raise MalformedProblem(
                "its forward draws random numbers or changes what the module holds: no fixed function",
                place="model.forward",
                remedy="leave that out",
            )
        for mine, other in zip([*ours, None], [*theirs, None], strict=False):
            if mine != other:
                raise MalformedProblem(
                    f"a run of the model does not call what its graph says: {_name(other)} where torch.fx sees "
                    f"{_name(mine)}",
                    place="model.forward",
                    remedy="leave out gradient and autocast modes, and what tells tensors from torch.fx's proxies",
                )


def _name(call: Call | None) -> str:
    return "the end" if call is None else call.name


def _state(model: Any, torch: ModuleType) -> list[Any]:
    """What a plain forward leaves alone: the generators of random numbers, and the plain attributes of the modules."""
    plain = [
        (name, key, value)
        for name, module in model.named_modules()
        for key, value in vars(module).items()
        if isinstance(value, bool | int | float | str | None)
    ]
    numpys = np.random.get_state(legacy=False)  # noqa: NPY002 - the global one is looked at
    return [random.getstate(), repr(numpys), torch.get_rng_state().tolist(), plain]
