"""Problems from a PyTorch model in memory."""

from __future__ import annotations

from collections.abc import Iterable
from types import ModuleType
from typing import Any

from certificates.errors import MalformedProblem
from certificates.subjects import Network
from verify.problems.arrays import import_arrays
from verify.problems.comparison import Difference
from verify.problems.imported import Imported, announce, imported
from verify.problems.precision import precision_notes
from verify.problems.statement import objective_statement
from verify.problems.suspects import refuse_global_hooks
from verify.problems.torch_agreement import difference_of_model
from verify.problems.torch_chain import Chain, read_chain, unwrapped
from verify.problems.torch_file import load_torch
from verify.problems.torch_line import sequential_line
from verify.problems.torch_objective import decay_of_torch, loss_of_torch, untrained

__all__ = ["from_torch", "import_torch"]


def from_torch(
    model: Any,
    inputs: Any,
    targets: Any,
    *,
    loss: Any = "mean",
    weight_decay: Any = None,
    sample_weights: Any = None,
    frozen: Iterable[int] | None = None,
    optimizer: Any = None,
) -> Network:
    """Make a problem of a PyTorch model and its data; notes are issued as ``ImportNotice`` warnings.

    Beyond a plain sum of squares, a note says the objective with its value and the norm of its gradient.

    Parameters
    ----------
    model
        An ``nn.Sequential`` (nested ones are flattened) of ``nn.Linear`` and activation modules, of exactly these
        classes, without hooks, parametrisations or replaced methods; or a module whose own ``forward`` is such a chain,
        read with torch.fx, and run to see that it calls nothing else. A copy of it is evaluated on the inputs, in
        double precision and evaluation mode, and compared with the problem's network layer by layer.
    inputs, targets
        Tensors or arrays, shapes (n, d) and (n, outputs); for a cross-entropy classes, (n,), or probabilities.
    loss
        A name or rational of :func:`verify.problems.from_arrays`, or the ``nn.MSELoss``, ``nn.CrossEntropyLoss`` (with
        label smoothing and class weights) or ``nn.BCEWithLogitsLoss`` of the training.
    weight_decay
        λ of the penalty ½ λ‖w‖² on every trained tensor, biases too, as ``SGD(weight_decay=λ)`` has it; or a mapping
        of the model's parameter names to λ.
    sample_weights
        n positive numbers that multiply the samples' terms; a mean still divides by n.
    frozen
        Layers that gradient descent does not move; by default those whose parameters have
        ``requires_grad=False``, or are none of the optimiser's.
    optimizer
        Instead of ``weight_decay``: the optimiser that trained the model, of ``torch.optim``. One that decouples the
        decay (``AdamW``) comes to rest where no such objective is critical, and is refused.

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
    return announce(
        import_torch(
            model,
            inputs,
            targets,
            loss=loss,
            weight_decay=weight_decay,
            sample_weights=sample_weights,
            frozen=frozen,
            optimizer=optimizer,
        )
    )


def import_torch(
    model: Any,
    inputs: Any,
    targets: Any,
    *,
    loss: Any = "mean",
    weight_decay: Any = None,
    sample_weights: Any = None,
    frozen: Iterable[int] | None = None,
    optimizer: Any = None,
) -> Imported:
    """Do what :func:`from_torch` does, and return the notes instead of warning."""
    torch = load_torch()
    refuse_global_hooks(torch)
    stated = {"loss": loss_of_torch(loss, targets, torch), "sample_weights": sample_weights}
    arguments = {"inputs": inputs, "targets": targets, **stated}
    chain = Chain()
    try:
        read_chain(model, torch, chain)
        fixed = set(untrained(chain.linears, optimizer) if frozen is None else frozen)
        decay = decay_of_torch(model, _trained(chain, fixed), weight_decay, optimizer, torch)
        done = _read(torch, chain, arguments | {"frozen": fixed, "decay": decay})
        network = done.network
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
    notes = [*done.notes, *objective_statement(network), *_notes(chain, network), *_unused(chain, model)]
    return imported(network, notes, (*said, read + weak))


def _trained(chain: Chain, frozen: set[int]) -> dict[str, Any]:
    """The trained parameters by the names that problem files give them."""
    return {
        f"layers.{index}.{kind}": getattr(linear, kind)
        for index, (_, linear) in enumerate(chain.linears)
        for kind in ("weight", "bias")
        if index not in frozen and getattr(linear, kind) is not None
    }


def _read(torch: ModuleType, chain: Chain, arguments: dict[str, Any]) -> Imported:
    if _is_image(arguments["inputs"], chain, torch):
        inputs = arguments["inputs"]
        arguments = arguments | {"inputs": inputs.reshape(len(inputs), -1)}
    return import_arrays(
        [linear.weight for _, linear in chain.linears],
        [linear.bias for _, linear in chain.linears],
        [activation.text for activation in chain.activations],
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
