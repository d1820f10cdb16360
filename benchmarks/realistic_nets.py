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

from benchmarks.realistic_data import (
    Array,
    Data,
    classes,
    loaded,
    made,
    parity,
    pixels,
    prepared,
    same,
    signs,
    sine,
    standardised,
)
from certificates import Network
from verify.problems import ImportNotice, from_sklearn, from_torch, load_problem, save_problem

__all__ = ["FOLDER", "NETS", "Net", "Remedy", "problem_file"]

FOLDER = Path("build/realistic")


@dataclass(frozen=True)
class Remedy:
    """What a user does when told so: a command on the problem file, or new training of another net or on other data.

    Parameters
    ----------
    name
        Of the remedy.
    says
        Words of the advice that ask for it.
    command
        From problem to problem, the weights kept; ``None`` where the net is trained again.
    data, widening, longer
        What is trained on, and how many times as wide and as long.
    """

    name: str
    says: tuple[str, ...]
    command: Callable[[Network], Network] | None = None
    data: Callable[[Array, Array], Data] = lambda x, y: (x, y)
    widening: int = 1
    longer: int = 1


@dataclass(frozen=True)
class Net:
    """A data set, a shape, an activation and who trains it; ``remedies`` were applied in order."""

    name: str
    data: Callable[[], Data]
    hidden: tuple[int, ...]
    activation: str
    train: Callable[[Net, Array, Array], Network]
    steps: int = 2_000
    remedies: tuple[Remedy, ...] = ()

    def with_remedy(self, remedy: Remedy) -> Net:
        """The same net, once more advised."""
        hidden = tuple(width * remedy.widening for width in self.hidden)
        return replace(self, hidden=hidden, steps=self.steps * remedy.longer, remedies=(*self.remedies, remedy))

    def trained(self) -> Network:
        """As a user would, or from the problem before the last remedy as that says."""
        if not self.remedies:
            return self.train(self, *self.data())
        before, remedy = load_problem(problem_file(replace(self, remedies=self.remedies[:-1]))), self.remedies[-1]
        if remedy.command is not None:
            return remedy.command(before)
        if before.targets is None:
            raise ValueError("a teacher's labels")
        return self.train(self, *remedy.data(before.inputs, before.targets))


def problem_file(net: Net) -> Path:
    """The trained net as a problem file; trained once."""
    path = FOLDER / (".".join([net.name, *(remedy.name for remedy in net.remedies)]) + ".safetensors")
    if path.exists():
        return path
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ImportNotice)  # they are in the file
        network = net.trained()
    path.parent.mkdir(parents=True, exist_ok=True)
    return save_problem(network, path)


# ---- training ------------------------------------------------------------------------------------------------------


def _by_torch(net: Net, x: Array, y: Array) -> Network:
    """Full-batch Adam with its default step, in float32, on a module with a forward of its own."""
    import torch

    class Perceptron(torch.nn.Module):
        def __init__(self, widths: tuple[int, ...]) -> None:
            super().__init__()
            self.layers = torch.nn.ModuleList(torch.nn.Linear(*pair) for pair in pairwise(widths))
            self.activation = getattr(torch.nn, net.activation)()

        def forward(self, values: Any) -> Any:
            for layer in self.layers[:-1]:
                values = self.activation(layer(values))
            return self.layers[-1](values)

    torch.set_num_threads(1)  # one summation order, so the same weights on every run
    torch.manual_seed(0)
    model = Perceptron((x.shape[1], *net.hidden, y.shape[1]))
    inputs, targets = torch.tensor(x, dtype=torch.float32), torch.tensor(y, dtype=torch.float32)
    optimizer, loss = torch.optim.Adam(model.parameters()), torch.nn.MSELoss()
    for _ in range(net.steps):
        optimizer.zero_grad()
        loss(model(inputs), targets).backward()
        optimizer.step()
    return from_torch(model, inputs, targets, loss=loss)


def _by_sklearn(net: Net, x: Array, y: Array) -> Network:
    """A pipeline with its scaler and its own Adam, with its defaults, on all samples at once."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.neural_network import MLPRegressor
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    options: dict[str, Any] = {"max_iter": net.steps, "batch_size": len(x), "tol": 0.0, "random_state": 0}
    regressor = MLPRegressor(hidden_layer_sizes=net.hidden, activation=net.activation, **options)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        fitted = make_pipeline(StandardScaler(), regressor).fit(x, np.squeeze(y))
    return from_sklearn(fitted, x, y, penalty=False)  # zero loss is asked about


_DIABETES = loaded("load_diabetes", scaled=False)
_CANCER = loaded("load_breast_cancer", 300)
_WINE, _IRIS = loaded("load_wine"), loaded("load_iris")
_DIGITS, _FEW_DIGITS = loaded("load_digits", 500), loaded("load_digits", 200)

NETS = (
    Net("diabetes-tanh", prepared(_DIABETES, standardised, standardised), (64,), "Tanh", _by_torch),
    Net("diabetes-raw-gelu", loaded("load_diabetes", 200), (128,), "GELU", _by_torch),
    Net("cancer-softplus", prepared(_CANCER, standardised, signs), (64,), "Softplus", _by_torch),
    Net("cancer-raw-tanh", _CANCER, (64, 64), "Tanh", _by_torch),
    Net("cancer-sklearn-tanh", _CANCER, (100,), "tanh", _by_sklearn),
    Net("wine-one-hot-silu", prepared(_WINE, standardised, classes), (128,), "SiLU", _by_torch),
    Net("wine-elu", prepared(_WINE, standardised, same), (64, 64), "ELU", _by_torch),
    Net("iris-raw-one-hot-tanh", prepared(_IRIS, same, classes), (64, 64), "Tanh", _by_torch),
    Net("iris-sklearn-sigmoid", _IRIS, (128,), "logistic", _by_sklearn),
    Net("digits-parity-gelu", prepared(_DIGITS, pixels, parity), (256, 256), "GELU", _by_torch),
    Net("digits-one-hot-tanh", prepared(_FEW_DIGITS, pixels, classes), (256,), "Tanh", _by_torch),
    Net(
        "friedman-softplus",
        prepared(made("make_friedman1", n_samples=300), same, standardised),
        (64, 64, 64),
        "Softplus",
        _by_torch,
    ),
    Net("sin-tanh", sine, (64, 64), "Tanh", _by_torch),
    Net("moons-silu", made("make_moons", n_samples=200, noise=0.1), (128, 128), "SiLU", _by_torch),
)
