"""Problems from a PyTorch model in memory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import ModuleType
from typing import Any

from certificates.errors import MalformedProblem
from certificates.subjects import Network
from verify.problems.arrays import from_arrays
from verify.problems.comparison import Difference
from verify.problems.imported import Imported, announce, imported
from verify.problems.loss import refused_loss
from verify.problems.precision import precision_notes
from verify.problems.suspects import refuse_global_hooks
from verify.problems.torch_agreement import difference_of_model
from verify.problems.torch_chain import Chain, read_chain, unwrapped
from verify.problems.torch_file import load_torch
from verify.problems.torch_line import sequential_line

__all__ = ["from_torch", "import_torch"]


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
        An ``nn.Sequential`` (nested ones are flattened) of ``nn.Linear`` and activation modules, of exactly these
        classes, without hooks, parametrisations or replaced methods; or a module whose own ``forward`` is such a chain,
        read with torch.fx, and run to see that it calls nothing else. A copy of it is evaluated on the inputs, in
        double precision and evaluation mode, and compared with the problem's network layer by layer.
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
        A module, loss or optimiser that the problem type cannot state, with its place in the model (in a ``forward``,
        its line, and the Sequential that would do); or outputs that differ by more than rounding: where first, how far.

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
    refuse_global_hooks(torch)
    _refuse_weight_decay(getattr(optimizer, "param_groups", ()))
    arguments = {"inputs": inputs, "targets": targets, "loss": _loss_name(loss, torch)}
    chain = Chain()
    try:
        network = _read(model, torch, chain, arguments, frozen)
        _refuse_broadcasting(chain, targets)
        flattened = _is_image(inputs, chain, torch)
        shape = tuple(inputs.shape) if flattened else network.inputs.shape
        difference, weak = difference_of_model(unwrapped(model, torch), network, shape, chain, torch)
    except (MalformedProblem, AttributeError) as error:
        if chain.suspects:
            raise chain.suspects[0] from error
        if isinstance(error, MalformedProblem) and chain.traced:
            raise _with_line(error, sequential_line(model, inputs, torch)) from error
        raise
    if chain.suspects:
        raise _doubted(chain.suspects[0], difference)
    if difference is not None:
        raise MalformedProblem(
            f"computes something else than the chain of its modules: {difference}",
            place="model",
            remedy="give a Sequential of torch.nn's own modules",
        )
    read = "the model, in double precision and evaluation mode, agrees with the network layer by layer on these inputs"
    sizes = "×".join(map(str, tuple(inputs.shape)[1:])) if flattened else ""
    said = [f"inputs: samples of {sizes} numbers, flattened as the model does"] if flattened else []
    return imported(network, [*_notes(chain, network), *_unused(chain, model)], (*said, read + weak))


def _read(
    model: Any, torch: ModuleType, chain: Chain, arguments: dict[str, Any], frozen: Iterable[int] | None
) -> Network:
    read_chain(model, torch, chain)
    if _is_image(arguments["inputs"], chain, torch):
        inputs = arguments["inputs"]
        arguments = arguments | {"inputs": inputs.reshape(len(inputs), -1)}
    return from_arrays(
        [linear.weight for _, linear in chain.linears],
        [linear.bias for _, linear in chain.linears],
        [activation.text for activation in chain.activations],
        frozen=_frozen_by_flag(chain.linears) if frozen is None else frozen,
        **arguments,
    )


def _is_image(inputs: Any, chain: Chain, torch: ModuleType) -> bool:
    """Whether the samples have more than one axis and the model begins by making one of them."""
    shape, first = tuple(getattr(inputs, "shape", ())), chain.stages[0][1]
    whole = isinstance(first, torch.nn.Flatten) and (first.start_dim, first.end_dim) == (1, -1)
    return whole and len(shape) > 2 and 0 not in shape


def _notes(chain: Chain, network: Network) -> list[str]:
    weights = [linear.weight for _, linear in chain.linears]
    remarks = [f"{', '.join(places)}: {note}" for note, places in chain.remarks.items() if note]
    return [*remarks, *precision_notes(weights, network.inputs)]


def _with_line(error: MalformedProblem, line: str) -> MalformedProblem:
    """The refusal of a module's own forward, with the Sequential that may stand for it."""
    remedy = "; ".join(filter(None, (error.remedy, line)))
    return MalformedProblem(error.what, place=error.place, remedy=remedy)


def _refuse_broadcasting(chain: Chain, targets: Any) -> None:
    if chain.flat and len(getattr(targets, "shape", (0,))) > 1:
        raise MalformedProblem(
            "its outputs have the shape (n,) and the targets (n, 1), which a loss broadcasts to n × n",
            place="targets",
            remedy="give targets of shape (n,), and train with them",
        )


def _unused(chain: Chain, model: Any) -> list[str]:
    """A note where a module's own forward leaves out some of its parameters."""
    used = {id(parameter) for _, linear in chain.linears for parameter in linear.parameters()}
    names = [name for name, parameter in model.named_parameters() if id(parameter) not in used]
    return [f"forward is without {', '.join(names)}, and so is the network"] if chain.traced and names else []


def _doubted(doubt: MalformedProblem, difference: Difference | None) -> MalformedProblem:
    """The refusal of a module that is not what it seems, with what that makes of these inputs."""
    found = "on these inputs it makes no difference" if difference is None else f"read as such, {difference}"
    return MalformedProblem(f"{doubt.what}; {found}", place=doubt.place, remedy=doubt.remedy)


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
    if not isinstance(loss, torch.nn.MSELoss):
        raise refused_loss(type(loss).__name__)
    if loss.reduction not in ("mean", "sum"):
        what = f"MSELoss(reduction={loss.reduction!r}) is no single number"
        raise MalformedProblem(what, place="loss", remedy="name what is minimised: loss='mean' or 'sum'")
    return loss.reduction
