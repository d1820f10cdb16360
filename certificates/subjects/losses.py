"""Losses of one sample, a closed union of data: ℓ_i as a function of the outputs z."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar, TypeAlias

import numpy as np

from certificates.errors import MalformedProblem
from certificates.subjects.layers import FloatArray

__all__ = ["Logistic", "Loss", "SoftmaxCrossEntropy", "Squared", "check_positive", "check_targets"]

_LONGEST = 1_100  # bits of numerator and denominator: all of binary64's powers of 2, and short enough to print


@dataclass(frozen=True)
class Squared:
    """ℓ_i(z) = s ‖z − y_i‖².

    Parameters
    ----------
    scale
        s, a positive rational: 1/(n·o) for a mean, 1/2 for a half sum.
    """

    name: ClassVar[str] = "squared"

    scale: Fraction

    def __post_init__(self) -> None:
        """Refuse a scale that is not positive."""
        check_positive(self.scale, "loss_scale")


@dataclass(frozen=True)
class Logistic:
    """ℓ_i(z) = s Σ_c (log(1 + exp z_c) − q_ic z_c), one yes-or-no label per output.

    Parameters
    ----------
    scale
        s, a positive rational.
    """

    name: ClassVar[str] = "logistic"

    scale: Fraction

    def __post_init__(self) -> None:
        """Refuse a scale that is not positive."""
        check_positive(self.scale, "loss_scale")


@dataclass(frozen=True)
class SoftmaxCrossEntropy:
    """ℓ_i(z) = s (log Σ_c exp z_c − q_i·z), q_i on the probability simplex.

    Parameters
    ----------
    scale
        s, a positive rational.
    class_labels
        Row k is the q of every sample of class k, exact: label smoothing ε makes it (1 − ε)e_k + ε/o. Then targets are
        rows of the identity. Empty: targets are the q_i themselves.
    """

    name: ClassVar[str] = "softmax"

    scale: Fraction
    class_labels: tuple[tuple[Fraction, ...], ...] = ()

    def __post_init__(self) -> None:
        """Refuse a scale that is not positive, and labels of classes that are no distributions, or the identity."""
        check_positive(self.scale, "loss_scale")
        _check_class_labels(self.class_labels)


Loss: TypeAlias = Squared | Logistic | SoftmaxCrossEntropy


def check_positive(value: Fraction, place: str) -> None:
    """Refuse a number of an objective that is not positive, or too long."""
    _check_length(value, place)
    if value <= 0:
        raise MalformedProblem(f"expected a positive rational, got {value}", place=place)


def _check_length(value: Fraction, place: str) -> None:
    if max(value.numerator.bit_length(), value.denominator.bit_length()) > _LONGEST:
        raise MalformedProblem(f"has more than {_LONGEST} bits", place=place)


def _check_class_labels(rows: tuple[tuple[Fraction, ...], ...]) -> None:
    for index, row in enumerate(rows):
        place = f"class_labels[{index}]"
        if len(row) != len(rows):
            raise MalformedProblem(f"expected {len(rows)} entries, one a class, got {len(row)}", place=place)
        for entry in row:
            _check_length(entry, place)
        if min(row) < 0 or sum(row) != 1:
            raise MalformedProblem("expected probabilities that sum to 1", place=place)
    if rows and all(row[index] == 1 for index, row in enumerate(rows)):
        raise MalformedProblem("is the identity", place="class_labels", remedy="leave it out")


def check_targets(loss: Loss, outputs: int, targets: FloatArray | None) -> None:
    """Refuse labels, (n, o) and finite or planted (``None``), that the loss has no meaning for; names the row."""
    if isinstance(loss, Squared):
        return
    if targets is None:
        raise MalformedProblem(f"a teacher plants numbers, and the {loss.name} loss needs labels", place="teacher")
    if isinstance(loss, Logistic):
        _require_rows((targets >= 0) & (targets <= 1), "expected labels between 0 and 1")
    else:
        _check_distributions(loss.class_labels, outputs, targets)


def _check_distributions(class_labels: tuple[tuple[Fraction, ...], ...], outputs: int, targets: FloatArray) -> None:
    if outputs < 2:
        raise MalformedProblem("softmax needs two outputs or more", place="targets", remedy="use the logistic loss")
    if class_labels and len(class_labels) != outputs:
        raise MalformedProblem(
            f"expected a row for each of {outputs} outputs, got {len(class_labels)}", place="class_labels"
        )
    hard = ((targets == 0) | (targets == 1)).all(axis=1) & ((targets == 1).sum(axis=1) == 1)
    if class_labels:
        _require_rows(hard[:, None], "expected one 1 and else 0, because class_labels say what a class stands for")
        return
    soft = [is_hard or _is_distribution(row) for is_hard, row in zip(hard, targets, strict=True)]
    _require_rows(np.array(soft)[:, None], "expected probabilities whose exact sum is 1")


def _is_distribution(row: FloatArray) -> bool:
    """Whether no entry is negative and the exact sum is 1."""
    return bool((row >= 0).all()) and sum(map(Fraction, row.tolist()), Fraction(0)) == 1


def _require_rows(sound: np.ndarray, expected: str) -> None:
    wrong = np.flatnonzero(~sound.all(axis=1))
    if wrong.size:
        raise MalformedProblem(f"row {wrong[0]}: {expected}", place="targets")
