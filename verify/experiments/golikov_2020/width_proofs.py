"""What is proved of the same networks with a squared loss on few images: their last layer's gradient dominates it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from certificates import Accepted, Network
from verify.certification.proofs import NetworkProof
from verify.experiments.golikov_2020.digits import Digits
from verify.experiments.golikov_2020.width_trials import (
    CLASSES,
    Layers,
    Settings,
    gradients,
    he_start,
    move,
    values_of,
)
from verify.experiments.reproduction import is_proved
from verify.problems import from_arrays
from verify.proposals.wide_gradient_dominance import propose
from verify.search.proposal import Proposal

__all__ = ["NARROW", "Measured", "Wide", "certify", "needed", "refused_at"]

Array = NDArray[np.float64]

NARROW = 3
"""The check that refuses a layer with fewer inputs than samples."""


@dataclass(frozen=True)
class Measured:
    """In float64, at some weights: f, and ‖∇f‖²/f for the gradient by the last layer."""

    loss: float
    quotient: float


@dataclass(frozen=True, eq=False)
class Wide:
    """What is proved and what is measured at a width.

    Parameters
    ----------
    width
        Of both hidden layers.
    start, trained
        Of ‖∇f‖² ≥ c f at the start, and after descent by all layers.
    alone
        Of gradient flow by the last layer alone, from the start.
    at_start, after
        Measured there.
    flow
        That flow's f(t)/f(0), from the spectrum in float64.
    times
        Its t.
    """

    width: int
    start: Proposal
    trained: Proposal
    alone: Proposal
    at_start: Measured
    after: Measured
    times: Array
    flow: Array

    @property
    def found(self) -> dict[str, Proposal]:
        """The three, by name."""
        return {"start": self.start, "trained": self.trained, "last-layer-alone": self.alone}

    def proofs(self) -> dict[str, NetworkProof]:
        """What the judge accepts, by names of certificates."""
        named = {f"width-{self.width}-{name}": each for name, each in self.found.items() if is_proved(each)}
        return {
            name: NetworkProof(each.problem, each.claim, each.evidence, each.verdict, name)
            for name, each in named.items()
            if isinstance(each.problem, Network)
        }


def needed(settings: Settings) -> int:
    """The least width for which the theorem can hold: units and a one for the bias, as many as images."""
    return settings.proof_samples - 1


def refused_at(found: Proposal) -> int | None:
    """The check that fails."""
    return None if isinstance(found.verdict, Accepted) else found.verdict.check


def certify(settings: Settings, data: Digits, width: int) -> Wide:
    """Ask the judge about trial 0 of this width: at its start, and after descent on the squared loss."""
    inputs = data.inputs[: settings.proof_samples]
    targets = np.eye(CLASSES)[data.labels[: settings.proof_samples]]
    start = he_start(settings, width, 0, inputs.shape[1])
    trained = start
    for _ in range(settings.proof_steps):
        trained = move(trained, _gradients(trained, inputs, targets), settings.proof_step_size)
    times, flow = _last_layer_flow(start, inputs, targets)
    return Wide(
        width,
        propose(_problem(start, inputs, targets)),
        propose(_problem(trained, inputs, targets)),
        propose(_problem(start, inputs, targets, frozen=(0, 1))),
        _measured(start, inputs, targets),
        _measured(trained, inputs, targets),
        times,
        flow,
    )


def _problem(layers: Layers, inputs: Array, targets: Array, frozen: Collection[int] = ()) -> Network:
    """f = ‖F − Y‖²/(2n)."""
    weights, biases = zip(*layers, strict=True)
    loss = Fraction(1, 2 * len(inputs))
    return from_arrays(weights, biases, "relu", inputs, targets, loss=loss, frozen=frozen)


def _gradients(layers: Layers, inputs: Array, targets: Array) -> Layers:
    values = values_of(layers, inputs)
    return gradients(layers, values, (values[-1] - targets) / len(inputs))


def _measured(layers: Layers, inputs: Array, targets: Array) -> Measured:
    loss = float(np.sum((values_of(layers, inputs)[-1] - targets) ** 2)) / (2 * len(inputs))
    by_weight, by_bias = _gradients(layers, inputs, targets)[-1]
    return Measured(loss, float(np.sum(by_weight**2) + np.sum(by_bias**2)) / loss)


def _last_layer_flow(layers: Layers, inputs: Array, targets: Array) -> tuple[Array, Array]:
    """Times and f(t)/f(0): residuals move by −(H̃H̃ᵀ/n) R, H̃ the features with a column of ones."""
    values = values_of(layers, inputs)
    features = np.column_stack([values[-2], np.ones(len(inputs))])
    rates, vectors = np.linalg.eigh(features @ features.T / len(inputs))
    parts = np.sum((vectors.T @ (values[-1] - targets)) ** 2, axis=1)
    times = np.geomspace(0.1, 1e6, 400)
    decays = np.exp(-2 * np.outer(times, np.maximum(rates, 0)))
    return times, decays @ parts / np.sum(parts)
