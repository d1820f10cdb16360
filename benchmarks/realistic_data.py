"""Data sets of scikit-learn as tutorials prepare them: inputs (n, d) and targets (n, outputs)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "Array",
    "Data",
    "classes",
    "loaded",
    "made",
    "parity",
    "pixels",
    "prepared",
    "same",
    "signs",
    "sine",
    "standardised",
]

Array = NDArray[np.float64]
Data = tuple[Array, Array]


def standardised(values: Array) -> Array:
    """Mean 0 and deviation 1; columns that do not vary stay."""
    deviation = values.std(axis=0)
    return np.asarray((values - values.mean(axis=0)) / np.where(deviation > 0, deviation, 1))


def loaded(name: str, count: int | None = None, **options: Any) -> Callable[[], Data]:
    """Inputs and labels (n, 1) of one of scikit-learn's data sets, the first samples of a fixed shuffle."""

    def load() -> Data:
        from sklearn import datasets

        x, y = getattr(datasets, name)(return_X_y=True, **options)
        chosen = np.random.default_rng(0).permutation(len(x))[:count]
        return np.asarray(x[chosen], dtype=float), np.asarray(y[chosen], dtype=float)[:, None]

    return load


def made(name: str, **options: Any) -> Callable[[], Data]:
    """Inputs and labels of one of scikit-learn's generators."""

    def make() -> Data:
        from sklearn import datasets

        x, y = getattr(datasets, name)(random_state=0, **options)
        return np.asarray(x), np.asarray(y, dtype=float)[:, None]

    return make


def sine() -> Data:
    """One period of the sine at 100 points."""
    x = np.linspace(-np.pi, np.pi, 100)[:, None]
    return x, np.sin(x)


def prepared(data: Callable[[], Data], inputs: Callable[[Array], Array], targets: Callable[[Array], Array]) -> Any:
    """The data with inputs and targets changed."""

    def changed() -> Data:
        x, y = data()
        return inputs(x), targets(y)

    return changed


def same(values: Array) -> Array:
    """As they are."""
    return values


def signs(labels: Array) -> Array:
    """−1 for class 0, 1 for the others."""
    return np.where(labels > 0, 1.0, -1.0)


def classes(labels: Array) -> Array:
    """One-hot rows."""
    return np.eye(int(labels.max()) + 1)[labels[:, 0].astype(int)]


def parity(labels: Array) -> Array:
    """1 for an even label, −1 for an odd one."""
    return np.where(labels % 2 == 0, 1.0, -1.0)


def pixels(values: Array) -> Array:
    """From 0 to 1."""
    return values / 16
