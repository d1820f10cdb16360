"""What there is to say about runs of gradient descent beside a certificate."""

from __future__ import annotations

import math
from collections.abc import Sequence

from verify.crosscheck.planted import OrbitReplay
from verify.crosscheck.replay import Replay
from verify.typesetting.decimals import up

__all__ = ["run_rows"]


def run_rows(replay: Replay | None, runs: Sequence[OrbitReplay]) -> tuple[tuple[str, str], ...]:
    """Rows (quantity, value) about a run from the given weights, and about runs towards a teacher."""
    return _rows(replay) + tuple(row for run in runs for row in run.rows())


def _rows(replay: Replay | None) -> tuple[tuple[str, str], ...]:
    if replay is None:
        return ()
    run = replay.run
    rate = f"{replay.certified_rate:.4g} certified"
    if not math.isnan(replay.measured_rate):
        rate = f"{replay.measured_rate:.4g} measured, {rate}; their ratio is {replay.looseness:.2f}"
    return (
        ("steps", f"{run.steps[-1]:,} of size {run.step_size:.6g}, {len(run.steps)} recorded"),
        ("loss", f"{run.losses[0]:.4e} → {run.losses[-1]:.4e}"),
        ("distance from the start", f"{run.distances.max():.4e}, certified below {up(replay.radius)}"),
        ("rate", rate),
        ("rounding floor of the loss", f"about {replay.floor:.1e}"),
        ("agreement", replay.agreement),
    )
