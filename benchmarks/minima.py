"""Minima of trained nets: what is proved of scikit-learn's estimators, with the objective that they minimise.

Standardised data, three quarters to train on, ``lbfgs`` with seed after seed. Each net is fitted, imported and
polished; the page says which are certified, with what, and how long finding and checking take.

Run: ``python -m benchmarks.minima [--seeds N] [--only NAME …] [--output FOLDER]`` (with scikit-learn: ``make minima``).
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

import verify
from benchmarks.minima_page import Row, page
from certificates import Accepted, Network
from certificates.document import write_atomically
from certificates.document.problem_file import encode_problem
from certificates.judge import check
from certificates.subjects import Decay, Objective
from verify.certification.certify import Certified, certify

_SEEDS = 10


@dataclass(frozen=True)
class Net:
    """A data set of scikit-learn and how its estimator is built.

    Parameters
    ----------
    data
        The name after ``load_``.
    hidden
        Widths of the hidden layers.
    alpha
        scikit-learn's α.
    activation
        ``tanh``, or ``relu``: then biases are penalised, too, and minima lie on kinks.
    seeds
        How many of the ten are trained.
    """

    data: str
    hidden: tuple[int, ...]
    alpha: float
    activation: str = "tanh"
    seeds: int = _SEEDS

    @property
    def name(self) -> str:
        """As in ``wine 8, α = 1``."""
        widths = "–".join(map(str, self.hidden))
        return f"{self.data} {widths}{' ReLU' if self.activation == 'relu' else ''}, α = {self.alpha:g}"


SMALL = ("iris", "wine", "breast_cancer", "diabetes")
NETS = (
    *(Net(name, (10 if name == "breast_cancer" else 8,), 1.0) for name in SMALL),
    *(Net(name, (10 if name == "breast_cancer" else 8,), 1e-4, seeds=1) for name in SMALL),
    Net("digits", (16,), 1.0, seeds=1),
    Net("digits", (16,), 1e-4, seeds=1),
    Net("digits", (32,), 1.0, seeds=1),
    Net("digits", (32,), 1e-4, seeds=1),
    Net("digits", (16, 16), 1.0, seeds=1),
    *(Net(name, (8,), 1.0, "relu") for name in SMALL),
    Net("breast_cancer", (16,), 1.0, "relu", seeds=5),
    Net("digits", (8,), 1.0, "relu", seeds=4),
)


def rows(net: Net, seeds: int) -> Iterator[Row]:
    """Fit, import, polish and certify, one seed after the other."""
    for seed in range(min(seeds, net.seeds)):
        network, test = _problem(net, seed)
        kind = "kink-minimum" if net.activation == "relu" else "strict-minimum"
        with tempfile.TemporaryDirectory() as folder:
            yield _row(net, seed, network, test, kind, Path(folder))


def _row(net: Net, seed: int, network: Network, test: Network | None, kind: str, folder: Path) -> Row:
    write_atomically(folder / "net.safetensors", encode_problem(network), force=True)
    start = time.perf_counter()
    done = certify(folder / "net.safetensors", kind=kind, polish=True)
    found = time.perf_counter() - start
    if done.certificate_path is None:
        return Row(net.name, seed, network.trained_parameter_count, found, refusal=done.verdict.finding())
    start = time.perf_counter()
    verdict = check(done.certificate_path)
    checked = time.perf_counter() - start
    if not isinstance(verdict, Accepted):
        return Row(net.name, seed, network.trained_parameter_count, found, refusal="found, then refused")
    counts = _accuracies(done, test, folder) if kind == "strict-minimum" else ()
    return Row(net.name, seed, network.trained_parameter_count, found, checked, verdict.claim, done.polished, counts)


def _accuracies(done: Certified, test: Network | None, folder: Path) -> tuple[tuple[int, int, int], ...]:
    """(right, wrong, samples) of the training samples and of the test samples at the exact minimiser."""
    if test is None:
        return ()
    write_atomically(folder / "test.safetensors", encode_problem(test), force=True)
    found = []
    for data in (None, folder / "test.safetensors"):
        weights = folder / "net.safetensors" if done.problem_path is None else done.problem_path
        output = folder / "accuracy.cert.json"
        proof = certify(weights, kind="certified-accuracy", data=data, output=output, force=True)
        claim = proof.verdict.claim if isinstance(proof.verdict, Accepted) else None
        found.append((0, 0, 0) if claim is None else (claim.right, claim.wrong, claim.samples))
    return tuple(found)


def _problem(net: Net, seed: int) -> tuple[Network, Network | None]:
    """The problem as imported, and one with the test samples for a classifier."""
    from sklearn import datasets
    from sklearn.model_selection import train_test_split
    from sklearn.neural_network import MLPClassifier, MLPRegressor
    from sklearn.preprocessing import StandardScaler

    x, y = getattr(datasets, f"load_{net.data}")(return_X_y=True)
    regression = net.data == "diabetes"
    x, x_test, y, y_test = train_test_split(x, y, test_size=0.25, random_state=0, stratify=None if regression else y)
    scaler = StandardScaler().fit(x)
    x, x_test = scaler.transform(x), scaler.transform(x_test)
    y = (y - y.mean()) / y.std() if regression else y
    options: dict[str, Any] = {"solver": "lbfgs", "max_iter": 2000, "random_state": seed, "activation": net.activation}
    estimator = (MLPRegressor if regression else MLPClassifier)(
        hidden_layer_sizes=net.hidden, alpha=net.alpha, **options
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        estimator.fit(x, y)
        network = verify.from_sklearn(estimator, x, y)
        test = None if regression else verify.from_sklearn(estimator, x_test, y_test)
    return (_penalised(network), None) if net.activation == "relu" else (network, test)


def _penalised(network: Network) -> Network:
    """With the same penalty on every tensor, as weight decay in PyTorch has it."""
    rate = network.objective.decay[0].rate
    tensors = [
        f"layers.{index}.{name}"
        for index, layer in enumerate(network.layers)
        for name in (("weight",) if layer.bias is None else ("weight", "bias"))
    ]
    return replace(network, objective=Objective(network.objective.loss, tuple(Decay(name, rate) for name in tensors)))


def main(only: list[str], seeds: int, output: Path | None) -> None:
    """Print a line for every net as it is done; write the page where that is asked for."""
    done: list[Row] = []
    for net in NETS:
        if only and not any(part in net.name for part in only):
            continue
        for row in rows(net, seeds):
            sys.stdout.write(row.line() + "\n")
            sys.stdout.flush()
            done.append(row)
    if output is not None:
        write_atomically(output / "minima.md", page(done).encode(), force=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.minima", description=__doc__)
    parser.add_argument("--seeds", type=int, default=_SEEDS, help="at most so many of each net")
    parser.add_argument("--only", nargs="*", default=[], help="nets whose names contain one of these")
    parser.add_argument("--output", type=Path, help="a folder for minima.md")
    given = parser.parse_args()
    np.seterr(all="ignore")
    main(given.only, given.seeds, given.output)
