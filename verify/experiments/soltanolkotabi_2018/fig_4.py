"""Figure 4 of Soltanolkotabi, Javanmard and Lee: the loss of softplus networks on random labels, step by step."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from certificates.expression import parse_activation
from verify.descent.shallow_batch import ShallowBatch
from verify.experiments.reproduction import Progress, Reproduction
from verify.experiments.soltanolkotabi_2018.softplus_trials import SOFTPLUS
from verify.generators.data import gaussian_inputs
from verify.generators.initialisations import gaussian_rows, rademacher
from verify.generators.streams import stream
from verify.numeric.activations import compile_activation
from verify.theory.soltanolkotabi_2018.printed import FIGURE_4

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["TITLE", "Settings", "run"]

TITLE = "Figure 4 of Soltanolkotabi, Javanmard and Lee: gradient descent of softplus networks on random labels"

Array = NDArray[np.float64]

_LONGER, _SHORTER = 1.02, 0.5  # the step after one that is accepted, and after one that raises a loss
_RECORDS = 120


@dataclass(frozen=True)
class Settings:
    """What the paper's text does not say; its numbers are lost.

    Parameters
    ----------
    samples, dimension
        n and d.
    widths
        Every k.
    starts
        Runs for each k, on the same data.
    steps
        Of each run.
    seed
        Of all random numbers.
    """

    samples: int = 40
    dimension: int = 5
    widths: tuple[int, ...] = (2, 4, 8, 12, 20)
    starts: int = 3
    steps: int = 40_000
    seed: int = 1


def run(progress: Progress | None = None, settings: Settings | None = None) -> Reproduction:
    """Fit random labels with networks of every width.

    Parameters
    ----------
    progress
        Called as ``progress(name, step, steps)``.
    settings
        The reduced sizes by default; the paper's own are lost.
    """
    chosen = Settings() if settings is None else settings
    rng = stream(chosen.seed, 4)
    inputs = gaussian_inputs(rng, chosen.samples, chosen.dimension)
    labels = rng.standard_normal(chosen.samples)
    places = np.unique(np.geomspace(1, chosen.steps + 1, _RECORDS).astype(int)) - 1
    curves = {}
    for step, units in enumerate(chosen.widths):
        if progress is not None:
            progress(f"k={units}", step, len(chosen.widths))
        curves[units] = _curves(chosen, inputs, labels, units, places)
    return _reproduction(chosen, places, curves)


def _curves(settings: Settings, inputs: Array, labels: Array, units: int, places: NDArray[np.int64]) -> Array:
    """√(L/L_zero) at the recorded steps, (starts, records)."""
    rngs = [stream(settings.seed, 4, units, trial) for trial in range(settings.starts)]
    weights = np.array([gaussian_rows(rng, units, settings.dimension) for rng in rngs])
    outer = np.array([rademacher(rng, units) for rng in rngs])
    data, targets = (np.repeat(each[None], settings.starts, axis=0) for each in (inputs, labels))
    batch = ShallowBatch(data, targets, units, compile_activation(parse_activation(SOFTPLUS)))
    zero, wanted = float(labels @ labels) / (2 * len(labels)), set(places.tolist())
    losses = _losses(batch, batch.packed(weights, outer), settings.steps)
    recorded = [loss for step, loss in enumerate(losses) if step in wanted]
    return np.sqrt(np.array(recorded).T / zero)


def _losses(batch: ShallowBatch, start: Array, steps: int) -> Iterator[Array]:
    """Losses before every step of gradient descent and after the last: a step that raises the loss is not taken."""
    weights, (loss, gradient) = start, batch(start)
    step = 1 / np.maximum(1.0, np.sqrt(np.einsum("bp,bp->b", gradient, gradient)))
    yield loss
    for _ in range(steps):
        trial = weights - step[:, None] * gradient
        after, slope = batch(trial)
        taken = after <= loss  # False for NaN
        weights, gradient = (np.where(taken[:, None], *pair) for pair in ((trial, weights), (slope, gradient)))
        loss, step = np.where(taken, after, loss), step * np.where(taken, _LONGER, _SHORTER)
        yield loss


def _reproduction(settings: Settings, places: NDArray[np.int64], curves: dict[int, Array]) -> Reproduction:
    finals = {units: float(np.median(found[:, -1])) for units, found in curves.items()}
    found = _criteria(list(finals.values()))
    return Reproduction(
        title=TITLE,
        source=FIGURE_4,
        header=("k", "k(d + 1)", "√(L/L₀) at the end: median", "least", "largest"),
        rows=tuple(
            (
                str(units),
                _parameters(settings, units),
                *(f"{statistic(runs[:, -1]):.3g}" for statistic in (np.median, np.min, np.max)),
            )
            for units, runs in curves.items()
        ),
        notes=(*_notes(settings), *(f"{'met' if met else 'NOT met'}: {text}" for text, met in found)),
        proofs={},
        document={
            "experiment": "sjl-fig-4",
            "settings": {name: getattr(settings, name) for name in ("samples", "dimension", "starts", "steps", "seed")},
            "steps": places.tolist(),
            "curves": [_document(units, runs) for units, runs in curves.items()],
            "criteria": [{"criterion": text, "met": met} for text, met in found],
        },
        is_complete=all(met for _, met in found),
        figure=lambda: _figure(places, curves),
    )


def _parameters(settings: Settings, units: int) -> str:
    count = units * (settings.dimension + 1)
    return f"{count} {'≥' if count >= settings.samples else '<'} n"


def _criteria(finals: list[float]) -> list[tuple[str, bool]]:
    return [
        ("the final losses decrease in k", all(b < a for a, b in pairwise(finals))),
        ("that of the smallest network stays above 0.5", finals[0] > 0.5),
        ("that of the largest network is below 0.03", finals[-1] < 0.03),
    ]


def _notes(settings: Settings) -> tuple[str, ...]:
    return (
        (
            f"Sizes are ours and small, the paper's are lost: n = {settings.samples}, d = {settings.dimension}, "
            f"{settings.starts} starts for each k on the same Gaussian inputs and labels, seed {settings.seed}. L₀ is "
            "the loss of the zero predictor."
        ),
        (
            f"{settings.steps:,} steps of gradient descent on v and W, from v Rademacher and W Gaussian; the step size "
            f"grows by {_LONGER:g} after a step that is taken, and is halved where it would raise the loss."
        ),
        "Nothing here is certified: loss 0 is not reached. `local-convergence` is about weights with a smaller loss.",
    )


def _document(units: int, runs: Array) -> dict[str, Any]:
    return {"k": units, "root_of_relative_loss": [[float(f"{value:.6g}") for value in run] for run in runs]}


def _figure(places: NDArray[np.int64], curves: dict[int, Array]) -> Figure:
    from verify.experiments.soltanolkotabi_2018.fig_4_drawing import draw

    return draw(places, curves)
