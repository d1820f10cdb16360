"""What a scikit-learn ``MLPRegressor`` or ``MLPClassifier`` minimised: exactly, or why that is no function.

With ω_i = sw_i/Σsw (1/n without sample weights), o outputs and the weights W without biases, the gradient that the
solvers follow is that of

    MLPRegressor    Σ_i ω_i ½‖F_i − y_i‖² + ½ λ ‖W‖²                (``loss_`` divides the first term by o, too)
    MLPClassifier   Σ_i ω_i log-loss_i + ½ λ ‖W‖²                   (summed over logistic outputs)

with λ = alpha/Σsw for lbfgs. sgd and adam add alpha W/|B| in each batch B: λ = alpha/b where batches of b divide n;
else neither that nor another λ describes all steps (theory 6.1).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from certificates.errors import MalformedProblem
from verify.problems.cross_entropies import BinaryCrossEntropy, CrossEntropy
from verify.problems.exact import exact_rational
from verify.problems.loss import LossName
from verify.problems.penalties import sample_factors

__all__ = ["Fitted", "batch_size", "fitted_objective"]

_LOSS_ALONE = "penalty=False imports the loss over all samples, without the penalty"


@dataclass(frozen=True)
class Fitted:
    """Arguments of an import: the loss, λ by tensor, and the weights of samples; ``total`` is Σsw."""

    loss: LossName
    decay: Mapping[str, Fraction]
    sample_weights: Any
    total: Fraction


def fitted_objective(estimator: Any, sample_count: int, sample_weight: Any, *, penalty: bool) -> Fitted:
    """The objective of a fitted estimator.

    Parameters
    ----------
    estimator
        Fitted, one of the two classes.
    sample_count
        n.
    sample_weight
        As given to ``fit``.
    penalty
        Whether the objective is to have the penalty. Without it, it is the mean loss, however the solver took batches.

    Raises
    ------
    MalformedProblem
        With the penalty: early stopping, whose rows are not recorded; batches that do not divide the samples, or that
        each divide by their own weights.
    """
    weights = None if sample_weight is None else sample_factors(sample_weight, sample_count)
    total = Fraction(max(1, sample_count)) if weights is None else sum(weights, Fraction(0))
    rate = Fraction(0)
    if penalty:
        alpha = exact_rational(estimator.alpha, "estimator.alpha")
        _refuse_batches(estimator, sample_count, weights, alpha)
        rate = alpha / _divisor(estimator, sample_count, weights, total)
    decay = {f"layers.{index}.weight": rate for index in range(len(estimator.coefs_))}
    return Fitted(_loss(estimator, total), decay, sample_weight, total)


def _loss(estimator: Any, total: Fraction) -> LossName:
    if "MLPClassifier" not in [cls.__name__ for cls in type(estimator).__mro__]:
        return 1 / (2 * total)
    return (CrossEntropy if estimator.out_activation_ == "softmax" else BinaryCrossEntropy)(1 / total)


def batch_size(estimator: Any, sample_count: int) -> int:
    """B, of sgd and adam; n for lbfgs."""
    if estimator.solver == "lbfgs":
        return sample_count
    given = getattr(estimator, "batch_size", "auto")
    return min(200 if given == "auto" else max(1, int(given)), sample_count)


def _divisor(estimator: Any, count: int, weights: tuple[Fraction, ...] | None, total: Fraction) -> Fraction:
    batch = batch_size(estimator, count)
    return total if batch == count else batch * (Fraction(1) if weights is None else weights[0])


def _refuse_batches(estimator: Any, count: int, weights: tuple[Fraction, ...] | None, alpha: Fraction) -> None:
    if estimator.solver != "lbfgs" and getattr(estimator, "early_stopping", False):
        raise MalformedProblem(
            "early_stopping sets samples aside that the estimator does not name, so what it minimised is not known",
            place="estimator",
            remedy=f"fit it with early_stopping=False; {_LOSS_ALONE}",
        )
    batch = batch_size(estimator, count)
    if batch == count:
        return
    if weights is not None and len(set(weights)) > 1:
        raise MalformedProblem(
            f"{estimator.solver} divides each batch of {batch} by the sum of its own sample weights, so no single "
            "function of the weights is minimised",
            place="estimator",
            remedy=f"fit it with solver='lbfgs' or batch_size={count}; {_LOSS_ALONE}",
        )
    if count % batch and (alpha or not getattr(estimator, "shuffle", True)):
        counted = "the penalty" if alpha else "each sample"
        raise MalformedProblem(
            f"{estimator.solver} took batches of {batch} and of {count % batch}, where {counted} counts more: no one "
            f"function of the weights is minimised, neither with alpha/{batch} nor with alpha/{count}",
            place="estimator",
            remedy=f"fit it with {_batches(batch, count)}, or solver='lbfgs'; {_LOSS_ALONE}",
        )


def _batches(batch: int, count: int) -> str:
    fitting = max(divisor for divisor in range(1, batch) if count % divisor == 0)
    return f"batch_size={count}" if fitting == 1 else f"batch_size={fitting} or {count}"
