"""Modules that may compute, or train, otherwise than their class says: other classes, hooks, replaced methods."""

from __future__ import annotations

from types import ModuleType
from typing import Any

from certificates.errors import MalformedProblem

__all__ = ["refuse_global_hooks", "suspicion"]

_HOOKS = ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks", "_backward_pre_hooks")
_TENSOR_HOOKS = ("_backward_hooks", "_post_accumulate_grad_hooks")
_GLOBAL_HOOKS = (
    "_global_forward_hooks",
    "_global_forward_pre_hooks",
    "_global_backward_hooks",
    "_global_backward_pre_hooks",
)


def refuse_global_hooks(torch: ModuleType) -> None:
    """Refuse hooks that PyTorch calls for every module."""
    for name in _GLOBAL_HOOKS:
        if getattr(torch.nn.modules.module, name, None):
            raise MalformedProblem(
                "hooks are registered for every module, which may change what the model computes",
                place="torch.nn.modules.module",
                remedy="remove them before the import",
            )


def suspicion(module: Any, kind: str, place: str, torch: ModuleType) -> MalformedProblem | None:
    """Give the reason not to take a module for ``torch.nn.KIND``, or ``None``.

    Parameters
    ----------
    module
        An ``nn.Module``.
    kind
        The name of the class in ``torch.nn`` that it seems to be; empty when there is none.
    place
        Where it stands in the model.
    """
    if hasattr(module, "parametrizations") or any(getattr(module, name, None) for name in _HOOKS):
        return MalformedProblem(
            "has hooks or parametrisations (weight or spectral norm, pruning), which change what it computes or trains",
            place=place,
            remedy="remove them, for example with torch.nn.utils.parametrize.remove_parametrizations",
        )
    if kind and type(module) is not getattr(torch.nn, kind):
        own = f"{type(module).__module__}.{type(module).__qualname__}"
        what = f"{own} is not torch.nn.{kind}" + (", it only derives from it" if _derives(module, kind, torch) else "")
        return MalformedProblem(what, place=place, remedy=_remedy(kind))
    replaced = [name for name in vars(module) if callable(getattr(type(module), name, None))]
    if replaced or getattr(module, "_compiled_call_impl", None) is not None:
        what = f"its {replaced[0]} was replaced on this instance" if replaced else "it was compiled in place"
        return MalformedProblem(what, place=place, remedy="import a fresh module with the same weights")
    return _foreign_parts(module, kind, place, torch)


def _derives(module: Any, kind: str, torch: ModuleType) -> bool:
    return isinstance(module, getattr(torch.nn, kind))


def _remedy(kind: str) -> str:
    if kind == "Sequential":
        return "if it adds nothing, give torch.nn.Sequential(*module)"
    return f"use torch.nn.{kind} itself, or give the weights and the activation as an expression to verify.from_arrays"


def _foreign_parts(module: Any, kind: str, place: str, torch: ModuleType) -> MalformedProblem | None:
    """What a module of this class does not have: buffers, further parameters, tensors with hooks."""
    expected = {"weight", "bias"} if kind == "Linear" else set()
    foreign = [*(module._parameters.keys() - expected), *module._buffers]
    foreign += [] if kind == "Sequential" else list(module._modules)
    if kind and foreign:
        return MalformedProblem(
            f"has {sorted(foreign)[0]!r}, which torch.nn.{kind} does not have", place=place, remedy="remove it"
        )
    for name, tensor in module._parameters.items():
        if tensor is None:
            continue
        if type(tensor) is not torch.nn.Parameter:
            return MalformedProblem(f"its {name} is a {type(tensor).__name__}", place=place, remedy="use nn.Parameter")
        if any(getattr(tensor, hooks, None) for hooks in _TENSOR_HOOKS):
            return MalformedProblem(
                f"its {name} has hooks, which change its gradient", place=place, remedy="remove them"
            )
    return None
