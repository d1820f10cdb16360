"""Images of handwritten digits as scikit-learn has them, split as theory 5.5 says."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

from certificates.errors import Malformed

__all__ = ["Digits", "digits"]

Array = NDArray[np.float64]
Labels = NDArray[np.int64]

_BRIGHTEST = 16  # of a pixel


@dataclass(frozen=True, eq=False)
class Digits:
    """Two parts of the images.

    Parameters
    ----------
    inputs, labels
        To train on: pixels from 0 to 1 less their mean over these images, (n, 64), and 0 to 9, (n,).
    test_inputs, test_labels
        The others, less the same mean.
    fingerprint
        SHA-256 of all pixels and labels as they came.
    """

    inputs: Array
    labels: Labels
    test_inputs: Array
    test_labels: Labels
    fingerprint: str


def digits(train: int) -> Digits:
    """All 1,797 images in the order of ``default_rng(0)``, the first ``train`` of them to train on.

    Raises
    ------
    Malformed
        scikit-learn is not installed.
    """
    try:
        from sklearn.datasets import load_digits
    except ImportError as error:
        raise Malformed(
            "the images of digits come with scikit-learn, which is not installed",
            place="sklearn",
            remedy="pip install 'gradcert[sklearn]'",
        ) from error
    pixels, labels = load_digits(return_X_y=True)
    return split(pixels, labels, train)


def split(pixels: Array, labels: Labels, train: int) -> Digits:
    """The same of any images with pixels from 0 to 16."""
    fingerprint = sha256(pixels.astype("<f8").tobytes() + labels.astype("<i8").tobytes()).hexdigest()
    order = np.random.default_rng(0).permutation(len(pixels))
    inputs, labels = pixels[order] / _BRIGHTEST, labels[order]
    inputs = inputs - inputs[:train].mean(axis=0)
    return Digits(inputs[:train], labels[:train], inputs[train:], labels[train:], fingerprint)
