"""Images that are no digits: clusters in few pixels, for experiments that must not need scikit-learn."""

from __future__ import annotations

import numpy as np

from verify.experiments.golikov_2020.digits import Digits, split

__all__ = ["made_up_images"]


def made_up_images(train: int = 40, total: int = 60, pixels: int = 6, noise: float = 1.0) -> Digits:
    """Ten clusters of images with pixels from 0 to 16, in no order."""
    rng = np.random.default_rng(3)
    labels = rng.permutation(np.arange(total) % 10)
    centres = rng.integers(0, 17, size=(10, pixels))
    images = np.clip(centres[labels] + noise * rng.normal(size=(total, pixels)), 0, 16)
    return split(images, labels, train)
