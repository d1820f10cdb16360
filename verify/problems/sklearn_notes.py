"""Where what a scikit-learn estimator minimised, or reports, differs from the problem's objective, in words."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

import numpy as np
from scipy.special import xlogy

from certificates.subjects import Network
from verify.problems.comparison import Array
from verify.problems.rounding import coarsest, evaluate
from verify.problems.sklearn_agreement import probabilities
from verify.problems.sklearn_objective import Fitted, batch_size
from verify.problems.statement import objective_statement

__all__ = ["epoch_loss", "objective_notes"]

_LOOSE = 1e-5  # relative
_ROUNDINGS = 2**14  # in single precision much of loss_ may be rounding


def objective_notes(estimator: Any, network: Network, fitted: Fitted, unit: float) -> list[str]:
    """The objective in words, and one sentence for each difference between it and the estimator's, or its fit.

    ``unit`` is the roundoff of the inputs' format, in which scikit-learn computes ``loss_``.
    """
    return [
        *objective_statement(network),
        *_scale(network, fitted),
        *_penalty(estimator, network),
        *_stochastic(estimator, network),
        *_reported(estimator, network, fitted, unit),
    ]


def _scale(network: Network, fitted: Fitted) -> Iterator[str]:
    if network.objective.loss.name != "squared":
        return
    own, outputs = 1 / (2 * fitted.total), network.widths[-1]
    scale = network.objective.squared_scale or own
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


def _penalty(estimator: Any, network: Network) -> Iterator[str]:
    if float(estimator.alpha) != 0 and not network.objective.decay:
        loss = "plain sum of squares" if network.objective.loss.name == "squared" else "cross-entropy alone"
        yield (
            f"the estimator's penalty alpha={float(estimator.alpha):g} is no part of the certified loss, which is the "
            f"{loss}; these weights minimise another function"
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
    elif getattr(estimator, "t_", 0) != getattr(estimator, "n_iter_", 0) * count:
        yield (
            f"the estimator saw {estimator.t_} samples in {estimator.n_iter_} epochs, not {count} in each: it was "
            "fitted on other data, by partial_fit or with warm_start; the objective is that of fit on these data"
        )
    batch = batch_size(estimator, count)
    if batch < count:
        yield (
            f"the estimator was fitted by {solver} on batches of {batch}; certified is descent on all {count} samples"
            + (", with the penalty that its batches have" if network.objective.decay else "")
        )


def _reported(estimator: Any, network: Network, fitted: Fitted, unit: float) -> Iterator[str]:
    """With lbfgs, ``loss_`` is the objective at these weights, on the data and sample weights of the fit."""
    if getattr(estimator, "solver", "") != "lbfgs" or not hasattr(estimator, "loss_"):
        # They are not kept.
        if fitted.sample_weights is None and "sample_weight" in inspect.signature(estimator.fit).parameters:
            yield "sample weights of the fit, if there were any, are no part of the certified loss (sample_weight=)"
        return
    here, reported = _objective(estimator, network, fitted, unit), float(estimator.loss_)
    # Labels are of size 1: the logarithm of a probability near 1 errs by a rounding of 1.
    rounding = max(1e-10, 32 * unit) * float(np.mean(network.given_targets**2))
    if not abs(here - reported) <= max(_LOOSE, _ROUNDINGS * unit) * max(abs(here), abs(reported)) + rounding:
        yield (
            f"on these data the estimator's objective is {here:.4g}, while it reports loss_ = {reported:.4g}: it was "
            "fitted on other data, or with other sample weights; the certified loss is that on these data"
        )


def epoch_loss(estimator: Any, network: Network) -> Iterator[str]:
    """What sgd and adam report beside f, where both have the same penalty; of the last epoch, so it is no test."""
    count = network.sample_count
    alike = network.objective.loss.name != "squared" or network.widths[-1] == 1
    if getattr(estimator, "solver", "") in ("sgd", "adam") and alike and count % batch_size(estimator, count) == 0:
        yield f"loss_ = {float(estimator.loss_):.6g} is the mean over the batches of the last epoch, before their steps"


def _objective(estimator: Any, network: Network, fitted: Fitted, unit: float) -> float:
    """What scikit-learn reports: of a regressor the mean over its outputs."""
    penalty = sum(float(np.sum(layer.weight**2)) for layer in network.layers)
    penalty *= float(estimator.alpha) / (2 * float(fitted.total))
    outputs = evaluate(network, coarsest())[-1].values
    weights = 1.0 if fitted.sample_weights is None else np.asarray(fitted.sample_weights, np.float64).ravel()
    if network.objective.loss.name == "squared":
        losses = np.sum((outputs - network.given_targets) ** 2, axis=1) / (2 * network.widths[-1])
    else:
        losses = _log_losses(network, outputs, 2 * unit)
    return float(np.sum(weights * losses)) / float(fitted.total) + penalty


def _log_losses(network: Network, outputs: Array, least: float) -> Array:
    """With probabilities clipped as in ``loss_``; the gradient that the solvers follow knows no clipping."""
    q, p = network.given_targets, np.clip(probabilities(network, outputs), least, 1 - least)
    terms = xlogy(q, p) + (0.0 if network.objective.loss.name == "softmax" else xlogy(1 - q, 1 - p))
    return np.asarray(-np.sum(terms, axis=1))
