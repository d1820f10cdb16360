"""Cross-entropies as frameworks average, weigh and smooth them: an exact loss, its targets, and factors of samples."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from certificates.errors import MalformedProblem
from certificates.subjects import FloatArray, Logistic, Loss, SoftmaxCrossEntropy
from verify.problems.exact import exact_rational
from verify.problems.labels import class_rows, labels_of_outputs, missing_classes

__all__ = ["BinaryCrossEntropy", "CrossEntropy", "StatedLoss"]


@dataclass(frozen=True)
class StatedLoss:
    """A loss with its targets, (n, o) unless they do not fit, and the factors of samples; none where all are 1."""

    loss: Loss
    targets: FloatArray | None
    factors: tuple[Fraction, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class CrossEntropy:
    r"""Softmax cross-entropy, with label smoothing ε and class weights c, as PyTorch's ``CrossEntropyLoss``.

    With :math:`D` the divisor below, sample :math:`i` of class :math:`y_i` adds
    :math:`-\sum_kω_iq_{ik}\log p_{ik}` with
    :math:`ω_iq_{ik}=\big((1-ε)c_{y_i}[k=y_i]+\frac εo c_k\big)/D` (theory 6.1).

    Parameters
    ----------
    scale
        ``"mean"``: :math:`D=\sum_jc_{y_j}` for class numbers, :math:`D=n` for rows of probabilities. ``"sum"``:
        :math:`D=1`. Or the rational :math:`1/D` itself.
    label_smoothing
        ε, from 0 to 1.
    class_weights
        c, one a class, none negative; ``None`` for ones. With smoothing or class weights, rows of probabilities must
        be one 1 and else 0.
    """

    scale: str | int | Fraction = "mean"
    label_smoothing: float | str | Fraction = 0
    class_weights: Sequence[Any] | None = None

    def stated(self, targets: FloatArray, outputs: int) -> StatedLoss:
        """The exact loss, rows of labels and factors of samples for targets, class numbers or rows."""
        rows, by_number, notes = class_rows(targets, outputs)
        smoothing = exact_rational(self.label_smoothing, "label_smoothing")
        if not 0 <= smoothing <= 1:
            raise MalformedProblem(f"expected 0 to 1, got {smoothing}", place="label_smoothing")
        given = None if self.class_weights is None else list(self.class_weights)
        weights = [Fraction(1)] * outputs if given is None else _class_weights(given, outputs)
        plain = smoothing == 0 and len(set(weights)) == 1
        classes = _classes(rows, plain)
        missing = missing_classes(rows)
        if plain:
            divisor = Fraction(len(rows)) * (weights[0] if by_number else 1)
            return StatedLoss(
                SoftmaxCrossEntropy(_scale(self.scale, divisor) * weights[0]), rows, (), (*notes, *missing)
            )
        divisor = sum((weights[k] for k in classes), Fraction(0)) if by_number else Fraction(len(rows))
        distributions = [_distribution(k, smoothing, weights) for k in range(outputs)]
        totals = [sum(row, Fraction(0)) for row in distributions]
        _refuse_weightless(classes, totals)
        labels = tuple(
            tuple(entry / total for entry in row) if total else _unit(k, outputs)
            for k, (row, total) in enumerate(zip(distributions, totals, strict=True))
        )
        identity = all(row == _unit(k, outputs) for k, row in enumerate(labels))
        loss = SoftmaxCrossEntropy(_scale(self.scale, divisor), () if identity else labels)
        return StatedLoss(loss, rows, tuple(totals[k] for k in classes), (*notes, *missing))


@dataclass(frozen=True)
class BinaryCrossEntropy:
    """Yes or no per output, of the outputs before a sigmoid, as PyTorch's ``BCEWithLogitsLoss``.

    Parameters
    ----------
    scale
        ``"mean"``: 1/(n·o), over samples and outputs. ``"sum"``: 1. Or the factor itself, a rational.
    positive_weight
        The factor of positive labels; other than 1 for one output with labels 0 and 1 only.
    """

    scale: str | int | Fraction = "mean"
    positive_weight: Any = 1

    def stated(self, targets: FloatArray, outputs: int) -> StatedLoss:
        """The exact loss, columns of labels and factors of samples."""
        rows = labels_of_outputs(targets, outputs)
        weight = exact_rational(self.positive_weight, "positive_weight")
        loss = Logistic(_scale(self.scale, Fraction(max(1, rows.size))))
        if weight == 1:
            return StatedLoss(loss, rows)
        if weight <= 0 or outputs > 1 or not ((rows == 0) | (rows == 1)).all():
            raise MalformedProblem(
                f"{weight} is not covered",
                place="positive_weight",
                remedy="a positive number, for one output with labels 0 and 1; else 1",
            )
        return StatedLoss(loss, rows, tuple(weight if label else Fraction(1) for label in rows[:, 0]))


def _scale(scale: str | int | Fraction, divisor: Fraction) -> Fraction:
    if scale == "mean":
        return 1 / divisor if divisor else Fraction(1)
    found = Fraction(1) if scale == "sum" else exact_rational(scale, "loss")
    if found <= 0:
        raise MalformedProblem(f"expected mean, sum or a positive rational, got {found}", place="loss")
    return found


def _class_weights(given: Sequence[Any], outputs: int) -> list[Fraction]:
    if len(given) != outputs:
        raise MalformedProblem(f"expected {outputs}, one a class, got {len(given)}", place="class_weights")
    weights = [exact_rational(value, f"class_weights[{k}]") for k, value in enumerate(given)]
    for k, weight in enumerate(weights):
        if weight < 0:
            raise MalformedProblem(f"expected no negative number, got {weight}", place=f"class_weights[{k}]")
    return weights


def _classes(rows: FloatArray, plain: bool) -> list[int]:
    """The class of each row; rows that are of none are allowed only where nothing depends on it."""
    hard = (rows == 1).any(axis=1)
    if not plain and not hard.all():
        raise MalformedProblem(
            f"row {int(np.flatnonzero(~hard)[0])}: label smoothing and class weights are covered for classes, not for "
            "other probabilities",
            place="targets",
            remedy="smooth the probabilities yourself before training, and weigh samples with sample_weights=",
        )
    return [int(k) for k in np.argmax(rows, axis=1)]


def _distribution(own: int, smoothing: Fraction, weights: list[Fraction]) -> list[Fraction]:
    """ω_i q_i D of a sample of class ``own``."""
    share = smoothing / len(weights)
    return [(1 - smoothing) * weight * (k == own) + share * weight for k, weight in enumerate(weights)]


def _unit(own: int, outputs: int) -> tuple[Fraction, ...]:
    return tuple(Fraction(k == own) for k in range(outputs))


def _refuse_weightless(classes: list[int], totals: list[Fraction]) -> None:
    for index, k in enumerate(classes):
        if totals[k] == 0:
            raise MalformedProblem(
                f"class {k} has weight 0, and sample {index} is of it",
                place="class_weights",
                remedy="leave the samples of that class out of inputs and targets",
            )
