"""Figure 1 of Golikov's essay on images of digits: wider networks fit in fewer epochs; what is proved of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np

from certificates import Accepted
from certificates.language.wording import at_least
from verify.experiments.golikov_2020.digits import digits
from verify.experiments.golikov_2020.width_criteria import measured_criteria, median_epochs, proved_criteria
from verify.experiments.golikov_2020.width_proofs import NARROW, Wide, certify, needed, refused_at
from verify.experiments.golikov_2020.width_trials import Settings, Trial, train
from verify.experiments.reproduction import Progress, Reproduction, is_proved
from verify.search.proposal import Proposal

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["TITLE", "run"]

TITLE = "Wider networks fit images of digits in fewer epochs; what is proved of the same networks beside it"

_HEADER = (
    "width w",
    "all right, runs",
    "epochs, median",
    "right on test images, mean",
    "c, proved at the start",
    "‖∇f‖²/f, measured there",
    "c, proved after descent",
    "‖∇f‖²/f, measured there",
)
_NOTHING = "—"


def run(progress: Progress | None = None, settings: Settings | None = None) -> Reproduction:
    """Train all trials, and ask the judge about the same networks on fewer images.

    Raises
    ------
    Malformed
        scikit-learn, which has the images, is not installed.
    """
    chosen = Settings() if settings is None else settings
    data = digits(chosen.samples)
    total = len(chosen.widths) * chosen.seeds + len(chosen.proof_widths)
    trials: list[Trial] = []
    for width in chosen.widths:
        for index in range(chosen.seeds):
            if progress is not None:
                progress(f"width {width}, start {index + 1}", len(trials), total)
            trials.append(train(chosen, data, width, index))
    proved: list[Wide] = []
    for width in chosen.proof_widths:
        if progress is not None:
            progress(f"width {width}, certificates", len(trials) + len(proved), total)
        proved.append(certify(chosen, data, width))
    return _reproduction(chosen, data.fingerprint, trials, proved)


def _reproduction(settings: Settings, fingerprint: str, trials: list[Trial], proved: list[Wide]) -> Reproduction:
    judged = (*measured_criteria(trials), *proved_criteria(settings, proved))
    return Reproduction(
        title=TITLE,
        source="Golikov, An essay on optimization mystery of deep learning, 2021; its figure 1 is about CIFAR-10",
        header=_HEADER,
        rows=tuple(_row(width, trials, proved) for width in sorted({*settings.widths, *settings.proof_widths})),
        notes=(*_notes(settings), *(f"{'met' if met else 'NOT met'}: {text}" for text, met in judged)),
        proofs={name: proof for wide in proved for name, proof in wide.proofs().items()},
        document={
            "experiment": "essay-fig-1",
            "settings": asdict(settings),
            "data_sha256": fingerprint,
            "empirical": [_trial_document(trial) for trial in trials],
            "proved": [_proof_document(wide) for wide in proved],
            "criteria": [{"criterion": text, "met": met} for text, met in judged],
        },
        is_complete=all(met for _, met in judged),
        figure=lambda: _figure(settings, trials, proved),
    )


def _row(width: int, trials: Sequence[Trial], proved: Sequence[Wide]) -> tuple[str, ...]:
    mine = [trial for trial in trials if trial.width == width]
    measured = (_NOTHING,) * 3
    if mine:
        fitted, epochs = sum(np.isfinite(trial.epochs) for trial in mine), median_epochs(trials, width)
        mean = float(np.mean([trial.accuracy for trial in mine]))
        measured = (f"{fitted}/{len(mine)}", "never" if np.isinf(epochs) else f"{epochs:g}", f"{100 * mean:.1f} %")
    wide = next((wide for wide in proved if wide.width == width), None)
    if wide is None:
        return str(width), *measured, *(_NOTHING,) * 4
    start, after = (f"{each.quotient:.2g}" for each in (wide.at_start, wide.after))
    return str(width), *measured, _constant(wide.start), start, _constant(wide.trained), after


def _constant(found: Proposal) -> str:
    if is_proved(found):
        return at_least(found.claim.constant)
    return "too narrow" if refused_at(found) == NARROW else "not proved"


def _notes(settings: Settings) -> tuple[str, ...]:
    samples, least = settings.proof_samples, needed(settings)
    return (
        (
            f"Measured, and no proof: networks 64–w–w–10 of ReLU units with biases, weights N(0, 2/in), cross-entropy, "
            f"steps of {settings.step_size:g} on {settings.batch} of {settings.samples:,} images each, until all are "
            f"right or {settings.epochs} epochs over. The cross-entropy is never 0; the number of wrong images may be."
        ),
        (
            f"Proved, of the same networks at the first of these starts: ‖∇f‖² ≥ c f already by the last layer's "
            f"gradient, f = ‖F − Y‖²/(2n) on the first n = {samples} images (theorem 5.2.1). That needs as many "
            f"features as images, with the one of the bias: w ≥ {least}. Of fewer units it says nothing, good or bad."
        ),
        (
            f"After descent: after {settings.proof_steps:,} steps of {settings.proof_step_size:g} by all layers on f. "
            "Where c is proved, weights whose last layer has gradient 0 have loss 0. If the last layer alone is "
            "trained, its gradient flow from the start converges to loss 0, f(t) ≤ exp(−ct) f(0). That steps on all "
            "layers do is not proved, and nothing is of the cross-entropy."
        ),
    )


def _trial_document(trial: Trial) -> dict[str, Any]:
    epochs = None if np.isinf(trial.epochs) else int(trial.epochs)
    return {
        "width": trial.width,
        "start": trial.index,
        "epochs": epochs,
        "test_accuracy": trial.accuracy,
        "train_errors": list(trial.errors),
    }


def _proof_document(wide: Wide) -> dict[str, Any]:
    return {
        "width": wide.width,
        **{name: _answer(found) for name, found in wide.found.items()},
        "measured": {"start": asdict(wide.at_start), "trained": asdict(wide.after)},
    }


def _answer(found: Proposal) -> dict[str, Any]:
    if isinstance(found.verdict, Accepted):
        return {"constant": found.claim.constant, "distance": found.claim.distance}
    return {"check": found.verdict.check, "refusal": found.verdict.finding()}


def _figure(settings: Settings, trials: list[Trial], proved: list[Wide]) -> Figure:
    from verify.experiments.golikov_2020.essay_fig_1_drawing import draw

    return draw(settings, trials, proved)
