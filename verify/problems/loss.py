"""The scale s of the certified loss s‖F(w) − y‖², from its name, and why other losses are refused."""

from __future__ import annotations

import re
from fractions import Fraction

from certificates.errors import MalformedProblem

__all__ = ["LOSSES", "loss_scale", "refused_loss"]

LOSSES = ("mean", "half-mean", "sum", "half-sum")

_RATIONAL = re.compile(r"[0-9]{1,100}(?:/[0-9]{1,100}|\.[0-9]{1,100})?")

_NO_ZERO = "the certified loss is a sum of squares, whose minimum is zero"
_ONLY = "only least squares is covered"
_REFUSED = (
    (r"cross.?entropy|\bbce|\bnll|log.?loss|logistic", "cross-entropy has no finite minimiser on separable data"),
    (r"decay|penalty|\bl2\b|ridge|regulari[sz]", "a weight penalty keeps the minimum above zero"),
    (r"\bl1|smooth|mae|absolute|huber|hinge|quantile|poisson|kl", _ONLY),
)


def loss_scale(loss: str | int | Fraction, residual_count: int) -> Fraction:
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
    named = dict(zip(LOSSES, _scales(residual_count), strict=True))
    if text in named:
        return named[text]
    if _RATIONAL.fullmatch(text):
        return _positive(_rational(text))
    if _reason(text):
        raise refused_loss(text)
    raise MalformedProblem(
        f"unknown loss {text[:80]!r}", place="loss", remedy=f"use {', '.join(LOSSES)} or a positive rational"
    )


def refused_loss(name: str) -> MalformedProblem:
    """The error for a loss that is no sum of squares.

    Examples
    --------
    >>> print(refused_loss("HuberLoss").what)
    'HuberLoss' is not covered: only least squares is covered
    """
    return MalformedProblem(
        f"{name!r} is not covered: {_reason(name) or _ONLY}",
        place="loss",
        remedy=f"{_NO_ZERO}; use {', '.join(LOSSES)}",
    )


def _reason(name: str) -> str:
    text = name.lower().replace("_", "-")
    return next((reason for pattern, reason in _REFUSED if re.search(pattern, text)), "")


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
