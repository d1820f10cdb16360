"""What a PyTorch training script minimises: loss modules, and weight decay by parameter or from the optimiser."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from types import ModuleType
from typing import Any

from certificates.errors import MalformedProblem
from verify.problems.cross_entropies import BinaryCrossEntropy, CrossEntropy
from verify.problems.exact import exact_rational
from verify.problems.loss import LossName, refused_loss

__all__ = ["decay_of_torch", "loss_of_torch", "untrained"]

_COUPLED = ("SGD", "Adam", "Adagrad", "Adadelta", "Adamax", "NAdam", "RAdam", "RMSprop")
"""Optimisers of ``torch.optim`` that add λw to the gradient, unless ``decoupled_weight_decay`` says otherwise."""


def loss_of_torch(loss: Any, targets: Any, torch: ModuleType) -> LossName:
    """The loss that a module of exactly PyTorch's class computes; names and numbers as they are.

    Raises
    ------
    MalformedProblem
        Another module, no reduction, weights or classes to ignore that the problem type cannot state.
    """
    if not isinstance(loss, torch.nn.Module):
        found: LossName = loss
        return found
    readers: dict[str, Callable[[Any, Any], LossName]] = {
        "MSELoss": lambda module, _targets: str(module.reduction),
        "CrossEntropyLoss": _cross_entropy,
        "BCEWithLogitsLoss": _binary_cross_entropy,
    }
    name = next((name for name in readers if type(loss) is getattr(torch.nn, name)), "")
    if not name:
        raise refused_loss(type(loss).__name__)
    if loss.reduction not in ("mean", "sum"):
        what = f"{name}(reduction={loss.reduction!r}) is no single number"
        raise MalformedProblem(what, place="loss", remedy="give the module with the reduction that is minimised")
    return readers[name](loss, targets)


def _cross_entropy(module: Any, targets: Any) -> CrossEntropy:
    whole = not getattr(targets, "is_floating_point", bool)()
    if whole and bool((targets == module.ignore_index).any()):
        raise MalformedProblem(
            f"ignore_index={module.ignore_index} leaves samples out of the loss",
            place="targets",
            remedy="leave those samples out of inputs and targets",
        )
    return CrossEntropy(module.reduction, module.label_smoothing, _numbers(module.weight))


def _binary_cross_entropy(module: Any, _targets: Any) -> BinaryCrossEntropy:
    if module.weight is not None:
        raise MalformedProblem(
            "BCEWithLogitsLoss(weight=…) is not covered",
            place="loss",
            remedy="leave it out of the module, and give the weights of samples as sample_weights=",
        )
    positive = _numbers(module.pos_weight) or [1]
    if len(set(positive)) > 1:
        raise MalformedProblem("pos_weight differs between outputs, which is not covered", place="loss")
    return BinaryCrossEntropy(module.reduction, positive[0])


def _numbers(tensor: Any) -> list[float] | None:
    return None if tensor is None else [float(value) for value in tensor.detach().double().ravel().tolist()]


def decay_of_torch(
    model: Any, tensors: Mapping[str, Any], weight_decay: Any, optimizer: Any, torch: ModuleType
) -> dict[str, Fraction]:
    """λ of every trained tensor, by its name in the problem.

    Parameters
    ----------
    model
        For the names of its parameters.
    tensors
        The trained parameters by their names in problem files.
    weight_decay
        λ for all of them, biases too, as an optimiser with one group has it; or a mapping of the model's names to λ.
        ``None``: of the optimiser, or none.
    optimizer
        The optimiser that trained the model, or ``None``.

    Raises
    ------
    MalformedProblem
        Both are given; a name that is no parameter; an optimiser that decouples the decay, or is not PyTorch's.
    """
    if optimizer is not None:
        if weight_decay is not None:
            raise MalformedProblem(
                "the optimiser says it already", place="weight_decay", remedy="leave one of them out"
            )
        rates = dict(_rates_of_optimizer(optimizer, torch))
        return {name: rates.get(id(tensor), Fraction(0)) for name, tensor in tensors.items()}
    if not isinstance(weight_decay, Mapping):
        rate = exact_rational(weight_decay or 0, "weight_decay")
        return dict.fromkeys(tensors, rate)
    named = dict(model.named_parameters())
    for name in weight_decay:
        if name not in named:
            raise MalformedProblem(
                f"the model has no parameter {str(name)[:60]!r}",
                place="weight_decay",
                remedy=f"it has {', '.join(list(named)[:20])}",
            )
    by_place = {id(named[name]): exact_rational(rate, f"weight_decay.{name}") for name, rate in weight_decay.items()}
    return {name: by_place.get(id(tensor), Fraction(0)) for name, tensor in tensors.items()}


def _rates_of_optimizer(optimizer: Any, torch: ModuleType) -> Iterator[tuple[int, Fraction]]:
    own = type(optimizer) in [getattr(torch.optim, each, None) for each in _COUPLED]
    for group in optimizer.param_groups:
        rate = exact_rational(group.get("weight_decay", 0), "optimizer.weight_decay")
        if group.get("maximize", False):
            raise MalformedProblem("it maximises", place="optimizer", remedy="certify what is minimised")
        if rate and (group.get("decoupled_weight_decay", False) or not own):
            raise _refused_optimizer(type(optimizer))
        for parameter in group["params"]:
            yield id(parameter), rate


def _refused_optimizer(kind: type) -> MalformedProblem:
    if kind.__module__.startswith("torch.optim"):
        what = (
            f"{kind.__name__} decays the weights apart from its steps by the gradient: where it comes to rest is "
            "critical for no function loss + ½ λ‖w‖²"
        )
    else:
        what = f"how {kind.__module__}.{kind.__name__} decays the weights is not known"
    return MalformedProblem(
        what,
        place="optimizer",
        remedy=f"train with the weight_decay of {', '.join(_COUPLED[:2])}; or leave optimizer= out: then the objective "
        "is the loss alone",
    )


def untrained(linears: list[tuple[str, Any]], optimizer: Any) -> list[int]:
    """Layers that gradient descent does not move: by ``requires_grad``, and those that the optimiser does not have."""
    known = None if optimizer is None else {id(p) for group in optimizer.param_groups for p in group["params"]}
    frozen = []
    for index, (place, linear) in enumerate(linears):
        flags = {each.requires_grad and (known is None or id(each) in known) for each in linear.parameters()}
        if len(flags) > 1:
            raise MalformedProblem(
                "its weight and bias differ in requires_grad, or only one of them is the optimiser's",
                place=place,
                remedy="train or freeze the whole layer, or say which with frozen=",
            )
        frozen.extend([index] if flags == {False} else [])
    return frozen
