"""A PyTorch model as a chain of affine maps and activations, read from modules of exactly PyTorch's classes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

from certificates.errors import MalformedProblem
from verify.problems.exact import address
from verify.problems.modules import ACTIVATION_MODULES, ActivationText, activation_of_module, refuse_module
from verify.problems.suspects import suspicion
from verify.problems.torch_graph import Leaf, at_line, has_own_forward, traced_leaves

__all__ = ["Chain", "read_chain", "unwrapped"]

_TRANSPARENT = ("Identity", "Flatten")
_KNOWN = ("Sequential", "Linear", *_TRANSPARENT, *ACTIVATION_MODULES)


@dataclass
class Chain:
    """What the modules say, in order.

    Parameters
    ----------
    linears
        (place, module) of the affine layers.
    activations
        One for each hidden layer.
    stages
        (place, module, k) of every leaf: after it the network's k-th range is reached (0 the inputs, 1 the first affine
        map, 2 its activation, …).
    remarks
        The activations' notes, each with the places it is about.
    suspects
        What may compute something else than its class says, first one first.
    traced, flat
        Whether the order was read from a module's own forward, and whether that gives (n,) in place of (n, 1).
    """

    linears: list[tuple[str, Any]] = field(default_factory=list)
    activations: list[ActivationText] = field(default_factory=list)
    stages: list[tuple[str, Any, int]] = field(default_factory=list)
    remarks: dict[str, list[str]] = field(default_factory=dict)
    suspects: list[MalformedProblem] = field(default_factory=list)
    traced: bool = False
    flat: bool = False

    @property
    def reached(self) -> int:
        """The number of the range after the last leaf so far."""
        return len(self.linears) + len(self.activations)


def read_chain(model: Any, torch: ModuleType, chain: Chain) -> None:
    """Fill the chain; suspects are read as what they seem to be, and refused by the caller.

    Raises
    ------
    MalformedProblem
        A module that this problem type cannot state, with its place in the model.
    """
    for place, module, kind in _leaves_in_order(model, torch, chain):
        if kind == "Linear":
            if len(chain.activations) < len(chain.linears):
                chain.activations.append(ActivationText("identity"))
            chain.linears.append((place, module))
        elif kind not in _TRANSPARENT:
            found = activation_of_module(kind, module, place)
            if found is None:
                raise refuse_module(module, place)
            if len(chain.activations) >= len(chain.linears):
                raise MalformedProblem(
                    f"{kind} does not follow a Linear layer",
                    place=place,
                    remedy="put one activation after each hidden Linear layer",
                )
            chain.activations.append(found)
            chain.remarks.setdefault(found.note, []).append(place)
        chain.stages.append((place, module, chain.reached))
    _check_chain(chain)


def unwrapped(model: Any, torch: ModuleType) -> Any:
    """The model inside wrappers that only distribute it."""
    parallel = (torch.nn.DataParallel, torch.nn.parallel.DistributedDataParallel)
    while type(model) in parallel:
        model = model.module
    return model


def _leaves_in_order(model: Any, torch: ModuleType, chain: Chain) -> Iterator[Leaf]:
    inner = unwrapped(model, torch)
    if not isinstance(inner, torch.nn.Module):
        yield from _leaves(model, "model", torch, chain)
        return
    chain.traced = any(not _kind(module, torch) and has_own_forward(module, torch) for module in inner.modules())
    if not chain.traced:
        yield from _leaves(model, "model", torch, chain)
        return
    leaves, chain.flat = traced_leaves(inner, torch)
    for place, module, kind, where in leaves:
        try:
            yield from [(place, module, kind)] if kind else list(_leaves(module, place, torch, chain))
        except MalformedProblem as error:
            raise at_line(error, where) from error


def _leaves(module: Any, place: str, torch: ModuleType, chain: Chain) -> Iterator[Leaf]:
    if unwrapped(module, torch) is not module:
        yield from _leaves(module.module, f"{place}.module", torch, chain)
        return
    if not isinstance(module, torch.nn.Module):
        raise MalformedProblem(f"expected an nn.Module, got {type(module).__name__}", place=place)
    if getattr(module, "has_uninitialized_params", bool)():
        raise MalformedProblem(
            f"{type(module).__name__} has no weights yet",
            place=place,
            remedy="call model(inputs) once before the import",
        )
    kind = _kind(module, torch)
    doubt = suspicion(module, kind, place, torch)
    if doubt is not None:
        chain.suspects.append(doubt)
    if kind == "Sequential":
        # Not named_children(), which passes over a module that occurs twice, such as one shared Tanh.
        for name, child in module._modules.items():
            yield from _leaves(child, f"{place}.{name}", torch, chain)
    elif kind:
        yield place, module, kind
    else:
        raise refuse_module(module, place)


def _kind(module: Any, torch: ModuleType) -> str:
    """The class of ``torch.nn`` that a module is, derives from, or is named like; empty for none known here."""
    for kind in _KNOWN:
        if isinstance(module, getattr(torch.nn, kind)):
            return kind
    return type(module).__name__ if type(module).__name__ in _KNOWN else ""


def _check_chain(chain: Chain) -> None:
    linears = chain.linears
    if len(linears) < 2:
        raise MalformedProblem(f"expected at least one hidden layer, got {len(linears)} Linear modules", place="model")
    if len(chain.activations) == len(linears):
        raise MalformedProblem(
            "an activation follows the last Linear layer",
            place=linears[-1][0],
            remedy="the output must be affine: leave the activation out",
        )
    owners: dict[tuple[str, int], str] = {}
    for index, (place, linear) in enumerate(linears):
        if place in [other for other, _ in linears[:index]]:
            raise MalformedProblem("is called twice", place=place, remedy="give each place its own Linear layer")
        for name, tensor in linear._parameters.items():
            # The same tensor, or another one over the same memory: a step moves both.
            for key in () if tensor is None else (("id", id(tensor)), ("memory", address(tensor))):
                other = owners.setdefault(key, place) if key[1] else place
                if other != place:
                    raise MalformedProblem(f"shares its {name} with {other}", place=place, remedy="untie the layers")
