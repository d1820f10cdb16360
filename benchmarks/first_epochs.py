"""From which epoch of Adam on cross-entropy is proved to go to zero: ``python -m benchmarks.first_epochs``.

scikit-learn's own ``MLPClassifier`` without a penalty, batches of 32, on standardised inputs, epoch by epoch; the judge
is asked at the first epoch at which the summed loss is below log 2, and at the epoch before.
"""

from __future__ import annotations

import sys
import time
import warnings
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import numpy as np

from certificates import Accepted, Network, Verdict
from verify.numeric.smooth_objective import FloatObjective
from verify.problems import from_sklearn
from verify.proposals.cross_entropy_convergence import propose

__all__ = ["NETS", "Net", "Snapshot", "first_below", "row"]

_MOST_EPOCHS = 2_000


@dataclass(frozen=True)
class Net:
    """What is trained.

    Parameters
    ----------
    name, load
        Of the data, and scikit-learn's loader.
    hidden, activation
        As scikit-learn has them.
    """

    name: str
    load: str
    hidden: tuple[int, ...]
    activation: str = "tanh"


@dataclass(frozen=True)
class Snapshot:
    """An estimator at the end of an epoch, what it is trained on, and its summed loss in float64."""

    epoch: int
    estimator: Any
    data: tuple[np.ndarray, np.ndarray]
    loss: float

    @property
    def network(self) -> Network:
        """As imported."""
        with warnings.catch_warnings(action="ignore"):  # notes about what was imported
            return from_sklearn(self.estimator, *self.data)


NETS = (
    Net("wine 13–8–3", "load_wine", (8,)),
    Net("breast cancer 30–10–1", "load_breast_cancer", (10,)),
    Net("digits 64–16–10", "load_digits", (16,)),
    Net("digits 64–16–10, ReLU", "load_digits", (16,), "relu"),
)


def _epochs(net: Net) -> Iterator[Snapshot]:
    from sklearn import datasets
    from sklearn.neural_network import MLPClassifier

    x, y = getattr(datasets, net.load)(return_X_y=True)
    spread = x.std(axis=0)
    x = (x - x.mean(axis=0)) / np.where(spread > 0, spread, 1)
    estimator = MLPClassifier(net.hidden, activation=net.activation, alpha=0.0, batch_size=32, random_state=0)
    for epoch in range(1, _MOST_EPOCHS + 1):
        estimator.partial_fit(x, y, classes=np.unique(y))
        chances = estimator.predict_proba(x)
        own = chances[np.arange(len(y)), np.searchsorted(estimator.classes_, y)]
        yield Snapshot(epoch, deepcopy(estimator), (x, y), float(-np.sum(np.log(own))))


def first_below(net: Net, level: float = float(np.log(2))) -> tuple[Snapshot, Snapshot]:
    """The snapshot before the summed loss first falls below the level, and the one at which it is."""
    before = None
    for snapshot in _epochs(net):
        if snapshot.loss < level and before is not None:
            return before, snapshot
        before = snapshot
    raise ValueError(f"{net.name}: the summed loss stays above {level:g} for {_MOST_EPOCHS} epochs")


def _judged(network: Network) -> tuple[Any, float]:
    started = time.perf_counter()
    return propose(network), time.perf_counter() - started


def _largest_curvature(network: Network) -> float:
    """λ_max of the Hessian by power iteration on differences of gradients; 2/λ_max is about the stable step."""
    objective, rng = FloatObjective(network), np.random.default_rng(0)
    w = objective.initial()
    v, size = rng.normal(size=w.size), 0.0
    for _ in range(60):
        v /= np.linalg.norm(v)
        step = 1e-5
        v = (objective.gradient(w + step * v) - objective.gradient(w - step * v)) / (2 * step)
        size = float(np.linalg.norm(v))
    return size


def row(net: Net, level: float = float(np.log(2)), show: Callable[[str], Any] = print) -> list[Verdict]:
    """Print one line of the table for the first epoch below a level; the verdicts at it, and at the epoch before."""
    before, after = first_below(net, level)
    refused = _judged(before.network)[0].verdict if level > 0.5 else None
    found, seconds = _judged(after.network)
    if refused is not None:
        show(f"{net.name}, epoch {before.epoch}: {refused.outcome}: {refused.explanation()}")
    if not isinstance(found.verdict, Accepted):
        show(f"{net.name}, epoch {after.epoch}: {found.verdict.explanation()}")
        return [found.verdict]
    claim, facts = found.claim, {fact.symbol: fact for fact in found.verdict.facts}
    line = (
        f"| {net.name} | {after.epoch} | {after.loss:.4g} | {claim.margin:.3g} | {facts['‖θ₀‖'].upper:.3g} "
        f"| {claim.rate:.2g} | {claim.loss_at.time:.2g} |"
    )
    if claim.steps is not None:
        stable = 2 / _largest_curvature(after.network)
        line += f" {claim.steps.step_size_max:.2g} | {stable:.2g} |"
    show(f"{line} {seconds:.2f} s |")
    return [found.verdict] if refused is None else [refused, found.verdict]


if __name__ == "__main__":
    wanted = [net for net in NETS if not sys.argv[1:] or any(word in net.name for word in sys.argv[1:])]
    for each in wanted:
        row(each)
        row(each, 0.1)
