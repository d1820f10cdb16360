"""Problems from a PyTorch model in memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import ModuleType
from typing import Any

from certificates.errors import MalformedProblem
from certificates.problem import Network
from verify.problems.arrays import from_arrays
from verify.problems.imported import Imported, announce
from verify.problems.modules import activation_of_module, refuse_module
from verify.problems.torch_file import load_torch

__all__ = ["from_torch", "import_torch"]

_TRANSPARENT = ("Identity", "Flatten")


def from_torch(
    model: Any,
    inputs: Any,
    targets: Any,
    *,
    loss: Any = "mean",
    frozen: Iterable[int] | None = None,
    optimizer: Any = None,
) -> Network:
    """Make a problem of a PyTorch model and its data; notes are issued as ``ImportNotice`` warnings.

    Parameters
    ----------
    model
        An ``nn.Sequential`` (nested ones are flattened) of ``nn.Linear`` and activation modules.
    inputs, targets
        Tensors or arrays, shapes (n, d) and (n, outputs).
    loss
        A name or rational of :func:`verify.problems.loss.loss_scale`, or an ``nn.MSELoss``.
    frozen
        Layers that gradient descent does not move; by default those whose parameters have
        ``requires_grad=False``.
    optimizer
        Optional: the optimiser that trained the model, to have its weight decay refused.

    Raises
    ------
    MalformedProblem
        A module, loss or optimiser that the problem type cannot state, with its place in the model.

    Examples
    --------
    >>> import torch  # doctest: +SKIP
    >>> model = torch.nn.Sequential(  # doctest: +SKIP
    ...     torch.nn.Linear(2, 8), torch.nn.Tanh(), torch.nn.Linear(8, 1)
    ... )
    >>> from_torch(model, torch.eye(2), torch.ones(2, 1)).widths  # doctest: +SKIP
    (2, 8, 1)
    """
    return announce(import_torch(model, inputs, targets, loss=loss, frozen=frozen, optimizer=optimizer))


def import_torch(
    model: Any,
    inputs: Any,
    targets: Any,
    *,
    loss: Any = "mean",
    frozen: Iterable[int] | None = None,
    optimizer: Any = None,
) -> Imported:
    """Do what :func:`from_torch` does, and return the notes instead of warning."""
    torch = load_torch()
    _refuse_weight_decay(getattr(optimizer, "param_groups", ()))
    linears, activations, notes = _walk(model, torch)
    network = from_arrays(
        [linear.weight for _, linear in linears],
        [linear.bias for _, linear in linears],
        activations,
        inputs,
        targets,
        loss=_loss_name(loss, torch),
        frozen=_frozen_by_flag(linears) if frozen is None else frozen,
    )
    return Imported(network, tuple(notes))


def _walk(model: Any, torch: ModuleType) -> tuple[list[tuple[str, Any]], list[str], list[str]]:
    """Split the modules into Linear layers, the activations between them, and notes."""
    linears: list[tuple[str, Any]] = []
    activations: list[str] = []
    notes: list[str] = []
    for place, module in _flattened(model, "model", torch):
        if type(module).forward is torch.nn.Linear.forward:
            if len(activations) < len(linears):
                activations.append("identity")
            linears.append((place, module))
            continue
        own = type(module).__module__.startswith("torch.nn.")
        found = activation_of_module(module, place) if own else None
        if found is None:
            raise refuse_module(module, place)
        if len(activations) >= len(linears):
            raise MalformedProblem(
                f"{type(module).__name__} does not follow a Linear layer",
                place=place,
                remedy="put one activation after each hidden Linear layer",
            )
        activations.append(found.text)
        notes.extend([found.note] if found.note else [])
    _check_walk(linears, activations)
    return linears, activations, notes


def _flattened(module: Any, place: str, torch: ModuleType) -> Iterator[tuple[str, Any]]:
    nn = torch.nn
    if isinstance(module, nn.DataParallel | nn.parallel.DistributedDataParallel):
        yield from _flattened(module.module, f"{place}.module", torch)
    elif not isinstance(module, nn.Module):
        raise MalformedProblem(f"expected an nn.Module, got {type(module).__name__}", place=place)
    elif module._forward_hooks or module._forward_pre_hooks or hasattr(module, "parametrizations"):
        raise MalformedProblem(
            "has forward hooks or parametrisations (weight or spectral norm), which change what it computes",
            place=place,
            remedy="remove them, for example with torch.nn.utils.parametrize.remove_parametrizations",
        )
    elif type(module).forward is nn.Sequential.forward:
        # Not named_children(), which passes over a module that occurs twice, such as one shared Tanh.
        for name, child in module._modules.items():
            yield from _flattened(child, f"{place}.{name}", torch)
    elif type(module).__name__ not in _TRANSPARENT:
        yield place, module


def _check_walk(linears: list[tuple[str, Any]], activations: list[str]) -> None:
    if len(linears) < 2:
        raise MalformedProblem(f"expected at least one hidden layer, got {len(linears)} Linear modules", place="model")
    if len(activations) == len(linears):
        raise MalformedProblem(
            "an activation follows the last Linear layer",
            place=linears[-1][0],
            remedy="the output must be affine: leave the activation out",
        )
    owners: dict[int, str] = {}
    for place, linear in linears:
        other = owners.setdefault(id(linear.weight), place)
        if other != place:
            raise MalformedProblem(f"shares its weight with {other}", place=place, remedy="untie the layers")


def _frozen_by_flag(linears: list[tuple[str, Any]]) -> list[int]:
    frozen = []
    for index, (place, linear) in enumerate(linears):
        flags = {parameter.requires_grad for parameter in linear.parameters()}
        if len(flags) > 1:
            raise MalformedProblem(
                "its weight and bias differ in requires_grad",
                place=place,
                remedy="train or freeze the whole layer, or say which with frozen=",
            )
        frozen.extend([index] if flags == {False} else [])
    return frozen


def _refuse_weight_decay(groups: Iterable[Mapping[str, Any]]) -> None:
    if any(float(group.get("weight_decay", 0)) != 0 for group in groups):
        raise MalformedProblem(
            "weight decay is not covered: with it the loss does not reach zero",
            place="optimizer",
            remedy="leave optimizer= out to certify the loss without it",
        )


def _loss_name(loss: Any, torch: ModuleType) -> Any:
    if not isinstance(loss, torch.nn.Module):
        return loss
    if isinstance(loss, torch.nn.MSELoss) and loss.reduction in ("mean", "sum"):
        return loss.reduction
    raise refuse_module(loss, "loss")
