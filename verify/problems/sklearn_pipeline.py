"""Scalers around a scikit-learn estimator: the data as its network receives them, and what is said of that.

A scaler folded into the first layer's weights would be rounded, and descent would then move other parameters than those
the estimator trains. The problem's inputs are therefore what the scalers give, in the binary floating-point numbers in
which the estimator receives them: exact by definition, and its own training problem.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

import numpy as np

from certificates.errors import MalformedProblem
from certificates.subjects import LONGEST_NOTE
from verify.problems.readers import one_line

__all__ = ["Received", "received_by_network"]

_SCALERS = {
    "StandardScaler": ("mean_", "scale_"),
    "MinMaxScaler": ("scale_", "min_"),
    "MaxAbsScaler": ("scale_",),
    "RobustScaler": ("center_", "scale_"),
}
_BY_HAND = "give the fitted MLP and the data it receives"


@dataclass(frozen=True)
class Received:
    """An estimator inside of scalers, and its data.

    Parameters
    ----------
    estimator
        What is left when pipelines and transformed targets are taken off.
    inputs, targets
        As that estimator receives them.
    notes
        What was done to the data given, with the parameters of each scaler.
    """

    estimator: Any
    inputs: Any
    targets: Any
    notes: tuple[str, ...] = ()


def received_by_network(estimator: Any, inputs: Any, targets: Any) -> Received:
    """Apply the scalers of fitted ``Pipeline``s and ``TransformedTargetRegressor``s, of exactly scikit-learn's classes.

    Raises
    ------
    MalformedProblem
        A step that is no scaler, is not fitted, or cannot be applied to the data.
    """
    found = Received(estimator, inputs, targets)
    while True:
        if _is_own(found.estimator, "sklearn.pipeline", "Pipeline"):
            found = _through_pipeline(found)
        elif _is_own(found.estimator, "sklearn.compose", "TransformedTargetRegressor"):
            found = _through_targets(found)
        else:
            return found


def _through_pipeline(found: Received) -> Received:
    *scalers, (_, last) = found.estimator.steps
    for name, scaler in scalers:
        if scaler is None or scaler == "passthrough":
            continue
        if _scaler_name(scaler) == "":
            raise MalformedProblem(
                f"step {name!r}: {type(scaler).__name__} is no scaler",
                place="estimator",
                remedy=f"{_BY_HAND}: pipeline[-1], pipeline[:-1].transform(X)",
            )
        values = _transformed(scaler, found.inputs, f"step {name!r}")
        found = replace(found, inputs=values, notes=(*found.notes, *_said(scaler, "inputs", _innermost(last))))
    return replace(found, estimator=last)


def _through_targets(found: Received) -> Received:
    regressor, scaler = (getattr(found.estimator, name, None) for name in ("regressor_", "transformer_"))
    if regressor is None:
        raise MalformedProblem("is not fitted", place="estimator", remedy="call fit first")
    if _scaler_name(scaler) == "":
        remedy = f"{_BY_HAND}: estimator.regressor_, and its targets"
        raise MalformedProblem(f"targets by {type(scaler).__name__} are not covered", place="estimator", remedy=remedy)
    y = np.asarray(found.targets)
    values = _transformed(scaler, y[:, None] if y.ndim == 1 else y, "the targets")
    return replace(
        found,
        estimator=regressor,
        targets=values,
        notes=(*found.notes, *_said(scaler, "targets", _innermost(regressor))),
    )


def _innermost(estimator: Any) -> str:
    """The class of the network's estimator, inside of more pipelines and transformed targets."""
    while hasattr(estimator, "steps") or hasattr(estimator, "regressor_"):
        estimator = estimator.steps[-1][1] if hasattr(estimator, "steps") else estimator.regressor_
    return type(estimator).__name__


def _transformed(scaler: Any, values: Any, what: str) -> Any:
    try:
        return np.asarray(scaler.transform(values))
    except Exception as error:  # whatever an estimator raises
        name = type(scaler).__name__
        raise MalformedProblem(
            f"{what}: {name} cannot be applied ({one_line(error)})",
            place="inputs",
            remedy="fit the pipeline, and give the data it was fitted on, as they were before",
        ) from error


def _said(scaler: Any, what: str, mlp: str) -> list[str]:
    """Notes on what a scaler did, with its parameters as far as there is room for them."""
    name = type(scaler).__name__
    said = (
        f"{what}: the numbers that {name} gives in floating point, in which the {mlp} receives them; the "
        f"certified descent moves the {mlp}'s weights, and the scaler stays"
    )
    named = [(key, getattr(scaler, key, None)) for key in _SCALERS[name]]
    return [said, *(_listed(f"{what}: {name}.{key}", values) for key, values in named if values is not None)]


def _listed(head: str, values: Any) -> str:
    numbers = np.asarray(values, dtype=np.float64).ravel()
    text = f"{head} = {', '.join(map(repr, numbers.tolist()))}"
    if len(text) <= LONGEST_NOTE:
        return text
    digest = sha256(numbers.astype("<f8").tobytes()).hexdigest()
    return f"{head}: {numbers.size} numbers, sha256 of them as little-endian float64 {digest}"


def _scaler_name(scaler: Any) -> str:
    name = type(scaler).__name__
    known = name in _SCALERS and _is_own(scaler, "sklearn.preprocessing", name) and "transform" not in vars(scaler)
    return name if known else ""


def _is_own(value: Any, module: str, name: str) -> bool:
    # Whoever holds an estimator has loaded scikit-learn.
    return type(value) is getattr(sys.modules.get(module), name, ())
