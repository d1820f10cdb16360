"""Problems from scikit-learn's ``MLPRegressor``, also behind scalers (Python only: no command loads pickles)."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterable
from fractions import Fraction
from typing import Any

import numpy as np

from certificates.errors import MalformedProblem
from certificates.subjects import Network
from verify.problems.arrays import from_arrays
from verify.problems.comparison import Difference, first_difference
from verify.problems.exact import exact_array
from verify.problems.imported import Imported, announce, imported
from verify.problems.precision import precision_notes
from verify.problems.readers import one_line
from verify.problems.rounding import Range, coarsest, evaluate
from verify.problems.sklearn_objective import objective_notes
from verify.problems.sklearn_pipeline import received_by_network

__all__ = ["from_sklearn", "import_sklearn"]

_ACTIVATIONS = {"identity": "identity", "logistic": "sigmoid", "tanh": "tanh", "relu": "relu"}


def from_sklearn(
    estimator: Any,
    inputs: Any,
    targets: Any,
    *,
    loss: str | int | Fraction | None = None,
    frozen: Iterable[int] = (),
) -> Network:
    """Make a problem of a fitted ``MLPRegressor``; notes are issued as ``ImportNotice`` warnings.

    Parameters
    ----------
    estimator
        Fitted, of exactly this class. Its predictions and hidden values on the inputs are compared with the problem's
        network. Its penalty ``alpha`` is no part of the certified loss, and a note says so when it is not 0. A
        ``Pipeline`` of scalers (``StandardScaler``, ``MinMaxScaler``, ``MaxAbsScaler``, ``RobustScaler``) before it,
        and a ``TransformedTargetRegressor`` with a scaler around it, are applied to the data: the problem is about the
        numbers that the ``MLPRegressor`` receives, and notes in it say so with the scalers' parameters.
    inputs, targets
        What it was fitted on (before the scalers, after any other preprocessing).
    loss
        By default the estimator's own squared error, 1/(2n) Σ over samples and outputs: its gradient is the one that
        the estimator follows without penalty. (``loss_``, which it reports, divides by the number of outputs, too;
        that is ``"half-mean"``.)
    frozen
        Layers that gradient descent does not move.

    Raises
    ------
    MalformedProblem
        A classifier, a pipeline with other steps, an unfitted estimator, another loss than the squared error,
        predictions that differ by more than rounding.
    """
    return announce(import_sklearn(estimator, inputs, targets, loss=loss, frozen=frozen))


def import_sklearn(
    estimator: Any,
    inputs: Any,
    targets: Any,
    *,
    loss: str | int | Fraction | None = None,
    frozen: Iterable[int] = (),
) -> Imported:
    """Do what :func:`from_sklearn` does, and return the notes instead of warning."""
    _check_columns(estimator, inputs)
    received = received_by_network(estimator, inputs, targets)
    estimator, inputs, targets = received.estimator, received.inputs, received.targets
    _check_estimator(estimator)
    x = exact_array(inputs, "inputs")
    network = from_arrays(
        # coefs_ are (in, out); the transposed views are copied contiguously by from_arrays.
        [coefficients.T for coefficients in estimator.coefs_],
        list(estimator.intercepts_),
        _ACTIVATIONS[estimator.activation],
        x,
        targets,
        loss=Fraction(1, 2 * max(1, len(x))) if loss is None else loss,
        frozen=frozen,
    )
    difference = _difference(estimator, network)
    if difference is not None:
        raise MalformedProblem(
            f"computes something else than its coefficients say: {difference}",
            place="estimator",
            remedy="give an MLPRegressor as scikit-learn fitted it",
        )
    notes = [*received.notes, *objective_notes(estimator, network), *precision_notes(estimator.coefs_, network.inputs)]
    return imported(network, notes, ("the estimator's predictions agree with the network within rounding",))


def _difference(estimator: Any, network: Network) -> Difference | None:
    """The first layer where the estimator's values differ from the network's."""
    x = np.array(network.inputs)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an estimator fitted on a frame misses the columns' names
            predicted = np.asarray(estimator.predict(x)).reshape(network.sample_count, -1)
    except Exception as error:
        raise MalformedProblem(f"does not predict on the inputs ({one_line(error)})", place="estimator") from error
    ranges = evaluate(network, coarsest(predicted))
    return first_difference([*_hidden(estimator, x, ranges), ("its prediction", ranges[-1], predicted)])


def _hidden(estimator: Any, x: Any, ranges: list[Range]) -> list[tuple[str, Range, Any]]:
    """The hidden layers' values, where this version of scikit-learn gives them."""
    forward = getattr(estimator, "_forward_pass", None)
    if forward is None:
        return []
    values = forward([x] + [None] * len(estimator.coefs_))
    return [(f"hidden layer {k}", ranges[2 * k], values[k]) for k in range(1, len(estimator.coefs_))]


def _check_estimator(estimator: Any) -> None:
    names = [cls.__name__ for cls in type(estimator).__mro__]
    if "MLPClassifier" in names:
        raise MalformedProblem(
            "MLPClassifier minimises the cross-entropy, which is not covered: it has no finite minimiser on "
            "separable data",
            place="estimator",
            remedy="fit an MLPRegressor to the labels as numbers",
        )
    if "MLPRegressor" not in names:
        raise MalformedProblem(
            f"expected an MLPRegressor, got {names[0]}",
            place="estimator",
            remedy="of a search, give its best_estimator_; of what else holds it, the fitted MLPRegressor and the data "
            "it received",
        )
    if type(estimator) is not _own_class() or {"predict", "_forward_pass", "_predict"} & vars(estimator).keys():
        raise MalformedProblem(
            f"{type(estimator).__module__}.{names[0]} is not scikit-learn's MLPRegressor, or its methods were replaced",
            place="estimator",
            remedy="give an object of scikit-learn's own class",
        )
    if not hasattr(estimator, "coefs_"):
        raise MalformedProblem("is not fitted", place="estimator", remedy="call fit first")
    if getattr(estimator, "loss", "squared_error") != "squared_error":
        raise MalformedProblem(
            f"loss={estimator.loss!r} is not covered", place="estimator", remedy="use loss='squared_error'"
        )
    if estimator.activation not in _ACTIVATIONS or getattr(estimator, "out_activation_", "identity") != "identity":
        raise MalformedProblem(f"activation {estimator.activation!r} is not covered", place="estimator")


def _own_class() -> Any:
    # Whoever holds an estimator has loaded scikit-learn.
    return getattr(sys.modules.get("sklearn.neural_network"), "MLPRegressor", None)


def _check_columns(estimator: Any, inputs: Any) -> None:
    fitted, given = getattr(estimator, "feature_names_in_", None), getattr(inputs, "columns", None)
    if fitted is not None and given is not None and list(fitted) != list(given):
        raise MalformedProblem(
            "its columns are not those the estimator was fitted on, in that order",
            place="inputs",
            remedy="give X[estimator.feature_names_in_]",
        )
