"""Where what an ``MLPRegressor`` minimised differs from the certified loss, in words."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np

from certificates.subjects import Network
from verify.problems.objectives import squared_scale
from verify.problems.rounding import coarsest, evaluate

__all__ = ["objective_notes"]

_LOOSE = 1e-5  # relative; loss_ may have been computed in binary32


def objective_notes(estimator: Any, network: Network) -> list[str]:
    """One sentence for each difference between the estimator's objective, or its fit, and the certified loss."""
    return [
        *_scale(network),
        *_penalty(estimator),
        *_stochastic(estimator, network),
        *_reported(estimator, network),
    ]


def _scale(network: Network) -> Iterator[str]:
    own, outputs = Fraction(1, 2 * network.sample_count), network.widths[-1]
    scale = squared_scale(network)
    if scale != own:
        yield (
            f"the certified loss is {scale} · ‖F(w) − y‖²; the estimator's gradient is that of "
            f"{own} · ‖F(w) − y‖², so its learning rate counts {float(own / scale):g} times as much"
        )
    elif outputs > 1:
        yield (
            "the certified loss is 1/(2n) Σ over samples and outputs, whose gradient scikit-learn follows; the loss_ "
            f"that it reports divides by the {outputs} outputs, too"
        )


def _penalty(estimator: Any) -> Iterator[str]:
    if float(estimator.alpha) != 0:
        yield (
            f"the estimator's penalty alpha={float(estimator.alpha):g} is no part of the certified loss, which is the "
            "plain sum of squares; these weights minimise another function"
        )


def _stochastic(estimator: Any, network: Network) -> Iterator[str]:
    """Early stopping sets samples aside; sgd and adam take batches. lbfgs does neither."""
    solver, count = getattr(estimator, "solver", "lbfgs"), network.sample_count
    if solver == "lbfgs":
        return
    if getattr(estimator, "early_stopping", False):
        share = float(estimator.validation_fraction)
        yield (
            f"early_stopping: the estimator was fitted on all but a share {share:g} of its samples, which it does not "
            "name; the certified loss is over all samples given"
        )
    batch = getattr(estimator, "batch_size", "auto")
    batch = min(200, count) if batch == "auto" else int(batch)
    if batch < count:
        yield f"the estimator was fitted by {solver} on batches of {batch}; certified is descent on all {count} samples"


def _reported(estimator: Any, network: Network) -> Iterator[str]:
    """With lbfgs, ``loss_`` is the objective at these weights, on the data and sample weights of the fit."""
    if getattr(estimator, "solver", "") != "lbfgs" or not hasattr(estimator, "loss_"):
        if "sample_weight" in inspect.signature(estimator.fit).parameters:  # they are not kept
            yield "sample weights of the fit, if there were any, are no part of the certified loss"
        return
    here, reported = _objective(estimator, network), float(estimator.loss_)
    rounding = 1e-10 * float(np.mean(network.given_targets**2))
    if not abs(here - reported) <= _LOOSE * max(abs(here), abs(reported)) + rounding:
        yield (
            f"on these data the estimator's objective is {here:.4g}, while it reports loss_ = {reported:.4g}: it was "
            "fitted on other data, or with sample weights; the certified loss is the unweighted one on these data"
        )


def _objective(estimator: Any, network: Network) -> float:
    """½ the mean of squares over samples and outputs, and ½ alpha Σ‖W‖²/n, as scikit-learn has it."""
    outputs = evaluate(network, coarsest())[-1].values
    squares = float(np.mean((outputs - network.given_targets) ** 2)) / 2
    penalty = sum(float(np.sum(layer.weight**2)) for layer in network.layers)
    return squares + float(estimator.alpha) * penalty / (2 * network.sample_count)
