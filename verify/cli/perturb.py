"""What ``verify problem perturb`` does: a problem file with weights that are moved a little."""

from __future__ import annotations

from pathlib import Path

from verify.cli.terminal import OK, Say
from verify.generators.perturbed import perturbed
from verify.problems import load_problem, save_problem

__all__ = ["perturb_command"]


def perturb_command(say: Say, file: Path, below: int | None, size: float, seed: int, output: Path, force: bool) -> int:
    """Move the weights, say how far and what becomes of the objective, and write the problem file."""
    found = perturbed(load_problem(file), below=below, size=size, seed=seed)
    say.message(
        f"weights and biases moved by {found.distance:.6g} in all; the objective goes from {found.before:.9g} to "
        f"{found.after:.9g}, a change of {abs(found.after - found.before):.3g}; what is certified of the new file is "
        "about its weights, not about the given ones"
    )
    save_problem(found.network, output, force=force)
    say.result(
        f"written: {output}", output=str(output), distance=found.distance, before=found.before, after=found.after
    )
    return OK
