"""A problem from arrays: the one door through which every importer goes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from certificates.errors import Malformed, MalformedProblem
from certificates.expression import Activation, parse_activation
from certificates.subjects import Dense, FloatArray, Layer, Network, Objective, Squared
from verify.problems.exact import exact_array
from verify.problems.loss import loss_scale
from verify.problems.polynomial_activations import recognised

__all__ = ["from_arrays"]

Activations = str | Activation | Sequence[str | Activation]


def from_arrays(
    weights: Sequence[Any],
    biases: Sequence[Any] | None,
    activations: Activations,
    inputs: Any,
    targets: Any = None,
    *,
    teacher: Sequence[Any] | None = None,
    loss: str | int | Fraction = "mean",
    frozen: Iterable[int] = (),
) -> Network:
    """Make a problem of a multilayer perceptron's weights and its data, without rounding anything.

    Parameters
    ----------
    weights
        One (out, in) array per layer, first layer first.
    biases
        One (out,) array or ``None`` per layer; ``None`` when no layer has a bias.
    activations
        One text for all hidden layers (``"tanh"``, ``"softplus(2)"``, ``"z*tanh(log(1+exp(z)))"``), or one per
        hidden layer.
    inputs
        X, shape (n, d); shape (n,) is read as (n, 1) when the first layer takes one number.
    targets
        y, shape (n, outputs); shape (n,) when there is one output. ``None`` when a teacher plants the labels.
    teacher
        One (out, in) array per layer of the network that plants the labels, which then are exact.
    loss
        See :func:`verify.problems.loss.loss_scale`.
    frozen
        Indices of the layers that gradient descent does not move.

    Returns
    -------
    Network
        With its own read-only copies: the arrays given stay writeable.

    Raises
    ------
    MalformedProblem
        The place and the remedy in one line.

    Examples
    --------
    >>> problem = from_arrays([[[1.0], [2.0]], [[1.0, 1.0]]], None, "tanh", [[1.0], [3.0]], [0.5, 1.0])
    >>> problem.widths, problem.objective.squared_scale
    ((1, 2, 1), Fraction(1, 2))
    """
    matrices = [exact_array(weight, f"layers.{index}.weight") for index, weight in enumerate(weights)]
    vectors = _bias_vectors(biases, len(matrices))
    fixed = _frozen_layers(frozen, len(matrices))
    x, y = _inputs(inputs, matrices), _targets(targets, matrices)
    return Network(
        layers=tuple(
            Dense(weight, bias, trained=index not in fixed)
            for index, (weight, bias) in enumerate(zip(matrices, vectors, strict=True))
        ),
        activations=_activations(activations, len(matrices) - 1),
        inputs=x,
        targets=y,
        # Empty data is refused by the network itself, so that the message is one.
        objective=Objective(Squared(loss_scale(loss, max(1, _equations(x, y, matrices))))),
        teacher=None if teacher is None else _teacher(teacher),
    )


def _bias_vectors(biases: Sequence[Any] | None, layer_count: int) -> list[FloatArray | None]:
    if biases is None:
        return [None] * layer_count
    if len(biases) != layer_count:
        raise MalformedProblem(
            f"expected one entry per layer, {layer_count}, got {len(biases)}",
            place="biases",
            remedy="give None for a layer without a bias",
        )
    return [None if bias is None else exact_array(bias, f"layers.{index}.bias") for index, bias in enumerate(biases)]


def _frozen_layers(frozen: Iterable[int], layer_count: int) -> set[int]:
    indices = set(frozen)
    for index in indices:
        if isinstance(index, bool) or index not in range(layer_count):
            raise MalformedProblem(
                f"there is no layer {index}", place="frozen", remedy=f"layers are numbered 0 to {layer_count - 1}"
            )
    return indices


def _activations(given: Activations, hidden: int) -> tuple[Activation, ...]:
    if isinstance(given, str | Activation):
        return (_activation(given, "activations"),) * hidden
    if not isinstance(given, Sequence):
        raise _no_activation(given, "activations")
    return tuple(_activation(item, f"activations.{index}") for index, item in enumerate(given))


def _activation(given: str | Activation, place: str) -> Activation:
    if isinstance(given, Activation):
        return given
    if not isinstance(given, str):
        raise _no_activation(given, place)
    try:
        return recognised(parse_activation(given))
    except Malformed as error:
        where = f"{place}, {error.place}" if error.place else place
        raise MalformedProblem(error.what, place=where, remedy=error.remedy) from error


def _no_activation(given: object, place: str) -> MalformedProblem:
    return MalformedProblem(
        f"expected the text of an activation, got a {type(given).__name__}", place=place, remedy='such as "tanh"'
    )


def _inputs(inputs: Any, weights: Sequence[FloatArray]) -> FloatArray:
    x = exact_array(inputs, "inputs")
    if x.ndim > 2:
        raise MalformedProblem(
            f"expected one row a sample, (n, d), got shape {x.shape}",
            place="inputs",
            remedy="flatten each sample: inputs.reshape(len(inputs), -1)",
        )
    return x[:, None] if x.ndim == 1 and weights and weights[0].ndim == 2 and weights[0].shape[1] == 1 else x


def _targets(targets: Any, weights: Sequence[FloatArray]) -> FloatArray | None:
    if targets is None:
        return None
    y = exact_array(targets, "targets")
    _refuse_labels(y, weights)
    return y[:, None] if y.ndim == 1 and weights and weights[-1].ndim == 2 and weights[-1].shape[0] == 1 else y


def _refuse_labels(y: FloatArray, weights: Sequence[FloatArray]) -> None:
    """Refuse class labels where a row of outputs is expected."""
    outputs = weights[-1].shape[0] if weights and weights[-1].ndim == 2 else 1
    if outputs > 1 and y.size and y.ndim in (1, 2) and y.shape[1:] in ((), (1,)):
        labels = np.all((y == np.floor(y)) & (y >= 0) & (y < outputs))
        raise MalformedProblem(
            f"expected one row of {outputs} numbers a sample, got shape {y.shape}"
            + (", which looks like class labels" if labels else ""),
            place="targets",
            remedy=f"one-hot rows: numpy.eye({outputs})[labels]" if labels else "give every output its column",
        )


def _equations(x: FloatArray, y: FloatArray | None, weights: Sequence[FloatArray]) -> int:
    """N, as far as arrays tell whose shapes nobody has checked yet."""
    if y is not None:
        return y.size
    return x.shape[0] * weights[-1].shape[0] if x.ndim and weights and weights[-1].ndim else 0


def _teacher(weights: Sequence[Any]) -> tuple[Layer, ...]:
    return tuple(
        Dense(exact_array(weight, f"teacher.layers.{index}.weight"), None, trained=False)
        for index, weight in enumerate(weights)
    )
