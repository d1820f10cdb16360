"""Losses by name: a scale s of s‖F(w) − y‖², or a cross-entropy; and why other losses are refused."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import TypeAlias

import numpy as np

from certificates.errors import MalformedProblem
from certificates.subjects import FloatArray, Squared
from verify.problems.cross_entropies import BinaryCrossEntropy, CrossEntropy, StatedLoss

__all__ = ["LOSSES", "LossName", "loss_scale", "refused_loss", "stated_loss"]

LossName: TypeAlias = str | int | Fraction | CrossEntropy | BinaryCrossEntropy

SQUARES = ("mean", "half-mean", "sum", "half-sum")
_CROSS_ENTROPIES: dict[str, CrossEntropy | BinaryCrossEntropy] = {
    "cross-entropy": CrossEntropy(),
    "cross-entropy-sum": CrossEntropy("sum"),
    "logistic": BinaryCrossEntropy(),
    "logistic-sum": BinaryCrossEntropy("sum"),
}
LOSSES = (*SQUARES, *_CROSS_ENTROPIES)

_RATIONAL = re.compile(r"[0-9]{1,100}(?:/[0-9]{1,100}|\.[0-9]{1,100})?")

_ONLY = "the losses are squares and cross-entropies"
_USE = f"use {', '.join(LOSSES)}, or a positive rational s of s ‖F(w) − y‖²"
_REFUSED = (
    (r"decay|penalty|\bl2\b|ridge|regulari[sz]", "a penalty is stated apart from the loss", "give decay="),
    (r"\bbce|binary.?cross", "the loss must be named by what it is of", "use logistic (BinaryCrossEntropy)"),
    (r"cross.?entropy|\bnll|log.?loss", "the loss must be named by what it is of", "use cross-entropy (CrossEntropy)"),
    (r"\bl1|smooth|mae|absolute|huber|hinge|quantile|poisson|kl", _ONLY, _USE),
)


def stated_loss(loss: LossName, outputs: int, targets: FloatArray | None, sample_count: int) -> StatedLoss:
    """The exact loss that a name stands for, with the targets as it has them.

    Parameters
    ----------
    loss
        ``"mean"``, ``"half-mean"``, ``"sum"``, ``"half-sum"`` or a rational: see :func:`loss_scale`.
        ``"cross-entropy"``, ``"cross-entropy-sum"`` or a :class:`CrossEntropy`: softmax, targets are class numbers or
        rows of probabilities. ``"logistic"``, ``"logistic-sum"`` or a :class:`BinaryCrossEntropy`: yes or no per
        output, targets between 0 and 1.
    outputs, sample_count
        o and n.
    targets
        As given; ``None`` when a teacher plants them.

    Raises
    ------
    MalformedProblem
        An unknown loss, or targets that it has no meaning for; names the row.
    """
    found = _CROSS_ENTROPIES.get(loss.strip(), loss) if isinstance(loss, str) else loss
    if isinstance(found, str | int | Fraction) or not isinstance(found, CrossEntropy | BinaryCrossEntropy):
        y = _columns(targets, outputs)
        # Empty data is refused by the network itself, so that the message is one.
        count = sample_count * outputs if y is None else y.size
        return StatedLoss(Squared(loss_scale(found, max(1, count))), y)
    return found.stated(_planted(found) if targets is None else targets, outputs)


def _planted(loss: CrossEntropy | BinaryCrossEntropy) -> FloatArray:
    raise MalformedProblem(
        f"a teacher plants numbers, and {type(loss).__name__} needs labels", place="teacher", remedy="give targets"
    )


def _columns(y: FloatArray | None, outputs: int) -> FloatArray | None:
    if y is None:
        return None
    if outputs > 1 and y.size and y.ndim in (1, 2) and y.shape[1:] in ((), (1,)):
        _refuse_labels(y, outputs)
    return y[:, None] if y.ndim == 1 and outputs == 1 else y


def _refuse_labels(y: FloatArray, outputs: int) -> None:
    """Refuse class labels where a row of outputs is expected."""
    labels = np.all((y == np.floor(y)) & (y >= 0) & (y < outputs))
    raise MalformedProblem(
        f"expected one row of {outputs} numbers a sample, got shape {y.shape}"
        + (", which looks like class labels" if labels else ""),
        place="targets",
        remedy=f"one-hot rows: numpy.eye({outputs})[labels]; or loss='cross-entropy', which takes labels"
        if labels
        else "give every output its column",
    )


def loss_scale(loss: object, residual_count: int) -> Fraction:
    """Give the s of s‖F(w) − y‖² for a loss name or a rational.

    Parameters
    ----------
    loss
        ``"mean"`` is 1/N with N = n · outputs (PyTorch's ``MSELoss``), ``"half-mean"`` 1/(2N) (scikit-learn's
        ``loss_``), ``"sum"`` 1, ``"half-sum"`` 1/2; or s itself: a ``Fraction``, an integer, or a text such as
        ``"1/200"``.
    residual_count
        N.

    Examples
    --------
    >>> loss_scale("half-mean", 100)
    Fraction(1, 200)
    """
    if isinstance(loss, str):
        return _from_text(loss.strip(), residual_count)
    if isinstance(loss, bool) or not isinstance(loss, int | Fraction):
        raise MalformedProblem(
            f"expected a loss name or an exact rational, got {loss!r}",
            place="loss",
            remedy=f"use one of {', '.join(LOSSES)} or a Fraction",
        )
    return _positive(Fraction(loss))


def _from_text(text: str, residual_count: int) -> Fraction:
    named = dict(zip(SQUARES, _scales(residual_count), strict=True))
    if text in named:
        return named[text]
    if _RATIONAL.fullmatch(text):
        return _positive(_rational(text))
    if _reason(text):
        raise refused_loss(text)
    raise MalformedProblem(f"unknown loss {text[:80]!r}", place="loss", remedy=_USE)


def refused_loss(name: str) -> MalformedProblem:
    """The error for a loss that is neither squares nor a cross-entropy here.

    Examples
    --------
    >>> print(refused_loss("HuberLoss").what)
    'HuberLoss' is not covered: the losses are squares and cross-entropies
    """
    reason, remedy = _reason(name) or (_ONLY, _USE)
    return MalformedProblem(f"{name!r} is not covered: {reason}", place="loss", remedy=remedy)


def _reason(name: str) -> tuple[str, str] | None:
    text = name.lower().replace("_", "-")
    return next(((reason, remedy) for pattern, reason, remedy in _REFUSED if re.search(pattern, text)), None)


def _scales(residual_count: int) -> tuple[Fraction, ...]:
    return Fraction(1, residual_count), Fraction(1, 2 * residual_count), Fraction(1), Fraction(1, 2)


def _rational(text: str) -> Fraction:
    try:
        return Fraction(text)
    except ZeroDivisionError as error:
        raise MalformedProblem(f"{text!r} divides by zero", place="loss") from error


def _positive(scale: Fraction) -> Fraction:
    if scale <= 0:
        raise MalformedProblem(f"expected a positive scale, got {scale}", place="loss")
    return scale
