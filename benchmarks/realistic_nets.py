"""Fourteen nets as a new user of PyTorch or scikit-learn trains them: data sets at hand, Adam, 2,000 steps, float32.

Nothing is tuned to certificates. Inputs are standardised or raw, labels are numbers, ±1, classes 0, 1, 2 or one-hot
rows, as tutorials have them. Trained problems are kept in ``build/realistic``.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from certificates import Network
from verify.problems import ImportNotice, from_sklearn, from_torch, load_problem, save_problem

__all__ = ["FOLDER", "NETS", "Net", "Remedy", "problem_file"]

FOLDER = Path("build/realistic")
STEPS = 2_000

Array = NDArray[np.float64]
Data = tuple[Array, Array]


@dataclass(frozen=True)
class Remedy:
    """What a user does to data and net when told so; ``says`` are words of the advice that ask for it."""

    name: str
    says: tuple[str, ...]
    data: Callable[[Array, Array], Data] = lambda x, y: (x, y)
    widening: int = 1


@dataclass(frozen=True)
class Net:
    """A data set, a shape, an activation and who trains it; ``remedies`` were applied before training."""

    name: str
    data: Callable[[], Data]
    hidden: tuple[int, ...]
    activation: str
    train: Callable[[Net, Array, Array], Network]
    remedies: tuple[Remedy, ...] = ()

    def with_remedy(self, remedy: Remedy) -> Net:
        """The same net, once more advised."""
        hidden = tuple(width * remedy.widening for width in self.hidden)
        return replace(self, hidden=hidden, remedies=(*self.remedies, remedy))


def problem_file(net: Net) -> Path:
    """The trained net as a problem file; trained once."""
    path = FOLDER / (".".join([net.name, *(remedy.name for remedy in net.remedies)]) + ".safetensors")
    if path.exists():
        load_problem(path)
        return path
    x, y = net.data()
    for remedy in net.remedies:
        x, y = remedy.data(x, y)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ImportNotice)  # they are in the file
        network = net.train(net, x, y)
    path.parent.mkdir(parents=True, exist_ok=True)
    return save_problem(network, path)


# ---- training ------------------------------------------------------------------------------------------------------


def _by_torch(net: Net, x: Array, y: Array) -> Network:
    """Full-batch Adam with its default step, in float32."""
    import torch

    torch.set_num_threads(1)  # one summation order, so the same weights on every run
    torch.manual_seed(0)
    widths, layers = (x.shape[1], *net.hidden), []
    for before, after in pairwise(widths):
        layers += [torch.nn.Linear(before, after), getattr(torch.nn, net.activation)()]
    model = torch.nn.Sequential(*layers, torch.nn.Linear(widths[-1], y.shape[1]))
    inputs, targets = torch.tensor(x, dtype=torch.float32), torch.tensor(y, dtype=torch.float32)
    optimizer, loss = torch.optim.Adam(model.parameters()), torch.nn.MSELoss()
    for _ in range(STEPS):
        optimizer.zero_grad()
        loss(model(inputs), targets).backward()
        optimizer.step()
    return from_torch(model, inputs, targets, loss=loss)


def _by_sklearn(net: Net, x: Array, y: Array) -> Network:
    """Its own Adam with its defaults, on all samples at once."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.neural_network import MLPRegressor

    options: dict[str, Any] = {"max_iter": STEPS, "batch_size": len(x), "tol": 0.0, "random_state": 0}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        fitted = MLPRegressor(hidden_layer_sizes=net.hidden, activation=net.activation, **options).fit(x, np.squeeze(y))
    return from_sklearn(fitted, x, y)


# ---- data ----------------------------------------------------------------------------------------------------------


def standardised(values: Array) -> Array:
    """Mean 0 and deviation 1; columns that do not vary stay."""
    deviation = values.std(axis=0)
    return np.asarray((values - values.mean(axis=0)) / np.where(deviation > 0, deviation, 1))


def _one_hot(labels: Array) -> Array:
    return np.eye(int(labels.max()) + 1)[labels.astype(int)]


def _loaded(name: str, count: int | None = None, **options: Any) -> Callable[[], Data]:
    """Inputs and labels (n, 1) of one of scikit-learn's data sets, the first samples of a fixed shuffle."""

    def load() -> Data:
        from sklearn import datasets

        x, y = getattr(datasets, name)(return_X_y=True, **options)
        chosen = np.random.default_rng(0).permutation(len(x))[:count]
        return np.asarray(x[chosen], dtype=float), np.asarray(y[chosen], dtype=float)[:, None]

    return load


def _made(name: str, **options: Any) -> Callable[[], Data]:
    def make() -> Data:
        from sklearn import datasets

        x, y = getattr(datasets, name)(random_state=0, **options)
        return np.asarray(x), np.asarray(y, dtype=float)[:, None]

    return make


def _sin() -> Data:
    x = np.linspace(-np.pi, np.pi, 100)[:, None]
    return x, np.sin(x)


def _then(data: Callable[[], Data], inputs: Callable[[Array], Array], targets: Callable[[Array], Array]) -> Any:
    def changed() -> Data:
        x, y = data()
        return inputs(x), targets(y)

    return changed


def _same(values: Array) -> Array:
    return values


def _signs(labels: Array) -> Array:
    return np.where(labels > 0, 1.0, -1.0)


def _classes(labels: Array) -> Array:
    return _one_hot(labels[:, 0])


def _parity(labels: Array) -> Array:
    return np.where(labels % 2 == 0, 1.0, -1.0)


def _pixels(values: Array) -> Array:
    return values / 16


_DIABETES = _loaded("load_diabetes", scaled=False)
_CANCER = _loaded("load_breast_cancer", 300)
_WINE, _IRIS = _loaded("load_wine"), _loaded("load_iris")
_DIGITS, _FEW_DIGITS = _loaded("load_digits", 500), _loaded("load_digits", 200)

NETS = (
    Net("diabetes-tanh", _then(_DIABETES, standardised, standardised), (64,), "Tanh", _by_torch),
    Net("diabetes-raw-gelu", _loaded("load_diabetes", 200), (128,), "GELU", _by_torch),
    Net("cancer-softplus", _then(_CANCER, standardised, _signs), (64,), "Softplus", _by_torch),
    Net("cancer-raw-tanh", _CANCER, (64, 64), "Tanh", _by_torch),
    Net("cancer-sklearn-tanh", _then(_CANCER, standardised, _same), (100,), "tanh", _by_sklearn),
    Net("wine-one-hot-silu", _then(_WINE, standardised, _classes), (128,), "SiLU", _by_torch),
    Net("wine-elu", _then(_WINE, standardised, _same), (64, 64), "ELU", _by_torch),
    Net("iris-raw-one-hot-tanh", _then(_IRIS, _same, _classes), (64, 64), "Tanh", _by_torch),
    Net("iris-sklearn-sigmoid", _then(_IRIS, standardised, _same), (128,), "logistic", _by_sklearn),
    Net("digits-parity-gelu", _then(_DIGITS, _pixels, _parity), (256, 256), "GELU", _by_torch),
    Net("digits-one-hot-tanh", _then(_FEW_DIGITS, _pixels, _classes), (256,), "Tanh", _by_torch),
    Net(
        "friedman-softplus",
        _then(_made("make_friedman1", n_samples=300), _same, standardised),
        (64, 64, 64),
        "Softplus",
        _by_torch,
    ),
    Net("sin-tanh", _sin, (64, 64), "Tanh", _by_torch),
    Net("moons-silu", _made("make_moons", n_samples=200, noise=0.1), (128, 128), "SiLU", _by_torch),
)
