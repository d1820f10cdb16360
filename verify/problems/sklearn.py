"""Problems from scikit-learn's ``MLPRegressor`` (Python only: estimators are pickles, which no command loads)."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from certificates.errors import MalformedProblem
from certificates.problem import Network
from verify.problems.arrays import from_arrays
from verify.problems.imported import Imported, announce

__all__ = ["from_sklearn", "import_sklearn"]

_ACTIVATIONS = {"identity": "identity", "logistic": "sigmoid", "tanh": "tanh", "relu": "relu"}


def from_sklearn(
    estimator: Any,
    inputs: Any,
    targets: Any,
    *,
    loss: str | int | Fraction = "mean",
    frozen: Iterable[int] = (),
) -> Network:
    """Make a problem of a fitted ``MLPRegressor``; notes are issued as ``ImportNotice`` warnings.

    Parameters
    ----------
    estimator
        Fitted; its penalty ``alpha`` is no part of the certified loss, and a note says so when it is not 0.
    inputs, targets
        What it was fitted on (after any preprocessing).
    loss
        scikit-learn's own squared error is ``"half-mean"``; the default is ``"mean"``.
    frozen
        Layers that gradient descent does not move.

    Raises
    ------
    MalformedProblem
        A classifier, a pipeline, an unfitted estimator, another loss than the squared error.
    """
    return announce(import_sklearn(estimator, inputs, targets, loss=loss, frozen=frozen))


def import_sklearn(
    estimator: Any,
    inputs: Any,
    targets: Any,
    *,
    loss: str | int | Fraction = "mean",
    frozen: Iterable[int] = (),
) -> Imported:
    """Do what :func:`from_sklearn` does, and return the notes instead of warning."""
    _check_estimator(estimator)
    _check_columns(estimator, inputs)
    network = from_arrays(
        # coefs_ are (in, out); the transposed views are copied contiguously by from_arrays.
        [coefficients.T for coefficients in estimator.coefs_],
        list(estimator.intercepts_),
        _ACTIVATIONS[estimator.activation],
        inputs,
        targets,
        loss=loss,
        frozen=frozen,
    )
    return Imported(network, _notes(estimator))


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
            remedy="of a pipeline or a search, give the fitted MLPRegressor and the data it received",
        )
    if not hasattr(estimator, "coefs_"):
        raise MalformedProblem("is not fitted", place="estimator", remedy="call fit first")
    if getattr(estimator, "loss", "squared_error") != "squared_error":
        raise MalformedProblem(
            f"loss={estimator.loss!r} is not covered", place="estimator", remedy="use loss='squared_error'"
        )
    if estimator.activation not in _ACTIVATIONS or getattr(estimator, "out_activation_", "identity") != "identity":
        raise MalformedProblem(f"activation {estimator.activation!r} is not covered", place="estimator")


def _check_columns(estimator: Any, inputs: Any) -> None:
    fitted, given = getattr(estimator, "feature_names_in_", None), getattr(inputs, "columns", None)
    if fitted is not None and given is not None and list(fitted) != list(given):
        raise MalformedProblem(
            "its columns are not those the estimator was fitted on, in that order",
            place="inputs",
            remedy="give X[estimator.feature_names_in_]",
        )


def _notes(estimator: Any) -> tuple[str, ...]:
    if float(estimator.alpha) == 0:
        return ()
    note = (
        f"the estimator's penalty alpha={float(estimator.alpha):g} is no part of the certified loss, which is the "
        "plain sum of squares; these weights minimise another function"
    )
    return (note,)
