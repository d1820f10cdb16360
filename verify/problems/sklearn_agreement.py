"""A scikit-learn estimator evaluated on the problem's inputs, and held against the problem's network."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from scipy.special import expit, softmax

from certificates.errors import MalformedProblem
from certificates.subjects import Network, SoftmaxCrossEntropy, Squared
from verify.problems.comparison import Array, Difference, first_difference
from verify.problems.readers import one_line
from verify.problems.rounding import Range, coarsest, evaluate

__all__ = ["difference_of_estimator", "probabilities"]

_ULPS = 32  # of a probability near 1: exponential, sum, quotient


def difference_of_estimator(estimator: Any, network: Network) -> Difference | None:
    """The first layer where the estimator's values differ from the network's beyond rounding.

    Raises
    ------
    MalformedProblem
        The estimator does not predict on the inputs.
    """
    x = np.array(network.inputs)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an estimator fitted on a frame misses the columns' names
            predicted = _predicted(estimator, x, network)
    except Exception as error:
        raise MalformedProblem(f"does not predict on the inputs ({one_line(error)})", place="estimator") from error
    precision = coarsest(predicted)
    ranges = evaluate(network, precision)
    last = _probabilities(network, ranges[-1], precision.unit)
    return first_difference([*_hidden(estimator, x, ranges), ("its prediction", last, predicted)])


def _predicted(estimator: Any, x: Array, network: Network) -> Array:
    """Outputs of a regressor, (n, o); probabilities of a classifier, one column for one output."""
    if isinstance(network.objective.loss, Squared):
        return np.asarray(estimator.predict(x)).reshape(network.sample_count, -1)
    probabilities = np.asarray(estimator.predict_proba(x)).reshape(network.sample_count, -1)
    return probabilities[:, 1:] if network.widths[-1] == 1 else probabilities


def _probabilities(network: Network, outputs: Range, unit: float) -> Range:
    """The range of softmax or logistic: each changes by at most half of the largest change of the outputs."""
    if isinstance(network.objective.loss, Squared):
        return outputs
    own = probabilities(network, outputs.values)
    allowed = outputs.allowed.max(axis=1, keepdims=True) / 2 + _ULPS * unit
    return Range(own, np.broadcast_to(allowed, own.shape))


def probabilities(network: Network, outputs: Array) -> Array:
    """What a classifier makes of its outputs: softmax, or the logistic function of each."""
    found = softmax(outputs, axis=1) if isinstance(network.objective.loss, SoftmaxCrossEntropy) else expit(outputs)
    return np.asarray(found)


def _hidden(estimator: Any, x: Array, ranges: list[Range]) -> list[tuple[str, Range, Any]]:
    """The hidden layers' values, where this version of scikit-learn gives them."""
    forward = getattr(estimator, "_forward_pass", None)
    if forward is None:
        return []
    values = forward([x] + [None] * len(estimator.coefs_))
    return [(f"hidden layer {k}", ranges[2 * k], values[k]) for k in range(1, len(estimator.coefs_))]
