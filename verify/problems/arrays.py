"""A problem from arrays: the one door through which every importer goes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from certificates.errors import Malformed, MalformedProblem
from certificates.expression import Activation, parse_activation
from certificates.subjects import Dense, FloatArray, Layer, Network
from verify.problems.exact import exact_array
from verify.problems.imported import Imported, announce, imported
from verify.problems.loss import LossName, stated_loss
from verify.problems.penalties import DecayNames, stated_objective
from verify.problems.polynomial_activations import recognised

__all__ = ["from_arrays", "import_arrays"]

Activations = str | Activation | Sequence[str | Activation]


def from_arrays(
    weights: Sequence[Any],
    biases: Sequence[Any] | None,
    activations: Activations,
    inputs: Any,
    targets: Any = None,
    *,
    teacher: Sequence[Any] | None = None,
    loss: LossName = "mean",
    decay: DecayNames = 0,
    sample_weights: Any = None,
    frozen: Iterable[int] = (),
) -> Network:
    """Make a problem of a multilayer perceptron's weights and its data, without rounding anything.

    The objective is f(w) = Σ_i ω_i ℓ_i(F_i(w)) + ½ Σ_t λ_t ‖w_t − c_t‖² over samples i and trained tensors t; numbers
    in it are exact, and a short decimal means itself (0.01 is 1/100).

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
        y, shape (n, outputs); shape (n,) when there is one output. Classes 0, 1, … for a cross-entropy, shape (n,).
        ``None`` when a teacher plants the labels.
    teacher
        One (out, in) array per layer of the network that plants the labels, which then are exact.
    loss
        ℓ with its factor: ``"mean"``, ``"half-mean"``, ``"sum"``, ``"half-sum"`` or a rational s, of squares;
        ``"cross-entropy"`` (mean over samples), ``"cross-entropy-sum"``, ``"logistic"`` (mean over samples and
        outputs), ``"logistic-sum"``; or a :class:`~verify.problems.CrossEntropy` or
        :class:`~verify.problems.BinaryCrossEntropy` with smoothing and weights.
    decay
        λ: a number for every trained tensor, biases too; or a mapping of tensors (``"layers.0.weight"``) to numbers; or
        ``Decay`` objects, which may have centres c.
    sample_weights
        ω_i, n positive numbers, which multiply the samples' terms; a mean still divides by n (and by the outputs).
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

    Warns
    -----
    ImportNotice
        Of a class that no sample is of, or of probabilities that had to be put onto the simplex.

    Examples
    --------
    >>> problem = from_arrays([[[1.0], [2.0]], [[1.0, 1.0]]], None, "tanh", [[1.0], [3.0]], [0.5, 1.0])
    >>> problem.widths, problem.objective.squared_scale
    ((1, 2, 1), Fraction(1, 2))
    """
    return announce(
        import_arrays(
            weights,
            biases,
            activations,
            inputs,
            targets,
            teacher=teacher,
            loss=loss,
            decay=decay,
            sample_weights=sample_weights,
            frozen=frozen,
        )
    )


def import_arrays(
    weights: Sequence[Any],
    biases: Sequence[Any] | None,
    activations: Activations,
    inputs: Any,
    targets: Any = None,
    *,
    teacher: Sequence[Any] | None = None,
    loss: LossName = "mean",
    decay: DecayNames = 0,
    sample_weights: Any = None,
    frozen: Iterable[int] = (),
) -> Imported:
    """Do what :func:`from_arrays` does, and return the notes instead of warning."""
    matrices = [exact_array(weight, f"layers.{index}.weight") for index, weight in enumerate(weights)]
    vectors = _bias_vectors(biases, len(matrices))
    fixed = _frozen_layers(frozen, len(matrices))
    x = _inputs(inputs, matrices)
    outputs = matrices[-1].shape[0] if matrices and matrices[-1].ndim == 2 else 1
    y = None if targets is None else exact_array(targets, "targets")
    count = x.shape[0] if x.ndim else 0
    stated = stated_loss(loss, outputs, y, count)
    layers = tuple(
        Dense(weight, bias, trained=index not in fixed)
        for index, (weight, bias) in enumerate(zip(matrices, vectors, strict=True))
    )
    network = Network(
        layers=layers,
        activations=_activations(activations, len(matrices) - 1),
        inputs=x,
        targets=stated.targets,
        objective=stated_objective(stated, layers, count, decay, sample_weights),
        teacher=None if teacher is None else _teacher(teacher),
    )
    return imported(network, stated.notes)


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


def _teacher(weights: Sequence[Any]) -> tuple[Layer, ...]:
    return tuple(
        Dense(exact_array(weight, f"teacher.layers.{index}.weight"), None, trained=False)
        for index, weight in enumerate(weights)
    )
