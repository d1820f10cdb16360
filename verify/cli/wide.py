"""What ``verify problem wide`` does: data from files, from a problem or drawn, and a random start on them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from certificates.errors import MalformedProblem
from verify.cli.terminal import OK, Say
from verify.generators.wide import unit_data, wide_problem
from verify.problems import describe, load_problem, save_problem, summary_document
from verify.problems.readers import read_array

__all__ = ["Start", "wide_command"]

DataOptions = tuple[Path | None, Path | None, Path | None, int | None, int | None]
"""--inputs, --targets, --like, --samples, --dimension."""


@dataclass(frozen=True)
class Start:
    """How the network is drawn, as in :func:`verify.wide_problem`."""

    width: int
    activation: str
    scale: str
    seed: int
    antisymmetric: bool


def wide_command(say: Say, data: DataOptions, start: Start, output: Path, force: bool) -> int:
    """Draw the start, describe it and write the problem file."""
    inputs, targets = _data(say, data, start.seed)
    network = wide_problem(inputs, targets, **asdict(start))
    say.table(describe(network), problem=summary_document(network))
    save_problem(network, output, force=force)
    say.result(f"written: {output}", output=str(output))
    return OK


def _data(say: Say, data: DataOptions, seed: int) -> tuple[Any, Any]:
    """Inputs and targets from the one source that is given."""
    inputs, targets, like, samples, dimension = data
    given = [(inputs, targets), (like, like), (samples, dimension)]
    if [None in pair for pair in given].count(False) != 1 or any((a is None) != (b is None) for a, b in given):
        raise MalformedProblem(
            "the data are not stated, or more than once",
            place="--inputs, --like, --samples",
            remedy="--inputs FILE --targets FILE, or --like PROBLEM, or --samples N --dimension D",
        )
    if inputs is not None and targets is not None:
        readings = [read_array(file) for file in (inputs, targets)]
        for reading in readings:
            say.result(reading.said)
        return readings[0].values, readings[1].values
    if like is not None:
        network = load_problem(like)
        return network.inputs, network.given_targets
    return unit_data(samples or 0, dimension or 0, seed=seed)
