"""Loss names mean what the frameworks mean, and what is no least squares is refused with its reason."""

from fractions import Fraction

import pytest

from certificates.errors import MalformedProblem
from verify.problems.loss import loss_scale, refused_loss


@pytest.mark.parametrize(
    ("loss", "scale"),
    [
        ("mean", Fraction(1, 30)),
        ("half-mean", Fraction(1, 60)),
        ("sum", Fraction(1)),
        ("half-sum", Fraction(1, 2)),
        ("1/200", Fraction(1, 200)),
        ("0.1", Fraction(1, 10)),
        (Fraction(2, 3), Fraction(2, 3)),
        (2, Fraction(2)),
    ],
)
def test_scales(loss: str | Fraction, scale: Fraction) -> None:
    assert loss_scale(loss, 30) == scale


@pytest.mark.parametrize(
    ("loss", "words"),
    [
        ("cross_entropy", "use cross-entropy"),
        ("CrossEntropyLoss", "use cross-entropy"),
        ("bce", "use logistic"),
        ("mean+weight-decay", "give decay="),
        ("mae", "squares and cross-entropies"),
        ("huber", "squares and cross-entropies"),
        ("mse", "unknown loss"),
        ("1/0", "divides by zero"),
        ("0", "positive"),
        ("-1/2", "unknown loss"),
        ("1_0", "unknown loss"),
        ("nan", "unknown loss"),
        (Fraction(0), "positive"),
        (0.5, "exact rational"),
        (True, "exact rational"),
    ],
)
def test_other_losses_are_refused(loss: object, words: str) -> None:
    with pytest.raises(MalformedProblem, match=words) as caught:
        loss_scale(loss, 30)  # type: ignore[arg-type]
    assert caught.value.place == "loss"


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("HuberLoss", "squares and cross-entropies"),
        ("SmoothL1Loss", "squares and cross-entropies"),
        ("TripletMarginLoss", "squares and cross-entropies"),
        ("KLDivLoss", "squares and cross-entropies"),
    ],
)
def test_loss_modules_are_refused_as_losses(name: str, reason: str) -> None:
    refused = refused_loss(name)
    assert name in refused.what and reason in refused.what and "half-mean" in refused.remedy
