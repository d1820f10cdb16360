"""The labels of a scikit-learn ``MLPClassifier`` as its output units see them, by ``classes_``."""

from __future__ import annotations

from typing import Any

import numpy as np

from certificates.errors import MalformedProblem
from certificates.subjects import FloatArray

__all__ = ["labels_of_classifier"]


def labels_of_classifier(estimator: Any, targets: Any) -> FloatArray:
    """Give class numbers, (n,), for a softmax; columns of 0 and 1, (n, o), for logistic outputs.

    Parameters
    ----------
    estimator
        A fitted ``MLPClassifier``: softmax of three classes or more, one logistic output of two (1 is
        ``classes_[1]``), one a label of several labels at once.
    targets
        What it was fitted on: labels of any type, (n,) or (n, 1); or an indicator matrix of 0 and 1, maybe sparse.

    Raises
    ------
    MalformedProblem
        A label that is not among its classes (names the sample), fewer than two classes, another shape.
    """
    given = np.asarray(targets.toarray() if hasattr(targets, "toarray") else targets)
    classes = np.asarray(estimator.classes_).tolist()
    if len(classes) < 2:
        raise MalformedProblem(
            f"was fitted on {len(classes)} class", place="estimator", remedy="fit it on two classes or more"
        )
    outputs = estimator.coefs_[-1].shape[1]
    if estimator.out_activation_ == "logistic" and outputs > 1:
        return _indicators(given, outputs)
    if given.ndim == 2 and given.shape[1] == 1:
        given = given[:, 0]
    if given.ndim != 1:
        raise MalformedProblem(
            f"expected one label a sample, got shape {given.shape}",
            place="targets",
            remedy="give the labels that the estimator was fitted on",
        )
    numbers = _numbers(given, classes)
    return numbers if outputs > 1 else numbers[:, None]


def _indicators(given: Any, outputs: int) -> FloatArray:
    if given.ndim != 2 or given.shape[1] != outputs or not np.isin(given, (0, 1)).all():
        raise MalformedProblem(
            f"expected {outputs} columns of 0 and 1, got shape {given.shape}",
            place="targets",
            remedy="give the indicator matrix that the estimator was fitted on",
        )
    return np.array(given, dtype=np.float64)


def _numbers(labels: Any, classes: list[Any]) -> FloatArray:
    place = {label: number for number, label in enumerate(classes)}
    found = [place.get(label, -1) for label in labels.tolist()]
    if -1 in found:
        row = found.index(-1)
        raise MalformedProblem(
            f"row {row}: {ascii(labels.tolist()[row])[:60]} is not among the estimator's classes "
            f"{', '.join(ascii(each)[:20] for each in classes[:10])}",
            place="targets",
            remedy="give the labels that the estimator was fitted on, of the same type",
        )
    return np.array(found, dtype=np.float64)
