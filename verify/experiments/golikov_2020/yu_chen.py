"""Yu and Chen 1995: wide sigmoid networks without bad minima, and an exact counterexample at which descent stays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from certificates.expression import parse_activation
from certificates.language.wording import in_words
from verify.experiments.reproduction import Progress, Reproduction, is_proved
from verify.generators.streams import stream
from verify.proposals.replicated_minimum import YU_CHEN, propose

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["TITLE", "Settings", "run"]

TITLE = "A wide sigmoid network with a bad minimum, against the theorem of Yu and Chen"

_HEADER = ("start", "distance to the minimum", "loss at the start", "after descent", "of a global minimum")
_INPUTS = np.array([1.0, 2.0, 3.0])
_LABELS = np.array([2.0, 7.2, 11.0])

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Settings:
    """Sizes of the runs.

    Parameters
    ----------
    width, starts
        d₁, and how many runs start near the minimum.
    distance, step_size, steps
        Of the starts, and of gradient descent.
    perturbations
        Weights near the minimum whose loss is looked at.
    seed
        Of everything.
    """

    width: int = 6
    starts: int = 5
    distance: float = 0.05
    step_size: float = 0.01
    steps: int = 200_000
    perturbations: int = 100_000
    seed: int = 0


def run(progress: Progress | None = None, settings: Settings | None = None) -> Reproduction:
    """Prove the counterexample, run gradient descent from near it, and look at weights around it."""
    chosen = Settings() if settings is None else settings
    proof = propose(parse_activation("sigmoid"), YU_CHEN)
    runs = []
    for step in range(chosen.starts):
        if progress is not None:
            progress(f"run {step + 1}", step, chosen.starts)
        runs.append(_descent(chosen, stream(chosen.seed, step)))
    lowest = _lowest_near_by(chosen, stream(chosen.seed, chosen.starts))
    judged = _criteria(proof, runs, lowest, chosen)
    return Reproduction(
        title=TITLE,
        source="Yu and Chen, On the local minima free condition of backpropagation learning, 1995, in Golikov's essay",
        header=_HEADER,
        rows=tuple(_row(index, losses, chosen) for index, losses in enumerate(runs)),
        notes=(*_notes(chosen), *(f"{'met' if met else 'NOT met'}: {text}" for text, met in judged)),
        proofs={"sigmoid-replicated-minimum": proof},
        document={
            "experiment": "yu-chen",
            "printed": "for d₁ ≥ n sigmoid units and inputs that differ, all local minima are global",
            "loss": str(proof.claim.loss),
            "final_losses": [float(losses[-1]) for losses in runs],
            "lowest_near_by": lowest,
            "criteria": [{"criterion": text, "met": met} for text, met in judged],
        },
        is_complete=all(met for _, met in judged),
        figure=lambda: _figure(runs),
    )


def _criteria(proof: Any, runs: list[Array], lowest: float, settings: Settings) -> list[tuple[str, bool]]:
    loss, value, width = float(proof.claim.loss), in_words(proof.claim.loss), proof.claim.better_from
    return [
        (
            f"the judge accepts a minimum of loss {value} at every width, and weights of loss 0 from width {width} on",
            is_proved(proof) and proof.claim.better == 0,
        ),
        (
            f"descent from all {settings.starts} starts ends at {loss:g}, to 10⁻⁶",
            all(abs(losses[-1] - loss) <= 1e-6 for losses in runs),
        ),
        (
            f"none of {settings.perturbations:,} weights near by has a smaller loss than {loss:g} less rounding",
            lowest >= loss * (1 - 1e-12),
        ),
    ]


def _start(settings: Settings, rng: np.random.Generator, distance: float) -> tuple[Array, Array]:
    """Hidden and output weights at this distance from the minimum."""
    away = rng.normal(size=(2, settings.width))
    away *= distance / np.linalg.norm(away)
    return np.log(2.0) + away[0], 9 / settings.width + away[1]


def _outputs(hidden: Array, outer: Array) -> tuple[Array, Array]:
    """The sigmoids, (3, d₁), and residuals."""
    units = 1 / (1 + np.exp(-np.outer(_INPUTS, hidden)))
    return units, units @ outer - _LABELS


def _descent(settings: Settings, rng: np.random.Generator) -> Array:
    """The losses, a few hundred of them."""
    hidden, outer = _start(settings, rng, settings.distance)
    every = max(settings.steps // 400, 1)
    losses = []
    for step in range(settings.steps + 1):
        units, residual = _outputs(hidden, outer)
        if step % every == 0:
            losses.append(residual @ residual / 2)
        slopes = units * (1 - units) * _INPUTS[:, None]
        hidden, outer = (
            hidden - settings.step_size * outer * (residual @ slopes),
            outer - settings.step_size * residual @ units,
        )
    return np.array(losses)


def _lowest_near_by(settings: Settings, rng: np.random.Generator) -> float:
    """The smallest loss at random weights that are 10⁻⁴ to 10⁻¹ away."""
    lowest = np.inf
    for distance in 10 ** rng.uniform(-4, -1, size=settings.perturbations):
        _, residual = _outputs(*_start(settings, rng, distance))
        lowest = min(lowest, float(residual @ residual) / 2)
    return lowest


def _row(index: int, losses: Array, settings: Settings) -> tuple[str, ...]:
    return str(index + 1), f"{settings.distance:g}", f"{losses[0]:.9f}", f"{losses[-1]:.9f}", "0"


def _notes(settings: Settings) -> tuple[str, ...]:
    return (
        "Inputs 1, 2, 3, labels 2, 36/5, 11; all hidden weights are ln 2 at the minimum, output weights sum to 9.",
        "Printed: for as many sigmoid units as samples or more, inputs that differ, all minima are global (GOL1).",
        (
            f"{settings.width} units, {settings.steps:,} steps of {settings.step_size:g} in double precision: an "
            "illustration, no proof."
        ),
    )


def _figure(runs: list[Array]) -> Figure:
    from verify.experiments.golikov_2020.yu_chen_drawing import draw

    return draw(runs)
