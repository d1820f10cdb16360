"""Problems from scikit-learn's ``MLPRegressor`` and ``MLPClassifier``, also behind scalers.

Python only: no command loads pickles.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from certificates.errors import MalformedProblem
from certificates.subjects import Network
from verify.problems.arrays import import_arrays
from verify.problems.exact import exact_array
from verify.problems.imported import Imported, announce, imported
from verify.problems.loss import loss_scale
from verify.problems.precision import precision_notes
from verify.problems.rounding import coarsest
from verify.problems.sklearn_agreement import difference_of_estimator
from verify.problems.sklearn_labels import labels_of_classifier
from verify.problems.sklearn_notes import epoch_loss, objective_notes
from verify.problems.sklearn_objective import Fitted, fitted_objective
from verify.problems.sklearn_pipeline import received_by_network

__all__ = ["from_sklearn", "import_sklearn"]

_ACTIVATIONS = {"identity": "identity", "logistic": "sigmoid", "tanh": "tanh", "relu": "relu"}
_KINDS = ("MLPRegressor", "MLPClassifier")
_REPLACEABLE = {"predict", "predict_proba", "_forward_pass", "_forward_pass_fast", "_predict"}


def from_sklearn(
    estimator: Any,
    inputs: Any,
    targets: Any,
    *,
    loss: str | int | Fraction | None = None,
    penalty: bool = True,
    sample_weight: Any = None,
    frozen: Iterable[int] = (),
) -> Network:
    """Make a problem of a fitted ``MLPRegressor`` or ``MLPClassifier``; notes are issued as ``ImportNotice`` warnings.

    By default the objective is what the solver minimised, exactly, and a note says it with its value and the norm of
    its gradient at these weights. With a penalty its minimum is not zero: to have zero loss certified for a regressor,
    fit it with ``alpha=0``, or give ``penalty=False``.

    Parameters
    ----------
    estimator
        Fitted, of exactly one of these classes. Its predictions and hidden values on the inputs are compared with the
        problem's network. A ``Pipeline`` of scalers (``StandardScaler``, ``MinMaxScaler``, ``MaxAbsScaler``,
        ``RobustScaler``) before it, and a ``TransformedTargetRegressor`` with a scaler around it, are applied to the
        data: the problem is about the numbers that the estimator receives, and notes in it say so with the scalers'
        parameters.
    inputs, targets
        What it was fitted on (before the scalers, after any other preprocessing): numbers for a regressor, labels of
        any type for a classifier.
    loss
        A regressor's plain sum of squares with this factor instead, without penalty: ``"half-mean"``, ``"mean"``, ….
    penalty
        Whether the penalty of weights is part of the objective (never of biases). λ is alpha/n for lbfgs and alpha/b
        for sgd and adam with batches of b that divide n. ``False`` leaves it out; a note says so.
    sample_weight
        As given to ``fit``, which does not keep them.
    frozen
        Layers that gradient descent does not move.

    Raises
    ------
    MalformedProblem
        A pipeline with other steps, an unfitted estimator, ``loss="poisson"``, predictions that differ by more than
        rounding, labels that are none of its classes; with the penalty, batches or early stopping for which what was
        minimised is no single function, or not known.
    """
    return announce(
        import_sklearn(
            estimator, inputs, targets, loss=loss, penalty=penalty, sample_weight=sample_weight, frozen=frozen
        )
    )


def import_sklearn(
    estimator: Any,
    inputs: Any,
    targets: Any,
    *,
    loss: str | int | Fraction | None = None,
    penalty: bool = True,
    sample_weight: Any = None,
    frozen: Iterable[int] = (),
) -> Imported:
    """Do what :func:`from_sklearn` does, and return the notes instead of warning."""
    _check_columns(estimator, inputs)
    received = received_by_network(estimator, inputs, targets)
    estimator = received.estimator
    _check_estimator(estimator)
    x, y, fixed = exact_array(received.inputs, "inputs"), received.targets, set(frozen)
    if _kind(estimator) == "MLPClassifier":
        y = labels_of_classifier(estimator, y)
    fitted = fitted_objective(estimator, len(x), sample_weight, penalty=penalty and loss is None)
    fitted = _squares(estimator, loss, fitted, len(x)) if loss is not None else fitted
    done = import_arrays(
        # coefs_ are (in, out); the transposed views are copied contiguously.
        [coefficients.T for coefficients in estimator.coefs_],
        list(estimator.intercepts_),
        _ACTIVATIONS[estimator.activation],
        x,
        y,
        loss=fitted.loss,
        decay={name: rate for index, (name, rate) in enumerate(fitted.decay.items()) if index not in fixed},
        sample_weights=fitted.sample_weights,
        frozen=fixed,
    )
    network = done.network
    difference = difference_of_estimator(estimator, network)
    if difference is not None:
        raise MalformedProblem(
            f"computes something else than its coefficients say: {difference}",
            place="estimator",
            remedy=f"give an {_kind(estimator)} as scikit-learn fitted it",
        )
    unit = coarsest(received.inputs).unit
    remarks = [*objective_notes(estimator, network, fitted, unit), *precision_notes(estimator.coefs_, network.inputs)]
    read = "the estimator's predictions agree with the network within rounding"
    return imported(network, [*received.notes, *done.notes, *remarks], (read, *epoch_loss(estimator, network)))


def _squares(estimator: Any, loss: str | int | Fraction, fitted: Fitted, sample_count: int) -> Fitted:
    """A plain sum of squares, as the caller names it."""
    if _kind(estimator) == "MLPClassifier" or fitted.sample_weights is not None:
        raise MalformedProblem(
            "names a plain sum of squares, which an MLPRegressor without sample weights has",
            place="loss",
            remedy="leave it out: the objective is then the estimator's own; penalty=False leaves out its penalty",
        )
    scale = loss_scale(loss, max(1, sample_count * estimator.coefs_[-1].shape[1]))
    return Fitted(scale, {}, None, fitted.total)


def _kind(estimator: Any) -> str:
    return next((cls.__name__ for cls in type(estimator).__mro__ if cls.__name__ in _KINDS), "")


def _check_estimator(estimator: Any) -> None:
    kind, name = _kind(estimator), type(estimator).__name__
    if not kind:
        raise MalformedProblem(
            f"expected an MLPRegressor or MLPClassifier, got {name}",
            place="estimator",
            remedy="of a search, give its best_estimator_; of what else holds it, the fitted MLP and the data it "
            "received",
        )
    if type(estimator) is not _own_class(kind) or _REPLACEABLE & vars(estimator).keys():
        raise MalformedProblem(
            f"{type(estimator).__module__}.{name} is not scikit-learn's {kind}, or its methods were replaced",
            place="estimator",
            remedy="give an object of scikit-learn's own class",
        )
    if not hasattr(estimator, "coefs_"):
        raise MalformedProblem("is not fitted", place="estimator", remedy="call fit first")
    expected = ("squared_error", ("identity",)) if kind == "MLPRegressor" else ("log_loss", ("logistic", "softmax"))
    if getattr(estimator, "loss", expected[0]) != expected[0]:
        raise MalformedProblem(
            f"loss={estimator.loss!r} is not covered", place="estimator", remedy=f"use loss={expected[0]!r}"
        )
    if estimator.activation not in _ACTIVATIONS or getattr(estimator, "out_activation_", "identity") not in expected[1]:
        raise MalformedProblem(f"activation {estimator.activation!r} is not covered", place="estimator")


def _own_class(kind: str) -> Any:
    # Whoever holds an estimator has loaded scikit-learn.
    return getattr(sys.modules.get("sklearn.neural_network"), kind, None)


def _check_columns(estimator: Any, inputs: Any) -> None:
    fitted, given = getattr(estimator, "feature_names_in_", None), getattr(inputs, "columns", None)
    if fitted is not None and given is not None and list(fitted) != list(given):
        raise MalformedProblem(
            "its columns are not those the estimator was fitted on, in that order",
            place="inputs",
            remedy="give X[estimator.feature_names_in_]",
        )
