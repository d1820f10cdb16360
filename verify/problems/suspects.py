"""Modules that may compute, or train, otherwise than their class says: other classes, hooks, replaced methods."""

from __future__ import annotations

from types import ModuleType
from typing import Any

from certificates.errors import MalformedProblem
from verify.problems.reparametrised import reparametrisation

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
    doubt = _compiled(module, place) or _computed(module, place)
    if doubt is not None:
        return doubt
    if any(getattr(module, name, None) for name in _HOOKS):
        return MalformedProblem(
            "has hooks, which may change what it computes or trains",
            place=place,
            remedy="remove them: .remove() of what register_forward_hook and its like returned",
        )
    if kind and type(module) is not getattr(torch.nn, kind):
        own = f"{type(module).__module__}.{type(module).__qualname__}"
        what = f"{own} is not torch.nn.{kind}" + (", it only derives from it" if _derives(module, kind, torch) else "")
        return MalformedProblem(what, place=place, remedy=_remedy(kind))
    replaced = [name for name in vars(module) if callable(getattr(type(module), name, None))]
    if replaced:
        what = f"its {replaced[0]} was replaced on this instance"
        return MalformedProblem(what, place=place, remedy="import a fresh module with the same weights")
    return _foreign_parts(module, kind, place, torch)


def _compiled(module: Any, place: str) -> MalformedProblem | None:
    """Modules that run generated code instead of what they hold."""
    names = {cls.__name__ for cls in type(module).__mro__}
    if "OptimizedModule" in names:
        return MalformedProblem("was compiled by torch.compile", place=place, remedy="give its ._orig_mod")
    if "ScriptModule" in names:
        return MalformedProblem("is TorchScript", place=place, remedy="give the module it was made from")
    if getattr(module, "_compiled_call_impl", None) is not None:
        remedy = "import it before .compile(), or a fresh module with the same weights"
        return MalformedProblem("was compiled in place", place=place, remedy=remedy)
    return None


def _computed(module: Any, place: str) -> MalformedProblem | None:
    """Weights computed from others at every call."""
    found = reparametrisation([*module._modules, *module._parameters, *module._buffers])
    if found is None:
        return None
    _, what, call = found
    return MalformedProblem(
        f"its weight is computed from other tensors ({what}), and these are trained",
        place=place,
        remedy=f"call {call} on it; then the weight itself is trained",
    )


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
