"""What stalled where polished weights are refused too: λ_min(K), the residual, or the number of steps."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from certificates import Rejected, Undecided
from verify.numeric.mlp import FloatNetwork
from verify.search.polish import Polished
from verify.search.trapping import Margin

__all__ = ["explained", "saturated_share"]

_KERNEL_CHECK, _CRITERION_CHECK = 6, 7  # of zero-loss convergence: λ_min(K) > 0; the residual is small enough
_FALLEN = 0.1
_FLAT = 1e-3  # of the largest slope: a unit that passes next to nothing on
_NOTABLE = 0.1
_SHOWN = 5
_LATELY = 10


def explained(verdict: Rejected | Undecided, polished: Polished) -> Rejected | Undecided:
    """The refusal of polished weights, with what stalled; the judge's own advice is to polish.

    Parameters
    ----------
    verdict
        About the polished weights; other checks than those of λ_min(K) and of the residual come back as they are.
    polished
        With what was found at the start and at the end, at least.
    """
    if verdict.check not in (_KERNEL_CHECK, _CRITERION_CHECK):
        return verdict
    share = saturated_share(polished)
    what, advice = _kernel(verdict, polished) or _residual(polished)
    if share > _NOTABLE:
        what += f"; {share:.0%} of the slopes φ' at the samples are below 1/1000 of the largest (saturated)"
        advice = f"inputs or first weights of a smaller scale, {advice}"
    norms = polished.residuals
    tail = f"{polished.steps} polishing steps took ‖e‖ from {norms[0]:.3g} to {norms[-1]:.3g}, and {what}"
    return replace(verdict, reason=f"{verdict.reason}: {tail}", advice=advice)


def saturated_share(polished: Polished) -> float:
    """How many of the hidden units' slopes, over all samples, are below 1/1000 of the largest."""
    net = FloatNetwork(polished.network)
    slopes = np.concatenate([np.abs(each).ravel() for each in net.slopes(net.initial())])
    return float(np.mean(slopes <= _FLAT * slopes.max()))


def _kernel(verdict: Rejected | Undecided, polished: Polished) -> tuple[str, str] | None:
    """Whether λ_min(K) fell, or was too small to begin with; with its numbers, and what to try."""
    start, end = polished.margins[0], polished.margins[-1]
    path = ", ".join(dict.fromkeys(f"{max(each.smallest, 0.0):.3g}" for each in _spread(polished)))
    if end.smallest <= _FALLEN * start.smallest and start.needed > 0:
        what = f"λ_min(K) fell on the way: about {path} (λ_max {end.largest:.3g})"
        return what, "a wider last hidden layer, fewer samples, or weights trained from another start"
    if verdict.check == _KERNEL_CHECK:
        what = f"λ_min(K), about {path} on the way, is too small beside λ_max, {end.largest:.3g}, to be proved positive"
        return what, "fewer samples, or a wider last hidden layer"
    return None


def _residual(polished: Polished) -> tuple[str, str]:
    """Why the residual fell no further, with its numbers, and what to try."""
    end, norms = polished.margins[-1], polished.residuals
    if polished.ended == "stuck":
        return (
            "there no step lowers it: next to a stationary point of the loss",
            "train from another start, or a wider network",
        )
    if polished.ended == "steps":
        lately = 1 - norms[-1] / norms[max(len(norms) - 1 - _LATELY, 0)]
        return (
            f"the limit of steps is reached; it fell by {lately:.0%} over the last {min(_LATELY, polished.steps)}",
            "train further before polishing, or a wider network",
        )
    return (
        f"this is its rounding floor; about {end.needed:.3g} is needed at λ_min(K) of about {end.smallest:.3g}",
        "fewer samples, a wider network, or inputs and targets of a scale near 1",
    )


def _spread(polished: Polished) -> list[Margin]:
    """A few of the margins, the first and the last among them."""
    count = len(polished.margins)
    return [polished.margins[k] for k in np.unique(np.linspace(0, count - 1, min(count, _SHOWN)).round().astype(int))]
