"""Smoothing, class weights and means are the exact formula of theory 6.1, here by its terms."""

from fractions import Fraction
from itertools import product

import numpy as np
import pytest

from certificates.errors import MalformedProblem
from certificates.subjects import Logistic, SoftmaxCrossEntropy
from verify.problems import ImportNotice, from_arrays
from verify.problems.cross_entropies import BinaryCrossEntropy, CrossEntropy

CLASSES = [0, 2, 2, 1]


def shares(stated) -> list[list[Fraction]]:
    """ω_i q_ik of what was stated, scale included."""
    labels = stated.loss.class_labels or tuple(tuple(Fraction(k == c) for k in range(3)) for c in range(3))
    rows = [labels[int(np.argmax(row))] for row in stated.targets]
    return [
        [stated.loss.scale * factor * share for share in row]
        for factor, row in zip(stated.factors or [Fraction(1)] * len(rows), rows, strict=True)
    ]


@pytest.mark.parametrize(
    ("weights", "smoothing", "mean", "by_number"),
    list(product((None, [1, "1/3", 2.5], [2, 2, 2]), (0, 0.1, 1), (True, False), (True, False))),
)
def test_the_shares_are_those_of_the_formula(weights, smoothing, mean: bool, by_number: bool) -> None:
    c = [Fraction(str(weight)) for weight in weights or [1, 1, 1]]
    epsilon = Fraction(str(smoothing))
    divisor = (sum(c[k] for k in CLASSES) if by_number else len(CLASSES)) if mean else 1
    expected = [
        [((1 - epsilon) * c[own] * (k == own) + epsilon / 3 * c[k]) / divisor for k in range(3)] for own in CLASSES
    ]
    targets = np.array(CLASSES, float) if by_number else np.eye(3)[CLASSES]
    stated = CrossEntropy("mean" if mean else "sum", smoothing, weights).stated(targets, 3)
    assert shares(stated) == expected
    assert stated.loss.class_labels != tuple(tuple(Fraction(k == c) for k in range(3)) for c in range(3))


def test_soft_rows_divide_by_the_samples() -> None:
    rows = np.array([[0.5, 0.25, 0.25], [1.0, 0.0, 0.0]])
    stated = CrossEntropy().stated(rows, 3)
    assert stated.loss == SoftmaxCrossEntropy(Fraction(1, 2)) and np.array_equal(stated.targets, rows)


def test_yes_or_no_per_output_divides_by_samples_and_outputs() -> None:
    assert BinaryCrossEntropy().stated(np.ones((4, 3)), 3).loss == Logistic(Fraction(1, 12))
    stated = BinaryCrossEntropy("sum", positive_weight=2.5).stated(np.array([1.0, 0.0]), 1)
    assert stated.loss == Logistic(Fraction(1)) and stated.factors == (Fraction(5, 2), Fraction(1))


@pytest.mark.parametrize(
    ("loss", "words"),
    [
        (CrossEntropy(label_smoothing=1.5), "label_smoothing: expected 0 to 1, got 3/2"),
        (CrossEntropy(class_weights=[1, 2]), "class_weights: expected 3, one a class, got 2"),
        (CrossEntropy(class_weights=[1, -2, 1]), r"class_weights\[1\]: expected no negative number"),
        (CrossEntropy(class_weights=[0, 1, 1]), "class 0 has weight 0, and sample 0 is of it"),
        (CrossEntropy(0), "expected mean, sum or a positive rational, got 0"),
        (CrossEntropy("median"), "expected a finite number, got 'median'"),
        (BinaryCrossEntropy(positive_weight=2), "expected one column of labels"),
    ],
)
def test_what_cannot_be_stated_is_refused(loss, words: str) -> None:
    with pytest.raises(MalformedProblem, match=words):
        loss.stated(np.array(CLASSES, float), 3)


def test_a_class_of_weight_0_without_samples_is_no_matter() -> None:
    stated = CrossEntropy(class_weights=[1, 0, 1]).stated(np.array([0.0, 2.0]), 3)
    assert stated.loss == SoftmaxCrossEntropy(Fraction(1, 2))


def test_arrays_take_them_by_name() -> None:
    layers, x = [np.ones((2, 1)), np.ones((3, 2))], [[1.0], [2.0], [3.0], [4.0]]
    network = from_arrays(layers, None, "tanh", x, CLASSES, loss="cross-entropy")
    assert network.objective.loss == SoftmaxCrossEntropy(Fraction(1, 4)) and not network.notes
    with pytest.warns(ImportNotice, match="no sample is of class 1"):
        from_arrays(layers, None, "tanh", x[:3], CLASSES[:3], loss="cross-entropy-sum")
    named = from_arrays(layers, None, "tanh", x, np.ones((4, 3)), loss="logistic-sum")
    assert named.objective.loss == Logistic(Fraction(1))
    with pytest.raises(MalformedProblem, match="CrossEntropy needs labels"):
        from_arrays(layers, None, "tanh", x, teacher=layers, loss="cross-entropy")
