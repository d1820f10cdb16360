"""Which PyTorch modules are activations, which are refused and why; PyTorch is not loaded here."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from certificates.errors import MalformedProblem
from verify.problems.exact import exact_rational
from verify.problems.rounding import NO_SLACK, Slack

__all__ = ["ACTIVATION_MODULES", "GELU_TANH", "ActivationText", "activation_of_module", "refuse_module", "refuse_names"]

GELU_TANH = "z/2*(1+tanh(sqrt(1/(2*atan(1)))*(z+0.044715*z^3)))"
"""PyTorch's ``GELU(approximate="tanh")``: sqrt(2/π) = sqrt(1/(2·atan(1)))."""


@dataclass(frozen=True)
class ActivationText:
    """An activation in the grammar's text, and what differs from the module: in words, and in numbers."""

    text: str
    note: str = ""
    slack: Slack = NO_SLACK


def activation_of_module(kind: str, module: Any, place: str) -> ActivationText | None:
    """Give the activation that a module of this class computes, or ``None`` for a class that is no activation here.

    Parameters
    ----------
    kind
        The name of the class in ``torch.nn``; whether the module is of that class is for the caller to know.
    module
        The module. Parameters such as ``beta`` become the decimal that was typed where it is short (0.01 is 1/100,
        within rounding of PyTorch's number), and the exact rational their binary64 value is otherwise.
    place
        Where the module stands, for errors.
    """
    reader = _ACTIVATIONS.get(kind)
    return None if reader is None else reader(module, place)


def refuse_module(module: Any, place: str) -> MalformedProblem:
    """Make the error for a module that no least-squares problem of a perceptron can hold."""
    names = [cls.__name__ for cls in type(module).__mro__]
    return refuse_names(names, names[0], place) or MalformedProblem(
        f"{names[0]} is not covered",
        place=place,
        remedy="the model must be a Sequential of Linear and activation modules; other activations can be given "
        "as expressions to verify.from_arrays",
    )


def refuse_names(names: Iterable[str], shown: str, place: str) -> MalformedProblem | None:
    """The error for a class of one of these names, shown as this one; ``None`` where they say nothing."""
    for fragments, reason, remedy in _REFUSALS:
        if any(name.startswith(fragments) or name.endswith(fragments) for name in names):
            return MalformedProblem(f"{shown}: {reason}", place=place, remedy=remedy)
    return None


_REFUSALS: tuple[tuple[tuple[str, ...], str, str], ...] = (
    (
        ("Dropout", "AlphaDropout", "FeatureAlphaDropout", "RReLU"),
        "random layers make the loss random, and the claim is about one fixed loss",
        "leave the layer out of the model",
    ),
    (
        ("BatchNorm", "_BatchNorm", "SyncBatchNorm", "InstanceNorm", "_InstanceNorm"),
        "normalisation over a batch is not covered",
        "fold its statistics into the neighbouring Linear layer, or train without it",
    ),
    (("LayerNorm", "GroupNorm", "RMSNorm"), "normalisation layers are not covered", "train without them"),
    (("Loss",), "a loss module is no layer", "leave it out of the model, and give it as loss="),
    (
        ("Softmax", "LogSoftmax", "Softmin", "Softmax2d"),
        "the network's output must be affine (identity output) and activations act on one unit at a time",
        "leave it out: the loss 'cross-entropy' is of the outputs before a softmax",
    ),
    (
        ("Conv1d", "Conv2d", "Conv3d", "_ConvNd"),
        "convolutions share their weights, which this problem type cannot state",
        "use Linear layers",
    ),
    (("RNNBase", "RNNCellBase", "Transformer", "MultiheadAttention"), "is not covered", "use Linear layers"),
    (("Embedding", "Bilinear"), "is not covered", "use Linear layers on numeric inputs"),
    (
        ("AveragedModel",),
        "a running average of weights, beside the model",
        "give its .module: its weights are the averages",
    ),
    (("PReLU",), "its slope is a trained parameter, which is not covered", "use LeakyReLU with a fixed slope"),
)

_Reader = Callable[[Any, str], ActivationText]


def _plain(text: str) -> _Reader:
    return lambda _module, _place: ActivationText(text)


def _softplus(module: Any, place: str) -> ActivationText:
    beta = exact_rational(module.beta, f"{place}.beta")
    threshold = float(exact_rational(module.threshold, f"{place}.threshold"))
    if beta <= 0 or threshold < 0:
        raise MalformedProblem(f"Softplus(beta={module.beta}, threshold={threshold:g}) is not covered", place=place)
    amount = math.log1p(math.exp(-threshold)) / float(beta)
    return ActivationText(
        "softplus" if beta == 1 else f"softplus({beta})",
        f"Softplus is imported as the smooth function log(1+exp(βz))/β with β = {float(beta):g}; PyTorch computes "
        f"z instead where βz > {threshold:g}, which is less by up to {amount:.2g}",
        Slack(threshold / float(beta) * (1 - 1e-12), amount * (1 + 1e-12)),
    )


def _gelu(module: Any, place: str) -> ActivationText:
    if module.approximate == "none":
        return ActivationText("gelu")
    if module.approximate == "tanh":
        return ActivationText(
            GELU_TANH,
            "GELU(approximate='tanh') is certified as that formula, z/2·(1 + tanh(√(2/π)(z + 0.044715 z³))), in exact "
            "arithmetic; it is not the GELU of the error function",
        )
    raise MalformedProblem(f"GELU(approximate={module.approximate!r}) is not covered", place=place)


def _leaky_relu(module: Any, place: str) -> ActivationText:
    slope = exact_rational(module.negative_slope, f"{place}.negative_slope")
    return ActivationText(f"leaky_relu({slope})", _rounded("LeakyReLU", "negative_slope", slope))


def _elu(module: Any, place: str) -> ActivationText:
    alpha = exact_rational(module.alpha, f"{place}.alpha")
    return ActivationText("elu" if alpha == 1 else f"elu({alpha})", _rounded("ELU", "alpha", alpha))


def _rounded(module: str, name: str, value: Fraction) -> str:
    """A note where the certified number is not PyTorch's, or not the decimal that Python shows for it."""
    number = float(value)
    head = f"{module}({name}={number!r}): the certified number is"
    if Fraction(number) != value:
        return f"{head} {value}; PyTorch computes with the binary64 number nearest to it"
    return "" if Fraction(repr(number)) == value else f"{head} the binary64 one nearest to {number!r}, {value}"


_ACTIVATIONS: dict[str, _Reader] = {
    "Tanh": _plain("tanh"),
    "Sigmoid": _plain("sigmoid"),
    "Softplus": _softplus,
    "GELU": _gelu,
    "SiLU": _plain("silu"),
    "Mish": _plain("mish"),
    "ReLU": _plain("relu"),
    "LeakyReLU": _leaky_relu,
    "ELU": _elu,
    "Softsign": _plain("softsign"),
}
ACTIVATION_MODULES = tuple(_ACTIVATIONS)
"""Names of classes in ``torch.nn``."""
