"""The command ``verify problem select``: a problem file with fewer samples or outputs."""

from __future__ import annotations

from pathlib import Path

from certificates.errors import MalformedProblem
from verify.cli.terminal import OK, Say
from verify.problems import describe, load_problem, save_problem, select, summary_document
from verify.search.representatives import different_samples

__all__ = ["select_command"]

_LONGEST_RANGE = 32  # characters


def select_command(
    say: Say, file: Path, samples: str | None, different: bool, left_out: list[int], output: Path, force: bool
) -> int:
    """Write a problem with fewer samples or outputs."""
    network = load_problem(file)
    kept = [index for index in range(network.widths[-1]) if index not in left_out] if left_out else None
    if kept is not None and len(kept) + len(set(left_out)) > network.widths[-1]:
        raise MalformedProblem(
            f"there are outputs 0 to {network.widths[-1] - 1}", place="--leave-out-output", remedy="name one of them"
        )
    chosen = None if samples is None else _indices(samples, network.sample_count)
    if different and chosen is not None:
        raise MalformedProblem("chooses the samples itself", place="--different", remedy="leave out --samples")
    network = select(network, outputs=kept)
    if different:
        chosen = list(different_samples(network))
        say.message(f"{len(chosen)} of {network.sample_count} samples are different to six digits: {_ranges(chosen)}")
    network = select(network, samples=chosen)
    say.table(describe(network), problem=summary_document(network))
    save_problem(network, output, force=force)
    say.result(f"written: {output}", output=str(output))
    return OK


def _indices(text: str, count: int) -> list[int]:
    """The indices of ``0,3,7-9``; one that does not exist stands for all beyond."""
    found: list[int] = []
    for part in text.split(","):
        first, dash, last = part.strip().partition("-")
        if not (first.isdecimal() and (last.isdecimal() or not dash) and len(part) <= _LONGEST_RANGE):
            raise MalformedProblem(
                f"expected numbers and ranges, got {part.strip()!r}", place="--samples", remedy="0,3,7-9"
            )
        found += range(min(int(first), count), min(int(last or first), count) + 1)
    return found


def _ranges(indices: list[int]) -> str:
    """As ``--samples`` reads them."""
    parts: list[list[int]] = []
    for index in indices:
        if parts and parts[-1][1] == index - 1:
            parts[-1][1] = index
        else:
            parts.append([index, index])
    return ",".join(str(a) if a == b else f"{a}-{b}" for a, b in parts)
