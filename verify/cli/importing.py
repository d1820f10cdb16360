"""What the commands ``verify problem`` do: import and describe."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from certificates.errors import MalformedProblem
from verify.cli.terminal import OK, Say
from verify.problems import (
    CrossEntropy,
    CsvFormat,
    Imported,
    Settings,
    describe,
    from_units,
    load_population,
    load_problem,
    save_population,
    save_problem,
    summary_document,
)
from verify.problems.exact import exact_array
from verify.problems.population import describe_population, is_population
from verify.problems.readers import read_array

__all__ = ["import_command", "population_command", "show_command", "show_problem", "stated"]

_UnitFiles = tuple[Path | None, Path | None]

ObjectiveOptions = tuple[str, str | None, str | None, list[str] | None, Path | None]
"""--loss, --label-smoothing, --class-weights, --decay, --sample-weights."""


def stated(
    objective: ObjectiveOptions,
    activation: str,
    freeze: list[int] | None,
    chain: bool,
    outputs: Path | None,
    csv: CsvFormat,
) -> Settings:
    """What the options of an import say."""
    loss, smoothing, class_weights, decay, sample_weights = objective
    return Settings(
        activation,
        loss if smoothing is None and class_weights is None else _cross_entropy(loss, smoothing, class_weights),
        freeze or (),
        chain,
        outputs,
        csv,
        _decay(decay or []),
        sample_weights,
    )


def _cross_entropy(loss: str, smoothing: str | None, class_weights: str | None) -> CrossEntropy:
    if loss not in ("cross-entropy", "cross-entropy-sum"):
        option = "--label-smoothing" if smoothing is not None else "--class-weights"
        raise MalformedProblem("is of a cross-entropy", place=option, remedy="say --loss cross-entropy")
    weights = None if class_weights is None else class_weights.split(",")
    return CrossEntropy("sum" if loss.endswith("sum") else "mean", smoothing or "0", weights)


def _decay(given: list[str]) -> str | dict[str, str]:
    pairs = [text.rpartition("=") for text in given]
    if all(tensor for tensor, _, _ in pairs) and len({tensor for tensor, _, _ in pairs}) == len(pairs):
        return {tensor: rate for tensor, _, rate in pairs}
    if len(given) == 1:
        return given[0]
    raise MalformedProblem(
        "expected one number for every tensor, or TENSOR=NUMBER once for each of some",
        place="--decay",
        remedy="such as --decay layers.0.weight=0.01 --decay layers.1.weight=0.01",
    )


def import_command(say: Say, load: Callable[[], Imported], output: Path, force: bool) -> int:
    """Import, say what was read and understood, write the problem file with its notes."""
    imported = load()
    for line in imported.read:
        say.result(line)
    network = imported.network
    say.table(describe(network), problem=summary_document(network), read=list(imported.read))
    save_problem(imported.network, output, force=force)
    say.result(f"written: {output}", output=str(output))
    return OK


def show_command(say: Say, file: Path) -> int:
    """Describe a problem file."""
    show_problem(say, file)
    return OK


def show_problem(say: Say, file: Path) -> None:
    """Print what a problem file holds: a network with its data, or a population."""
    if is_population(file):
        rows = describe_population(load_population(file))
        say.table(rows, problem=dict(rows))
    else:
        network = load_problem(file)
        say.table(describe(network), problem=summary_document(network))


def _rows_and_outer(say: Say, files: _UnitFiles) -> tuple[Any, Any]:
    """Weights and outer weights of units, as far as there are files of them."""
    found: list[Any] = []
    for file in files:
        if file is None:
            found.append(None)
            continue
        reading = read_array(file)
        say.result(reading.said)
        found.append(exact_array(reading.values, file.name))
    rows, outer = found
    return rows, None if outer is None else outer.ravel()


def population_command(
    say: Say, activation: str, teacher: _UnitFiles, student: _UnitFiles, output: Path, force: bool
) -> int:
    """Write a population problem from files of weights, whose numbers are taken exactly."""
    problem = from_units(activation, *_rows_and_outer(say, teacher), *_rows_and_outer(say, student))
    rows = describe_population(problem)
    say.table(rows, problem=dict(rows))
    save_population(problem, output, force=force)
    say.result(f"written: {output}", output=str(output))
    return OK
