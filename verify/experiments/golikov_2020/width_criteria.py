"""When the width experiment has shown what it should: theory 5.5."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from verify.experiments.golikov_2020.width_proofs import NARROW, Wide, needed, refused_at
from verify.experiments.golikov_2020.width_trials import Settings, Trial
from verify.experiments.reproduction import is_proved, judged

__all__ = ["measured_criteria", "median_epochs", "proved_criteria"]

_NEVER, _FROM, _FALLING = 4, 32, (16, 32, 64, 128, 256)
_SHARE, _ACCURACY = 0.65, 0.96
_CLEAR = 1.25  # times the least width: after descent, features of fewer units are nearly dependent
_ROUNDING = 1e-12  # of f(t)/f(0) in float64


def median_epochs(trials: Sequence[Trial], width: int) -> float:
    """Of the trials of this width; ∞ if most of them never have all images right."""
    return float(np.median([trial.epochs for trial in trials if trial.width == width]))


def measured_criteria(trials: Sequence[Trial]) -> list[tuple[str, bool]]:
    """The five of the runs."""
    widths = {trial.width for trial in trials}
    missing = sorted({_NEVER, *_FALLING} - widths)
    reason = f"no runs of width {', '.join(map(str, missing))}"
    texts = (
        f"measured: from width {_FROM} on every run has all training images right",
        f"measured: median epochs fall strictly over widths {', '.join(map(str, _FALLING))}",
        f"measured: at width {_FALLING[-1]} at most {_SHARE:g} of the epochs at width {_FROM}",
        f"measured: test accuracy at {_FALLING[-1]} at least that at {_FALLING[0]}, and {_ACCURACY:.0%}",
        f"measured: no run of width {_NEVER} has all training images right",
    )
    met = [None] * len(texts) if missing else _met(trials)
    return [judged(text, each, reason) for text, each in zip(texts, met, strict=True)]


def _met(trials: Sequence[Trial]) -> list[bool]:
    medians = {width: median_epochs(trials, width) for width in _FALLING}
    narrow, wide = (
        float(np.mean([trial.accuracy for trial in trials if trial.width == width]))
        for width in (_FALLING[0], _FALLING[-1])
    )
    return [
        all(np.isfinite(trial.epochs) for trial in trials if trial.width >= _FROM),
        all(medians[a] > medians[b] for a, b in pairwise(_FALLING)),
        medians[_FALLING[-1]] <= _SHARE * medians[_FROM],
        wide >= max(narrow, _ACCURACY),
        not any(np.isfinite(trial.epochs) for trial in trials if trial.width == _NEVER),
    ]


def proved_criteria(settings: Settings, proved: Sequence[Wide]) -> list[tuple[str, bool]]:
    """What the judge must have said, and that nothing measured contradicts it."""
    least = needed(settings)
    clear = int(np.ceil(_CLEAR * least))
    narrow, enough = ([wide for wide in proved if (wide.width >= least) == side] for side in (False, True))
    later = [wide.trained for wide in enough if wide.width >= clear]
    rows = (
        (f"refused: with fewer than {least} units, as too few", narrow, all(map(_is_too_narrow, narrow))),
        (
            f"proved: c > 0 at the start from {least} units on, of {settings.proof_samples} images",
            enough,
            all(is_proved(wide.start) for wide in enough),
        ),
        (
            "proved there: gradient flow by the last layer alone converges to loss 0",
            enough,
            all(is_proved(wide.alone) and wide.alone.claim.distance is not None for wide in enough),
        ),
        (f"proved: c > 0 after descent from {clear} units on", later, all(map(is_proved, later))),
        ("no measured quotient or flow contradicts a proof", enough, all(map(_agrees, enough))),
    )
    return [judged(text, met if about else None, "no such width") for text, about, met in rows]


def _is_too_narrow(wide: Wide) -> bool:
    return all(refused_at(found) == NARROW for found in wide.found.values())


def _agrees(wide: Wide) -> bool:
    pairs = ((wide.start, wide.at_start), (wide.trained, wide.after))
    quotients = all(measured.quotient >= found.claim.constant for found, measured in pairs if is_proved(found))
    if not is_proved(wide.alone):
        return quotients
    bound = np.exp(-wide.alone.claim.constant * wide.times)
    return quotients and bool(np.all(wide.flow <= bound + _ROUNDING))
